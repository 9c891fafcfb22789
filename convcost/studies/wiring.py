"""The formulas of one wiring of a network: which metrics it has in whole steps of its hyperparameters, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from convcost.cost import Convention
from convcost.cost.closed_form import Variable
from convcost.graph import Guard
from convcost.graph.graph import compare
from convcost.model import Model, Number
from convcost.records import Record
from convcost.symbols import Dim
from convcost.symbols.program import Program


class Wiring(Record):
    """Metrics as expressions in whole numbers: how many units each hyperparameter is.

    Attributes
    ----------
    symbols : mapping of str to Symbol
        One for each hyperparameter that can vary; on the others the structure rests.
    guards : tuple of Guard
        Comparisons on which the wiring was decided, and what the rules take for granted: where one does not come out
        so, the network is another one.
    requirements : tuple of Guard
        Where one does not hold, there is no network.
    at : mapping of str to int
        The point that it was derived at, in units: what the structure rests on has these values.
    """

    symbols: Mapping[str, Any]
    variables: tuple[Variable, ...]
    totals: tuple[Dim, ...]
    guards: tuple[Guard, ...]
    requirements: tuple[Guard, ...]
    at: Mapping[str, int]

    def _sides(self, guards: Sequence[Guard]) -> Program:
        return Program([side for guard in guards for side in (guard.left, guard.right)], list(self.symbols.values()))

    @cached_property
    def _guarded(self) -> Program:
        return self._sides(self.guards)

    @cached_property
    def _required(self) -> Program:
        return self._sides(self.requirements)

    def holds(self, units: Mapping[str, int]) -> bool:
        """Tell whether the network has this wiring at a point, given in units."""
        if any(units[name] != n for name, n in self.at.items() if name not in self.symbols):
            return False
        return self._all(self.guards, self._guarded, units)

    def exists(self, units: Mapping[str, int]) -> bool:
        """Tell whether there is a network at a point where this is the wiring."""
        return self._all(self.requirements, self._required, units)

    def _all(self, guards: Sequence[Guard], sides: Program, units: Mapping[str, int]) -> bool:
        values = sides(*(units[name] for name in self.symbols))
        return all(compare(values[2 * i], g.relation, values[2 * i + 1]) == g.holds for i, g in enumerate(guards))


def wiring(
    model: Model,
    units: Mapping[str, Number],
    at: Mapping[str, Number],
    metrics: Sequence[str],
    convention: Convention,
) -> Wiring:
    """Derive the formulas of the wiring that a model has at a point.

    Parameters
    ----------
    units : mapping of str to number
        Of what each free hyperparameter is a whole multiple.
    at : mapping of str to number
        The point: a value for each of them.

    Raises
    ------
    ConvcostError
        Where no network can be built there, or a metric has no closed form.
    """
    symbolic = model.with_values(**at).symbolic(units, units, convention=convention)
    symbolic.analysis.complete()
    return Wiring(
        {v.name: v.working()[0] for v in symbolic.variables},
        symbolic.variables,
        tuple(symbolic.analysis.total(metric) for metric in metrics),
        (*symbolic.analysis.graph.guards, *symbolic.assumptions),
        symbolic.requirements(),
        {name: int(Fraction(value) / units[name]) for name, value in at.items()},
    )
