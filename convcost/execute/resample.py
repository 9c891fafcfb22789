"""Resampling of images to any size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.pool import per_axis
from convcost.execute.tally import Tally
from convcost.ops import Resize

Weights = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]
"""For each of the nearest elements, which it is for each place, and how much of it that takes."""


@executor(Resize)
def resize(layer: Layer[Resize], x: Array) -> Array:
    """Copy the nearest elements, or mix a few of them, one axis after the other."""
    op = layer.op
    for axis, size in enumerate(per_axis(op.output, x.ndim - 2), start=2):
        extent = x.shape[axis]
        if op.mode == "nearest":
            x = np.take(x, np.arange(size) * extent // size, axis)
            continue
        # in double precision, and then once to what the arrays hold
        centres = _corners(extent, size) if op.align_corners else (np.arange(size) + 0.5) * (extent / size) - 0.5
        x = _mix(x, axis, _linear(centres) if op.mode == "linear" else _cubic(centres), layer.tally)
    return x


def _corners(extent: int, size: int) -> npt.NDArray[np.float64]:
    """Lay places from the first element to the last."""
    return np.linspace(0.0, extent - 1.0, size) if size > 1 else np.zeros(1)


def _linear(centres: npt.NDArray[np.float64]) -> Weights:
    low = np.floor(centres)
    distance = centres - low
    return [(low.astype(np.int64), 1 - distance), (low.astype(np.int64) + 1, distance)]


def _cubic(centres: npt.NDArray[np.float64], a: float = -0.75) -> Weights:
    """Weigh four elements by Keys's cubic: one polynomial within a distance of 1, another within 2."""
    low = np.floor(centres)
    found: Weights = []
    for step in range(-1, 3):
        d = np.abs(centres - (low + step))
        near = ((a + 2) * d - (a + 3)) * d * d + 1
        far = a * (((d - 5) * d + 8) * d - 4)
        found.append((low.astype(np.int64) + step, np.where(d <= 1, near, far)))
    return found


def _mix(x: Array, axis: int, weights: Weights, tally: Tally) -> Array:
    """Add up elements along an axis, each times its weight; the outermost ones are repeated beyond the rim."""
    size = len(weights[0][0])
    y = tally.full((*x.shape[:axis], size, *x.shape[axis + 1 :]), 0.0)
    for places, parts in weights:
        nearest = np.take(x, np.clip(places, 0, x.shape[axis] - 1), axis)
        along = parts.astype(np.float32).reshape(-1, *(1,) * (x.ndim - axis - 1))
        tally.add(y, tally.multiply(nearest, along), out=y)
    return y
