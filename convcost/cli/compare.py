"""``convcost compare``: networks side by side."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import destination, emit


@click.command("compare", cls=options.SpecCommand)
@options.specs
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    default=("mult_adds",),
    help="What rows are compared by: mult_adds, params, output_elements, ...; may be repeated.  [default: mult_adds]",
)
@click.option(
    "--at",
    "values",
    metavar="BINDINGS",
    multiple=True,
    help="The same network with other values beside it: alpha=1/2,resolution=160, or :PRESET; may be repeated.",
)
@click.option(
    "--rewrite",
    "rewrites",
    metavar="RULE",
    multiple=True,
    help="The same network rewritten beside it: 'standard-to-separable where cin > 3'; may be repeated.",
)
@click.option("--changes", is_flag=True, help="Only what changed, for a pull request.")
@options.several(options.by, options.convention, options.params, options.batch)
@click.option("--formulas/--no-formulas", default=None, help="Ratios of closed forms; shown in a table by default.")
@options.several(options.form, options.output)
def command(
    *,
    specs: tuple[str, ...],
    metrics: tuple[str, ...],
    values: tuple[str, ...],
    rewrites: tuple[str, ...],
    changes: bool,
    by: str,
    convention: str,
    params: str | None,
    batch: int,
    formulas: bool | None,
    format_: str,
    output: str | None,
) -> None:
    """Compare networks layer by layer: exact ratios, and where the difference comes from.

    \b
    convcost compare mobilenet_v1@alpha=1 mobilenet_v1@alpha=0.5
    convcost compare a.yaml b.yaml --by stage --metric params
    convcost compare mobilenet_v1 --at alpha=3/4 --at alpha=1/2
    convcost compare vgg --rewrite standard-to-separable
    convcost compare before.yaml after.yaml --changes --format md
    """
    from convcost import api
    from convcost.budgets.figures import metric_named
    from convcost.cost.analysis import METRICS
    from convcost.report.comparison import document
    from convcost.report.formats import check_format, render

    check_format(format_)
    comparison = api.compare(
        *specs, at=values, rewrites=rewrites, by=by, convention=convention, params=params, batch=batch
    )
    wanted = format_ == "table" if formulas is None else formulas
    chosen = tuple(dict.fromkeys(metric_named(name, METRICS) for name in metrics))
    shown = document(comparison, metrics=chosen, formulas=wanted and not changes, changes=changes)
    emit(render(shown, format_, stream=destination(output)), output)
