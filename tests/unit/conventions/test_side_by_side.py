"""One network under many conventions: every figure follows from the paper's, exactly, and every formula from symbols."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

import convcost
from convcost import load, loads
from convcost.conventions import convention, shipped
from convcost.cost import analyze
from convcost.errors import ConvcostError
from convcost.report.conventions import document, reconciled
from convcost.report.formats import render
from convcost.studies.conventions import Difference, side_by_side

EVERYTHING = """
convcost: 1
name: everything
input: [8, r, r]
hyperparameters: {r: {default: 12, choices: [12, 20], multiple_of: 4}, w: {default: 6, choices: [6, 10]}}
layers:
  - conv: {kernel: 3, out: 4*w, padding: 1, bias: true, norm: batch, activation: relu}
  - depthwise: {kernel: 3, stride: 2, padding: 1, norm: batch, activation: relu6}
  - transposed_conv: {kernel: 2, out: 2*w, stride: 2, groups: 2, bias: true}
  - silu
  - maxpool: {kernel: 2, stride: 2}
  - avgpool: {kernel: 3, padding: 1}
  - add: [[], [sigmoid]]
  - mul: [[], [tanh]]
  - concat: [[], [leaky_relu]]
  - hard_swish
  - upsample: {factor: 2}
  - global_avgpool
  - linear: {out: 10}
  - softmax
"""


def check(model: convcost.Model, batch: int = 1) -> None:
    for each in side_by_side(model, batch=batch).readings:
        if each.figure is not None:
            assert each.figure == each.scale * each.paper + sum(d.total for d in each.differences), each.convention.name


@pytest.mark.parametrize("spec", ["mobilenet_v1", "resnet:50", "mobilenet_v3:small", "inception_v1", "convnext:tiny"])
def test_figures_follow_from_the_papers(spec: str) -> None:
    check(load(spec))


def test_figures_follow_from_the_papers_for_several_samples_and_all_ops() -> None:
    check(loads(EVERYTHING), 3)


@pytest.mark.parametrize("name", shipped())
def test_formulas_are_the_numbers(name: str) -> None:
    """Binding late is binding early: the terms of a convention are the same arithmetic on symbols."""
    model, how = loads(EVERYTHING), convention(name)
    if model.analyze(how).unstated():
        how = how.replaced(others_ignored=True)  # type: ignore[call-arg] # only policies leave ops out
    symbolic = model.symbolic(["r", "w"], convention=how)
    form = symbolic.closed_form("mult_adds")
    for r, w in ((12, 6), (20, 10), (16, 7)):
        bound = model.with_values(r=r, w=w)
        assert form.at(r=r, w=w) == bound.analyze(how).total()
    assert analyze(model.graph, how).total() == model.analyze(how).total()


def test_terms_of_resnet() -> None:
    calflops, ptflops, valid = side_by_side(load("resnet:50"), ["calflops", "ptflops", "valid"]).readings
    assert calflops.scale == 2
    assert calflops.differences == (
        Difference("input", ("batch_norm",), 2, 22_227_968),
        Difference("input", ("relu", "maxpool", "global_avgpool"), 1, 10_511_872),
    )
    assert reconciled(ptflops) == (
        "4,132,436,968 = 4,089,184,256 + 2 × 12,017,152 elements into batch_norm, maxpool, global_avgpool"
        " + 2 × 9,608,704 elements out of relu + 1,000 biases of linear"
    )
    assert reconciled(valid) == "3,948,251,904 = 4,089,184,256 - 140,932,352 products with padding of conv"


def test_what_is_not_known_is_said() -> None:
    model = loads(
        "{convcost: 1, name: t, input: [4, 9, 9], layers: [{conv: {kernel: 3, out: 4}}, {maxout: {pieces: 2}}]}"
    )
    (xla,) = side_by_side(model, ["xla"]).readings
    assert (xla.figure, xla.unstated) == (None, ("maxout",))
    assert reconciled(xla) == "not known how xla counts maxout"
    text = render(document([side_by_side(model, ["xla", "keras"])]), "csv")
    assert text == (
        "model,convention,params,counted,ratio,reconciled\n"
        "t,xla,144,,,not known how xla counts maxout\n"
        "t,keras,144,,,counts parameters only\n"
    )


def test_ways_of_writing_are_told_where_they_matter() -> None:
    found = side_by_side(load("mobilenet_v2"), ["torch", "fvcore", "thop"], {"global_pool": "mean"})
    assert [each.convention.name for each in found.readings] == [
        "torch",
        "fvcore@global_pool=mean",
        "thop@global_pool=mean",
    ]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"pool": "mean"}, "E754 no convention tells apart how 'pool' is written (did you mean 'pools'?)"),
        ({"pools": "men"}, "E754 no convention knows pools written as 'men' (one of module, functional)"),
    ],
)
def test_ways_of_writing_that_no_convention_knows(written: dict[str, str], message: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        side_by_side(load("mobilenet_v2"), ["thop"], written)
    assert str(caught.value) == message


def test_json_is_exact() -> None:
    body = json.loads(render(document([side_by_side(load("resnet:50"), ["ptflops"])]), "json"))
    (network,) = body["models"]
    assert network["rows"][0]["counted"] == 4_132_436_968
    (said,) = network["conventions"]
    assert said["paper"] * said["scale"] + sum(term["total"] for term in said["terms"]) == 4_132_436_968


def test_fractions_stay_exact() -> None:
    model = loads("{convcost: 1, name: t, input: [4, 6, 6], layers: [{upsample: {factor: 2}}]}")
    analysis = model.analyze(convention("ptflops"), 3)
    assert analysis.total() == Fraction(4, 3) * 3 * 4 * 144
    assert type(analysis.total()) is int


@pytest.mark.parametrize("format_", ["table", "md", "csv", "json", "latex"])
def test_every_format(format_: str) -> None:
    text = render(document([side_by_side(load("mobilenet_v1"), ["paper", "thop"])]), format_)
    assert "588962304" in text.replace(",", "").replace("{}", "").replace("\\", "")


def test_lower_bounds_are_marked() -> None:
    model = loads(
        "{convcost: 1, name: t, input: [4, 6, 6], layers: [{conv: {kernel: 3, out: 4}}, {unknown: {op: magic, shape: [4]}}]}"
    )
    text = render(document([side_by_side(model, ["paper", "thop"])]))
    assert "thop         ≥ 144  ≥ 2,304" in text
    assert "≥ a lower bound: the costs of unknown1 (unknown magic) are not known" in text
    body = json.loads(render(document([side_by_side(model, ["thop"])]), "json"))
    assert body["models"][0]["incomplete"] == [{"name": "unknown1", "op": "unknown magic"}]
