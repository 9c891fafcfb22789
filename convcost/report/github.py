"""Checks as annotations of GitHub: commands that a workflow prints, and GitHub shows beside the lines of a change."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

from convcost.errors import Span
from convcost.report.check import UNDECIDED, excess_line, metric_title, new_line, place, unknown_line, verdict_line
from convcost.studies.check import Check, Held
from convcost.units import percent

_MESSAGE = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_MESSAGE, ":": "%3A", ",": "%2C"}


def workflow_log(check: Check, root: str = "") -> str:
    """Return a check as lines of a log: one for each budget, and a command for each that is crossed.

    Parameters
    ----------
    root : str
        Directory of the repository, to which GitHub takes paths to be relative; empty to leave them as they are.
    """
    lines = [f"{check.convention.describe()}"]
    for network in check.networks:
        for held in network.held:
            lines.append(_plain(f"{_verdict(held)} {network.label} {metric_title(held)}: {_figures(held)}"))
            if held.crossed:
                title = f"{network.label}: {metric_title(held)} over budget"
                message = f"{held.value:,} and at most {held.limit:,}. {excess_line(held)}"
                lines.append(command("error", message, title, place(held), root))
            if held.undecided:
                title = f"{network.label}: {metric_title(held)} cannot be decided"
                lines.append(command("error", unknown_line(held), title, None, root))
        if network.is_new:
            line = new_line(network, check.baseline)
            lines.append(command("notice", line, f"{network.label}: new", None, root))
    lines.append(_plain(verdict_line(check)))
    return "\n".join(lines) + "\n"


def command(kind: str, message: str, title: str, span: Span | None = None, root: str = "") -> str:
    """Return a workflow command, escaped so that no text in it becomes another one.

    >>> command("error", "100 % over", "net: params", Span("a,b.yaml", 5, 3))
    '::error file=a%2Cb.yaml,line=5,col=3,title=net%3A params::100 %25 over'
    """
    properties = {"title": title}
    if span is not None and not span.file.startswith("<"):  # a text, or standard input, is no file of the repository
        properties = {"file": _relative(span.file, root), "line": str(span.line), "col": str(span.column), **properties}
    written = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{kind} {written}::{_escaped(message, _MESSAGE)}"


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)


def _plain(text: str) -> str:
    """Return a line of a log that is no command: those of the old form may stand anywhere in it."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text).replace("##[", "## [")


def _verdict(held: Held) -> str:
    return "OVER" if held.crossed else UNDECIDED if held.undecided else "ok  "


def _figures(held: Held) -> str:
    left = f"{held.headroom:,} left" if not held.crossed else f"{-held.headroom:,} too many"
    used = f", {percent(Fraction(held.value, held.limit))} used" if held.limit else ""
    return f"{held.value:,} of {held.limit:,}{used}, {left}"


def _relative(file: str, root: str) -> str:
    if not root:
        return file
    path = os.path.relpath(Path(file).resolve(), Path(root).resolve())
    return file if path.startswith("..") else Path(path).as_posix()
