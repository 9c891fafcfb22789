"""The inverse of a formula: the largest hyperparameters whose network is within budgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from convcost.budgets import Budget
from convcost.budgets.figures import Figure, limit, metric_named
from convcost.cost import CONVENTIONS, Convention
from convcost.cost.analysis import METRICS
from convcost.errors import ConvcostError, UsageError
from convcost.model import Model, Number
from convcost.studies.solve.axes import Range, axes_of
from convcost.studies.solve.bound import bound
from convcost.studies.solve.costs import Costs, Point
from convcost.studies.solve.result import Bound, Configuration, Skipped, Solution, Solved
from convcost.studies.solve.search import Search
from convcost.symbols.expr.language import quoted

FORM = "write METRIC <= FIGURE, such as 'mult_adds <= 150M'"


def budgets_of(budgets: Iterable[str] | Mapping[str, Figure]) -> tuple[Budget, ...]:
    """Read budgets: texts, "mult_adds <= 150M", or figures by metric.

    Raises
    ------
    UsageError
        E820 for a text of another form, E012 for an unknown metric, E811 for what is not a figure, E821 for one that is
        not positive, E814 for a metric with two.

    >>> [(b.metric, b.limit) for b in budgets_of(["mult-adds <= 150M", "params ≤ 1.5M"])]
    [('mult_adds', 150000000), ('params', 1500000)]
    """
    found: dict[str, Budget] = {}
    for name, figure in _pairs(budgets):
        metric = metric_named(name, METRICS)
        if metric in found:
            raise UsageError("E814", f"{metric} has two budgets", hint="give the smaller one")
        _positive(figure, metric)
        found[metric] = Budget(metric, limit(figure, metric), str(figure).strip(), "--budget")
    if not found:
        raise UsageError("E820", "no budget to keep within", hint=FORM)
    return tuple(found.values())


def _pairs(budgets: Iterable[str] | Mapping[str, Figure]) -> list[tuple[str, Figure]]:
    if isinstance(budgets, Mapping):
        return list(budgets.items())
    pairs: list[tuple[str, Figure]] = []
    for text in [budgets] if isinstance(budgets, str) else budgets:
        name, sign, figure = (part.strip() for part in text.replace("≤", "<=").partition("<="))
        if not sign or not name or not figure or "<" in figure or figure.startswith("="):
            hint = "a budget is the most that a metric may be; " + FORM if ">" in text else FORM
            raise UsageError("E820", f"{quoted(text)} is not understood as a budget", hint=hint)
        pairs.append((name, figure))
    return pairs


def _positive(figure: Figure, metric: str) -> None:
    signed = isinstance(figure, str) and figure.startswith(("-", "−"))
    if signed or limit(figure, metric) <= 0:
        raise UsageError("E821", f"a budget of {figure} for {metric} leaves nothing", hint="budgets are positive")


def solve(
    model: Model,
    names: Iterable[str],
    budgets: Iterable[str] | Mapping[str, Figure],
    *,
    steps: Mapping[str, Number | str] | None = None,
    ranges: Mapping[str, Range] | None = None,
    choices: bool = False,
    maximize: str = "",
    convention: Convention | None = None,
) -> Solved:
    """Find the largest admissible values of hyperparameters under budgets.

    Parameters
    ----------
    names : iterable of str
        What is solved for; the others have the model's values.
    budgets
        As ``budgets_of``.
    steps, ranges, choices
        Which values are admissible, as ``axes_of``.
    maximize : str
        A metric or one of ``names``: the front has those with most of it first. Absent: the metric of the first budget.

    Raises
    ------
    UsageError
        E012, E014 and E811 to E827 where the question is wrong, has no end, or too many values to try.
    """
    axes = axes_of(model, names, steps=steps, ranges=ranges, choices=choices)
    limits = budgets_of(budgets)
    wanted = maximize if maximize in {a.name for a in axes} else metric_named(maximize or limits[0].metric, METRICS)
    how = convention or CONVENTIONS["paper"]
    costs = Costs(model, axes, [budget.metric for budget in limits], how)
    return solved(costs, limits, wanted)


def solved(costs: Costs, budgets: Sequence[Budget], maximize: str) -> Solved:
    """Answer for costs that may be known already from other budgets of the same metrics."""
    search = Search(costs, [budget.limit for budget in budgets])
    smallest = search.smallest()
    found = search.maximal()
    more = [maximize] if maximize in METRICS else []
    solutions = []
    for point, steps in found:
        here = _configuration(costs, point, more)
        nexts = {
            axis.name: None if step is None else _configuration(costs, step, more)
            for axis, step in zip(costs.axes, steps, strict=True)
        }
        solutions.append(Solution(here.values, here.figures, nexts))
    solutions.sort(key=lambda s: Fraction(s.figures[maximize] if more else s.values[maximize]), reverse=True)
    bounds: tuple[Bound, ...] = ()
    if len(costs.axes) == 1:
        each = (bound(costs.model, costs.axes[0], budget, costs.convention) for budget in budgets)
        bounds = tuple(b for b in each if b is not None)
    return Solved(
        costs.model,
        costs.convention,
        costs.axes,
        tuple(budgets),
        maximize,
        tuple(solutions),
        _configuration(costs, smallest, more),
        {costs.axes[i].name: costs.axes[i].value(top) for i, top in sorted(search.tops.items())},
        tuple(_skipped(costs, point, error) for point, error in sorted(search.skipped.items())),
        bounds,
    )


def _configuration(costs: Costs, point: Point, more: Sequence[str]) -> Configuration:
    built = costs.network(point)
    assert not isinstance(built, ConvcostError)  # the search returns points that were built
    values = costs.values(point)
    figures = dict(zip(costs.metrics, built, strict=True))
    missing = [metric for metric in more if metric not in figures]
    if missing:
        analysis = costs.model.with_values(**values).analyze(costs.convention)
        figures |= {metric: analysis.total(metric) for metric in missing}
    return Configuration(values, figures)


def _skipped(costs: Costs, point: Point, error: ConvcostError) -> Skipped:
    return Skipped(costs.values(point), f"{error.code} {error.message}")
