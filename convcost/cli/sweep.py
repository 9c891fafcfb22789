"""``convcost sweep``: many configurations at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import click

from convcost.cli import options
from convcost.cli.output import destination, emit
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.studies.sweep import Sweep

LONG = 2_000_000
"""Points from which on a terminal sees how far a sweep is."""


@click.command("sweep", cls=options.SpecCommand)
@options.spec
@click.option(
    "--over",
    metavar="NAME=VALUES",
    multiple=True,
    help="alpha=0.25:1:1/32 (first, last, step), alpha=0.5,0.75,1, alpha (its published values), preset; repeated for "
    "a grid.",
)
@click.option("--points", metavar="FILE", help="CSV with a column for each hyperparameter, instead of a grid.")
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    default=("mult_adds", "params"),
    help="mult_adds, params, mul, ...; may be repeated.  [default: mult_adds, params]",
)
@click.option("--where", "conditions", metavar="CONDITION", multiple=True, help="'mult_adds <= 150M and alpha >= 1/2'.")
@click.option(
    "--pareto",
    metavar="NAMES",
    default="",
    help="Keep what nothing else is as good as in all of these: mult_adds,params (small), resolution:max.",
)
@click.option("--top", metavar="N", type=int, help="Keep the N points with most of the first metric.")
@click.option("--summary", is_flag=True, help="Keep no points, only the least and the most: for grids of any size.")
@click.option("--rows", metavar="NAME", default="", help="A table with this hyperparameter down ...")
@click.option("--columns", metavar="NAME", default="", help="... and this one across.")
@click.option("--sensitivity", is_flag=True, help="Add what 1 % more of each hyperparameter costs.")
@click.option("--shown", metavar="N", type=click.IntRange(min=1), help="Rows of a table for readers.  [default: 50]")
@click.option("--plot", metavar="FILE", help="A picture: svg, png or pdf; needs the extra 'plot'.")
@options.several(options.convention, options.params, options.form, options.output)
def command(
    *,
    spec: str,
    over: tuple[str, ...],
    points: str | None,
    metrics: tuple[str, ...],
    conditions: tuple[str, ...],
    pareto: str,
    top: int | None,
    summary: bool,
    rows: str,
    columns: str,
    sensitivity: bool,
    shown: int | None,
    plot: str | None,
    convention: str,
    params: str | None,
    format_: str,
    output: str | None,
) -> None:
    """Evaluate many configurations of a network at once, exactly.

    \b
    convcost sweep mobilenet_v1 --over alpha --over resolution --rows alpha
    convcost sweep mobilenet_v1 --over alpha=1/32:1 --over resolution=96:256 \\
        --where 'mult_adds >= 100M' --pareto mult_adds,params
    convcost sweep efficientnet --over preset --metric params
    convcost sweep mobilenet_v1 --over alpha=0.25:1:1/64 \\
        --over resolution=96:224 --plot front.svg
    """
    from convcost import api
    from convcost.report.formats import check_format
    from convcost.studies.sweep import pairs

    check_format(format_)
    _check(summary=summary, rows=bool(rows or columns), sensitivity=sensitivity, narrowed=bool(pareto or top))
    if plot is not None:
        from convcost.report.plot import check_plot

        check_plot(plot)
    model = api.load(spec)
    grid = pairs(over)
    with _progress() as progress:
        result = api.sweep(
            model,
            grid or None,
            points=_read_points(points) if points is not None else None,
            metrics=metrics,
            where=conditions,
            pareto=pareto,
            top=top,
            keep=not summary,
            convention=convention,
            params=params,
            progress=progress,
        )
    if plot is not None:
        from convcost.report.plot import write_plot

        write_plot(result, plot)
    emit(_text(result, format_, output, shown, rows=rows, columns=columns, sensitivity=sensitivity), output)


def _text(
    result: Sweep, format_: str, output: str | None, shown: int | None, *, rows: str, columns: str, sensitivity: bool
) -> str:
    from convcost.report.formats import render
    from convcost.report.sweep import MOST_SHOWN, csv_text, document

    if format_ == "csv" and not (rows or columns or sensitivity or result.kept == "none"):
        return csv_text(result)
    read = format_ in {"table", "md", "latex", "html"}
    limit = (shown or MOST_SHOWN) if read else None
    shown_ = document(result, sensitivity=sensitivity, rows=rows, columns=columns, shown=limit)
    return render(shown_, format_, stream=destination(output))


def _check(*, summary: bool, rows: bool, sensitivity: bool, narrowed: bool) -> None:
    for word, other, both in (
        ("--summary", "--pareto or --top", summary and narrowed),
        ("--summary", "--rows", summary and rows),
        ("--summary", "--sensitivity", summary and sensitivity),
        ("--rows", "--pareto or --top", rows and narrowed),
        ("--rows", "--sensitivity", rows and sensitivity),
    ):
        if both:
            raise UsageError("E848", f"{word} and {other} do not go together")


def _read_points(path: str) -> dict[str, list[str]]:
    """Read a CSV file with a header."""
    import csv
    from pathlib import Path

    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise UsageError("E001", f"there is no file {path!r}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("E003", f"{path}: {error}") from None
    try:
        reader = csv.reader(lines)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise UsageError("E841", f"{path} is not CSV: {error}", hint="alpha,resolution") from None
    names = [name.strip() for name in rows[0][1]] if rows else []
    if not names or len(set(names)) < len(names) or not all(names):
        raise UsageError("E841", f"{path} has no header that names hyperparameters", hint="alpha,resolution")
    for number, row in rows[1:]:
        if len(row) != len(names):
            values = f"{len(row)} value{'s' if len(row) != 1 else ''}"
            raise UsageError("E841", f"{path}:{number}: {values} for the columns {', '.join(names)}")
    return {name: [row[i].strip() for _, row in rows[1:]] for i, name in enumerate(names)}


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """Show on a terminal how far a long sweep is."""
    if not sys.stderr.isatty():
        yield None
        return
    with ExitStack() as stack:
        bar: list[Any] = []

        def show(points: int, total: int) -> None:
            if total >= LONG and not bar:
                bar.append(stack.enter_context(click.progressbar(length=total, file=sys.stderr, label="points")))
            if bar:
                bar[0].update(points)

        yield show
