"""A tape: whole-number operations in the order in which they are computed, equal ones only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SYMBOL, CONSTANT, ADD, MUL, FLOOR, MAXIMUM, NEGATIVE = (
    "symbol",
    "constant",
    "add",
    "mul",
    "floor",
    "maximum",
    "negative",
)
"""What a step does: ``floor`` is ⌊a / b⌋, ``negative`` is -1 where its argument is negative and 0 elsewhere."""

INT64 = 2**63 - 1

Interval = tuple[int, int]


class Step(NamedTuple):
    """One operation on the results of earlier steps; a symbol or a constant has its number or value instead."""

    operation: str
    arguments: tuple[int, ...] = ()
    value: int = 0


class Ratio(NamedTuple):
    """A quotient of two steps; formulas divide only at their end, so that all in between stays whole."""

    above: int
    beneath: int


class Tape:
    """Records steps; each method returns the place of its result.

    >>> tape = Tape()
    >>> n = tape.symbol(0)
    >>> tape.add(tape.mul(n, n), tape.constant(0)) == tape.mul(n, n)
    True
    >>> [step.operation for step in tape.steps]
    ['symbol', 'mul', 'constant']
    """

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._places: dict[Step, int] = {}

    def symbol(self, number: int) -> int:
        """Return an input, counted from 0."""
        return self._place(Step(SYMBOL, (), number))

    def constant(self, value: int) -> int:
        """Return a constant."""
        return self._place(Step(CONSTANT, (), value))

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.constant(x + y)
        if x == 0 or y == 0:
            return b if x == 0 else a
        return self._place(Step(ADD, self._ordered(a, b)))

    def mul(self, a: int, b: int) -> int:
        """Return a · b."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.constant(x * y)
        if x == 1 or y == 1:
            return b if x == 1 else a
        if x == 0 or y == 0:
            return self.constant(0)
        return self._place(Step(MUL, self._ordered(a, b)))

    def floor(self, a: int, b: int) -> int:
        """Return ⌊a / b⌋; b is positive."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.constant(x // y)
        return a if y == 1 else self._place(Step(FLOOR, (a, b)))

    def maximum(self, a: int, b: int) -> int:
        """Return the larger one."""
        x, y = self.known(a), self.known(b)
        if x is not None and y is not None:
            return self.constant(max(x, y))
        return a if a == b else self._place(Step(MAXIMUM, self._ordered(a, b)))

    def negative(self, a: int) -> int:
        """Return -1 where a is negative, 0 elsewhere."""
        x = self.known(a)
        return self._place(Step(NEGATIVE, (a,))) if x is None else self.constant(-(x < 0))

    def subtract(self, a: int, b: int) -> int:
        """Return a - b."""
        return self.add(a, self.mul(b, self.constant(-1)))

    def power(self, a: int, exponent: int) -> int:
        """Return a to a whole power that is not negative."""
        if exponent == 0:
            return self.constant(1)
        half = self.power(a, exponent // 2)
        square = self.mul(half, half)
        return self.mul(square, a) if exponent % 2 else square

    def known(self, place: int) -> int | None:
        """Return the value of a constant; None for anything else."""
        step = self.steps[place]
        return step.value if step.operation == CONSTANT else None

    def whole(self, ratio: Ratio) -> int:
        """Return a quotient that is known to be whole, or its floor."""
        return self.floor(ratio.above, ratio.beneath)

    def intervals(self, symbols: Sequence[Interval]) -> list[Interval]:
        """Return the least and the largest value that each step can have, at most; exact, by interval arithmetic.

        >>> tape = Tape()
        >>> n = tape.symbol(0)
        >>> third = tape.floor(tape.mul(n, n), tape.constant(3))
        >>> tape.intervals([(1, 10)])[third]
        (0, 33)
        """
        found: list[Interval] = []
        for step in self.steps:
            found.append(_interval(step, [found[i] for i in step.arguments], symbols))
        return found

    def depends(self, known: Sequence[frozenset[int]], until: int | None = None) -> list[frozenset[int]]:
        """Return the symbols that each step depends on, up to a place; those ``known`` are not looked at again."""
        found = list(known)
        for step in self.steps[len(found) : until]:
            if step.operation == SYMBOL:
                found.append(frozenset({step.value}))
            else:
                found.append(frozenset().union(*(found[i] for i in step.arguments)))
        return found

    def needed(self, outputs: Iterable[int]) -> list[int]:
        """Return the places of the steps that outputs rest on, in order."""
        wanted = set(outputs)
        for place in range(len(self.steps) - 1, -1, -1):
            if place in wanted:
                wanted.update(self.steps[place].arguments)
        return sorted(wanted)

    def _place(self, step: Step) -> int:
        found = self._places.get(step)
        if found is None:
            found = self._places[step] = len(self.steps)
            self.steps.append(step)
        return found

    def _ordered(self, a: int, b: int) -> tuple[int, int]:
        """Return arguments in one order, a constant last, so that a + b and b + a are one step."""
        return (b, a) if self.known(a) is not None or (self.known(b) is None and b < a) else (a, b)


def _interval(step: Step, of: Sequence[Interval], symbols: Sequence[Interval]) -> Interval:
    if step.operation == SYMBOL:
        return symbols[step.value]
    if step.operation == CONSTANT:
        return step.value, step.value
    low, high = of[0]
    if step.operation == NEGATIVE:
        return -(low < 0), -(high < 0)
    least, most = of[1]
    if step.operation == ADD:
        return low + least, high + most
    if step.operation == MAXIMUM:
        return max(low, least), max(high, most)
    if step.operation == MUL:
        if step.arguments[0] == step.arguments[1]:
            ends = (low * low, high * high)
            return (0 if low < 0 < high else min(ends)), max(ends)
        corners = (low * least, low * most, high * least, high * most)
    else:
        least = max(least, 1)  # a divisor is positive: where a guard says otherwise the result is not used
        corners = (low // least, low // most, high // least, high // most)
    return min(corners), max(corners)
