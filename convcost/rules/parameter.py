"""Tensors that a network stores."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.ops import Parameter, Shape
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import whole
from convcost.symbols import product


@rule(Parameter)
class ParameterRule(Rule[Parameter]):
    """Its elements are weights, or if it is not trained stored values, once for the whole batch. Nothing is computed.

    The batch is 1 unless a shape (N,) says otherwise.

    Examples
    --------
    >>> rule, op = ParameterRule(), Parameter((196, 768))
    >>> rule.output(op), rule.output(op, (8,)), rule.parameters(op).weight
    ((1, 196, 768), (8, 196, 768), 150528)
    """

    def output(self, op: Parameter, *inputs: Shape) -> Shape:
        batch = inputs[0][0] if inputs else 1
        return (batch, *(whole(extent, "an extent of {}") for extent in op.shape))

    def parameters(self, op: Parameter, *inputs: Shape) -> Parameters:
        del inputs
        elements = product(op.shape)
        return Parameters(weight=elements) if op.trainable else Parameters(running=elements)
