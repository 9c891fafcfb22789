"""``convcost schema``: the JSON Schemas of specs and of claims."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import emit


@click.command("schema")
@click.option("--claims", "of_claims", is_flag=True, help="That of a file of claims.")
@options.output
def command(of_claims: bool, output: str | None) -> None:
    """Print the JSON Schema of a spec: editors with a YAML language server complete and check with it.

    \b
    convcost schema -o spec.schema.json
    convcost schema --claims -o claims.schema.json
    """
    from convcost.claims.schema import definitions
    from convcost.claims.schema import schema as claims_schema
    from convcost.cost.analysis import METRICS
    from convcost.spec.schema import schema, text

    emit(text(claims_schema(METRICS) if of_claims else schema(definitions(METRICS))), output)
