"""``convcost schema``: the JSON Schema of a spec."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import emit


@click.command("schema")
@options.output
def command(output: str | None) -> None:
    """Print the JSON Schema of a spec: editors with a YAML language server complete and check with it.

    \b
    convcost schema -o spec.schema.json
    """
    from convcost.spec.schema import text

    emit(text(), output)
