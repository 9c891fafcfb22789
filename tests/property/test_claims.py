"""A table that is printed from derived figures is reproduced, whatever its digits, its units and how it was rounded."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import hypothesis.strategies as st
from hypothesis import assume, given

from convcost.claims import parse
from convcost.claims.printed import MAX_DIGITS, UNITS, read
from convcost.cost.analysis import METRICS
from convcost.model import load
from convcost.studies.audit import Networks, Verdict, audit_tables

PARTS = {
    "mobilenet_v1@alpha=1/4,resolution=128": ("", "conv1", "separable1", "separable2/pointwise", "linear1"),
    "squeezenet:1_1": ("", "fire2", "fire8"),
    "alexnet:one_tower": ("", "conv1", "fc7"),
}
ANALYSES = {spec: load(spec).analyze() for spec in PARTS}
NETWORKS = Networks()


class Figure(NamedTuple):
    """A figure of a table: what it is of, and how it is printed."""

    spec: str
    part: str
    metric: str
    unit: str
    places: int
    up: bool
    grouped: bool

    @property
    def number(self) -> Fraction | None:
        """The derived number in its unit; None for a share of nothing."""
        analysis = ANALYSES[self.spec]
        names = [node.name for node in analysis.graph.nodes]
        nodes = [i for i, name in enumerate(names) if f"{name}/".startswith(f"{self.part}/" if self.part else "")]
        value, whole = int(analysis.total(self.metric, nodes)), int(analysis.total(self.metric))
        if self.unit == "%":
            return Fraction(100 * value, whole) if whole else None
        return Fraction(value, UNITS[self.unit])

    def printed(self, *, truncated: bool) -> str:
        """The number as a table would have it; its half is rounded up or down."""
        number, scale = self.number, 10**self.places
        assert number is not None
        digits, rest = divmod(number * scale, 1)
        if not truncated and (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and self.up)):
            digits += 1
        whole, fraction = divmod(int(digits), scale)
        text = f"{whole:,}" if self.grouped else str(whole)
        return f"{text}.{fraction:0{self.places}}" if self.places else text


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    spec = draw(st.sampled_from(sorted(PARTS)))
    unit = draw(st.sampled_from(sorted(UNITS)))
    return Figure(
        spec,
        draw(st.sampled_from(PARTS[spec])),
        draw(st.sampled_from(METRICS)),
        unit,
        0 if unit == "1" else draw(st.integers(0, 6)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def printable(figure: Figure, *, truncated: bool) -> bool:
    return figure.number is not None and sum(map(str.isdigit, figure.printed(truncated=truncated))) <= MAX_DIGITS


def claims(table: list[Figure], *, truncated: bool, own: bool) -> str:
    """Write a table with a row for each figure; units stand in the rows or, those of a first row, above them."""
    above = {} if own else {figure.metric: figure.unit for figure in reversed(table)}
    rows = ""
    for number, figure in enumerate(table):
        unit = "" if above.get(figure.metric) == figure.unit or figure.unit == "1" else f" {figure.unit}"
        part = f", part: {figure.part}" if figure.part else ""
        text = f"{figure.printed(truncated=truncated)}{unit}"
        rows += f'      - {{row: {number}, spec: "{figure.spec}"{part}, {figure.metric}: "{text}"}}\n'
    units = ", ".join(f'{metric}: "{unit}"' for metric, unit in above.items())
    return (
        f"convcost_claims: 1\nsource: derived\ntables:\n  - table: all\n    units: {{{units}}}\n"
        f"    expect: reproduced\n    rows:\n{rows}"
    )


@given(st.lists(figures(), min_size=1, max_size=8), st.booleans(), st.booleans())
def test_what_is_printed_from_derived_figures_is_reproduced(table: list[Figure], truncated: bool, own: bool) -> None:
    ones = {figure.metric for figure in table if figure.unit == "1"}
    table = [figure for figure in table if printable(figure, truncated=truncated)]
    # a row cannot take back a unit of its table, for 1 is not written
    table = [figure for figure in table if own or figure.metric not in ones or figure.unit == "1"]
    if not table:
        return
    audit = audit_tables(parse(claims(table, truncated=truncated, own=own), METRICS), NETWORKS)
    assert len(audit.findings) == len(table)
    for figure, finding in zip(table, audit.findings, strict=True):
        assert finding.verdict is Verdict.REPRODUCED, (figure, finding)
        assert finding.derived == figure.number
        assert finding.agreement in ({"rounds", "truncates"} if truncated else {"rounds"})
        assert finding.expected


@given(figures(), st.booleans())
def test_a_last_digit_that_is_off_by_more_is_not_reproduced(figure: Figure, more: bool) -> None:
    """Two steps away, a number is neither rounded nor truncated to the derived one."""
    assume(figure.places and printable(figure, truncated=True))  # zeros of a whole number may stand for other digits
    true = read(figure.printed(truncated=True), figure.unit)
    wrong = true.replaced(number=true.number + (2 if more else -2) * true.step)
    assert figure.number is not None
    assert wrong.agreement(figure.number) == ""
