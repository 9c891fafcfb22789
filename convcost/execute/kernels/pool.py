"""Pooling: the rows that each tap sees are combined with a band that stays in the cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.kernels._kernel import kernel, windows_over, zeros_around
from convcost.execute.memory import Band, Form, Reach, Tensor, reach, seen
from convcost.execute.steps import Making, Step
from convcost.execute.tally import Share
from convcost.execute.windows import Windows
from convcost.ops import AvgPool, GlobalAvgPool, MaxPool


def _infinity_around(op: MaxPool, x: Form) -> Reach:
    return reach(windows_over(op, x), -np.inf)


@kernel(MaxPool, needs=_infinity_around)
def maxpool(layer: Layer[MaxPool], x: Tensor) -> Making:
    """Keep the larger of what was found and what the next tap sees, from minus infinity.

    map               tap (0, 0)    tap (0, 1)    tap (1, 0)    tap (1, 1)
    a b c d           a . c .       . b . d       . . . .       . . . .
    e f g h           . . . .       . . . .       e . g .       . f . h
    """
    windows = windows_over(layer.op, x.form)

    def emit(step: Step) -> None:
        lowest = step.scratch.constant(-np.inf, step.row)
        packed = step.packed(x, reach(windows, -np.inf))
        for band in step.bands(2 * x.channels):
            made = step.place(band)
            found: Array = lowest
            for view, share in _taps(packed, windows, band):
                into = made.reshape(view.shape)
                start = found.reshape(view.shape[-2:]) if found is lowest else into
                step.emit(layer.tally.maximum, start, view, out=into, share=share)
                found = made
            step.finish(band, made)

    return Making(x.form._replace(extents=windows.extents), emit)


def _taps(x: Tensor, windows: Windows, band: Band) -> Iterator[tuple[Array, Share]]:
    """Yield what each tap sees from the places of a band, (rows, ..., W, C), and how much of it is real."""
    view = seen(x, windows)[band.sample][band.rows]
    rank = len(windows.axes)
    for tap in windows.taps:
        yield view[(*(slice(None),) * rank, *tap)], windows.share(tap, band.rows)


@kernel(AvgPool, needs=zeros_around)
def avgpool(layer: Layer[AvgPool], x: Tensor) -> Making:
    """Sum over the taps from zero, then divide by how many elements count in each window."""
    op, tally = layer.op, layer.tally
    windows = windows_over(op, x.form)
    counted = windows.counted(padding=op.count_padding)

    def emit(step: Step) -> None:
        divisors = step.store.arithmetic.empty((*counted.shape[:-1], step.row))
        np.copyto(divisors.reshape(*counted.shape, -1), counted[..., None])
        zero = step.scratch.constant(0.0, step.row)
        packed = step.packed(x, reach(windows, 0.0))
        for band in step.bands(2 * x.channels):
            made = step.place(band)
            found: Array = zero
            for view, share in _taps(packed, windows, band):
                into = made.reshape(view.shape)
                start = found.reshape(view.shape[-2:]) if found is zero else into
                step.emit(tally.add, start, view, out=into, share=share)
                found = made
            step.emit(tally.divide, made, divisors[band.rows], out=made)
            step.finish(band, made)

    return Making(x.form._replace(extents=windows.extents), emit)


@kernel(GlobalAvgPool)
def global_avgpool(layer: Layer[GlobalAvgPool], x: Tensor) -> Making:
    """Divide the sum over all places by how many there are, each lane for some of the channels."""
    tally = layer.tally
    form = x.form._replace(extents=(1,) * len(x.form.extents))

    def emit(step: Step) -> None:
        places = x.inner[0, ..., 0]
        for some in step.parts(x.channels, x.inner.size):
            inner, out = x.inner[..., some], step.out.inner[..., some]
            step.emit(tally.sum, inner, tuple(range(1, inner.ndim - 1)), out=out)
            step.emit(tally.divide, out, float(places.size), out=out)

    return Making(form, emit, banded=False)
