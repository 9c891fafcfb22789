"""Ops that only move elements."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.kernels._kernel import kernel
from convcost.execute.memory import Form, Tensor
from convcost.execute.steps import Making, Step
from convcost.ops import ChannelShuffle, Flatten


@kernel(Flatten)
def flatten(_layer: Layer[Flatten], x: Tensor) -> Making:
    """(N, C, H, W) to (N, C·H·W), the places of a channel side by side."""

    def emit(step: Step) -> None:
        step.emit(np.copyto, step.out.value.reshape(x.value.shape), x.value)

    return Making(Form(len(x.data), (1, 1), x.value[0].size, 0), emit, banded=False)


@kernel(ChannelShuffle)
def channel_shuffle(layer: Layer[ChannelShuffle], x: Tensor) -> Making:
    """Read the channels of all groups in turn."""
    groups = layer.op.groups
    if x.channels % groups:
        raise ValueError(f"{groups} groups do not divide {x.channels} channels")

    def emit(step: Step) -> None:
        read = x.inner.reshape(*x.inner.shape[:-1], groups, -1).swapaxes(-1, -2)
        step.emit(np.copyto, step.out.inner.reshape(read.shape), read)

    return Making(x.form, emit, banded=False)
