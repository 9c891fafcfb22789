"""Ops that choose elements, repeat them, or lay them out in another way."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class Slice(Op):
    """Every ``step``-th element of an axis from ``start`` on and before ``stop``; negative places are from the end."""

    name: ClassVar[str] = "slice"

    axis: int = arg("int", "axis cut along, batch being 0")
    start: Dim = arg("place", "first place, from 0", default=0)
    stop: Dim | None = arg("place", "place before which it ends; absent: the end of the axis", default=None)
    step: Dim = arg("dim", "distance of the elements taken", default=1)


class Gather(Op):
    """The elements of an axis at given places, in their order; negative places are from the end."""

    name: ClassVar[str] = "gather"

    axis: int = arg("int", "axis chosen along, batch being 0")
    indices: tuple[int, ...] = arg("ints", "places, from 0")


class Expand(Op):
    """Axes with an extent of 1 repeated to a given shape; the other extents stay."""

    name: ClassVar[str] = "expand"

    shape: tuple[Dim, ...] = arg("dims", "extents without the batch")


class Tile(Op):
    """The tensor behind itself along each axis, so many times."""

    name: ClassVar[str] = "tile"

    repeats: tuple[Dim, ...] = arg("dims", "how often along each axis but the batch")


class DepthToSpace(Op):
    """Channels become a block of places: (N, C, H, W) to (N, C / b², H · b, W · b).

    Channels are read as block places before output channels (``dcr``), or as output channels before block places
    (``crd``, pixel shuffle).
    """

    name: ClassVar[str] = "depth_to_space"

    block: Dim = arg("dim", "extent of a block along each axis")
    mode: str = arg("word", "which channels are a block", default="dcr", choices=("dcr", "crd"))


class SpaceToDepth(Op):
    """Blocks of places become channels: (N, C, H, W) to (N, C · b², H / b, W / b), block places before channels."""

    name: ClassVar[str] = "space_to_depth"

    block: Dim = arg("dim", "extent of a block along each axis")
