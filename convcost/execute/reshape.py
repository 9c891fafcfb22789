"""Ops that only move elements, or do nothing at inference: nothing is counted."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import ChannelShuffle, Dropout, Flatten, Identity, Input, Reshape, Split, Transpose


@executor(Input)
@executor(Dropout)
@executor(Identity)
def unchanged(_layer: Layer[Any], x: Array) -> Array:
    """Return what came in; an input of the network is handed its own tensor."""
    return x


@executor(Flatten)
def flatten(_layer: Layer[Flatten], x: Array) -> Array:
    """(N, C, H, W) to (N, C·H·W)."""
    return x.reshape(x.shape[0], -1)


@executor(Reshape)
def reshape(layer: Layer[Reshape], x: Array) -> Array:
    """Give each sample another shape."""
    return x.reshape(x.shape[0], *layer.op.shape)


@executor(Transpose)
def transpose(layer: Layer[Transpose], x: Array) -> Array:
    """Put the axes behind the batch in another order."""
    return x.transpose(0, *layer.op.order)


@executor(ChannelShuffle)
def channel_shuffle(layer: Layer[ChannelShuffle], x: Array) -> Array:
    """Read the channels of all groups in turn."""
    groups = x.reshape(x.shape[0], layer.op.groups, -1, *x.shape[2:])
    return groups.swapaxes(1, 2).reshape(x.shape)


@executor(Split)
def split(layer: Layer[Split], x: Array) -> Array:
    """Cut along an axis and return one of the parts."""
    if layer.op.sizes is not None:
        ends = list(accumulate(layer.op.sizes))
        if ends[-1] != x.shape[layer.op.axis]:
            raise ValueError(f"the parts make {ends[-1]} and not {x.shape[layer.op.axis]}")
        return np.split(x, ends[:-1], layer.op.axis)[layer.op.index]
    if layer.op.parts is None:
        raise ValueError("neither parts nor sizes are given")
    return np.split(x, layer.op.parts, layer.op.axis)[layer.op.index]
