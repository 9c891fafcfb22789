"""From items in a row to items in paths: what only one branch of a merge needs stands in that branch.

Every item is put into the innermost path that all who use its output can see. A merge whose paths would begin at
different tensors gives one of them back to the path that it stands in.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from convcost.emission.script import PATH, Item
from convcost.spec.vocabulary import FORMS

ROOT = 0
SHARE = -1
"""Stands for the input of an item that is no tensor: a layer whose stored values it shares."""

MAX_DEPTH = 8
"""Branches inside each other; beyond, items stand outside and have names."""


def arrange(items: list[Item], start: int, output: int) -> list[Item]:
    """Return the items of the outermost path; ``start`` is the tensor that it begins at."""
    homes = _Homes(items, output)
    rows: dict[int, list[Item]] = defaultdict(list)
    for position, item in enumerate(items):
        rows[homes.of[position]].append(item)
    for position, item in enumerate(items):
        if homes.joins(position):
            inside = [rows.get(homes.branches.get((position, slot), -1)) for slot in range(len(item.inputs))]
            item.paths = [path or tensor for path, tensor in zip(inside, item.inputs, strict=True)]
            item.inputs = ()
    root = _settle(rows[ROOT], start)
    last = resolve(root, start)
    if last != output:
        back = Item(PATH)
        back.sources = (output,)
        root.append(back)
    return root


class _Homes:
    """The path of each item; paths are numbered, and know the one around them."""

    def __init__(self, items: list[Item], output: int) -> None:
        self.items = items
        self.around = [ROOT]
        self.depth = [0]
        self.branches: dict[tuple[int, int], int] = {}
        self.of = [ROOT] * len(items)
        users: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for position, item in enumerate(items):
            for slot, tensor in enumerate(item.inputs):
                users[tensor].append((position, slot))
            if item.share is not None:
                users[item.share].append((position, SHARE))
        for position in range(len(items) - 1, -1, -1):
            index = items[position].index
            found = ROOT if index == output or not users[index] else self.innermost(users[index])
            self.of[position] = found

    def joins(self, position: int) -> bool:
        return FORMS[self.items[position].key].joins

    def innermost(self, users: list[tuple[int, int]]) -> int:
        home = -1
        for position, slot in users:
            path = self.branch(position, slot) if slot != SHARE and self.joins(position) else self.of[position]
            home = path if home < 0 else self.common(home, path)
        return home

    def branch(self, position: int, slot: int) -> int:
        """Return the path of a branch, where branches are not yet too deep."""
        around = self.of[position]
        if self.depth[around] >= MAX_DEPTH:
            return around
        if (position, slot) not in self.branches:
            self.branches[position, slot] = len(self.around)
            self.around.append(around)
            self.depth.append(self.depth[around] + 1)
        return self.branches[position, slot]

    def common(self, one: int, other: int) -> int:
        while one != other:
            if self.depth[one] < self.depth[other]:
                one, other = other, one
            one = self.around[one]
        return one


def _settle(items: list[Item], last: int) -> list[Item]:
    """Give back the path of a merge that goes on from the item before, where no other path begins there, too."""
    result: list[Item] = []
    for item in items:
        item.paths = [_settle(path, -1) if isinstance(path, list) else path for path in item.paths]
        if item.merges and _shared(item) is None:
            rows = [(slot, path) for slot, path in enumerate(item.paths) if isinstance(path, list)]
            rows = [(slot, path) for slot, path in rows if last < 0 or _start(path) == last]
            if rows:
                slot, path = max(rows, key=lambda each: each[1][-1].index)
                result += path
                item.paths[slot] = path[-1].index
        result.append(item)
        last = item.index
    return result


def _start(path: object) -> int:
    """Return the tensor that a path of a merge begins at; -1 for none or several."""
    if isinstance(path, int):
        return path
    assert isinstance(path, list)
    first = path[0]
    if first.merges:
        shared = _shared(first)
        return -1 if shared is None else shared
    return first.inputs[0] if len(first.inputs) == 1 else -1


def _shared(item: Item) -> int | None:
    """Return the tensor at which most paths of a merge begin, if several do."""
    counts = Counter(start for start in map(_start, item.paths) if start >= 0)
    tensor, number = max(counts.items(), key=lambda each: (each[1], each[0]), default=(-1, 0))
    return tensor if number > 1 else None


def resolve(items: list[Item], last: int) -> int:
    """Note what each item takes that is not the output of the one before; return the last output."""
    for item in items:
        item.begin = last
        if item.merges:
            starts = list(map(_start, item.paths))
            if last not in starts:
                shared = _shared(item)
                if shared is not None and any(isinstance(path, list) for path in item.paths):
                    item.sources, item.begin = (shared,), shared
            for path in item.paths:
                if isinstance(path, list):
                    resolve(path, item.begin)
        elif item.inputs != (last,):
            item.sources = item.inputs
            item.begin = item.inputs[0] if len(item.inputs) == 1 else last
        last = item.index
    return last
