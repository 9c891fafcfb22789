"""Extents that several inputs of an op have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from convcost.errors import ShapeError
from convcost.ops import Op, Shape
from convcost.rules.checks import axis_name, written, written_shape
from convcost.symbols import Dim, is_symbolic


def agreed(op: Op, inputs: Sequence[Shape], axis: int) -> Dim:
    """Return the extent all inputs share, a number if one is; E405 where two cannot be the same."""
    agreed, holder = inputs[0][axis], 1
    for place, x in enumerate(inputs[1:], 2):
        extent = x[axis]
        if extent == agreed:
            continue
        if differ(agreed, extent):
            disagree(op, inputs, axis, holder, place)
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
