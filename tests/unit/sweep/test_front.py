"""What is kept of points that stream by: the same as if all were looked at together."""

import random

import numpy as np
import pytest

from convcost import UsageError
from convcost.studies.sweep.collect import Block, Extremes, Front, Matching, Top
from convcost.studies.sweep.front import objectives, undominated


def brute(points):
    """Return the points that no other one is at least as good as, of equal ones the first."""
    kept = []
    for i, p in enumerate(points):
        dominated = any(
            all(x <= y for x, y in zip(q, p, strict=True)) and (q != p or j < i) for j, q in enumerate(points) if j != i
        )
        if not dominated:
            kept.append(i)
    return kept


def blocks(points, size):
    for begin in range(0, len(points), size):
        part = np.array(points[begin : begin + size], np.int64)
        yield Block(list(part.T), lambda places, begin=begin: places + begin, lambda axis: None)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(6))
def test_fronts_are_those_of_brute_force(width, seed):
    chance = random.Random(seed)
    points = [tuple(chance.randint(1, 12) for _ in range(width)) for _ in range(150)]
    assert sorted(undominated(np.array(points), np.arange(150)).tolist()) == brute(points)
    whole = Front(width, [(False, i, 1) for i in range(width)])
    for block in blocks(points, 20):
        part = whole.fresh()
        part.take(block)
        whole.merge(part)
    assert sorted(whole.numbers.tolist()) == brute(points)
    assert [tuple(row) for row in whole.figures.T[np.argsort(whole.numbers)]] == [points[i] for i in brute(points)]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_to_be_large_and_the_top(seed):
    chance = random.Random(seed)
    points = [(chance.randint(1, 30), chance.randint(1, 30)) for _ in range(200)]
    front, top, extremes, every = (
        Front(2, [(False, 0, -1), (False, 1, 1)]),
        Top(2, 7, (False, 0, 1)),
        Extremes(2),
        Matching(2),
    )
    for collector in (front, top, extremes, every):
        for block in blocks(points, 33):
            part = collector.fresh()
            part.take(block)
            collector.merge(part)
        collector.finish()
    assert sorted(front.numbers.tolist()) == brute([(-x, y) for x, y in points])
    assert top.numbers.tolist() == sorted(range(200), key=lambda i: (-points[i][0], i))[:7]
    assert extremes.count == 200
    for i in (0, 1):
        column = [p[i] for p in points]
        assert extremes.least[i] == (min(column), column.index(min(column)))
        assert extremes.most[i] == (max(column), column.index(max(column)))
    assert every.numbers.tolist() == list(range(200))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flops", "E846 'flops' is not an objective (one of params, alpha)"),
        ("params:least", "E846 'params:least' is not an objective (write params:min or params:max)"),
        ("params,params:max", "E846 params is an objective twice"),
        ("params,", "E846 '' is not an objective (one of params, alpha)"),
    ],
)
def test_what_is_no_objective(text, message):
    with pytest.raises(UsageError) as caught:
        objectives(text, ["params", "alpha"])
    assert str(caught.value) == message


def test_a_planted_mistake_in_the_pivots_shows(monkeypatch):
    monkeypatch.setattr(Front, "_promising", lambda self, costs: np.arange(len(costs[0]))[:5])
    with pytest.raises(AssertionError):
        test_fronts_are_those_of_brute_force(2, 0)
