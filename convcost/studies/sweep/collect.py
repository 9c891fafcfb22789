"""What is kept of the points of a sweep as they stream by: all, those of a condition, a front, or those with most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, Self

import numpy as np

from convcost.errors import UsageError
from convcost.studies.sweep.front import undominated

PIVOTS = 8
"""Points of the front so far that new ones are held against before they are sorted."""

MOST_KEPT = 20_000_000
"""Points whose figures are kept."""

Array = np.ndarray[Any, Any]


class Block:
    """Some points with their figures.

    Parameters
    ----------
    figures : sequence of int64 arrays
        One for each metric.
    numbers : callable
        From places in the block to the numbers of the points in the whole sweep.
    units : callable
        From the number of an axis to its values in units, one for each point.
    start : int or None
        The number of the first point, where the others follow it one by one.
    """

    def __init__(
        self,
        figures: Sequence[Array],
        numbers: Callable[[Array], Array],
        units: Callable[[int], Array],
        start: int | None = None,
    ) -> None:
        self.figures, self.numbers, self.units, self.start = figures, numbers, units, start

    def __len__(self) -> int:
        return len(self.figures[0])


Score = tuple[bool, int, int]
"""(whether an axis or a metric, its number, its sign)"""


def scores(block: Block, each: Score) -> Array:
    """Return a metric or an axis of some points, with its sign."""
    is_axis, number, sign = each
    values = block.units(number) if is_axis else block.figures[number]
    return values if sign > 0 else -values


class Collector(Protocol):
    """Keeps something of many blocks; a fresh one for each part of the work, and all are merged in order."""

    def fresh(self) -> Self:
        """Return one for a part of the work."""

    def take(self, block: Block) -> None:
        """Look at some points."""

    def merge(self, other: Self) -> None:
        """Take in what was kept of a later part."""

    def finish(self) -> None:
        """Put all in order."""


class Rows:
    """Points with their figures, in some order; without ``numbers``, all points."""

    def __init__(self, metrics: int) -> None:
        self.numbers: Array | None = np.empty(0, np.int64)
        self.figures: Array = np.empty((metrics, 0), np.int64)

    def finish(self) -> None:
        """Put all in order: it is."""

    def number(self, places: Array) -> Array:
        """Return the numbers of some rows."""
        return places if self.numbers is None else self.numbers[places]

    def joined(self, numbers: Array | None, figures: Sequence[Array] | Array) -> tuple[Array, Array]:
        """Return these and more."""
        known = [each for each in (self.numbers, numbers) if each is not None]
        return np.concatenate(known), np.concatenate([self.figures, np.asarray(figures)], axis=1)


class All(Rows):
    """Every point of a sweep whose points are counted beforehand; threads write to places of their own."""

    def __init__(self, metrics: int, count: int) -> None:
        super().__init__(metrics)
        self.figures = np.empty((metrics, count), np.int64)
        self._present = np.zeros(count, bool)

    def fresh(self) -> Self:
        """Return itself."""
        return self

    def take(self, block: Block) -> None:
        """Put figures in their places."""
        where = block.start
        places = slice(where, where + len(block)) if where is not None else block.numbers(np.arange(len(block)))
        for row, figures in zip(self.figures, block.figures, strict=True):
            row[places] = figures
        self._present[places] = True

    def merge(self, other: Self) -> None:
        """Do nothing: all is in its place."""

    def finish(self) -> None:
        """Leave out the points that have no figures."""
        if self._present.all():
            self.numbers = None
        else:
            self.numbers = np.flatnonzero(self._present)
            self.figures = self.figures[:, self._present]


class Matching(Rows):
    """Those of which it is not known beforehand how many they are.

    Raises
    ------
    UsageError
        E847 where there are too many to keep.
    """

    def __init__(self, metrics: int) -> None:
        super().__init__(metrics)
        self._parts: list[tuple[Array, Array]] = []
        self._count = 0

    def fresh(self) -> Self:
        """Return one for a part of the work."""
        return type(self)(len(self.figures))

    def take(self, block: Block) -> None:
        """Keep all points."""
        if len(block):
            self._keep(block.numbers(np.arange(len(block))), np.array(block.figures, np.int64))

    def merge(self, other: Self) -> None:
        """Keep those of a later part."""
        for part in other._parts:
            self._keep(*part)

    def _keep(self, numbers: Array, figures: Array) -> None:
        self._count += len(numbers)
        if self._count > MOST_KEPT:
            message = f"more than {MOST_KEPT:,} points are to be kept"
            raise UsageError("E847", message, hint="ask for less: --where, --pareto, --top")
        self._parts.append((numbers, figures))

    def finish(self) -> None:
        """Put the parts together, in the order of the sweep."""
        if self._parts:
            numbers = np.concatenate([part[0] for part in self._parts])
            figures = np.concatenate([part[1] for part in self._parts], axis=1)
            self._parts.clear()
            rank = np.argsort(numbers, kind="stable")
            self.numbers, self.figures = numbers[rank], figures[:, rank]


class Front(Rows):
    """The points that no other one is as good as, and of equal ones the first."""

    def __init__(self, metrics: int, costs: Sequence[Score]) -> None:
        super().__init__(metrics)
        self._scores = tuple(costs)
        self.costs = np.empty((0, len(costs)), np.int64)

    def fresh(self) -> Self:
        """Return one for a part of the work, which knows the points so far."""
        other = type(self)(len(self.figures), self._scores)
        other.costs, other.numbers, other.figures = self.costs, self.numbers, self.figures
        return other

    def take(self, block: Block) -> None:
        """Keep what is not ruled out."""
        costs = [scores(block, each) for each in self._scores]
        chosen = self._promising(costs)
        if len(chosen):
            self._keep(
                np.stack([cost[chosen] for cost in costs], axis=1),
                block.numbers(chosen),
                [figures[chosen] for figures in block.figures],
            )

    def merge(self, other: Self) -> None:
        """Keep what is not ruled out of a later part."""
        self._keep(other.costs, other.numbers, other.figures)

    def _promising(self, costs: Sequence[Array]) -> Array:
        """Return which points some of the front do not rule out."""
        if not len(self.costs):
            return np.arange(len(costs[0]))
        keep = np.ones(len(costs[0]), bool)
        for pivot in self.costs[np.unique(np.linspace(0, len(self.costs) - 1, PIVOTS).astype(np.intp))]:
            better = costs[0] < pivot[0]
            for cost, bound in zip(costs[1:], pivot[1:], strict=True):
                better |= cost < bound
            keep &= better
        return np.flatnonzero(keep)

    def _keep(self, costs: Array, numbers: Array | None, figures: Sequence[Array] | Array) -> None:
        costs = np.concatenate([self.costs, costs])
        numbers, figures = self.joined(numbers, figures)
        kept = undominated(costs, numbers)
        self.costs, self.numbers, self.figures = costs[kept], numbers[kept], figures[:, kept]


class Top(Rows):
    """The points with most of a metric."""

    def __init__(self, metrics: int, most: int, score: Score) -> None:
        super().__init__(metrics)
        self._most, self._score = most, score
        self.best = np.empty(0, np.int64)

    def fresh(self) -> Self:
        """Return one for a part of the work, which knows the points so far."""
        other = type(self)(len(self.figures), self._most, self._score)
        other.best, other.numbers, other.figures = self.best, self.numbers, self.figures
        return other

    def take(self, block: Block) -> None:
        """Keep those with more than the last one."""
        found = scores(block, self._score)
        full = len(self.best) >= self._most
        chosen = np.flatnonzero(found > self.best[-1]) if full else np.arange(len(found))
        if len(chosen):
            self._keep(found[chosen], block.numbers(chosen), [figures[chosen] for figures in block.figures])

    def merge(self, other: Self) -> None:
        """Keep those of a later part with more than the last one."""
        self._keep(other.best, other.numbers, other.figures)

    def _keep(self, found: Array, numbers: Array | None, figures: Sequence[Array] | Array) -> None:
        found = np.concatenate([self.best, found])
        numbers, figures = self.joined(numbers, figures)
        _, first = np.unique(numbers, return_index=True)  # those known before came along
        rank = first[np.lexsort((numbers[first], -found[first]))][: self._most]
        self.best, self.numbers, self.figures = found[rank], numbers[rank], figures[:, rank]


class Extremes:
    """How many points there are, and those with least and most of each metric."""

    def __init__(self, metrics: int) -> None:
        self.count = 0
        self.least: list[tuple[int, int] | None] = [None] * metrics
        self.most: list[tuple[int, int] | None] = [None] * metrics

    def fresh(self) -> Self:
        """Return one for a part of the work."""
        return type(self)(len(self.least))

    def take(self, block: Block) -> None:
        """Look at the least and the most of a block."""
        if not len(block):
            return
        self.count += len(block)
        for i, figures in enumerate(block.figures):
            for place, known, sign in ((int(figures.argmin()), self.least, 1), (int(figures.argmax()), self.most, -1)):
                value = int(figures[place])
                best = known[i]
                if best is None or sign * value < sign * best[0]:
                    known[i] = value, int(block.numbers(np.array([place]))[0])

    def finish(self) -> None:
        """Do nothing: nothing is left to put in order."""

    def merge(self, other: Self) -> None:
        """Look at those of a later part."""
        self.count += other.count
        for mine, theirs, sign in ((self.least, other.least, 1), (self.most, other.most, -1)):
            for i, new in enumerate(theirs):
                old = mine[i]
                if new is not None and (old is None or (sign * new[0], new[1]) < (sign * old[0], old[1])):
                    mine[i] = new
