"""Cells as text, and text in a fixed width: wrapping at words or terms, shortening in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from convcost.report.table import AtLeast, AtMost, Cell, Column, Table
from convcost.units import BINARY, DECIMAL, decimal, digits, exact_text, factor, percent, scaled

SIGNS = {"": "", "added": "+", "removed": "−", "changed": "~"}
"""How a row differs between compared models, as a cell of its own."""

ABSENT = "–"
"""What stands for a value that a row does not have; notes say why."""


def cell_text(value: Cell, column: Column) -> str:
    """Write a cell for readers.

    >>> cell_text((32, 112, 112), Column("output", "Output", "shape")), cell_text(864, Column("mul", "mul"))
    ('32×112×112', '864')
    """
    if value is None:
        return "" if column.type == "ratio" else ABSENT
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    if isinstance(value, str):
        return value
    return f"{bound(value)}{_number(value, column)}"


def bound(value: Cell) -> str:
    """Return the sign that stands before a bound; nothing before a number that is known.

    >>> bound(AtLeast(864)), bound(864)
    ('≥ ', '')
    """
    return "≥ " if isinstance(value, AtLeast) else "≤ " if isinstance(value, AtMost) else ""


def _number(value: int | Fraction, column: Column) -> str:
    match column.type:
        case "value":
            return str(value)
        case "share":
            return percent(value)
        case "growth":
            return _signed(value, percent)
        case "ratio":
            return factor(value)
        case "elasticity":
            return f"{decimal(value)} %".replace("-", "−")
        case "measure":
            return digits(value)
        case "difference":
            return _signed(value, exact_text)
    return exact_text(value)


def _signed(value: int | Fraction, write: Callable[[int | Fraction], str]) -> str:
    sign = "−" if value < 0 else "+" if value > 0 else ""
    return f"{sign}{write(-value if value < 0 else value)}"


def totals_text(table: Table) -> list[list[str]]:
    """Return the rows of totals: exact, and again in M or B where a total has more than three digits."""
    if table.totals is None:
        return []
    pairs = list(zip(table.totals.cells, table.columns, strict=True))
    exact = ["" if value is None else cell_text(value, column) for value, column in pairs]
    rounded = [
        f"{bound(value)}{scaled(value)}"
        if column.type == "count" and isinstance(value, int | Fraction) and value >= 1000
        else ""
        for value, column in pairs
    ]
    return [exact, rounded] if any(rounded) else [exact]


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
    """Cut the middles out of the parts of a path that is too wide; numbers at their ends, which tell them apart, stay.

    Of a file in the file system directories go first, from the root on.

    >>> shortened("separable13/depthwise", 17), shortened("separable13/depthwise", 12), shortened("depthwise 3×3", 9)
    ('separa…13/dept…se', 'sep…13/dep…e', 'depth…3×3')
    >>> shortened("/home/ada/networks/tiny.yaml", 23), shortened("../tiny.yaml", 8)
    ('…/networks/tiny.yaml', 'tiny.…ml')
    """
    parts = text.split("/")
    if parts[0] in {"", ".", ".."}:
        while len(parts) > 1 and width_of("/".join(parts)) > width:
            parts = ["…", *parts[2:]] if len(parts) > 2 else parts[1:]
    widths = [width_of(part) for part in parts]
    excess = sum(widths) + len(parts) - 1 - width
    while excess > 0:
        longest = max(range(len(parts)), key=lambda i: widths[i] - _number_at_end(parts[i]))
        if widths[longest] <= 1:
            break
        widths[longest] -= 1
        excess -= 1
    return "/".join(_without_middle(part, size) for part, size in zip(parts, widths, strict=True))


def _number_at_end(text: str) -> int:
    return len(text) - len(text.rstrip("0123456789×"))


def _without_middle(text: str, width: int) -> str:
    if width_of(text) <= width:
        return text
    number = _number_at_end(text)
    tail = min(number or max(1, (width - 1) // 3), width - 1)
    head = text[: max(width - 1 - tail, 0)]
    end = text[len(text) - tail :] if tail else ""
    while (head or end) and width_of(head) + 1 + width_of(end) > width:  # wide characters
        head, end = (head[:-1], end) if head else (head, end[1:])
    return f"{head}…{end}"


def wrap(tokens: Iterable[str], width: int, first: str = "", rest: str = "") -> list[str]:
    """Set tokens one behind the other in lines no wider than ``width``; ``first`` and ``rest`` begin the lines.

    A token is never broken, so a line with a single one may be wider.

    >>> wrap(["a²", "+ 2 a b", "+ b²"], 13, "f = ", "    ")
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
    """Wrap a sentence at its words; a figure keeps its unit.

    >>> paragraph("about 5.04 M cmp", 10)
    ['about', '5.04 M cmp']
    """
    words: list[str] = []
    for word in text.split(" "):
        if words and word.rstrip(",;.)") in _UNITS and words[-1][-1:].isdigit():
            words[-1] += f" {word}"
        else:
            words.append(word)
    return wrap(words, width, first, rest)


_UNITS = frozenset((*DECIMAL, *BINARY, "%"))
