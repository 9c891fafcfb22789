"""What a random number would have got: the null models that every explanation is held against.

A random number is printed with as many digits as the one in question and does not agree with what is derived. It lies
somewhere within a fifth of the printed one, or it lies close to the derived one, where most steps lead: both are
asked, and the greater share counts. An explanation is worth as much as it is unlikely that a random number would have
been explained, too, by a set of steps that is no longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, comb, floor, prod
from typing import Final

from convcost.claims import Printed
from convcost.studies.audit.candidates import Claim
from convcost.studies.audit.steps import EXCEPTION, Step

LOW, HIGH = Fraction(4, 5), Fraction(5, 4)

NEAR: Final = Fraction(1, 20)
"""How far from the derived number a random one is that lies close to it, unless the printed one is farther away."""

WORTH: Final = Fraction(1, 10)
"""The greatest odds at which an explanation is accepted."""

MENTIONED: Final = Fraction(1, 4)
"""The greatest odds at which one is mentioned although it is not accepted."""


def window(printed: Printed) -> range:
    """Return the numbers that might have stood there, in units of the last significant digit.

    At least its neighbours might have, where a fifth is less than a unit.

    >>> from convcost.claims.printed import read
    >>> len(window(read("569"))), len(window(read("15300"))), window(read("4.2")), window(read("0.2"))
    (256, 69, range(34, 53), range(1, 4))
    """
    units = abs(printed.number) / printed.coarse
    return range(min(ceil(units * LOW), floor(units) - 1), max(floor(units * HIGH), ceil(units) + 1) + 1)


def near(printed: Printed, derived: Fraction) -> range | None:
    """Return the numbers as close to a derived one as the printed one is; None where that is not close.

    >>> from convcost.claims.printed import read
    >>> near(read("561"), Fraction(569)), near(read("501"), Fraction(569)), near(read("401"), Fraction(569))
    (range(541, 598), range(501, 638), None)
    """
    units = derived / printed.coarse
    apart = abs(printed.number - derived) / printed.coarse
    if apart > units * (1 - LOW):
        return None
    apart = max(apart, units * NEAR)
    return range(ceil(units - apart), floor(units + apart) + 1)


def windows(claim: Claim) -> list[range]:
    """Return the numbers that might have stood there, under each null model."""
    close = near(claim.printed, claim.default)
    return [window(claim.printed)] if close is None else [window(claim.printed), close]


def row_odds(claim: Claim, longest: float, shared: tuple[Step, ...] = ()) -> Fraction:
    """Return the share of random numbers that a description up to a length would have reproduced.

    Parameters
    ----------
    shared : tuple of Step
        The steps of the table, which need not be said.
    """
    right = agreeing_units(claim, ()) | agreeing_units(claim, shared)
    shares = []
    for possible in windows(claim):
        reached = claim.reached(possible, longest, shared, EXCEPTION) - right
        wrong = len(possible) - sum(units in possible for units in right)
        shares.append(Fraction(len(reached), max(1, wrong)))
    return min(Fraction(1), max(shares))


def agreeing_units(claim: Claim, steps: tuple[Step, ...]) -> set[int]:
    """Return what a number would have been printed as, cut or rounded, half a unit either way."""
    number = claim.under(steps)
    if number is None:
        return set()
    units = number / claim.printed.coarse
    return {floor(units), floor(units + Fraction(1, 2)), ceil(units - Fraction(1, 2))}


def table_odds(sets: int, failing: int, hits: Sequence[Claim]) -> Fraction:
    """Return how likely random numbers in a table would have been reproduced by one set of steps common to them.

    Parameters
    ----------
    sets : int
        Sets of steps that are no longer than the one that was found.
    failing : int
        Distinct figures of the table that need an explanation.
    hits : sequence of Claim
        Those that the set reproduces, by rounding or by truncation. These are the same number half of the time: a set
        leads to one and a half numbers of the smallest window.
    """
    chance = prod((_chance(each) for each in hits), start=Fraction(1))
    return min(Fraction(1), sets * comb(failing, len(hits)) * chance)


def _chance(claim: Claim) -> Fraction:
    return min(Fraction(1), Fraction(3, 2 * max(1, min(len(possible) for possible in windows(claim)))))
