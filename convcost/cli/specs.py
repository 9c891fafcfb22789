"""``convcost specs``: the shipped architectures."""

from __future__ import annotations

import click

from convcost.cli.output import emit


@click.group("specs", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List and show the shipped architectures.

    \b
    convcost specs
    convcost specs show mobilenet_v1
    convcost specs path mobilenet_v1
    """
    if context.invoked_subcommand is None:
        _list()


@command.command("list")
def list_() -> None:
    """List them, one line each: name, title, presets."""
    _list()


@command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Print the text of one."""
    from convcost.spec import catalog

    emit(catalog.path(name).read_text(encoding="utf-8"))


@command.command("path")
@click.argument("name")
def path(name: str) -> None:
    """Print the file of one: a place to start a spec of your own from."""
    from convcost.spec import catalog

    emit(f"{catalog.path(name)}\n")


def _list() -> None:
    from convcost.report.text import pad, width_of
    from convcost.spec import catalog, open_target

    lines = []
    names = catalog.names()
    widest = max(map(width_of, names), default=0)
    for name in names:
        architecture, _, _ = open_target(name)
        presets = f"  ({', '.join(f':{preset}' for preset in architecture.presets)})" if architecture.presets else ""
        lines.append(f"{pad(name, widest)}  {architecture.title}{presets}\n")
    emit("".join(lines))
