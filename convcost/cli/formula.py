"""``convcost formula``: closed forms in the free hyperparameters."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import destination, emit

FORMATS = ("text", "latex", "md", "python", "json")


@click.command("formula", cls=options.SpecCommand)
@options.spec
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    default=("mult_adds", "params"),
    help="mult_adds, params, mul, add, output_elements, ...; may be repeated.  [default: mult_adds, params]",
)
@click.option("--by", metavar="ROWS", help="Also the parts, by layer, block, stage, kind or op.")
@click.option(
    "--sensitivity",
    is_flag=True,
    help="What 1 % more of each hyperparameter costs, part by part, and which part costs most where.",
)
@options.several(options.free, options.assume)
@click.option("--general", is_flag=True, help="The form that holds everywhere, floors kept.")
@options.several(options.convention, options.params)
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="text",
    show_default=True,
    help="text, latex, md, json, or python: a module with a function for each metric.",
)
@options.output
def command(
    *,
    spec: str,
    metrics: tuple[str, ...],
    by: str | None,
    sensitivity: bool,
    free: str | None,
    assume: tuple[str, ...],
    general: bool,
    convention: str,
    params: str | None,
    format_: str,
    output: str | None,
) -> None:
    """Show the closed form of what a network costs, and where it holds.

    \b
    convcost formula mobilenet_v1
    convcost formula mobilenet_v1 --metric params --by stage
    convcost formula mobilenet_v1 --sensitivity --by kind
    convcost formula mobilenet_v1 --format python -o costs.py
    """
    from convcost import api
    from convcost.report.formats import check_format

    check_format(format_, FORMATS)
    by = by or ("stage" if sensitivity else None)
    model = api.load(spec)
    formulas = [
        api.formula(model, metric, by=by, free=options.words(free), assume=assume, convention=convention, params=params)
        for metric in dict.fromkeys(name.replace("-", "_") for name in metrics)
    ]
    if format_ == "python":
        from convcost.report.python_source import source

        emit(source(formulas, general=general), output)
        return
    from convcost.report.formats import render
    from convcost.report.formula import document

    name = "table" if format_ == "text" else format_
    shown = document(formulas, general=general, sensitivity=by if sensitivity and by else "")
    emit(render(shown, name, stream=destination(output)), output)
