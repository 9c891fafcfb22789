"""Inverse problems: the same answers as looking at every network, with certificates that are true."""

import itertools
import random
from fractions import Fraction
from functools import cache

import pytest

import convcost
from convcost import ConvcostError, UsageError, load, loads, solve
from convcost.studies.solve import costs, search

GUARDED = """\
convcost: 1
name: t
hyperparameters: {a: {default: 4, range: [1, 40]}, n: {default: 2, range: [1, 5]}}
input: [4, 12, 12]
layers:
  - {conv: {kernel: 5, out: a}, if: a < 15}
  - {conv: {kernel: 3, out: 'max(6, a)', groups: 2}, if: a % 2 == 0}
  - {repeat: n, conv: {kernel: 3, out: a, padding: 1}}
"""
"""Costs that jump down where a rises, and structure."""


def figures(model, values, metrics):
    try:
        analysis = model.with_values(**values).analyze()
    except ConvcostError:
        return None
    return tuple(analysis.total(metric) for metric in metrics)


def table(model, axes, metrics):
    """Return what every network of a grid costs; those that there are."""
    found = {}
    for at in itertools.product(*axes.values()):
        value = figures(model, dict(zip(axes, at, strict=True)), metrics)
        if value is not None:
            found[at] = value
    return found


def maximal(networks, limits):
    """Return the points within limits that no other such point is above."""
    within = [at for at, value in networks.items() if all(v <= m for v, m in zip(value, limits, strict=True))]
    return {p for p in within if not any(q != p and all(a >= b for a, b in zip(q, p, strict=True)) for q in within)}


def check_certificates(solved):
    """Every solution is within its budgets and really costs so; the next value of each hyperparameter is not."""
    model = solved.model
    for solution in solved.solutions:
        assert not solution.broken(solved.budgets)
        for configuration in (solution, *filter(None, solution.nexts.values())):
            analysis = model.with_values(**configuration.values).analyze(solved.convention)
            assert dict(configuration.figures) == {m: analysis.total(m) for m in configuration.figures}
        for name, step in solution.nexts.items():
            if step is not None:
                assert step.broken(solved.budgets)
                assert step.values[name] > solution.values[name]
                assert {**step.values, name: 0} == {**solution.values, name: 0}


def test_mobilenet_under_150_million():
    found = solve("mobilenet_v1@resolution=224", "alpha", "mult_adds <= 150M")
    check_certificates(found)
    assert found.best.values == {"alpha": Fraction(16, 32)}
    assert found.best.nexts["alpha"].figures == {"mult_adds": 167_797_072}
    (bound,) = found.bounds
    assert bound.root == Fraction(50088, 100_000)
    assert not bound.exact
    root = bound.formula
    assert (root.rest, root.divisor, str(root.radicand)) == (-57125, 2107392, "8232*B + 3263265625")
    assert not found.tried


def test_the_formula_is_the_inverse():
    """At every budget that some width uses up the formula gives that width."""
    found = solve("mobilenet_v1", "alpha", "params <= 1M")
    root = found.bounds[0].formula
    (budget,) = root.radicand.free_symbols
    for units in range(1, 60):
        alpha = Fraction(units, 32)
        params = load("mobilenet_v1", alpha=alpha).analyze().total("params")
        from sympy import sqrt

        assert (sqrt(root.radicand.subs(budget, params)) + root.rest) / root.divisor == alpha
        again = solve("mobilenet_v1", "alpha", {"params": params})
        assert again.best.values["alpha"] == again.bounds[0].root == alpha
        assert again.bounds[0].exact
        less = solve("mobilenet_v1", "alpha", {"params": params - 1})
        assert (less.best.values["alpha"] if less.best else 0) == alpha - Fraction(1, 32)


@pytest.mark.parametrize("seed", range(20))
def test_costs_that_fall_and_structure(seed):
    chance = random.Random(seed)
    model = loads(GUARDED)
    networks = guarded_table()
    limit = chance.choice(sorted(value[0] for value in networks.values())) + chance.randint(-3, 3)
    found = solve(model, ["a", "n"], {"mult_adds": limit})
    check_certificates(found)
    assert {(s.values["a"], s.values["n"]) for s in found.solutions} == maximal(networks, [limit])
    assert found.tried
    single = solve(model.with_values(n=2), "a", {"mult_adds": limit})
    best = max((a for (a, n), value in networks.items() if n == 2 and value[0] <= limit), default=None)
    assert (single.best.values["a"] if single.best else None) == best


@cache
def guarded_table():
    return table(loads(GUARDED), {"a": range(1, 41), "n": range(1, 6)}, ["mult_adds"])


def test_several_budgets_and_hyperparameters():
    model = load("mobilenet_v1")
    axes = {"alpha": [Fraction(n, 32) for n in range(1, 65)], "resolution": range(32, 257, 32)}
    networks = table(model, axes, ["mult_adds", "params"])
    chance = random.Random(1)
    for _ in range(12):
        limits = [value * chance.randint(9, 12) // 10 for value in chance.choice(list(networks.values()))]
        found = solve(
            model,
            ["alpha", "resolution"],
            {"mult_adds": limits[0], "params": limits[1]},
            ranges={"alpha": ("1/32", 2), "resolution": (32, 256)},
        )
        check_certificates(found)
        assert {tuple(s.values.values()) for s in found.solutions} == maximal(networks, limits)
        order = [s.figures["mult_adds"] for s in found.solutions]
        assert order == sorted(order, reverse=True)


def test_what_is_maximised_orders_the_front():
    found = solve(
        "mobilenet_v1",
        ["alpha", "resolution"],
        "mult_adds <= 150M",
        ranges={"resolution": (96, 256)},
        maximize="resolution",
    )
    order = [s.values["resolution"] for s in found.solutions]
    assert order == sorted(order, reverse=True)
    other = solve("mobilenet_v1", "alpha", "mult_adds <= 150M", maximize="params")
    assert set(other.best.figures) == {"mult_adds", "params"}


def test_nothing_is_within():
    found = solve("mobilenet_v1", "alpha", "mult_adds <= 1M")
    assert not found.feasible
    assert found.best is None
    assert found.smallest.values == {"alpha": Fraction(1, 32)}
    assert found.smallest.headroom(found.budgets[0]) == 1_000_000 - 1_440_848
    assert found.bounds[0].root < Fraction(1, 32)


def test_published_values_only():
    found = solve("mobilenet_v1", "alpha", "mult_adds <= 400M", choices=True)
    assert found.best.values["alpha"] == Fraction(3, 4)
    assert found.best.nexts["alpha"].values["alpha"] == 1
    depth = solve("resnet", "depth", "params <= 26M")
    assert depth.best.values["depth"] == 50
    check_certificates(depth)


def test_a_value_without_a_network_is_passed_over():
    model = loads(
        "convcost: 1\nname: t\nhyperparameters: {g: {default: 1, range: [1, 12]}}\ninput: [12, 4, 4]\n"
        "layers: [{conv: {kernel: 1, out: 12*g, groups: g}}]\n"
    )
    found = solve(model, "g", {"params": 700})
    assert found.best.values["g"] == 12
    assert found.best.nexts["g"] is None
    text = str([(s.values["g"], s.reason[:4]) for s in found.skipped])
    assert all(12 % s.values["g"] for s in found.skipped), text


@pytest.mark.parametrize(
    ("names", "budgets", "more", "message"),
    [
        ([], "params <= 1M", {}, "E822 no hyperparameter to solve for (--for NAME, one of alpha, resolution, classes)"),
        ("aplha", "params <= 1M", {}, "E014 mobilenet_v1 has no hyperparameter 'aplha' (did you mean 'alpha'?)"),
        (["alpha", "alpha"], "params <= 1M", {}, "E822 alpha is to be solved for twice"),
        ("alpha", [], {}, "E820 no budget to keep within (write METRIC <= FIGURE, such as 'mult_adds <= 150M')"),
        ("alpha", "params", {}, "E820 'params' is not understood as a budget"),
        (
            "alpha",
            "params >= 1M",
            {},
            "E820 'params >= 1M' is not understood as a budget (a budget is the most that a metric",
        ),
        ("alpha", "params <= ", {}, "E820"),
        ("alpha", "params << 3", {}, "E820"),
        ("alpha", "flops <= 1M", {}, "E012 unknown metric 'flops' (did you mean 'mult_adds'?)"),
        ("alpha", "params <= lots", {}, "E811 'lots' is not a budget for params"),
        ("alpha", "params <= 0", {}, "E821 a budget of 0 for params leaves nothing (budgets are positive)"),
        ("alpha", "params <= -5", {}, "E821"),
        ("alpha", ["params <= 1M", "params <= 2M"], {}, "E814 params has two budgets (give the smaller one)"),
        ("alpha", "params <= 1M", {"steps": 0}, "E823 the step of alpha is positive, not 0"),
        ("alpha", "params <= 1M", {"steps": "x"}, "E015"),
        (
            ["alpha", "resolution"],
            "params <= 1M",
            {"steps": 1},
            "E823 a step for several hyperparameters (write alpha=1)",
        ),
        (
            "alpha",
            "params <= 1M",
            {"ranges": {"": ("1/4", 1), "alpha": ("1/8", 2)}},
            "E823 alpha has two ranges (give one, with the name or without it)",
        ),
        ("alpha", "params <= 1M", {"steps": {"alpha": "1/64", "": "1/32"}}, "E823 alpha has two steps"),
        (
            "alpha",
            "params <= 1M",
            {"steps": "1/64", "choices": True},
            "E823 the published values of alpha, and multiples of 1/64, too (give --choices or --step)",
        ),
        (
            "alpha",
            "params <= 1M",
            {"ranges": {"alpha": (2, 1)}},
            "E823 the range of alpha ends at 1, before it begins at 2",
        ),
        ("alpha", "params <= 1M", {"ranges": {"alpha": ("1/1000", "1/999")}}, "E823 no multiple of 1/32 is between"),
        (
            "alpha",
            "params <= 1M",
            {"ranges": {"classes": (1, 5)}},
            "E822 classes is not solved for, and needs no step or range",
        ),
        ("resolution", "params <= 5M", {}, "E824 no budget limits resolution: the costs do not depend on it"),
        (
            "resolution",
            "params <= 5M",
            {"steps": "1/2"},
            "E823 resolution is a whole number, and so is its step, not 1/2",
        ),
        ("alpha", "params <= 1M", {"maximize": "size"}, "E012"),
        (["alpha", "resolution"], "params <= 1e9", {}, "E811"),
        (["alpha", "resolution"], "mult_adds <= 100000B", {"steps": {"resolution": 1}}, "E825"),
    ],
)
def test_wrong_questions(names, budgets, more, message):
    with pytest.raises(ConvcostError) as caught:
        solve("mobilenet_v1", names, budgets, **more)
    assert str(caught.value).startswith(message)


def test_steps_so_small_that_the_first_values_have_no_network():
    found = solve("mobilenet_v1", "alpha", "params <= 1M", steps="1/1000000")
    check_certificates(found)
    assert found.best.values["alpha"] == Fraction(416_992, 1_000_000)
    assert found.smallest.values["alpha"] == Fraction(1, 32)


def test_bound_hyperparameters_are_not_solved_for():
    with pytest.raises(UsageError, match="E822 alpha is bound to 1/2 and cannot be solved for"):
        solve("mobilenet_v1@alpha=1/2", "alpha", "params <= 1M")


def test_no_network_at_all():
    text = "convcost: 1\nname: t\nhyperparameters: {k: {default: 1, range: [1, 9]}}\ninput: [4, 12, 12]\nlayers: [{conv: {kernel: 2*k + 20, out: 8}}]\n"
    with pytest.raises(UsageError, match="E827 no network can be built for any admissible value that was tried"):
        solve(loads(text), "k", "params <= 1M")


# mistakes that are planted and found


def test_a_horizon_that_is_too_near_shows(monkeypatch):
    monkeypatch.setattr(search, "HORIZON", 1)
    monkeypatch.setattr(search.Search, "_built_within", lambda self, point: False)
    model = loads(GUARDED.replace("range: [1, 40]}", "multiple_of: 1}"))
    networks = guarded_table()
    wrong = 0
    for limit in sorted(value[0] for value in networks.values())[::9]:
        found = solve(model.with_values(n=1), "a", {"mult_adds": limit})
        best = max((a for (a, n), value in networks.items() if n == 1 and value[0] <= limit), default=None)
        wrong += (found.best.values["a"] if found.best else None) != best
    assert wrong


def test_a_wrong_formula_shows(monkeypatch):
    monkeypatch.setattr(costs.Formulas, "at", lambda self, point: (0,))
    with pytest.raises((AssertionError, UsageError)):
        test_mobilenet_under_150_million()


def test_formulas_that_are_taken_where_they_do_not_hold_show(monkeypatch):
    monkeypatch.setattr(costs.Formulas, "holds", lambda self, point: True)
    wrong = 0
    for seed in range(20):
        try:
            test_costs_that_fall_and_structure(seed)
        except AssertionError:
            wrong += 1
    assert wrong > 10


def test_a_step_too_far_shows(monkeypatch):
    original = search.Search._downwards

    def beyond(self, before, horizon):
        for point in original(self, before, horizon):
            yield tuple(n + 1 for n in point)

    monkeypatch.setattr(search.Search, "_downwards", beyond)
    with pytest.raises(AssertionError):
        test_mobilenet_under_150_million()


NETWORKS = {
    "mobilenet_v1": "mult_adds",
    "mobilenet_v2": "mult_adds",
    "efficientnet": "params",
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name == "mobilenet_v1" else pytest.mark.full) for name in NETWORKS],
)
def test_five_hundred_budgets_agree_with_brute_force(name):
    """Every α in 1/64 ... 2 and R in 32 ... 512: budgets drawn at random, and those that some network just uses up."""
    model = load(name)
    alphas, resolutions = [Fraction(n, 64) for n in range(1, 129)], range(32, 513, 32)
    networks = table(model, {"alpha": alphas, "resolution": resolutions}, ["mult_adds", "params"])
    chance = random.Random(name)
    exact = convcost.studies.solve
    known = {}
    agreed = 0
    for trial in range(500):
        metric = chance.choice(["mult_adds", "params"])
        i = ["mult_adds", "params"].index(metric)
        limit = chance.choice(list(networks.values()))[i] + chance.choice(
            [-1, 0, 0, 1, chance.randint(-(10**6), 10**6)]
        )
        if limit <= 0:
            limit = 1
        if trial % 5 == 0:  # both
            ranges = {"alpha": ("1/64", 2), "resolution": (32, 512)}
            key = (metric, "both")
            names, steps = ["alpha", "resolution"], {"alpha": Fraction(1, 64), "resolution": 32}
            fixed, expected = model, maximal_of(networks, i, limit)
        else:
            resolution = chance.choice(list(resolutions))
            ranges, names, steps = {"alpha": ("1/64", 2)}, ["alpha"], {"alpha": Fraction(1, 64)}
            key = (metric, resolution)
            fixed = model.with_values(resolution=resolution)
            best = max((a for (a, r), value in networks.items() if r == resolution and value[i] <= limit), default=None)
            expected = set() if best is None else {(best,)}
        if key not in known:
            axes = exact.axes_of(fixed, names, steps=steps, ranges=ranges)
            known[key] = exact.Costs(fixed, axes, [metric], convcost.CONVENTIONS["paper"])
        found = exact.solved(known[key], exact.budgets_of({metric: limit}), metric)
        answer = {tuple(s.values.values()) for s in found.solutions}
        assert answer == expected, (metric, limit, key)
        agreed += 1
    assert agreed == 500


def maximal_of(networks, i, limit):
    """Return the maximal points under one limit."""
    rows = {}
    for (alpha, resolution), value in networks.items():
        if value[i] <= limit:
            rows[resolution] = max(rows.get(resolution, Fraction(0)), alpha)
    front, best = set(), Fraction(0)
    for resolution in sorted(rows, reverse=True):
        if rows[resolution] > best:
            best = rows[resolution]
            front.add((best, resolution))
    return front
