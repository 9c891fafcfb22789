"""``convcost specs``: the shipped architectures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from convcost.cli import options
from convcost.cli.output import destination, emit

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

INDEXING = "python -m pytest --update-golden tests/golden/test_index.py"
"""What writes the index anew."""

FORMATS = ("table", "md", "csv", "json")


class ListingGroup(click.Group):
    """A group that lists where no subcommand is called: ``convcost specs mobilenet --format csv``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what is no subcommand as arguments of the listing."""
        asked = args and args[0] in {*self.commands, *ctx.help_option_names}
        if not asked and not (ctx.resilient_parsing and not args):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the listing, too."""
        known = (parameter for parameter in list_.get_params(ctx) if isinstance(parameter, click.Option))
        records = (option.get_help_record(ctx) for option in known)
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record])
        self.format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete subcommands, names and options of the listing."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return list_.shell_complete(ctx, incomplete)
        return found + _names(ctx, list_.params[0], incomplete)


def _names(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return options.shipped_names(incomplete)


@click.group("specs", cls=ListingGroup, subcommand_metavar="[WORD]...")
def command() -> None:
    """List and show the shipped architectures.

    A line for each, with parameters and mult-adds at its default values; of those with a WORD in their name or title, a
    line for each preset, too.

    \b
    convcost specs
    convcost specs mobilenet resnet
    convcost specs --presets --format csv
    convcost specs show mobilenet_v1
    convcost specs path mobilenet_v1
    """


@command.command("list", hidden=True)
@click.argument("words", nargs=-1, metavar="[WORD]...", shell_complete=_names)
@click.option(
    "--presets/--no-presets",
    default=None,
    help="A line for each preset; shown with a WORD unless told otherwise; JSON has them always.",
)
@click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="table",
    show_default=True,
    help="table, md, csv or json; csv and json have exact figures.",
)
@options.output
def list_(*, words: tuple[str, ...], presets: bool | None, format_: str, output: str | None) -> None:
    """List them, all or those with a WORD in their name or title."""
    from convcost.errors import UsageError
    from convcost.report.formats import check_format, render
    from convcost.report.listing import listing, listing_data, listing_rows
    from convcost.report.terminal import width_of_stream
    from convcost.studies.inventory import inventory

    check_format(format_, FORMATS)
    found = inventory(words)
    if words and not found.entries:
        raise UsageError("E005", f"no shipped spec has {_listed(words)} in its name or title", hint=_hint(words))
    stream = destination(output)
    expanded = bool(words) if presets is None else presets
    match format_:
        case "json":
            document = listing_data(found)
        case "csv":
            document = listing_rows(found, presets=expanded)
        case _:
            width = width_of_stream(stream) if format_ == "table" else None
            document = listing(found, presets=expanded, width=width)
    emit(render(document, format_, stream=stream), output)
    if found.derived:
        click.echo(f"derived now, for they are not in the index or have changed since: {_few(found.derived)}", err=True)
        click.echo(f"  in a checkout, {INDEXING} writes it anew", err=True)


@command.command("show")
@click.argument("name", shell_complete=_names)
def show(name: str) -> None:
    """Print the text of one."""
    from convcost.spec import catalog

    emit(catalog.path(name).read_text(encoding="utf-8"))


@command.command("path")
@click.argument("name", shell_complete=_names)
def path(name: str) -> None:
    """Print the file of one: a place to start a spec of your own from."""
    from convcost.spec import catalog

    emit(f"{catalog.path(name)}\n")


@command.command("blocks")
@click.argument("name", required=False)
def blocks(name: str | None) -> None:
    """List the libraries of blocks, or print the text of one."""
    from convcost.spec import catalog

    if name is not None:
        emit(catalog.library(name).read_text(encoding="utf-8"))
        return
    from convcost.spec.imports import shipped

    known = catalog.libraries()
    widest = max(map(len, known), default=0)
    for each in known:
        library = shipped(each)
        emit(f"{each:{widest}}  {library.title}\n{'':{widest}}  {', '.join(library.blocks)}\n")


def _listed(words: tuple[str, ...]) -> str:
    return " or ".join(map(repr, words))


def _hint(words: tuple[str, ...]) -> str:
    from convcost.errors import near_miss
    from convcost.shipped import names

    return near_miss(words[0], names()) or "'convcost specs' lists them"


def _few(names: tuple[str, ...], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:most])} and {more} more"
