"""Documents as lines of fixed width, each a sequence of styled spans: what a terminal shows, in colour or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from convcost.report.fit import Widths, fit, spans
from convcost.report.table import Aside, Cell, Column, Document, Section, Table, Written
from convcost.report.text import ABSENT, cell_text, pad, paragraph, shortened, totals_text, width_of, wrap

Span: TypeAlias = tuple[str, str]
Line: TypeAlias = list[Span]

WIDEST_TEXT = 100
"""Sentences are not set wider than this: long lines are hard to read."""

MARKS = {"": " ", "added": "+", "removed": "-", "changed": "~"}


def lines(document: Document, width: int = 80) -> list[Line]:
    """Return the lines of a document."""
    result: list[Line] = [[(line, "quiet")] for line in paragraph(document.headline, min(width, WIDEST_TEXT))]
    for section in document.sections:
        result.append([])
        result.extend(_section(section, width))
    return result


def plain(document: Document, width: int = 80) -> str:
    """Return a document as text without colour, each line ending in a line feed."""
    return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines(document, width))


def _section(section: Section, width: int) -> Iterator[Line]:
    text = min(width, WIDEST_TEXT)
    for line in paragraph(section.title, text):
        yield [(line, "title")]
    for fact in section.facts:
        for line in paragraph(fact, text):
            yield [(line, "quiet")]
    for aside in section.before:
        yield from _aside(aside, width)
    if section.table:
        yield []
        yield from table_lines(section.table, width)
    for aside in section.after:
        yield from _aside(aside, width)
    if section.formulas:
        yield []
        yield from formula_lines(section.formulas, text)
    if section.notes:
        yield []
    for note in section.notes:
        for line in paragraph(note, text, "", "  "):
            yield [(line, "quiet")]


def _aside(aside: Aside, width: int) -> Iterator[Line]:
    yield []
    if aside.title:
        yield [(aside.title, "title")]
    yield from table_lines(aside.table, width)


def formula_lines(formulas: Sequence[Written], width: int) -> Iterator[Line]:
    """Set formulas beneath each other, the signs of equality aligned; a domain they share is said once."""
    names = max(width_of(f.name) for f in formulas)
    for i, f in enumerate(formulas):
        head = pad(f.name, names)
        for number, line in enumerate(wrap(f.terms, width, f"{head} {f.relation} ", " " * (names + 3))):
            yield [(line[:names], "name"), (line[names:], "")] if number == 0 else [(line, "")]
        last = i == len(formulas) - 1
        if f.where and (last or formulas[i + 1].where != f.where):
            for line in paragraph(f.where, width, " " * (names + 3), " " * (names + 3)):
                yield [(line, "quiet")]
            if not last:
                yield []


def table_lines(table: Table, width: int) -> Iterator[Line]:
    """Set a table: titles, rows with their remarks beneath, a rule, totals; what is too wide in parts, one by one."""
    for number, piece in enumerate(pieces(table, width - (2 if table.compares else 0))):
        if number:
            yield []
        yield from _table(piece, width)


def pieces(table: Table, width: int) -> list[Table]:
    """Cut a table whose numbers do not fit side by side: each part begins with the columns that name the rows."""
    if len(table.columns) < 3 or table.columns[-1].type == "remark" or _whole(table) <= width:
        return [table]
    named = next((i for i, c in enumerate(table.columns) if c.numeric and c.type != "value"), 0)
    units: list[list[int]] = []
    for i in range(named, len(table.columns)):
        if units and not table.columns[i].title:  # a ratio stands with what it is the ratio of
            units[-1].append(i)
        else:
            units.append([i])
    parts: list[list[int]] = []
    for unit in units:
        joined = [*parts[-1], *unit] if parts else unit
        if parts and _whole(table.only([*range(named), *joined])) <= width:
            parts[-1] = joined
        else:
            parts.append(unit)
    return [table.only([*range(named), *part]) for part in parts]


def _whole(table: Table) -> int:
    body = [[cell_text(c, column) for c, column in zip(row.cells, table.columns, strict=True)] for row in table.rows]
    return fit(table, [*body, *totals_text(table)], 0).whole


def _table(table: Table, width: int) -> Iterator[Line]:
    remarks: Sequence[Cell] = ()
    if table.columns[-1].type == "remark":
        table, remarks = table.without_last(), [row.cells[-1] for row in table.rows]
    body = [[cell_text(c, column) for c, column in zip(row.cells, table.columns, strict=True)] for row in table.rows]
    totals = totals_text(table)
    margin = 2 if table.compares else 0
    widths = fit(table, [*body, *totals], width - margin)
    blank = " " * margin
    yield from _titles(table.columns, widths, blank)
    shares = _shares(table)
    for number, (row, texts, share) in enumerate(zip(table.rows, body, shares, strict=True)):
        line: Line = [(f"{MARKS[row.change]} ", row.change)] if table.compares else []
        line += _cells(table.columns, texts, widths, row.change)
        if widths.bar and share:
            line.append((" " + bar(share, widths.bar), "bar"))
        yield line
        if number < len(remarks) and remarks[number]:
            for text in paragraph(str(remarks[number]), min(width, WIDEST_TEXT), "    ", "    "):
                yield [(text, "quiet")]
    if totals:
        yield [(blank + "─" * widths.whole, "rule")]
    for texts in totals:
        yield [(blank, ""), *((text, "total") for text, _ in _cells(table.columns, texts, widths, ""))]


def bar(share: Fraction, width: int) -> str:
    """Draw a share of the widest bar, to half a cell.

    >>> bar(Fraction(3, 4), 2), bar(Fraction(1), 2)
    ('━╸', '━━')
    """
    halves = int(share * width * 2 + Fraction(1, 2))
    return "━" * (halves // 2) + "╸" * (halves % 2)


def _shares(table: Table) -> list[Fraction | None]:
    """Return the bar of each row relative to the longest; None where there are no shares."""
    at = next((i for i, column in enumerate(table.columns) if column.type == "share"), None)
    if at is None:
        return [None] * len(table.rows)
    values = [row.cells[at] for row in table.rows]
    numbers = [Fraction(v) if isinstance(v, int | Fraction) else None for v in values]
    largest = max((n for n in numbers if n), default=None)
    return [n / largest if n and largest else None for n in numbers]


def _titles(columns: Sequence[Column], widths: Widths, blank: str) -> Iterator[Line]:
    if any(column.over for column in columns):
        yield [(blank + _over(columns, widths), "header")]
    texts = [
        pad(shortened(title, w), w, right=column.numeric)
        for column, title, w in zip(columns, widths.titles, widths.columns, strict=True)
    ]
    yield [(blank + (" " * widths.gap).join(texts), "header")]


def _over(columns: Sequence[Column], widths: Widths) -> str:
    """Set titles shared by neighbours above them, aligned right with the last."""
    text = ""
    for i, j in spans(columns):
        size = sum(widths.columns[i : j + 1]) + widths.gap * (j - i)
        text += pad(shortened(columns[i].over, size), size, right=True) + " " * widths.gap
    return text


def _cells(columns: Sequence[Column], texts: Sequence[str], widths: Widths, change: str) -> Line:
    line: Line = []
    for i, (column, text, width) in enumerate(zip(columns, texts, widths.columns, strict=True)):
        if i:
            line.append((" " * widths.gap, ""))
        cell = pad(shortened(text, width) if not column.numeric else text, width, right=column.numeric)
        if column.type == "name":
            style = change or "name"
        else:
            style = "quiet" if text == ABSENT or column.type in {"text", "shape"} else ""
        line.append((cell, style))
    return line
