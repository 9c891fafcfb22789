"""Results of inverse problems: solutions, each with its certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from convcost.budgets import Budget
from convcost.cost import Convention
from convcost.cost.closed_form import ClosedForm
from convcost.model import Model, Number
from convcost.records import Record
from convcost.shown import Shown
from convcost.studies.solve.axes import Axis
from convcost.symbols import Dim


class Configuration(Record):
    """A network that was built, and what it costs.

    Attributes
    ----------
    values : mapping of str to number
        Of the hyperparameters that were solved for.
    figures : mapping of str to int
        Its metrics: those of the budgets, and the one that was maximised.
    """

    values: Mapping[str, Number]
    figures: Mapping[str, int]

    def headroom(self, budget: Budget) -> int:
        """Return how much of a budget is left; negative where it is crossed."""
        return budget.limit - self.figures[budget.metric]

    def broken(self, budgets: Sequence[Budget]) -> tuple[Budget, ...]:
        """Return the budgets that it crosses."""
        return tuple(budget for budget in budgets if self.headroom(budget) < 0)


class Solution(Configuration):
    """A configuration within all budgets of which no hyperparameter can be larger: nothing admissible is above it.

    Attributes
    ----------
    nexts : mapping of str to Configuration or None
        The certificate: for each hyperparameter the next larger value of a network that can be built, with what it
        costs, which crosses a budget; None where there is no larger value.
    """

    nexts: Mapping[str, Configuration | None]


class Skipped(Record):
    """An admissible value at which no network can be built, and why."""

    values: Mapping[str, Number]
    reason: str


class Bound(Record):
    """How large a hyperparameter may be by a closed form that is a polynomial in it.

    Attributes
    ----------
    form : ClosedForm
        The metric as a polynomial on its domain.
    root : Fraction or None
        The real number up to which the budget holds, to ``places`` digits behind the point, cut and not rounded; None
        where there is no positive one.
    exact : bool
        Whether ``root`` is that number itself.
    formula : Root or None
        The same as a formula in the budget B and the other free hyperparameters; None above degree 2.
    """

    budget: Budget
    axis: Axis
    form: ClosedForm
    root: Fraction | None
    places: int
    exact: bool
    formula: Root | None


class Root(Record):
    """(√radicand + rest) / divisor; without a radicand, rest / divisor; with ``under``, √(rest / divisor).

    All are numbers or expressions in the displayed symbols of a closed form and in B, the budget.
    """

    radicand: Dim
    rest: Dim
    divisor: Dim
    under: bool = False


class Solved(Shown, Record):
    """The answer: the largest admissible values under some budgets.

    Attributes
    ----------
    solutions : tuple of Solution
        One for a single hyperparameter; the front of all maximal ones for several, those with most of ``maximize``
        first. Empty where nothing admissible is within the budgets.
    smallest : Configuration
        The smallest network that can be built.
    tried : mapping of str to number
        The hyperparameters along which it is not proven that costs never fall, because roundings or the wiring stand in
        the way: every admissible value was tried, up to the one given. Empty where growth is proven.
    skipped : tuple of Skipped
        Values between a solution and what its certificate names, and such beneath which it was looked for.
    """

    model: Model
    convention: Convention
    axes: tuple[Axis, ...]
    budgets: tuple[Budget, ...]
    maximize: str
    solutions: tuple[Solution, ...]
    smallest: Configuration
    tried: Mapping[str, Number]
    skipped: tuple[Skipped, ...] = ()
    bounds: tuple[Bound, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether anything admissible is within the budgets."""
        return bool(self.solutions)

    @property
    def best(self) -> Solution | None:
        """The first solution; None where there is none."""
        return self.solutions[0] if self.solutions else None

    def at(self, solution: Configuration) -> Model:
        """Return the model of a solution."""
        return self.model.at(**solution.values)
