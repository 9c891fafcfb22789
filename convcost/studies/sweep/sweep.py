"""Many configurations of one network at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from convcost.budgets.figures import metric_named
from convcost.cost import CONVENTIONS, Convention
from convcost.cost.analysis import METRICS
from convcost.errors import UsageError
from convcost.model import Model, Number
from convcost.studies.sweep.axes import Axis, Values, axes_of
from convcost.studies.sweep.collect import MOST_KEPT, All, Block, Collector, Extremes, Front, Matching, Rows, Score, Top
from convcost.studies.sweep.front import Objective, objectives
from convcost.studies.sweep.kernel import threads as processors
from convcost.studies.sweep.part import Question
from convcost.studies.sweep.parts import Points, grid_parts, point_parts, points_of
from convcost.studies.sweep.result import Extent, Sweep
from convcost.studies.sweep.run import Run
from convcost.studies.sweep.where import where as conditions

DEFAULT_METRICS = ("mult_adds", "params")

MOST_POINTS = 10**15
"""Points of a sweep, which would take months."""

KEPT: Mapping[type, str] = {All: "all", Matching: "all", Front: "front", Top: "top", Extremes: "none"}
"""What the rows of a sweep are, by what has collected them."""

Array = np.ndarray[Any, Any]


def sweep(
    model: Model,
    over: Mapping[str, Values] | None = None,
    *,
    points: Mapping[str, Points] | None = None,
    units: Mapping[str, Number | str] | None = None,
    metrics: Iterable[str] = DEFAULT_METRICS,
    where: str | Iterable[str] = (),
    pareto: str | Sequence[str] = (),
    top: int | None = None,
    keep: bool = True,
    convention: Convention | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Evaluate many configurations, exactly: a grid, or points as they come.

    Parameters
    ----------
    over : mapping of str to values
        As ``axes_of``; "preset" stands for the presets of the spec.
    points : mapping of str to sequence
        Instead of a grid: for each hyperparameter its value at every point, exact numbers or texts; or whole numbers as
        an array, which are values in ``units``.
    units : mapping of str to number
        Of what the numbers in arrays are multiples; 1 where it does not say.
    metrics : iterable of str
        What is wanted of each point.
    where : str or iterable of str
        Conditions that all have to hold: "mult_adds <= 150M".
    pareto : str or sequence of str
        Keep only the points that no other one is at least as good as in all of these: "mult_adds, params", both to be
        small; "resolution:max".
    top : int, optional
        Keep only so many points, those with most of the first metric.
    keep : bool
        False: keep no point, only the extents; for grids that do not fit into memory.
    threads : int, optional
        Absent: as many as there are processors.
    progress : callable, optional
        Told how many points are done more, and how many there are.

    Raises
    ------
    UsageError
        E012, E014 and E840 to E848 where the question is wrong or too large.
    """
    axes: tuple[Axis, ...]
    if points is not None and not over:
        axes, columns = points_of(model, points, units or {})
        count = len(columns[0])
    else:
        if points is not None or not over:
            raise UsageError("E840", "a sweep is over a grid or over points", hint="--over NAME=VALUES")
        axes, columns = axes_of(model, over), None
        count = math.prod(map(len, axes))
        if count > MOST_POINTS:
            raise UsageError("E842", f"{count:,} points are too many", hint=f"at most {MOST_POINTS:,}")
    question = _question(model, metrics, where, convention)
    chosen = objectives(pareto, [*question.metrics[: question.wanted], *(a.name for a in axes if not a.presets)])
    collector = _collector(question, axes, chosen, top, keep=keep, count=count)
    extremes = None if isinstance(collector, All | Extremes) else Extremes(question.wanted)
    told = None if progress is None else lambda done: progress(done, count)
    run = Run(collector, extremes, threads or processors(), told)
    parts = grid_parts(model, axes, question) if columns is None else point_parts(model, axes, columns, question)
    for part, numbering in parts:
        run.part(part, numbering)
    return _result(model, question, axes, columns, chosen, run, count)


def _question(model: Model, metrics: Iterable[str], where: str | Iterable[str], how: Convention | None) -> Question:
    wanted = tuple(dict.fromkeys(metric_named(name, METRICS) for name in metrics))
    if not wanted:
        raise UsageError("E012", "no metric to sweep", hint="mult_adds, params, ...")
    names = list(model.architecture.hyperparameters)
    read = conditions([where] if isinstance(where, str) else where, names)
    asked = [name for each in read for name in each.names if name not in names]
    every = tuple(dict.fromkeys([*wanted, *(metric_named(name, METRICS) for name in asked)]))
    return Question(every, len(wanted), read, how or CONVENTIONS["paper"])


def _collector(
    question: Question, axes: Sequence[Axis], chosen: Sequence[Objective], top: int | None, *, keep: bool, count: int
) -> Collector:
    metrics, names = question.metrics[: question.wanted], [axis.name for axis in axes]
    if chosen and top is not None:
        raise UsageError("E848", "a front has no top", hint="--pareto or --top")
    if chosen:
        scores: list[Score] = [
            (o.name in names, (names if o.name in names else list(metrics)).index(o.name), -1 if o.largest else 1)
            for o in chosen
        ]
        return Front(question.wanted, scores)
    if top is not None:
        if not 1 <= top <= MOST_KEPT:
            raise UsageError("E848", f"the top of a sweep are from 1 to {MOST_KEPT:,} points, not {top}")
        return Top(question.wanted, top, (False, 0, 1))
    if not keep:
        return Extremes(question.wanted)
    if question.where:
        return Matching(question.wanted)
    if count > MOST_KEPT:
        message = f"a sweep of {count:,} points; the figures of at most {MOST_KEPT:,} are kept"
        raise UsageError("E847", message, hint="ask for less: --where, --pareto, --top or --summary")
    return All(question.wanted, count)


def _result(  # noqa: PLR0917 - all that is known in the end
    model: Model,
    question: Question,
    axes: tuple[Axis, ...],
    columns: tuple[Array, ...] | None,
    chosen: tuple[Objective, ...],
    run: Run,
    count: int,
) -> Sweep:
    metrics, collector = question.metrics[: question.wanted], run.collector
    collector.finish()
    rows = collector if isinstance(collector, Rows) else Rows(len(metrics))
    extremes = collector if isinstance(collector, Extremes) else run.extremes
    if extremes is None:
        extremes = Extremes(len(metrics))
        extremes.take(Block(list(rows.figures), rows.number, _no_units))
    result = Sweep(
        model,
        question.convention,
        axes,
        metrics,
        question.where,
        count,
        extremes.count,
        run.missing,
        run.reason,
        KEPT[type(collector)],
        chosen,
        rows.numbers,
        rows.figures,
        columns,
    )
    return result.replaced(extents=_extents(result, extremes))


def _extents(result: Sweep, extremes: Extremes) -> dict[str, Extent]:
    found = {}
    for metric, least, most in zip(result.metrics, extremes.least, extremes.most, strict=True):
        if least is not None and most is not None:
            found[metric] = Extent(least[0], result.configuration(least[1]), most[0], result.configuration(most[1]))
    return found


def _no_units(axis: int) -> Array:
    raise AssertionError(f"no extreme is one of axis {axis}")
