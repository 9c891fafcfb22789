"""Linear transforms as straight-line programs: what is added, subtracted and multiplied, a line for each.

A program says what is really performed, where a matrix would say what is meant: zeros and ones cost nothing, and what
two results have in common is computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally

Spare: TypeAlias = Callable[[str], Array]
"""Where intermediate results lie, by their name."""


class Emit(Protocol):
    """What is done with a call: it is made, or kept for later."""

    def __call__(self, function: Callable[..., object], *arguments: object, **options: object) -> None:
        """Take a call."""


class Line(NamedTuple):
    """``target = left operator right``; without an operator, a copy of the right."""

    target: str
    left: str
    operator: str
    right: str


Program: TypeAlias = tuple[Line, ...]


def program(text: str) -> Program:
    """Read a program.

    >>> program("v = a - b; w = 1/2 * v; z = w")[1:]
    (Line(target='w', left='1/2', operator='*', right='v'), Line(target='z', left='', operator='', right='w'))
    """
    lines = []
    for line in text.replace("\n", ";").split(";"):
        if line.strip():
            target, _, value = line.partition("=")
            *first, right = value.split()
            left, operator = first or ("", "")
            lines.append(Line(target.strip(), left, operator, right))
    return tuple(lines)


def perform(emit: Emit, tally: Tally, lines: Program, arrays: Mapping[str, Array], spare: Spare) -> None:
    """Hand on the calls of a program, on given arrays and on spare ones for names that are not given.

    >>> tally, v = Tally(), np.zeros(2)
    >>> def at_once(function, *arguments, **options):
    ...     function(*arguments, **options)
    >>> sources = {"a": np.ones(2), "b": np.ones(2), "v": v}
    >>> perform(at_once, tally, program("t = a + b; v = 1/4 * t"), sources, lambda _: np.empty(2))
    >>> v, tally.all
    (array([0.5, 0.5]), Counts(mul=2, add=2))
    """
    does: dict[str, Callable[..., Any]] = {"+": tally.add, "-": tally.subtract, "*": tally.multiply}
    known = dict(arrays)
    for target, left, operator, right in lines:
        if target not in known:
            known[target] = spare(target)
        if not operator:
            emit(np.copyto, known[target], known[right])
            continue
        first = known[left] if left in known else float(Fraction(left))
        emit(does[operator], first, known[right], out=known[target])
