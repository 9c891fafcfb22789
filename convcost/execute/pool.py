"""Pooling, padding and upsampling."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.execute.windows import Windows
from convcost.ops import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    LpPool,
    MaxPool,
    Pad,
    Size,
    Upsample,
)


def per_axis(size: Size | int, rank: int) -> tuple[int, ...]:
    """Return one extent for each spatial axis where a single one is given for all.

    >>> per_axis(2, 3), per_axis((2, 3), 2)
    ((2, 2, 2), (2, 3))
    """
    extents = size if isinstance(size, tuple) else (size,) * rank
    if len(extents) != rank:
        raise ValueError(f"{len(extents)} extents for {rank} axes")
    return tuple(int(extent) for extent in extents)


def _sum_windows(x: Array, windows: Windows, tally: Tally) -> Array:
    """Return the sum over each window, accumulated from zero."""
    x = windows.pad(x, 0.0, tally)
    y = tally.full((*x.shape[:2], *windows.extents), 0.0)
    for tap in windows.taps:
        tally.add(y, x[windows.see(tap)], out=y, share=windows.share(tap))
    return y


@executor(MaxPool)
def maxpool(layer: Layer[MaxPool], x: Array) -> Array:
    """Keep the larger of what was found and what the next tap sees, from minus infinity."""
    op, tally = layer.op, layer.tally
    windows = Windows(x.shape[2:], op.kernel, op.stride, padding=op.padding, dilation=op.dilation, ceil=op.ceil)
    x = windows.pad(x, -np.inf, tally)
    y = tally.full((*x.shape[:2], *windows.extents), -np.inf)
    for tap in windows.taps:
        tally.maximum(y, x[windows.see(tap)], out=y, share=windows.share(tap))
    return y


@executor(AvgPool)
def avgpool(layer: Layer[AvgPool], x: Array) -> Array:
    """Divide the sum over each window by how many elements count in it."""
    op, tally = layer.op, layer.tally
    windows = Windows(x.shape[2:], op.kernel, op.stride, padding=op.padding, ceil=op.ceil)
    divisor = windows.counted(padding=op.count_padding)
    return tally.divide(_sum_windows(x, windows, tally), divisor.astype(np.float32))


@executor(LpPool)
def lppool(layer: Layer[LpPool], x: Array) -> Array:
    """Raise each input element once, sum over each window, take the root once for each output element."""
    op, tally = layer.op, layer.tally
    windows = Windows(x.shape[2:], op.kernel, op.stride, padding=op.padding, ceil=op.ceil)
    raised = tally.power(tally.absolute(x), float(op.p))
    return tally.power(_sum_windows(raised, windows, tally), float(1 / op.p))


@executor(GlobalAvgPool)
def global_avgpool(layer: Layer[GlobalAvgPool], x: Array) -> Array:
    """Divide the sum over all places by how many there are."""
    total = layer.tally.sum(x, tuple(range(2, x.ndim)))
    return layer.tally.divide(total, float(x[0, 0].size))


@executor(GlobalMaxPool)
def global_maxpool(layer: Layer[GlobalMaxPool], x: Array) -> Array:
    """Keep the largest of all places."""
    return layer.tally.max(x, tuple(range(2, x.ndim)))


@executor(AdaptiveAvgPool)
def adaptive_avgpool(layer: Layer[AdaptiveAvgPool], x: Array) -> Array:
    """Take the mean of the elements that each cell of an even division of the input touches."""
    tally, axes = layer.tally, tuple(range(2, x.ndim))
    return _adapt(layer.op.output, x, tally, lambda seen: tally.divide(tally.sum(seen, axes), float(seen[0, 0].size)))


@executor(AdaptiveMaxPool)
def adaptive_maxpool(layer: Layer[AdaptiveMaxPool], x: Array) -> Array:
    """Take the maximum of the elements that each cell of an even division of the input touches."""
    return _adapt(layer.op.output, x, layer.tally, lambda seen: layer.tally.max(seen, tuple(range(2, x.ndim))))


def _adapt(output: Size, x: Array, tally: Tally, join: Callable[[Array], Array]) -> Array:
    """Join the elements that each cell of an even division of the input touches."""
    extents = per_axis(output, x.ndim - 2)
    bins = [_bins(extent, out) for extent, out in zip(x.shape[2:], extents, strict=True)]
    y = tally.empty((*x.shape[:2], *extents))
    for cell in product(*(range(out) for out in extents)):
        place: tuple[Any, ...] = (..., *cell)
        look: tuple[Any, ...] = (..., *(bins[axis][at] for axis, at in enumerate(cell)))
        y[place] = join(x[look]).reshape(x.shape[:2])
    return y


def _bins(extent: int, out: int) -> list[slice]:
    """Cut [0, extent) into ``out`` cells of one length: each sees the elements [j, j + 1) that it overlaps."""
    found = []
    for cell in range(out):  # the cell is [cell·extent / out, (cell + 1)·extent / out), compared without a division
        inside = [j for j in range(extent) if (j + 1) * out > cell * extent and j * out < (cell + 1) * extent]
        found.append(slice(inside[0], inside[-1] + 1))
    return found


@executor(Upsample)
def upsample(layer: Layer[Upsample], x: Array) -> Array:
    """Repeat elements, or interpolate one axis after the other."""
    op, tally = layer.op, layer.tally
    for axis, factor in enumerate(per_axis(op.factor, x.ndim - 2), start=2):
        if op.mode == "nearest":
            x = np.repeat(x, factor, axis)
        elif factor != 1:
            x = _interpolate(x, axis, factor, tally)
    return x


def _interpolate(x: Array, axis: int, factor: int, tally: Tally) -> Array:
    """Mix the two nearest elements along an axis: each adds its weighted value to an accumulator."""
    extent = x.shape[axis]
    # Output i has its centre at (i + 1/2) / factor of the input, element j its own at j + 1/2; clamped at the rim.
    # In units of 1 / (2·factor) that is 2i + 1 against factor·(2j + 1), so that all of it stays in integers.
    centres = np.clip(2 * np.arange(extent * factor) + 1 - factor, 0, 2 * factor * (extent - 1))
    low, distance = np.divmod(centres, 2 * factor)
    share = (distance / (2 * factor)).astype(np.float32)
    y = tally.full((*x.shape[:axis], extent * factor, *x.shape[axis + 1 :]), 0.0)
    for place, part in ((low, 1 - share), (np.minimum(low + 1, extent - 1), share)):
        product_ = tally.multiply(x[(slice(None),) * axis + (place,)], part.reshape(-1, *(1,) * (x.ndim - axis - 1)))
        tally.add(y, product_, out=y)
    return y


@executor(Pad)
def pad(layer: Layer[Pad], x: Array) -> Array:
    """Put a value, or elements of the input, around it; a negative amount cuts."""
    op, tally = layer.op, layer.tally
    rank = x.ndim - 2
    amounts = per_axis(op.padding, 2 * rank)
    if op.mode != "constant":
        if op.mode == "reflect" and any(max(side) >= n for side, n in zip(_sides(amounts), x.shape[2:], strict=True)):
            raise ValueError("there are not as many elements to reflect")
        around: Array = np.pad(x, ((0, 0), (0, 0), *_sides(amounts)), op.mode)  # type: ignore[call-overload]
        return around
    cut: list[Any] = [...]
    inner: list[Any] = [...]
    extents = []
    for extent, before, after in zip(x.shape[2:], amounts[:rank], amounts[rank:], strict=True):
        if before + extent + after <= 0:
            raise ValueError(f"nothing is left of {extent} with {before} and {after} around it")
        cut.append(slice(max(0, -before), extent - max(0, -after)))
        inner.append(slice(max(0, before), before + extent + after - max(0, after)))
        extents.append(before + extent + after)
    y = tally.full((*x.shape[:2], *extents), float(op.value))  # ordinary elements, not padding
    y[tuple(inner)] = x[tuple(cut)]
    return y


def _sides(amounts: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return what is put before and after each axis."""
    rank = len(amounts) // 2
    return list(zip(amounts[:rank], amounts[rank:], strict=True))
