"""Widths of columns: what gives way, and in which order, where a table is wider than it may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from convcost.report.table import Column, Table
from convcost.report.text import width_of

BAR = (4, 24)
"""Narrowest and widest bar of shares, in cells."""

LONGEST_TITLE = 20
"""A longer title is shortened at any width, so that it does not set numbers far apart."""

STEPS = (("title", 8), ("name", 16), ("gap", 1), ("text", 8), ("name", 10))
"""What gives way and down to what, in this order, once there is no bar and titles are the short ones.

Numbers are never cut: where nothing else is left a table is wider than asked.
"""


class Widths(NamedTuple):
    """Cells of each column, the titles as they are shown, the gap between columns, and the bar behind the last."""

    columns: tuple[int, ...]
    titles: tuple[str, ...]
    gap: int = 2
    bar: int = 0

    @property
    def whole(self) -> int:
        """Width of the table, the bar left out."""
        return sum(self.columns) + self.gap * (len(self.columns) - 1)


def fit(table: Table, rows: Sequence[Sequence[str]], width: int) -> Widths:
    """Return the widths of a table whose cells, totals included, are written out in ``rows``."""
    columns = table.columns
    cells = [max((width_of(row[i]) for row in rows), default=0) for i in range(len(columns))]
    titles = [c.short if c.short and width_of(c.title) > LONGEST_TITLE else c.title for c in columns]
    widths = _titled(columns, titles, cells)
    if columns[-1].type == "share":
        for closer in (widths, widths._replace(gap=1)):
            room = width - closer.whole - 1  # one blank before the bar
            if room >= BAR[0]:
                return closer._replace(bar=min(room, BAR[1]))
    if widths.whole > width:
        widths = _titled(columns, [column.short or column.title for column in columns], cells)
    for what, least in STEPS:
        if what == "gap" and widths.whole > width:
            widths = widths._replace(gap=least)
        elif what == "title":
            floors = [max(n, least) if column.numeric else 10**6 for n, column in zip(cells, columns, strict=True)]
            widths = _narrowed(widths, floors, width)
        else:
            floors = [least if column.type == what else 10**6 for column in columns]
            widths = _narrowed(widths, floors, width)
    return widths


def _titled(columns: Sequence[Column], titles: Sequence[str], cells: Sequence[int]) -> Widths:
    """Return the widths that cells and titles ask for."""
    natural = [max(n, min(width_of(title), LONGEST_TITLE)) for n, title in zip(cells, titles, strict=True)]
    for i, j in spans(columns):
        needed = min(width_of(columns[i].over), LONGEST_TITLE)
        natural[j] += max(0, needed - sum(natural[i : j + 1]) - 2 * (j - i))
    return Widths(tuple(natural), tuple(titles))


def _narrowed(widths: Widths, floors: Sequence[int], width: int) -> Widths:
    """Narrow columns to their floors, always the widest of them, until the table fits."""
    columns = list(widths.columns)
    for _ in range(widths.whole - width):
        above = [i for i, floor in enumerate(floors) if columns[i] > floor]
        if not above:
            break
        columns[max(above, key=lambda i: columns[i])] -= 1
    return widths._replace(columns=tuple(columns))


def spans(columns: Sequence[Column]) -> Iterator[tuple[int, int]]:
    """Return the first and the last column of each run of columns that share a title above theirs."""
    i = 0
    for _, run in groupby(columns, lambda column: column.over):
        j = i + len(list(run))
        yield i, j - 1
        i = j
