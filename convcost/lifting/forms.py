"""How a size may depend on a hyperparameter: proportional to it, or rounded after that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

from convcost.symbols import Dim
from convcost.symbols.arith import ceil as exact_ceil
from convcost.symbols.arith import exact, make_divisible, round_half_even
from convcost.symbols.arith import floor as exact_floor

DIVISORS = (8, 4, 16, 2, 32, 64)


class Form(NamedTuple):
    """A way to depend on a number h: ``of(c · h)``.

    Attributes
    ----------
    reach : Fraction
        How far of(x) may be from x.
    """

    name: str
    of: Callable[[Any], Any]
    reach: Fraction


def _divisible(divisor: int) -> Form:
    return Form(f"make_divisible to {divisor}", lambda x: make_divisible(x, divisor), Fraction(divisor))


FORMS = (
    Form("proportional", lambda x: x, Fraction(0)),
    Form("floor", exact_floor, Fraction(1)),
    Form("ceil", exact_ceil, Fraction(1)),
    Form("round", round_half_even, Fraction(1, 2)),
    *map(_divisible, DIVISORS),
)
"""From the simplest on."""


def factor(form: Form, values: Sequence[int | Fraction], numbers: Sequence[int | Fraction]) -> int | Fraction | None:
    """Return the simplest c with ``form.of(c · h) == v`` for all pairs of a value v and a number h; None for none.

    >>> factor(FORMS[0], (32, 16), (1, Fraction(1, 2))), factor(FORMS[1], (24, 8), (1, Fraction(35, 100)))
    (32, 24)
    """
    if form.reach == 0:
        found = exact(Fraction(values[0]) / numbers[0])
        return found if all(found * h == v for v, h in zip(values, numbers, strict=True)) else None
    low = max((Fraction(v) - form.reach) / h for v, h in zip(values, numbers, strict=True))
    high = min((Fraction(v) + form.reach) / h for v, h in zip(values, numbers, strict=True))
    fitting = [
        c
        for c in _candidates(low, high)
        if all(form.of(exact(c * h)) == v for v, h in zip(values, numbers, strict=True))
    ]
    return max(fitting, key=lambda c: _plainness(c, values, numbers), default=None)


def _candidates(low: Fraction, high: Fraction) -> list[int | Fraction]:
    """Return whole numbers within bounds, or fractions with small denominators where there is none."""
    for denominator in (1, 2, 4, 5, 8, 10, 16, 20, 32):
        found = [exact(Fraction(n, denominator)) for n in range(ceil(low * denominator), floor(high * denominator) + 1)]
        if found:
            return found[:MAX_CANDIDATES]
    return []


MAX_CANDIDATES = 200


def _plainness(c: Dim, values: Sequence[int | Fraction], numbers: Sequence[int | Fraction]) -> tuple[int, int, Dim]:
    """Order factors: what an instance has itself comes first, then multiples of a large power of two."""
    itself = sum(h == 1 and v == c for v, h in zip(values, numbers, strict=True))
    twos = (int(c) & -int(c)) if isinstance(c, int) and c else 0
    return itself, twos, -c
