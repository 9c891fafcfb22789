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
    """Multiply vectors of features by the transposed weights (out, features), each lane some of the columns."""
    op, tally = layer.op, layer.tally
    if op.axis is not None:
        return None

    def emit(step: Step) -> None:
        features = x.value[0].size
        weight = layer.weights.weight((op.out, features), fan_in=features)
        vectors = step.store.arithmetic.empty((len(x.data), features))
        step.emit(np.copyto, vectors.reshape(x.value.shape), x.value)
        out = step.out.value
        columns, bias = weight.swapaxes(0, 1), layer.weights.bias(op.out) if op.bias else None
        for some in step.parts(op.out, weight.size):
            step.emit(tally.matmul, vectors, columns[:, some], out=out[:, some])
            if bias is not None:
                step.emit(tally.add, out[:, some], bias[some], out=out[:, some])

    return Making(Form(len(x.data), (1, 1), op.out, 0), emit, banded=False)
