"""What one per cent more of a hyperparameter costs, at every row of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from convcost.errors import ConvcostError, UsageError
from convcost.model import Model, Number
from convcost.studies.formula import without_rounding
from convcost.studies.sweep.result import Sweep
from convcost.studies.wiring import Wiring, wiring
from convcost.symbols import is_symbolic
from convcost.symbols.program import Program

MOST_ROWS = 100_000
"""Rows whose elasticities are computed one by one."""


def elasticities(sweep: Sweep) -> dict[str, dict[str, list[Fraction | None]]]:
    """Return d ln f / d ln x of each metric f in each hyperparameter x, by metric and hyperparameter, one a row.

    Roundings are left out, as in ``Formula.behaviour``; None where the structure rests on the hyperparameter or a
    metric has no closed form. Presets have none.

    Raises
    ------
    UsageError
        E848 for too many rows.
    """
    if len(sweep) > MOST_ROWS:
        message = f"the sensitivity of {len(sweep):,} rows; it is computed for at most {MOST_ROWS:,}"
        raise UsageError("E848", message, hint="ask for less: --where, --pareto, --top")
    axes = [axis for axis in sweep.axes if not axis.presets]
    found: dict[str, dict[str, list[Fraction | None]]] = {m: {a.name: [] for a in axes} for m in sweep.metrics}
    slopes = _Slopes(sweep)
    for row in range(len(sweep)):
        values = sweep[row].values
        known = slopes.at(values)
        for metric, by_axis in found.items():
            for name, column in by_axis.items():
                column.append(known.get((metric, name)))
    return found


class _Slopes:
    """Elasticities by the formulas of the wiring that a point has; one is derived where none of those known holds."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._axes = [axis for axis in sweep.axes if not axis.presets]
        self._known: dict[tuple[Any, ...], list[_Slope]] = {}

    def at(self, values: Mapping[str, Number | str]) -> dict[tuple[str, str], Fraction]:
        """Return the elasticities at a point by metric and hyperparameter."""
        presets = tuple(str(values[axis.name]) for axis in self._sweep.axes if axis.presets)
        slopes = self._known.setdefault(presets, [])
        units = {axis.name: int(Fraction(values[axis.name]) / axis.unit) for axis in self._axes}
        for slope in slopes:
            if slope.wiring.holds(units):
                return slope.at(units)
        model: Model = self._sweep.model
        for name in presets:
            model = model.with_values(**model.architecture.presets[name])
        at = {axis.name: axis.unit * units[axis.name] for axis in self._axes}
        try:
            derived = wiring(
                model, {a.name: a.unit for a in self._axes}, at, self._sweep.metrics, self._sweep.convention
            )
        except ConvcostError:
            return {}
        slopes.append(_Slope(derived, self._sweep.metrics))
        return slopes[-1].at(units)


class _Slope:
    """x · df/dx and f of each metric along each hyperparameter, compiled."""

    def __init__(self, derived: Wiring, metrics: tuple[str, ...]) -> None:
        from sympy import diff, expand

        self.wiring = derived
        self._names = list(derived.symbols)
        self._metrics = metrics
        symbols = list(derived.symbols.values())
        expressions: list[Any] = []
        for total in derived.totals:
            smooth = expand(without_rounding(total)) if is_symbolic(total) else total
            slopes = [symbol * diff(smooth, symbol) if is_symbolic(smooth) else 0 for symbol in symbols]
            expressions += [smooth, *slopes]
        self._program = Program(expressions, symbols)

    def at(self, units: Mapping[str, int]) -> dict[tuple[str, str], Fraction]:
        values = self._program(*(units[name] for name in self._names))
        found = {}
        width = len(self._names) + 1
        for i, metric in enumerate(self._metrics):
            value, *slopes = values[i * width : (i + 1) * width]
            for name, slope in zip(self._names, slopes, strict=True):
                found[metric, name] = Fraction(slope) / Fraction(value) if value else Fraction(0)
        return found
