"""The audit is asked about deviations that were planted, and about random numbers.

All of it takes minutes and is compared with the tables in the documentation; a fixed part of it is always run.
``pytest tests/audit --update-golden`` writes the part anew, and with ``-m full`` the tables.
"""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from planting.families import FAMILIES, derived, printed
from planting.measure import Bench, Null, Score, total
from planting.pages import FULL, Size, measured, steps, validation
from planting.plants import COMMON, KINDS, swapped

from convcost.studies.audit import Networks

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "audit.md"

SMALL = Size(planted=1, amid=1, random=20, tables=3, digits=(3, 4))
FEW = {"MobileNet v1": FAMILIES["MobileNet v1"][::5], "ResNet": FAMILIES["ResNet"][:2]}


def section(name: str, text: str, *, update: bool) -> str:
    """Return what stands between the marks of a section of the page; write it first, if that is wanted."""
    page = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name}: written by tests/audit -->\n\n)(.*?)(\n\n<!-- end of {name} -->)", re.DOTALL)
    if update:
        page = pattern.sub(lambda match: match[1] + text + match[3], page)
        PAGE.write_text(page, encoding="utf-8")
    found = pattern.search(page)
    assert found is not None
    return found[2]


def test_the_part_that_is_always_run(golden):
    results = measured(Bench(FEW), SMALL)
    golden("audit_validation.md", validation(results) + "\n")
    scores = [*results.alone.values(), *results.amid.values(), *results.common.values()]
    assert sum(score.planted for score in scores) > 150
    # nothing that takes more to say than what was planted is accepted, and what agrees stays reproduced
    assert sum(score.longer for score in scores) == 0
    assert sum(score.right for score in scores) > 50
    assert sum(score.lost for score in scores) == 0
    # four digits are enough for nearly everything
    score = total((results.alone[kind, 4] for kind in KINDS), Score())
    assert score.found >= 0.85 * score.planted
    score = total((results.common[kind, 4] for kind in COMMON), Score())
    assert score.found >= 0.9 * score.planted
    # random numbers are explained no oftener than is printed
    null = total(results.null.values(), Null())
    assert null.explained == null.at_most(Fraction(1, 10))
    assert 0 < null.explained <= 0.1 * len(null.odds)


@pytest.mark.full
def test_the_tables_of_the_documentation(request):
    text = validation(measured(Bench(), FULL))
    update = request.config.getoption("--update-golden")
    assert section("validation", text, update=update) == text, "pytest tests/audit -m full --update-golden"


def test_the_steps_of_the_documentation(request):
    text = steps()
    update = request.config.getoption("--update-golden")
    assert section("steps", text, update=update) == text, "pytest tests/audit --update-golden"


def test_there_are_hundreds_of_plantings():
    assert FULL.planted * len(FULL.digits) * len(KINDS) > 500


def test_cases_do_not_depend_on_each_other():
    first, second = Bench(FEW), Bench(FEW)
    first.common("no-classifier", 3, 7)
    assert first.alone("norm-2", 3, 0) == second.alone("norm-2", 3, 0)


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (568740352, 2, "0.57 B"),
        (568740352, 4, "568.7 M"),
        (999_960_000, 3, "1000 M"),
        (99_999, 2, "100 k"),
        (42, 2, "42"),
    ],
)
def test_numbers_are_printed_with_so_many_digits(number, digits, text):
    assert str(printed(Fraction(number), digits)) == text


def test_numbers_are_cut_where_that_is_wanted():
    assert str(printed(Fraction(568740352), 3, truncated=True)) == "568 M"


def test_two_digits_change_places_and_no_zero_comes_to_the_front():
    assert swapped("1.91") == {"1.19", "9.11"}
    assert swapped("1.04") == {"1.40"}
    assert swapped("22") == set()


def test_the_exact_number_is_the_derived_one():
    assert derived(Networks(), "mobilenet_v1@alpha=1,resolution=224", "mult_adds") == 568740352
