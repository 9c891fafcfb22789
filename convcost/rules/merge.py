"""Ops that join several tensors."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from collections.abc import Sequence

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Add, Concat, MatMul, Mul, Op, Shape
from convcost.ops._op import per_axis
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import agreed, differ, disagree
from convcost.rules.checks import axis_of, settled, tensor_of, written_shape
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
        return tuple([agreed(op, inputs, axis) for axis in _axes(op, inputs)])

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
        return tuple([settled(joined) if axis == along else agreed(op, inputs, axis) for axis in _axes(op, inputs)])


@rule(MatMul)
class MatMulRule(Rule[MatMul]):
    """A product for each term of each sum, added to an accumulator: (a, b) times (b, c) are a · b · c of them.

    This for each place of the axes before the last two. Transposing moves elements.

    Examples
    --------
    >>> MatMulRule().counts(MatMul(transpose_right=True), (8, 49, 32), (8, 49, 32))
    Counts(mul=614656, add=614656)
    """

    def output(self, op: MatMul, *inputs: Shape) -> Shape:
        left, right = _matrices(op, inputs)
        if differ(left[1], right[0]):
            raise ShapeError("E405", f"matrices of {per_axis(left)} and {per_axis(right)} have no product")
        return (*(agreed(op, inputs, axis) for axis in _axes(op, inputs)[:-2]), left[0], right[1])

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


def _axes(op: Op, inputs: Sequence[Shape]) -> range:
    """Return the axes that all inputs have; E405 for different ranks."""
    first = inputs[0]
    for place, x in enumerate(inputs[1:], 2):
        if len(x) != len(first):
            ranks = f"input 1 has {len(first)} axes ({written_shape(first)}), input {place} has {len(x)}"
            raise ShapeError("E405", f"the inputs of {op.kind} differ in rank: {ranks} ({written_shape(x)})")
    return range(len(first))


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
        if differ(agreed, extent) and differ(agreed, 1) and differ(extent, 1):
            disagree(op, inputs, axis, holder, place)
        if is_symbolic(agreed):  # either may turn out to be 1; otherwise they will be the same
            agreed, holder = (maximum(agreed, extent), holder) if is_symbolic(extent) else (extent, place)
    return agreed
