"""``convcost report``: what networks cost."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import destination, emit


@click.command("report", cls=options.SpecCommand)
@options.specs
@options.several(options.convention, options.params, options.by)
@click.option("--depth", type=click.IntRange(min=1), help="Scopes of a name that are kept: 1 is a row for each block.")
@options.batch
@click.option(
    "--columns",
    metavar="LIST",
    help="Columns after the output: params, mult_adds, share, valid, trainable, weights, running, input_elements, "
    "output_elements, weight_elements, mul, add, cmp, ...; sets: parameters, elements, primitives. "
    "'+valid' adds to the usual ones.",
)
@click.option("--allow-unknown", is_flag=True, help="Take operators of a model that no op does as of unknown cost.")
@click.option("--formulas/--no-formulas", default=None, help="Closed forms; shown in a table unless told otherwise.")
@options.several(options.form, options.output)
def command(
    *,
    specs: tuple[str, ...],
    convention: str,
    params: str | None,
    by: str,
    depth: int | None,
    batch: int,
    columns: str | None,
    allow_unknown: bool,
    formulas: bool | None,
    format_: str,
    output: str | None,
) -> None:
    """Report what a network costs: parameters and mult-adds of each layer, totals, and the closed form.

    \b
    convcost report mobilenet_v1
    convcost report mobilenet_v1@alpha=0.5,resolution=160 --by stage
    convcost report my.yaml --columns +valid --format csv -o costs.csv
    convcost report model.onnx
    """
    from convcost.api import load, report_document
    from convcost.report.formats import check_format, render

    check_format(format_)
    document = report_document(
        [load(spec, allow_unknown=True) for spec in specs] if allow_unknown else specs,
        convention=convention,
        params=params,
        by=by,
        depth=depth,
        batch=batch,
        columns=columns,
        formulas=format_ == "table" if formulas is None else formulas,
    )
    emit(render(document, format_, stream=destination(output)), output)
