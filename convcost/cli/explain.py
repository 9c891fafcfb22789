"""``convcost explain``: error codes and ops."""

from __future__ import annotations

import click

from convcost.cli.output import destination, emit


@click.command("explain")
@click.argument("word", metavar="CODE|OP")
def command(word: str) -> None:
    """Explain an error code, or an op: what it is, what it costs, and what can be written.

    \b
    convcost explain E103
    convcost explain depthwise
    """
    from convcost.codes import CODES
    from convcost.errors import UsageError, near_miss
    from convcost.report.explain import explain
    from convcost.report.terminal import width_of_stream
    from convcost.report.text import paragraph
    from convcost.spec.vocabulary import FORMS

    width = min(width_of_stream(destination(None)), 100)
    code = word.upper()
    if code in CODES:
        title, text = CODES[code]
        emit("\n".join((f"{code} {title}", *paragraph(text, width, "  ", "  "))) + "\n")
    elif word in FORMS:
        emit(explain(word, width))
    else:
        hint = near_miss(word, (*FORMS, *CODES)) or "an error code such as E103, or an op such as conv"
        raise UsageError("E026", f"there is nothing to explain about {word!r}", hint=hint)
