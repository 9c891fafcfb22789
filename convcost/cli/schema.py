"""``convcost schema``: the JSON Schemas of specs, of claims and of conventions."""

from __future__ import annotations

import click

from convcost.cli import options
from convcost.cli.output import emit


@click.command("schema")
@click.option("--claims", "of_claims", is_flag=True, help="That of a file of claims.")
@click.option("--convention", "of_convention", is_flag=True, help="That of a convention.")
@options.output
def command(of_claims: bool, of_convention: bool, output: str | None) -> None:
    """Print the JSON Schema of a spec: editors with a YAML language server complete and check with it.

    \b
    convcost schema -o spec.schema.json
    convcost schema --claims -o claims.schema.json
    convcost schema --convention -o convention.schema.json
    """
    if of_convention:
        from convcost.conventions.schema import schema as convention_schema
        from convcost.spec.schema import text as written

        emit(written(convention_schema()), output)
        return
    from convcost.budgets.schema import definitions as of_budgets
    from convcost.claims.schema import definitions
    from convcost.claims.schema import schema as claims_schema
    from convcost.cost.analysis import METRICS
    from convcost.spec.schema import schema, text

    emit(text(claims_schema(METRICS) if of_claims else schema({**definitions(METRICS), **of_budgets(METRICS)})), output)
