"""What joins the elements along axes."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Mapping

from convcost.counts import Counts
from convcost.ops import ArgMax, CumSum, Reduce, Shape
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import axes_of, axis_of
from convcost.symbols import product

ELEMENT: Mapping[str, Counts] = {
    "mean": Counts(add=1),
    "sum": Counts(add=1),
    "max": Counts(cmp=1),
    "min": Counts(cmp=1),
    "prod": Counts(mul=1),
    "l1": Counts(add=1, abs=1),
    "l2": Counts(mul=1, add=1),
    "sum_square": Counts(mul=1, add=1),
    "logsumexp": Counts(add=2, cmp=1, exp=1),
}
"""What each element costs that goes in."""

ROW: Mapping[str, Counts] = {"mean": Counts(div=1), "l2": Counts(sqrt=1), "logsumexp": Counts(add=1, log=1)}
"""What each element costs that comes out, beyond those that went in."""


@rule(Reduce)
class ReduceRule(Rule[Reduce]):
    """A primitive or some for each element that goes in, and for a mean, a root or a logarithm for each that comes out.

    An addition for a mean or sum, a comparison for an extremum, a product for a product; a power of 2 is a product.
    ``logsumexp`` takes a comparison, a subtraction, an exponential and an addition; then a logarithm and an addition.

    Examples
    --------
    >>> ReduceRule().counts(Reduce("mean", (2, 3)), (1, 64, 7, 7))
    Counts(add=3136, div=64)
    >>> ReduceRule().output(Reduce("max", (-1,), keep=False), (1, 64, 7, 7))
    (1, 64, 7)
    """

    def output(self, op: Reduce, *inputs: Shape) -> Shape:
        return _without(inputs[0], axes_of(op, inputs[0], op.axes), keep=op.keep)

    def counts(self, op: Reduce, *inputs: Shape) -> Counts:
        elements: Counts = ELEMENT[op.function] * product(inputs[0])
        rows: Counts = ROW.get(op.function, Counts()) * product(self.output(op, *inputs))
        return elements + rows


@rule(ArgMax)
class ArgMaxRule(Rule[ArgMax]):
    """A comparison for each element: where the maximum is comes with finding it.

    Examples
    --------
    >>> ArgMaxRule().counts(ArgMax(), (1, 1000))
    Counts(cmp=1000)
    """

    def output(self, op: ArgMax, *inputs: Shape) -> Shape:
        return _without(inputs[0], (axis_of(op, inputs[0], op.axis),), keep=op.keep)

    def counts(self, op: ArgMax, *inputs: Shape) -> Counts:
        del op
        return Counts(cmp=product(inputs[0]))


@rule(CumSum)
class CumSumRule(Rule[CumSum]):
    """An addition for each element.

    Examples
    --------
    >>> CumSumRule().counts(CumSum(), (1, 3, 5))
    Counts(add=15)
    """

    def output(self, op: CumSum, *inputs: Shape) -> Shape:
        axis_of(op, inputs[0], op.axis)
        return inputs[0]

    def counts(self, op: CumSum, *inputs: Shape) -> Counts:
        return Counts(add=product(self.output(op, *inputs)))


def _without(x: Shape, axes: tuple[int, ...], *, keep: bool) -> Shape:
    return tuple(1 if axis in axes else extent for axis, extent in enumerate(x) if keep or axis not in axes)
