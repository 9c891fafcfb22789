"""Budgets and shares as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.budgets.figures import assignments, growths, limit, limits, metric_named, share
from convcost.budgets.records import Growth
from convcost.errors import UsageError

METRICS = ("mult_adds", "params", "output_elements", "mul")


def refusal(call, *arguments, **more):
    with pytest.raises(UsageError) as caught:
        call(*arguments, **more)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("600 M", 600_000_000),
        ("600M", 600_000_000),
        ("4.3M", 4_300_000),
        ("0.1 k", 100),
        ("1.15 G", 1_150_000_000),
        ("4,231,976", 4_231_976),
        (" 4 231 976 ", 4_231_976),
        ("1.9", 1),
        ("0", 0),
        (17, 17),
        (Fraction(7, 2), 3),
    ],
)
def test_a_budget_is_read_exactly(written, count):
    assert limit(written, "params") == count


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("", "write 600 M, 4.3M or 4,300,000"),
        ("many", "write 600 M, 4.3M or 4,300,000"),
        ("-1", "write 600 M, 4.3M or 4,300,000"),
        ("6e8", "write 600 M, 4.3M or 4,300,000"),
        ("600 MB", "write 600 M, 4.3M or 4,300,000"),
        ("4,30", "write 600 M, 4.3M or 4,300,000"),
        ("9" * 41, "write 600 M, 4.3M or 4,300,000"),
        (4.3, "write 600 M, 4.3M or 4,300,000"),
        (True, "write 600 M, 4.3M or 4,300,000"),
        (-1, "write 600 M, 4.3M or 4,300,000"),
        ("2%", "a share is for --max-growth; write 600 M, 4.3M or 4,300,000"),
        ("64 KiB", "counts have no units of memory; write 600 M, 4.3M or 4,300,000"),
    ],
)
def test_what_is_not_a_budget(written, hint):
    shown = str(written)
    assert refusal(limit, written, "params") == f"E811 '{shown}' is not a budget for params ({hint})"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2%", Fraction(1, 50)),
        ("2 %", Fraction(1, 50)),
        ("0.5%", Fraction(1, 200)),
        ("0%", 0),
        ("150%", Fraction(3, 2)),
        (Fraction(1, 3), Fraction(1, 3)),
        (0, 0),
    ],
)
def test_a_share_is_read_exactly(written, value):
    assert share(written) == value


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("2", "write 2%"),
        ("0.02", "write 0.02%"),
        ("-2%", "write 2% or 0.5%"),
        ("%", "write 2% or 0.5%"),
        ("2%%", "write 2% or 0.5%"),
        ("2 M%", "write 2% or 0.5%"),
        ("two %", "write 2% or 0.5%"),
        (0.02, "write 2% or 0.5%"),
        (Fraction(-1, 50), "write 2% or 0.5%"),
    ],
)
def test_what_is_not_a_share(written, hint):
    assert refusal(share, written) == f"E812 '{written}' is not a share by which a metric may grow ({hint})"


def test_growth_is_exact_where_a_float_is_not():
    before = 3 * 10**17 + 1
    assert Growth("params", Fraction(1, 3), "").limit(before) == before + 10**17
    assert Growth("params", Fraction(1, 10), "").limit(10**20 + 9) == 11 * 10**19 + 9
    assert Growth("params", Fraction(1, 50), "").limit(0) == 0


def test_metrics():
    assert metric_named(" mult-adds ", METRICS) == "mult_adds"
    assert refusal(metric_named, "parms", METRICS) == "E012 unknown metric 'parms' (did you mean 'params'?)"
    assert refusal(metric_named, "FLOPs", METRICS) == "E012 unknown metric 'FLOPs' (did you mean 'mult_adds'?)"
    assert refusal(metric_named, "zzz", METRICS) == (
        "E012 unknown metric 'zzz' (one of mult_adds, params, output_elements, mul)"
    )


def test_records():
    (budget,) = limits({"mult-adds": "600 M"}, METRICS, "--max")
    assert (budget.metric, budget.limit, budget.written, budget.source) == ("mult_adds", 600_000_000, "600 M", "--max")
    every, one = growths({"": "2%", "params": "1%"}, METRICS)
    assert (every.metric, every.share, one.metric, one.share) == ("", Fraction(1, 50), "params", Fraction(1, 100))


def test_assignments():
    assert assignments(["mult-adds=600M", "params = 4.3M"], "--max") == {"mult_adds": "600M", "params": "4.3M"}
    assert assignments(["2%", "params=1%"], "--max-growth", bare=True) == {"": "2%", "params": "1%"}


@pytest.mark.parametrize("text", ["params", "params=", "=4M", "", "600M"])
def test_what_is_no_assignment(text):
    assert refusal(assignments, [text], "--max") == f"E811 --max takes METRIC=VALUE, such as params=4.3M, not '{text}'"


def test_an_assignment_given_twice():
    assert refusal(assignments, ["mult-adds=1", "mult_adds=2"], "--max") == "E814 --max says 'mult_adds' twice"
    assert refusal(assignments, ["1%", "2%"], "--max-growth", bare=True) == (
        "E814 --max-growth says two shares for all metrics"
    )
