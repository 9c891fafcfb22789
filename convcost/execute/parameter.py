"""Tensors that a network stores."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Parameter


@executor(Parameter)
def parameter(layer: Layer[Parameter], *told: Array) -> Array:
    """Return the stored tensor for each sample; how many there are is told by the first extent of an array."""
    op, weights = layer.op, layer.weights
    stored = weights.weight(op.shape, fan_in=3) if op.trainable else weights.constant(op.shape)
    batch = told[0].shape[0] if told else 1
    return np.broadcast_to(stored, (batch, *stored.shape), subok=True)
