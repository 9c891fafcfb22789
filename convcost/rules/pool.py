"""Pooling, and the other ops on windows that store nothing: padding and upsampling."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

import math

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    GlobalAvgPool,
    GlobalMaxPool,
    LpPool,
    MaxPool,
    Pad,
    Shape,
    Upsample,
)
from convcost.ops._op import per_axis
from convcost.rules._rule import Rule, rule
from convcost.rules.checks import few, grant, numeric, settled, spatial, whole
from convcost.rules.windows import real, slide, span, windows_of
from convcost.symbols import Dim, ceil_div, floor_div, is_symbolic, minimum, product


@rule(MaxPool)
class MaxPoolRule(Rule[MaxPool]):
    """Maximum: one comparison for each element of each window, N · C · ∏ out · ∏ K.

    Examples
    --------
    >>> MaxPoolRule().counts(MaxPool((3, 3), stride=2), (1, 64, 7, 7))
    Counts(cmp=5184)
    """

    def output(self, op: MaxPool, *inputs: Shape) -> Shape:
        return _slid(op, inputs[0])

    def counts(self, op: MaxPool, *inputs: Shape) -> Counts:
        return Counts(cmp=_seen(op, inputs[0]))

    def valid(self, op: MaxPool, *inputs: Shape) -> Counts:
        return Counts(cmp=_seen_real(op, inputs[0]))


@rule(AvgPool)
class AvgPoolRule(Rule[AvgPool]):
    """Mean: one addition for each element of each window and one division for each output element.

    What the divisor is, with padding or without, is not a count.

    Examples
    --------
    >>> AvgPoolRule().counts(AvgPool((2, 2), stride=2), (1, 8, 6, 6))
    Counts(add=288, div=72)
    """

    def output(self, op: AvgPool, *inputs: Shape) -> Shape:
        return _slid(op, inputs[0])

    def counts(self, op: AvgPool, *inputs: Shape) -> Counts:
        return Counts(add=_seen(op, inputs[0]), div=product(_slid(op, inputs[0])))

    def valid(self, op: AvgPool, *inputs: Shape) -> Counts:
        return Counts(add=_seen_real(op, inputs[0]), div=product(_slid(op, inputs[0])))


@rule(LpPool)
class LpPoolRule(Rule[LpPool]):
    """p-norm: |x| and its power once for each input element, an addition for each element of each window, a root each.

    The root is a power, one for each output element.

    Examples
    --------
    >>> LpPoolRule().counts(LpPool((2, 2), stride=2), (1, 1, 4, 4))
    Counts(add=16, pow=20, abs=16)
    """

    def output(self, op: LpPool, *inputs: Shape) -> Shape:
        if op.p <= 0:
            raise ShapeError("E402", f"the exponent p = {op.p} of lppool is not positive")
        return _slid(op, inputs[0])

    def counts(self, op: LpPool, *inputs: Shape) -> Counts:
        return _norm(_seen(op, inputs[0]), inputs[0], self.output(op, *inputs))

    def valid(self, op: LpPool, *inputs: Shape) -> Counts:
        return _norm(_seen_real(op, inputs[0]), inputs[0], self.output(op, *inputs))


@rule(GlobalAvgPool)
class GlobalAvgPoolRule(Rule[GlobalAvgPool]):
    """Mean over all places: an addition for each element and a division for each channel.

    Examples
    --------
    >>> GlobalAvgPoolRule().counts(GlobalAvgPool(), (1, 1024, 7, 7))
    Counts(add=50176, div=1024)
    """

    def output(self, op: GlobalAvgPool, *inputs: Shape) -> Shape:
        (x,) = inputs
        return (*x[:2], *(1 for _ in spatial(op, x)))

    def counts(self, op: GlobalAvgPool, *inputs: Shape) -> Counts:
        (x,) = inputs
        return Counts(add=product(x), div=product(self.output(op, x)))


@rule(GlobalMaxPool)
class GlobalMaxPoolRule(Rule[GlobalMaxPool]):
    """Maximum over all places: a comparison for each element.

    Examples
    --------
    >>> GlobalMaxPoolRule().counts(GlobalMaxPool(), (1, 1024, 7, 7))
    Counts(cmp=50176)
    """

    def output(self, op: GlobalMaxPool, *inputs: Shape) -> Shape:
        (x,) = inputs
        return (*x[:2], *(1 for _ in spatial(op, x)))

    def counts(self, op: GlobalMaxPool, *inputs: Shape) -> Counts:
        del op
        return Counts(cmp=product(inputs[0]))


@rule(AdaptiveAvgPool)
class AdaptiveAvgPoolRule(Rule[AdaptiveAvgPool]):
    """Mean over ``output`` windows an axis: an addition for each element of each window, a division for each output.

    Along an axis of n the o windows ⌊i·n/o⌋ to ⌈(i+1)·n/o⌉ hold n + o - gcd(n, o) elements together: each boundary
    that does not fall between two elements puts one element into both windows.

    Examples
    --------
    >>> AdaptiveAvgPoolRule().counts(AdaptiveAvgPool((3,)), (1, 1, 7))
    Counts(add=9, div=3)
    """

    def output(self, op: AdaptiveAvgPool, *inputs: Shape) -> Shape:
        return _adapted(op, inputs[0])

    def counts(self, op: AdaptiveAvgPool, *inputs: Shape) -> Counts:
        (x,) = inputs
        return Counts(add=_held_together(op, x), div=product(_adapted(op, x)))


@rule(AdaptiveMaxPool)
class AdaptiveMaxPoolRule(Rule[AdaptiveMaxPool]):
    """Maximum over the windows of adaptive average pooling: a comparison for each element of each window.

    Examples
    --------
    >>> AdaptiveMaxPoolRule().counts(AdaptiveMaxPool((3,)), (1, 1, 7))
    Counts(cmp=9)
    """

    def output(self, op: AdaptiveMaxPool, *inputs: Shape) -> Shape:
        return _adapted(op, inputs[0])

    def counts(self, op: AdaptiveMaxPool, *inputs: Shape) -> Counts:
        return Counts(cmp=_held_together(op, inputs[0]))


@rule(Upsample)
class UpsampleRule(Rule[Upsample]):
    """``nearest`` copies; ``linear`` makes each element of each pass of two products and two additions.

    A pass enlarges one axis, in order, so the later ones work on more elements; an axis that stays as it is has no
    pass. The weights of the interpolation are constants and not counted.

    Examples
    --------
    >>> UpsampleRule().counts(Upsample((2, 2), mode="linear"), (1, 1, 3, 3))
    Counts(mul=108, add=108)
    """

    def output(self, op: Upsample, *inputs: Shape) -> Shape:
        (x,) = inputs
        extents = spatial(op, x, len(op.factor))
        factors = (whole(factor, "an upsampling factor of {}") for factor in op.factor)
        return (*x[:2], *(n * factor for n, factor in zip(extents, factors, strict=True)))

    def counts(self, op: Upsample, *inputs: Shape) -> Counts:
        (x,) = inputs
        out = self.output(op, x)
        if op.mode == "nearest":
            return Counts()
        made: Dim = 0
        for axis, factor in enumerate(op.factor, 2):
            # whether there is a pass at all depends on the factor
            if numeric(op, "factor", factor, "the passes of {} have") != 1:
                made += product((*out[: axis + 1], *x[axis + 1 :]))
        return Counts(mul=2 * made, add=2 * made)


@rule(Pad)
class PadRule(Rule[Pad]):
    """Padding as a layer of its own moves elements and counts nothing; negative amounts cut, of a constant mode.

    ``reflect`` needs more elements than it puts on a side.

    Examples
    --------
    >>> PadRule().output(Pad((1, 0, 1, -2)), (1, 8, 5, 5))
    (1, 8, 7, 3)
    """

    def output(self, op: Pad, *inputs: Shape) -> Shape:
        (x,) = inputs
        rank = len(op.padding) // 2
        extents = spatial(op, x, rank)
        if len(op.padding) != 2 * rank:
            raise ShapeError(
                "E409", f"the padding of pad has {len(op.padding)} amounts: all the beginnings, then all the ends"
            )
        for amount in op.padding:
            whole(abs(amount) if op.mode == "constant" else amount, "a padding of {}", 0)
        if op.mode == "reflect":
            _reflects(op.padding, extents)
        out = [_padded(op, *axis) for axis in zip(extents, op.padding[:rank], op.padding[rank:], strict=True)]
        if any(type(extent) is int and extent < 1 for extent in out):
            raise ShapeError(
                "E410", f"pad cuts off all of its input of {per_axis(extents)} ({per_axis(tuple(out))} is left)"
            )
        return (*x[:2], *out)


def _reflects(amounts: Shape, extents: Shape) -> None:
    """Refuse to reflect as many elements as there are along an axis, or more."""
    for amount, n in zip(amounts, (*extents, *extents), strict=True):
        grant(amount, "<", n)
        left = n - amount
        if type(left) is int and left < 1:
            raise ShapeError("E651", f"pad reflects {amount} elements of an extent of {n}")


def _padded(op: Pad, n: Dim, lo: Dim, hi: Dim) -> Dim:
    """Return the extent of one axis; no more can be cut than is there, whatever the other side puts."""
    left = settled(n + minimum(lo, 0) + minimum(hi, 0))
    if type(left) is int and left < 0:
        raise ShapeError("E410", f"{op.name} cuts {n - left} off an extent of {n}")
    grant(left, ">=", 0)
    return settled(n + lo + hi)


def _slid(op: MaxPool | AvgPool | LpPool, x: Shape) -> Shape:
    """Return the output of a pooling op; E412 where a window would see nothing but padding, which has no maximum."""
    if op.padding != "same":
        spans = tuple(span(window.kernel, window.dilation) for window in windows_of(op))
        for pad, extent in zip(op.padding, spans * 2, strict=True):
            grant(pad, "<", extent)
            if not is_symbolic(pad) and not is_symbolic(extent) and pad >= extent:
                raise ShapeError(
                    "E412",
                    f"a window of {op.kind} would lie in a padding of {pad} and see no element of the input",
                    hint=f"padding below {extent}",
                )
    return (*x[:2], *slide(op, x))


def _seen(op: MaxPool | AvgPool | LpPool, x: Shape) -> Dim:
    """Return how many elements all windows together hold, padding included."""
    return product((*op.kernel, *_slid(op, x)))


def _seen_real(op: MaxPool | AvgPool | LpPool, x: Shape) -> Dim:
    """Return how many elements of the input all windows together hold."""
    taps = real(op, x)
    return _seen(op, x) if taps is None else product((*taps, *x[:2]))


def _norm(seen: Dim, x: Shape, out: Shape) -> Counts:
    elements = product(x)
    return Counts(abs=elements, pow=elements + product(out), add=seen)


def _adapted(op: AdaptiveAvgPool | AdaptiveMaxPool, x: Shape) -> Shape:
    """Return the output of an adaptive pooling op."""
    spatial(op, x, len(op.output))
    return (*x[:2], *(whole(extent, "an output extent of {}") for extent in op.output))


def _held_together(op: AdaptiveAvgPool | AdaptiveMaxPool, x: Shape) -> Dim:
    """Return how many elements all windows of an adaptive pooling op hold together."""
    _adapted(op, x)
    held = [_held(op, n, extent) for n, extent in zip(x[2:], op.output, strict=True)]
    return product((*held, *x[:2]))


def _held(op: AdaptiveAvgPool | AdaptiveMaxPool, n: Dim, windows: Dim) -> Dim:
    """Return how many elements the windows of an axis hold together."""
    if windows in (1, n):
        return n
    if not is_symbolic(n) and not is_symbolic(windows):
        return n + windows - math.gcd(int(n), int(windows))
    o = few(op, "output", windows, "the windows of {} have")
    held: Dim = 0
    for i in range(o):
        held += ceil_div((i + 1) * n, o) - floor_div(i * n, o)
    return settled(held)
