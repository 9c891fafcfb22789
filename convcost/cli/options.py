"""Options that several commands share. Names are checked where they are used, with a hint for near misses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

F = TypeVar("F", bound=Callable[..., Any])


def _complete_convention(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a convention: names, or files where none begins so."""
    from click.shell_completion import CompletionItem

    from convcost.conventions import shipped

    items = [CompletionItem(name) for name in shipped() if name.startswith(incomplete)]
    return items or [CompletionItem(incomplete, type="file")]


convention = click.option(
    "--convention",
    "--as",
    "convention",
    metavar="NAME",
    default="paper",
    show_default=True,
    shell_complete=_complete_convention,
    help="What mult-adds are: paper (conv and fully connected layers), valid (without padding), with-bias, "
    "what another tool counts (fvcore, thop, ...; 'convcost explain conventions' lists them), or FILE.yaml.",
)
params = click.option(
    "--params",
    metavar="KIND",
    help="What parameters are: trainable, weights (of conv and fully connected layers), all (with running statistics)."
    "  [default: what the convention says; trainable]",
)
by = click.option(
    "--by", metavar="ROWS", default="layer", show_default=True, help="Rows: layer, block, stage, kind or op."
)
batch = click.option(
    "--batch", type=click.IntRange(min=1), default=1, show_default=True, help="Images in a batch; counts are for all."
)
output = click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, allow_dash=False),
    help="Write to a file, wholly or not at all.",
)
form = click.option(
    "--format",
    "-f",
    "format_",
    metavar="FORMAT",
    default="table",
    show_default=True,
    help="table, md, csv, json, latex or html.",
)
free = click.option(
    "--free", metavar="NAMES", help="Hyperparameters that stay free, separated by commas; the others are bound."
)
assume = click.option(
    "--assume",
    metavar="CONDITION",
    multiple=True,
    help="Take a divisibility for granted: 'resolution % 32 == 0'. May be repeated.",
)


def several(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Return one decorator for several options, shown in this order."""

    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def words(text: str | None) -> tuple[str, ...] | None:
    """Split a list at its commas; None stays None.

    >>> words("alpha, resolution"), words(None)
    (('alpha', 'resolution'), None)
    """
    return None if text is None else tuple(word.strip() for word in text.split(",") if word.strip())


_STANDARD_INPUT = "\0"


class SpecCommand(click.Command):
    """A command that takes SPECs: ``-@alpha=1/2`` is standard input with a binding, and not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep such arguments from being read as options."""
        marked = [_STANDARD_INPUT + arg if arg.startswith(("-@", "-:")) else arg for arg in args]
        return super().parse_args(ctx, marked)


def _unmarked(_: click.Context, __: click.Parameter, value: Any) -> Any:
    if isinstance(value, str):
        return value.removeprefix(_STANDARD_INPUT)
    return tuple(each.removeprefix(_STANDARD_INPUT) for each in value)


def shipped_names(incomplete: str) -> list[CompletionItem]:
    """Return the shipped names that begin with a text, for a shell to offer; no spec is read."""
    from click.shell_completion import CompletionItem

    from convcost.shipped import names

    return [CompletionItem(name) for name in names() if name.startswith(incomplete)]


def complete_spec(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a SPEC: shipped names, or files where none begins so."""
    from click.shell_completion import CompletionItem

    return shipped_names(incomplete) or [CompletionItem(incomplete, type="file")]


spec = click.argument("spec", metavar="SPEC", callback=_unmarked, shell_complete=complete_spec)
specs = click.argument(
    "specs", nargs=-1, required=True, metavar="SPEC...", callback=_unmarked, shell_complete=complete_spec
)
optional_specs = click.argument(
    "specs", nargs=-1, metavar="[SPEC]...", callback=_unmarked, shell_complete=complete_spec
)
