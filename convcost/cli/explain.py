"""``convcost explain``: error codes, ops and conventions."""

from __future__ import annotations

import click

from convcost.cli.output import destination, emit


@click.command("explain")
@click.argument("word", metavar="CODE|OP|CONVENTION")
def command(word: str) -> None:
    """Explain an error code, an op: what it is, what it costs, and what can be written; or what a convention counts.

    \b
    convcost explain E103
    convcost explain depthwise
    convcost explain conventions
    convcost explain fvcore
    """
    from convcost.codes import CODES
    from convcost.conventions import shipped
    from convcost.errors import UsageError, near_miss
    from convcost.report.explain import explain
    from convcost.report.terminal import width_of_stream
    from convcost.report.text import paragraph
    from convcost.spec.catalog import is_path
    from convcost.spec.vocabulary import FORMS

    width = min(width_of_stream(destination(None)), 100)
    code = word.upper()
    if code in CODES:
        title, text = CODES[code]
        emit("\n".join((f"{code} {title}", *paragraph(text, width, "  ", "  "))) + "\n")
    elif word in FORMS:
        emit(explain(word, width))
    elif word == "conventions" or word in shipped() or is_path(word):
        from convcost.report.policies import explained, overview

        emit(overview(width) if word == "conventions" else explained(word, width))
    else:
        hint = near_miss(word, (*FORMS, *shipped(), "conventions", *CODES)) or (
            "an error code such as E103, an op such as conv, or 'conventions'"
        )
        raise UsageError("E026", f"there is nothing to explain about {word!r}", hint=hint)
