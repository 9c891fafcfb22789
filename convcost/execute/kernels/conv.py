"""Standard convolution: the patches of a band are one copy, and meet the kernel in one product."""

from __future__ import annotations

import math

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.kernels._kernel import bias_row, kernel, windows_over, zeros_around
from convcost.execute.kernels.depthwise import depthwise
from convcost.execute.memory import Tensor, reach, seen
from convcost.execute.steps import Making, Step
from convcost.execute.windows import Windows
from convcost.ops import Conv

BLOCK = 64
"""Output channels whose weights are laid out at once, so that what is read and what is written stay in the cache."""


@kernel(Conv, needs=zeros_around)
def conv(layer: Layer[Conv], x: Tensor) -> Making | None:
    """Multiply the patches of a band, (places, K·L·C), by the kernel, (K·L·C, out).

        map with border          patches of a band               kernel        band
        o o o o o o o        o o o o a b o e f    place (0,0)                  place (0,0)
        o a b c d o          o o o a b c e f g    place (0,1)  @ K·L·C × M  =  place (0,1)
        o e f g h o   ->     o o o b c d f g h    place (0,2)                  ...
        o o o o o o o        ...

    A patch is K runs of L·C neighbours. A kernel of ones on a map without border needs no patches: the map is them.
    """
    windows = windows_over(layer.op, x.form)
    if x.channels % layer.op.groups:
        raise ValueError(f"{layer.op.groups} groups do not divide {x.channels} channels")
    if x.channels == layer.op.groups == layer.op.out > 1:
        return depthwise(layer, x, windows)
    form = x.form._replace(extents=windows.extents, channels=layer.op.out)
    return Making(form, lambda step: _bands(step, layer, x, windows))


def _bands(step: Step, layer: Layer[Conv], x: Tensor, windows: Windows) -> None:
    op, tally = layer.op, layer.tally
    kernel, bias = _kernel(step, layer, x.channels // op.groups, windows), bias_row(step, layer)
    x = step.packed(x, reach(windows, 0.0))
    views = seen(x, windows)
    views = views.reshape(*views.shape[:-1], op.groups, -1)  # (N, *places, *kernel, groups, C)
    views = np.moveaxis(views, -2, 1)
    if len(step.lanes) > 1 and len(views) == op.groups == 1 and math.prod(windows.extents) < op.out:
        _by_channels(step, layer, views[0], windows, kernel=kernel, bias=bias)
        return
    for band in step.bands(views.shape[1] * kernel.shape[1] + op.out):
        view, made = views[band.sample][:, band.rows], step.place(band)
        patches = view.reshape(op.groups, -1, kernel.shape[1]) if _lies_so(view) else _gather(step, view, kernel)
        product = made.reshape(-1, op.groups, kernel.shape[2]).swapaxes(0, 1)
        step.emit(tally.matmul, patches, kernel, out=product, share=windows.share_of_rows(band.rows))
        if bias is not None:
            step.emit(tally.add, made, bias, out=made)
        step.finish(band, made)


def _by_channels(
    step: Step, layer: Layer[Conv], view: Array, windows: Windows, *, kernel: Array, bias: Array | None
) -> None:
    """Let each lane make some of the channels of all places.

    BLAS copies both matrices before it multiplies, so the larger one, the kernel, is divided where there are fewer
    places than channels.

    places x K·L·C      K·L·C x channels       places x channels
    lane 0 and lane 1   lane 0 | lane 1    ->  lane 0 | lane 1       and then bands of rows as ever
    """
    made = step.store.arithmetic.empty((math.prod(windows.extents), layer.op.out))
    whole = slice(0, windows.extents[0])
    for columns in step.parts(layer.op.out, kernel.size):
        patches = view.reshape(1, -1, kernel.shape[1]) if _lies_so(view) else _gather(step, view, kernel)
        share = windows.share_of_rows(whole)
        step.emit(layer.tally.matmul, patches[0], kernel[0][:, columns], out=made[:, columns], share=share)
    rows = made.reshape(*windows.extents[:-1], -1)
    for band in step.bands(2 * layer.op.out):
        some = rows[band.rows]
        if bias is not None:
            step.emit(layer.tally.add, some, bias, out=some)
        step.finish(band, some, elsewhere=True)


def _lies_so(view: Array) -> bool:
    """Whether what the windows of a band see are the patches already: one tap, and the places without gaps."""
    return len(view) == 1 and view.flags.c_contiguous


def _gather(step: Step, view: Array, kernel: Array) -> Array:
    """Copy what the windows see into patches, (groups, places, K·L·C)."""
    patches = step.scratch("patches", view.shape)
    step.emit(np.copyto, patches, view)
    return patches.reshape(len(kernel), -1, kernel.shape[1])


def _kernel(step: Step, layer: Layer[Conv], width: int, windows: Windows) -> Array:
    """Allocate the weights, (out, C, *kernel), and lay them as (groups, K·L·C / groups, out / groups).

    For further runs the channels of a tap are laid side by side: BLAS copies such a matrix faster than one that lies
    transposed.
    """
    op, taps = layer.op, len(windows.taps)
    weight = layer.weights.weight((op.out, width, *op.kernel), fan_in=width * taps)
    lines = weight.reshape(op.groups, -1, width, taps).swapaxes(2, 3).reshape(op.groups, -1, taps * width)
    columns = lines.swapaxes(1, 2)
    if not step.again:
        return columns
    laid = step.store.arithmetic.empty(columns.shape)
    for start in range(0, columns.shape[2], BLOCK):
        some = (..., slice(start, start + BLOCK))
        np.copyto(laid[some], columns[some])
    return laid
