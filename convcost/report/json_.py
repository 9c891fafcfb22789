"""Documents as JSON: exact integers, fractions as text ("3/4"), one object a row."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from convcost.report.table import ROUNDED, AtLeast, Cell, Column, Document, Row, Section, Table

SCHEMA_VERSION = 1
"""Rises when a key changes its meaning or goes; new keys alone do not raise it."""


def render(document: Document) -> str:
    """Return a document as JSON, indented."""
    body = {
        "schema_version": SCHEMA_VERSION,
        **document.data,
        document.kind: [_section(section) for section in document.sections],
    }
    return json.dumps(body, indent=2, ensure_ascii=False, default=number) + "\n"


def number(value: object) -> str:
    """Write what JSON has no number for: an exact fraction.

    >>> number(Fraction(3, 4))
    '3/4'
    """
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"not exact: {value!r}")


def _section(section: Section) -> dict[str, Any]:
    body: dict[str, Any] = dict(section.data)
    if section.table is not None:
        body["rows"] = _rows(section.table)
        if section.table.totals is not None:
            body["totals"] = _row(section.table, section.table.totals, named=False)
    for aside in (*section.before, *section.after):
        body[aside.key] = _rows(aside.table)
    if section.formulas:
        body["formulas"] = {
            f.key: {"text": f.text, "latex": " ".join(f.latex), "domain": f.where}
            | ({"incomplete": True} if f.relation != "=" else {})
            for f in section.formulas
        }
    body["notes"] = list(section.notes)
    return body


def _rows(table: Table) -> list[dict[str, Any]]:
    return [_row(table, row) | ({"change": row.change or "same"} if table.compares else {}) for row in table.rows]


def _row(table: Table, row: Row, *, named: bool = True) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for column, value in zip(table.columns, row.cells, strict=True):
        if not named and (value is None or isinstance(value, str)):
            continue
        if table.shares_key(column):
            result.setdefault(column.key, {})[column.title] = _value(value, column)
        else:
            result[column.key] = _value(value, column)
    if any(isinstance(value, AtLeast) for value in row.cells):
        result["incomplete"] = True  # the numbers of this row are lower bounds
    return result


def _value(value: Cell, column: Column) -> Any:
    if column.type == "measure" and value is not None:
        return round(float(value), 6)  # type: ignore[arg-type] # a number
    # shares, ratios and elasticities are text even where they are whole: one type a key
    return str(value) if column.type in ROUNDED and value is not None else value
