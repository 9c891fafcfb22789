"""Convolutions and transposed convolutions."""

from __future__ import annotations

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Conv, Shape, TransposedConv
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import (
    fail_window,
    fits_kernel,
    numbers,
    pads_of,
    settled,
    share,
    spatial,
    whole,
    written,
)
from convcost.rules.windows import meetings, places, real_taps, span
from convcost.symbols import Dim, floor_div, is_symbolic, maximum, product


@rule(Conv)
class ConvRule(Rule[Conv]):
    """A product for each output element, tap and input channel of the group: N·out·(C/groups)·∏K·∏D_G.

    Each product is added to an accumulator, and a bias is one addition for each output element. Real products, for
    each axis apart, are those whose tap lies on the input and not on its padding.

    Examples
    --------
    The layer of MobileNets, Table 3 (arXiv:1704.04861): D_K = 3, M = N = 512, D_G = 14.

    >>> ConvRule().counts(Conv((3, 3), out=512, padding="same"), (1, 512, 14, 14))["mul"]
    462422016
    """

    def output(self, op: Conv, *inputs: Shape) -> Shape:
        (x,) = inputs
        extents = spatial(op, x, len(op.kernel))
        fits_kernel(op, stride=op.stride, dilation=op.dilation)
        out = tuple(map(places, extents, op.kernel, op.stride, op.dilation, pads_of(op)))
        if any(type(extent) is int and extent < 1 for extent in out):
            fail_window(op, extents)
        _channels(op, x)
        return (x[0], op.out, *out)

    def parameters(self, op: Conv, *inputs: Shape) -> Parameters:
        (x,) = inputs
        weight = product((op.out, share(x[1], op.groups), *op.kernel))
        return Parameters(weight=weight, bias=op.out if op.bias else 0)

    def counts(self, op: Conv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        return _accumulate(product((share(x[1], op.groups), *op.kernel, *out)), op.bias, out)

    def valid(self, op: Conv, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        if op.padding != "same" and not any(op.padding):
            return self.counts(op, x)
        numbers(op, kernel=op.kernel, stride=op.stride, dilation=op.dilation)
        taps = map(real_taps, x[2:], op.kernel, op.stride, op.dilation, pads_of(op))
        return _accumulate(product((x[0], op.out, share(x[1], op.groups), *taps)), op.bias, out)
