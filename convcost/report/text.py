"""Cells as text, and text in a fixed width: wrapping at words or terms, shortening in the middle."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from convcost.report.table import Cell, Column, Table
from convcost.units import exact_text, factor, percent, scaled

ABSENT = "–"
"""What stands for a value that a row does not have; notes say why."""


def cell_text(value: Cell, column: Column) -> str:
    """Write a cell for readers.

    >>> cell_text((32, 112, 112), Column("output", "Output", "shape")), cell_text(864, Column("mul", "mul"))
    ('32×112×112', '864')
    """
    if value is None:
        return ABSENT
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if isinstance(value, str):
        return value
    match column.type:
        case "share":
            return percent(value)
        case "ratio":
            return factor(value)
    return exact_text(value)


def totals_text(table: Table) -> list[list[str]]:
    """Return the rows of totals: exact, and again in M or B where a total has more than three digits."""
    if table.totals is None:
        return []
    pairs = list(zip(table.totals.cells, table.columns, strict=True))
    exact = ["" if value is None else cell_text(value, column) for value, column in pairs]
    large = [column.type == "count" and isinstance(value, int | Fraction) and value >= 1000 for value, column in pairs]
    if not any(large):
        return [exact]
    rounded = [scaled(value) if use else "" for (value, _), use in zip(pairs, large, strict=True)]  # type: ignore[arg-type]
    return [exact, rounded]


def width_of(text: str) -> int:
    """Return how many terminal cells a text takes: two for wide East Asian characters, none for combining marks.

    >>> width_of("α×3"), width_of("畳み込み")
    (3, 8)
    """
    if text.isascii() or max(text) < "\u0300":
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text with blanks to a width; ``right`` aligns it right."""
    blanks = " " * (width - width_of(text))
    return blanks + text if right else text + blanks


def shortened(text: str, width: int) -> str:
    """Cut the middle out of a text that is too wide, keeping both ends: names differ at their ends.

    >>> shortened("separable13/depthwise", 15)
    'separab…pthwise'
    """
    if width_of(text) <= width:
        return text
    if width < 3:
        return text[:width]
    head = width // 2
    kept, tail = text[:head], text[len(text) - (width - 1 - head) :]
    while width_of(kept) + 1 + width_of(tail) > width:
        kept, tail = (kept[:-1], tail) if len(kept) > len(tail) else (kept, tail[1:])
    return f"{kept}…{tail}"


def wrap(tokens: Iterable[str], width: int, first: str = "", rest: str = "") -> list[str]:
    """Set tokens one behind the other in lines no wider than ``width``; ``first`` and ``rest`` begin the lines.

    A token is never broken, so a line with a single one may be wider.

    >>> wrap(["a²", "+ 2 a b", "+ b²"], 14, "f = ", "    ")
    ['f = a²', '    + 2 a b', '    + b²']
    """
    lines: list[str] = []
    line, empty = first, True
    for token in tokens:
        if not empty and width_of(line) + 1 + width_of(token) > width:
            lines.append(line)
            line, empty = rest, True
        line += token if empty else f" {token}"
        empty = False
    if not empty or first:
        lines.append(line)
    return lines


def paragraph(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Wrap a sentence at its words."""
    return wrap(text.split(" "), width, first, rest)
