"""Depthwise convolution: no product of matrices, but one sum over a strided view of the rows."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.kernels._kernel import bias_row
from convcost.execute.memory import Tensor, reach, seen
from convcost.execute.steps import Making, Step
from convcost.execute.windows import Windows
from convcost.ops import Conv

RUN = 640
"""Numbers of a run at least: shorter ones cost more to begin; much longer ones, with all taps, leave the L1 cache."""


def depthwise(layer: Layer[Conv], x: Tensor, windows: Windows) -> Making:
    """Multiply each channel by its own taps.

    With steps of 1 along a row, several places of it meet a tap in one run: the row, shifted by l places, is multiplied
    by the tap's C values, repeated as often as there are places in a run.

        row of the map       o0 o1 a0 a1 b0 b1 c0 c1 o0 o1        places of C = 2 channels, a border of one
        seen by tap l = 0    o0 o1 a0 a1 b0 b1
        seen by tap l = 1          a0 a1 b0 b1 c0 c1              x  k0 k1 k0 k1 k0 k1
        seen by tap l = 2                b0 b1 c0 c1 o0 o1

    Other steps leave runs of C values, place by place.
    """
    sliding = windows.axes[-1].starts.step == 1 and len(windows.axes) == 2
    way = _runs if sliding else _places
    return Making(x.form._replace(extents=windows.extents), lambda step: way(step, layer, x, windows))


def _runs(step: Step, layer: Layer[Conv], x: Tensor, windows: Windows) -> None:
    kernel, bias = _kernel(layer, windows), bias_row(step, layer)
    x = step.packed(x, reach(windows, 0.0))
    run = _run(windows.extents[-1], x.channels)
    factors = step.store.arithmetic.empty((*kernel.shape[:-1], run))
    step.prepare(np.copyto, factors.reshape(*kernel.shape[:-1], -1, x.channels), kernel[..., None, :])
    views = _rows(x, windows, step.row)
    for band in step.bands(2 * x.channels):
        made, view = step.place(band), views[band.sample][:, :, band.rows]
        runs, into = (rows.reshape(*rows.shape[:-1], -1, run) for rows in (view, made))
        share = windows.share_of_rows(band.rows)
        step.emit(layer.tally.einsum, "klhrx,klx->hrx", runs, factors, out=into, share=share)
        if bias is not None:
            step.emit(layer.tally.add, made, bias, out=made)
        step.finish(band, made)


def _run(row: int, channels: int) -> int:
    """Return the numbers of a run: of so many places that a row is some runs, and a run is long enough if it can be.

    >>> _run(28, 192), _run(7, 1024), _run(7, 16)
    (768, 1024, 112)
    """
    return channels * next(n for n in range(1, row + 1) if row % n == 0 and (n * channels >= RUN or n == row))


def _rows(x: Tensor, windows: Windows, size: int) -> Array:
    """Return the runs that each tap meets, (N, K, L, H, W·C), without moving anything."""
    assert x.flat is not None
    high, wide = windows.axes
    top, left = (before - axis.before for axis, (before, _) in zip(windows.axes, x.border, strict=True))
    end = (left + wide.starts[-1] + wide.taps[-1] + 1) * x.channels
    region = x.flat[:, top : top + high.starts[-1] + high.taps[-1] + 1, left * x.channels : end]
    shape = (high.taps[-1] + 1, size)
    every = np.lib.stride_tricks.sliding_window_view(region, shape, (1, 2), subok=True)  # (N, rows, shifts, K, W·C)
    view: Array = every[:, :: high.starts.step, :: x.channels * wide.taps.step, :: high.taps.step]
    return view.transpose(0, 3, 2, 1, 4)


def _places(step: Step, layer: Layer[Conv], x: Tensor, windows: Windows) -> None:
    kernel, bias = _kernel(layer, windows), bias_row(step, layer)
    views = seen(step.packed(x, reach(windows, 0.0)), windows)
    axes, taps = "dhw"[-len(windows.axes) :], "jkl"[-len(windows.axes) :]
    equation = f"{axes}{taps}c,{taps}c->{axes}c"
    for band in step.bands(2 * x.channels):
        made, view = step.place(band), views[band.sample][band.rows]
        places = made.reshape(*view.shape[: len(axes)], -1)
        step.emit(layer.tally.einsum, equation, view, kernel, out=places, share=windows.share_of_rows(band.rows))
        if bias is not None:
            step.emit(layer.tally.add, made, bias, out=made)
        step.finish(band, made)


def _kernel(layer: Layer[Conv], windows: Windows) -> Array:
    """Allocate the weights, (C, 1, *kernel), and lay the channels of each tap side by side, (*kernel, C)."""
    op, taps = layer.op, len(windows.taps)
    weight = layer.weights.weight((op.out, 1, *op.kernel), fan_in=taps)
    return weight.reshape(op.out, taps).swapaxes(0, 1).copy().reshape(*(len(axis.taps) for axis in windows.axes), -1)
