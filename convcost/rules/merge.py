"""Ops that join several tensors."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Add, Concat, Mul, Op, Shape
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import axis_name, axis_of, settled, written, written_shape
from convcost.symbols import Dim, is_symbolic, maximum, product


@rule(Add)
class AddRule(Rule[Add]):
    """An addition for each element of each tensor after the first.

    The first is taken as it is: a join accumulates nothing, so k tensors take k - 1 additions an element.

    Examples
    --------
    >>> AddRule().counts(Add(), (1, 64, 7, 7), (1, 64, 7, 7))
    Counts(add=3136)
    """

    def output(self, op: Add, *inputs: Shape) -> Shape:
        return tuple([_agreed(op, inputs, axis) for axis in _axes(op, inputs)])

    def counts(self, op: Add, *inputs: Shape) -> Counts:
        return Counts(add=(len(inputs) - 1) * product(self.output(op, *inputs)))


@rule(Mul)
class MulRule(Rule[Mul]):
    """A product for each element of what is multiplied so far, for each tensor after the first.

    Extents of 1 are repeated, so the gate (N, C, 1, 1) of a squeeze-and-excite block costs one product an element of
    the tensor it gates.

    Examples
    --------
    >>> MulRule().counts(Mul(), (1, 16, 1, 1), (1, 16, 8, 8))
    Counts(mul=1024)
    """

    def output(self, op: Mul, *inputs: Shape) -> Shape:
        return tuple([_repeated(op, inputs, axis) for axis in _axes(op, inputs)])

    def counts(self, op: Mul, *inputs: Shape) -> Counts:
        made: Dim = 0
        for last in range(2, len(inputs) + 1):
            made += product(self.output(op, *inputs[:last]))
        return Counts(mul=made)


@rule(Concat)
class ConcatRule(Rule[Concat]):
    """Joining moves elements and counts nothing: the extents along the axis add up.

    Examples
    --------
    >>> ConcatRule().output(Concat(), (1, 64, 28, 28), (1, 128, 28, 28))
    (1, 192, 28, 28)
    """

    def output(self, op: Concat, *inputs: Shape) -> Shape:
        along = axis_of(op, inputs[0], op.axis)
        joined: Dim = 0
        for axis in _axes(op, inputs):
            if axis == along:
                for x in inputs:
                    joined += x[axis]
        return tuple([settled(joined) if axis == along else _agreed(op, inputs, axis) for axis in _axes(op, inputs)])


def _axes(op: Op, inputs: Sequence[Shape]) -> range:
    """Return the axes that all inputs have; E405 for different ranks."""
    first = inputs[0]
    for place, x in enumerate(inputs[1:], 2):
        if len(x) != len(first):
            ranks = f"input 1 has {len(first)} axes ({written_shape(first)}), input {place} has {len(x)}"
            raise ShapeError("E405", f"the inputs of {op.kind} differ in rank: {ranks} ({written_shape(x)})")
    return range(len(first))


def _agreed(op: Op, inputs: Sequence[Shape], axis: int) -> Dim:
    """Return the extent all inputs share, a number if one is; E405 where two cannot be the same."""
    agreed, holder = inputs[0][axis], 1
    for place, x in enumerate(inputs[1:], 2):
        extent = x[axis]
        if extent == agreed:
            continue
        if _differ(agreed, extent):
            _disagree(op, inputs, axis, holder, place)
        if is_symbolic(agreed):
            agreed, holder = extent, place
    return agreed


def _repeated(op: Op, inputs: Sequence[Shape], axis: int) -> Dim:
    """Return the extent of a product: the one the inputs share, apart from those where it is 1; E405."""
    agreed, holder = inputs[0][axis], 1
    for place, x in enumerate(inputs[1:], 2):
        extent = x[axis]
        if extent in {agreed, 1}:
            continue
        if agreed == 1:
            agreed, holder = extent, place
            continue
        if _differ(agreed, extent) and _differ(agreed, 1) and _differ(extent, 1):
            _disagree(op, inputs, axis, holder, place)
        if is_symbolic(agreed):  # either may turn out to be 1; otherwise they will be the same
            agreed, holder = (maximum(agreed, extent), holder) if is_symbolic(extent) else (extent, place)
    return agreed


def _differ(left: Dim, right: Dim) -> bool:
    """Tell whether two extents are different whatever their symbols stand for."""
    if is_symbolic(left) or is_symbolic(right):
        from convcost.symbols.floordiv import decide

        return decide(left, "!=", right) is True
    return bool(left != right)


def _disagree(op: Op, inputs: Sequence[Shape], axis: int, one: int, other: int) -> NoReturn:
    first, second = inputs[one - 1], inputs[other - 1]
    raise ShapeError(
        "E405",
        f"the inputs of {op.kind} differ on {axis_name(axis, len(first))}: "
        f"input {one} has {written(first[axis])} ({written_shape(first)}), "
        f"input {other} has {written(second[axis])} ({written_shape(second)})",
    )
