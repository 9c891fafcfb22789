"""Convolutions and transposed convolutions."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Conv, Shape, TransposedConv
from convcost.ops._op import per_axis
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import settled, share, spatial, whole
from convcost.rules.windows import Window, meetings, real, slide, span, steps, windows_of
from convcost.symbols import Dim, floor_div, maximum, product


@rule(Conv)
class ConvRule(Rule[Conv]):
    """Convolution: N · out · ∏ D_G · (C / groups) · ∏ K products, each added to an accumulator.

    A bias is one addition for each output element. Real products are, axis by axis, those whose tap lies on the input
    and not on its padding. Weights are out · (C / groups) · ∏ K, biases out.

    Examples
    --------
    The layer of MobileNets, Table 3 (arXiv:1704.04861): D_K = 3, M = N = 512, D_G = 14.

    >>> ConvRule().counts(Conv((3, 3), out=512, padding="same"), (1, 512, 14, 14))["mul"]
    462422016
    """

    def output(self, op: Conv, *inputs: Shape) -> Shape:
        (x,) = inputs
        places = slide(op, x)
        _channels(op, x)
        return (x[0], settled(op.out), *places)

    def parameters(self, op: Conv, *inputs: Shape) -> Parameters:
        (x,) = inputs
        return Parameters(product((op.out, _channels(op, x), *op.kernel)), op.out if op.bias else 0)

    def counts(self, op: Conv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        return _accumulate(product((*op.kernel, *out, _channels(op, x))), op, out)

    def valid(self, op: Conv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        taps = real(op, x)
        if taps is None:
            return self.counts(op, x)
        return _accumulate(product((*taps, x[0], op.out, _channels(op, x))), op, out)


@rule(TransposedConv)
class TransposedConvRule(Rule[TransposedConv]):
    """Transposed convolution: N · C · ∏ input · (out / groups) · ∏ K products, each added into the output.

    Real products are those that land inside the output, ``padding`` having been cut off its rim. A bias is one addition
    for each output element. Weights are C · (out / groups) · ∏ K, biases out. The zeros that an implementation by
    ordinary convolution would put between the input's elements are not counted.

    Examples
    --------
    >>> TransposedConvRule().counts(TransposedConv((2, 2), out=12, stride=2), (2, 8, 6, 6))["mul"]
    27648
    """

    def output(self, op: TransposedConv, *inputs: Shape) -> Shape:
        (x,) = inputs
        rims = _rims(op, x)
        out = tuple([places for places, _ in rims])
        if any(type(extent) is int and extent < 1 for extent in out):
            raise ShapeError("E410", f"the padding of {op.kind} cuts off all of its output ({per_axis(out)} is left)")
        _channels(op, x)
        return (x[0], settled(op.out), *out)

    def parameters(self, op: TransposedConv, *inputs: Shape) -> Parameters:
        (x,) = inputs
        return Parameters(product((op.out, _channels(op, x), *op.kernel)), op.out if op.bias else 0)

    def counts(self, op: TransposedConv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        return _accumulate(product((*op.kernel, x[0], op.out, *x[2:], _channels(op, x))), op, out)

    def valid(self, op: TransposedConv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        taps: list[Dim] = []
        for n, extent, (_, before), window in zip(x[2:], out[2:], _rims(op, x), windows_of(op), strict=True):
            kernel, stride, dilation = steps(op, window)
            beyond = settled((n - 1) * stride + span(kernel, dilation) - before - extent)
            taps.append(meetings(n, (kernel, stride, dilation), before, beyond))
        return _accumulate(product((*taps, x[0], op.out, _channels(op, x))), op, out)


def _channels(op: Conv | TransposedConv, x: Shape) -> Dim:
    """Return the input channels each output channel is made of, C / groups; E403 where the groups do not divide."""
    whole(op.groups, "{} groups")
    share(whole(op.out, "{} output channels"), op.groups, "output channels", "groups")
    return share(whole(x[1], "{} input channels"), op.groups, "input channels", "groups")


def _accumulate(products: Dim, op: Conv | TransposedConv, out: Shape) -> Counts:
    return Counts(mul=products, add=products + product(out) if op.bias else products)


def _rims(op: TransposedConv, x: Shape) -> list[tuple[Dim, Dim]]:
    """Return for each axis the extent of the output and what is cut off before it."""
    extents = spatial(op, x, len(op.kernel))
    axes = zip(extents, windows_of(op), op.output_padding, strict=True)
    return [_rim(n, window, whole(extra, "an output padding of {}", 0)) for n, window, extra in axes]


def _rim(n: Dim, window: Window, extra: Dim) -> tuple[Dim, Dim]:
    kernel, stride, dilation, padding = window
    whole(n, "an input extent of {}")
    whole(kernel, "a kernel of {}")
    whole(stride, "a stride of {}")
    whole(dilation, "a dilation of {}")
    written = span(kernel, dilation) + extra  # by the last input element, and behind it
    if padding == "same":
        return n * stride, floor_div(maximum(0, written - stride), 2)
    before, after = (whole(amount, "a padding of {}", 0) for amount in padding)
    return settled((n - 1) * stride + written - before - after), before
