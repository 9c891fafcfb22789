"""Audits as tables: published, derived, verdict, and why."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.claims import Printed
from convcost.report.table import Cell, Column, Document, Row, Section, Table
from convcost.studies.audit import Audit, Finding, TableAudit, Verdict
from convcost.studies.audit.verdict import odds
from convcost.units import decimal, exact_text, percent

HEADLINE = (
    "Published figures against derived ones. By default mult-adds are those of conv and fully connected layers, "
    "without bias and batch norm, padding counted, and parameters are those trained; a figure agrees if the derived "
    "value rounds or truncates to its digits. By chance: the share of random numbers nearby, of as many digits, that "
    "some explanation as short would lead to."
)

READABLE = (
    Column("row", "Row", "name"),
    Column("metric", "Figure", "text"),
    Column("published", "Printed"),
    Column("derived", "Derived"),
    Column("verdict", "Verdict", "text"),
    Column("why", "Why", "remark"),
)
EXACT = (
    Column("table", "Table", "text"),
    Column("row", "Row", "name"),
    Column("spec", "Spec", "text"),
    Column("metric", "Figure", "text"),
    Column("published", "Published"),
    Column("unit", "Unit", "text"),
    Column("derived", "Derived"),
    Column("verdict", "Verdict", "text"),
    Column("agreement", "Agreement", "text"),
    Column("steps", "Steps", "text"),
    Column("odds", "Odds"),
    Column("expected", "Expected", "text"),
    Column("why", "Why", "remark"),
)

SHORT = {Verdict.CONVENTION: "convention", Verdict.NOT_REPRODUCED: "not repr."}

OWN = "the specs' own claims"

FORMATS_FOR_PROGRAMS = ("csv", "json")


def audit_document(audits: Sequence[Audit], format: str = "table", *, failing: bool = False) -> Document:  # noqa: A002
    """Return the tables of audits.

    Parameters
    ----------
    format : str
        Formats for programs get exact numbers and more columns.
    failing : bool
        Leave out the figures that are reproduced as they are, and tables that have no others.
    """
    exact = format in FORMATS_FOR_PROGRAMS
    sections = [
        _section(audit, each, exact=exact, failing=failing)
        for audit in audits
        for each in audit.tables
        if not failing or _shown(each, failing=failing)
    ]
    if not exact:
        sections.append(_summary_section(audits))
    return Document(HEADLINE, "audits", "", tuple(sections), {"summary": _summary(audits)})


def _summary_section(audits: Sequence[Audit]) -> Section:
    """Return how many figures of each source got each verdict; architectures' own claims are one source."""
    rows: dict[str, list[int]] = {}
    for audit in audits:
        counts = rows.setdefault(audit.claims.name if audit.claims.file else OWN, [0] * len(Verdict))
        for i, verdict in enumerate(Verdict):
            counts[i] += audit.count(verdict)
    columns = (
        Column("source", "Figures of", "name"),
        *(Column(v.name.lower(), _named(v), short=SHORT.get(v, "")) for v in Verdict),
    )
    totals = Row(("all", *map(sum, zip(*rows.values(), strict=True)))) if len(rows) > 1 else None
    table = Table(columns, tuple(Row((title, *counts)) for title, counts in rows.items()), totals)
    return Section("summary", "How many figures got which verdict", table)


def unexpected_lines(audits: Sequence[Audit]) -> list[str]:
    """Return a line for each figure whose verdict is worse than its claim says."""
    return [
        f"{_place(finding)}{audit.claims.name}, {table.table.name}, {finding.row.label}: {finding.metric} "
        f"{finding.printed} is expected to be {_named(finding.row.expect[finding.metric])}, "
        f"and it is {_named(finding.verdict)}: {_derived(finding)} derived"
        for audit in audits
        for table in audit.tables
        for finding in table.findings
        if not finding.expected
    ]


def _place(finding: Finding) -> str:
    return f"{finding.row.span}: " if finding.row.span else ""


def _named(verdict: str) -> str:
    return "under a convention" if verdict == Verdict.CONVENTION else str(verdict)


def _summary(audits: Sequence[Audit]) -> dict[str, int]:
    return {_named(verdict): sum(audit.count(verdict) for audit in audits) for verdict in Verdict}


def _shown(table: TableAudit, *, failing: bool) -> list[Finding]:
    return [each for each in table.findings if not failing or each.verdict is not Verdict.REPRODUCED]


def _section(audit: Audit, table: TableAudit, *, exact: bool, failing: bool) -> Section:
    claims, printed = audit.claims, table.table
    rows = [_exact_row(printed.name, each) if exact else _row(each) for each in _shown(table, failing=failing)]
    notes = [_common(table)] if table.common.steps else []
    if printed.note:
        notes.append(f"{printed.note.rstrip('.')}.")
    notes += dict.fromkeys(
        f"{each.row.label}: {each.row.note.rstrip('.')}." for each in _shown(table, failing=failing) if each.row.note
    )
    title = f": {printed.title}" if printed.title and printed.title != printed.name else ""
    return Section(
        claims.name,
        f"{claims.title}, {printed.name}{title}" if claims.title != printed.title else claims.title,
        Table(EXACT if exact else READABLE, tuple(rows)),
        facts=(printed.source or claims.source,),
        notes=tuple(notes),
        data={"file": claims.name, "table": printed.name, "source": printed.source or claims.source},
    )


def _common(table: TableAudit) -> str:
    said = ", ".join(step.says for step in table.common.steps)
    return (
        f"Common to the table: {said} ({table.common.hits} figures that do not agree otherwise; by chance "
        f"{odds(table.common.odds)})."
    )


def _row(finding: Finding) -> Row:
    why = "" if finding.verdict is Verdict.REPRODUCED and finding.agreement == "rounds" else finding.reason
    if finding.verdict is Verdict.NOT_REPRODUCED and finding.residual is not None:
        why = f"printed {_signed(finding.residual)}; {why}"
    change = "" if finding.expected else "changed"
    cells: tuple[Cell, ...] = (
        finding.row.label,
        _figure(finding.metric),
        str(finding.printed),
        _derived(finding),
        _named(finding.verdict),
        f"{why[:1].upper()}{why[1:]}." if why else "",
    )
    return Row(cells, change)  # type: ignore[arg-type] # one of the changes


def _exact_row(table: str, finding: Finding) -> Row:
    found = finding.explanation
    derived = None if finding.derived is None else finding.derived * finding.printed.size
    return Row(
        (
            table,
            finding.row.label,
            finding.row.spec,
            finding.metric,
            finding.printed.text,
            finding.printed.unit,
            int(derived) if derived is not None and derived.denominator == 1 else derived,
            str(finding.verdict),
            finding.agreement,
            " ".join(step.key for step in finding.steps),
            found.odds if found else None,
            finding.row.expect.get(finding.metric, ""),
            finding.reason,
        )
    )


def _figure(metric: str) -> str:
    return metric.replace("_", "-") if metric == "mult_adds" else metric.replace("_", " ")


def _derived(finding: Finding) -> str:
    """Write the derived number in the unit of the printed one, with two more digits: what was rounded is seen."""
    if finding.derived is None:
        return ""
    return written(finding.derived, finding.printed)


def written(number: Fraction, printed: Printed) -> str:
    """Write a number in the unit of a printed one, with two more digits than that has.

    >>> from convcost.claims.printed import read
    >>> written(Fraction("568.740352"), read("569 M")), written(Fraction(864), read("864"))
    ('568.74 M', '864')
    """
    if number.denominator == 1 and printed.unit == "1":
        return exact_text(number)
    text = decimal(number, printed.places + 2)
    return text if printed.unit == "1" else f"{text} {printed.unit}"


def _signed(residual: Fraction) -> str:
    size = percent(abs(residual), 1 if abs(residual) >= Fraction(1, 100) else 2)
    return f"{size} {'more' if residual > 0 else 'less'} than derived"
