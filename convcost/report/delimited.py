"""Documents as CSV: one header, the rows of every section, and its totals as a last row named "total".

CSV has no place for a first line in words, so each row carries the convention in its first column and the section in
its second: rows of several models make one table. Numbers are exact and not grouped, shapes are written 32x112x112,
shares, ratios and what was measured as decimals with six places; an empty cell is a value the row does not have, and
"≥" stands before a number that is a lower bound.
"""

from __future__ import annotations

import csv
import io

from convcost.report.table import ROUNDED, Cell, Column, Document, Table
from convcost.report.text import bound
from convcost.units import decimal


def render(document: Document) -> str:
    """Return a document as CSV, lines ending in a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    # what counts nothing, such as a verification, has no convention
    first = {"convention": document.convention} if document.convention else {}
    header: list[str] | None = None
    for section in document.sections:
        if section.table is None:
            continue
        titles = [*first, document.kind.removesuffix("s"), *_header(section.table)]
        if titles != header:
            writer.writerow(titles)
            header = titles
        for texts in _rows(section.table):
            writer.writerow([*first.values(), section.name, *texts])
    return out.getvalue()


def _header(table: Table) -> list[str]:
    keys = [f"{column.key}[{column.title}]" if table.shares_key(column) else column.key for column in table.columns]
    return ["change", *keys] if table.compares else keys


def _rows(table: Table) -> list[list[str]]:
    rows = [[_text(c, k) for c, k in zip(row.cells, table.columns, strict=True)] for row in table.rows]
    if table.compares:
        rows = [[row.change or "same", *texts] for row, texts in zip(table.rows, rows, strict=True)]
    if table.totals is not None:
        texts = [_text(c, k) for c, k in zip(table.totals.cells, table.columns, strict=True)]
        texts[0] = "total"
        rows.append(["", *texts] if table.compares else texts)
    return rows


def _text(value: Cell, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    if isinstance(value, str):
        return value
    number = decimal(value, 6).replace(",", "") if column.type in {*ROUNDED, "measure"} else str(value)
    return f"{bound(value)}{number}"
