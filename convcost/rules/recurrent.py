"""Recurrent layers."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Gru, Lstm, Op, Rnn, Shape
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import settled, tensor_of, whole
from convcost.symbols import Dim, product

Recurrent: TypeAlias = Lstm | Gru | Rnn

GATES: Mapping[type[Op], int] = {Lstm: 4, Gru: 3, Rnn: 1}
"""Parts of the weights, each with as many rows as the state has features."""

CELL: Mapping[type[Op], Counts] = {
    Lstm: Counts(mul=3, add=7, div=3, exp=3, tanh=2),
    Gru: Counts(mul=3, add=7, div=2, exp=2, tanh=1),
    Rnn: Counts(tanh=1),
}
"""What a step costs for each feature of the state, beyond the products with weights and the biases."""


@rule(Lstm, Gru, Rnn)
class RecurrentRule(Rule[Recurrent]):
    """A step multiplies gates · hidden · (C + hidden) weights, each product added to an accumulator, and adds biases.

    An lstm has 4 gates, a gru 3, an rnn 1; this for each direction and layer, whose C is the features of the layer
    before. For each feature of the state an lstm has three products besides, seven additions, three divisions and
    exponentials and two hyperbolic tangents; a gru the same, but for two divisions and exponentials and one tangent; an
    rnn a tangent. The first state is zero, and multiplied like the others.

    Examples
    --------
    >>> rule, x = RecurrentRule(), (1, 10, 32)
    >>> rule.parameters(Lstm(hidden=64), x).trainable
    25088
    >>> rule.counts(Rnn(hidden=64, bias=False), x)
    Counts(mul=61440, add=61440, tanh=640)
    """

    def output(self, op: Recurrent, *inputs: Shape) -> Shape:
        (x,) = inputs
        if len(x) != 3:
            raise ShapeError("E401", f"{op.kind} takes (N, T, C), not {tensor_of(x)}")
        whole(op.layers, "{} layers")
        return (x[0], x[1], settled(whole(op.hidden, "{} hidden features") * _directions(op)))

    def parameters(self, op: Recurrent, *inputs: Shape) -> Parameters:
        biases = 2 * GATES[type(op)] * op.hidden * op.layers * _directions(op) if op.bias else 0
        return Parameters(_weights(op, inputs[0]), biases)

    def counts(self, op: Recurrent, *inputs: Shape) -> Counts:
        (x,) = inputs
        states = op.hidden * op.layers * _directions(op)
        biases = 2 * GATES[type(op)] * states if op.bias else 0
        weights = _weights(op, x)
        step = Counts(mul=weights, add=weights + biases) + CELL[type(op)] * states
        counts: Counts = step * product(x[:2])
        return counts


def _directions(op: Recurrent) -> int:
    return 2 if op.direction == "both" else 1


def _weights(op: Recurrent, x: Shape) -> Dim:
    """Return the weights of all layers and directions."""
    directions = _directions(op)
    rows = GATES[type(op)] * op.hidden * directions
    first, others = x[2] + op.hidden, op.hidden * (directions + 1)
    return rows * (first + (op.layers - 1) * others)
