"""What formulas take for granted, and where there is no network: exactly where building one fails."""

from fractions import Fraction

import pytest

from convcost import ConvcostError, load, loads
from convcost.graph.graph import compare
from convcost.symbols.floordiv import substitution

SHAPES = "convcost: 1\nname: t\nhyperparameters: {a: {default: 4, range: [1, 40]}}\ninput: [4, 12, 12]\n"


def holds(guards, values):
    at = substitution(values)
    return all(compare(at(g.left), g.relation, at(g.right)) == g.holds for g in guards)


@pytest.mark.parametrize(
    ("name", "free", "unit", "count"),
    [("mobilenet_v1", "alpha", Fraction(1, 100), 8), ("vgg", "resolution", 1, 40), ("alexnet", "resolution", 1, 80)],
)
def test_requirements_hold_exactly_where_a_network_can_be_built(name, free, unit, count):
    model = load(name)
    symbolic = model.symbolic([free], {free: unit})
    (symbol,) = [v.working()[0] for v in symbolic.variables]
    requirements = symbolic.requirements()
    seen = set()
    for units in range(1, count):
        try:
            assert model.with_values(**{free: units * unit}).graph
            possible = True
        except ConvcostError:
            possible = False
        assert (
            holds((*requirements, *symbolic.assumptions, *symbolic.analysis.graph.guards), {symbol: units}) == possible
        )
        seen.add(possible)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("layers", "possible"),
    [
        ("[{conv: {kernel: 3, out: 8, groups: a}}]", {1, 2, 4}),
        ("[{conv: {kernel: a, out: 8}}]", set(range(1, 13))),
        ("[{pad: {padding: 'a - 8'}}]", set(range(3, 41))),
        ("[{conv: {kernel: 1, out: 'a - 4'}}]", set(range(5, 41))),
        ("[{add: [[{conv: {kernel: 1, out: 6}}], [{conv: {kernel: 1, out: a}}]]}]", {1, 6}),  # one channel is repeated
    ],
)
def test_what_the_rules_take_for_granted_is_told(layers, possible):
    model = loads(SHAPES + f"layers: {layers}\n")
    symbolic = model.symbolic(["a"])
    (symbol,) = [v.working()[0] for v in symbolic.variables]
    guards = (*symbolic.requirements(), *symbolic.assumptions, *symbolic.analysis.graph.guards)
    assert {a for a in range(1, 41) if holds(guards, {symbol: a})} == possible


def test_what_is_possible_for_all_values_requires_nothing():
    symbolic = load("resnet").symbolic(["resolution"])
    assert symbolic.requirements() == symbolic.assumptions == ()
