"""The text of a spec: read within bounds, decoded, and the way from a place in it to a span."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

from convcost.errors import Span, SpecError, UsageError
from convcost.spec.limits import MAX_BYTES
from convcost.spec.nodes import Node, Scalar
from convcost.symbols.expr.language import quoted

_BREAK: Final = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
LONGEST_PATH: Final = 300
"""Characters of a path that a message shows: a path that is cut helps nobody."""
_FOREIGN: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)


class Source:
    """A text and the name of the file it came from.

    Parameters
    ----------
    directory : Path, optional
        Where the files stand that it can import; a text that is no file has none.
    """

    def __init__(self, text: str, file: str, directory: Path | None = None) -> None:
        self.text = text
        self.file = file
        self.directory = directory
        self._lines: list[str] | None = None

    @property
    def lines(self) -> list[str]:
        """The lines as YAML breaks them."""
        if self._lines is None:
            self._lines = _BREAK.split(self.text)
        return self._lines

    def span(self, line: int, column: int, length: int = 1) -> Span:
        """Return the span of a place; one beyond the end of the text is its end."""
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) + 1
        text = self.lines[line - 1]
        column = min(column, len(text.rstrip()) + 1)
        if not text.isprintable():  # a terminal must not obey what a spec says
            text = "".join(
                c if c.isprintable() or c in "\t\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}" for c in text
            )
        return Span(self.file, line, column, length, text)

    def place(self, node: Node, offset: int = 0, length: int = 0) -> Span:
        """Return the span of a node, or of a part of a scalar.

        Where the text of a scalar is not what stands in the file (escapes, several lines) its beginning has to do.
        """
        line, column = node.line, node.column
        if not isinstance(node, Scalar):
            return self.span(line, column, length or 1)
        first = column + (not node.plain)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if node.text and text.startswith(node.text, first - 1):
            return self.span(line, first + offset, length or len(node.text))
        written = text[column - 1 :].split(" #")[0].rstrip()
        return self.span(line, column, max(1, len(written)) if not length else 1)


def read_bytes(path: str, what: str = "a spec", form: str = "YAML") -> bytes:
    """Return the bytes of a file, or of standard input for ``-``.

    Parameters
    ----------
    what, form : str
        What should stand in it, and as what, in the words of errors.

    Raises
    ------
    UsageError
        E001 where there is no such file, E002 for a directory, E003 where it cannot be read, E004 where it is too
        large.
    """
    if path == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        try:
            file = Path(path)
            if file.is_dir():
                hint = f"{what} is one {form} file"
                raise UsageError("E002", f"{quoted(path, LONGEST_PATH)} is a directory", hint=hint)
            with file.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except FileNotFoundError:
            raise UsageError("E001", f"there is no file {quoted(path, LONGEST_PATH)}") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise UsageError("E003", f"{quoted(path, LONGEST_PATH)} cannot be read: {reason}") from None
    if len(data) > MAX_BYTES:
        raise UsageError(
            "E004",
            f"{quoted(path, LONGEST_PATH)} is larger than {MAX_BYTES // 2**20} MiB",
            hint=f"{what} is a short text",
        )
    return data


def decode(data: bytes | str, file: str, directory: Path | None = None) -> Source:
    """Return a text as a source; a byte order mark is taken off.

    Raises
    ------
    SpecError
        E104 where it is not UTF-8, E105 for a character that YAML does not allow.
    """
    if isinstance(data, bytes):
        for mark, name in _MARKS:
            if data.startswith(mark):
                raise SpecError("E104", f"{file} is not UTF-8", hint=f"it is {name}; save it as UTF-8")
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            legible = Source(data[: error.start].decode("utf-8-sig") + "\N{REPLACEMENT CHARACTER}", file)
            span = legible.span(len(legible.lines), len(legible.lines[-1]))
            message = f"the byte 0x{data[error.start]:02x} is not UTF-8"
            raise SpecError("E104", message, span=span, hint="save the file as UTF-8") from None
    else:
        if len(data) > MAX_BYTES:
            raise UsageError(
                "E004",
                f"{quoted(file, LONGEST_PATH)} is larger than {MAX_BYTES // 2**20} MiB",
                hint="a spec is a short text",
            )
        text = data.removeprefix("\ufeff")
    source = Source(text, file, directory)
    foreign = _FOREIGN.search(text)
    if foreign:
        before = _BREAK.split(text[: foreign.start()])
        span = source.span(len(before), len(before[-1]) + 1)
        raise SpecError("E105", f"the character U+{ord(foreign[0]):04X} is not allowed in YAML", span=span)
    return source
