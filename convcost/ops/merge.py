"""Ops that join several tensors."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg


class Add(Op):
    """Sum of tensors of one shape, one after the other: two or more."""

    name: ClassVar[str] = "add"
    inputs: ClassVar[int | None] = None


class Mul(Op):
    """Product of tensors of the same rank, one after the other; an extent of 1 is repeated.

    The gate of a squeeze-and-excite block is one: (N, C, 1, 1) times (N, C, H, W).
    """

    name: ClassVar[str] = "mul"
    inputs: ClassVar[int | None] = None


class Concat(Op):
    """Tensors one behind the other along an axis; the other extents agree."""

    name: ClassVar[str] = "concat"
    inputs: ClassVar[int | None] = None

    axis: int = arg("int", "axis joined along, batch being 0", default=1)
