"""Fully connected layers: one product of all samples."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.kernels._kernel import kernel
from convcost.execute.memory import Form, Tensor
from convcost.execute.steps import Making, Step
from convcost.ops import Linear


@kernel(Linear)
def linear(layer: Layer[Linear], x: Tensor) -> Making | None:
    """Multiply vectors of features by the transposed weights (out, features)."""
    op, tally = layer.op, layer.tally
    if op.axis is not None:
        return None

    def emit(step: Step) -> None:
        features = x.value[0].size
        weight = layer.weights.weight((op.out, features), fan_in=features)
        vectors = step.store.arithmetic.empty((len(x.data), features))
        step.emit(np.copyto, vectors.reshape(x.value.shape), x.value)
        out = step.out.value
        step.emit(tally.matmul, vectors, weight.swapaxes(0, 1), out=out)
        if op.bias:
            step.emit(tally.add, out, layer.weights.bias(op.out), out=out)

    return Making(Form(len(x.data), (1, 1), op.out, 0), emit, banded=False)
