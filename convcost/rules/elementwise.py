"""Arithmetic element by element: tables of what one element costs."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Mapping

from convcost.counts import Counts
from convcost.ops import Affine, Compare, Div, Maximum, Minimum, Op, Power, Shape, Sub, Unary, Where
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import combined, steps
from convcost.symbols import product

FUNCTION: Mapping[str, Counts] = {
    "exp": Counts(exp=1),
    "log": Counts(log=1),
    "sqrt": Counts(sqrt=1),
    "abs": Counts(abs=1),
    "neg": Counts(add=1),
    "reciprocal": Counts(div=1),
    "erf": Counts(erf=1),
    "sin": Counts(sin=1),
    "cos": Counts(cos=1),
    "floor": Counts(round=1),
    "ceil": Counts(round=1),
    "round": Counts(round=1),
    "sign": Counts(add=1, cmp=2),
    "not": Counts(cmp=1),
}
"""What a function of one element costs."""

PAIR: Mapping[type[Op], Counts] = {
    Sub: Counts(add=1),
    Div: Counts(div=1),
    Maximum: Counts(cmp=1),
    Minimum: Counts(cmp=1),
    Power: Counts(pow=1),
    Compare: Counts(cmp=1),
}
"""What one element of two tensors costs."""


@rule(Unary)
class UnaryRule(Rule[Unary]):
    """A function is one primitive an element, whatever its evaluation takes; the sign two comparisons and a difference.

    Examples
    --------
    >>> UnaryRule().counts(Unary("log"), (1, 2, 5)), UnaryRule().counts(Unary("sign"), (1, 2, 5))
    (Counts(log=10), Counts(add=10, cmp=20))
    """

    def counts(self, op: Unary, *inputs: Shape) -> Counts:
        counts: Counts = FUNCTION[op.function] * product(inputs[0])
        return counts


@rule(Affine)
class AffineRule(Rule[Affine]):
    """A product an element if there is a factor, and an addition if there is a term; constants are no parameters.

    Examples
    --------
    >>> AffineRule().counts(Affine(factor=2), (1, 2, 5)), AffineRule().counts(Affine(2, 1), (1, 2, 5))
    (Counts(mul=10), Counts(mul=10, add=10))
    """

    def counts(self, op: Affine, *inputs: Shape) -> Counts:
        elements = product(inputs[0])
        return Counts(mul=0 if op.factor is None else elements, add=0 if op.term is None else elements)


@rule(Sub, Div, Maximum, Minimum, Power, Compare)
class PairRule(Rule[Op]):
    """One primitive for each element of what is joined so far, for each tensor after the first.

    It is an addition for a difference, a comparison for an extremum or a relation, a division or a power. Repeating
    moves elements.

    Examples
    --------
    >>> PairRule().counts(Sub(), (1, 2, 5), (1, 2, 1)), PairRule().counts(Maximum(), *3 * [(1, 2, 5)])
    (Counts(add=10), Counts(cmp=20))
    """

    def output(self, op: Op, *inputs: Shape) -> Shape:
        return combined(op, inputs)

    def counts(self, op: Op, *inputs: Shape) -> Counts:
        counts: Counts = PAIR[type(op)] * steps(op, inputs)
        return counts


@rule(Where)
class WhereRule(Rule[Where]):
    """Choosing between two elements moves one of them, and counts nothing.

    Examples
    --------
    >>> WhereRule().output(Where(), (1, 1, 5), (1, 2, 5), (1, 2, 1))
    (1, 2, 5)
    """

    def output(self, op: Where, *inputs: Shape) -> Shape:
        return combined(op, inputs)
