"""Which layers of two networks correspond: the longest common subsequence of kinds and shapes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from convcost.cost.analysis import Group
from convcost.cost.grouping import By

LARGEST = 250_000
"""Pairs of layers that are all weighed against each other."""

MOST_EDITS = 3_000
"""Layers in which networks with more pairs may differ; beyond it layers of one name correspond."""

EXACT = 1_000_000
"""What a pair of one kind and shape weighs: more than all the rest together."""

Row = tuple[Group | None, ...]

Pair = tuple[int | None, int | None]


class Alignment(NamedTuple):
    """Rows of corresponding groups, None where a model has none there.

    Attributes
    ----------
    closely : bool
        Whether as many groups of one kind and shape correspond as is possible.
    """

    rows: list[Row]
    closely: bool


def align(columns: Sequence[Sequence[Group]], by: By = "layer") -> Alignment:
    """Return rows of corresponding groups, one model after the other aligned to those before it.

    Networks of the same layers, by name and kind, correspond layer by layer. Otherwise as many layers of one kind and
    shape correspond as is possible in order; among these alignments the one is chosen in which most layers of one kind,
    shape or name correspond besides, that have the same name, and that end a block. Where nothing agrees between two
    places but there are equally many layers, they correspond by place.
    """
    rows: list[Row] = [(group,) for group in columns[0]]
    closely = True
    for n, groups in enumerate(columns[1:], 1):
        known = [next(group for group in row if group is not None) for row in rows]
        pairs, close = _pairs(known, groups, ordered=by != "kind")
        closely = closely and close
        nothing: Row = (None,) * n
        rows = [(*(nothing if i is None else rows[i]), None if j is None else groups[j]) for i, j in pairs]
    return Alignment(rows, closely)


def _pairs(left: Sequence[Group], right: Sequence[Group], *, ordered: bool) -> tuple[list[Pair], bool]:
    """Pair two sequences; each index comes once, in an order that keeps both sequences."""
    if not ordered:
        places = {group.name: j for j, group in enumerate(right)}
        pairs: list[Pair] = [(i, places.pop(group.name, None)) for i, group in enumerate(left)]
        return [*pairs, *((None, j) for j in places.values())], True
    if [(group.name, group.kind) for group in left] == [(group.name, group.kind) for group in right]:
        return [(i, i) for i in range(len(left))], True
    # what begins and ends alike is not weighed
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    rows, columns = range(head, len(left) - tail), range(head, len(right) - tail)
    anchors, closely = _anchors(left, rows, right, columns)
    pairs = [(i, i) for i in range(head)]
    i, j = rows.start, columns.start
    for a, b in [*anchors, (rows.stop, columns.stop)]:
        pairs += _between(left, range(i, a), right, range(j, b))
        if a < rows.stop:
            pairs.append((a, b))
        i, j = a + 1, b + 1
    return [*pairs, *((rows.stop + k, columns.stop + k) for k in range(tail))], closely


def _anchors(
    left: Sequence[Group], rows: range, right: Sequence[Group], columns: range
) -> tuple[list[tuple[int, int]], bool]:
    """Return pairs between which all the rest is weighed; none where there is little."""
    if len(rows) * len(columns) <= LARGEST:
        return [], True
    one = [(left[i].kind, left[i].output) for i in rows]
    other = [(right[j].kind, right[j].output) for j in columns]
    found = _longest(one, other)
    if found is not None:
        return [(rows[i], columns[j]) for i, j in found], True
    names = SequenceMatcher(None, [left[i].name for i in rows], [right[j].name for j in columns], autojunk=False)
    blocks = names.get_matching_blocks()
    return [(rows[i + k], columns[j + k]) for i, j, size in blocks for k in range(size)], False


def _longest(left: Sequence[object], right: Sequence[object]) -> list[tuple[int, int]] | None:
    """Return a longest common subsequence as pairs; None where more than ``MOST_EDITS`` elements are not in it.

    Eugene W. Myers, An O(ND) difference algorithm and its variations, Algorithmica 1, 1986: for d = 0, 1, 2, ... how
    far one gets along each diagonal with d insertions and deletions.
    """
    reach = {1: 0}
    steps: list[dict[int, int]] = []
    for edits in range(min(MOST_EDITS, len(left) + len(right)) + 1):
        steps.append(dict(reach))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1)
            )
            x = reach[diagonal + 1] if down else reach[diagonal - 1] + 1
            y = x - diagonal
            while x < len(left) and y < len(right) and left[x] == right[y]:
                x, y = x + 1, y + 1
            reach[diagonal] = x
            if x >= len(left) and y >= len(right):
                return _traced(steps, len(left), len(right))
    return None


def _traced(steps: Sequence[dict[int, int]], x: int, y: int) -> list[tuple[int, int]]:
    """Return the pairs on the way there, from its end."""
    pairs: list[tuple[int, int]] = []
    for edits in range(len(steps) - 1, -1, -1):
        reach, diagonal = steps[edits], x - y
        down = diagonal == -edits or (diagonal != edits and reach.get(diagonal - 1, -1) < reach.get(diagonal + 1, -1))
        before = diagonal + 1 if down else diagonal - 1
        x_before = reach[before] if edits else 0
        y_before = x_before - before if edits else 0
        while x > x_before and y > y_before:
            x, y = x - 1, y - 1
            pairs.append((x, y))
        x, y = x_before, y_before
    return pairs[::-1]


def _common(left: Sequence[Group], right: Sequence[Group]) -> int:
    """Return how many groups both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    differ = (i for i, (a, b) in pairs if (a.name, a.kind, a.output) != (b.name, b.kind, b.output))
    return next(differ, min(len(left), len(right)))


def _between(left: Sequence[Group], rows: range, right: Sequence[Group], columns: range) -> Iterator[Pair]:
    """Pair what stands between two places, so that the sum of the likenesses is largest."""
    matched = _heaviest(left, rows, right, columns) if len(rows) * len(columns) <= LARGEST else []
    if not matched and len(rows) == len(columns):  # nothing but the place agrees, as of stages at another resolution
        matched = list(zip(rows, columns, strict=True))
    i, j = rows.start, columns.start
    for a, b in [*matched, (rows.stop, columns.stop)]:
        yield from ((k, None) for k in range(i, a))
        yield from ((None, k) for k in range(j, b))
        if a < rows.stop:
            yield a, b
        i, j = a + 1, b + 1


def _heaviest(left: Sequence[Group], rows: range, right: Sequence[Group], columns: range) -> list[tuple[int, int]]:
    """Return the heaviest common subsequence, by dynamic programming from the end."""
    best = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    weights = [[_likeness(left, i, right, j) for j in columns] for i in rows]
    for a in range(len(rows) - 1, -1, -1):
        here, below, weight = best[a], best[a + 1], weights[a]
        for b in range(len(columns) - 1, -1, -1):
            here[b] = max(below[b], here[b + 1], below[b + 1] + weight[b])
    pairs = []
    a = b = 0
    while a < len(rows) and b < len(columns):
        if weights[a][b] and best[a][b] == best[a + 1][b + 1] + weights[a][b]:
            pairs.append((rows[a], columns[b]))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _likeness(left: Sequence[Group], i: int, right: Sequence[Group], j: int) -> int:
    """Weigh how alike two layers are; 0 for not at all.

    Kinds and outputs weigh more than names: where layers were taken out, the rest have other numbers in their names.
    """
    one, other = left[i], right[j]
    kind, shape = one.kind == other.kind != "", one.output == other.output != ()
    weight = 2 * kind + 2 * shape + (one.name == other.name) + EXACT * (kind and shape)
    return weight + (_ends_block(left, i) and _ends_block(right, j)) if weight else 0


def _ends_block(groups: Sequence[Group], i: int) -> bool:
    return i + 1 == len(groups) or groups[i].name.split("/")[0] != groups[i + 1].name.split("/")[0]
