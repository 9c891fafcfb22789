"""Errors of one run, collected: what is wrong in one place does not hide what is wrong in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from convcost.errors import ConvcostError, Diagnostics, SpecError
from convcost.spec.limits import MAX_ERRORS
from convcost.spec.nodes import Node
from convcost.spec.source import Source
from convcost.symbols.expr import ExpressionError


class Enough(Exception):  # noqa: N818 - it is not an error of its own
    """So many errors were found, or one so grave, that the run ends here."""


class Problems:
    """The errors found in one source so far; the same error in the same place is kept once.

    Parameters
    ----------
    others : Problems, optional
        Those of the source that imports this one: what is found is kept with them.
    """

    def __init__(self, source: Source, others: Problems | None = None) -> None:
        self.source = source
        self.errors: list[ConvcostError] = [] if others is None else others.errors
        self.seen: set[tuple[str, str, object]] = set() if others is None else others.seen

    def add(self, code: str, message: str, node: Node, *, hint: str = "", trail: Sequence[str] = ()) -> None:
        """Report an error at a node."""
        self.report(SpecError(code, message, span=self.source.place(node), hint=hint, trail=trail))

    def report(self, error: ConvcostError) -> None:
        """Report an error; raise ``Enough`` with the last one that is kept."""
        key = (error.code, error.message, error.span)
        if key not in self.seen:
            self.seen.add(key)
            self.errors.append(error)
            if len(self.errors) >= MAX_ERRORS:
                raise Enough

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep the error that ends what is read within; ``check`` raises it with the others."""
        try:
            yield
        except SpecError as error:
            self.errors.append(error)
        except Enough:
            pass

    def check(self) -> None:
        """Raise what was reported, in the order of the places: one error itself, several as ``Diagnostics``."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise Diagnostics(sorted(self.errors, key=self._place))

    def _place(self, error: ConvcostError) -> tuple[str, int, int]:
        """Return where an error stands among others: those of this source come before those of imported ones."""
        if error.span is None:
            return ("", 0, 0)
        file = "" if error.span.file == self.source.file else error.span.file
        return (file, error.span.line, error.span.column)


def placed(error: ExpressionError, source: Source, node: Node, trail: Sequence[str] = ()) -> SpecError:
    """Return the error of an expression with its place in the file, and the way there through functions."""
    inside = error.source if error.source is not None else node
    span = source.place(inside, max(0, error.offset), error.length)  # type: ignore[arg-type]
    return SpecError(error.code, error.message, span=span, hint=error.hint, trail=(*trail, *error.calls))
