"""The output formats by name, each renderer imported when it is asked for."""

from __future__ import annotations

from typing import TextIO

from convcost.errors import UsageError, one_of
from convcost.report.table import Document

FORMATS = ("table", "md", "csv", "json", "latex", "html")


def check_format(name: str, formats: tuple[str, ...] = FORMATS) -> str:
    """Return the name of a format; E024 for one there is not."""
    if name not in formats:
        raise UsageError("E024", f"there is no format {name!r}", hint=one_of(name, formats))
    return name


def render(document: Document, format: str = "table", *, stream: TextIO | None = None, width: int = 80) -> str:  # noqa: A002
    """Return a document in a format.

    Parameters
    ----------
    format : {"table", "md", "csv", "json", "latex", "html"}
        ``table`` is text of a fixed width.
    stream : text file, optional
        Where a table is going to be written: decides on its colours and its width. Absent: no colours.
    width : int
        Columns of a table where there is no stream.

    Raises
    ------
    UsageError
        E024 for a format there is not.
    """
    match check_format(format):
        case "md":
            from convcost.report import markdown as renderer
        case "csv":
            from convcost.report import delimited as renderer  # type: ignore[no-redef]
        case "json":
            from convcost.report import json_ as renderer  # type: ignore[no-redef]
        case "latex":
            from convcost.report import latex as renderer  # type: ignore[no-redef]
        case "html":
            from convcost.report import html as renderer  # type: ignore[no-redef]
        case _ if stream is not None:
            from convcost.report import terminal

            return terminal.render(document, stream)
        case _:
            from convcost.report import layout

            return layout.plain(document, width)
    return renderer.render(document)
