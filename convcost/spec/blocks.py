"""Which blocks call which: a block that contains itself has no end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convcost.spec.expect import Grammar
from convcost.spec.item import Item, Kind
from convcost.spec.nodes import Scalar


def calls(items: Iterable[Item]) -> dict[str, Scalar]:
    """Return the blocks that items call, at any depth, with the place of the first call."""
    found: dict[str, Scalar] = {}
    waiting = list(items)
    while waiting:
        item = waiting.pop()
        if item.kind is Kind.BLOCK:
            found.setdefault(item.key, item.place)
        waiting.extend(item.items)
        for path in item.paths:
            waiting.extend(path.items)
    return found


def check_recursion(blocks: Mapping[str, tuple[Scalar, Mapping[str, Scalar]]], grammar: Grammar) -> None:
    """Report every circle of blocks once; a walk without recursion, for chains may be long.

    Parameters
    ----------
    blocks : mapping
        From the name of a block to its place and its calls.
    """
    done: set[str] = set()
    for start in blocks:
        if start in done:
            continue
        stack = [iter(blocks[start][1])]
        path = {start: None}  # in order, and quick to search
        while stack:
            called = next(stack[-1], None)
            name = next(reversed(path))
            if called is None:
                done.add(name)
                stack.pop()
                del path[name]
            elif called in path:
                names = list(path)
                circle = " -> ".join([*names[names.index(called) :], called][-6:])
                place = blocks[name][1][called]
                grammar.problems.add("E301", f"the block {called} contains itself", place, hint=circle)
            elif called in blocks and called not in done:
                stack.append(iter(blocks[called][1]))
                path[called] = None
