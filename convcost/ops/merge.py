"""Ops that join several tensors."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg


class Add(Op):
    """Sum of tensors of the same rank, one after the other: two or more; an extent of 1 is repeated."""

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


class MatMul(Op):
    """Product of two tensors as matrices of their last two axes: (..., a, b) times (..., b, c) to (..., a, c).

    The axes before them, the batch among them, agree; an extent of 1 is repeated. Each of the a · c sums runs over b
    products and begins at zero.
    """

    name: ClassVar[str] = "matmul"
    inputs: ClassVar[int | None] = 2

    transpose_left: bool = arg("flag", "the first tensor is (..., b, a)", default=False)
    transpose_right: bool = arg("flag", "the second tensor is (..., c, b)", default=False)
