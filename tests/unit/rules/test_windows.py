"""Places of a window and real products, against loops that slide it: no formula on the other side."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.counts import Counts
from convcost.ops import AdaptiveAvgPool, AvgPool, Conv, LocalResponseNorm, LpPool, MaxPool, TransposedConv
from convcost.rules import rule_of
from convcost.rules.windows import ceil_padding, places, real_taps, same_padding
from convcost.symbols.floordiv import free_symbol, substitution

extents = st.integers(1, 19)
kernels = st.integers(1, 6)
steps = st.integers(1, 4)
amounts = st.integers(0, 6)


def slide(n, kernel, stride, dilation, before, after):
    """The places where the window lies within the padded axis, each as its taps on the axis without padding."""
    found, start = [], -before
    while start + dilation * (kernel - 1) < n + after:
        found.append([start + tap * dilation for tap in range(kernel)])
        start += stride
    return found


def slide_same(n, kernel, stride, dilation):
    """As many places as strides begin on the axis, on as little padding as they need, the odd one at the end."""
    wanted, total = len(range(0, n, stride)), 0
    while len(slide(n, kernel, stride, dilation, total // 2, total - total // 2)) < wanted:
        total += 1
    return slide(n, kernel, stride, dilation, total // 2, total - total // 2)[:wanted]


def slide_ceil(n, kernel, stride, dilation, before, after):
    """Also the next place, if padded elements remain behind the last one and it begins before the padding at the end.

    A window that does not fit even once is kept if it is too large by less than a stride, as in PyTorch.
    """
    found = slide(n, kernel, stride, dilation, before, after)
    start = found[-1][0] + stride if found else -before
    last = found[-1][-1] if found else start + dilation * (kernel - 1) - stride
    if last < n + after - 1 and start < n:
        found.append([start + tap * dilation for tap in range(kernel)])
    return found


def slid(n, kernel, stride, dilation, padding):
    if padding == "same":
        return slide_same(n, kernel, stride, dilation)
    return slide(n, kernel, stride, dilation, *padding)


def met(windows, n):
    return sum(0 <= tap < n for window in windows for tap in window)


paddings = st.just("same") | st.tuples(amounts, amounts)


@settings(max_examples=500, deadline=None)
@given(extents, kernels, steps, steps, paddings)
def test_places_and_real_taps_are_those_of_a_loop(n, kernel, stride, dilation, padding):
    windows = slid(n, kernel, stride, dilation, padding)
    assert max(0, places(n, kernel, stride, dilation, padding)) == len(windows)
    if windows:
        assert real_taps(n, kernel, stride, dilation, padding) == met(windows, n)


@settings(max_examples=300, deadline=None)
@given(extents, kernels, steps, steps, st.tuples(amounts, amounts))
def test_ceil_mode_is_padding_at_the_end(n, kernel, stride, dilation, padding):
    windows = slide_ceil(n, kernel, stride, dilation, *padding)
    assume(windows)
    more = ceil_padding(kernel, stride, dilation, padding)
    assert places(n, kernel, stride, dilation, more) == len(windows)
    assert real_taps(n, kernel, stride, dilation, more) == met(windows, n)


@pytest.mark.parametrize("n", range(1, 30))
def test_ceil_mode_leaves_same_padding_alone(n):
    before, after = same_padding(n, 3, 2, 1)
    assert slide_ceil(n, 3, 2, 1, before, after) == slide_same(n, 3, 2, 1)
    assert ceil_padding(3, 2, 1, "same") == "same"


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 6), st.integers(0, 3), kernels, steps, steps, paddings, st.integers(1, 9))
def test_a_formula_in_the_extent_gives_what_the_number_gives(factor, term, kernel, stride, dilation, padding, value):
    symbol = free_symbol("n", integer=True)
    n = factor * value + term
    assume(places(n, kernel, stride, dilation, padding) >= 1)
    at = substitution({symbol: value})
    for function in (places, real_taps):
        formula = function(factor * symbol + term, kernel, stride, dilation, padding)
        assert at(formula) == function(n, kernel, stride, dilation, padding)


@pytest.mark.parametrize("value", range(1, 12))
def test_a_formula_in_the_padding_gives_what_the_number_gives(value):
    symbol = free_symbol("p", integer=True)
    at = substitution({symbol: value})
    for pads, bound in (((symbol, 1), (value, 1)), ((1, symbol), (1, value)), ((symbol, symbol), (value, value))):
        for kernel, stride, dilation in ((3, 1, 1), (3, 2, 1), (4, 3, 2)):
            formula = real_taps(23, kernel, stride, dilation, pads)
            assert at(formula) == real_taps(23, kernel, stride, dilation, bound)


def test_halving_a_multiple_of_32_leaves_a_polynomial():
    r = free_symbol("r", integer=True)
    assert same_padding(32 * r, 3, 2, 1) == (0, 1)
    assert places(32 * r, 3, 2, 1, "same") == 16 * r
    assert real_taps(32 * r, 3, 2, 1, "same") == 48 * r - 1
    assert real_taps(32 * r, 7, 2, 1, (3, 3)) == 112 * r - 6
    # and R alone, odd or even: one formula, whether the padding is written out or found
    size = free_symbol("R", integer=True)
    assert real_taps(size, 3, 2, 1, "same") == real_taps(size, 3, 2, 1, (1, 1))


# 3×5 on 11×17, strides 2 and 3, pads 1, 2, 0, 1, dilations 2 and 1: nothing is symmetric, nothing divides.
AWKWARD = {"kernel": (3, 5), "stride": (2, 3), "padding": (1, 2, 0, 1), "dilation": (2, 1)}


def conv_loop(op, shape):
    """Every product of a convolution, one by one: (all, on real elements)."""
    batch, channels, *spatial = shape
    rank = len(spatial)
    axes = []
    for axis, n in enumerate(spatial):
        padding = "same" if op.padding == "same" else (op.padding[axis], op.padding[axis + rank])
        axes.append(slid(n, op.kernel[axis], op.stride[axis], op.dilation[axis], padding))
    everything = real = 0
    for _sample, _out, _channel in product(range(batch), range(op.out), range(channels // op.groups)):
        for windows in product(*axes):
            for taps in product(*windows):
                everything += 1
                real += all(0 <= tap < n for tap, n in zip(taps, spatial, strict=True))
    return everything, real, batch * op.out * len(list(product(*axes)))


@pytest.mark.parametrize(
    ("op", "shape"),
    [
        (Conv(out=6, groups=3, bias=True, **AWKWARD), (2, 3, 11, 17)),
        (Conv((3, 5), out=2, stride=(2, 3), padding="same"), (1, 3, 11, 17)),
        (Conv((5,), out=3, stride=2, padding=(4, 1)), (2, 5, 13)),
        (Conv((2, 3, 1), out=2, stride=(1, 2, 3), padding=(1, 0, 2, 0, 3, 1)), (1, 3, 3, 5, 7)),
        (Conv((4, 4), out=1, dilation=(3, 2), padding=(9, 9, 9, 9)), (1, 1, 2, 3)),
        (Conv((7, 1), out=2, padding="same", dilation=2), (1, 2, 3, 5)),
    ],
    ids=lambda value: value.kind if isinstance(value, Conv) else str(value),
)
def test_convolutions_count_what_a_loop_over_windows_counts(op, shape):
    rule = rule_of(op)
    everything, real, elements = conv_loop(op, shape)
    bias = elements if op.bias else 0
    assert rule.counts(op, shape) == Counts(mul=everything, add=everything + bias)
    assert rule.valid(op, shape) == Counts(mul=real, add=real + bias)


def transposed_loop(op, shape, crop, out):
    """Every product of a transposed convolution and where it lands: (all, inside the output)."""
    batch, channels, *spatial = shape
    everything = inside = 0
    for _sample, _channel, _out in product(range(batch), range(channels), range(op.out // op.groups)):
        for place in product(*map(range, spatial)):
            for taps in product(*map(range, op.kernel)):
                everything += 1
                lands = [
                    p * s + t * d - cut
                    for p, s, t, d, cut in zip(place, op.stride, taps, op.dilation, crop, strict=True)
                ]
                inside += all(0 <= at < n for at, n in zip(lands, out, strict=True))
    return everything, inside


@pytest.mark.parametrize(
    ("op", "shape", "crop", "out"),
    [
        (
            TransposedConv((3, 5), 4, stride=(2, 3), padding=(1, 2, 0, 1), dilation=(2, 1)),
            (2, 3, 5, 7),
            (1, 2),
            (12, 20),
        ),
        (TransposedConv((3, 3), 6, stride=2, padding=1, output_padding=1, groups=3), (1, 3, 4, 5), (1, 1), (8, 10)),
        (TransposedConv((4, 3), 2, stride=(2, 1), padding="same"), (1, 2, 5, 3), (1, 1), (10, 3)),
        (TransposedConv((2, 5), 2, stride=3, padding="same", bias=True), (1, 2, 3, 4), (0, 1), (9, 12)),
        (TransposedConv((3, 3), 2, padding=(3, 2, 4, 2)), (1, 1, 7, 7), (3, 2), (2, 5)),
        (TransposedConv((3,), 2, stride=2, output_padding=3), (1, 1, 4), (0,), (12,)),
    ],
    ids=str,
)
def test_transposed_convolutions_count_what_a_loop_over_the_input_counts(op, shape, crop, out):
    rule = rule_of(op)
    everything, inside = transposed_loop(op, shape, crop, out)
    bias = shape[0] * op.out * out[0] * out[-1] if op.bias else 0
    assert rule.output(op, shape) == (shape[0], op.out, *out)
    assert rule.counts(op, shape) == Counts(mul=everything, add=everything + bias)
    assert rule.valid(op, shape) == Counts(mul=inside, add=inside + bias)


@pytest.mark.parametrize("ceil", [False, True])
def test_pools_count_what_a_loop_over_windows_counts(ceil):
    height = (slide_ceil if ceil else slide)(11, 3, 2, 1, 1, 0)
    width = (slide_ceil if ceil else slide)(17, 5, 4, 1, 2, 1)
    shape, outputs = (2, 3, 11, 17), 6 * len(height) * len(width)
    seen = outputs * 15
    real = 6 * met(height, 11) * met(width, 17)
    window = {"kernel": (3, 5), "stride": (2, 4), "padding": (1, 2, 0, 1), "ceil": ceil}
    for op, everything, valid in (
        (MaxPool(**window), Counts(cmp=seen), Counts(cmp=real)),
        (AvgPool(**window), Counts(add=seen, div=outputs), Counts(add=real, div=outputs)),
        (
            LpPool(p=Fraction(3), **window),
            Counts(add=seen, pow=1122 + outputs, abs=1122),
            Counts(add=real, pow=1122 + outputs, abs=1122),
        ),
    ):
        rule = rule_of(op)
        assert rule.output(op, shape) == (2, 3, len(height), len(width))
        assert rule.counts(op, shape) == everything
        assert rule.valid(op, shape) == valid


def test_a_dilated_maximum_sees_as_many_elements():
    op, windows = MaxPool((3,), stride=2, padding=2, dilation=3), slide(13, 3, 2, 3, 2, 2)
    assert rule_of(op).counts(op, (1, 1, 13)) == Counts(cmp=3 * len(windows))
    assert rule_of(op).valid(op, (1, 1, 13)) == Counts(cmp=met(windows, 13))


@given(extents, st.integers(1, 12))
def test_adaptive_windows_hold_what_a_loop_over_them_holds(n, out):
    held = sum(len(range(i * n // out, ((i + 1) * n + out - 1) // out)) for i in range(out))
    op = AdaptiveAvgPool((out,))
    assert rule_of(op).counts(op, (1, 1, n)) == Counts(add=held, div=out)
    symbol = free_symbol("n", integer=True)
    assert substitution({symbol: n})(rule_of(op).counts(op, (1, 1, symbol))["add"]) == held


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 20])
@pytest.mark.parametrize("channels", [1, 2, 7])
def test_local_response_norm_sums_the_channels_that_exist(size, channels):
    op, shape = LocalResponseNorm(size), (2, channels, 3, 5)
    near = sum(
        0 <= channel < channels for c in range(channels) for channel in range(c - (size - 1) // 2, c + size // 2 + 1)
    )
    elements = 30 * channels
    assert rule_of(op).valid(op, shape) == Counts(
        mul=2 * elements, add=30 * near + elements, pow=elements, div=elements
    )
    assert rule_of(op).counts(op, shape)["add"] == (size + 1) * elements
