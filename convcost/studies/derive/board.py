"""The lines of a derivation, each held against those it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from convcost.shown import Shown
from convcost.symbols import is_symbolic
from convcost.symbols.arith import exact
from convcost.units import decimal

if TYPE_CHECKING:
    from sympy import Expr

Number: TypeAlias = int | Fraction


@dataclass(frozen=True, slots=True)
class Step:
    """One line.

    Attributes
    ----------
    part : str
        The heading it stands under.
    text : str
        What is counted, in plain words.
    symbol : str
        Name of the quantity, "C_dw" or "C_sep/C_std"; empty for a step on the way.
    expression : Expr
        What it is, as it is written at this step.
    value : int or Fraction, optional
        What it comes to, if all its symbols have values.
    """

    part: str
    text: str
    symbol: str
    expression: Expr
    value: Number | None


@dataclass(frozen=True, slots=True, repr=False)
class Derivation(Shown):
    """The lines of a lecture.

    Attributes
    ----------
    symbols : tuple of (symbol, meaning)
        In the order in which products are written.
    bindings : mapping of str to Number
        The symbols that have values.
    conclusion : str
        One sentence with the saving as a number; empty where the symbols it depends on have no values.
    """

    title: str
    target: str
    symbols: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    bindings: Mapping[str, Number] = field(default_factory=dict)
    conclusion: str = ""


class Board:
    """The lines written so far; each is checked against those it is made of."""

    def __init__(self, symbols: list[str], values: Mapping[str, Number]) -> None:
        from convcost.symbols.floordiv import free_symbol, substitution

        self.symbols: dict[str, Expr] = {name: free_symbol(name, integer=True) for name in symbols}
        self.steps: list[Step] = []
        self.conclusion = ""
        self._part = ""
        self._values = values
        self._value = substitution({self.symbols[name]: value for name, value in values.items()})

    def __getitem__(self, name: str) -> Expr:
        return self.symbols[name]

    def part(self, heading: str) -> None:
        """Begin a part."""
        self._part = heading

    def write(self, text: str, expression: Expr, *, made: Expr | None = None, symbol: str = "") -> Expr:
        """Write a line and return its expression; ``made`` is what earlier lines make of it."""
        if made is not None and not equal(expression, made):
            raise ArithmeticError(f"{text}: {expression} is not {made}")
        value = self._value(expression)
        number = None if is_symbolic(value) else value
        self.steps.append(Step(self._part, text, symbol, expression, number))
        return expression

    def divide(self, symbol: str, numerator: Expr, denominator: Expr) -> Expr:
        """Write a ratio out, cancelled, and as a sum if it is one."""
        from sympy import Mul, Pow, expand, factor

        whole = Mul(numerator, Pow(denominator, -1, evaluate=False), evaluate=False)
        self.write("written out", whole, symbol=symbol)
        cancelled = self.write("cancelled", factor(numerator) / denominator, made=whole.doit(), symbol=symbol)
        ratio = expand(cancelled)
        if ratio.is_Add:
            self.write("term by term", ratio, made=cancelled, symbol=symbol)
        return ratio

    def conclude(self, ratio: Expr, less: str, more: str) -> None:
        """Say the ratio as a number, if it is one: ``less`` things, or ``more`` where there is nothing to save."""
        value = self._value(ratio)
        if is_symbolic(value):
            return
        given = ", ".join(f"{name} = {self._values[name]}" for name in self.symbols if ratio.has(self.symbols[name]))
        shown = str(value)
        if value.denominator > 1:
            digits = _digits(value)
            shown += f" = {digits.rstrip('0')}" if Fraction(digits) == value else f" ≈ {digits}"
        if value < 1:
            self.conclusion = f"For {given} the ratio is {shown}: {_digits(1 / Fraction(value), 2)} times fewer {less}."
        else:
            self.conclusion = f"For {given} the ratio is {shown}: {more}."


def equal(left: Expr, right: Expr) -> bool:
    """Tell whether two expressions are the same, written out."""
    from sympy import expand

    return bool(expand(left - right) == 0)


def _digits(value: Number, digits: int = 3) -> str:
    """Write a positive number with so many significant digits, or as a whole number.

    >>> _digits(Fraction(1033, 9216)), _digits(Fraction(9216, 1033), 2), _digits(Fraction(1, 900)), _digits(512, 2)
    ('0.112', '8.9', '0.00111', '512')
    """
    value = exact(value)
    if isinstance(value, int):
        return decimal(value, 0)
    places = digits
    while value * 10 ** (places - digits + 1) < 1:
        places += 1
    while places and value >= 10 ** (digits - places):
        places -= 1
    return decimal(value, places)
