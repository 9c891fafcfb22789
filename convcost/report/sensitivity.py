"""Sensitivity as a table: what one per cent more costs in each part, and sentences on which part costs most."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convcost.report.cost import TITLES
from convcost.report.table import Column, Row, Section, Table
from convcost.studies.sensitivity import PLACES, Course, Part, Reign, Sensitivity
from convcost.units import decimal


def section(found: Sensitivity, by: str) -> Section:
    """Return a sensitivity as a section of a document on formulas."""
    formula = found.formula
    variables = formula.closed.variables
    name = TITLES.get(formula.metric, formula.metric)
    columns = (
        Column("name", by.capitalize(), "name"),
        Column(formula.metric, name),
        Column("share", "Share", "share"),
        *(Column("elasticity", v.letter, "elasticity", over="1 % more") for v in variables),
    )
    rows = tuple(_row(part, found.whole) for part in found.parts)
    at = ", ".join(f"{v.name}={v.default}" for v in variables)
    return Section(
        formula.metric,
        f"{name}: what 1 % more costs, by {by}, at {at}",
        Table(columns, rows, _row(found.whole, found.whole)),
        notes=tuple(map(sentence, found.courses)),
        data={"metric": formula.metric, "courses": [_data(course) for course in found.courses]},
    )


def _row(part: Part, whole: Part) -> Row:
    share = Fraction(part.value) / whole.value if part.value is not None and whole.value and part is not whole else None
    return Row((part.name, part.value, share, *(b.elasticity for b in part.behaviour)))


def sentence(course: Course) -> str:
    """Say which part costs most along a hyperparameter.

    >>> from convcost.cost.closed_form import Variable
    >>> alpha = Variable("alpha", "α", 1, False, Fraction(1, 32))
    >>> before = Reign("linear", Fraction(1, 32), Fraction(5, 16))
    >>> sentence(Course(alpha, (before, Reign("pointwise", Fraction(11, 32), None, Fraction("0.32713")))))
    'α: linear costs most for α ≤ 5/16, pointwise for α ≥ 11/32 (equal at 0.32713)'
    """
    letter, (start, *rest) = course.variable.letter, course.reigns
    limit = f"; looked at up to {course.until}" if course.until is not None else ""
    if not rest:
        every = "every value" if start.first is None else "every admissible value"
        return f"{letter}: {start.part} costs most for {every}{limit}"
    ending = f" for {letter} ≤ {start.last}" if start.last is not None else ""
    others = "".join(f", {reign.part} for {_where(reign, letter)}" for reign in rest)
    return f"{letter}: {start.part} costs most{ending}{others}{limit}"


def _where(reign: Reign, letter: str) -> str:
    equal = "" if reign.since is None else decimal(reign.since, PLACES)
    if reign.first is None:
        return f"{letter} > {equal}"
    if reign.last is None:
        values = f"{letter} ≥ {reign.first}"
    elif reign.first == reign.last:
        values = f"{letter} = {reign.first}"
    else:
        values = f"{reign.first} ≤ {letter} ≤ {reign.last}"
    return f"{values} (equal at {equal})" if equal else values


def _data(course: Course) -> dict[str, Any]:
    reigns = [{"part": r.part, "first": r.first, "last": r.last, "since": r.since} for r in course.reigns]
    return {"hyperparameter": course.variable.name, "until": course.until, "reigns": reigns}
