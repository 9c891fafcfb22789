"""Sensitivity: elasticities add up, and which part leads is what every single value says."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost.report.formula import document
from convcost.report.sensitivity import sentence
from convcost.studies import sensitivity as module
from convcost.studies.formula import Formula
from convcost.studies.sensitivity import Course, sensitivity


def reign_of(course: Course, value) -> str:
    """Return the part that is said to lead at an admissible value."""
    found = [
        reign.part for reign in course.reigns if reign.first <= value and (reign.last is None or value <= reign.last)
    ]
    assert len(found) == 1, (value, course.reigns)
    return found[0]


def wrong_values(formula: Formula, name: str, values) -> list:
    """Return the values at which the part that is said to lead does not cost most."""
    (course,) = (course for course in sensitivity(formula).courses if course.variable.name == name)
    wrong = []
    for value in values:
        costs = {part: form.at(**{name: value}) for part, form in formula.parts.items()}
        if costs[reign_of(course, value)] != max(costs.values()):
            wrong.append(value)
    return wrong


@pytest.fixture(scope="module")
def params():
    return convcost.formula("mobilenet_v1", "params", by="kind")


@pytest.mark.parametrize("metric", ["mult_adds", "params"])
@pytest.mark.parametrize("by", ["kind", "stage", "layer"])
@pytest.mark.parametrize("name", ["mobilenet_v1", "efficientnet", "shufflenet_v1"])
def test_elasticities_weigh_up_to_that_of_the_whole(name, metric, by):
    found = sensitivity(convcost.formula(name, metric, by=by))
    assert sum(part.value for part in found.parts) == found.whole.value
    for i, whole in enumerate(found.whole.behaviour):
        assert sum(part.value * part.behaviour[i].elasticity for part in found.parts) == (
            found.whole.value * whole.elasticity
        )


def test_the_classifier_leads_in_narrow_networks(params):
    (course,) = sensitivity(params).courses
    linear, pointwise = course.reigns
    assert (linear.part, linear.first, linear.last) == ("linear", Fraction(1, 32), Fraction(10, 32))
    assert (pointwise.part, pointwise.first, pointwise.last) == ("pointwise", Fraction(11, 32), None)
    # 3 139 584 α² = 1 024 000 α + 1 000
    below, above = (
        3_139_584 * x**2 - 1_024_000 * x - 1_000 for x in (pointwise.since, pointwise.since + Fraction(1, 10**5))
    )
    assert below <= 0 < above
    assert sentence(course) == "α: linear costs most for α ≤ 5/16, pointwise for α ≥ 11/32 (equal at 0.32713)"


def test_every_width_of_mobilenet_agrees(params):
    assert wrong_values(params, "alpha", [Fraction(n, 32) for n in range(1, 129)]) == []


@pytest.mark.parametrize(("name", "variable"), [("mobilenet_v2", "alpha"), ("mobilenet_v1", "resolution")])
def test_every_value_of_others_agrees(name, variable):
    formula = convcost.formula(name, "mult_adds", by="kind")
    (course,) = (c for c in sensitivity(formula).courses if c.variable.name == variable)
    choices = formula.model.architecture.hyperparameters[variable].choices
    assert wrong_values(formula, variable, choices) == []
    assert (course.until is not None) == (name == "mobilenet_v2")


def test_roundings_are_looked_at_value_by_value():
    spec = (
        "{convcost: 1, name: tiny, hyperparameters: {n: {default: 9, multiple_of: 1, range: [1, 60]}}, input: [3, 4, 4],"
        ' layers: [{conv: {kernel: 1, out: "make_divisible(n*3, 8)"}, name: a}, {conv: {kernel: 1, out: 7}, name: b},'
        " {conv: {kernel: 1, out: floor(n*n/5) + 2}, name: c}]}"
    )
    formula = convcost.formula(convcost.loads(spec), "params", by="layer")
    (course,) = sensitivity(formula).courses
    assert course.until == 60
    assert all(reign.since is None for reign in course.reigns)
    assert len(course.reigns) > 1
    assert wrong_values(formula, "n", range(1, 61)) == []
    assert sentence(course).endswith("; looked at up to 60")


def towers(widths) -> Formula:
    """Return a network of layers that cost a·b·n² + b·n, b·n or constants, as widths say."""
    layers = [
        f"{{conv: {{kernel: 1, out: {out if fixed else f'{out}*n'}, bias: true}}, name: l{i}}}"
        for i, (out, fixed) in enumerate(widths)
    ]
    spec = (
        "{convcost: 1, name: tiny, hyperparameters: {n: {default: 5, multiple_of: 1}}, input: [3, 2, 2], layers: ["
        f"{', '.join(layers)}]}}"
    )
    return convcost.formula(convcost.loads(spec), "params", by="layer")


drawn = st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=2, max_size=6).filter(
    lambda widths: not all(fixed for _, fixed in widths)
)


@settings(max_examples=40, deadline=None)
@given(drawn)
def test_reigns_are_what_each_value_says(widths):
    assert wrong_values(towers(widths), "n", range(1, 80)) == []


MIXED = [(40, True), (1, False), (9, False), (2, False), (37, True)]

MISTAKES = {
    "_last": lambda original: lambda *args: original(*args) + 1,
    "_undominated": lambda original: lambda polynomials: original(polynomials)[:1],
    "_roots": lambda original: lambda *args: list(original(*args))[1:],
    "_admissible_step": lambda original: lambda variable: 2 * original(variable),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_planted_mistakes_are_found(name, monkeypatch):
    assert wrong_values(towers(MIXED), "n", range(2, 80)) == []
    monkeypatch.setattr(module, name, MISTAKES[name](getattr(module, name)))
    with pytest.raises(AssertionError):  # also where a value is in no reign, or in two
        assert wrong_values(towers(MIXED), "n", range(2, 80)) == []


def test_a_part_that_always_leads():
    formula = convcost.formula("mobilenet_v1", "mult_adds", by="kind")
    of_alpha, of_resolution = map(sentence, sensitivity(formula).courses)
    assert of_resolution == "R: pointwise costs most for every admissible value"
    assert of_alpha == "α: depthwise 3×3 costs most for α ≤ 1/32, pointwise for α ≥ 1/16 (equal at 0.03222)"


def test_where_the_admissible_values_are_not_known():
    spec = (
        "{convcost: 1, name: tiny, hyperparameters: {a: {default: 1/2, range: [1/4, 4]}}, input: [3, 4, 4], layers: ["
        "{conv: {kernel: 1, out: 8}}, {conv: {kernel: 1, out: floor(8*a)}}]}"
    )
    found = sensitivity(convcost.formula(convcost.loads(spec), "params", by="layer"))
    assert found.courses == ()
    assert [float(part.behaviour[0].elasticity) for part in found.parts] == [0, 1]


def test_the_document_has_exact_numbers(params):
    section = document([params], sensitivity="kind").sections[1]
    assert section.table.column("elasticity")[3] == 2
    assert section.data["courses"][0]["reigns"][1]["since"] == Fraction("0.32713")
