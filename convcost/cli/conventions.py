"""``convcost conventions``: a network under many conventions."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import destination, emit


@click.command("conventions", cls=options.SpecCommand)
@options.specs
@click.option(
    "--as",
    "--convention",
    "names",
    metavar="NAME",
    multiple=True,
    help="A convention, or a file of one; may be repeated.  [default: all that are shipped]",
)
@click.option(
    "--written",
    metavar="HOW",
    multiple=True,
    help="How the network is written, for tools that tell it apart: global_pool=mean; may be repeated.",
)
@options.several(options.batch, options.form, options.output)
def command(
    *,
    specs: tuple[str, ...],
    names: tuple[str, ...],
    written: tuple[str, ...],
    batch: int,
    format_: str,
    output: str | None,
) -> None:
    """Show what each convention counts of a network, and how it follows from the paper's.

    \b
    convcost conventions resnet:50
    convcost conventions mobilenet_v2 --written global_pool=functional
    convcost conventions resnet:50 --as thop --as my.yaml --format json
    """
    from convcost import api
    from convcost.cli.bindings import words
    from convcost.report.conventions import document
    from convcost.report.formats import check_format, render

    check_format(format_)
    results = [api.conventions_of(spec, names, written=words(written), batch=batch) for spec in specs]
    emit(render(document(results), format_, stream=destination(output)), output)
