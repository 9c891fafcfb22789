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
    "conventions": "Show what other tools count of a network, and why they differ.",
    "sweep": "Evaluate many configurations of a network at once.",
    "solve": "Find the largest network within budgets.",
    "import": "Write a model of ONNX or PyTorch as a spec.",
    "rewrite": "Rewrite layers of a spec into others, and say what each gains.",
    "verify": "Run the layers in NumPy and hold every figure against it.",
    "bench": "Time the layers in NumPy, beside what they multiply.",
    "audit": "Hold published tables against derived figures, and explain them.",
    "check": "Hold networks against budgets, for CI.",
    "specs": "List and show the shipped architectures.",
    "schema": "Print the JSON Schema of a spec, for editors.",
    "explain": "Explain an error code or an op.",
}
"""The commands, each with the line that ``convcost --help`` shows; ``convcost.cli.<name>.command`` is the command."""


MODULES: Mapping[str, str] = {"import": "import_"}
"""The modules of commands whose names are words of Python."""


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
        module = MODULES.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"convcost.cli.{module}").command
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
