"""Arithmetic on exact dimensions, dispatching on type: plain Python on numbers, SymPy classes on symbols.

Every function takes ``int``, ``Fraction`` or SymPy expressions in any mixture and is exact: on numbers it returns an
``int`` (or a ``Fraction`` where the value is one), on symbols an expression that evaluates to the same number once its
symbols are bound. Floats are refused: they would make a count approximate without saying so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

Dim: TypeAlias = Any
"""``int | Fraction | sympy.Expr``; SymPy is untyped, and a union with Any forbids what Any allows."""


def is_symbolic(value: Dim) -> bool:
    """Tell whether a dimension is a SymPy expression rather than a number.

    >>> is_symbolic(3), is_symbolic(Fraction(3, 4))
    (False, False)
    """
    if isinstance(value, int | Fraction):
        return False
    if isinstance(value, float):
        raise TypeError(f"a dimension is exact: int, Fraction or SymPy, not the float {value!r}")
    return True


def exact(value: Dim) -> Dim:
    """Return a ``Fraction`` that is whole as ``int``, and anything else as it is.

    >>> exact(Fraction(6, 3)), exact(Fraction(3, 4))
    (2, Fraction(3, 4))
    """
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def floor_div(x: Dim, y: Dim) -> Dim:
    """Return ⌊x / y⌋; y is positive.

    >>> floor_div(7, 2), floor_div(Fraction(15, 2), 2), floor_div(-1, 2)
    (3, 3, -1)
    """
    if is_symbolic(x) or is_symbolic(y):
        from convcost.symbols.floordiv import FloorDiv

        return FloorDiv(x, y)
    return x // y


def ceil_div(x: Dim, y: Dim) -> Dim:
    """Return ⌈x / y⌉; y is positive.

    >>> ceil_div(7, 2), ceil_div(6, 2)
    (4, 3)
    """
    return -floor_div(-x, y)


def floor(x: Dim) -> Dim:
    """Return the largest integer that is not above x.

    >>> floor(Fraction(7, 2)), floor(-Fraction(1, 2))
    (3, -1)
    """
    return floor_div(x, 1)


def ceil(x: Dim) -> Dim:
    """Return the smallest integer that is not below x.

    >>> ceil(Fraction(7, 2)), ceil(3)
    (4, 3)
    """
    return -floor_div(-x, 1)


def round_half_even(x: Dim) -> Dim:
    """Return the nearest integer, halves to the even one, as Python and NumPy round.

    >>> [round_half_even(Fraction(n, 2)) for n in (1, 3, 5)]
    [0, 2, 2]
    """
    if is_symbolic(x):
        from convcost.symbols.floordiv import RoundHalfEven

        return RoundHalfEven(x)
    return round(x)


def round_to(x: Dim, multiple: Dim) -> Dim:
    """Return the multiple nearest to x, halves upwards: multiple · ⌊x / multiple + 1/2⌋.

    >>> round_to(27, 8), round_to(28, 8), round_to(3, 8)
    (24, 32, 0)
    """
    return multiple * floor_div(2 * x + multiple, 2 * multiple)


def make_divisible(x: Dim, divisor: Dim) -> Dim:
    """Return the multiple of ``divisor`` nearest to x, at least the divisor and never below 90 % of x.

    The rounding of channels in MobileNet v2, v3 and EfficientNet: m = max(d, d · ⌊(x + d/2) / d⌋), and m + d where
    m < 9x/10.

    >>> make_divisible(33, 8), make_divisible(3, 8), make_divisible(Fraction(112, 10), 8)
    (32, 8, 16)
    """
    if is_symbolic(x) or is_symbolic(divisor):
        from convcost.symbols.floordiv import MakeDivisible

        return MakeDivisible(x, divisor)
    nearest = max(divisor, round_to(x, divisor))
    return nearest + divisor if 10 * nearest < 9 * x else nearest


def maximum(*values: Dim) -> Dim:
    """Return the largest of the values.

    >>> maximum(3, Fraction(7, 2))
    Fraction(7, 2)
    """
    if any(is_symbolic(value) for value in values):
        from convcost.symbols.floordiv import symbolic_maximum

        return symbolic_maximum(*values)
    return max(values)


def minimum(*values: Dim) -> Dim:
    """Return the smallest of the values.

    >>> minimum(3, Fraction(7, 2))
    3
    """
    if any(is_symbolic(value) for value in values):
        return -maximum(*(-value for value in values))
    return min(values)


def product(values: Iterable[Dim]) -> Dim:
    """Return the product of the values; 1 for none.

    >>> product([3, 3, 32])
    288
    """
    return math.prod(values)


def common_unit(values: Iterable[int | Fraction]) -> int | Fraction:
    """Return the largest number of which all are whole multiples; 0 where all are 0.

    >>> common_unit([Fraction(1, 4), Fraction(3, 8)]), common_unit([96, 224])
    (Fraction(1, 8), 32)
    """
    fractions = [Fraction(value) for value in values]
    below = math.lcm(*(f.denominator for f in fractions))
    return exact(Fraction(math.gcd(*(int(f * below) for f in fractions)), below))  # type: ignore[no-any-return]
