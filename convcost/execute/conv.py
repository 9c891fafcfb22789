"""Convolutions: windows slide over the padded input and meet the kernel; transposed ones scatter into a canvas."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Share, Tally
from convcost.execute.weights import along_channels
from convcost.execute.windows import Windows
from convcost.ops import Conv, TransposedConv

COLUMN_BYTES = 16 << 20
"""Columns of a convolution are gathered for as many rows of windows at a time as fit into this."""


@executor(Conv)
def conv(layer: Layer[Conv], x: Array) -> Array:
    """Gather what the windows see into columns and multiply by the kernel; two faster ways for narrow kernels."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    batch, _, *extents = x.shape
    windows = Windows(extents, op.kernel, op.stride, padding=op.padding, dilation=op.dilation)
    x = windows.pad(x, 0.0, tally)
    x = x.reshape(batch, op.groups, -1, *x.shape[2:])
    width = x.shape[2]  # channels of a group
    kernel = weights.weight((op.out, width, *op.kernel), fan_in=width * len(windows.taps))
    kernel = kernel.reshape(op.groups, -1, width, len(windows.taps))
    if width == 1:
        y = _depthwise(x, kernel, windows, tally)
    elif len(windows.taps) == 1:
        y = _pointwise(x, kernel, windows, tally)
    else:
        y = _columns(x, kernel, windows, tally)
    y = y.reshape(batch, op.out, *windows.extents)
    if op.bias:
        y = tally.add(y, along_channels(weights.bias(op.out), y.ndim), out=y)
    return y


def _depthwise(x: Array, kernel: Array, windows: Windows, tally: Tally) -> Array:
    """Accumulate tap by tap: inputs (N, g, 1, ...) and kernel (g, out / g, 1, taps) to (N, g, out / g, ...)."""
    shape = (x.shape[0], *kernel.shape[:2], *windows.extents)
    y, products = tally.full(shape, 0.0), tally.empty(shape)
    for place, tap in enumerate(windows.taps):
        share = windows.share(tap)
        factor = kernel[:, :, 0, place].reshape(*kernel.shape[:2], *(1,) * len(windows.extents))
        tally.multiply(x[windows.see(tap)], factor, out=products, share=share)
        tally.add(y, products, out=y, share=share)
    return y


def _pointwise(x: Array, kernel: Array, windows: Windows, tally: Tally) -> Array:
    """Multiply channels by a kernel of one tap, without columns."""
    (tap,) = windows.taps
    seen = x[windows.see(tap)]
    return tally.matmul(kernel[..., 0], seen.reshape(*x.shape[:3], -1), share=windows.share())


def _columns(x: Array, kernel: Array, windows: Windows, tally: Tally) -> Array:
    """Gather columns (g, C / g, taps, places) sample by sample, some rows of windows at a time, and multiply."""
    batch, groups, width = x.shape[:3]
    kernel = kernel.reshape(groups, -1, width * len(windows.taps))
    y = tally.empty((batch, groups, kernel.shape[1], *windows.extents))
    row = tally.empty((groups, width, len(windows.taps), 1, *windows.extents[1:]))
    for rows in windows.rows(max(1, COLUMN_BYTES // row.nbytes)):
        share = windows.share(rows=rows)
        for sample in range(batch):
            places = y[sample, :, :, rows]
            columns = tally.empty((groups, width, len(windows.taps), *places.shape[2:]))
            for place, tap in enumerate(windows.taps):
                columns[:, :, place] = x[sample][windows.see(tap, rows)]
            columns = columns.reshape(groups, kernel.shape[2], -1)
            places[...] = tally.matmul(kernel, columns, share=share).reshape(places.shape)
    return y


@executor(TransposedConv)
def transposed_conv(layer: Layer[TransposedConv], x: Array) -> Array:
    """Add every input element times the kernel into a canvas, then cut the canvas to what is kept of it."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    batch, channels, *extents = x.shape
    x = x.reshape(batch, op.groups, -1, x[0, 0].size)
    width = x.shape[2]  # channels of a group
    out, rest = divmod(op.out, op.groups)
    if rest:
        raise ValueError(f"{op.groups} groups do not divide {op.out} output channels")
    offsets = [range(0, size * step, step) for size, step in zip(op.kernel, op.dilation, strict=True)]
    places = [range(0, extent * step, step) for extent, step in zip(extents, op.stride, strict=True)]
    touched = [at[-1] + offset[-1] + 1 for at, offset in zip(places, offsets, strict=True)]
    whole, kept = _crop(op, extents, touched)
    mask = np.zeros(whole, bool)
    mask[kept] = True

    taps = list(product(*offsets))
    kernel = weights.weight((channels, out, *op.kernel), fan_in=width * len(taps))
    kernel = kernel.reshape(op.groups, width, out, len(taps)).transpose(3, 0, 2, 1).copy()
    canvas = tally.full((batch, op.groups, out, *whole), tally.padding(0.0))
    canvas[kept] = tally.full(canvas[kept].shape, 0.0)  # what will be cut off is padding
    for factor, tap in zip(kernel, taps, strict=True):
        steps = zip(tap, places, op.stride, strict=True)
        hit: tuple[Any, ...] = (..., *(slice(start, start + at[-1] + 1, step) for start, at, step in steps))
        seen = mask[hit]
        share = Share(int(np.count_nonzero(seen)), seen.size)
        tally.multiply_accumulate(canvas[hit], factor, x, share=share)
    y = canvas[kept]
    y = y.reshape(batch, op.out, *y.shape[3:])
    return tally.add(y, along_channels(weights.bias(op.out), y.ndim)) if op.bias else y


def _crop(
    op: TransposedConv, extents: Sequence[int], touched: Sequence[int]
) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """Return the extents of the canvas and the part of it that is kept.

    Output padding makes the canvas longer before anything is cut off. ``same`` keeps stride elements for each of the
    input's, and makes the canvas longer where a kernel narrower than the stride leaves too few.
    """
    whole, kept = [], []
    rank = len(extents)
    for axis, (length, more) in enumerate(zip(touched, op.output_padding, strict=True)):
        longer = length + more
        if op.padding == "same":
            target = extents[axis] * op.stride[axis]
            longer = max(longer, target)
            before = (longer - target) // 2
            after = longer - target - before
        else:
            before, after = op.padding[axis], op.padding[axis + rank]
        if before < 0 or after < 0 or before + after >= longer:
            raise ValueError(f"{before} and {after} cannot be cut off {longer}")
        whole.append(longer)
        kept.append(slice(before, longer - after))
    return tuple(whole), (..., *kept)
