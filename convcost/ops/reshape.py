"""Ops that only move elements, or do nothing at inference."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from convcost.ops._op import Op, Shape, arg
from convcost.symbols import Dim


class Input(Op):
    """A tensor that comes from outside; ``shape`` is without the batch."""

    name: ClassVar[str] = "input"
    inputs: ClassVar[int | None] = 0

    shape: Shape = arg("dims", "extents without the batch: [channels, height, width]")


class Flatten(Op):
    """(N, C, H, W) to (N, C·H·W)."""

    name: ClassVar[str] = "flatten"


class Reshape(Op):
    """The same elements in another shape; one extent may be -1 and takes what is left."""

    name: ClassVar[str] = "reshape"

    shape: tuple[Dim, ...] = arg("dims", "extents without the batch, at most one of them -1")


class Transpose(Op):
    """Axes in another order; the batch stays first."""

    name: ClassVar[str] = "transpose"

    order: tuple[int, ...] = arg("ints", "the axes 1, 2, ... in their new order")


class ChannelShuffle(Op):
    """Channels of g groups interleaved: channel i·(C/g) + j goes to place j·g + i (ShuffleNet)."""

    name: ClassVar[str] = "channel_shuffle"

    groups: Dim = arg("dim", "groups")


class Split(Op):
    """One of several parts along an axis: part ``index`` of ``parts`` equal ones, or of parts of given ``sizes``."""

    name: ClassVar[str] = "split"

    index: int = arg("int", "which part, from 0")
    parts: int | None = arg("int", "how many equal parts", default=None)
    sizes: tuple[Dim, ...] | None = arg("dims", "extents of the parts; together the whole axis", default=None)
    axis: int = arg("int", "axis cut along, batch being 0", default=1)


class Dropout(Op):
    """Nothing at inference; in a spec it documents the architecture."""

    name: ClassVar[str] = "dropout"

    rate: Fraction = arg("rational", "share dropped in training", default=Fraction(1, 2))


class Identity(Op):
    """The input, unchanged."""

    name: ClassVar[str] = "identity"
