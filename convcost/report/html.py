"""Documents as HTML: a fragment for a page or a notebook, numbers aligned right, formulas for MathJax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape as escaped
from itertools import groupby

from convcost.report.table import Aside, Column, Document, Section, Table
from convcost.report.text import SIGNS, cell_text, totals_text

RIGHT, LEFT = ' style="text-align: right; font-variant-numeric: tabular-nums"', ' style="text-align: left"'


def render(document: Document) -> str:
    """Return a document as HTML; the first paragraph names the convention."""
    parts = [f"<p>{escaped(document.headline)}</p>"]
    for section in document.sections:
        parts.extend(_section(section))
    return "\n".join(('<div class="convcost">', *parts, "</div>")) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escaped(section.title)}</h2>"
    yield from _lines(section.facts)
    for aside in section.before:
        yield from _aside(aside)
    if section.table:
        yield table(section.table)
    for aside in section.after:
        yield from _aside(aside)
    for where, formulas in groupby(section.formulas, lambda formula: formula.where):
        yield from (f"<p>\\[\\text{{{escaped(f.name)}}} = {escaped(' '.join(f.latex))}\\]</p>" for f in formulas)
        yield from _lines((where,))
    yield from _lines(section.notes)


def _lines(lines: Sequence[str]) -> Iterator[str]:
    if any(lines):
        yield f"<p>{'<br>'.join(map(escaped, lines))}</p>"


def _aside(aside: Aside) -> Iterator[str]:
    if aside.title:
        yield f"<h3>{escaped(aside.title)}</h3>"
    yield table(aside.table)


def table(table: Table) -> str:
    """Return a table; its totals are its foot."""
    columns, lead = table.columns, [""] if table.compares else []
    head = [*_over(table), _row([*lead, *(column.title for column in columns)], table, "th")]
    body = [
        _row([*([SIGNS[row.change]] if lead else []), *map(cell_text, row.cells, columns)], table) for row in table.rows
    ]
    foot = [_row([*lead, *texts], table, "th") for texts in totals_text(table)]
    lines = ["<table>", "<thead>", *head, "</thead>", "<tbody>", *body, "</tbody>"]
    return "\n".join((*lines, "<tfoot>", *foot, "</tfoot>", "</table>") if foot else (*lines, "</table>"))


def _over(table: Table) -> Iterator[str]:
    if any(column.over for column in table.columns):
        spans = [(over, len(list(group))) for over, group in groupby(table.columns, lambda column: column.over)]
        lead = "<th></th>" if table.compares else ""
        titles = (f'<th colspan="{n}">{escaped(over)}</th>' for over, n in spans)
        yield f"<tr>{lead}{''.join(titles)}</tr>"


def _row(texts: Sequence[str], table: Table, tag: str = "td") -> str:
    aligned: list[Column | None] = [*([None] if table.compares else []), *table.columns]
    cells = zip(texts, aligned, strict=True)
    return f"<tr>{''.join(f'<{tag}{_align(column)}>{escaped(text)}</{tag}>' for text, column in cells)}</tr>"


def _align(column: Column | None) -> str:
    return RIGHT if column is not None and column.numeric else LEFT
