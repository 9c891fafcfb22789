"""Formulas on the page and as Python source; the source is executed and held against the formula."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost.cost.closed_form import ClosedForm, Variable
from convcost.errors import DomainError
from convcost.report import formula as page
from convcost.report import layout, markdown
from convcost.report.python_source import identifier, source

ROUNDING = """\
convcost: 1
name: rounding
hyperparameters:
  alpha: {default: 1, range: [1/8, 4], doc: width multiplier}
  resolution: {default: 64, range: [8, 512]}
input: [3, resolution, resolution]
layers:
  - conv: {kernel: 3, stride: 2, out: "make_divisible(32*alpha, 8)", padding: same}
  - conv: {kernel: 3, stride: 2, out: round(24*alpha), padding: same}
  - maxpool: {kernel: 2, stride: 2}
  - global_avgpool
  - linear: {out: 10}
"""


def functions(text):
    names = {}
    exec(compile(text, "<source>", "exec"), names)
    return names


@pytest.fixture(scope="module")
def mobilenet():
    return [convcost.formula("mobilenet_v1", metric) for metric in ("mult_adds", "params")]


@pytest.fixture(scope="module")
def closed(mobilenet):
    return functions(source(mobilenet))


@pytest.fixture(scope="module")
def general(mobilenet):
    return functions(source(mobilenet, general=True))


@pytest.fixture(scope="module")
def valid():
    return convcost.formula("mobilenet_v1", convention="valid")


@pytest.fixture(scope="module")
def valid_source(valid):
    return functions(source([valid], general=True))


@pytest.fixture(scope="module")
def rounding():
    model = convcost.loads(ROUNDING)
    return [convcost.formula(model, metric) for metric in ("mult_adds", "params", "cmp")]


@pytest.fixture(scope="module")
def rounding_source(rounding):
    return functions(source(rounding, general=True))


def test_the_signature_result(mobilenet):
    mult_adds, params = (page.written(f.closed, f.metric, f.metric) for f in mobilenet)
    assert mult_adds.text == "11 010 048 α² r² + 576 000 α r² + 1 024 000 α"
    assert params.text == "3 139 584 α² + 1 091 392 α + 1 000"
    assert mult_adds.where == params.where == "valid for 32 | R and 32α ∈ ℤ, with r = R/32"
    assert " ".join(params.latex) == r"3\,139\,584 \, \alpha^{2} + 1\,091\,392 \, \alpha + 1\,000"


@given(st.integers(1, 64), st.integers(1, 20))
@settings(max_examples=50, deadline=None)
def test_the_source_of_a_closed_form(mobilenet, closed, steps, r):
    alpha, resolution = Fraction(steps, 32), 32 * r
    for f in mobilenet:
        assert closed[f.metric](alpha, resolution) == f.at(alpha=alpha, resolution=resolution)


@given(st.fractions(Fraction(1, 31), 3, max_denominator=97), st.integers(1, 600))
@settings(max_examples=50, deadline=None)
def test_the_source_of_a_general_form(mobilenet, general, alpha, resolution):
    for f in mobilenet:
        assert general[f.metric](alpha, resolution) == f.general.at(alpha=alpha, resolution=resolution)


@given(st.integers(1, 600))
@settings(max_examples=30, deadline=None)
def test_the_source_of_a_general_form_without_padding(valid, valid_source, resolution):
    assert valid_source["mult_adds"]("1/3", resolution) == valid.general.at(alpha=Fraction(1, 3), resolution=resolution)


@given(st.fractions(Fraction(1, 8), 4, max_denominator=97), st.integers(8, 512))
@settings(max_examples=50, deadline=None)
def test_the_source_of_roundings(rounding, rounding_source, alpha, resolution):
    for f in rounding:
        try:
            value = f.general.at(alpha=alpha, resolution=resolution)
        except DomainError:
            with pytest.raises(ValueError, match="outside the domain"):
                rounding_source[f.metric](alpha, resolution)
        else:
            assert rounding_source[f.metric](alpha, resolution) == value


def test_values_as_text_and_floats(closed):
    assert (
        closed["mult_adds"]("1/2", 160) == closed["mult_adds"](0.5, "160") == closed["mult_adds"](Fraction(1, 2), 160)
    )
    assert closed["mult_adds"]() == 568_740_352
    assert isinstance(closed["params"](), int)


@pytest.mark.parametrize(("alpha", "resolution"), [("1/3", 224), (1, 225), (0, 224), (-1, 224), (1, 0)])
def test_outside_the_domain(closed, alpha, resolution):
    with pytest.raises(ValueError, match=r"outside the domain: valid for 32 \| R and 32α ∈ ℤ, with r = R/32"):
        closed["mult_adds"](alpha, resolution)


@pytest.mark.parametrize(("alpha", "resolution"), [(1, "1/2"), (0, 224), (1, -1)])
def test_outside_even_the_general_domain(general, alpha, resolution):
    with pytest.raises(ValueError, match="outside the domain: valid everywhere, for positive alpha and resolution"):
        general["mult_adds"](alpha, resolution)


def test_helpers_are_written_only_where_they_are_called(mobilenet, rounding):
    assert "def make_divisible" not in source(mobilenet, general=True)
    assert source(rounding, general=True).count("def make_divisible") == 1
    assert source(rounding[2:], general=True).count("import") == 1


def test_the_source_says_what_it_is(mobilenet):
    text = source(mobilenet)
    assert text.startswith('"""What MobileNet v1 costs, in its hyperparameters.\n\npaper: mult-adds')
    assert "for classes=1000" in text
    assert "Howard et al. 2017, arXiv:1704.04861, Table 1" in text


def test_names_that_python_reserves():
    assert [identifier(name) for name in ("lambda", "max", "width", "match")] == ["lambda_", "max_", "width", "match_"]


def test_a_reserved_name_as_hyperparameter():
    model = convcost.loads(
        "{convcost: 1, name: n, hyperparameters: {max: {default: 2, range: [1, 9]}}, input: [3, 8, 8],"
        " layers: [{conv: {kernel: 1, out: max}}]}".replace("max", "match")
    )
    names = functions(source([convcost.formula(model, "params")]))
    assert names["params"](match_=5) == 15


@pytest.mark.parametrize("width", [50, 60, 80, 100])
def test_long_formulas_are_wrapped_between_terms(mobilenet, width):
    text = layout.plain(page.document(mobilenet, general=True), width)
    assert max(map(len, text.splitlines())) <= width
    joined = " ".join(text.split())
    assert page.written(mobilenet[0].general, "m", "m").text in joined


def test_behaviour_in_words(mobilenet):
    document = page.document(mobilenet)
    mult_adds, params = document.sections[0].notes
    assert mult_adds == (
        "mult-adds: degree 2 in α and 2 in R; at the defaults 1 % wider costs 1.95 % more and "
        "1 % more resolution costs 2.00 % more"
    )
    assert params == "params: degree 2 in α, independent of R; at the defaults 1 % wider costs 1.74 % more"


def test_groups_divide():
    model = convcost.loads(
        "{convcost: 1, name: grouped, hyperparameters: {a: {default: 1, multiple_of: 1/64}, groups: {default: 2, "
        "choices: [1, 2, 4]}}, input: [64, 8, 8], layers: [{conv: {kernel: 3, out: floor(64*a), groups: groups}}]}"
    )
    formula = convcost.formula(model)
    assert formula.at(groups=4) == 9 * 64 * 64 * 36 // 4
    assert [(b.name, b.degree, b.elasticity) for b in formula.behaviour] == [("a", 1, 1), ("groups", -1, -1)]
    assert "1 % more groups costs 1.00 % less" in page.document([formula]).sections[0].notes[0]


def test_parts_have_their_own_section():
    document = page.document([convcost.formula("mobilenet_v1", "params", by="kind")])
    _, parts = document.sections
    assert parts.title == "params, part by part"
    by_name = {f.name: f.text for f in parts.formulas}
    assert by_name["depthwise 3×3"] == "44 640 α"
    assert "relu" not in by_name
    assert "params, part by part" in markdown.render(document)


def test_where_with_guards():
    from convcost.graph import Guard
    from convcost.symbols.floordiv import free_symbol

    n = free_symbol("n", integer=True)
    variable = Variable("n", "n", 4, True)
    form = ClosedForm(n, (variable,), (Guard(n, "<", 7, False), Guard(n, "!=", 3, True), Guard(n, "<", 7, False)))
    assert page.where(form) == "valid for n ≥ 7 and n ≠ 3"
    assert page.where(ClosedForm(n, (variable,))) == "valid everywhere"


def test_what_groups_have_to_divide_is_part_of_the_domain():
    spec = (
        "{convcost: 1, name: grouped, hyperparameters: {c: {default: 64, multiple_of: 1}, s: {default: 2, multiple_of: "
        "1}}, input: [c, 8], layers: [{depthwise: {kernel: 3}}, {pointwise: {out: c, groups: s}}]}"
    )
    formula = convcost.formula(convcost.loads(spec), "params")
    assert page.where(formula.closed) == "valid for s | c"
    assert formula.closed.at(c=12, s=3) == 3 * 12 + 12 * 12 // 3
    for form in (formula.closed, formula.general):
        with pytest.raises(DomainError, match=r"c % s == 0"):
            form.at(c=10, s=3)
    halved = convcost.formula(convcost.loads(spec.replace("groups: s", "groups: 2")), "params")
    assert page.where(halved.closed) == "valid for 2 | c"
