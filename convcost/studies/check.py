"""Networks held against their budgets, and against what they cost before; in exact integers throughout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.budgets import Baseline, Budget, Growth, Known, stated
from convcost.budgets.baseline import matches
from convcost.cost.analysis import METRICS, Analysis, Group
from convcost.cost.convention import CONVENTIONS, Convention
from convcost.cost.grouping import GROUPINGS
from convcost.errors import Span, UsageError
from convcost.model import Model
from convcost.records import Record
from convcost.shown import Shown
from convcost.studies.align import align
from convcost.symbols.expr.language import quoted, shorten

HEAVIEST = 3
"""Layers that are named where a budget is crossed."""


class Weight(Record):
    """A layer, and what it contributes.

    Attributes
    ----------
    before : int or None
        What it contributed before; None where that is not known or not asked for, 0 for a layer that is new.
    span : Span or None
        Where it was written.
    """

    name: str
    kind: str
    value: int
    before: int | None = None
    span: Span | None = None

    @property
    def growth(self) -> int:
        """By how much it grew; 0 where that is not known."""
        return 0 if self.before is None else self.value - self.before


class Held(Record):
    """One metric of one network, held against the most it may be.

    Attributes
    ----------
    said : Budget or Growth
        What is allowed, as it was said.
    limit : int
        What that comes to, inclusive.
    before : int or None
        What the metric was in the baseline; None where there is none.
    weights : tuple of Weight
        Where the budget is crossed, the layers that grew most, or those that weigh most where nothing is known to have
        grown.
    unknown : tuple of str
        Ops whose costs are not known; the value is a lower bound then.
    """

    metric: str
    value: int
    limit: int
    said: Budget | Growth
    before: int | None = None
    weights: tuple[Weight, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def headroom(self) -> int:
        """What is left; negative where the budget is crossed."""
        return self.limit - self.value

    @property
    def crossed(self) -> bool:
        """Whether the metric is larger than allowed."""
        return self.value > self.limit

    @property
    def undecided(self) -> bool:
        """Whether what is known does not cross the budget, and what is not known might."""
        return bool(self.unknown) and not self.crossed


class Checked(Record):
    """One network and its budgets.

    Attributes
    ----------
    label : str
        Its SPEC.
    is_new : bool
        Whether a baseline was given and does not have it, so that growth could not be checked.
    """

    model: Model
    label: str
    held: tuple[Held, ...]
    is_new: bool = False

    @property
    def crossed(self) -> tuple[Held, ...]:
        """The budgets that are crossed."""
        return tuple(held for held in self.held if held.crossed)

    @property
    def passed(self) -> bool:
        """Whether every budget is known to be kept."""
        return not any(held.crossed or held.undecided for held in self.held)


class Check(Shown, Record):
    """Networks held against their budgets.

    Attributes
    ----------
    baseline : str
        File of the baseline; empty for none.
    """

    networks: tuple[Checked, ...]
    convention: Convention
    baseline: str = ""

    @property
    def passed(self) -> bool:
        """Whether every budget is known to be kept: none is crossed, and none cannot be decided."""
        return not self.crossed and not self.undecided

    @property
    def crossed(self) -> tuple[Held, ...]:
        """The budgets that are crossed, of all networks."""
        return tuple(held for network in self.networks for held in network.crossed)

    @property
    def undecided(self) -> tuple[Held, ...]:
        """The budgets that cannot be decided, of all networks."""
        return tuple(held for held in self.held if held.undecided)

    @property
    def held(self) -> tuple[Held, ...]:
        """All budgets, of all networks."""
        return tuple(held for network in self.networks for held in network.held)


class _Case(NamedTuple):
    """A network at some values, with the budgets that it has there."""

    model: Model
    label: str
    budgets: tuple[Budget, ...]
    asked: bool


def check(
    models: Sequence[Model],
    convention: Convention | None = None,
    *,
    limits: Sequence[Budget] = (),
    project: Sequence[Budget] = (),
    growths: Sequence[Growth] = (),
    baseline: Baseline | None = None,
) -> Check:
    """Hold networks against their budgets: value ≤ budget, and value ≤ ⌊before · (1 + share)⌋ for a share of growth.

    Parameters
    ----------
    limits : sequence of Budget
        Given with the call: for every model, and before all others.
    project : sequence of Budget
        For every model that its spec or the call does not give one for the metric.
    growths : sequence of Growth
        For every model that the baseline has.

    Returns
    -------
    Check
        With a line for each budget. A model without values of its own also brings the configurations for which its
        spec has budgets; for these only those hold.

    Raises
    ------
    UsageError
        E810 where there are no models, or one has no budget, E816 where the baseline is under another convention or
        lacks a metric, E817 for a share of growth without a baseline.
    SpecError, Diagnostics
        Where the budgets of a spec are wrong.
    """
    convention = convention or CONVENTIONS["paper"]
    if not models:
        raise UsageError("E810", "nothing to check", hint="name a SPEC, or list specs in [tool.convcost]")
    if growths and baseline is None:
        raise UsageError("E817", "growth over nothing: there is no baseline", hint="name one with --against FILE")
    if baseline is not None:
        _comparable(baseline, convention)
    cases = _cases(models, limits, project, growing=bool(growths))
    networks = [(case.label, case.model.architecture.name, case.model.values) for case in cases]
    known = matches(baseline, networks) if baseline is not None else [None] * len(cases)
    checked = []
    for case, before in zip(cases, known, strict=True):
        analysis = case.model.analyze(convention)
        lines = tuple(_held(case, analysis, before, growths if case.asked else ()))
        is_new = baseline is not None and before is None and case.asked
        if lines or is_new:
            checked.append(Checked(case.model, case.label, lines, is_new))
    if baseline is not None and not any(network.held for network in checked):
        specs = ", ".join(entry.spec for entry in baseline.known[:3])
        message = f"the baseline {quoted(baseline.file)} has nothing of {quoted(cases[0].label)}"
        raise UsageError("E816", message, hint=f"it is of {shorten(specs)}, and there are no other budgets")
    return Check(tuple(checked), convention, baseline.file if baseline is not None else "")


def _comparable(baseline: Baseline, convention: Convention) -> None:
    """Refuse a baseline that counted something else."""
    for what, option, then, now in (
        ("convention", "--convention", baseline.convention, convention.name),
        ("kind of parameters", "--params", baseline.parameters, convention.parameters),
    ):
        if then != now:
            message = f"the baseline {quoted(baseline.file)} has {quoted(then)} as {what}, and this check {quoted(now)}"
            raise UsageError("E816", message, hint=f"say {option} {shorten(then)}, or write the baseline anew")


def _cases(
    models: Sequence[Model], limits: Sequence[Budget], project: Sequence[Budget], *, growing: bool
) -> list[_Case]:
    """Return the models, and the configurations that their specs have budgets for, each once."""
    asked = {_identity(model) for model in models}
    cases: list[_Case] = []
    for model in models:
        label = model.label or model.architecture.name
        entries = stated(model.architecture, METRICS)
        own = [budget for entry in entries if entry.values == model.values for budget in entry.budgets]
        # what is said later here is nearer
        nearest = {budget.metric: budget for budget in (*project, *own, *limits)}
        cases.append(_Case(model, label, tuple(nearest[metric] for metric in METRICS if metric in nearest), asked=True))
        brought = [] if model.bound else [entry for entry in entries if entry.values != model.values]
        if not nearest and not brought and not growing:
            at = ", ".join(entry.at or "its defaults" for entry in entries[:3])
            hint = f"its spec has some for {at}" if at else "give --max METRIC=VALUE, or budgets: in the spec"
            raise UsageError("E810", f"there is no budget for {quoted(label)}", hint=hint)
        for entry in brought:
            other = model.at(entry.at)
            if _identity(other) not in asked:
                budgets = {budget.metric: budget for budget in entry.budgets}
                ordered = tuple(budgets[metric] for metric in METRICS if metric in budgets)
                cases.append(_Case(other, f"{label}{entry.at}", ordered, asked=False))
    return cases


def _identity(model: Model) -> tuple[object, ...]:
    source = model.architecture.document.source
    return source.file, source.text, tuple(model.values.items())


def _held(case: _Case, analysis: Analysis, before: Known | None, growths: Sequence[Growth]) -> Iterator[Held]:
    """Yield a line for each budget, and for each metric whose growth is limited."""
    for budget in case.budgets:
        value = analysis.total(budget.metric)
        then = before.totals.get(budget.metric) if before is not None else None
        weights = _weights(analysis, budget.metric, before) if value > budget.limit else ()
        yield Held(budget.metric, value, budget.limit, budget, then, weights, _unknown(analysis, budget.metric))
    if before is None:
        return
    of_metrics = {growth.metric: growth for growth in growths}
    for metric in METRICS:
        growth = of_metrics.get(metric) or (of_metrics.get("") if metric in before.totals else None)
        if growth is None:
            continue
        if metric not in before.totals:
            hint = f"write it with 'convcost report SPEC... --columns +{metric} --format json'"
            raise UsageError("E816", f"the baseline has no {metric} of {quoted(case.label)}", hint=hint)
        then, value = before.totals[metric], analysis.total(metric)
        limit = growth.limit(then)
        weights = _weights(analysis, metric, before) if value > limit else ()
        yield Held(metric, value, limit, growth, then, weights, _unknown(analysis, metric))


def _unknown(analysis: Analysis, metric: str) -> tuple[str, ...]:
    """Return the ops that a total lacks the costs of."""
    nodes = analysis.incomplete if analysis.partial(metric) else ()
    return tuple(f"{node.name} ({node.op.kind})" for node in nodes)


def _weights(analysis: Analysis, metric: str, before: Known | None) -> tuple[Weight, ...]:
    """Return the layers that grew most; those that weigh most where none is known to have grown."""
    grown = [weight for weight in _compared(analysis, metric, before) if weight.growth > 0] if before else []
    if grown:
        return tuple(sorted(grown, key=lambda weight: -weight.growth)[:HEAVIEST])
    weights = [_weight(analysis, metric, group) for group in analysis.groups()]
    return tuple(sorted((w for w in weights if w.value), key=lambda weight: -weight.value)[:HEAVIEST])


def _weight(analysis: Analysis, metric: str, group: Group, before: int | None = None) -> Weight:
    nodes = analysis.graph.nodes
    spans = (nodes[index].origin.span for index in group.indices)
    span = next((span for span in spans if span is not None), None)
    return Weight(group.name, group.kind, analysis.total(metric, group.indices), before, span)


def _compared(analysis: Analysis, metric: str, before: Known) -> Iterator[Weight]:
    """Yield the groups of a network with what they contributed before, aligned with the rows of the baseline."""
    by = next((by for by in GROUPINGS if by == before.by), None)
    rows = [row for row in before.rows if isinstance(row.get(before.by), str) and metric in row]
    if by is None or not rows:
        return
    # a report may have cut names to some scopes, and does not say to how many: no name has more than that
    depth = max(row[by].count("/") for row in rows) + 1 if by in {"layer", "op"} else None
    earlier = [_row(number, by, row) for number, row in enumerate(rows)]
    now = [group.replaced(output=tuple(group.output[1:])) for group in analysis.groups(by, depth)]
    for then, group in align([earlier, now], by).rows:
        if group is not None:
            count = rows[then.indices[0]][metric] if then is not None else 0
            yield _weight(analysis, metric, group, count if type(count) is int else 0)


def _row(number: int, by: str, row: Mapping[str, Any]) -> Group:
    """Return a row of a baseline as a group that knows its number."""
    kind, output = row.get("kind"), row.get("output")
    shape = tuple(output) if isinstance(output, list) and all(type(extent) is int for extent in output) else ()
    return Group(row[by], kind if isinstance(kind, str) else row[by] if by == "kind" else "", shape, (number,), 0, 0)
