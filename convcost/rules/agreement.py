"""Extents that several inputs of an op have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from convcost.errors import ShapeError
from convcost.ops import Op, Shape
from convcost.rules.checks import axis_name, grant, written, written_shape
from convcost.symbols import Dim, is_symbolic, maximum, product


def agreed(op: Op, inputs: Sequence[Shape], axis: int) -> Dim:
    """Return the extent all inputs share, a number if one is; E405 where two cannot be the same."""
    agreed, holder = inputs[0][axis], 1
    for place, x in enumerate(inputs[1:], 2):
        extent = x[axis]
        if extent == agreed:
            continue
        if differ(agreed, extent):
            disagree(op, inputs, axis, holder, place)
        grant(agreed, "==", extent)
        if is_symbolic(agreed):
            agreed, holder = extent, place
    return agreed


def differ(left: Dim, right: Dim) -> bool:
    """Tell whether two extents are different whatever their symbols stand for."""
    if is_symbolic(left) or is_symbolic(right):
        from convcost.symbols.floordiv import decide

        return decide(left, "!=", right) is True
    return bool(left != right)


def disagree(op: Op, inputs: Sequence[Shape], axis: int, one: int, other: int) -> NoReturn:
    """Raise E405 for two inputs, counted from 1, that differ on an axis."""
    first, second = inputs[one - 1], inputs[other - 1]
    raise ShapeError(
        "E405",
        f"the inputs of {op.kind} differ on {axis_name(axis, len(first))}: "
        f"input {one} has {written(first[axis])} ({written_shape(first)}), "
        f"input {other} has {written(second[axis])} ({written_shape(second)})",
    )


def axes(op: Op, inputs: Sequence[Shape]) -> range:
    """Return the axes that all inputs have; E405 for different ranks."""
    first = inputs[0]
    for place, x in enumerate(inputs[1:], 2):
        if len(x) != len(first):
            ranks = f"input 1 has {len(first)} axes ({written_shape(first)}), input {place} has {len(x)}"
            raise ShapeError("E405", f"the inputs of {op.kind} differ in rank: {ranks} ({written_shape(x)})")
    return range(len(first))


def repeated(op: Op, inputs: Sequence[Shape], axis: int) -> Dim:
    """Return the extent all inputs share, apart from those where it is 1 and is repeated; E405."""
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
        grant((agreed - extent) * (agreed - 1) * (extent - 1), "==", 0)
        if is_symbolic(agreed):  # either may turn out to be 1; otherwise they will be the same
            agreed, holder = (maximum(agreed, extent), holder) if is_symbolic(extent) else (extent, place)
    return agreed


def combined(op: Op, inputs: Sequence[Shape]) -> Shape:
    """Return the shape of inputs of the same rank joined element by element; E405."""
    return tuple([repeated(op, inputs, axis) for axis in axes(op, inputs)])


def steps(op: Op, inputs: Sequence[Shape]) -> Dim:
    """Return the elements made when inputs are joined one after the other: those of all joins together."""
    made: Dim = 0
    for last in range(2, len(inputs) + 1):
        made += product(combined(op, inputs[:last]))
    return made
