"""Recurrent layers, step by step along the sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.activation import sigmoid_of
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.ops import Gru, Lstm, Rnn

Step: TypeAlias = Callable[[Tally, Array, "Cell", tuple[Array, ...]], tuple[Array, ...]]
"""From W x + b, the cell and its states to the new states, the first of which is put out."""


class Cell:
    """The weights of one direction of one layer: the parts of its gates below each other."""

    def __init__(self, layer: Layer[Lstm] | Layer[Gru] | Layer[Rnn], gates: int, features: int) -> None:
        op, weights = layer.op, layer.weights
        self.hidden = op.hidden
        self.input = weights.weight((gates * op.hidden, features), fan_in=features)
        self.state = weights.weight((gates * op.hidden, op.hidden), fan_in=op.hidden)
        self.biases = [weights.bias(gates * op.hidden) for _ in range(2)] if op.bias else []

    def seen(self, tally: Tally, x: Array) -> Array:
        """Return W x + b."""
        a = tally.matmul(x, self.input.T)
        return tally.add(a, self.biases[0], out=a) if self.biases else a

    def recall(self, tally: Tally, a: Array, h: Array, rows: slice = slice(None)) -> Array:
        """Add R h into some parts of a, then the other bias."""
        tally.multiply_accumulate(a, h, self.state[rows].T)
        return tally.add(a, self.biases[1][rows], out=a) if self.biases else a


def _run(layer: Layer[Lstm] | Layer[Gru] | Layer[Rnn], x: Array, gates: int, states: int, step: Step) -> Array:
    op, tally = layer.op, layer.tally
    if x.ndim != 3:
        raise ValueError("a sequence has three axes")
    for _ in range(op.layers):
        outputs = []
        for backward in {"forward": (False,), "backward": (True,), "both": (False, True)}[op.direction]:
            cell = Cell(layer, gates, x.shape[-1])
            now = tuple(tally.full((x.shape[0], op.hidden), 0.0) for _ in range(states))
            y = tally.empty((*x.shape[:2], op.hidden))
            for t in range(x.shape[1])[:: -1 if backward else 1]:
                now = step(tally, cell.seen(tally, x[:, t]), cell, now)
                y[:, t] = now[0]
            outputs.append(y)
        x = np.concatenate(outputs, -1)
    return x


@executor(Lstm)
def lstm(layer: Layer[Lstm], x: Array) -> Array:
    """Forget, let in, and put out."""
    return _run(layer, x, 4, 2, _lstm)


def _lstm(tally: Tally, a: Array, cell: Cell, states: tuple[Array, ...]) -> tuple[Array, ...]:
    h, c = states
    i, f, g, o = np.split(cell.recall(tally, a, h), 4, -1)
    kept = tally.multiply(sigmoid_of(f, tally), c)
    c = tally.add(kept, tally.multiply(sigmoid_of(i, tally), tally.tanh(g)))
    return tally.multiply(sigmoid_of(o, tally), tally.tanh(c)), c


@executor(Gru)
def gru(layer: Layer[Gru], x: Array) -> Array:
    """Mix the state with a new one."""
    return _run(layer, x, 3, 1, _gru)


def _gru(tally: Tally, a: Array, cell: Cell, states: tuple[Array, ...]) -> tuple[Array, ...]:
    (h,) = states
    gates, last = slice(0, 2 * cell.hidden), slice(2 * cell.hidden, None)
    r, z = np.split(cell.recall(tally, a[:, gates].copy(), h, gates), 2, -1)
    r, z = sigmoid_of(r, tally), sigmoid_of(z, tally)
    memory = cell.recall(tally, tally.full(h.shape, 0.0), h, last)
    n = tally.tanh(tally.add(a[:, last], tally.multiply(r, memory)))
    return (tally.add(tally.multiply(tally.subtract(1.0, z), n), tally.multiply(z, h)),)


@executor(Rnn)
def rnn(layer: Layer[Rnn], x: Array) -> Array:
    """Mix the state with the input."""
    return _run(layer, x, 1, 1, lambda tally, a, cell, states: (tally.tanh(cell.recall(tally, a, states[0])),))
