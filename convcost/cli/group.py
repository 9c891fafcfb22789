"""The group of commands; a command's module is imported when it is called, and not to list it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

from convcost.errors import near_miss

COMMANDS: Mapping[str, str] = {
    "report": "Report what a network costs, layer by layer.",
    "formula": "Show the closed form of what it costs.",
    "derive": "Derive what a convolution multiplies, step by step.",
    "compare": "Compare networks layer by layer, and say why they differ.",
    "verify": "Run the layers in NumPy and hold every figure against it.",
    "audit": "Hold published tables against derived figures, and explain them.",
    "specs": "List and show the shipped architectures.",
    "schema": "Print the JSON Schema of a spec, for editors.",
    "explain": "Explain an error code or an op.",
}
"""The commands, each with the line that ``convcost --help`` shows; ``convcost.cli.<name>.command`` is the command."""


class LazyGroup(click.Group):
    """A group that knows its commands by name and loads the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, in the order of their use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"convcost.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of an argument list; a near miss is suggested."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            hint = near_miss(name, COMMANDS) or "see 'convcost --help'"
            ctx.fail(f"no such command {name!r} ({hint})")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        import convcost

        click.echo(f"convcost {convcost.__version__}")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", "-V", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def cli() -> None:
    """Exact, symbolic and verified cost models of convolutional networks.

    A SPEC is a file or a shipped name, with optional preset and bindings: mobilenet_v1,
    mobilenet_v1@alpha=0.5,resolution=160, efficientnet:b3, my.yaml@alpha=1/2, or - for standard input.
    """
