"""Models side by side: rows aligned, exact ratios, and the few groups that account for the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from convcost.cost.analysis import METRICS, Analysis, Group
from convcost.cost.closed_form import ClosedForm
from convcost.cost.convention import Convention
from convcost.cost.grouping import By
from convcost.errors import ConvcostError, UsageError
from convcost.model import Model
from convcost.shown import Shown
from convcost.studies.align import align
from convcost.studies.formula import ratio
from convcost.symbols import Dim

Change = Literal["same", "changed", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Aligned:
    """One row of a comparison: the group of each model, None where a model has none there."""

    groups: tuple[Group | None, ...]

    @property
    def first(self) -> Group:
        """The group of the first model that has one."""
        return next(group for group in self.groups if group is not None)

    @property
    def change(self) -> Change:
        """How the others differ from the first model: in kind, shape, mult-adds or parameters."""
        base, *others = self.groups
        if base is None:
            return "added"
        if any(group is None for group in others):
            return "removed"
        key = (base.kind, base.output, base.mult_adds, base.params)
        return "same" if all((g.kind, g.output, g.mult_adds, g.params) == key for g in others if g) else "changed"


@dataclass(frozen=True, slots=True)
class Reason:
    """A group and what it costs in each model; absent is zero."""

    name: str
    values: tuple[Dim, ...]

    @property
    def weight(self) -> Dim:
        """By how much the models differ here: the largest distance from the first."""
        return max(abs(value - self.values[0]) for value in self.values)


@dataclass(frozen=True, slots=True)
class SymbolicRatio:
    """The ratio of two closed forms, reduced: a quotient of polynomials, or a number where nothing is left of them.

    Attributes
    ----------
    numerator, denominator : ClosedForm
        What was divided; the ratio holds where both do.
    """

    numerator: ClosedForm
    denominator: ClosedForm
    value: Dim


@dataclass(frozen=True, repr=False)
class Comparison(Shown):
    """Two or more models under one convention; ratios are against the first.

    Attributes
    ----------
    labels : tuple of str
        What each model is called, no two alike.
    rows : tuple of Aligned
        Groups that correspond, in the order of the networks.
    closely : bool
        Whether as many groups of one kind and shape correspond as is possible; False where networks are so long and so
        different that groups of one name were taken to.
    """

    models: tuple[Model, ...]
    labels: tuple[str, ...]
    analyses: tuple[Analysis, ...]
    by: By
    rows: tuple[Aligned, ...]
    closely: bool = True

    def change(self, row: Aligned, metrics: Sequence[str] = ()) -> Change:
        """Return how the others differ from the first model in a row, in these metrics, too."""
        if row.change == "same" and any(len(set(self.values(row, metric))) > 1 for metric in metrics):
            return "changed"
        return row.change

    @property
    def differing(self) -> tuple[str, ...]:
        """The metrics of which the totals are not all the same."""
        return tuple(metric for metric in METRICS if len(set(self.totals(metric))) > 1)

    @property
    def convention(self) -> Convention:
        """The convention of all the analyses."""
        return self.analyses[0].convention

    def totals(self, metric: str = "mult_adds") -> tuple[Dim, ...]:
        """Return a metric of each whole model."""
        return tuple(analysis.total(metric) for analysis in self.analyses)

    def ratios(self, metric: str = "mult_adds") -> tuple[Fraction | None, ...]:
        """Return each total over the first one, exactly; None where the first is zero, or one is a lower bound."""
        base, *others = map(Fraction, self.totals(metric))
        partial, *partials = (analysis.partial(metric) for analysis in self.analyses)
        known = zip(others, partials, strict=True)
        return (Fraction(1), *(None if partial or each or not base else other / base for other, each in known))

    def values(self, row: Aligned, metric: str) -> tuple[Dim | None, ...]:
        """Return a metric of each group of a row; None where a model has no group there."""
        pairs = zip(row.groups, self.analyses, strict=True)
        return tuple(None if group is None else analysis.total(metric, group.indices) for group, analysis in pairs)

    @property
    def other_grouping(self) -> By:
        """By what differences are told: kind; where rows are kinds, stage, or block for inputs of other sizes."""
        if self.by != "kind":
            return "kind"
        return "stage" if len({analysis.derived[0].output for analysis in self.analyses}) == 1 else "block"

    def reasons(self, metric: str = "mult_adds", by: By | None = None) -> tuple[Reason, ...]:
        """Return the groups in which the models differ, the largest difference first.

        Parameters
        ----------
        by : str, optional
            How nodes are grouped; absent: ``other_grouping``.
        """
        by = by or self.other_grouping
        sums: dict[str, list[Dim]] = {}
        for i, analysis in enumerate(self.analyses):
            for group in analysis.groups(by):
                of_models = sums.setdefault(group.name, [0] * len(self.analyses))
                of_models[i] += analysis.total(metric, group.indices)
        reasons = (Reason(name, tuple(values)) for name, values in sums.items())
        return tuple(sorted((r for r in reasons if r.weight), key=lambda r: -r.weight))

    def symbolic_ratio(self, metric: str = "mult_adds") -> SymbolicRatio | None:
        """Return the ratio of the second model's closed form to the first's.

        None where there are not two models, where they are not free in the same hyperparameters with the same domain,
        or where one has no closed form, or a lower bound for one.
        """
        if len(self.models) != 2:
            return None
        base, other = self._symbolic
        if base is None or other is None:
            return None
        denominator, numerator = base[metric], other[metric]
        same = [(v.name, v.multiple_of) for v in numerator.variables] == [
            (v.name, v.multiple_of) for v in denominator.variables
        ]
        if not same or denominator.expression == 0 or numerator.partial or denominator.partial:
            return None
        return SymbolicRatio(numerator, denominator, ratio(numerator.expression, denominator.expression))

    @cached_property
    def _symbolic(self) -> tuple[dict[str, ClosedForm] | None, ...]:
        return tuple(map(self._closed_forms, self.models))

    def _closed_forms(self, model: Model) -> dict[str, ClosedForm] | None:
        if not model.variables():
            return None
        try:
            symbolic = model.symbolic(convention=self.convention)
        except ConvcostError:
            return None
        return {metric: symbolic.closed_form(metric) for metric in ("mult_adds", "params")}


def compare(
    models: Sequence[Model], convention: Convention | None = None, by: By = "layer", batch: int = 1
) -> Comparison:
    """Lay models side by side.

    Layers are paired as ``studies.align`` says. What is left was added or removed.

    Raises
    ------
    UsageError
        E023 for fewer than two models.
    """
    if len(models) < 2:
        raise UsageError("E023", "a comparison needs two models or more")
    analyses = tuple(model.analyze(convention, batch) for model in models)
    groups = [analysis.groups(by) for analysis in analyses]
    alignment = align(groups, by)
    rows = tuple(map(Aligned, alignment.rows))
    return Comparison(tuple(models), _labels(models), analyses, by, rows, alignment.closely)


def _labels(models: Sequence[Model]) -> tuple[str, ...]:
    """Return what each model is called; a name that comes again gets a number."""
    labels: list[str] = []
    for model in models:
        label = model.label or model.architecture.name
        count = sum(other == label or other.startswith(f"{label} (") for other in labels)
        labels.append(f"{label} ({count + 1})" if count else label)
    return tuple(labels)
