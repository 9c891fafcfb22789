"""Fully connected layers."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import Linear, Shape
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import axis_of, channels, whole
from convcost.symbols import Dim, product


@rule(Linear)
class LinearRule(Rule[Linear]):
    """Fully connected: features · out products a row, each added to an accumulator; a bias is one addition an output.

    A row is a sample, or with ``axis`` a place of the other axes. Weights are out · features, biases out.

    Examples
    --------
    >>> LinearRule().counts(Linear(1000), (1, 1024, 1, 1))
    Counts(mul=1024000, add=1025000)
    """

    def output(self, op: Linear, *inputs: Shape) -> Shape:
        (x,) = inputs
        whole(op.out, "{} output features")
        channels(op, x)
        if op.axis is None:
            return (x[0], op.out)
        axis = axis_of(op, x, op.axis)
        return (*x[:axis], op.out, *x[axis + 1 :])

    def parameters(self, op: Linear, *inputs: Shape) -> Parameters:
        (x,) = inputs
        return Parameters(product((op.out, _features(op, x))), op.out if op.bias else 0)

    def counts(self, op: Linear, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        products = product((*out, _features(op, x)))
        return Counts(mul=products, add=products + product(out) if op.bias else products)


def _features(op: Linear, x: Shape) -> Dim:
    return product(x[1:]) if op.axis is None else x[axis_of(op, x, op.axis)]
