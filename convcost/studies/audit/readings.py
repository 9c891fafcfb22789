"""What one network comes to under every way of counting that is short enough to be an explanation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from fractions import Fraction

from convcost.studies.audit.ledger import Counting
from convcost.studies.audit.steps import LONGEST, Step, counted, subsets, total_bits


class Readings:
    """The numbers that a network comes to, in one unit, the shortest descriptions first.

    A step that changes nothing explains nothing: what a shorter set of steps leads to already is left out.

    Attributes
    ----------
    steps : list of tuple of Step
        Sets of counting steps; the first one is empty.
    bits : list of float
        Their lengths, ascending.
    numbers : list of Fraction
        What they lead to.
    """

    def __init__(
        self, usable: tuple[Step, ...], stated: Counting, number: Callable[[Counting], Fraction | None] | None
    ) -> None:
        self.steps: list[tuple[Step, ...]] = []
        self.bits: list[float] = []
        self.numbers: list[Fraction] = []
        self._indices: dict[Fraction, Index] = {}
        seen: dict[Fraction, tuple[float, set[frozenset[str]]]] = {}
        if number is None:
            return  # a network that cannot be built
        for steps in subsets(usable, LONGEST):
            found = number(counted(stated, steps))
            if found is None:
                continue  # a share of nothing
            bits = total_bits(steps)
            least, known = seen.setdefault(found, (bits, set()))
            families = frozenset(step.family for step in steps)
            # nor does one that is another name for the same: the last layer may be all that is fully connected
            if least < bits or families in known:
                continue
            known.add(families)
            self.steps.append(steps)
            self.bits.append(bits)
            self.numbers.append(found)

    def up_to(self, longest: float) -> int:
        """Return how many of them are not longer."""
        return bisect_right(self.bits, longest)

    def index(self, step: Fraction) -> Index:
        """Return where they lie on the grid of a last digit."""
        if step not in self._indices:
            self._indices[step] = Index(self.numbers, step)
        return self._indices[step]


class Index:
    """Numbers on the grid of a last digit: below each of them, and nearest to it.

    >>> index = Index([Fraction("4.2939"), Fraction("4.21")], Fraction(1, 10))
    >>> index.low, index.near, list(index.printed_as(42))
    ([42, 42], [43, 42], [0, 1])
    """

    def __init__(self, numbers: list[Fraction], step: Fraction) -> None:
        self.low: list[int] = []
        self.near: list[int] = []
        self._at: dict[int, list[int]] = {}
        for place, number in enumerate(numbers):
            # integers: a fraction would be reduced each time
            above, below = number.numerator * step.denominator, number.denominator * step.numerator
            low, near = above // below, (2 * above + below) // (2 * below)
            self.low.append(low)
            self.near.append(near)
            for units in {low, near}:
                self._at.setdefault(units, []).append(place)

    def printed_as(self, units: int) -> Iterator[int]:
        """Yield the places of those that may be printed as so many units of the last digit."""
        yield from self._at.get(units, ())
