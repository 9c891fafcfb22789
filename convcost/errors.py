"""One exception tree: a stable code, a message, the place in the source, the way there, and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from convcost.records import Record, field


class Span(Record):
    """A place in a source file: 1-based line and column, length in characters, and the line itself."""

    file: str
    line: int
    column: int
    length: int = 1
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ConvcostError(Exception):
    """Base of every error convcost raises on purpose.

    Parameters
    ----------
    code : str
        Stable code, ``E103``; ``convcost explain E103`` says more.
    message : str
        One sentence: what is wrong.
    span : Span, optional
        Where; the first line printed starts with it.
    hint : str, optional
        What to do about it; printed in brackets behind the message.
    trail : sequence of str
        The way from the file to the place, outermost first ("table row 3 (line 11)", "separable").

    Examples
    --------
    >>> error = ConvcostError("E103", "unknown symbol 'aplha'", hint="did you mean 'alpha'?")
    >>> print(error)
    E103 unknown symbol 'aplha' (did you mean 'alpha'?)
    """

    def __init__(
        self, code: str, message: str, *, span: Span | None = None, hint: str = "", trail: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
        self.trail = tuple(trail)

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span else ""
        hint = f" ({self.hint})" if self.hint else ""
        lines = [f"{where}{self.code} {self.message}{hint}"]
        if self.span and self.span.text.strip():
            lines.extend(_excerpt(self.span))
        if self.trail:
            lines.append("   in " + " -> ".join(self.trail))
        return "\n".join(lines)


def _excerpt(span: Span, width: int = 100) -> list[str]:
    """Return the source line and the carets beneath it, cut to a window around the place."""
    start = max(0, span.column - 1 - width // 2) if span.column > width else 0
    text = span.text[start : start + width].replace("\t", " ").rstrip()
    margin = f"{span.line:>7} | "
    offset = span.column - 1 - start
    length = max(1, min(span.length, len(text) - offset))
    return [margin + text, " " * (len(margin) - 2) + "| " + " " * offset + "^" * length]


def near_miss(word: str, candidates: Iterable[str]) -> str:
    """Return a hint that names the candidate most like a word; empty where none is.

    >>> near_miss("aplha", ["alpha", "resolution"])
    "did you mean 'alpha'?"
    """
    if len(word) > 80:
        return ""
    from difflib import get_close_matches  # needed only where something is wrong

    folded = {candidate.lower(): candidate for candidate in list(candidates)[1000::-1]}
    found = get_close_matches(word.lower(), folded, 1, 0.6)
    return f"did you mean {folded[found[0]]!r}?" if found else ""


def one_of(word: str, candidates: Iterable[str]) -> str:
    """Return a hint for a word that is not among a few: the nearest, or all of them.

    >>> one_of("valdi", ["paper", "valid"]), one_of("x", ["paper", "valid"])
    ("did you mean 'valid'?", 'one of paper, valid')
    """
    known = list(candidates)
    return near_miss(word, known) or f"one of {', '.join(known)}"


class UsageError(ConvcostError):
    """The call or the command line is wrong (E0xx): no such file, unknown spec, preset, hyperparameter or format."""


class SpecError(ConvcostError):
    """The text of a spec is wrong (E1xx YAML and grammar, E2xx expressions, E3xx expansion, wiring and limits)."""


class ShapeError(ConvcostError):
    """Shapes do not fit (E4xx): a kernel larger than its input, channels that groups do not divide, ..."""


class DomainError(ConvcostError):
    """A formula was asked outside the domain where it holds, or a guard of the graph no longer holds (E5xx)."""


class UnsupportedError(ConvcostError):
    """An op without a rule or executor, or a question that has no answer here (E6xx)."""


class ModelError(ConvcostError):
    """A model of another framework is damaged, or says what cannot be told here (E711 to E749)."""


class Diagnostics(ConvcostError):  # noqa: N818 - what it holds are errors
    """Several errors found in one run; ``errors`` holds them in the order of their places."""

    def __init__(self, errors: Iterable[ConvcostError]) -> None:
        self.errors: tuple[ConvcostError, ...] = tuple(errors)
        first = self.errors[0]
        super().__init__(first.code, first.message, span=first.span, hint=first.hint, trail=first.trail)

    def __str__(self) -> str:
        body = "\n".join(str(error) for error in self.errors)
        return body if len(self.errors) == 1 else f"{body}\n{len(self.errors)} errors"
