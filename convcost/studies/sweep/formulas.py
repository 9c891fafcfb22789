"""The formulas of one wiring, compiled for a space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcost.graph import Guard
from convcost.model import Number
from convcost.studies.sweep.formula import Writer
from convcost.studies.sweep.kernel import Kernel, flat
from convcost.studies.sweep.space import Box, Space, shape
from convcost.studies.sweep.tape import Interval, Ratio, Tape
from convcost.studies.sweep.where import RELATED, Combined, Compared, Where
from convcost.studies.wiring import Wiring

Array = np.ndarray[Any, Any]

OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


class Found(NamedTuple):
    """What formulas say of the points in a box; masks are None where all points are meant.

    Attributes
    ----------
    figures : list of int64 arrays
        One for each metric, valid until the next box.
    holds : array of bool or None
        Where this is the wiring of the network; elsewhere the rest says nothing.
    exists : array of bool or None
        Where there is a network.
    fulfils : array of bool or None
        Where the conditions hold.
    """

    figures: list[Array]
    holds: Array | None
    exists: Array | None
    fulfils: Array | None


class Formulas:
    """Metrics, guards, requirements and conditions of a wiring on one tape.

    Parameters
    ----------
    names : sequence of str
        The hyperparameter of each input of the space.
    values : mapping of str to number
        All hyperparameters, for those that do not vary.
    units : mapping of str to number
        Of what the inputs are multiples.
    metrics : sequence of str
        The totals of ``wiring``; the first ``wanted`` are figures, all are known in conditions.
    at : sequence of int
        The point that the wiring was derived at, in units.
    """

    def __init__(  # noqa: PLR0917 - a space and what is asked of it
        self,
        wiring: Wiring,
        space: Space,
        names: Sequence[str],
        values: Mapping[str, Number],
        units: Mapping[str, Number],
        metrics: Sequence[str],
        wanted: int,
        conditions: Sequence[Where],
        at: Sequence[int],
    ) -> None:
        tape = Tape()
        places = {wiring.symbols[name]: i for i, name in enumerate(names) if name in wiring.symbols}
        writer = Writer(tape, places)
        totals = [Ratio(tape.whole(writer.write(total)), tape.constant(1)) for total in wiring.totals]
        known: dict[str, Ratio] = {name: _constant(tape, value) for name, value in values.items()}
        for i, name in enumerate(names):
            known[name] = _scaled(tape, tape.symbol(i), units[name])
        known.update(zip(metrics, totals, strict=True))
        intervals = _Intervals(tape, space)
        fixed = [_equal(tape, i, at[i]) for i, name in enumerate(names) if name not in wiring.symbols]
        self._holds = intervals.open([*fixed, *(_written(writer, guard) for guard in wiring.guards)])
        self._exists = intervals.open([_written(writer, guard) for guard in wiring.requirements])
        self._where = Combined("and", tuple(each.write(tape, known) for each in conditions)) if conditions else None
        self._figures = [total.above for total in totals[:wanted]]
        tests = [*self._holds, *self._exists]
        asked = [*(test.place for test in tests), *(self._where.places() if self._where else ())]
        self._outputs = list(dict.fromkeys([*self._figures, *asked]))
        self._kernel = Kernel(tape, self._outputs, space)

    def run(self, box: Box) -> Found:
        """Return what they say of a box."""
        extents = shape(box)
        values = dict(zip(self._outputs, (flat(each, extents) for each in self._kernel.run(box)), strict=True))
        return Found(
            [values[place].astype(np.int64, copy=False) for place in self._figures],
            _all(self._holds, values),
            _all(self._exists, values),
            None if self._where is None else self._where.holds(values),
        )


class _Intervals:
    """Leaves out comparisons that come out the same everywhere in a space."""

    def __init__(self, tape: Tape, space: Space) -> None:
        self._tape, self._ranges = tape, space.ranges()

    def open(self, tests: Sequence[Compared]) -> list[Compared]:
        found = self._tape.intervals(self._ranges)
        return [test for test in dict.fromkeys(tests) if not _always(test, found[test.place])]


def _always(test: Compared, interval: Interval) -> bool:
    """Tell whether a comparison with zero holds for all numbers of an interval."""
    low, high = interval
    match test.relation:
        case "==":
            return low == high == 0
        case "!=":
            return low > 0 or high < 0
        case "<" | "<=":
            return RELATED[test.relation](high, 0)  # type: ignore[no-any-return]
        case _:
            return RELATED[test.relation](low, 0)  # type: ignore[no-any-return]


def _all(tests: Sequence[Compared], values: Mapping[int, Array]) -> Array | None:
    return Combined("and", tuple(tests)).holds(values) if tests else None


def _written(writer: Writer, guard: Guard) -> Compared:
    """Write a guard as a comparison with zero."""
    tape, left, right = writer.tape, writer.write(guard.left), writer.write(guard.right)
    difference = tape.subtract(tape.mul(left.above, right.beneath), tape.mul(right.above, left.beneath))
    return Compared(difference, guard.relation if guard.holds else OPPOSITE[guard.relation])


def _equal(tape: Tape, number: int, units: int) -> Compared:
    return Compared(tape.subtract(tape.symbol(number), tape.constant(units)), "==")


def _constant(tape: Tape, value: Number) -> Ratio:
    return Ratio(tape.constant(value.numerator), tape.constant(value.denominator))


def _scaled(tape: Tape, place: int, unit: Number) -> Ratio:
    return Ratio(tape.mul(place, tape.constant(unit.numerator)), tape.constant(unit.denominator))
