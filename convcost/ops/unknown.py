"""Ops that nothing is known of but what they put out."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, Shape, arg


class Unknown(Op):
    """An op without a rule, whose output has a known shape: what it stores and counts is not known, and not zero.

    Totals that contain one are marked "≥", and it cannot be verified.
    """

    name: ClassVar[str] = "unknown"
    inputs: ClassVar[int | None] = None

    op: str = arg("text", "what it is called where it comes from")
    shape: Shape = arg("dims", "extents of the output without the batch")

    @property
    def kind(self) -> str:
        """Return the kind with what the op is called."""
        return f"unknown {self.op}"
