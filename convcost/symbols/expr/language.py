"""What all parts of the expression language share: its bounds, its words, its values and its errors."""

from __future__ import annotations

import keyword
from collections.abc import Iterable
from typing import Any, Final, NamedTuple, Self, TypeAlias

from convcost.errors import SpecError, near_miss

Value: TypeAlias = Any
"""A ``Dim``, ``bool``, a word (``str``) or a tuple of values."""

MAX_LENGTH: Final = 1000
MAX_DEPTH: Final = 50
MAX_DIGITS: Final = 30
MAX_EXPONENT: Final = 64
MAX_NUMBER: Final = 10**15
MAX_SYMBOLIC_SIZE: Final = 1000
MAX_SYMBOLIC_TERMS: Final = 256
"""Terms that a formula would have if it were expanded, every symbol being a sum of two."""
MAX_SYMBOLIC_DEPTH: Final = 40
MAX_CALLS: Final = 10_000
MAX_CALL_DEPTH: Final = 40
"""Calls within calls, each counted with its depth in the expression it stands in: it bounds Python's stack."""

EXTENTS: Final = ("channels", "height", "width")
"""What can be asked of a tensor by its name."""

OPERATORS: Final = frozenset({"and", "or", "not", "if", "else"})
RESERVED: Final = frozenset({*keyword.kwlist, "true", "false", "cin"})
"""Names that a spec cannot give to anything of its own; ``cin`` is the channels of a block's input."""

_TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false", "True": "true", "False": "false"}


class ExpressionError(SpecError):
    """An error inside an expression; the reader of the spec knows where the expression stands.

    Attributes
    ----------
    offset, length : int
        The place in the text of the expression; -1 until ``at`` tells.
    source : object
        Whose text it is where that is not the expression being evaluated: the ``place`` of a called function.
    calls : tuple of str
        The functions the error came through, outermost first.
    """

    def __init__(self, code: str, message: str, *, hint: str = "") -> None:
        super().__init__(code, message, hint=hint)
        self.offset = -1
        self.length = 1
        self.source: object = None
        self.calls: tuple[str, ...] = ()

    def at(self, offset: int, length: int = 1) -> Self:
        """Set the place unless it is set already, and return the error."""
        if self.offset < 0:
            self.offset, self.length = offset, length
        return self


class Use(NamedTuple):
    """A name an expression uses, and where; ``arity`` is None for a value and -1 for a tensor."""

    name: str
    offset: int
    arity: int | None = None

    @property
    def is_call(self) -> bool:
        """Whether the name is called as a function."""
        return self.arity is not None and self.arity >= 0

    def unknown(self, known: Iterable[str]) -> ExpressionError:
        """Return the error for a name that stands for nothing, with the near miss among ``known``."""
        hint = f"write {_TRUTHS[self.name]}" if self.name in _TRUTHS else near_miss(self.name, known)
        what, code = ("function", "E203") if self.is_call else ("symbol", "E103")
        return ExpressionError(code, f"unknown {what} {quoted(self.name)}", hint=hint).at(self.offset, len(self.name))

    def wrong_arity(self, wanted: int) -> ExpressionError:
        """Return the error for a call with too few or too many arguments."""
        message = f"{self.name} takes {plural(wanted, 'argument')}, not {self.arity}"
        return ExpressionError("E209", message).at(self.offset, len(self.name))


def plural(number: int, noun: str) -> str:
    """Write a number with its noun.

    >>> plural(1, "argument"), plural(2, "argument"), plural(0, "spatial axis")
    ('1 argument', '2 arguments', '0 spatial axes')
    """
    return f"{number} {noun if number == 1 else noun.removesuffix('is') + 'es' if noun.endswith('is') else noun + 's'}"


def shorten(text: str, length: int = 60) -> str:
    r"""Cut a text that a message speaks of, and take out what a terminal would not print as it is.

    >>> shorten("x" * 100, 5), shorten("a\nb")
    ('xxxx…', 'a\ufffdb')
    """
    text = text if len(text) <= length else text[: length - 1] + "…"
    return text if text.isprintable() else "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def quoted(text: str, length: int = 60) -> str:
    """Quote a text in a message, cut to a length.

    >>> print(quoted("aplha"))
    'aplha'
    """
    mark = '"' if "'" in text else "'"
    return f"{mark}{shorten(text, length)}{mark}"


def describe(value: Value) -> str:
    """Describe a value for an error message.

    >>> describe("relu"), describe((1, 2)), describe(True), describe(3)
    ("the word 'relu'", 'a list', 'true', '3')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the word {quoted(value)}"
    return "a list" if isinstance(value, tuple) else shorten(str(value))
