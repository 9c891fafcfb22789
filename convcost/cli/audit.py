"""``convcost audit``: published tables held against what is derived."""

from __future__ import annotations

from collections.abc import Sequence

import click

from convcost.cli import NO, options
from convcost.cli.output import destination, emit


@click.command("audit")
@click.argument("claims", nargs=-1, metavar="[CLAIMS]...")
@click.option("--failing", is_flag=True, help="Leave out what is reproduced as it is.")
@options.several(options.form, options.output)
def command(claims: tuple[str, ...], failing: bool, format_: str, output: str | None) -> int:
    """Hold published tables against what is derived, and say why they differ.

    CLAIMS are files of claims or names of shipped ones; absent, all that are shipped. A figure is reproduced if the
    derived value rounds or truncates to its digits. One that is not is searched for the smallest explanation: what is
    counted, another network of the family, a slip of the pen; with the odds that a random number would have been
    explained so. The exit code is 1 if a figure is worse than its claim expects.

    \b
    convcost audit
    convcost audit mobilenets --failing
    convcost audit my-claims.yaml --format md
    """
    from convcost.api import audit
    from convcost.report.audit import audit_document, unexpected_lines
    from convcost.report.formats import check_format, render

    check_format(format_)
    audits = audit(*claims)
    text = render(audit_document(audits, format_, failing=failing), format_, stream=destination(output))
    emit(text, output)
    return _complain(unexpected_lines(audits))


def _complain(unexpected: Sequence[str]) -> int:
    for line in unexpected:
        click.echo(line, err=True)
    return NO if unexpected else 0
