"""Resampling of images to any size."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import Resize, Shape
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import spatial, whole
from convcost.symbols import Dim, product

TAPS = {"nearest": 0, "linear": 2, "cubic": 4}
"""How many elements each element of a pass is a weighted sum of; the nearest one is copied."""


@rule(Resize)
class ResizeRule(Rule[Resize]):
    """``linear``: two products and two additions for each element of each pass; ``cubic``: four; ``nearest`` copies.

    A pass resamples one axis, in order, so the later ones work on other extents. The weights of the interpolation are
    constants and not counted.

    Examples
    --------
    >>> ResizeRule().counts(Resize((6, 6), "linear"), (1, 1, 3, 3))
    Counts(mul=108, add=108)
    """

    def output(self, op: Resize, *inputs: Shape) -> Shape:
        (x,) = inputs
        spatial(op, x, len(op.output))
        return (*x[:2], *(whole(extent, "an output extent of {}") for extent in op.output))

    def counts(self, op: Resize, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        made: Dim = 0
        for axis, _ in enumerate(op.output, 3):
            made += product((*out[:axis], *x[axis:]))
        products = TAPS[op.mode] * made
        return Counts(mul=products, add=products)
