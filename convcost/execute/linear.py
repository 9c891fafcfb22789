"""Fully connected layers: one matrix product."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Linear


@executor(Linear)
def linear(layer: Layer[Linear], x: Array) -> Array:
    """Multiply vectors of features by the transposed weights (out, features)."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    x = x.reshape(x.shape[0], -1) if op.axis is None else np.moveaxis(x, op.axis, -1)
    features = x.shape[-1]
    kernel = weights.weight((op.out, features), fan_in=features)
    y = tally.matmul(x, kernel.T)
    if op.bias:
        y = tally.add(y, weights.bias(op.out), out=y)
    return y if op.axis is None else np.moveaxis(y, -1, op.axis)
