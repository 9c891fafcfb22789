"""Sweeps: every figure is that of the network built at the point; structure, wiring and requirements are minded."""

import itertools
import random
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest

import convcost
from convcost import ConvcostError, UsageError, load, loads, sweep
from convcost.studies.sweep import kernel, part, space
from convcost.studies.sweep.elasticity import elasticities

HEAD = "convcost: 1\nname: t\n"
MODULE = import_module("convcost.studies.sweep.sweep")  # the package has a function of this name


def built(model, values, metrics):
    """Return the figures of a network that is built; None where that is not possible."""
    try:
        analysis = model.with_values(**values).analyze()
    except ConvcostError:
        return None
    return {metric: analysis.total(metric) for metric in metrics}


def every_point(result):
    """Hold a whole sweep against networks that are built one by one."""
    rows = {tuple(p.values.values()): dict(p.figures) for p in result}
    missing = 0
    for at in itertools.product(*([axis.value(i) for i in range(len(axis))] for axis in result.axes)):
        values = dict(zip((axis.name for axis in result.axes), at, strict=True))
        expected = built(result.model, values, result.metrics)
        missing += expected is None
        assert rows.get(at) == expected, values
    assert result.missing == missing
    assert result.within == result.count - missing == len(result)


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("mobilenet_v1", {"alpha": "1/64:1/8:1/64", "resolution": "1:65:9"}),
        ("mobilenet_v2", {"alpha": "1/10:1:1/10", "resolution": "32:96:32"}),
        ("efficientnet", {"alpha": "3/10:2:1/5", "resolution": "40:100:20"}),
        ("vgg", {"resolution": "16:48:1"}),
        ("resnet", {"depth": None, "resolution": "32:64:32"}),
        ("shufflenet_v1", {"groups": None}),
        ("densenet", {"growth": "8:32:8", "resolution": "64:128:32"}),
    ],
)
def test_every_figure_is_that_of_the_network(name, over):
    every_point(sweep(name, over, metrics=("mult_adds", "params", "output_elements")))


def test_one_processor_and_several_give_the_same(monkeypatch):
    monkeypatch.setattr(space, "BLOCK", 64)
    monkeypatch.setattr(kernel, "BLOCK", 64)
    over = {"alpha": "1/50:2:1/50", "resolution": "16:256:16"}
    one, several = (sweep("mobilenet_v1", over, threads=n) for n in (1, 3))
    assert np.array_equal(one.figures, several.figures)
    assert one.extents == several.extents
    assert one.missing == several.missing == 16
    front = [
        sweep("mobilenet_v1", over, threads=n, where="mult_adds >= 20M", pareto="mult_adds,params") for n in (1, 3)
    ]
    assert list(front[0]) == list(front[1])
    assert len(front[0]) == 3


WIRED = """\
convcost: 1
name: t
hyperparameters: {a: {default: 4, range: [1, 64]}, n: {default: 2, range: [1, 6]}}
input: [4, 12, 12]
layers:
  - {conv: {kernel: 1, out: a}, if: a > 20}
  - {conv: {kernel: 3, out: 'max(6, a)', groups: 2}, if: a % 2 == 0}
  - {repeat: n, conv: {kernel: 3, out: a, padding: 1}}
"""


@pytest.mark.parametrize("names", ["an", "na"])
def test_wiring_and_structure_are_followed(names):
    values = {"a": "1:40:1", "n": "1:6:1"}
    result = sweep(loads(WIRED), {name: values[name] for name in names})
    every_point(result)
    assert len({p.figures["params"] for p in result}) > 200


def test_what_has_no_network_is_told():
    result = sweep("vgg", {"resolution": "16:48:1"})
    assert (result.count, result.missing, result.reason.code) == (33, 16, "E404")
    nothing = sweep("vgg", {"resolution": "8:31:1"})
    assert (len(nothing), nothing.missing, nothing.extents) == (0, 24, {})


def test_conditions():
    result = sweep(
        "mobilenet_v1",
        {"alpha": "1/32:1", "resolution": "96:256"},
        where=["mult_adds <= 150M and not params > 2e6", "alpha * 224 >= resolution / 2 or resolution == 96"],
    )
    model, expected = load("mobilenet_v1"), []
    for units, resolution in itertools.product(range(1, 33), range(96, 257, 32)):
        alpha = Fraction(units, 32)
        found = built(model, {"alpha": alpha, "resolution": resolution}, ("mult_adds", "params"))
        if (
            found["mult_adds"] <= 150_000_000
            and found["params"] <= 2_000_000
            and (alpha * 224 >= Fraction(resolution, 2) or resolution == 96)
        ):
            expected.append({"alpha": alpha, "resolution": resolution})
    assert [dict(p.values) for p in result] == expected
    assert result.within == len(expected)


def test_conditions_know_metrics_that_are_not_shown_and_values_that_do_not_vary():
    result = sweep(
        "mobilenet_v1@resolution=128",
        {"alpha": None},
        metrics=["params"],
        where="mult_adds < 100M and resolution < 130",
    )
    assert [str(p.values["alpha"]) for p in result] == ["1/2", "1/4"]
    assert list(result[0].figures) == ["params"]


def test_fronts_and_tops_are_those_of_all_points():
    over = {"alpha": "1/32:1", "resolution": "96:256"}
    rows = [p for p in sweep("mobilenet_v1", over) if p.figures["mult_adds"] >= 60_000_000]

    def dominated(p):
        return any(
            q is not p and all(q.figures[m] <= p.figures[m] for m in q.figures) and q.figures != p.figures for q in rows
        )

    front = sweep("mobilenet_v1", over, where="mult_adds >= 60M", pareto="mult_adds, params")
    assert list(front) == [p for p in sorted(rows, key=lambda p: p.figures["mult_adds"]) if not dominated(p)]
    large = sweep("mobilenet_v1", over, where="mult_adds <= 150M", pareto=["alpha:max", "resolution:max"])
    values = [(p.values["alpha"], p.values["resolution"]) for p in large]
    assert values == sorted(values, reverse=True)
    assert (Fraction(1, 2), 224) in values
    top = sweep("mobilenet_v1", over, top=3, where="mult_adds <= 150M")
    within = sorted(
        (p.figures["mult_adds"] for p in sweep("mobilenet_v1", over) if p.figures["mult_adds"] <= 15e7), reverse=True
    )
    assert [p.figures["mult_adds"] for p in top] == within[:3]


def test_points_as_they_come():
    chance = random.Random(5)
    model = load("mobilenet_v1")
    points = {
        "alpha": [Fraction(chance.randint(8, 100), 100) for _ in range(60)],
        "resolution": [chance.randint(32, 300) for _ in range(60)],
    }
    result = sweep(model, points=points)
    assert len(result) == 60
    for i, p in enumerate(result):
        assert dict(p.values) == {name: column[i] for name, column in points.items()}
        assert dict(p.figures) == built(model, p.values, result.metrics)
    arrays = {
        name: np.array([int(v * (100 if name == "alpha" else 1)) for v in column]) for name, column in points.items()
    }
    again = sweep(model, points=arrays, units={"alpha": "1/100"})
    assert np.array_equal(again.figures, result.figures)
    some = sweep(model, points=points, where="alpha > 1/2", top=5)
    assert len(some) == 5
    assert all(p.values["alpha"] > Fraction(1, 2) for p in some)
    assert [str(a) for a in some.array("alpha")] == [str(p.values["alpha"]) for p in some]


def test_points_with_a_structure():
    points = {"depth": [18, 50, 18, 34], "resolution": [64, 96, 128, 224]}
    result = sweep("resnet", points=points)
    for i, p in enumerate(result):
        assert dict(p.values) == {name: column[i] for name, column in points.items()}
        assert dict(p.figures) == built(load("resnet"), p.values, result.metrics)


def test_presets_are_swept():
    result = sweep("efficientnet", {"preset": None}, metrics="params")
    assert [p.values["preset"] for p in result] == [f"b{i}" for i in range(8)]
    assert [p.figures["params"] for p in result] == [
        load(f"efficientnet:b{i}").analyze().total("params") for i in range(8)
    ]
    both = sweep("efficientnet", {"preset": "b1,b0", "classes": "10,100"})
    assert [tuple(p.values.values()) for p in both] == [("b1", 10), ("b1", 100), ("b0", 10), ("b0", 100)]
    for row, p in enumerate(both):
        model = both.model_at(row)
        assert model.values["classes"] == p.values["classes"]
        assert {m: model.analyze().total(m) for m in both.metrics} == p.figures
    assert both.model_at(0).values["depth"] != both.model_at(2).values["depth"]


def test_without_formulas_networks_are_built(monkeypatch):
    def nothing(*_):
        raise ConvcostError("E611", "no closed form")

    over = {"alpha": "1/8:1:1/8", "resolution": "32:128:32"}
    expected = sweep("mobilenet_v1", over)
    monkeypatch.setattr(part, "wiring", nothing)
    monkeypatch.setattr("convcost.studies.sweep.parts.wiring", nothing)
    assert np.array_equal(sweep("mobilenet_v1", over).figures, expected.figures)
    monkeypatch.setattr(part, "MOST_NETWORKS", 5)
    with pytest.raises(UsageError, match="E845 more than 5 networks would have to be built"):
        sweep("mobilenet_v1", over)


def test_summary_keeps_no_points():
    over = {"alpha": "1/100:1:1/100", "resolution": "32:224:32"}
    every, none = sweep("mobilenet_v1", over), sweep("mobilenet_v1", over, keep=False)
    assert (len(none), none.kept, none.within) == (0, "none", every.within)
    assert none.extents == every.extents
    assert every.extents["params"].least == int(every.array("params").min())


def test_elasticities_are_those_of_the_formula():
    result = sweep("mobilenet_v1", {"alpha": "1/4,1", "resolution": "224"})
    found = elasticities(result)
    formula = convcost.formula("mobilenet_v1", "params")
    (alpha, _) = formula.behaviour
    assert found["params"]["alpha"][1] == alpha.elasticity
    assert found["params"]["resolution"] == [0, 0]
    doubled = elasticities(sweep("resnet", {"depth": "18,34", "resolution": "64"}))
    assert doubled["params"]["depth"] == [None, None]
    assert Fraction(19, 10) < doubled["mult_adds"]["resolution"][0] < 2


def test_pandas_and_arrays():
    result = sweep("mobilenet_v1", {"alpha": None, "resolution": "224"})
    frame = result.to_pandas()
    assert list(frame.columns) == ["alpha", "resolution", "mult_adds", "params"]
    assert frame["mult_adds"].tolist() == [p.figures["mult_adds"] for p in result]
    assert frame["alpha"].tolist() == [1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)]
    assert result.array("params").dtype == np.int64
    with pytest.raises(KeyError):
        result.array("flops")
    with pytest.raises(IndexError):
        result[4]
    assert result[-1] == result[3]


def test_progress_is_told():
    done = []
    sweep(
        "mobilenet_v1",
        {"alpha": "1/4:1:1/100", "resolution": "32:224:32"},
        progress=lambda n, total: done.append((n, total)),
    )
    assert sum(n for n, _ in done) == 76 * 7
    assert {total for _, total in done} == {76 * 7}


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({}, "E840 a sweep is over a grid or over points (--over NAME=VALUES)"),
        ({"aplha": "1"}, "E014 mobilenet_v1 has no hyperparameter 'aplha' (did you mean 'alpha'?)"),
        (
            {"alpha": "1:2:3:4"},
            "E841 '1:2:3:4' is no range of alpha (write alpha=0.25:1:1/32 (first, last, step), alpha=0.5,0.75,1, or alpha for its published values)",
        ),
        ({"alpha": "1:1/2"}, "E841 the range of alpha ends at 1/2, before it begins at 1"),
        ({"alpha": "1/2:1:0"}, "E841 the step of alpha is positive, not 0"),
        ({"alpha": "1/2:1:x"}, "E015 the step of alpha"),
        ({"alpha": "0:1:1/8"}, "E008 alpha is positive, not 0"),
        ({"alpha": [1, "1/2", 1]}, "E841 alpha = 1 is listed twice"),
        ({"alpha": "-1,2"}, "E008 alpha is positive, not -1"),
        ({"alpha": ""}, "E015"),
        ({"resolution": "100.5"}, "E008 resolution is a whole number, not 201/2"),
        ({"resolution": "32:64:1/2"}, "E008 resolution is a whole number, and the step of its values is 1/2"),
        (
            {"alpha": "1:9999999999:1/32"},
            "E842 319,999,999,937 values of alpha; at most 2,147,483,648 can be swept over",
        ),
        ({"preset": None}, "E841 mobilenet_v1 has no presets"),
    ],
)
def test_wrong_axes(over, message):
    with pytest.raises(ConvcostError) as caught:
        sweep("mobilenet_v1", over)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metrics": ["flops"]}, "E012 unknown metric 'flops'"),
        ({"metrics": []}, "E012 no metric to sweep"),
        ({"where": "mult_adds"}, "E843 'mult_adds' is not a condition on a sweep"),
        ({"where": "multadds < 3"}, "E012 unknown metric 'multadds'"),
        ({"where": "max(alpha, 1) < 3"}, "E843 'max(alpha, 1) < 3' is not a condition on a sweep"),
        ({"where": "alpha ** 2 < 3"}, "E843 'alpha ** 2 < 3' is not a condition on a sweep"),
        ({"where": "1 / alpha < 3"}, "E843 '1 / alpha < 3' is not a condition on a sweep"),
        ({"where": "alpha < "}, "--where:1:"),
        ({"where": "alpha < 1 if alpha else 2"}, "E843"),
        ({"pareto": "params", "top": 3}, "E848 a front has no top"),
        ({"top": 0}, "E848 the top of a sweep are from 1 to"),
        (
            {"over": {"alpha": "1/1000000:9:1/1000000", "resolution": "32:64"}},
            "E847 a sweep of 18,000,000 points; the figures of at most 1,000,000 are kept",
        ),
        (
            {"over": {"alpha": "1:2000000000:1", "resolution": "1:2000000000:1"}},
            "E842 4,000,000,000,000,000,000 points are too many",
        ),
    ],
)
def test_wrong_questions(arguments, message, monkeypatch):
    monkeypatch.setattr(MODULE, "MOST_KEPT", 1_000_000)
    with pytest.raises(ConvcostError) as caught:
        sweep("mobilenet_v1", **{"over": {"alpha": "1/4,1/2"}, **arguments})
    assert str(caught.value).startswith(message)


def test_each_name_that_a_condition_can_have_is_told_once():
    with pytest.raises(UsageError) as caught:
        sweep("mobilenet_v1", {"alpha": None}, where="foo < 3")
    assert str(caught.value).endswith("tanh, erf, abs, round, alpha, resolution, classes)")


def test_bound_hyperparameters_are_not_swept():
    with pytest.raises(UsageError, match="E840 alpha is bound to 1/2 and cannot be swept over"):
        sweep("mobilenet_v1@alpha=1/2", {"alpha": None})
    with pytest.raises(UsageError, match="E840 the preset b0 binds resolution, which is swept over, too"):
        sweep("efficientnet", {"preset": None, "resolution": "224"})
    with pytest.raises(UsageError, match="E006 efficientnet has no preset 'b9'"):
        sweep("efficientnet", {"preset": "b9"})


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (
            {"alpha": [1, 2], "resolution": [32]},
            "E841 points have a value of each hyperparameter: 2 of alpha, 1 of resolution",
        ),
        ({"alpha": []}, "E841 there are no points of alpha"),
        ({}, "E840 no points to sweep over"),
        ({"beta": [1]}, "E014"),
        ({"alpha": np.array([0.5])}, "E841 the points of alpha are no array of whole numbers"),
        ({"resolution": np.array([0, 5])}, "E008 resolution is positive, not 0"),
        ({"resolution": ["x"]}, "E015"),
    ],
)
def test_wrong_points(points, message):
    with pytest.raises(UsageError) as caught:
        sweep("mobilenet_v1", points=points)
    assert str(caught.value).startswith(message)


def test_figures_beyond_64_bits_are_refused():
    text = (
        HEAD
        + "hyperparameters: {a: {default: 4, multiple_of: 1}}\ninput: [4, 8, 8]\nlayers: [{conv: {kernel: 1, out: 1000000*a}}, {conv: {kernel: 1, out: 1000000*a}}]\n"
    )
    every_point(sweep(loads(text), {"a": "1:30:1"}))
    with pytest.raises(UsageError, match="E844 a figure is beyond 64 bits"):
        sweep(loads(text), {"a": "1000000:1000030:1"})


@pytest.mark.full
def test_ten_thousand_of_ten_million_points():
    """A sample of a large sweep, by the report's own way."""
    chance = random.Random(11)
    model = load("mobilenet_v1")
    count = 10_000_000
    rng = np.random.default_rng(1)
    points = {"alpha": rng.integers(32, 2001, count), "resolution": rng.integers(1, 513, count)}
    result = sweep(model, points=points, units={"alpha": Fraction(1, 1000)})
    assert len(result) == count
    for i in chance.sample(range(count), 10_000):
        point = result[i]
        assert dict(point.figures) == built(model, point.values, result.metrics)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mobilenet_v3", "nasnet_a", "inception_v1", "convnext"])
def test_other_networks(name):
    model = load(name)
    free = [v for v in model.variables() if v.name == "resolution" or v.multiple_of]
    over = {
        v.name: [v.default, v.default + (v.multiple_of or 1), v.default + 3 * (v.multiple_of or 1)] for v in free[:2]
    }
    every_point(sweep(model, over))


@pytest.mark.parametrize("values", ["1/4,1/2", "1/32:1:1/32"])
def test_conditions_on_few_and_on_many_points_are_one(values):
    found = sweep(
        "mobilenet_v1", {"alpha": values}, where="not (mult_adds * mult_adds > params * 10000M) or alpha == 1/2"
    )
    alphas = [Fraction(point.values["alpha"]) for point in found]
    expected = [p.values["alpha"] for p in sweep("mobilenet_v1", {"alpha": values})
                if p.figures["mult_adds"] ** 2 <= p.figures["params"] * 10**10 or p.values["alpha"] == Fraction(1, 2)]  # fmt: skip
    assert alphas == expected
    assert Fraction(1, 2) in alphas


def test_points_without_a_network_for_which_no_formula_holds():
    """At α = 1/2 channels cannot be divided, and what is derived there does not hold there."""
    found = sweep("mixnet", {"alpha": "1/2,1", "resolution": "32:160"}, metrics=["params"], threads=1)
    assert (found.count, len(found), found.missing) == (10, 5, 5)
    assert set(found.array("params")) == {4_134_606}
