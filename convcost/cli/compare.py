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
@options.several(options.by, options.convention, options.params, options.batch)
@click.option("--formulas/--no-formulas", default=None, help="Ratios of closed forms; shown in a table by default.")
@options.several(options.form, options.output)
def command(
    *,
    specs: tuple[str, ...],
    metrics: tuple[str, ...],
    by: str,
    convention: str,
    params: str,
    batch: int,
    formulas: bool | None,
    format_: str,
    output: str | None,
) -> None:
    """Compare networks layer by layer: exact ratios, and where the difference comes from.

    \b
    convcost compare mobilenet_v1@alpha=1 mobilenet_v1@alpha=0.5
    convcost compare a.yaml b.yaml --by stage --metric params
    """
    from convcost import api
    from convcost.report.comparison import document
    from convcost.report.formats import check_format, render

    check_format(format_)
    comparison = api.compare(*specs, by=by, convention=convention, params=params, batch=batch)
    wanted = format_ == "table" if formulas is None else formulas
    chosen = tuple(dict.fromkeys(name.replace("-", "_") for name in metrics))
    emit(
        render(document(comparison, metrics=chosen, formulas=wanted), format_, stream=destination(output)),
        output,
    )
