"""Regions of a feature map."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import Crop, Shape
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import settled, spatial, whole
from convcost.symbols import product


@rule(Crop)
class CropRule(Rule[Crop]):
    """Two nearest elements an axis, four on an image, each with a product and an addition for each output element.

    Places outside the map cost the same as those inside it, so nothing depends on where the boxes lie. Not counted:
    choosing the boxes, which includes non-maximum suppression, where their places lie, and the weights.

    Examples
    --------
    >>> rule, op = CropRule(), Crop((14, 14), count=300)
    >>> rule.output(op, (1, 1024, 38, 64))
    (300, 1024, 14, 14)
    >>> rule.counts(Crop((2, 1), count=5), (1, 3, 7, 7))
    Counts(mul=120, add=120)
    """

    def output(self, op: Crop, *inputs: Shape) -> Shape:
        x, *_ = inputs
        spatial(op, x, len(op.size))
        regions = settled(x[0] * whole(op.count, "{} regions"))
        return (regions, x[1], *(whole(extent, "an output extent of {}") for extent in op.size))

    def counts(self, op: Crop, *inputs: Shape) -> Counts:
        made = product((2 ** len(op.size), *self.output(op, *inputs)))
        return Counts(mul=made, add=made)
