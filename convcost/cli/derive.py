"""``convcost derive``: derivations step by step."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import emit

FORMATS = ("text", "md", "latex")


@click.command("derive")
@click.argument("target", metavar="TARGET")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--set", "more", metavar="NAME=VALUE", multiple=True, help="Another way to give a symbol a value.")
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="text",
    show_default=True,
    help="text, md or latex.",
)
@options.output
def command(*, target: str, values: tuple[str, ...], more: tuple[str, ...], format_: str, output: str | None) -> None:
    """Derive what a convolution multiplies step by step, as a lecture would write it.

    TARGET is separable, conv, depthwise, pointwise, grouped or transposed; symbols may be given values.

    \b
    convcost derive separable
    convcost derive separable D_K=3 N=1024
    """
    from convcost.cli.bindings import bindings
    from convcost.report import derivation as page
    from convcost.report.formats import check_format
    from convcost.studies.derive import derive

    check_format(format_, FORMATS)
    derived = derive(target, bindings((*values, *more)))
    write = {"text": page.text, "md": page.markdown, "latex": page.latex}[format_]
    emit(write(derived).rstrip("\n") + "\n", output)
