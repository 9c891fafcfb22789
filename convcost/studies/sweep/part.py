"""The figures of every point of one structure: by the formulas of its wirings, or network by network."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from convcost.cost import Convention
from convcost.errors import ConvcostError, UsageError
from convcost.model import Model, Number
from convcost.records import Record
from convcost.studies.sweep.axes import Axis
from convcost.studies.sweep.formulas import Formulas, Found
from convcost.studies.sweep.space import Box, Space, shape
from convcost.studies.sweep.where import Where
from convcost.studies.wiring import Wiring, wiring
from convcost.symbols.arith import exact

MOST_NETWORKS = 20_000
"""Networks that are built one by one where no formula can be had; each takes some milliseconds."""

FEW = 8
"""Fewer points are not worth a formula."""

Array = np.ndarray[Any, Any]


class Question(Record):
    """What is asked of every point.

    Attributes
    ----------
    metrics : tuple of str
        Those of the conditions included; the first ``wanted`` are the figures.
    """

    metrics: tuple[str, ...]
    wanted: int
    where: tuple[Where, ...]
    convention: Convention


class Answer(Record):
    """The figures of a box.

    Attributes
    ----------
    figures : sequence of int64 arrays
        One for each metric, one number a point; valid until the next box of the same thread.
    chosen : array of bool or None
        The points that have figures and fulfil the conditions; None for all.
    missing : int
        Points without a network.
    """

    figures: Sequence[Array]
    chosen: Array | None
    missing: int


class Part:
    """Points that have all hyperparameters on which the structure rests in common.

    Parameters
    ----------
    model : Model
        With these bound.
    known : Wiring, optional
        That of the point in the middle.
    axes : sequence of Axis
        Those along which the inputs of ``space`` lie.

    Attributes
    ----------
    reason : ConvcostError or None
        Why a network could not be built.
    """

    def __init__(
        self, question: Question, model: Model, axes: Sequence[Axis], space: Space, known: Wiring | None = None
    ) -> None:
        self.question, self.model, self.space, self.axes = question, model, space, tuple(axes)
        self.reason: ConvcostError | None = None
        self._lock = threading.RLock()
        self._formulas: list[Formulas] = []
        self._derivable = bool(axes) and len(space) >= FEW
        self._built = 0
        if self._derivable:
            self._derivable = self._derive(middle(space), known)

    def run(self, box: Box) -> Answer:
        """Return the figures of the points in a box.

        Raises
        ------
        UsageError
            E845 where too many networks would have to be built, E844 where a figure is beyond 64 bits.
        """
        try:
            first = self._formulas[0].run(box) if self._formulas else None
            if first is not None and first.holds is None:
                return Answer(first.figures, _both(first.exists, first.fulfils), _missing(first, self, box))
            return self._pieced(box, first)
        except OverflowError:
            message = "a figure is beyond 64 bits, 9.2 · 10¹⁸"
            raise UsageError("E844", message, hint="sweep over smaller values") from None

    def _pieced(self, box: Box, first: Found | None) -> Answer:
        """Return the figures of a box in which there are several wirings, or none with a formula."""
        size = int(np.prod(shape(box), dtype=np.int64))
        figures = [np.zeros(size, np.int64) for _ in range(self.question.wanted)]
        chosen, left, missing, tried = np.zeros(size, bool), np.ones(size, bool), 0, 0
        while left.any():
            if tried < len(self._formulas):
                found = first if tried == 0 and first is not None else self._formulas[tried].run(box)
                tried += 1
                settled = left if found.holds is None else left & found.holds
                for row, new in zip(figures, found.figures, strict=True):
                    np.copyto(row, new, where=settled)
                fulfilled = _both(found.exists, found.fulfils)
                chosen |= settled if fulfilled is None else settled & fulfilled
                if found.exists is not None and not found.exists[settled].all():
                    missing += int((settled & ~found.exists).sum())
                    self._why(box, int((settled & ~found.exists).argmax()))
                left = left & ~settled
                continue
            place = int(left.argmax())
            left[place] = False
            built = self._network(self._units(box, place))
            if built is None:
                missing += 1
                continue
            chosen[place] = built[1]
            for row, value in zip(figures, built[0], strict=True):
                row[place] = value
            if self._derivable:
                self._more(tried, box, place)
        return Answer(figures, chosen, missing)

    def _more(self, tried: int, box: Box, place: int) -> None:
        """Derive the formulas of a network that those tried do not hold for, unless another thread has."""
        with self._lock:
            if tried == len(self._formulas):
                self._derive(self._units(box, place))

    def _derive(self, units: Sequence[int], known: Wiring | None = None) -> bool:
        """Derive the formulas of the wiring at a point; False where that is not possible."""
        question, names = self.question, [axis.name for axis in self.axes]
        steps = {axis.name: axis.unit for axis in self.axes}
        try:
            found = known or wiring(self.model, steps, self._values(units), question.metrics, question.convention)
            if self._formulas and not found.holds(dict(zip(names, units, strict=True))):
                return False
            formulas = Formulas(
                found,
                self.space,
                names,
                self.model.values,
                steps,
                question.metrics,
                question.wanted,
                question.where,
                units,
            )
        except (ConvcostError, ValueError):  # no network there, or a metric without a closed form
            return False
        self._formulas.append(formulas)
        return True

    def _network(self, units: Sequence[int]) -> tuple[list[int], bool] | None:
        """Build a network, and return its figures and whether it fulfils the conditions; None where there is none."""
        with self._lock:
            self._built += 1
            if self._built > MOST_NETWORKS:
                message = f"more than {MOST_NETWORKS:,} networks would have to be built, for no formula holds for them"
                raise UsageError("E845", message, hint="sweep over fewer values")
            try:
                model = self.model.with_values(**self._values(units)) if self.axes else self.model
                analysis = model.analyze(self.question.convention).complete()
                figures = {metric: analysis.total(metric) for metric in self.question.metrics}
            except ConvcostError as error:
                self.reason = self.reason or error
                return None
            known = {**model.values, **figures}
            fulfils = all(each.holds(known) for each in self.question.where)
            return [figures[metric] for metric in self.question.metrics[: self.question.wanted]], fulfils

    def _why(self, box: Box, place: int) -> None:
        """Learn why there is no network at a point, once."""
        if self.reason is None:
            self._network(self._units(box, place))

    def _units(self, box: Box, place: int) -> list[int]:
        """Return the coordinates of a point of a box."""
        at = np.unravel_index(place, shape(box))
        return [
            int(values[box[d].start + at[d]]) for values, d in zip(self.space.inputs, self.space.dimension, strict=True)
        ]

    def _values(self, units: Sequence[int]) -> dict[str, Number]:
        return {axis.name: exact(axis.unit * n) for axis, n in zip(self.axes, units, strict=True)}


def middle(space: Space) -> list[int]:
    """Return the values in the middle of the inputs, which are most likely those of a network."""
    return [int(values[len(values) // 2]) for values in space.inputs]


def _both(one: Array | None, other: Array | None) -> Array | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _missing(found: Found, part: Part, box: Box) -> int:
    """Return how many points of a box have no network."""
    if found.exists is None or found.exists.all():
        return 0
    part._why(box, int((~found.exists).argmax()))  # noqa: SLF001 - one module
    return int((~found.exists).sum())
