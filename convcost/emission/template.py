"""What several sequences of items have in common: which items stand in all of them, and which arguments differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.emission.script import Absent, Item, Value
from convcost.ops import Op

ENOUGH = 0.6
"""The share of items that has to be the same for sequences to be calls of one block."""


class Missing:
    """The value of an argument where its item is not there."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()


class Slot:
    """One item of a template.

    Attributes
    ----------
    arguments : dict of str to list
        The values of each argument, one for every variant; None where it is not written, MISSING without the item.
    present : list of bool
        In which variants it is there.
    paths : list of Branch
        Of a merge.
    """

    __slots__ = ("arguments", "items", "key", "paths", "present", "repeat")

    def __init__(self, item: Item, before: int) -> None:
        self.key = item.key
        self.repeat = item.repeat
        self.items = item.items
        self.present = [False] * before
        self.arguments: dict[str, list[Value]] = {}
        self.paths = [Branch(path, before) for path in item.paths]

    @property
    def variants(self) -> int:
        """How many variants there are so far."""
        return len(self.present)

    def add(self, item: Item | None) -> None:
        """Add a variant."""
        number = self.variants
        for name in item.arguments if item is not None else ():
            self.arguments.setdefault(name, [MISSING if not here else None for here in self.present])
        for name, values in self.arguments.items():
            values.append(MISSING if item is None else item.arguments.get(name))
        self.present.append(item is not None)
        for branch, path in zip(self.paths, item.paths if item is not None else [None] * len(self.paths), strict=True):
            branch.add(path, number)

    def likeness(self, item: Item, enough: float) -> float:
        """Return how like an item is: 0 where it is another one, above 1 for the same op, more for its arguments."""
        if (self.key, len(self.paths), self.repeat) != (item.key, len(item.paths), item.repeat):
            return 0.0
        if self.items or item.items:
            return 0.0
        alike = 0
        for name, values in self.arguments.items():
            value, known = item.arguments.get(name), [v for v in values if v is not MISSING]
            if known and known[-1] != value and any(isinstance(v, Op) for v in (*known, value)):
                return 0.0
            alike += bool(known) and value == known[-1]
        total = max(len(self.arguments), len(item.arguments), 1)
        share = 1 + alike / total
        for branch, path in zip(self.paths, item.paths, strict=True):
            inner = branch.likeness(path, enough)
            if inner < enough:
                return 0.0
            share += inner
        return share


class Branch:
    """One path of a merge in a template; ``there`` tells in which variants the merge has it."""

    __slots__ = ("slots", "there")

    def __init__(self, path: list[Item] | int | Absent, before: int) -> None:
        self.there = [True] * before
        self.slots = [Slot(item, before) for item in path] if isinstance(path, list) else []

    def add(self, path: list[Item] | int | Absent | None, number: int) -> None:
        """Add a variant."""
        self.there.append(not isinstance(path, Absent))
        self.slots = merged(self.slots, path if isinstance(path, list) else [], number)

    def likeness(self, path: list[Item] | int | Absent, enough: float) -> float:
        """Return the share of items that are the same; a path of nothing is like any path of one item."""
        items = path if isinstance(path, list) else []
        if not items or not any(any(slot.present) for slot in self.slots):
            return 1.0 if max(len(items), len(self.slots)) <= 2 else 0.0
        return likeness(self.slots, items, enough)


def likeness(slots: Sequence[Slot], items: Sequence[Item], enough: float = ENOUGH) -> float:
    """Return the share of items that are the same."""
    pairs = list(_aligned(slots, items, enough))
    matched = sum(slot is not None and item is not None for slot, item in pairs)
    usual = sum(any(slot.present) for slot in slots)
    return matched / max(len(items), usual, 1)


def merged(slots: list[Slot], items: Sequence[Item], number: int) -> list[Slot]:
    """Return a template with one more variant; ``number`` are there already."""
    result = []
    for slot, item in _aligned(slots, items, 0.0):
        if slot is None:
            assert item is not None
            found = Slot(item, number)
        else:
            found = slot
        found.add(item)
        result.append(found)
    return result


def _aligned(slots: Sequence[Slot], items: Sequence[Item], enough: float) -> Iterator[tuple[Slot | None, Item | None]]:
    """Yield slots and items in their order, those that fit each other in pairs."""
    rows, columns = len(slots), len(items)
    fit = [[slot.likeness(item, enough) for item in items] for slot in slots]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            together = fit[i][j] + best[i + 1][j + 1] if fit[i][j] else -1.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < rows or j < columns:
        if i < rows and j < columns and fit[i][j] and best[i][j] == fit[i][j] + best[i + 1][j + 1]:
            yield slots[i], items[j]
            i, j = i + 1, j + 1
        elif j == columns or (i < rows and best[i][j] == best[i + 1][j]):
            yield slots[i], None
            i += 1
        else:
            yield None, items[j]
            j += 1


def signature(items: Sequence[Item]) -> tuple[Value, ...]:
    """Return what is equal for sequences that are written alike."""
    return tuple(
        (
            item.key,
            tuple(item.arguments.items()),
            item.repeat,
            tuple(item.first.items()),
            item.condition,
            item.share,
            tuple(
                path
                if isinstance(path, Absent)
                else (path == item.begin or ("tensor", path))
                if isinstance(path, int)
                else signature(path)
                for path in item.paths
            ),
            signature(item.items),
            (item.rows[0], tuple(item.rows[1])),
        )
        for item in items
    )
