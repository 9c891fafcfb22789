"""Models side by side: rows aligned, exact ratios, and the few groups that account for the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
from functools import cached_property
from typing import Literal

from convcost.cost.analysis import Analysis, Group
from convcost.cost.closed_form import ClosedForm
from convcost.cost.convention import Convention
from convcost.cost.grouping import By
from convcost.errors import ConvcostError, UsageError
from convcost.model import Model
from convcost.studies.formula import ratio
from convcost.symbols import Dim

Change = Literal["same", "changed", "added", "removed"]

LARGEST = 250_000
"""Pairs of layers that are weighed against each other; beyond it layers of one name correspond."""


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
        """How the others differ from the first model."""
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


@dataclass(frozen=True)
class Comparison:
    """Two or more models under one convention; ratios are against the first.

    Attributes
    ----------
    labels : tuple of str
        What each model is called, no two alike.
    rows : tuple of Aligned
        Groups that correspond, in the order of the networks.
    """

    models: tuple[Model, ...]
    labels: tuple[str, ...]
    analyses: tuple[Analysis, ...]
    by: By
    rows: tuple[Aligned, ...]

    @property
    def convention(self) -> Convention:
        """The convention of all the analyses."""
        return self.analyses[0].convention

    def totals(self, metric: str = "mult_adds") -> tuple[Dim, ...]:
        """Return a metric of each whole model."""
        return tuple(analysis.total(metric) for analysis in self.analyses)

    def ratios(self, metric: str = "mult_adds") -> tuple[Fraction | None, ...]:
        """Return each total over the first one, exactly; None where the first is zero."""
        base, *others = map(Fraction, self.totals(metric))
        return (Fraction(1), *(other / base if base else None for other in others))

    def values(self, row: Aligned, metric: str) -> tuple[Dim | None, ...]:
        """Return a metric of each group of a row; None where a model has no group there."""
        pairs = zip(row.groups, self.analyses, strict=True)
        return tuple(None if group is None else analysis.total(metric, group.indices) for group, analysis in pairs)

    def reasons(self, metric: str = "mult_adds", by: By | None = None) -> tuple[Reason, ...]:
        """Return the groups in which the models differ, the largest difference first.

        Parameters
        ----------
        by : str, optional
            How nodes are grouped; absent: by kind, or by stage where the comparison itself is by kind.
        """
        by = by or ("stage" if self.by == "kind" else "kind")
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
        or where one has no closed form.
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
        if not same or denominator.expression == 0:
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

    Layers are paired in order so that as much as possible agrees: kinds, outputs, names, and whether they end a block.
    Where nothing agrees but there are equally many, they are paired by place. What is left was added or removed.

    Raises
    ------
    UsageError
        E023 for fewer than two models.
    """
    if len(models) < 2:
        raise UsageError("E023", "a comparison needs two models or more")
    analyses = tuple(model.analyze(convention, batch) for model in models)
    groups = [analysis.groups(by) for analysis in analyses]
    return Comparison(tuple(models), _labels(models), analyses, by, tuple(map(Aligned, align(groups, by))))


def _labels(models: Sequence[Model]) -> tuple[str, ...]:
    """Return what each model is called; a name that comes again gets a number."""
    labels: list[str] = []
    for model in models:
        label = model.label or model.architecture.name
        count = sum(other == label or other.startswith(f"{label} (") for other in labels)
        labels.append(f"{label} ({count + 1})" if count else label)
    return tuple(labels)


Rows = list[tuple[Group | None, ...]]


def align(columns: Sequence[Sequence[Group]], by: By = "layer") -> Rows:
    """Return rows of corresponding groups, one model after the other aligned to those before it."""
    rows: Rows = [(group,) for group in columns[0]]
    for n, groups in enumerate(columns[1:], 1):
        known = [next(group for group in row if group is not None) for row in rows]
        merged: Rows = []
        for i, j in _pairs(known, groups, ordered=by != "kind"):
            left = rows[i] if i is not None else (None,) * n
            merged.append((*left, groups[j] if j is not None else None))
        rows = merged
    return rows


Pair = tuple[int | None, int | None]


def _pairs(left: Sequence[Group], right: Sequence[Group], *, ordered: bool) -> Iterator[Pair]:
    """Pair two sequences; each index comes once, in an order that keeps both sequences."""
    if not ordered:
        places = {group.name: j for j, group in enumerate(right)}
        yield from ((i, places.pop(group.name, None)) for i, group in enumerate(left))
        yield from ((None, j) for j in places.values())
        return
    # what begins and ends alike is not weighed
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    rows, columns = range(head, len(left) - tail), range(head, len(right) - tail)
    yield from ((i, i) for i in range(head))
    if len(rows) * len(columns) <= LARGEST:
        yield from _between(left, rows, right, columns)
    else:
        names = SequenceMatcher(None, [left[i].name for i in rows], [right[j].name for j in columns], autojunk=False)
        i, j = rows.start, columns.start
        for start, other, size in names.get_matching_blocks():
            yield from _between(left, range(i, rows[0] + start), right, range(j, columns[0] + other))
            yield from ((rows[0] + start + k, columns[0] + other + k) for k in range(size))
            i, j = rows[0] + start + size, columns[0] + other + size
    yield from ((rows.stop + k, columns.stop + k) for k in range(tail))


def _common(left: Sequence[Group], right: Sequence[Group]) -> int:
    """Return how many groups both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    differ = (i for i, (a, b) in pairs if (a.name, a.kind, a.output) != (b.name, b.kind, b.output))
    return next(differ, min(len(left), len(right)))


def _between(left: Sequence[Group], rows: range, right: Sequence[Group], columns: range) -> Iterator[Pair]:
    """Pair what stands between two places, so that the sum of the likenesses is largest."""
    matched = _heaviest(left, rows, right, columns) if len(rows) * len(columns) <= LARGEST else []
    if not matched and len(rows) == len(columns):  # nothing but the place agrees, as of stages at another resolution
        matched = list(zip(rows, columns, strict=True))
    i, j = rows.start, columns.start
    for a, b in [*matched, (rows.stop, columns.stop)]:
        yield from ((k, None) for k in range(i, a))
        yield from ((None, k) for k in range(j, b))
        if a < rows.stop:
            yield a, b
        i, j = a + 1, b + 1


def _heaviest(left: Sequence[Group], rows: range, right: Sequence[Group], columns: range) -> list[tuple[int, int]]:
    """Return the heaviest common subsequence, by dynamic programming from the end."""
    best = [[0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    weights = [[_likeness(left, i, right, j) for j in columns] for i in rows]
    for a in range(len(rows) - 1, -1, -1):
        here, below, weight = best[a], best[a + 1], weights[a]
        for b in range(len(columns) - 1, -1, -1):
            here[b] = max(below[b], here[b + 1], below[b + 1] + weight[b])
    pairs = []
    a = b = 0
    while a < len(rows) and b < len(columns):
        if weights[a][b] and best[a][b] == best[a + 1][b + 1] + weights[a][b]:
            pairs.append((rows[a], columns[b]))
            a, b = a + 1, b + 1
        elif best[a][b] == best[a + 1][b]:
            a += 1
        else:
            b += 1
    return pairs


def _likeness(left: Sequence[Group], i: int, right: Sequence[Group], j: int) -> int:
    """Weigh how alike two layers are; 0 for not at all.

    Kinds and outputs weigh more than names: where layers were taken out, the rest have other numbers in their names.
    """
    one, other = left[i], right[j]
    weight = 2 * (one.kind == other.kind != "") + 2 * (one.output == other.output != ()) + (one.name == other.name)
    return weight + (_ends_block(left, i) and _ends_block(right, j)) if weight else 0


def _ends_block(groups: Sequence[Group], i: int) -> bool:
    return i + 1 == len(groups) or groups[i].name.split("/")[0] != groups[i + 1].name.split("/")[0]
