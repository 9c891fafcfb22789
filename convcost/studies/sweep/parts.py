"""A sweep cut into parts of one structure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from convcost.cost.closed_form import LETTERS
from convcost.errors import ConvcostError, UsageError, one_of
from convcost.model import Model, Number, exact_number
from convcost.studies.sweep.axes import Axis, at
from convcost.studies.sweep.part import Part, Question, middle
from convcost.studies.sweep.run import Numbering
from convcost.studies.sweep.space import Space
from convcost.studies.sweep.tape import INT64
from convcost.studies.wiring import Wiring, wiring
from convcost.symbols.arith import common_unit, exact
from convcost.symbols.expr.language import quoted

Array = np.ndarray[Any, Any]

Points = Sequence[Number | str | float] | Array


def grid_parts(model: Model, axes: Sequence[Axis], question: Question) -> Iterator[tuple[Part, Numbering]]:
    """Yield the parts of a grid: one for each combination of values that the structure rests on."""
    sizes = tuple(map(len, axes))
    strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    outer = [i for i, axis in enumerate(axes) if axis.presets]
    rest = [i for i in range(len(axes)) if i not in outer]
    space = Space.grid([_units(axes[i]) for i in rest])
    first = at(model, [axes[i] for i in outer], [0] * len(outer))
    known = _derived(first, [axes[i] for i in rest], space, question)
    if known is not None:
        outer += [i for i in rest if axes[i].name not in known.symbols]
    inner = [i for i in rest if i not in outer]
    if outer:
        known, space = None, Space.grid([_units(axes[i]) for i in inner])
    for positions in product(*(range(sizes[i]) for i in outer)):
        bound = at(model, [axes[i] for i in outer], positions)
        part = Part(question, bound, [axes[i] for i in inner], space, known)
        offset = sum(strides[i] * p for i, p in zip(outer, positions, strict=True))
        fixed = {i: axes[i].units[p] for i, p in zip(outer, positions, strict=True)}
        yield part, Numbering(offset, [strides[i] for i in inner], {i: n for n, i in enumerate(inner)}, fixed)


def points_of(
    model: Model, points: Mapping[str, Points], units: Mapping[str, Number | str]
) -> tuple[tuple[Axis, ...], tuple[Array, ...]]:
    """Return axes without values of their own, and the points in units along each.

    Raises
    ------
    UsageError
        E014 for an unknown hyperparameter, E840 for one that is bound, E841 for columns that are not equally long, E008
        for a value that a hyperparameter cannot have.
    """
    known = model.architecture.hyperparameters
    axes, columns = [], []
    for name in (*points, *units):
        if name not in known:
            hint = one_of(name, known) if known else "it has none"
            raise UsageError("E014", f"{model.architecture.name} has no hyperparameter {quoted(name)}", hint=hint)
    for name, values in points.items():
        if name in model.bound:
            raise UsageError("E840", f"{name} is bound to {model.values[name]} and cannot be swept over")
        h = known[name]
        unit, column = _read(name, values, units.get(name, 1))
        for extreme in (int(column.min()), int(column.max())):
            problem = h.problem(exact(extreme * unit))
            if problem:
                raise UsageError("E008", problem)
        if h.integer and (column % Fraction(unit).denominator).any():
            raise UsageError("E008", f"{name} is a whole number, and not all of its values are")
        axes.append(Axis(name, h.symbol or LETTERS.get(name, name), unit, ()))
        columns.append(column)
    if not columns:
        raise UsageError("E840", "no points to sweep over")
    if len({len(column) for column in columns}) > 1:
        lengths = ", ".join(f"{len(column)} of {axis.name}" for axis, column in zip(axes, columns, strict=True))
        raise UsageError("E841", f"points have a value of each hyperparameter: {lengths}")
    return tuple(axes), tuple(columns)


def _read(name: str, values: Points, unit: Number | str) -> tuple[Number, Array]:
    """Return the values of a hyperparameter at every point as whole numbers, and their unit."""
    if not len(values):
        raise UsageError("E841", f"there are no points of {name}")
    if not isinstance(values, np.ndarray):
        numbers = [exact_number(name, value) for value in values]
        found = common_unit(numbers) or 1  # all are 0
        return found, _column(name, [int(Fraction(n) / found) for n in numbers], found)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        hint = "whole numbers, with units={'alpha': '1/32'}; or a list of exact values"
        raise UsageError("E841", f"the points of {name} are no array of whole numbers", hint=hint)
    return exact_number(name, unit), values.astype(np.int64)


def point_parts(
    model: Model, axes: Sequence[Axis], columns: Sequence[Array], question: Question
) -> Iterator[tuple[Part, Numbering]]:
    """Yield the parts of points: those that have values in common on which the structure rests."""
    space = Space.points(list(columns), len(columns[0]))
    known = _derived(model, axes, space, question)
    outer = [] if known is None else [i for i, axis in enumerate(axes) if axis.name not in known.symbols]
    inner = [i for i in range(len(axes)) if i not in outer]
    inputs = {i: n for n, i in enumerate(inner)}
    if not outer:
        yield Part(question, model, axes, space, known), Numbering(0, [1], inputs, {})
        return
    distinct, which = np.unique(np.stack([columns[i] for i in outer]), axis=1, return_inverse=True)
    for number, values in enumerate(distinct.T):
        members = np.flatnonzero(which.reshape(-1) == number)
        bound = model.with_values(
            **{axes[i].name: exact(axes[i].unit * int(n)) for i, n in zip(outer, values, strict=True)}
        )
        own = Space.points([columns[i][members] for i in inner], len(members))
        fixed = {i: int(n) for i, n in zip(outer, values, strict=True)}
        yield Part(question, bound, [axes[i] for i in inner], own), Numbering(0, [1], inputs, fixed, members)


def _derived(model: Model, axes: Sequence[Axis], space: Space, question: Question) -> Wiring | None:
    """Return the wiring in the middle, which tells on what the structure rests; None without a formula."""
    values = {axis.name: exact(axis.unit * n) for axis, n in zip(axes, middle(space), strict=True)}
    try:
        return wiring(model, {a.name: a.unit for a in axes}, values, question.metrics, question.convention)
    except ConvcostError:
        return None


def _units(axis: Axis) -> Array:
    """Return the values of an axis in units as an array."""
    units = axis.units
    if isinstance(units, range):
        _column(axis.name, [units[-1]], axis.unit)
        return np.arange(units.start, units.stop, units.step, dtype=np.int64)
    return _column(axis.name, units, axis.unit)


def _column(name: str, units: Sequence[int], unit: Number) -> Array:
    if max(units) > INT64:
        raise UsageError("E842", f"{name} has values beyond 64 bits in units of {unit}")
    return np.array(units, np.int64)
