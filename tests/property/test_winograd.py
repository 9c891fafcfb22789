"""Winograd's filtering: exact in fractions, and by the executor what its counts say, on any geometry."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost.errors import ShapeError, UsageError
from convcost.execute import audit_op, execute_op, run
from convcost.execute.algorithms import algorithm_named
from convcost.execute.kernels.winograd import F2, F4
from convcost.execute.plan import Plan
from convcost.execute.weights import Tiles
from convcost.graph import Graph, Node
from convcost.ops import BatchNorm, Conv, Input, Relu
from convcost.rules.conv import ConvRule
from convcost.rules.winograd import WINOGRAD
from convcost.verify import Verdict, verify, verify_op
from convcost.verify.check import TOLERANCE

quick = settings(max_examples=60, deadline=None)
SCHEMES = {"winograd": F2, "winograd4": F4}


@st.composite
def convolutions(draw):
    """A convolution that the schemes are for, and a map it fits on."""
    padding = draw(st.one_of(st.just("same"), st.tuples(*[st.integers(0, 2)] * 4)))
    extents = draw(st.tuples(st.integers(3, 12), st.integers(3, 12)))
    op = Conv((3, 3), out=draw(st.integers(1, 5)), padding=padding, bias=draw(st.booleans()))
    return op, (draw(st.integers(1, 2)), draw(st.integers(16, 19)), *extents)


def image(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def performed(lines, **sources):
    """Perform a program on any numbers."""
    known = {f"{name}{at}": value for name, values in sources.items() for at, value in enumerate(values)}
    does = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}
    for target, left, operator, right in lines:
        first = known[left] if left in known else Fraction(left) if left else None
        known[target] = does[operator](first, known[right]) if operator else known[right]
    return known


@pytest.mark.parametrize("scheme", [F2, F4], ids=["F2", "F4"])
@given(st.data())
def test_one_axis_is_exact_in_fractions(scheme, data):
    numbers = st.fractions(min_value=-9, max_value=9, max_denominator=7)
    taps = data.draw(st.lists(numbers, min_size=3, max_size=3))
    elements = data.draw(st.lists(numbers, min_size=scheme.size, max_size=scheme.size))
    u, v = performed(scheme.taps, g=taps), performed(scheme.data, d=elements)
    products = [u[f"u{at}"] * v[f"v{at}"] for at in range(scheme.size)]
    y = performed(scheme.places, m=products)
    for at in range(scheme.tile):
        assert y[f"y{at}"] == sum(tap * elements[at + place] for place, tap in enumerate(taps))


@pytest.mark.parametrize("name", SCHEMES)
def test_a_line_of_a_transform_is_an_operation_of_its_count(name):
    scheme, rule = SCHEMES[name], WINOGRAD[name]
    assert (rule.tile, rule.size) == (scheme.tile, scheme.size)
    for lines, counts in ((scheme.taps, rule.kernel), (scheme.data, rule.input), (scheme.places, rule.output)):
        operators = [line.operator for line in lines]
        assert (operators.count("*"), operators.count("+") + operators.count("-")) == (counts["mul"], counts["add"])


@quick
@given(convolutions(), st.sampled_from(sorted(SCHEMES)))
def test_what_is_performed_is_what_is_derived_and_values_are_those_of_direct_convolution(layer, name):
    op, shape = layer
    directly, seen = execute_op(op, image(*shape))
    by_it, also = execute_op(op, image(*shape), plain=False, algorithm=name)
    assert np.abs(by_it - directly).max() <= TOLERANCE[SCHEMES[name].tile] * np.abs(directly).max()
    assert (also.shape, also.weight, also.bias) == (seen.shape, seen.weight, seen.bias)
    assert also.all == WINOGRAD[name].counts(op, shape)
    assert also.prepared == WINOGRAD[name].prepared(op, shape)
    assert audit_op(op, image(*shape), plain=False, algorithm=name) == (also, also.all)
    assert verify_op(op, *[shape], algorithm=name).verdict is Verdict.PASS


@quick
@given(convolutions(), st.sampled_from(sorted(SCHEMES)), st.integers(1, 3))
def test_nodes_that_run_together_make_what_they_make_alone(layer, name, threads):
    op, (batch, channels, *extents) = layer
    nodes = (
        Node("image", Input((channels, *extents))),
        Node("conv", op.replaced(out=17), (0,)),
        Node("norm", BatchNorm(), (1,)),
        Node("act", Relu(), (2,)),
        Node("next", Conv((3, 3), out=5, padding=(2, 1, 1, 2), bias=True), (3,)),
    )
    graph = Graph("chain", nodes, output=4)
    directly = run(graph, batch=batch, keep=True, plain=True)[-1].output
    plan = Plan(graph, Tiles(0), batch=batch, threads=threads, algorithm=name)
    first = plan.run()
    for _ in range(2):
        np.testing.assert_allclose(plan.output, directly, rtol=1e-3, atol=1e-4)
        assert plan.run() == first


@given(st.integers(1, 9), st.integers(1, 9), st.integers(16, 99), st.integers(1, 99))
def test_where_tiles_cover_the_output_multiplications_are_saved_as_the_formula_says(down, across, channels, out):
    scheme = WINOGRAD["winograd"]
    performed, direct = scheme.saving
    op, shape = Conv((3, 3), out=out, padding="same"), (1, channels, 2 * down, 2 * across)
    assert scheme.counts(op, shape)["mul"] * direct == ConvRule().counts(op, shape)["mul"] * performed


NETWORK = """
convcost: 1
input: [3, 11, 13]
layers:
  - conv: {kernel: 3, out: 17, padding: same}
  - relu
  - conv: {kernel: 3, out: 5, padding: same, bias: true}
  - conv: {kernel: 3, out: 5, stride: 2}
"""


def test_a_network_is_verified_where_it_applies_and_where_it_does_not():
    found = convcost.verify(convcost.loads(NETWORK), algorithm="winograd")
    assert found.verdict is Verdict.PASS
    assert [layer.scheme is not None for layer in found.layers] == [False, False, True, False]
    assert found.title == "winograd F(2×2, 3×3)"
    assert found.mult_adds < found.directly == convcost.verify(convcost.loads(NETWORK)).mult_adds


def test_wrong_values_and_wrong_counts_fail(monkeypatch):
    graph = convcost.loads(NETWORK).graph
    monkeypatch.setitem(WINOGRAD, "winograd", WINOGRAD["winograd4"])
    failed = verify(graph, algorithm="winograd")
    assert failed.verdict is Verdict.FAIL
    monkeypatch.undo()
    monkeypatch.setitem(TOLERANCE, 2, 0.0)
    (mismatch,) = verify(graph, algorithm="winograd").layers[2].mismatches
    assert str(mismatch).startswith("values: derived as by direct convolution within 0, measured off by ")


def test_an_unknown_algorithm_is_named():
    with pytest.raises(UsageError) as caught:
        algorithm_named("winograd2")
    assert str(caught.value) == "E690 unknown algorithm 'winograd2' (did you mean 'winograd'?)"
    with pytest.raises(UsageError) as caught:
        convcost.verify(convcost.loads(NETWORK), algorithm="fft")
    assert str(caught.value) == "E690 unknown algorithm 'fft' (one of direct, winograd, winograd4)"


def test_counts_of_a_convolution_that_the_schemes_are_not_for_are_refused():
    with pytest.raises(ShapeError) as caught:
        WINOGRAD["winograd"].counts(Conv((3, 3), out=4, groups=2), (1, 32, 5, 7))
    assert str(caught.value) == "E691 grouped conv 3×3 is not performed by F(m×m, 3×3) (dense 3×3 with steps of 1 are)"
