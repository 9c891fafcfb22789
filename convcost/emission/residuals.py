"""Blocks of a residual network that have no residual: the same items, and nothing that is added to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from convcost.emission.script import Absent, Item, Value

if TYPE_CHECKING:
    from convcost.emission.blocks import Call

Pattern: TypeAlias = tuple[Value, ...]
LEAST = 3
"""Fewer items stand behind each other by chance."""


def wrap(calls: Iterable[Call], plain: Callable[[list[Item]], bool]) -> list[Item]:
    """Make additions without a residual of items that stand in the residual branch elsewhere; return them."""
    paths: dict[int, tuple[list[Item], dict[Pattern, tuple[int, int]]]] = {}
    for call in calls:
        item = call.items[0]
        bodies = [(slot, path) for slot, path in enumerate(item.paths) if isinstance(path, list)]
        if len(bodies) == 1 and item.begin in item.paths:
            patterns = paths.setdefault(id(call.path), (call.path, {}))[1]
            slot, body = bodies[0]
            patterns[pattern(body)] = (slot, len(item.paths))
    found = []
    for path, patterns in paths.values():
        at, marks, result = 0, pattern(path), list[Item]()
        known = sorted(patterns.items(), key=lambda each: -len(each[0]))
        while at < len(path):
            match = _match(path, at, marks, known, plain)
            if match is None:
                result.append(path[at])
                at += 1
            else:
                length, slot, number = match
                result.append(_wrapped(path[at : at + length], slot, number))
                found.append(result[-1])
                at += length
        path[:] = result
    return found


def pattern(items: list[Item]) -> Pattern:
    """Return keys, norms, activations and biases."""
    return tuple((item.key, *(item.arguments.get(name) for name in ("norm", "activation", "bias"))) for item in items)


def _match(
    path: list[Item],
    at: int,
    marks: Pattern,
    known: list[tuple[Pattern, tuple[int, int]]],
    plain: Callable[[list[Item]], bool],
) -> tuple[int, int, int] | None:
    for body, (slot, number) in known:
        for wanted in (body, body[1:] if body[0][0] == "pointwise" else ()):
            enough = len(wanted) >= LEAST or (len(wanted) > 1 and wanted[0][0] == "depthwise")
            if enough and marks[at] == wanted[0] and marks[at : at + len(wanted)] == wanted:
                items = path[at : at + len(wanted)]
                if not any(item.merges for item in items) and plain(items):
                    return len(wanted), slot, number
    return None


def _wrapped(items: list[Item], slot: int, number: int) -> Item:
    item = Item("add", index=items[-1].index)
    item.begin, item.sources = items[0].begin, items[0].sources
    items[0].sources = ()
    item.paths = [items if n == slot else Absent(None) for n in range(number)]
    return item


def unwrap(items: list[Item]) -> None:
    """Put items back that became no block."""
    at = 0
    while at < len(items):
        item = items[at]
        for inner in item.inner():
            unwrap(inner)
        if any(path == Absent(None) for path in item.paths):
            body = next(path for path in item.paths if isinstance(path, list))
            body[0].sources = item.sources
            items[at : at + 1] = body
        else:
            at += 1
