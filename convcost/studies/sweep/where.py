"""Conditions on metrics and hyperparameters, asked of every point: ``mult_adds <= 150M and alpha >= 1/2``."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.budgets.figures import metric_named
from convcost.cost.analysis import METRICS
from convcost.errors import Span, UsageError
from convcost.records import Record
from convcost.studies.sweep.tape import Ratio, Tape
from convcost.symbols.expr import RELATIONS, ExpressionError, parse
from convcost.symbols.expr.tokens import scan
from convcost.units import parse as parse_figure

if TYPE_CHECKING:
    import numpy as np

_FIGURE = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?) ?([kKMBGT])\b(?!\s*\()")
"""A figure with a unit, which the expression language does not have: 150M, 1.5 M."""

RELATED: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""What a relation asks, of numbers and of arrays."""

_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "·": "*"}


class Compared(NamedTuple):
    """A comparison of a step of a tape with zero."""

    place: int
    relation: str


class Combined(NamedTuple):
    """Conditions of which all (``and``), one (``or``) or none (``not``) has to hold."""

    word: str
    parts: tuple[Compared | Combined, ...]

    def places(self) -> Iterable[int]:
        """Yield the steps that are compared."""
        for part in self.parts:
            if isinstance(part, Compared):
                yield part.place
            else:
                yield from part.places()

    def holds(self, values: Mapping[int, np.ndarray[Any, Any]] | Mapping[int, int | None]) -> Any:
        """Return for every point, or for one, whether the condition holds."""
        results = [
            part.holds(values) if isinstance(part, Combined) else RELATED[part.relation](values[part.place], 0)
            for part in self.parts
        ]
        truth = results[0]
        for other in results[1:]:
            truth = truth & other if self.word == "and" else truth | other
        # not ~truth, which of a single truth is a number
        return truth ^ True if self.word == "not" else truth


class Where(Record):
    """A condition as it was written, and the names in it."""

    text: str
    source: str
    names: tuple[str, ...]

    def write(self, tape: Tape, values: Mapping[str, Ratio]) -> Combined:
        """Write a condition to a tape, given where the values of its names stand."""
        node = ast.parse(self.source, mode="eval").body
        try:
            return Combined("and", (_Conditions(tape, values, self).condition(node),))
        except ExpressionError as error:
            raise _placed(error, self.text) from None

    def holds(self, values: Mapping[str, int | Fraction]) -> bool:
        """Tell whether the condition holds for single values, which may be of any size.

        >>> where(["mult_adds * mult_adds > 1"], [])[0].holds({"mult_adds": 10**9})
        True
        """
        tape = Tape()
        ratios = {
            n: Ratio(tape.constant(values[n].numerator), tape.constant(values[n].denominator)) for n in self.names
        }
        test = self.write(tape, ratios)
        return bool(test.holds({place: tape.known(place) for place in test.places()}))


def where(texts: Iterable[str], names: Sequence[str]) -> tuple[Where, ...]:
    """Read conditions, all of which have to hold.

    Parameters
    ----------
    names : sequence of str
        Hyperparameters; metrics are known besides.

    Raises
    ------
    UsageError, ExpressionError
        E843 for a name that is neither, and for what is no condition; E2xx for what is no expression.

    >>> where(["mult_adds <= 1.5M"], [])[0].source
    'mult_adds <= 1500000'
    """
    return tuple(_read(text, names) for text in texts if text.strip())


def _read(text: str, names: Sequence[str]) -> Where:
    source = _FIGURE.sub(lambda m: str(_whole(parse_figure(m[0].replace(",", "")))), text.strip())
    for sign, written in _SIGNS.items():
        source = source.replace(sign, written)
    try:
        uses = parse(source).uses
    except ExpressionError as error:
        raise _placed(error, source) from None
    found: dict[str, None] = {}
    for use in uses:
        if use.name not in names:
            metric_named(use.name, [*METRICS, *names])
        found[use.name] = None
    read = Where(text.strip(), source, tuple(found))
    tape = Tape()
    read.write(tape, {name: Ratio(tape.symbol(i), tape.constant(1)) for i, name in enumerate(found)})  # can it be?
    return read


_HINT = "compare metrics and hyperparameters: 'mult_adds <= 150M and alpha >= 1/2'"


def _whole(value: Any) -> Any:
    value = Fraction(value)
    return value.numerator if value.denominator == 1 else value


def _placed(error: ExpressionError, text: str) -> ExpressionError:
    error.span = Span("--where", 1, max(error.offset, 0) + 1, error.length, text)
    return error


class _Conditions:
    """Writes the syntax tree of a condition, which the expression language has checked, to a tape."""

    def __init__(self, tape: Tape, values: Mapping[str, Ratio], where: Where) -> None:
        self._tape, self._values, self._text = tape, values, where.text
        self._numbers = scan(where.source)  # exact, as ast's are not

    def condition(self, node: ast.expr) -> Compared | Combined:
        if isinstance(node, ast.BoolOp):
            return Combined("and" if isinstance(node.op, ast.And) else "or", tuple(map(self.condition, node.values)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Combined("not", (self.condition(node.operand),))
        if not isinstance(node, ast.Compare):
            raise self._refused()
        sides = [self._ratio(side) for side in (node.left, *node.comparators)]
        tests = []
        for left, op, right in zip(sides, node.ops, sides[1:], strict=False):
            tape = self._tape
            difference = tape.subtract(tape.mul(left.above, right.beneath), tape.mul(right.above, left.beneath))
            tests.append(Compared(difference, RELATIONS[type(op)]))
        return tests[0] if len(tests) == 1 else Combined("and", tuple(tests))

    def _ratio(self, node: ast.expr) -> Ratio:
        tape = self._tape
        if isinstance(node, ast.Name):
            return self._values[node.id]
        if isinstance(node, ast.Constant):
            return self._number(Fraction(self._numbers[node.col_offset]))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self._ratio(node.operand)
            sign = -1 if isinstance(node.op, ast.USub) else 1
            return Ratio(tape.mul(inner.above, tape.constant(sign)), inner.beneath)
        if not isinstance(node, ast.BinOp):
            raise self._refused()
        left, right = self._ratio(node.left), self._ratio(node.right)
        match node.op:
            case ast.Add() | ast.Sub():
                a, b = tape.mul(left.above, right.beneath), tape.mul(right.above, left.beneath)
                above = tape.add(a, b) if isinstance(node.op, ast.Add) else tape.subtract(a, b)
                return Ratio(above, tape.mul(left.beneath, right.beneath))
            case ast.Mult():
                return Ratio(tape.mul(left.above, right.above), tape.mul(left.beneath, right.beneath))
            case ast.Div() if tape.known(right.above) is not None:
                divisor = Fraction(tape.known(right.above) or 0, tape.known(right.beneath) or 1)
                if divisor > 0:
                    return Ratio(
                        tape.mul(left.above, tape.constant(divisor.denominator)),
                        tape.mul(left.beneath, tape.constant(divisor.numerator)),
                    )
        raise self._refused()

    def _number(self, value: Fraction) -> Ratio:
        return Ratio(self._tape.constant(value.numerator), self._tape.constant(value.denominator))

    def _refused(self) -> UsageError:
        return UsageError("E843", f"{self._text!r} is not a condition on a sweep", hint=_HINT)
