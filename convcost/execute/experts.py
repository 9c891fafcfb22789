"""Mixtures of experts: the gate really chooses, and only what it chose is run."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.ops import Experts


@executor(Experts)
def experts(layer: Layer[Experts], x: Array) -> Array:
    """Gate every place, run each expert on the places that chose it, and add up what they say, weighted."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    places = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    features = places.shape[-1]
    gate = weights.weight((op.experts, features), fan_in=features)
    if op.noisy:
        weights.weight((op.experts, features), fan_in=features)
    first = weights.weight((op.experts, op.hidden, features), fan_in=features)
    second = weights.weight((op.experts, op.out, op.hidden), fan_in=op.hidden)
    biases = [(weights.bias(op.hidden), weights.bias(op.out)) for _ in range(op.experts)] if op.bias else []
    chosen, shares = _choose(tally.matmul(places, gate.T), op.active, tally)
    y = tally.full((len(places), op.out), 0.0)
    for expert in range(op.experts):
        rows, ranks = np.nonzero(chosen == expert)
        if not len(rows):
            continue
        hidden = tally.matmul(places[rows], first[expert].T)
        if op.bias:
            hidden = tally.add(hidden, biases[expert][0])
        said = tally.matmul(tally.maximum(hidden, 0.0), second[expert].T)
        if op.bias:
            said = tally.add(said, biases[expert][1])
        y[rows] = tally.add(y[rows], tally.multiply(said, shares[rows, ranks].reshape(-1, 1)))
    return np.moveaxis(y.reshape(x.shape[0], *x.shape[2:], -1), -1, 1)


def _choose(values: Array, active: int, tally: Tally) -> tuple[Array, Array]:
    """Return for each place which experts have the largest values, and the softmax of these values."""
    if not 0 < active <= values.shape[-1]:
        raise ValueError(f"{active} of {values.shape[-1]} experts")
    left = values.copy()
    rows = np.arange(len(values))
    largest, chosen = [], []
    for _ in range(active):
        largest.append(tally.max(left, -1))
        chosen.append(np.asarray(left).astype(float).argmax(-1))  # where it is comes with finding it
        left[rows, chosen[-1]] = -np.inf
    raised = tally.exp(tally.subtract(np.concatenate(largest, -1), largest[0]))
    return np.stack(chosen, -1), tally.divide(raised, tally.sum(raised, (-1,)))
