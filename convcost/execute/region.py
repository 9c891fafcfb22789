"""Regions of a feature map."""

from __future__ import annotations

from functools import reduce
from itertools import product
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.pool import per_axis
from convcost.ops import Crop

Box: TypeAlias = tuple[tuple[float, float], ...]
"""Where a region begins and ends on each axis; 0 is the first element of the map, 1 the last."""


def boxes(count: int, rank: int) -> list[Box]:
    """Return boxes to cut out: between a quarter and three quarters of an axis long, and some partly outside the map.

    They are fixed, for nothing that is measured depends on where regions lie. Multiples of square roots, each modulo 1,
    keep them apart.

    >>> [[(round(begin, 3), round(end, 3)) for begin, end in box] for box in boxes(2, 2)]
    [[(0.164, 0.78), (-0.014, 0.559)], [(0.578, 1.06), (0.222, 0.618)]]
    """
    steps = np.sqrt([2, 3, 5, 7, 11, 13])
    found = []
    for number in range(1, count + 1):
        parts = number * steps % 1
        axes = range(0, 2 * rank, 2)
        found.append(tuple((float(parts[a] - 0.25), float(parts[a] + parts[a + 1] / 2)) for a in axes))
    return found


class Places(NamedTuple):
    """The places of a region along one axis: for each the elements before and behind it, and their weights."""

    elements: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    weights: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def places(extent: int, begin: float, end: float, size: int) -> Places:
    """Lay ``size`` places from the beginning of a box to its end, or one into its middle.

    >>> places(9, 0.0, 0.5, 3).elements[0], places(9, 0.5, 1.5, 1).weights
    (array([0, 2, 4]), (array([1.]), array([0.])))
    """
    last = extent - 1
    at = np.linspace(begin * last, end * last, size) if size > 1 else np.array([(begin + end) / 2 * last])
    inside = (at >= 0) & (at <= last)
    before = np.clip(np.floor(at), 0, last).astype(np.int64)
    distance = at - before
    behind = np.minimum(before + 1, last)
    return Places((before, behind), (np.where(inside, 1 - distance, 0.0), np.where(inside, distance, 0.0)))


@executor(Crop)
def crop(layer: Layer[Crop], x: Array, *_: Array) -> Array:
    """Resample each box of each image: every place adds up its nearest elements, weighted."""
    op, tally = layer.op, layer.tally
    sizes = per_axis(op.size, x.ndim - 2)
    regions = [(image, box) for image in x for box in boxes(op.count, len(sizes))]
    y = tally.full((len(regions), x.shape[1], *sizes), 0.0)
    for region, (image, box) in zip(y, regions, strict=True):
        axes = [places(extent, *side, size) for extent, side, size in zip(x.shape[2:], box, sizes, strict=True)]
        for corner in product((0, 1), repeat=len(axes)):
            sides = list(zip(axes, corner, strict=True))
            nearest: tuple[Any, ...] = np.ix_(*(axis.elements[side] for axis, side in sides))
            weights = reduce(np.multiply, np.ix_(*(axis.weights[side] for axis, side in sides)))
            part = tally.multiply(image[:, *nearest], weights.astype(np.float32))
            tally.add(region, part, out=region)
    return y
