"""Ops that only move elements: shapes, and nothing counted."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.errors import ShapeError
from convcost.ops import ChannelShuffle, Dropout, Flatten, Identity, Input, Op, Reshape, Shape, Split, Transpose
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import (
    axis_name,
    axis_of,
    channels,
    grant,
    grant_whole,
    settled,
    share,
    whole,
    written,
    written_shape,
)
from convcost.symbols import Dim, is_symbolic, product


@rule(Input)
class InputRule(Rule[Input]):
    """The shape of the input behind its batch, which is 1 unless a shape (N,) says otherwise.

    Examples
    --------
    >>> InputRule().output(Input((3, 224, 224))), InputRule().output(Input((3, 224, 224)), (8,))
    ((1, 3, 224, 224), (8, 3, 224, 224))
    """

    def output(self, op: Input, *inputs: Shape) -> Shape:
        (batch,) = inputs[0] if inputs else (1,)
        return (whole(batch, "a batch of {}"), *(whole(extent, "an input extent of {}") for extent in op.shape))


@rule(Flatten)
class FlattenRule(Rule[Flatten]):
    """All axes but the batch become one.

    Examples
    --------
    >>> FlattenRule().output(Flatten(), (1, 512, 7, 7))
    (1, 25088)
    """

    def output(self, op: Flatten, *inputs: Shape) -> Shape:
        (x,) = inputs
        channels(op, x)
        return (x[0], product(x[1:]))


@rule(Reshape)
class ReshapeRule(Rule[Reshape]):
    """The same elements in other extents.

    Examples
    --------
    >>> ReshapeRule().output(Reshape((-1, 49)), (1, 512, 7, 7))
    (1, 512, 49)
    """

    def output(self, op: Reshape, *inputs: Shape) -> Shape:
        (x,) = inputs
        open_axes = [axis for axis, extent in enumerate(op.shape, 1) if extent == -1]
        if len(open_axes) > 1:
            raise ShapeError("E408", f"reshape has {len(open_axes)} extents of -1", hint="one takes what is left")
        known = product(whole(extent, "a reshape extent of {}") for extent in op.shape if extent != -1)
        elements = product(x[1:])
        if is_symbolic(elements) or is_symbolic(known):
            left = settled(elements / known)
            if not open_axes:
                grant(elements, "==", known)
            elif is_symbolic(left):
                grant_whole(left)
            fits = is_symbolic(left) or left == 1 or (bool(open_axes) and isinstance(left, int) and left > 0)
        else:
            left = elements // known
            fits = elements == known * left and (bool(open_axes) or left == 1)
        if not fits:
            wanted = "×".join(written(extent) for extent in op.shape) or "a single number"
            raise ShapeError("E408", f"the {written(elements)} elements of {written_shape(x)} do not fit into {wanted}")
        return (x[0], *(left if extent == -1 else extent for extent in op.shape))


@rule(Transpose)
class TransposeRule(Rule[Transpose]):
    """The axes behind the batch in another order.

    Examples
    --------
    >>> TransposeRule().output(Transpose((2, 3, 1)), (1, 64, 7, 5))
    (1, 7, 5, 64)
    """

    def output(self, op: Transpose, *inputs: Shape) -> Shape:
        (x,) = inputs
        axes = range(1, len(x))
        if sorted(op.order) != list(axes):
            raise ShapeError(
                "E406",
                f"the order {', '.join(map(str, op.order))} does not name each axis of {written_shape(x)} once",
                hint=f"the axes are {', '.join(map(str, axes))}",
            )
        return (x[0], *(x[axis] for axis in op.order))


@rule(ChannelShuffle)
class ChannelShuffleRule(Rule[ChannelShuffle]):
    """Channels change places; the groups must divide them.

    Examples
    --------
    >>> ChannelShuffleRule().output(ChannelShuffle(3), (1, 240, 28, 28))
    (1, 240, 28, 28)
    """

    def output(self, op: ChannelShuffle, *inputs: Shape) -> Shape:
        (x,) = inputs
        share(channels(op, x), whole(op.groups, "{} groups"), "channels", "groups")
        return x


@rule(Split)
class SplitRule(Rule[Split]):
    """One part along an axis, of equal ones or of the given sizes.

    Examples
    --------
    >>> SplitRule().output(Split(1, sizes=(24, 40)), (1, 64, 7, 7))
    (1, 40, 7, 7)
    """

    def output(self, op: Split, *inputs: Shape) -> Shape:
        (x,) = inputs
        axis = axis_of(op, x, op.axis)
        name = axis_name(axis, len(x))
        if op.sizes is not None and op.parts is None:
            sizes = [whole(size, "a part of {}") for size in op.sizes]
            total: Dim = 0
            for size in sizes:
                total += size
            grant(total, "==", x[axis])
            if not is_symbolic(total) and not is_symbolic(x[axis]) and total != x[axis]:
                shown = " + ".join(map(written, sizes))
                raise ShapeError(
                    "E407", f"the parts of split make {shown} = {total}, but {name} has {written(x[axis])}"
                )
        elif op.parts is not None and op.sizes is None:
            sizes = [share(x[axis], whole(op.parts, "{} parts"), f"places of {name}", "parts")]
        else:
            raise ShapeError("E407", "split takes either parts or sizes")
        parts = op.parts or len(sizes)
        if not 0 <= op.index < parts:
            raise ShapeError("E407", f"split has no part {op.index}", hint=f"{parts} parts, 0 to {parts - 1}")
        return (*x[:axis], sizes[0 if op.parts else op.index], *x[axis + 1 :])


@rule(Dropout, Identity)
class IdentityRule(Rule[Op]):
    """Nothing at inference: the input, unchanged.

    Examples
    --------
    >>> IdentityRule().counts(Dropout(), (1, 1024))
    Counts()
    """
