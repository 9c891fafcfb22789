"""Checks fail if and only if a budget is crossed, and say where it comes from."""

from __future__ import annotations

import json
import random
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest

import convcost
from convcost.cli import main
from convcost.errors import ConvcostError


class Layer(NamedTuple):
    """A convolution, as much as it takes to know what it costs."""

    kernel: int
    stride: int
    out: int
    bias: bool

    def __str__(self):
        bias = str(self.bias).lower()
        return f"{{kernel: {self.kernel}, stride: {self.stride}, out: {self.out}, bias: {bias}, padding: same}}"


def written(layers, extent, budgets):
    """Return a spec of these layers."""
    rows = "".join(f"  - conv: {layer}\n" for layer in layers)
    return f"convcost: 1\nname: net\nbudgets: {{{budgets}}}\ninput: [3, {extent}, {extent}]\nlayers:\n{rows}"


def cost(layers, extent):
    """Return mult-adds and parameters from the formula of a convolution: K²·M·N·D² and K²·M·N + N."""
    mult_adds = params = 0
    channels = 3
    for layer in layers:
        extent = -(-extent // layer.stride)
        weights = layer.kernel**2 * channels * layer.out
        mult_adds += weights * extent**2
        params += weights + layer.bias * layer.out
        channels = layer.out
    return {"mult_adds": mult_adds, "params": params}


def mutated(rng, layers):
    """Return the layers with one changed, taken out, or put in."""
    at = rng.randrange(len(layers))
    one = layers[at]
    return rng.choice(
        [
            [*layers[:at], one._replace(kernel=rng.choice([1, 3, 5])), *layers[at + 1 :]],
            [*layers[:at], one._replace(stride=3 - one.stride), *layers[at + 1 :]],
            [*layers[:at], one._replace(out=max(1, one.out + rng.choice([-5, -1, 1, 2, 7]))), *layers[at + 1 :]],
            [*layers[:at], one._replace(bias=not one.bias), *layers[at + 1 :]],
            [*layers[:at], one, *layers[at:]],
            layers[:at] + layers[at + 1 :],
            list(layers),
        ]
    )


def shares(rng, before, after):
    """Return a share in per cent with up to two decimals, mostly the one next to what was grown, one way or the other."""
    exact = max(Fraction(0), Fraction(after - before, before)) * 10_000
    hundredths = rng.choice([0, 200, exact.__floor__(), exact.__ceil__(), exact.__ceil__() + 1])
    return Fraction(hundredths, 10_000), f"{hundredths // 100}.{hundredths % 100:02}%"


def test_planted_growth_is_found_in_100_mutants_and_nothing_else(tmp_path, monkeypatch, capsys):
    """The oracle is the formula of a convolution and fractions; it shares no code with what is tested."""
    monkeypatch.chdir(tmp_path)
    codes = Counter()
    for seed in range(100):
        rng = random.Random(seed)
        extent = rng.randrange(5, 30)
        layers = [
            Layer(rng.choice([1, 3, 5]), rng.choice([1, 1, 2]), rng.randrange(1, 20), rng.random() < 0.5)
            for _ in range(rng.randrange(2, 6))
        ]
        changed = mutated(rng, layers)
        before, after = cost(layers, extent), cost(changed, extent)
        # limits on, just above and just below what is so: an error by one anywhere is seen
        most = {metric: max(0, value + rng.choice([-1, 0, 0, 1, 9, 10**6])) for metric, value in after.items()}
        growth = {metric: shares(rng, before[metric], after[metric]) for metric in after}
        Path("net.yaml").write_text(written(layers, extent, "params: 1"))
        assert main(["report", "net.yaml", "--format", "json", "-o", "main.json"]) == 0
        stated = f"params: {most['params']}"
        Path("net.yaml").write_text(written(changed, extent, stated))
        arguments = ["check", "net.yaml", "--max", f"mult_adds={most['mult_adds']}", "--against", "main.json"]
        for metric, (_, text) in growth.items():
            arguments += ["--max-growth", f"{metric}={text}"]
        capsys.readouterr()
        code = main([*arguments, "--format", "json"])
        found = json.loads(capsys.readouterr().out)["checks"][0]["budgets"]
        crossed = {(line["metric"], line["kind"]): line["crossed"] for line in found}
        wanted = {(metric, "max"): after[metric] > most[metric] for metric in after} | {
            (metric, "growth"): after[metric] > before[metric] * (1 + share) for metric, (share, _) in growth.items()
        }
        assert crossed == wanted, seed
        assert code == any(wanted.values()), seed
        assert [line["value"] for line in found] == [after[line["metric"]] for line in found], seed
        assert main([*arguments, "-o", "check.txt"]) == code
        assert main([*arguments, "-f", "github", "-o", "check.txt"]) == code
        assert Path("check.txt").read_text().count("::error ") == sum(wanted.values()), seed
        codes.update(wanted.values())
        codes[f"exit {code}"] += 1
    assert min(codes["exit 0"], codes["exit 1"], codes[True], codes[False]) >= 25, codes


SPEC = """\
convcost: 1
name: net
hyperparameters:
  alpha: {default: 1, multiple_of: 1/4}
presets: {wide: {alpha: 2}}
BUDGETS
input: [3, 8, 8]
layers:
  - {conv: {kernel: 3, out: 4*alpha, padding: same}, name: stem}
  - {conv: {kernel: 1, out: 8}, name: head}
"""
# mult-adds at alpha: 64*(27*4 + 4*8)*alpha = 8,960 alpha; params: 140 alpha


@pytest.fixture
def net(tmp_path, monkeypatch):
    """Write the spec, with these budgets, into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(budgets="", name="net.yaml", **replaced):
        text = SPEC.replace("BUDGETS\n", f"budgets:{budgets}\n" if budgets else "")
        for old, new in replaced.items():
            text = text.replace(f"name: {old}", f"name: {new}")
        Path(name).write_text(text)
        return name

    return write


def lines(check):
    return [(n.label, h.metric, h.value, h.limit) for n in check.networks for h in n.held]


def refusal(*targets, **more):
    with pytest.raises(ConvcostError) as caught:
        convcost.check(*targets, **more)
    return str(caught.value)


def test_what_equals_its_budget_is_within(net):
    check = convcost.check(net(), max={"mult_adds": 8960, "params": 139})
    assert [(h.metric, h.headroom, h.crossed) for h in check.held] == [("mult_adds", 0, False), ("params", -1, True)]
    assert not check.passed
    assert check.networks[0].crossed == check.crossed == check.held[1:]


def test_the_nearest_budget_holds(net):
    net(" {params: 200, mul: 9 k}")
    Path("p.toml").write_text('[tool.convcost.budgets]\nparams = 300\nmult_adds = "10 k"\n')
    assert lines(convcost.check("net.yaml", max={"params": 100}, config="p.toml")) == [
        ("net.yaml", "mult_adds", 8960, 10_000),
        ("net.yaml", "params", 140, 100),
        ("net.yaml", "mul", 8960, 9000),
    ]


def test_a_spec_brings_its_configurations(net):
    net("\n  - {params: 140}\n  - {at: ':wide', params: 250}\n  - {at: '@alpha=1/2', mult_adds: 5 k}")
    most = {"params": 1000}
    assert lines(convcost.check("net.yaml", max=most)) == [
        ("net.yaml", "params", 140, 1000),
        ("net.yaml:wide", "params", 280, 250),
        ("net.yaml@alpha=1/2", "mult_adds", 4480, 5000),
    ]
    assert lines(convcost.check("net.yaml:wide")) == [("net.yaml:wide", "params", 280, 250)]
    assert lines(convcost.check("net.yaml@alpha=2")) == [("net.yaml@alpha=2", "params", 280, 250)]
    assert lines(convcost.check("net.yaml:wide", "net.yaml"))[:2] == [
        ("net.yaml:wide", "params", 280, 250),
        ("net.yaml", "params", 140, 140),
    ]
    assert len(lines(convcost.check("net.yaml:wide", "net.yaml"))) == 3, "no configuration is checked twice"


def test_a_check_of_nothing_is_an_error(net):
    assert refusal() == "E810 nothing to check (name a SPEC, or list specs in [tool.convcost])"
    assert refusal(net()) == "E810 there is no budget for 'net.yaml' (give --max METRIC=VALUE, or budgets: in the spec)"
    net("\n  - {params: 140}\n  - {at: ':wide', params: 250}")
    assert refusal("net.yaml@alpha=3") == (
        "E810 there is no budget for 'net.yaml@alpha=3' (its spec has some for its defaults, :wide)"
    )
    assert refusal("net.yaml", max_growth="2%") == (
        "E817 growth over nothing: there is no baseline (name one with --against FILE)"
    )
    net("\n  - {at: ':wide', params: 250}")
    assert lines(convcost.check("net.yaml")) == [("net.yaml:wide", "params", 280, 250)]


def baseline(*specs, **more):
    Path("main.json").write_text(convcost.report(*specs, format="json", **more))
    return "main.json"


def test_growth(net):
    against = baseline(net())
    assert lines(convcost.check("net.yaml", against=against, max_growth="0%")) == [
        ("net.yaml", "mult_adds", 8960, 8960),
        ("net.yaml", "params", 140, 140),
    ]
    Path("net.yaml").write_text(SPEC.replace("BUDGETS\n", "").replace("out: 8}", "out: 10}"))
    check = convcost.check("net.yaml", against=against, max_growth={"": "5%", "params": Fraction(1, 10)})
    assert lines(check) == [("net.yaml", "mult_adds", 9472, 9408), ("net.yaml", "params", 148, 154)]
    ((grown,),) = [held.weights for held in check.crossed]
    assert (grown.name, grown.kind, grown.before, grown.value, grown.growth) == ("head", "pointwise", 2048, 2560, 512)
    assert grown.span.line == 9


def test_a_default_that_changes_is_growth(net):
    against = baseline(net())
    Path("net.yaml").write_text(SPEC.replace("BUDGETS\n", "").replace("default: 1", "default: 5/4"))
    assert lines(convcost.check("net.yaml", against=against, max_growth={"params": "2%"})) == [
        ("net.yaml", "params", 175, 142)
    ]


def test_a_layer_that_is_put_in_is_what_has_grown(net):
    against = baseline(net())
    text = SPEC.replace("BUDGETS\n", "").replace(
        "layers:\n", "layers:\n  - {conv: {kernel: 5, out: 3, padding: same}}\n"
    )
    Path("net.yaml").write_text(text)
    check = convcost.check("net.yaml", against=against, max_growth="10%")
    assert len(check.crossed) == 2
    for held in check.crossed:
        assert [(w.name, w.before, w.span.line) for w in held.weights] == [("conv1", 0, 8)]


@pytest.mark.parametrize("how", [{"by": "kind"}, {"by": "stage"}, {"by": "block"}, {"by": "op"}, {"depth": 1}])
def test_rows_of_any_kind_tell_what_has_grown(tmp_path, monkeypatch, how):
    monkeypatch.chdir(tmp_path)
    against = baseline("mobilenet_v1@alpha=3/4", **how)
    text = Path(against).read_text().replace("mobilenet_v1@alpha=3/4", "mobilenet_v1")
    Path(against).write_text(text)
    check = convcost.check("mobilenet_v1", against=against, max_growth={"mult_adds": "2%"})
    (held,) = check.crossed
    assert len(held.weights) == 3
    before = convcost.analyze("mobilenet_v1@alpha=3/4")
    groups = {group.name: group.mult_adds for group in before.groups(**how)}
    if how != {"by": "stage"}:  # names of stages come more than once
        assert all(weight.before == groups[weight.name] for weight in held.weights)
    assert all(weight.growth > 0 for weight in held.weights)


def test_a_network_that_a_baseline_does_not_have_is_new(net):
    against = baseline(net())
    net(name="other.yaml", net="other")
    check = convcost.check("net.yaml", "other.yaml", against=against, max_growth={"params": "2%"})
    assert [(n.label, n.is_new, len(n.held)) for n in check.networks] == [
        ("net.yaml", False, 1),
        ("other.yaml", True, 0),
    ]
    assert refusal("other.yaml", against=against, max_growth="2%") == (
        "E816 the baseline 'main.json' has nothing of 'other.yaml' (it is of net.yaml, and there are no other budgets)"
    )
    assert convcost.check("other.yaml", against=against, max_growth="2%", max={"params": 140}).passed


def test_a_baseline_that_does_not_fit(net):
    against = baseline(net(), convention="valid")
    assert refusal("net.yaml", against=against, max_growth="2%") == (
        "E816 the baseline 'main.json' has 'valid' as convention, and this check 'paper' "
        "(say --convention valid, or write the baseline anew)"
    )
    against = baseline("net.yaml", params="all")
    assert refusal("net.yaml", against=against, max_growth="2%") == (
        "E816 the baseline 'main.json' has 'all' as kind of parameters, and this check 'trainable' "
        "(say --params all, or write the baseline anew)"
    )
    assert convcost.check("net.yaml", against=against, max_growth="2%", params="all").passed
    against = baseline("net.yaml")
    assert refusal("net.yaml", against=against, max_growth={"exp": "2%"}) == (
        "E816 the baseline has no exp of 'net.yaml' "
        "(write it with 'convcost report SPEC... --columns +exp --format json')"
    )
    against = baseline("net.yaml", columns="+exp,valid,primitives")
    check = convcost.check("net.yaml", against=against, max_growth="2%")
    assert {"mult_adds", "params", "mul", "add", "exp"} <= {held.metric for held in check.held}


def test_zero_grows_by_nothing(net):
    against = baseline(net(), columns="+div")
    text = Path("net.yaml").read_text() + "  - global_avgpool\n"
    Path("net.yaml").write_text(text)
    assert lines(convcost.check("net.yaml", against=against, max_growth={"div": "500%"})) == [("net.yaml", "div", 8, 0)]


def test_conventions(net):
    check = convcost.check(net(), max={"mult_adds": 0}, convention="valid", params="weights")
    assert (check.convention.name, check.convention.parameters) == ("valid", "weights")
    assert check.held[0].value == convcost.analyze("net.yaml", convention="valid").total()


def test_specs_of_a_project(net):
    Path("specs").mkdir()
    net(name="specs/b.yaml", net="b")
    net(" {params: 100}", name="specs/a.yaml", net="a")
    Path("p.toml").write_text('[tool.convcost]\nspecs = ["specs/*.yaml"]\nbudgets = {params = 200}\n')
    assert lines(convcost.check(config="p.toml")) == [
        ("specs/a.yaml", "params", 140, 100),
        ("specs/b.yaml", "params", 140, 200),
    ]
