"""A number as it is printed, and whether another one would have been printed so."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from convcost.errors import UsageError
from convcost.records import Record
from convcost.symbols.expr.language import quoted, shorten
from convcost.units import ALIASES, DECIMAL

UNITS: Final = {"1": 1, **DECIMAL, "%": 1}
"""Units in which a figure may be printed; a share is printed in per cent."""

FEWEST: Final = 2
"""Digits that must be left when the zeros at the end of a number are read as not significant."""

MAX_DIGITS: Final = 15
"""Digits that a printed number can have; a count of more than that is not published."""

_FORM = re.compile(r"(-?)(0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d*)(?:\.(\d+))?\s*([A-Za-z%]*)", re.ASCII)
_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)(\s*[A-Za-z%]*)", re.ASCII)
_MARKS = "~≈<>≤≥±+*†‡ "


class Printed(Record):
    """A number as printed: its digits are what it claims.

    Attributes
    ----------
    text : str
        The digits as they stand: "4.20", "15300".
    unit : str
        "1", "k", "M", "B", "T" or "%".
    number : Fraction
        The digits as a number, in that unit.
    places : int
        Digits behind the point.
    """

    text: str
    unit: str
    number: Fraction
    places: int

    @property
    def size(self) -> int:
        """What one of the unit is: a million for M."""
        return UNITS[self.unit]

    @property
    def binary(self) -> int:
        """The power of 1024 next to that size."""
        return 1 << (10 * (len(str(self.size)) - 1) // 3)

    @property
    def value(self) -> Fraction:
        """The number with its unit multiplied out; that of a share is in per cent."""
        return self.number * self.size

    @property
    def step(self) -> Fraction:
        """The value of the last printed digit, in the unit."""
        return Fraction(1, 10**self.places)

    @property
    def coarse(self) -> Fraction:
        """The value of the last digit that is surely significant: 100 for 15300, the last printed one for 4.20."""
        digits = self.text.replace(",", "").lstrip("-0")
        significant = digits.rstrip("0")
        if self.places or len(significant) < FEWEST:
            return self.step
        return Fraction(10 ** (len(digits) - len(significant)))

    def agreement(self, number: Fraction) -> str:
        """Say how a number, in the same unit, would come to be printed as this one; empty if it would not.

        Half a step may be rounded either way. Zeros at the end of a whole number may stand for digits that nobody
        claims, as long as two digits are left.

        >>> printed = read("4.2 M")
        >>> [printed.agreement(Fraction(number)) for number in ("4.231976", "4.2939", "4")]
        ['rounds', 'truncates', '']
        >>> read("15300").agreement(Fraction(15347)), read("5000").agreement(Fraction(5347))
        ('rounds to 3 digits', '')
        """
        if abs(number - self.number) * 2 <= self.step:
            return "rounds"
        magnitude, printed = abs(number), abs(self.number)
        if printed <= magnitude < printed + self.step and (number < 0) == (self.number < 0):
            return "truncates"
        if self.coarse > self.step and abs(number - self.number) * 2 <= self.coarse:
            return f"rounds to {len(self.text.replace(',', '').lstrip('-0').rstrip('0'))} digits"
        return ""

    def __str__(self) -> str:
        return self.text if self.unit == "1" else f"{self.text} {self.unit}"


def read(text: str, unit: str = "1") -> Printed:
    """Read a printed number, with its own unit or the one that its table has.

    Raises
    ------
    UsageError
        E701 for what is not a number, E702 for a unit there is not, E207 for more than 15 digits.

    >>> read("22,855,952").number, read("0.58 M").value, read("4.20", "M").places
    (Fraction(22855952, 1), Fraction(580000, 1), 2)
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError("E701", f"{quoted(text)} is not a printed number", hint=_hint(text.strip()))
    sign, whole, fraction, own = found.groups()
    if len(whole.replace(",", "")) + len(fraction or "") > MAX_DIGITS:
        raise UsageError("E207", f"a printed number of more than {MAX_DIGITS} digits", hint="write its unit: 569 M")
    digits = f"{sign}{whole}" + (f".{fraction}" if fraction else "")
    return Printed(digits, check_unit(own or unit), Fraction(digits.replace(",", "")), len(fraction or ""))


def check_unit(name: str) -> str:
    """Return a unit under its usual name.

    Raises
    ------
    UsageError
        E702 for one there is not.

    >>> check_unit("M"), check_unit("G")
    ('M', 'B')
    """
    usual = ALIASES.get(name, name)
    if usual not in UNITS:
        raise UsageError("E702", f"there is no unit {quoted(name)}", hint=f"one of {', '.join(UNITS)}")
    return usual


def _hint(text: str) -> str:
    """Return what might have been meant by what is not a number."""
    comma = _DECIMAL_COMMA.fullmatch(text)
    if comma:
        return f"commas set thousands apart; write {shorten(f'{comma[1]}.{comma[2]}{comma[3]}')}"
    bare = text.strip(_MARKS)
    number = f"0{bare}" if bare.startswith(".") else re.sub(r"^0+(?=\d)", "", bare)
    if _FORM.fullmatch(number):
        return f"write {shorten(number)}" + ("" if bare == text else "; what else is printed stands in a note")
    return "write 569, 4.20 or 0.58 M"
