"""Arithmetic element by element, on one tensor and on several."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from convcost.ops._op import Op, arg

FUNCTIONS = (
    "exp",
    "log",
    "sqrt",
    "abs",
    "neg",
    "reciprocal",
    "erf",
    "sin",
    "cos",
    "floor",
    "ceil",
    "round",
    "sign",
    "not",
)
RELATIONS = ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")


class Unary(Op):
    """A function of each element.

    ``neg`` is 0 - x, ``reciprocal`` 1 / x. ``round`` takes halves to the even number. ``sign`` is [x > 0] - [x < 0],
    and ``not`` is [x = 0], where [...] is 1 if it is so and 0 otherwise.
    """

    name: ClassVar[str] = "unary"

    function: str = arg("word", "what is done to each element", choices=FUNCTIONS)

    @property
    def kind(self) -> str:
        """Return the function."""
        return self.function


class Affine(Op):
    """x · factor + term, both constants; what is absent is not done."""

    name: ClassVar[str] = "affine"

    factor: int | Fraction | None = arg("rational", "what is multiplied by; absent: nothing", default=None)
    term: int | Fraction | None = arg("rational", "what is added; absent: nothing", default=None)


class Sub(Op):
    """Difference of two tensors of the same rank; an extent of 1 is repeated."""

    name: ClassVar[str] = "sub"
    inputs: ClassVar[int | None] = 2


class Div(Op):
    """Quotient of two tensors of the same rank; an extent of 1 is repeated."""

    name: ClassVar[str] = "div"
    inputs: ClassVar[int | None] = 2


class Maximum(Op):
    """The larger of tensors of the same rank, one after the other; an extent of 1 is repeated."""

    name: ClassVar[str] = "maximum"
    inputs: ClassVar[int | None] = None


class Minimum(Op):
    """The smaller of tensors of the same rank, one after the other; an extent of 1 is repeated."""

    name: ClassVar[str] = "minimum"
    inputs: ClassVar[int | None] = None


class Power(Op):
    """The first tensor to the power of the second; an extent of 1 is repeated."""

    name: ClassVar[str] = "power"
    inputs: ClassVar[int | None] = 2


class Compare(Op):
    """1 where a relation holds between two tensors of the same rank, and 0 elsewhere; an extent of 1 is repeated."""

    name: ClassVar[str] = "compare"
    inputs: ClassVar[int | None] = 2

    relation: str = arg("word", "what is asked of each pair", choices=RELATIONS)

    @property
    def kind(self) -> str:
        """Return the relation."""
        return self.relation.replace("_", " ")


class Where(Op):
    """The second tensor where the first is not 0, and the third elsewhere; an extent of 1 is repeated."""

    name: ClassVar[str] = "where"
    inputs: ClassVar[int | None] = 3
