"""What joins the elements along axes."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg

REDUCTIONS = ("mean", "sum", "max", "min", "prod", "l1", "l2", "sum_square", "logsumexp")


class Reduce(Op):
    """The elements along ``axes`` of each sample become one.

    ``mean`` divides the sum by how many they are. ``sum`` and ``prod`` begin at 0 and 1, ``max`` and ``min`` at minus
    and plus infinity. ``l1`` is Σ |x|, ``sum_square`` Σ x·x, ``l2`` its root, and ``logsumexp`` m + log Σ exp(x - m), m
    being the maximum.
    """

    name: ClassVar[str] = "reduce"

    function: str = arg("word", "what they become", choices=REDUCTIONS)
    axes: tuple[int, ...] = arg("ints", "axes joined along, batch being 0")
    keep: bool = arg("flag", "the axes stay, with an extent of 1", default=True)

    @property
    def kind(self) -> str:
        """Return the kind with the function."""
        return f"reduce {self.function}"


class ArgMax(Op):
    """Where the maximum along an axis is, the first of several, counted from 0."""

    name: ClassVar[str] = "argmax"

    axis: int = arg("int", "axis looked along, batch being 0", default=1)
    keep: bool = arg("flag", "the axis stays, with an extent of 1", default=True)


class CumSum(Op):
    """Sums of the elements up to each one along an axis, itself included, from zero."""

    name: ClassVar[str] = "cumsum"

    axis: int = arg("int", "axis summed along, batch being 0", default=1)
