"""The result of a sweep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, overload

import numpy as np

from convcost.cost import Convention
from convcost.errors import ConvcostError
from convcost.model import Model, Number
from convcost.records import Record
from convcost.shown import Shown
from convcost.studies.sweep.axes import Axis
from convcost.studies.sweep.front import Objective
from convcost.studies.sweep.where import Where
from convcost.symbols.arith import exact

Array = np.ndarray[Any, Any]


class Point(Record):
    """A configuration and what it costs.

    Attributes
    ----------
    values : mapping of str to number or str
        Of the axes: exact numbers, and names of presets.
    figures : mapping of str to int
    """

    values: Mapping[str, Number | str]
    figures: Mapping[str, int]


class Extent(Record):
    """The least and the most of a metric, and the configurations that have it: the first ones."""

    least: int
    least_at: Mapping[str, Number | str]
    most: int
    most_at: Mapping[str, Number | str]


class Sweep(Shown, Record):
    """Configurations of a network with what they cost; a sequence of ``Point``.

    Attributes
    ----------
    axes : tuple of Axis
        In the order given; the last one runs fastest.
    count : int
        Points of the sweep.
    within : int
        Those that have a network and fulfil the conditions.
    missing : int
        Points at which no network can be built, and ``reason``, why not at the first of them.
    kept : str
        What the rows are: "all" that are within, the "front" of ``objectives``, those with most of the first metric
        ("top"), or "none": only the extents are known.
    figures : (metrics, rows) array of int64
        What the rows cost; ``numbers`` are those of their points in the sweep, None for all.
    columns : tuple of arrays, optional
        For points instead of a grid: their values in units of each axis.
    extents : mapping of str to Extent
        Empty where nothing is within.
    """

    model: Model
    convention: Convention
    axes: tuple[Axis, ...]
    metrics: tuple[str, ...]
    where: tuple[Where, ...]
    count: int
    within: int
    missing: int
    reason: ConvcostError | None
    kept: str
    objectives: tuple[Objective, ...]
    numbers: Array | None
    figures: Array
    columns: tuple[Array, ...] | None = None
    extents: Mapping[str, Extent] = {}

    def __len__(self) -> int:
        return int(self.figures.shape[1])

    def __iter__(self) -> Iterator[Point]:
        return (self[i] for i in range(len(self)))

    @overload
    def __getitem__(self, row: int) -> Point: ...

    @overload
    def __getitem__(self, row: slice) -> tuple[Point, ...]: ...

    def __getitem__(self, row: int | slice) -> Point | tuple[Point, ...]:
        if isinstance(row, slice):
            return tuple(self[i] for i in range(*row.indices(len(self))))
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        row %= len(self)
        figures = {metric: int(self.figures[i, row]) for i, metric in enumerate(self.metrics)}
        return Point(self.configuration(row if self.numbers is None else int(self.numbers[row])), figures)

    @property
    def grid(self) -> bool:
        """Whether the points are all combinations of values."""
        return self.columns is None

    def configuration(self, number: int) -> dict[str, Number | str]:
        """Return the values of a point of the sweep."""
        if self.columns is not None:
            units = [int(column[number]) for column in self.columns]
            return {axis.name: exact(axis.unit * n) for axis, n in zip(self.axes, units, strict=True)}
        at = np.unravel_index(number, tuple(map(len, self.axes)))
        return {axis.name: axis.shown(int(i)) for axis, i in zip(self.axes, at, strict=True)}

    def positions(self) -> tuple[Array, ...]:
        """Return where the rows of a grid stand on each axis."""
        numbers = np.arange(len(self)) if self.numbers is None else self.numbers
        return np.unravel_index(numbers, tuple(map(len, self.axes)))

    def array(self, name: str) -> Array:
        """Return a column as an array: a metric as 64-bit integers, an axis as exact values.

        Raises
        ------
        KeyError
            For a name that is neither.
        """
        if name in self.metrics:
            return self.figures[self.metrics.index(name)]  # type: ignore[no-any-return]
        number = {axis.name: i for i, axis in enumerate(self.axes)}[name]
        axis = self.axes[number]
        if self.columns is not None:
            column = self.columns[number] if self.numbers is None else self.columns[number][self.numbers]
            found, places = np.unique(column, return_inverse=True)
            shown: list[Any] = [exact(axis.unit * int(n)) for n in found]
        else:
            shown, places = [axis.shown(i) for i in range(len(axis))], self.positions()[number]
        values = np.empty(len(shown), object)
        values[:] = shown
        return values[places]

    def model_at(self, row: int) -> Model:
        """Return the model of a row."""
        values = self[row].values
        presets = "".join(f":{values[axis.name]}" for axis in self.axes if axis.presets)
        return self.model.at(presets, **{axis.name: values[axis.name] for axis in self.axes if not axis.presets})

    def to_pandas(self) -> Any:
        """Return the rows as a pandas DataFrame: metrics as 64-bit integers, hyperparameters as exact objects.

        Raises
        ------
        ImportError
            Without pandas.
        """
        import pandas as pd

        return pd.DataFrame({name: self.array(name) for name in (*(axis.name for axis in self.axes), *self.metrics)})
