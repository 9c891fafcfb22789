"""Ops that choose elements, repeat them, or lay them out in another way: nothing is counted."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import DepthToSpace, Expand, Gather, Slice, SpaceToDepth, Tile


@executor(Slice)
def slice_(layer: Layer[Slice], x: Array) -> Array:
    """Take every so many elements of an axis, from one place to another."""
    op, extent = layer.op, x.shape[layer.op.axis]
    start, stop = (
        place + extent if place < 0 else place for place in (op.start, extent if op.stop is None else op.stop)
    )
    if not 0 <= start < stop <= extent:
        raise ValueError(f"{start} to {stop} is not within {extent} places")
    cut: list[Any] = [slice(None)] * x.ndim
    cut[op.axis] = slice(start, stop, op.step)
    taken: Array = x[tuple(cut)]
    return taken


@executor(Gather)
def gather(layer: Layer[Gather], x: Array) -> Array:
    """Take the elements at some places of an axis."""
    if not layer.op.indices:
        raise ValueError("no places are given")
    return np.take(x, layer.op.indices, layer.op.axis)


@executor(Expand)
def expand(layer: Layer[Expand], x: Array) -> Array:
    """Repeat extents of 1."""
    if len(layer.op.shape) != x.ndim - 1:
        raise ValueError("the ranks differ")
    return np.broadcast_to(x, (x.shape[0], *layer.op.shape), subok=True)


@executor(Tile)
def tile(layer: Layer[Tile], x: Array) -> Array:
    """Lay the tensor behind itself."""
    if len(layer.op.repeats) != x.ndim - 1:
        raise ValueError("the ranks differ")
    return np.tile(x, (1, *layer.op.repeats))


@executor(DepthToSpace)
def depth_to_space(layer: Layer[DepthToSpace], x: Array) -> Array:
    """Read channels as a block of places each."""
    block, rank = layer.op.block, x.ndim - 2
    blocks = (block,) * rank
    if layer.op.mode == "dcr":
        cut = x.reshape(x.shape[0], *blocks, -1, *x.shape[2:])
        block_axes, channel = range(1, rank + 1), rank + 1
    else:
        cut = x.reshape(x.shape[0], -1, *blocks, *x.shape[2:])
        block_axes, channel = range(2, rank + 2), 1
    order = [axis for pair in zip(range(rank + 2, 2 * rank + 2), block_axes, strict=True) for axis in pair]
    return cut.transpose(0, channel, *order).reshape(
        x.shape[0], cut.shape[channel], *(extent * block for extent in x.shape[2:])
    )


@executor(SpaceToDepth)
def space_to_depth(layer: Layer[SpaceToDepth], x: Array) -> Array:
    """Read each block of places as channels."""
    block, rank = layer.op.block, x.ndim - 2
    cut = x.reshape(*x.shape[:2], *(part for extent in x.shape[2:] for part in (extent // block, block)))
    places, blocks = range(2, 2 * rank + 2, 2), range(3, 2 * rank + 3, 2)
    turned = cut.transpose(0, *blocks, 1, *places)
    return turned.reshape(x.shape[0], -1, *turned.shape[rank + 2 :])
