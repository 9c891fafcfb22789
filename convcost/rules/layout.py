"""Ops that choose elements, repeat them, or lay them out in another way: shapes, and nothing counted."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.errors import ShapeError
from convcost.ops import DepthToSpace, Expand, Gather, Op, Shape, Slice, SpaceToDepth, Tile
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import differ
from convcost.rules.checks import (
    axis_name,
    axis_of,
    channels,
    grant,
    numeric,
    settled,
    share,
    spatial,
    whole,
    written,
    written_shape,
)
from convcost.symbols import Dim, ceil_div, is_symbolic, product

PARTS = "parts, one for each place of a block"


@rule(Slice)
class SliceRule(Rule[Slice]):
    """⌈(stop - start) / step⌉ places of the axis.

    Examples
    --------
    >>> SliceRule().output(Slice(axis=2, start=1, stop=-1, step=2), (1, 64, 9, 7))
    (1, 64, 4, 7)
    """

    def output(self, op: Slice, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = axis_of(op, x, op.axis)
        step = whole(op.step, "a step of {}")
        start = _from_front(op, "start", op.start, x[axis])
        stop = x[axis] if op.stop is None else _from_front(op, "stop", op.stop, x[axis])
        grant(stop, "<=", x[axis])
        if _above(0, start) or _above(start + 1, stop) or _above(stop, x[axis]):
            cut = f"{written(op.start)} to {'the end' if op.stop is None else written(op.stop)}"
            what = f"{axis_name(axis, len(x))} with {written(x[axis])} places"
            raise ShapeError("E650", f"{op.name} from {cut} does not lie in {what}")
        return (*x[:axis], settled(ceil_div(stop - start, step)), *x[axis + 1 :])


@rule(Gather)
class GatherRule(Rule[Gather]):
    """As many places of the axis as are named.

    Examples
    --------
    >>> GatherRule().output(Gather(axis=1, indices=(0, -1, 0)), (1, 64, 7, 7))
    (1, 3, 7, 7)
    """

    def output(self, op: Gather, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = axis_of(op, x, op.axis)
        if not op.indices:
            raise ShapeError("E650", f"{op.name} names no place of {axis_name(axis, len(x))}")
        for index in op.indices:
            needed = index + 1 if index >= 0 else -index
            grant(x[axis], ">=", needed)
            if _above(needed, x[axis]):
                what = f"{axis_name(axis, len(x))} with {written(x[axis])} places"
                raise ShapeError("E650", f"{op.name} takes place {index} of {what}")
        return (*x[:axis], len(op.indices), *x[axis + 1 :])


@rule(Expand)
class ExpandRule(Rule[Expand]):
    """Extents of 1 become those of the shape.

    Examples
    --------
    >>> ExpandRule().output(Expand((64, 7, 7)), (2, 64, 1, 1))
    (2, 64, 7, 7)
    """

    def output(self, op: Expand, *inputs: Shape) -> Shape:
        (x,) = inputs
        shape = _one_each(op, x, op.shape, "{} places of a shape")
        for extent, new in zip(x[1:], shape, strict=True):
            if differ(extent, new) and differ(extent, 1):
                wanted = "×".join(map(written, shape))
                raise ShapeError("E405", f"{op.name} cannot repeat {written_shape(x)} to {wanted}")
            grant((extent - new) * (extent - 1), "==", 0)
        return (x[0], *shape)


@rule(Tile)
class TileRule(Rule[Tile]):
    """Each extent times how often it is repeated.

    Examples
    --------
    >>> TileRule().output(Tile((1, 2, 3)), (1, 64, 7, 5))
    (1, 64, 14, 15)
    """

    def output(self, op: Tile, *inputs: Shape) -> Shape:
        (x,) = inputs
        repeats = _one_each(op, x, op.repeats, "{} repeats")
        return (x[0], *(settled(extent * times) for extent, times in zip(x[1:], repeats, strict=True)))


@rule(DepthToSpace)
class DepthToSpaceRule(Rule[DepthToSpace]):
    """Channels become places.

    Examples
    --------
    >>> DepthToSpaceRule().output(DepthToSpace(2), (1, 64, 7, 5))
    (1, 16, 14, 10)
    """

    def output(self, op: DepthToSpace, *inputs: Shape) -> Shape:
        (x,) = inputs
        extents, block = spatial(op, x), whole(op.block, "a block of {}")
        cut = share(channels(op, x), product([block] * len(extents)), "channels", PARTS)
        return (x[0], cut, *(settled(extent * block) for extent in extents))


@rule(SpaceToDepth)
class SpaceToDepthRule(Rule[SpaceToDepth]):
    """Places become channels.

    Examples
    --------
    >>> SpaceToDepthRule().output(SpaceToDepth(2), (1, 16, 14, 10))
    (1, 64, 7, 5)
    """

    def output(self, op: SpaceToDepth, *inputs: Shape) -> Shape:
        (x,) = inputs
        extents, block = spatial(op, x), whole(op.block, "a block of {}")
        blocks = [
            share(extent, block, f"places of {axis_name(axis, len(x))}", PARTS)
            for axis, extent in enumerate(extents, 2)
        ]
        return (x[0], settled(channels(op, x) * product([block] * len(extents))), *blocks)


def _from_front(op: Slice, name: str, place: Dim, extent: Dim) -> Dim:
    """Return a place along an axis counted from the front; E611 where it is not known from which end it counts."""
    whole(abs(place), "a place of {}", 0)
    if _above(0, place):
        return settled(extent + place)
    return place if _above(place, -1) else numeric(op, name, place, "the places of {} have")


def _above(left: Dim, right: Dim) -> bool:
    """Tell whether left is larger than right, whatever their symbols stand for."""
    if is_symbolic(left) or is_symbolic(right):
        from convcost.symbols.floordiv import decide

        return decide(left, ">", right) is True
    return bool(left > right)


def _one_each(op: Op, x: Shape, values: tuple[Dim, ...], what: str) -> list[Dim]:
    """Return one whole number for each axis but the batch; E409."""
    if len(values) != len(x) - 1:
        raise ShapeError("E409", f"{op.name} has {len(values)} numbers for the {len(x) - 1} axes of {written_shape(x)}")
    return [whole(value, what) for value in values]
