"""Ops that join several tensors."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Sequence

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Add, Concat, MatMul, Mul, Shape
from convcost.ops._op import per_axis
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import agreed, axes, combined, differ, repeated, steps
from convcost.rules.checks import axis_of, grant, settled, tensor_of
from convcost.symbols import Dim, product


@rule(Add)
class AddRule(Rule[Add]):
    """An addition for each element of what is added so far, for each tensor after the first.

    The first is taken as it is: a join accumulates nothing, so k tensors of one shape take k - 1 additions an element.

    Examples
    --------
    >>> AddRule().counts(Add(), (1, 64, 7, 7), (1, 64, 7, 7))
    Counts(add=3136)
    """

    def output(self, op: Add, *inputs: Shape) -> Shape:
        return combined(op, inputs)

    def counts(self, op: Add, *inputs: Shape) -> Counts:
        return Counts(add=steps(op, inputs))


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
        return combined(op, inputs)

    def counts(self, op: Mul, *inputs: Shape) -> Counts:
        return Counts(mul=steps(op, inputs))


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
        for axis in axes(op, inputs):
            if axis == along:
                for x in inputs:
                    joined += x[axis]
        return tuple([settled(joined) if axis == along else agreed(op, inputs, axis) for axis in axes(op, inputs)])


@rule(MatMul)
class MatMulRule(Rule[MatMul]):
    """A product for each term of each sum, added to an accumulator: (a, b) times (b, c) are a · b · c of them.

    This for each place of the axes before the last two. Transposing and repeating move elements.

    Examples
    --------
    >>> MatMulRule().counts(MatMul(transpose_right=True), (8, 49, 32), (8, 49, 32))
    Counts(mul=614656, add=614656)
    """

    def output(self, op: MatMul, *inputs: Shape) -> Shape:
        left, right = _matrices(op, inputs)
        if differ(left[1], right[0]):
            raise ShapeError("E405", f"matrices of {per_axis(left)} and {per_axis(right)} have no product")
        grant(left[1], "==", right[0])
        return (*(repeated(op, inputs, axis) for axis in axes(op, inputs)[:-2]), left[0], right[1])

    def counts(self, op: MatMul, *inputs: Shape) -> Counts:
        (_, terms), _ = _matrices(op, inputs)
        products = product((*self.output(op, *inputs), terms))
        return Counts(mul=products, add=products)


def _matrices(op: MatMul, inputs: Sequence[Shape]) -> tuple[Shape, Shape]:
    """Return rows and columns of both matrices as they are multiplied; E401."""
    left, right = inputs
    for x in inputs:
        if len(x) < 3:
            raise ShapeError("E401", f"{op.kind} takes (N, ..., rows, columns), not {tensor_of(x)}")
    return _matrix(left, transposed=op.transpose_left), _matrix(right, transposed=op.transpose_right)


def _matrix(x: Shape, *, transposed: bool) -> Shape:
    return (x[-1], x[-2]) if transposed else x[-2:]
