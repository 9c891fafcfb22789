"""Normalisation."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LocalResponseNorm,
    RmsNorm,
    Scale,
    Shape,
)
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import axes_of, channels, few, share, spatial, whole
from convcost.rules.windows import meetings
from convcost.symbols import Dim, product


@rule(BatchNorm)
class BatchNormRule(Rule[BatchNorm]):
    """Batch normalisation: one product and one addition an element, once the statistics are folded.

    Folding takes for each channel two additions, a root, a division and a product, whatever the batch. A channel stores
    a mean and a variance, and trains its scale and shift.

    Examples
    --------
    >>> BatchNormRule().counts(BatchNorm(), (1, 32, 112, 112))
    Counts(mul=401440, add=401472, div=32, sqrt=32)
    """

    def output(self, op: BatchNorm, *inputs: Shape) -> Shape:
        channels(op, inputs[0])
        return inputs[0]

    def parameters(self, op: BatchNorm, *inputs: Shape) -> Parameters:
        c = channels(op, inputs[0])
        return Parameters(affine=(op.scale + op.shift) * c, running=2 * c)

    def counts(self, op: BatchNorm, *inputs: Shape) -> Counts:
        (x,) = inputs
        c, elements = channels(op, x), product(x)
        return Counts(add=elements + 2 * c, sqrt=c, div=c, mul=elements + c)


@rule(LayerNorm)
class LayerNormRule(Rule[LayerNorm]):
    """Layer normalisation: mean, differences, variance, root and quotients of each row, then scale and shift.

    A row is what lies along ``axes``: n elements, each with three additions, a product and a division, and another
    product and addition if ``affine``; a row has two divisions, an addition and a root of its own.

    Examples
    --------
    >>> LayerNormRule().counts(LayerNorm((-1,)), (1, 196, 768))
    Counts(mul=301056, add=602308, div=150920, sqrt=196)
    """

    def output(self, op: LayerNorm, *inputs: Shape) -> Shape:
        axes_of(op, inputs[0], op.axes)
        return inputs[0]

    def parameters(self, op: LayerNorm, *inputs: Shape) -> Parameters:
        (x,) = inputs
        return Parameters(affine=2 * product(x[axis] for axis in axes_of(op, x, op.axes)) if op.affine else 0)

    def counts(self, op: LayerNorm, *inputs: Shape) -> Counts:
        (x,) = inputs
        axes = axes_of(op, x, op.axes)
        rows = product(extent for axis, extent in enumerate(x) if axis not in axes)
        return _normalise(product(x), rows, affine=op.affine)


@rule(RmsNorm)
class RmsNormRule(Rule[RmsNorm]):
    """Division by the root mean square: a product, an addition and a division an element, another product if scaled.

    A row, which is what lies along ``axes``, has a division, an addition and a root of its own.

    Examples
    --------
    >>> RmsNormRule().counts(RmsNorm(), (1, 196, 768))
    Counts(mul=301056, add=150724, div=150724, sqrt=196)
    """

    def output(self, op: RmsNorm, *inputs: Shape) -> Shape:
        axes_of(op, inputs[0], op.axes)
        return inputs[0]

    def parameters(self, op: RmsNorm, *inputs: Shape) -> Parameters:
        (x,) = inputs
        return Parameters(affine=product(x[axis] for axis in axes_of(op, x, op.axes)) if op.scale else 0)

    def counts(self, op: RmsNorm, *inputs: Shape) -> Counts:
        (x,) = inputs
        axes = axes_of(op, x, op.axes)
        elements, rows = product(x), product(extent for axis, extent in enumerate(x) if axis not in axes)
        return Counts(mul=(1 + op.scale) * elements, add=elements + rows, div=elements + rows, sqrt=rows)


@rule(GroupNorm)
class GroupNormRule(Rule[GroupNorm]):
    """Group normalisation: the steps of layer normalisation on N · groups rows; a scale and a shift for each channel.

    Examples
    --------
    >>> GroupNormRule().counts(GroupNorm(2, affine=False), (1, 4, 1, 3))
    Counts(mul=12, add=38, div=16, sqrt=2)
    """

    def output(self, op: GroupNorm, *inputs: Shape) -> Shape:
        (x,) = inputs
        share(channels(op, x), whole(op.groups, "{} groups"), "channels", "groups")
        return x

    def parameters(self, op: GroupNorm, *inputs: Shape) -> Parameters:
        return Parameters(affine=2 * channels(op, inputs[0]) if op.affine else 0)

    def counts(self, op: GroupNorm, *inputs: Shape) -> Counts:
        x = self.output(op, *inputs)
        return _normalise(product(x), product((x[0], op.groups)), affine=op.affine)


@rule(InstanceNorm)
class InstanceNormRule(Rule[InstanceNorm]):
    """Instance normalisation: the steps of layer normalisation on N · C rows; a scale and a shift for each channel.

    Examples
    --------
    >>> InstanceNormRule().counts(InstanceNorm(), (1, 2, 2, 3))
    Counts(mul=12, add=38, div=16, sqrt=2)
    """

    def output(self, op: InstanceNorm, *inputs: Shape) -> Shape:
        spatial(op, inputs[0])
        return inputs[0]

    def parameters(self, op: InstanceNorm, *inputs: Shape) -> Parameters:
        return Parameters(affine=2 * channels(op, inputs[0]) if op.affine else 0)

    def counts(self, op: InstanceNorm, *inputs: Shape) -> Counts:
        x = self.output(op, *inputs)
        return _normalise(product(x), product(x[:2]), affine=op.affine)


@rule(LocalResponseNorm)
class LocalResponseNormRule(Rule[LocalResponseNorm]):
    """Local response normalisation: ``size`` additions an element, and two products, an addition, a power, a division.

    On real elements the sum runs over the neighbouring channels that exist.

    Examples
    --------
    >>> rule, x = LocalResponseNormRule(), (1, 6, 1, 1)
    >>> rule.counts(LocalResponseNorm(5), x)["add"], rule.valid(LocalResponseNorm(5), x)["add"]
    (36, 30)
    """

    def output(self, op: LocalResponseNorm, *inputs: Shape) -> Shape:
        whole(op.size, "a size of {}")
        channels(op, inputs[0])
        return inputs[0]

    def counts(self, op: LocalResponseNorm, *inputs: Shape) -> Counts:
        elements = product(self.output(op, *inputs))
        return _respond(elements, op.size * elements)

    def valid(self, op: LocalResponseNorm, *inputs: Shape) -> Counts:
        x = self.output(op, *inputs)
        size = few(op, "size", op.size)
        neighbours = meetings(x[1], (size, 1, 1), (size - 1) // 2, size // 2)
        return _respond(product(x), product((neighbours, x[0], *x[2:])))


@rule(L2Norm)
class L2NormRule(Rule[L2Norm]):
    """Division by the Euclidean norm: a product, an addition and a division an element, a second product if scaled.

    Each place has another addition, ε, and a root.

    Examples
    --------
    >>> L2NormRule().counts(L2Norm(), (1, 512, 38, 38))
    Counts(mul=1478656, add=740772, div=739328, sqrt=1444)
    """

    def output(self, op: L2Norm, *inputs: Shape) -> Shape:
        channels(op, inputs[0])
        return inputs[0]

    def parameters(self, op: L2Norm, *inputs: Shape) -> Parameters:
        return Parameters(affine=channels(op, inputs[0]) if op.scale else 0)

    def counts(self, op: L2Norm, *inputs: Shape) -> Counts:
        (x,) = inputs
        elements, rows = product(x), product((x[0], *x[2:]))
        return Counts(mul=2 * elements if op.scale else elements, add=elements + rows, div=elements, sqrt=rows)


@rule(Scale)
class ScaleRule(Rule[Scale]):
    """A product an element by the learned factor of its channel; with ``shift`` an addition, too.

    Examples
    --------
    >>> ScaleRule().counts(Scale(), (1, 96, 56, 56)), ScaleRule().parameters(Scale(shift=True), (1, 96, 56, 56)).affine
    (Counts(mul=301056), 192)
    """

    def output(self, op: Scale, *inputs: Shape) -> Shape:
        channels(op, inputs[0])
        return inputs[0]

    def parameters(self, op: Scale, *inputs: Shape) -> Parameters:
        return Parameters(affine=(1 + op.shift) * channels(op, inputs[0]))

    def counts(self, op: Scale, *inputs: Shape) -> Counts:
        elements = product(inputs[0])
        return Counts(mul=elements, add=elements if op.shift else 0)


def _normalise(elements: Dim, rows: Dim, *, affine: bool) -> Counts:
    """Count the steps of layer normalisation on rows that together hold these elements."""
    return Counts(
        mul=(1 + affine) * elements,
        add=(3 + affine) * elements + rows,
        div=elements + 2 * rows,
        sqrt=rows,
    )


def _respond(elements: Dim, summed: Dim) -> Counts:
    return Counts(mul=2 * elements, add=summed + elements, pow=elements, div=elements)
