"""Ops behind each other that recur in places apart: the layer of a DenseNet, a norm with what follows it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from convcost.emission.script import Item, Value

LONGEST = 8
SHORTEST = 3
LEAST = 4
"""Fewer places are not worth a block."""

Place = tuple[list[Item], int]


def recurring(paths: list[list[Item]], plain: Callable[[list[Item]], bool]) -> tuple[list[Place], int]:
    """Return where the ops stand that are worth most as a block, and how many they are; none for none.

    What recurs right behind itself is left to repeats and tables.
    """
    places: dict[tuple[Value, ...], list[Place]] = defaultdict(list)
    for path in paths:
        marks = [_mark(item) for item in path]
        for at in range(len(path)):
            for length in range(SHORTEST, LONGEST + 1):
                chain = tuple(marks[at : at + length])
                if len(chain) < length or None in chain:
                    break
                places[chain].append((path, at))
    best: tuple[int, list[Place], int] = (0, [], 0)
    for chain, found in places.items():
        length = len(chain)
        saved = len(found) * (length - 1) - length - 3
        if len(found) < LEAST or saved <= best[0] or len(set(chain)) < SHORTEST:
            continue
        apart = list(_apart(found, length, plain))
        touching = sum(one[0] is other[0] and one[1] + length == other[1] for one, other in pairwise(apart))
        saved = len(apart) * (length - 1) - length - 3
        if len(apart) >= LEAST and saved > best[0] and touching * 2 < len(apart):
            best = (saved, apart, length)
    return best[1], best[2]


def _mark(item: Item) -> Value:
    """Return what is the same for ops of one kind; None for what is no plain op."""
    if item.merges or item.items or item.share is not None:
        return None
    return (item.key, *(item.arguments.get(name) for name in ("kernel", "norm", "activation", "bias")))


def _apart(found: list[Place], length: int, plain: Callable[[list[Item]], bool]) -> Iterator[Place]:
    """Yield places that do not overlap, in which nothing is looked at from outside."""
    ends: Counter[int] = Counter()
    for path, at in found:
        if at >= ends[id(path)] and plain(path[at : at + length]):
            ends[id(path)] = at + length
            yield path, at
