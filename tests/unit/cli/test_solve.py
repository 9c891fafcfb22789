"""``convcost solve``: answers with their certificates, formats, and what wrong input is told."""

import json

import pytest

LINE = ("mobilenet_v1", "--for", "alpha", "--budget", "mult_adds <= 150M")


def test_one_hyperparameter(call):
    outcome = call("solve", *LINE)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "mobilenet_v1 with mult-adds ≤ 150M: α = 1/2 at most" in lines
    assert "largest    1/2  149,497,088     +502,912" in lines
    assert "next     17/32  167,797,072  −17,797,072" in lines
    assert "the next admissible value, α = 17/32, has 17.80 M mult-adds too many" in lines
    assert "as a real number, mult-adds ≤ 150M for α ≤ 0.50088…" in lines
    assert "the formula is proven never to fall as α grows, so nothing larger is within" in lines


def test_the_formula(call):
    out = call("solve", "mobilenet_v1@resolution=224", *LINE[1:]).out
    assert "largest α = (√(8 232 B + 3 263 265 625) - 57 125) / 2 107 392\n" in out
    assert "for mult-adds ≤ B; valid for 32α ∈ ℤ\n" in out
    latex = call("solve", "mobilenet_v1@resolution=224", *LINE[1:], "-f", "latex").out
    assert r"\frac{\sqrt{8\,232 \, B + 3\,263\,265\,625} -57\,125}{2\,107\,392}" in latex


def test_other_shapes_of_formulas(call):
    out = call("solve", "mobilenet_v1@alpha=1", "--for", "resolution", "--budget", "mult_adds <= 1B").out
    assert "largest r = √(" in out
    linear = call("solve", "mobilenet_v1", "--for", "classes", "--step", "1", "--budget", "params <= 4M").out
    assert "K = 773 at most" in linear


def test_several(call):
    outcome = call(
        "solve",
        *LINE,
        "--for",
        "resolution",
        "--range",
        "resolution=96:256",
        "--budget",
        "params <= 1.5M",
        "--maximize",
        "resolution",
    )
    assert outcome.code == 0
    assert "largest pairs of α and R" in outcome.out
    assert max(map(len, outcome.out.splitlines())) <= 80


def test_nothing_is_within(call):
    outcome = call("solve", "mobilenet_v1", "--for", "alpha", "--budget", "mult_adds <= 1M")
    assert (outcome.code, outcome.err) == (1, "")
    assert "mobilenet_v1: nothing has mult-adds ≤ 1M\n" in outcome.out
    assert "the smallest network, α = 1/32, has 440.85 k mult-adds too many\n" in outcome.out


def test_what_is_not_proven_says_so(call):
    out = call(
        "solve",
        "efficientnet",
        "--for",
        "alpha",
        "--step",
        "1/64",
        "--budget",
        "params <= 4M",
        "--set",
        "resolution=192",
    ).out
    assert "α = 27/32 at most" in out
    assert "roundings or the wiring change: every admissible value up to" in out


def test_json(call):
    body = json.loads(call("solve", *LINE, "-f", "json").out)
    (found,) = body["solutions"]
    assert (found["feasible"], found["proven"], found["maximize"]) == (True, True, "mult_adds")
    (solution,) = found["solutions"]
    assert solution["values"] == {"alpha": "1/2"}
    assert solution["next"]["alpha"] == {"values": {"alpha": "17/32"}, "figures": {"mult_adds": 167797072}}
    assert found["bounds"] == [
        {"metric": "mult_adds", "hyperparameter": "alpha", "real_bound": "0.50088", "exact": False}
    ]
    assert found["rows"][0]["mult_adds_headroom"] == 502912


@pytest.mark.parametrize("format_", ["md", "csv", "latex"])
def test_formats(call, format_):
    outcome = call("solve", *LINE, "-f", format_)
    assert (outcome.code, outcome.err) == (0, "")
    assert "149" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mobilenet_v1",), "E822 no hyperparameter to solve for"),
        (("mobilenet_v1", "--for", "alpha"), "E820 no budget to keep within"),
        ((*LINE, "--set", "192"), "E826 --set 192 does not say of what (--set resolution=192)"),
        ((*LINE, "--set", "=1"), "E826 --set '=1' is not understood (--set resolution=192)"),
        ((*LINE, "--set", "alpha=1"), "E822 alpha is bound to 1 and cannot be solved for"),
        ((*LINE, "--step", "alpha=1", "--step", "alpha=2"), "E826 --step says two things of alpha"),
        ((*LINE, "--range", "3"), "E826 --range '3' is not FIRST:LAST (--range alpha=1/4:2)"),
        ((*LINE, "--range", "1:2:3"), "E826 --range '1:2:3' is not FIRST:LAST"),
        ((*LINE, "--format", "xml"), "E024 there is no format 'xml'"),
        (("mobilenet_v1", "--for", "alpha", "--budget", "150M"), "E820 '150M' is not understood as a budget"),
    ],
)
def test_wrong_input(call, arguments, message):
    outcome = call("solve", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(message)
