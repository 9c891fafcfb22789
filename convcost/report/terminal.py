"""Documents on a terminal, in colour where it has any; everywhere else the same lines without."""

from __future__ import annotations

import os
import sys
from typing import TextIO

from convcost.report.layout import lines, plain
from convcost.report.table import Document

STYLES = {
    "": "",
    "quiet": "dim",
    "title": "bold",
    "header": "bold",
    "name": "",
    "rule": "dim",
    "total": "bold",
    "bar": "cyan",
    "added": "green",
    "removed": "red",
    "changed": "yellow",
}
"""How spans are drawn; few colours, and nothing that only a colour says."""


def render(document: Document, stream: TextIO) -> str:
    """Return a document for a stream: as wide as its terminal, 80 columns in a pipe unless COLUMNS says otherwise.

    NO_COLOR, FORCE_COLOR and TERM=dumb are respected; FORCE_COLOR is for standard output and for no file.
    """
    width = width_of_stream(stream)
    forced = os.environ.get("FORCE_COLOR") and stream is sys.stdout
    if not (forced or _is_terminal(stream)) or os.environ.get("NO_COLOR"):
        return plain(document, width)
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, width=width, highlight=False)
    with console.capture() as captured:
        for line in lines(document, width):
            text = Text(no_wrap=True, overflow="ignore")
            for part, style in line:
                text.append(part, STYLES[style])
            text.rstrip()
            console.print(text, soft_wrap=True)
    return captured.get()


def width_of_stream(stream: TextIO) -> int:
    """Return the columns of a terminal; COLUMNS comes first, 80 is for all that is not a terminal."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    if _is_terminal(stream):
        try:
            return os.get_terminal_size(stream.fileno()).columns or 80
        except OSError:
            return 80
    return 80


def _is_terminal(stream: TextIO) -> bool:
    return not stream.closed and stream.isatty()
