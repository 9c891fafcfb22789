"""The design space: what-if, budgets, many configurations at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from convcost.api.costs import Target, model_of
from convcost.conventions import convention as convention_named

if TYPE_CHECKING:
    from convcost.budgets import Project
    from convcost.studies.check import Check
    from convcost.studies.rewrite import Rewrite
    from convcost.studies.solve import Solved
    from convcost.studies.sweep import Sweep
    from convcost.studies.sweep.axes import Values
    from convcost.studies.sweep.parts import Points

Figure = str | int | Fraction
"""An exact number, or one as it is written: "600 M", "2%"."""


def rewrite(
    target: Target,
    rule: str,
    *,
    where: str = "",
    only: str | Iterable[str] = (),
    convention: str | Path = "paper",
    params: str | None = None,
    settings: Mapping[str, int | str] | None = None,
    **more: int | str,
) -> Rewrite:
    """Apply a rule to layers of a spec; the result has the new spec as ``text``, as a ``model``, and what was gained.

    Parameters
    ----------
    rule : str
        "standard-to-separable", "separable-to-standard", "standard-to-grouped", "standard-to-bottleneck",
        "standard-to-spatial", "standard-to-ghost", "kernel" or "argument".
    where : str
        Which layers: "kernel > 1 and stride == 1".
    only : str or iterable of str
        Names of layers, or patterns of them: "conv1", "stage3/*".
    settings, **more
        Those of the rule: ``groups=8``.

    Returns
    -------
    Rewrite
        Without ``layers`` where none was selected.

    Raises
    ------
    UsageError, SpecError
        Where there is no such rule, a setting is wrong, or an item cannot be rewritten.

    Examples
    --------
    >>> done = rewrite("mobilenet_v1_full_conv", "standard-to-separable", where="cin > 3")
    >>> print(done.layers[-1].facts.out, done.layers[-1].ratio)
    1024 1033/9216
    """
    from convcost.studies.rewrite import rewrite as rewritten

    chosen, how = {**(settings or {}), **more}, convention_named(convention, params)
    names = [only] if isinstance(only, str) else only
    return rewritten(model_of(target), rule, where=where, only=names, settings=chosen, convention=how)


def check(
    *targets: Target,
    max: Mapping[str, Figure] | None = None,  # noqa: A002 - the word of the command line
    max_growth: Figure | Mapping[str, Figure] | None = None,
    against: str | Path | None = None,
    config: str | Path | Project | None = None,
    convention: str | Path = "paper",
    params: str | None = None,
) -> Check:
    """Hold networks against their budgets, and against what they cost before; nothing here is rounded.

    Parameters
    ----------
    *targets : str, Path or Model
        Texts may have wildcards, "specs/*.yaml"; none for the specs of ``config``.
    max : mapping of metric to figure, optional
        The most that metrics may be: ``{"mult_adds": "600 M", "params": 4_300_000}``. They come before the budgets of a
        spec, and those before the budgets of ``config``.
    max_growth : share, or mapping of metric to share, optional
        By how much each total of the baseline, or these, may have grown: "2%", or ``Fraction(1, 50)``.
    against : str or Path, optional
        The baseline, written by ``convcost report --format json``.
    config : str or Path, optional
        A TOML file with a table ``[tool.convcost]``; other than on the command line, absent is none.

    Returns
    -------
    Check
        With ``passed``, and a line for each budget in ``held``.

    Raises
    ------
    UsageError, SpecError, Diagnostics
        Where there is nothing to check, or a budget, the baseline or a spec is wrong.

    Examples
    --------
    >>> from convcost import loads
    >>> tiny = loads("{convcost: 1, name: tiny, input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}")
    >>> done = check(tiny, max={"mult_adds": "4 k", "params": 100})
    >>> done.passed, [held.headroom for held in done.held]
    (False, [112, -8])
    """
    from convcost.budgets import expand, growths, limits, open_baseline, open_project
    from convcost.cost.analysis import METRICS
    from convcost.studies.check import check as checked

    project = open_project(str(config), METRICS) if isinstance(config, str | Path) else config
    chosen: list[Target] = []
    for target in targets:
        found = expand([target]) if isinstance(target, str) else (target,)
        chosen.extend(each for each in found if not (isinstance(each, str) and each in chosen))
    if not chosen and project is not None:
        chosen = list(expand(project.specs, project.directory))
    shares = {} if max_growth is None else max_growth if isinstance(max_growth, Mapping) else {"": max_growth}
    return checked(
        [model_of(target) for target in chosen],
        convention_named(convention, params),
        limits=limits(max or {}, METRICS, "--max"),
        project=project.budgets if project is not None else (),
        growths=growths(shares, METRICS),
        baseline=open_baseline(str(against)) if against is not None else None,
    )


def sweep(
    target: Target,
    over: Mapping[str, Values] | None = None,
    *,
    points: Mapping[str, Points] | None = None,
    units: Mapping[str, Figure] | None = None,
    metrics: str | Iterable[str] = ("mult_adds", "params"),
    where: str | Iterable[str] = (),
    pareto: str | Sequence[str] = (),
    top: int | None = None,
    keep: bool = True,
    convention: str | Path = "paper",
    params: str | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Sweep:
    """Evaluate many configurations at once, exactly: a grid, or points as they come.

    Parameters
    ----------
    over : mapping of str to values
        For each hyperparameter "0.25:1:1/32" (first, last, step), numbers, or None for its published values; "preset"
        stands for the presets of the spec.
    points : mapping of str to sequence
        Instead of a grid: for each hyperparameter its value at every point; or whole numbers as an array, which are
        values in ``units``.
    where : str or iterable of str
        Conditions: "mult_adds <= 150M and alpha >= 1/2".
    pareto : str or sequence of str
        Keep what nothing else is as good as: "mult_adds, params" (both small), "resolution:max".
    top : int, optional
        Keep so many with most of the first metric.
    keep : bool
        False: keep no point, only the least and the most of each metric.
    threads : int, optional
        Absent: as many as there are processors.
    progress : callable, optional
        Told how many points are done more, and how many there are.

    Returns
    -------
    Sweep
        A sequence of points with ``values`` and ``figures``; columns as arrays with ``array(name)``.

    Raises
    ------
    UsageError, ExpressionError
        Where the question is wrong or too large.

    Examples
    --------
    >>> found = sweep("mobilenet_v1", {"alpha": "1/4:1:1/4"}, where="mult_adds <= 150M")
    >>> [(str(p.values["alpha"]), p.figures["mult_adds"]) for p in found]
    [('1/4', 41030272), ('1/2', 149497088)]
    """
    from convcost.studies.sweep import sweep as swept

    return swept(
        model_of(target),
        over,
        points=points,
        units=units,
        metrics=[metrics] if isinstance(metrics, str) else metrics,
        where=where,
        pareto=pareto,
        top=top,
        keep=keep,
        convention=convention_named(convention, params),
        threads=threads,
        progress=progress,
    )


def solve(
    target: Target,
    names: str | Iterable[str],
    budgets: str | Iterable[str] | Mapping[str, Figure],
    *,
    steps: Figure | Mapping[str, Figure] | None = None,
    ranges: Mapping[str, tuple[Figure, Figure]] | None = None,
    choices: bool = False,
    maximize: str = "",
    convention: str | Path = "paper",
    params: str | None = None,
) -> Solved:
    """Find the largest admissible hyperparameters that budgets allow, with a certificate for each.

    Parameters
    ----------
    names : str or iterable of str
        What is to be large; the others have the model's values.
    budgets : str, iterable of str, or mapping of metric to figure
        "mult_adds <= 150M", or ``{"mult_adds": "150M"}``; all have to hold.
    steps : number, or mapping of str to number, optional
        Of what values are multiples: "1/64"; absent, what the spec declares.
    ranges : mapping of str to (lowest, highest), optional
        Between which values.
    choices : bool
        Published values only.
    maximize : str
        A metric or one of ``names``: solutions with most of it first. Absent: the metric of the first budget.

    Returns
    -------
    Solved
        ``feasible``, ``best``, all ``solutions``; for a single hyperparameter ``bounds``, as real numbers and formulas.

    Raises
    ------
    UsageError
        Where the question is wrong, has no end, or too many values to try.

    Examples
    --------
    >>> found = solve("mobilenet_v1@resolution=224", "alpha", "mult_adds <= 150M")
    >>> found.best.values["alpha"], found.best.nexts["alpha"].values["alpha"], float(found.bounds[0].root)
    (Fraction(1, 2), Fraction(17, 32), 0.50088)
    """
    from convcost.studies.solve import solve as solved

    return solved(
        model_of(target),
        [names] if isinstance(names, str) else names,
        [budgets] if isinstance(budgets, str) else budgets,
        steps=steps if steps is None or isinstance(steps, Mapping) else {"": steps},
        ranges=ranges,
        choices=choices,
        maximize=maximize,
        convention=convention_named(convention, params),
    )
