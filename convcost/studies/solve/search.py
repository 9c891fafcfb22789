"""The search for the largest admissible points: bisection where growth is proven, every value where it is not."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice, product

from convcost.errors import ConvcostError, UsageError
from convcost.studies.solve.costs import Costs, Point

HORIZON = 4
"""Where growth is not proven, values are tried up to so many times the first one that crosses a budget."""

MOST_VALUES = 100_000
"""Points that are tried in one search without a proof."""

FARTHEST = 2**50
"""Steps after which what still fits has no end."""

MOST_SKIPPED = 2_000
"""Neighbours without a network that are passed over."""


class Search:
    """Finds the maximal points under limits, one for each metric of ``costs``."""

    def __init__(self, costs: Costs, limits: Sequence[int]) -> None:
        self.costs = costs
        self.limits = tuple(limits)
        self.skipped: dict[Point, ConvcostError] = {}
        self.tops: dict[int, int] = {}
        self._proven = costs.proven
        self._last = costs.provable()
        self._before = [i for i in range(len(costs.axes)) if i != self._last]

    def maximal(self) -> list[tuple[Point, tuple[Point | None, ...]]]:
        """Return every maximal point with its next one along each axis.

        A point is maximal if no other one within the limits is at least as large in every hyperparameter. ``tops`` then
        says up to which position every value was tried, for the axes where growth is not proven.

        Raises
        ------
        UsageError
            E824 where a hyperparameter can grow without end, E825 where there is too much to try.
        """
        constant = self.costs.constant()
        if constant:
            message = f"no budget limits {constant}: the costs do not depend on it"
            raise UsageError("E824", message, hint="give it a --range")
        horizon = 1 if self._proven else HORIZON
        while True:
            self.tops = {}
            found = [(p, tuple(self._next(p, i) for i in range(len(p)))) for p in self._front(horizon)]
            # without a proof, a network beyond the horizon may cost less again
            if self._proven or not any(step and self._built_within(step) for _, steps in found for step in steps):
                return found
            horizon *= HORIZON

    def smallest(self) -> Point:
        """Return the smallest point that can be built: the one with the fewest steps up from the lowest values.

        Raises
        ------
        UsageError
            E827 where no network can be built.
        """
        counts = [axis.count for axis in self.costs.axes]
        reason: ConvcostError | None = None
        tried = 0
        for point in islice(_upwards(counts), MOST_VALUES):
            if reason is not None and self.costs.absent(point):
                continue
            built = self.costs.network(point)
            if not isinstance(built, ConvcostError):
                return point
            reason = self.skipped.setdefault(point, built)
            tried += 1
            if tried > MOST_SKIPPED:
                break
        why = f"{reason.code} {reason.message}" if reason is not None else ""
        raise UsageError("E827", "no network can be built for any admissible value that was tried", hint=why)

    def _within(self, point: Point) -> bool:
        figures = self.costs.figures(point)
        return figures is not None and all(f <= limit for f, limit in zip(figures, self.limits, strict=True))

    def _built_within(self, point: Point) -> bool:
        built = self.costs.network(point)
        return not isinstance(built, ConvcostError) and all(f <= m for f, m in zip(built, self.limits, strict=True))

    def _front(self, horizon: int) -> list[Point]:
        highest = [self._top(i, horizon) for i in self._before]
        if not self._proven:
            self.tops.update(zip(self._before, highest, strict=True))
        if math.prod(top + 1 for top in highest) > MOST_VALUES:
            raise _too_many()
        front: list[Point] = []
        # from the largest down, so that what is above a point comes before it
        for before in product(*(range(top, -1, -1) for top in highest)):
            for point in self._downwards(before, horizon):
                if any(_above(other, point) for other in front):
                    break
                built = self.costs.network(point)
                if not isinstance(built, ConvcostError):
                    front.append(point)
                    break
                self.skipped[point] = built
        return front

    def _downwards(self, before: Point, horizon: int) -> Iterator[Point]:
        """Yield what is within the limits along the last axis, the largest first."""
        lowest = self._point(before, 0)
        formulas = self.costs.formulas(lowest)
        count = self.costs.axes[self._last].count
        if formulas is not None and formulas.rises[self._last] and formulas.alone[self._last]:
            if not self._within(lowest):
                return
            low, high = 0, 1
            while (count is None or high < count) and self._within(self._point(before, high)):
                low, high = high, 2 * high
                if high > FARTHEST:
                    raise self._endless(self._last, low)
            high = high if count is None else min(high, count)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._within(self._point(before, middle)) else (low, middle)
            yield from (self._point(before, position) for position in range(low, max(-1, low - MOST_SKIPPED), -1))
            return
        if self._last not in self.tops:
            self.tops[self._last] = self._top(self._last, horizon)
            if math.prod(top + 1 for top in self.tops.values()) > MOST_VALUES:
                raise _too_many()
        for position in range(self.tops[self._last], -1, -1):
            point = self._point(before, position)
            if self._within(point):
                yield point

    def _top(self, i: int, horizon: int) -> int:
        """Return the last position of an axis that is looked at: beyond it, the others at their lowest, is too much."""
        axis = self.costs.axes[i]
        if axis.count is not None:
            return axis.count - 1
        base = [0] * len(self.costs.axes)
        while self.costs.figures(tuple(base)) is None and base[i] < MOST_SKIPPED:
            base = [
                position + 1 if a.count is None or position + 1 < a.count else position
                for position, a in zip(base, self.costs.axes, strict=True)
            ]
        reach = 1
        while True:
            point = (*base[:i], base[i] + reach, *base[i + 1 :])
            if self.costs.figures(point) is not None and not self._within(point):
                return (base[i] + reach) * horizon
            reach *= 2
            if reach > (FARTHEST if self._proven else MOST_VALUES):
                raise self._endless(i, base[i] + reach // 2)

    def _point(self, before: Point, position: int) -> Point:
        return (*before[: self._last], position, *before[self._last :])

    def _endless(self, i: int, position: int) -> UsageError:
        axis = self.costs.axes[i]
        message = f"no budget limits {axis.name}: {axis.value(position)} is still within all"
        return UsageError("E824", message, hint="give it a --range")

    def _next(self, point: Point, i: int) -> Point | None:
        """Return the next larger point along an axis that can be built; None where there is none."""
        count = self.costs.axes[i].count
        for position in range(point[i] + 1, point[i] + MOST_SKIPPED if count is None else count):
            step = (*point[:i], position, *point[i + 1 :])
            built = self.costs.network(step)
            if not isinstance(built, ConvcostError):
                return step
            self.skipped[step] = built
        return None


def _above(point: Point, other: Point) -> bool:
    return all(a >= b for a, b in zip(point, other, strict=True))


def _too_many() -> UsageError:
    message = f"more than {MOST_VALUES:,} combinations of admissible values"
    return UsageError("E825", message, hint="give larger steps, or ranges")


def _upwards(counts: Sequence[int | None]) -> Iterator[Point]:
    """Yield positions by their sum: the lowest of all axes first."""
    total = 0
    while True:
        nothing = True
        for point in _with_sum(total, counts):
            nothing = False
            yield point
        if nothing:
            return
        total += 1


def _with_sum(total: int, counts: Sequence[int | None]) -> Iterator[Point]:
    first, *rest = counts
    highest = total if first is None else min(total, first - 1)
    if not rest:
        if highest == total:
            yield (total,)
        return
    for position in range(highest + 1):
        for others in _with_sum(total - position, rest):
            yield (position, *others)
