"""What is written once for several items behind each other: repeats, their first copies, and tables."""

from __future__ import annotations

from collections.abc import Callable

from convcost.emission.script import PATH, TABLE, Item, Text, Value, walk
from convcost.emission.template import signature
from convcost.ops import Op
from convcost.spec.vocabulary import value_name_problem

PERIOD = 8
"""Items that a row of a table makes at most, and that are repeated together."""

LEAST_ROWS = 6
"""Rows of a table with one item each, which is no shorter than its items."""

FIRST = ("stride", "expand", "expanded")
"""What the first copy of a repeat may have differently, besides flags."""

Usual = Callable[[str, str], Value]
"""What an argument of a key is where it is not written; None where it has to be."""


class Rows:
    """Folds the items of paths.

    Parameters
    ----------
    wanted : callable
        Whether something refers to a tensor: then what makes it cannot stand for several items but as the last.
    """

    def __init__(self, usual: Usual, wanted: Callable[[int], bool]) -> None:
        self.usual = usual
        self.wanted = wanted

    def fold(self, items: list[Item]) -> None:
        """Fold the items of a path, and of all paths inside."""
        for item in items:
            for inner in item.inner():
                self.fold(inner)
        for step in (self.repeats, self.firsts, self.tables, self.together):
            items[:] = step(items)

    def free(self, items: list[Item]) -> bool:
        """Tell whether items can be folded: each takes the one before, and nothing else takes any of them."""
        return not any(item.sources or item.share is not None for item in items) and not any(
            self.wanted(item.index) for item in items
        )

    # repeats

    def repeats(self, items: list[Item]) -> list[Item]:
        """Write items that are alike once."""
        result: list[Item] = []
        for item in items:
            before = result[-1] if result else None
            if before is not None and self.free([before, item]) and _alike(before, item):
                before.repeat += item.repeat
                before.index = item.index
                before.covers += item.covers
            else:
                result.append(item)
        return result

    def together(self, items: list[Item]) -> list[Item]:
        """Write several items that come again as they are as one path with a repeat."""
        result, at = list[Item](), 0
        marks = [signature([item]) for item in items]
        while at < len(items):
            period, copies = max(
                ((p, _copies(marks, at, p)) for p in range(2, PERIOD + 1)), key=lambda each: each[0] * (each[1] - 1)
            )
            run = items[at : at + period * copies]
            if period * (copies - 1) >= 2 and copies > 1 and self.free(run) and len(set(marks[at : at + period])) > 1:
                path = Item(PATH, index=run[-1].index)
                path.begin, path.items, path.repeat = run[0].begin, run[:period], copies
                result.append(path)
                at += len(run)
            else:
                result.append(items[at])
                at += 1
        return result

    def firsts(self, items: list[Item]) -> list[Item]:
        """Write an item and copies of it that differ in their stride as one."""
        result: list[Item] = []
        for item in items:
            before = result[-1] if result else None
            if before is not None and before.repeat == 1 and not before.first and self.free([before, item]):
                found = self.first(before, item)
                if found is not None:
                    found.repeat = item.repeat + 1
                    result[-1] = found
                    continue
            result.append(item)
        return result

    def first(self, one: Item, other: Item) -> Item | None:
        """Return an item whose first copy is one and whose others are the other, if that can be."""
        if not _kin(one, other) or other.first or one.key == PATH:
            return None
        first = {}
        for name in {**one.arguments, **other.arguments}:
            mine, theirs = (self.argument(item, name) for item in (one, other))
            if mine != theirs or mine is None:
                if mine is None or not (name in FIRST or isinstance(mine, bool)):
                    return None
                first[name] = mine
        if "stride" not in first:
            return None
        found = Item(other.key, other.arguments, index=other.index)
        found.covers = one.covers + other.covers
        found.begin, found.condition, found.paths, found.first = one.begin, other.condition, other.paths, first
        return found

    def argument(self, item: Item, name: str) -> Value:
        """Return an argument of an item, written or not."""
        return item.arguments[name] if name in item.arguments else self.usual(item.key, name)

    # tables

    def tables(self, items: list[Item]) -> list[Item]:
        """Write rows of numbers for items that differ in numbers."""
        kinds = [_kind(item) for item in items]
        result, at = list[Item](), 0
        while at < len(items):
            best: tuple[int, int, int] = (0, 0, 0)
            for period in range(1, min(PERIOD, len(items) - at) + 1):
                rows = _copies(kinds, at, period)
                lines = sum(_lines(item) for item in items[at : at + period])
                saved = (rows - 1) * lines - rows - 3
                if (saved >= 0 and rows > 2) or saved > 0 or (period == 1 and rows >= LEAST_ROWS):
                    best = max(best, (saved, period, rows))
            _, period, rows = best
            table = (
                self.table([items[at + period * row : at + period * (row + 1)] for row in range(rows)])
                if rows
                else None
            )
            if table is None:
                result.append(items[at])
                at += 1
            else:
                result.append(table)
                at += period * rows
        return result

    def table(self, rows: list[list[Item]]) -> Item | None:
        """Return a table with these rows, if there is one."""
        if not self.free([item for row in rows for item in row]):
            return None
        columns = _Columns(len(rows))
        each = []
        for items in zip(*rows, strict=True):
            made = self.row(list(items), columns)
            if made is None:
                return None
            each.append(made)
        if not columns.values:
            return None
        table = Item(TABLE, index=rows[-1][-1].index)
        table.begin, table.items = rows[0][0].begin, each
        names = tuple(columns.values)
        table.rows = (names, list(zip(*columns.values.values(), strict=True)))
        return table

    def row(self, items: list[Item], columns: _Columns) -> Item | None:
        """Return what stands under each for items of different rows."""
        made = Item(items[0].key, index=items[-1].index)
        made.paths, made.items, made.condition, made.begin = (
            items[0].paths,
            items[0].items,
            items[0].condition,
            items[0].begin,
        )
        names = dict.fromkeys(name for item in items for name in item.arguments)
        firsts = {name for item in items for name in item.first}
        for name in names | dict.fromkeys(sorted(firsts)):
            values = [self.argument(item, name) for item in items]
            if any(value is None for value in values):
                return None
            if name in firsts:
                usual = next((v for v, item in zip(values, items, strict=True) if name in item.first), None)
                first = [item.first.get(name, value) for item, value in zip(items, values, strict=True)]
                values = [usual if item.repeat == 1 else value for item, value in zip(items, values, strict=True)]
                made.first[name] = columns.cell(name, first)
            value = columns.cell(name, values)
            if value is None or (name in made.first and made.first[name] is None):
                return None
            if value != self.usual(made.key, name):
                made.arguments[name] = value
        repeat = columns.cell("n", [item.repeat for item in items])
        made.repeat = repeat
        return made


class _Columns:
    """The columns of a table so far."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.values: dict[str, list[Value]] = {}

    def cell(self, name: str, values: list[Value]) -> Value:
        """Return the value that all rows have, or the name of a column; None for what is no cell."""
        if all(type(value) is type(values[0]) and value == values[0] for value in values):
            return values[0]
        if any(isinstance(value, Op) for value in values):
            return None
        for known, column in self.values.items():
            if all(type(a) is type(b) and a == b for a, b in zip(column, values, strict=True)):
                return Text(known)
        found, number = name, 1
        while found in self.values or value_name_problem(found):
            number += 1
            found = f"{name}{number}"
        self.values[found] = values
        return Text(found)


def _copies(marks: list[Value], at: int, period: int) -> int:
    """Return how often what stands in a period comes behind each other."""
    end = at + period
    while end < len(marks) and marks[end] == marks[end - period]:
        end += 1
    return (end - at) // period


def _alike(one: Item, other: Item) -> bool:
    return (
        one.repeat == 1 == other.repeat and signature([one]) == signature([other])
        if one.key == PATH
        else (_kin(one, other) and one.arguments == other.arguments and not one.first and not other.first)
    )


def _kin(one: Item, other: Item) -> bool:
    """Tell whether two items are the same but for their arguments and how often they come."""
    return _kind(one) == _kind(other) and one.key != TABLE


def _kind(item: Item) -> Value:
    if item.merges or item.items:
        return signature([item]) if item.key != PATH else (PATH, signature(item.items))
    ops = tuple((name, value) for name, value in item.arguments.items() if isinstance(value, Op))
    return item.key, item.condition, ops


def _lines(item: Item) -> int:
    return sum(1 for _ in walk([item]))
