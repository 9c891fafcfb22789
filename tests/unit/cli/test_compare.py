"""``convcost compare``: further forms of one network, only what changed, and what wrong input is told."""

import json

import pytest

import convcost
from convcost.errors import UsageError

FULL = "mobilenet_v1_full_conv"
SEPARABLE = "standard-to-separable where cin > 3"


def models(outcome):
    (comparison,) = json.loads(outcome.out)["comparisons"]
    return {model["label"]: model for model in comparison["models"]}, comparison


def test_one_network_at_several_values(call):
    outcome = call("compare", "mobilenet_v1", "--at", "alpha=3/4", "--at", "@alpha=1/2,resolution=160", "-f", "json")
    assert (outcome.code, outcome.err) == (0, "")
    labels, comparison = models(outcome)
    assert list(labels) == ["mobilenet_v1", "mobilenet_v1@alpha=3/4", "mobilenet_v1@alpha=1/2,resolution=160"]
    totals = {row["model"]: row["mult_adds"] for row in comparison["models_totals"]}
    assert list(totals.values()) == [convcost.load(label).analyze().total("mult_adds") for label in labels]


def test_values_beside_a_target_with_values_and_presets(call):
    labels, _ = models(call("compare", "mobilenet_v1@alpha=1/2", "--at", "resolution=128", "-f", "json"))
    assert list(labels) == ["mobilenet_v1@alpha=1/2", "mobilenet_v1@alpha=1/2,resolution=128"]
    labels, comparison = models(
        call("compare", "efficientnet", "--at", ":b1", "--at", ":b3@resolution=224", "-f", "json")
    )
    assert list(labels) == ["efficientnet", "efficientnet:b1", "efficientnet:b3@resolution=224"]
    expected = [convcost.load(label).analyze().total("params") for label in labels]
    assert [row["params"] for row in comparison["models_totals"]] == expected


def test_a_rewritten_form_beside_the_network(call):
    _, comparison = models(call("compare", FULL, "--rewrite", SEPARABLE, "-f", "json"))
    before, after = (row["mult_adds"] for row in comparison["models_totals"])
    assert (before, after) == (4_867_293_184, 568_740_352)
    out = call(
        "compare", "resnet:34", "--rewrite", "standard-to-grouped groups=8 where kernel == 3", "--by", "kind"
    ).out
    assert "resnet:34 + standard-to-grouped" in out
    assert "grouped conv 3×3" in out


def test_only_what_changed(call):
    outcome = call("compare", "mobilenet_v1", "mobilenet_v1_shallow", "--changes")
    lines = outcome.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert [line[0] for line in lines if "pointwise" in line or "depthwise" in line] == ["-"] * 10
    assert "linear" not in outcome.out
    assert "Where the mult-adds differ" not in outcome.out
    assert any(line.split() == ["Params", "4,231,976", "2,887,976", "−1,344,000", "−31.8", "%"] for line in lines)


def test_a_table_for_a_pull_request(call):
    out = call("compare", FULL, "mobilenet_v1", "--changes", "--by", "kind", "--format", "md").out
    assert f"|  | {FULL} | mobilenet_v1 | Difference | Growth |" in out
    assert "| Mult-adds | 4,867,293,184 | 568,740,352 | −4,298,552,832 | −88.3 % |" in out
    rows = [line for line in out.splitlines() if line.startswith(("| + |", "| - |", "| ~ |"))]
    assert [row.split("|")[2].strip() for row in rows] == ["conv 3×3", "depthwise 3×3", "pointwise"]
    assert "1 of them has nothing that is counted, and is not shown" in out


def test_nothing_changed(call):
    outcome = call("compare", "mobilenet_v1", "mobilenet_v1@alpha=1", "--changes")
    assert outcome.code == 0
    assert "no difference: 29 the same" in outcome.out
    assert "Layer" not in outcome.out


def test_growth_from_nothing_is_no_share(call, tmp_path):
    empty, some = tmp_path / "empty.yaml", tmp_path / "some.yaml"
    text = "{convcost: 1, name: tiny, input: [3, 8, 8], layers: [%s]}"
    empty.write_text(text % "relu")
    some.write_text(text % "{conv: {kernel: 3, out: 4}}")
    lines = call("compare", str(empty), str(some), "--changes").out.splitlines()
    assert any(line.split() == ["Mult-adds", "0", "3,888", "+3,888", "–"] for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mobilenet_v1",), "E023 a comparison needs two models or more"),
        (
            ("mobilenet_v1", "vgg", "--at", "alpha=1/2"),
            "E029 further forms of 2 networks (name one, or write the values into each SPEC)",
        ),
        (
            ("mobilenet_v1", "--at", "aplha=1/2"),
            "E007 mobilenet_v1 has no hyperparameter 'aplha' (did you mean 'alpha'?)",
        ),
        (("mobilenet_v1", "--at", ":b3"), "E006 mobilenet_v1 has no preset 'b3' (it has none)"),
        (
            ("efficientnet", "--at", ":c3"),
            "E006 efficientnet has no preset 'c3' (it has b0, b1, b2, b3, b4, b5, b6, b7)",
        ),
        (
            ("mobilenet_v1", "--at", "alpha"),
            "E009 'alpha' in 'mobilenet_v1@alpha' is not NAME=VALUE (write NAME, NAME:PRESET, or NAME@HYPERPARAMETER=VALUE,...)",
        ),
        (
            ("mobilenet_v1", "--rewrite", "x y z"),
            "E832 'x y z' is not a rewriting (write 'RULE NAME=VALUE where CONDITION', such as 'standard-to-separable where cin > 3')",
        ),
        (("mobilenet_v1", "--rewrite", "kernel kernel=3 kernel=5"), "E832 'kernel' is set twice"),
        (
            ("mobilenet_v1", "--rewrite", "standard-to-separable where kernel == 7"),
            "E831 nothing to rewrite: mobilenet_v1 has no such layer for standard-to-separable (see 'convcost report mobilenet_v1')",
        ),
    ],
)
def test_wrong_input(call, arguments, message):
    outcome = call("compare", *arguments)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", message + "\n")


def test_the_same_from_python():
    comparison = convcost.compare("mobilenet_v1", at=["alpha=1/2"], rewrites=["separable-to-standard"])
    assert comparison.labels == ("mobilenet_v1", "mobilenet_v1@alpha=1/2", "mobilenet_v1 + separable-to-standard")
    assert comparison.totals() == (568_740_352, 149_497_088, 4_867_293_184)
    with pytest.raises(UsageError, match="E029"):
        convcost.compare("mobilenet_v1", "vgg", at=["alpha=1/2"])


def test_a_metric_that_there_is_not(call):
    outcome = call("compare", FULL, "mobilenet_v1", "--metric", "flops")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("E012 unknown metric 'flops' (did you mean 'mult_adds'?)")
