"""What joins the elements along axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.ops import ArgMax, CumSum, Reduce

Reduction: TypeAlias = Callable[[Tally, Array, tuple[int, ...]], Array]


def _mean(tally: Tally, x: Array, axes: tuple[int, ...]) -> Array:
    total = tally.sum(x, axes)
    return tally.divide(total, float(x.size // total.size))


def _sum_square(tally: Tally, x: Array, axes: tuple[int, ...]) -> Array:
    return tally.sum(tally.multiply(x, x), axes)


def _logsumexp(tally: Tally, x: Array, axes: tuple[int, ...]) -> Array:
    most = tally.max(x, axes)
    return tally.add(most, tally.log(tally.sum(tally.exp(tally.subtract(x, most)), axes)))


REDUCTIONS: Mapping[str, Reduction] = {
    "mean": _mean,
    "sum": Tally.sum,
    "max": Tally.max,
    "min": Tally.min,
    "prod": Tally.prod,
    "l1": lambda tally, x, axes: tally.sum(tally.absolute(x), axes),
    "l2": lambda tally, x, axes: tally.sqrt(_sum_square(tally, x, axes)),
    "sum_square": _sum_square,
    "logsumexp": _logsumexp,
}
"""What becomes of the elements along axes, by name; the axes keep the extent 1."""


@executor(Reduce)
def reduce(layer: Layer[Reduce], x: Array) -> Array:
    """Join the elements along axes."""
    op = layer.op
    axes = tuple(range(x.ndim)[axis] for axis in op.axes)  # the axes by their places, negative ones too
    return _without(REDUCTIONS[op.function](layer.tally, x, axes), axes, keep=op.keep)


@executor(ArgMax)
def argmax(layer: Layer[ArgMax], x: Array) -> Array:
    """Look for the maximum along an axis; where it is comes with finding it."""
    op, tally = layer.op, layer.tally
    y = tally.full(tally.max(x, op.axis).shape, 0.0)
    y[...] = np.asarray(x).astype(float).argmax(op.axis, keepdims=True)
    return _without(y, (range(x.ndim)[op.axis],), keep=op.keep)


@executor(CumSum)
def cumsum(layer: Layer[CumSum], x: Array) -> Array:
    """Add up along an axis and keep every sum."""
    return layer.tally.cumsum(x, layer.op.axis)


def _without(y: Array, axes: tuple[int, ...], *, keep: bool) -> Array:
    return y if keep else y.reshape([extent for axis, extent in enumerate(y.shape) if axis not in axes])
