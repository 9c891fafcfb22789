"""Convolutions: figures of the MobileNets paper, figures checkable by hand, and the laws between their kinds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.counts import Counts
from convcost.ops import Conv, Linear, TransposedConv
from convcost.rules import Parameters, rule_of
from convcost.symbols.floordiv import free_symbol


def counts(op, *shapes):
    return rule_of(op).counts(op, *shapes)


def test_the_layer_of_mobilenets_table_3():
    """Howard et al. 2017, arXiv:1704.04861, Table 3: D_K = 3, M = N = 512, D_F = 14 (462 M and 52.3 M mult-adds)."""
    x = (1, 512, 14, 14)
    conv = Conv((3, 3), out=512, padding="same")
    depthwise = Conv((3, 3), out=512, padding="same", groups=512)
    pointwise = Conv((1, 1), out=512)
    assert counts(conv, x)["mul"] == 462_422_016
    assert rule_of(conv).parameters(conv, x) == Parameters(weight=2_359_296)
    assert counts(depthwise, x)["mul"] == 903_168
    assert counts(depthwise, x)["mul"] + counts(pointwise, x)["mul"] == 52_283_392
    weights = [rule_of(op).parameters(op, x).weight for op in (depthwise, pointwise)]
    assert weights == [4_608, 262_144]


def test_the_first_layers_of_mobilenet():
    """The first two rows of Table 1 of the same paper at 224×224."""
    first = Conv((3, 3), out=32, stride=2, padding="same")
    assert rule_of(first).output(first, (1, 3, 224, 224)) == (1, 32, 112, 112)
    assert counts(first, (1, 3, 224, 224))["mul"] == 27 * 32 * 112 * 112


def test_figures_by_hand():
    # 2 samples, 8 outputs, 2 channels a group, 3·2 taps, 2×3 places: 2·8·2·6·6
    op = Conv((3, 2), out=8, stride=(2, 1), padding=(0, 0, 1, 0), groups=3, bias=True)
    op6 = Conv((3, 2), out=6, stride=(2, 1), padding=(0, 0, 1, 0), groups=3, bias=True)
    x = (2, 6, 4, 4)
    assert rule_of(op6).output(op6, x) == (2, 6, 2, 3)
    assert counts(op6, x) == Counts(mul=2 * 6 * 2 * 6 * 6, add=2 * 6 * 2 * 6 * 6 + 2 * 6 * 6)
    assert rule_of(op6).parameters(op6, x) == Parameters(weight=6 * 2 * 6, bias=6)
    assert op.out % op.groups  # the outputs have to be divisible too: see test_errors
    # toy layers of other tools' documentation: 8 to 12 channels on 2×6×6
    assert counts(Conv((3, 3), out=12, padding=1, bias=True), (2, 8, 6, 6)) == Counts(mul=62_208, add=62_208 + 864)
    assert counts(TransposedConv((2, 2), out=12, stride=2), (2, 8, 6, 6))["mul"] == 27_648


def test_transposed_convolutions_enlarge():
    op = TransposedConv((4, 4), out=3, stride=2, padding=1, bias=True)
    x = (1, 5, 7, 9)
    assert rule_of(op).output(op, x) == (1, 3, 14, 18)
    assert rule_of(op).parameters(op, x) == Parameters(weight=5 * 3 * 16, bias=3)
    assert counts(op, x) == Counts(mul=5 * 63 * 3 * 16, add=5 * 63 * 3 * 16 + 3 * 14 * 18)
    same = TransposedConv((5, 3), out=3, stride=2, padding="same")
    assert rule_of(same).output(same, x) == (1, 3, 14, 18)
    # an output wider than what is written: every product lands inside
    gaps = TransposedConv((1, 1), out=3, stride=3, padding="same")
    assert rule_of(gaps).output(gaps, x) == (1, 3, 21, 27)
    assert rule_of(gaps).valid(gaps, x) == counts(gaps, x)


windows = st.fixed_dictionaries(
    {
        "kernel": st.tuples(st.integers(1, 4), st.integers(1, 4)),
        "stride": st.tuples(st.integers(1, 3), st.integers(1, 3)),
        "padding": st.just("same") | st.tuples(*[st.integers(0, 3)] * 4),
        "dilation": st.tuples(st.integers(1, 2), st.integers(1, 2)),
    }
)
images = st.tuples(st.integers(1, 3), st.integers(7, 13), st.integers(7, 13))
few = st.integers(1, 6)


def everything(op, x):
    rule = rule_of(op)
    return rule.parameters(op, x), rule.counts(op, x), rule.valid(op, x)


@given(windows, images, few, st.integers(1, 3))
def test_a_depthwise_convolution_is_grouped_with_a_channel_a_group(window, image, channels, multiplier):
    batch, *spatial = image
    op = Conv(out=multiplier * channels, groups=channels, **window)
    one = Conv(out=multiplier, **window)
    for mine, single in zip(
        everything(op, (batch, channels, *spatial)), everything(one, (batch, 1, *spatial)), strict=True
    ):
        assert mine == single * channels


@given(windows, images, few, few, few)
def test_a_grouped_convolution_is_one_dense_convolution_a_group(window, image, groups, channels, out):
    batch, *spatial = image
    grouped = Conv(out=groups * out, groups=groups, **window)
    dense = Conv(out=out, groups=1, **window)
    for mine, single in zip(
        everything(grouped, (batch, groups * channels, *spatial)),
        everything(dense, (batch, channels, *spatial)),
        strict=True,
    ):
        assert mine == single * groups


@given(st.integers(1, 4), few, few, st.booleans())
def test_a_pointwise_convolution_on_one_place_is_fully_connected(batch, channels, out, bias):
    conv, linear = Conv((1, 1), out, bias=bias), Linear(out, bias=bias)
    x = (batch, channels, 1, 1)
    assert everything(conv, x) == everything(linear, x)
    assert rule_of(conv).output(conv, x)[:2] == rule_of(linear).output(linear, x)


def turned(window):
    padding = window["padding"]
    return {name: value if value == "same" else value[::-1] for name, value in window.items() if name != "padding"} | {
        "padding": padding if padding == "same" else (padding[1], padding[0], padding[3], padding[2])
    }


@given(windows, images, few, few)
def test_height_and_width_may_be_exchanged(window, image, channels, out):
    batch, height, width = image
    op, other = Conv(out=out, **window), Conv(out=out, **turned(window))
    assert everything(op, (batch, channels, height, width)) == everything(other, (batch, channels, width, height))


@given(windows, images, few, few, st.booleans())
def test_counts_are_linear_in_the_batch_and_parameters_do_not_know_it(window, image, channels, out, bias):
    batch, *spatial = image
    op = Conv(out=out, bias=bias, **window)
    parameters, of_batch, valid = everything(op, (batch, channels, *spatial))
    assert everything(op, (1, channels, *spatial)) == (
        parameters,
        Counts(**{name: count // batch for name, count in of_batch.items()}),
        Counts(**{name: count // batch for name, count in valid.items()}),
    )
    assert of_batch == rule_of(op).counts(op, (1, channels, *spatial)) * batch


@given(windows, images, few, few)
def test_real_products_are_some_of_all_and_all_without_padding(window, image, channels, out):
    batch, *spatial = image
    op = Conv(out=out, **window)
    assert rule_of(op).valid(op, (batch, channels, *spatial))["mul"] <= counts(op, (batch, channels, *spatial))["mul"]
    bare = Conv(out=out, **{**window, "padding": 0})
    assert rule_of(bare).valid(bare, (batch, channels, *spatial)) == counts(bare, (batch, channels, *spatial))


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(1, 40), st.integers(1, 40), st.integers(1, 20))
def test_separable_over_standard_is_one_over_n_and_one_over_the_kernel(kernel, channels, out, extent):
    x = (1, channels, extent, extent)
    standard = counts(Conv((kernel, kernel), out, padding="same"), x)["mul"]
    depthwise = counts(Conv((kernel, kernel), channels, padding="same", groups=channels), x)["mul"]
    pointwise = counts(Conv((1, 1), out), x)["mul"]
    # (depthwise + pointwise) / standard = 1/N + 1/K², without fractions
    assert (depthwise + pointwise) * out * kernel**2 == standard * (kernel**2 + out)


def test_a_formula_in_width_and_resolution():
    alpha, r = free_symbol("alpha", integer=True), free_symbol("r", integer=True)
    x = (1, 32 * alpha, 32 * r, 32 * r)
    op = Conv((3, 3), out=64 * alpha, stride=2, padding="same", bias=True)
    rule = rule_of(op)
    assert rule.output(op, x) == (1, 64 * alpha, 16 * r, 16 * r)
    assert rule.counts(op, x)["mul"] == 9 * 32 * 64 * 256 * alpha**2 * r**2
    assert rule.counts(op, x)["add"].expand() == 9 * 32 * 64 * 256 * alpha**2 * r**2 + 64 * 256 * alpha * r**2
    assert rule.valid(op, x)["mul"].expand() == (32 * 64 * alpha**2 * (48 * r - 1) ** 2).expand()
    assert rule.parameters(op, x) == Parameters(weight=9 * 32 * 64 * alpha**2, bias=64 * alpha)


def test_a_depthwise_formula_has_no_quotient_left():
    alpha, size = free_symbol("alpha", integer=False), free_symbol("R", integer=True)
    op = Conv((3, 3), out=32 * alpha, padding="same", groups=32 * alpha)
    assert rule_of(op).counts(op, (1, 32 * alpha, size, size))["mul"] == 288 * alpha * size**2
    twice = Conv((3, 3), out=32 * alpha, padding="same", groups=16 * alpha)
    assert rule_of(twice).parameters(twice, (1, 32 * alpha, size, size)).weight == 576 * alpha


def test_a_kernel_may_be_a_symbol_where_padding_counts():
    kernel, size = free_symbol("K", integer=True), free_symbol("D", integer=True)
    op = Conv((kernel, kernel), out=8, padding="same")
    assert rule_of(op).counts(op, (1, 4, size, size))["mul"] == 32 * kernel**2 * size**2
    assert rule_of(op).parameters(op, (1, 4, size, size)).weight == 32 * kernel**2


@pytest.mark.parametrize("value", [1, 2, 3, 7, 20])
def test_a_transposed_formula_gives_what_the_number_gives(value):
    from convcost.symbols.floordiv import substitution

    size = free_symbol("n", integer=True)
    at = substitution({size: value})
    for op in (
        TransposedConv((3, 4), 2, stride=(2, 3), padding=(1, 0, 1, 2), output_padding=1),
        TransposedConv((5, 2), 2, stride=(2, 1), padding="same"),
        TransposedConv((7, 7), 2, stride=2, padding=(1, 3, 1, 0), dilation=2),
    ):
        rule, formula, number = rule_of(op), (1, 3, size, size), (1, 3, value, value)
        assert tuple(map(at, rule.output(op, formula))) == rule.output(op, number)
        assert at(rule.valid(op, formula)["mul"]) == rule.valid(op, number)["mul"]
        assert at(rule.counts(op, formula)["mul"]) == rule.counts(op, number)["mul"]
