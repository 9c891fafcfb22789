"""Ops that nothing is known of but what they put out."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from typing import ClassVar

from convcost.ops import Shape, Unknown
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import whole


@rule(Unknown)
class UnknownRule(Rule[Unknown]):
    """What it stores and counts is not known: every total with it is a lower bound, and says so.

    Examples
    --------
    >>> rule, op = UnknownRule(), Unknown("NonMaxSuppression", (100, 4))
    >>> rule.output(op, (2, 1000, 4)), rule.known
    ((2, 100, 4), False)
    """

    known: ClassVar[bool] = False

    def output(self, op: Unknown, *inputs: Shape) -> Shape:
        return (inputs[0][0], *(whole(extent, "an extent of {}") for extent in op.shape))
