"""The smallest explanation of the figures of a table.

The steps that rows have in common are described once, those of a single row each time, and a figure that nothing
explains costs its digits: the common steps are those with which the whole table is described in the fewest bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from math import log2, nextafter

from convcost.claims import Printed
from convcost.records import Record
from convcost.studies.audit.candidates import Candidate, Claim
from convcost.studies.audit.odds import MENTIONED, WORTH, row_odds, table_odds, window
from convcost.studies.audit.steps import COUNTING, EXCEPTION, LONGEST, Step, number_of_sets, subsets, total_bits

FEWEST = 2
"""Distinct figures that common steps have to explain: one alone is a matter of its row."""


class Explanation(Record):
    """A set of steps that reproduces a printed figure.

    Attributes
    ----------
    odds : Fraction
        The share of random numbers, or of random tables, that would have been explained by so short a set, too.
    common : bool
        Whether the steps are those of the table.
    rivals : tuple of Candidate
        Other sets of the same length that reproduce the figure.
    figures : int
        Distinct figures that the same steps explain although others of the table do without them; 1: this one alone.
    """

    candidate: Candidate
    odds: Fraction
    common: bool = False
    rivals: tuple[Candidate, ...] = ()
    figures: int = 1

    @property
    def accepted(self) -> bool:
        """Whether a random number would seldom have been explained so."""
        return self.odds <= WORTH


class Common(Record):
    """The steps that a table's rows have in common, and what random figures would have had.

    Attributes
    ----------
    odds : Fraction
        Of the part of the steps that is the likeliest to be there by chance.
    hits : int
        Distinct figures that agree with them and not without.
    """

    steps: tuple[Step, ...] = ()
    odds: Fraction = Fraction(1)
    hits: int = 0

    def of(self, metric: str) -> tuple[Step, ...]:
        """Return those that change a metric."""
        return _of(self.steps, metric)


class Search:
    """The claims of one table, and what explains them.

    Claims that agree as they are take part: steps that all rows share have to hold for them, too, or they are
    exceptions.
    """

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = tuple(claims)
        self.failing = tuple(claim for claim in claims if not claim.agreement)
        self._jointly: dict[tuple[Step, ...], tuple[Fraction, int]] = {}
        self._several = len({claim.identity for claim in self.failing}) >= FEWEST
        self.common = self._shortest() if self._several else Common()

    def explanation(self, claim: Claim) -> Explanation | None:
        """Return the smallest explanation of a claim that does not agree as it is; None where there is none."""
        shared = self.common.of(claim.metric)
        if _agrees(claim, shared):
            under = claim.under(shared)
            assert under is not None  # it agrees
            # a step that changes nothing here is not said
            needed = next(steps for steps in subsets(shared, total_bits(shared)) if claim.under(steps) == under)
            return Explanation(Candidate(needed, total_bits(needed), under), self.common.odds, common=True)
        if shared:
            found = sorted(
                ((_length(each, shared), len(each.steps), each) for each in claim.agreeing()), key=_first_two
            )
        else:
            found = [(each.bits, len(each.steps), each) for each in _shortest(claim)]
        own = None
        if found:
            length, _, best = found[0]
            rivals = tuple(each for bits, _, each in found[1:] if bits == length)
            own = Explanation(best, row_odds(claim, length, shared), rivals=rivals)
        joint = self._joint(claim) if self._several else None
        return joint if joint and (own is None or joint.odds < own.odds) else own

    def _shortest(self) -> Common:
        """Return the common steps with which the table is described in the fewest bits.

        What rows have in common is part of what explains one of them. Each part has to be worth it by itself, and what
        is common has not more exceptions than figures that it explains.
        """
        # dictionaries, so that what is found does not depend on the order of a set
        parts = dict.fromkeys(_shareable(each) for claim in self.failing for each in claim.agreeing())
        parts = {part: None for part in sorted(parts, key=_sorting) if len(self._hits(part, ())) >= FEWEST}
        chosen = Common()
        best = self._described(())
        while True:
            extended = dict.fromkeys(_united(chosen.steps, part) for part in parts)
            lengths = [(self._described(each), len(each), each) for each in extended if _compatible(each)]
            for length, _, steps in sorted(lengths, key=_first_two):
                if length >= best:
                    return chosen
                odds, gained = self._judged(steps, chosen)
                if gained >= FEWEST and odds <= WORTH and self._exceptions(steps) <= len(self._hits(steps, ())):
                    hits = len(self._hits(steps, ()))
                    chosen, best = Common(steps, max(odds, chosen.odds) if chosen.steps else odds, hits), length
                    break
            else:
                return chosen

    def _judged(self, steps: tuple[Step, ...], before: Common) -> tuple[Fraction, int]:
        """Return the odds of what some steps explain beyond others that are part of them, and how many figures."""
        more = tuple(step for step in steps if step not in before.steps)
        return self._odds(more, self._hits(steps, before.steps), before.steps)

    def _odds(self, steps: tuple[Step, ...], hits: list[Claim], before: tuple[Step, ...]) -> tuple[Fraction, int]:
        """Return the odds of steps that explain some of the figures that are open, and how many these are."""
        touched = {metric for step in steps for metric in step.metrics}
        failing = sum(claim.metric in touched for claim in self._open(before))
        return table_odds(self._sets(total_bits(steps), touched), failing, hits), len(hits)

    def _joint(self, claim: Claim) -> Explanation | None:
        """Return what explains a claim and others with it, although not the table; None where nothing does."""
        found: list[tuple[Fraction, float, Candidate, int]] = []
        for each in claim.agreeing():
            steps = _shareable(each)
            if len(steps) == len(each.steps):
                if steps not in self._jointly:
                    hits = self._hits(steps, self.common.steps)
                    self._jointly[steps] = self._odds(steps, hits, self.common.steps)
                odds, figures = self._jointly[steps]
                if figures >= FEWEST:
                    found.append((odds, each.bits, each, figures))
        if not found:
            return None
        odds, bits, best, figures = min(found, key=lambda each: each[:2])
        rivals = tuple(each for least, length, each, _ in found if (least, length) == (odds, bits) and each != best)
        return Explanation(best, odds, rivals=rivals, figures=figures)

    def _open(self, steps: tuple[Step, ...]) -> list[Claim]:
        """Return the distinct figures that do not agree, neither as they are nor with some steps."""
        left = (claim for claim in self.failing if not _agrees(claim, _of(steps, claim.metric)))
        return list({claim.identity: claim for claim in left}.values())

    def _hits(self, steps: tuple[Step, ...], before: tuple[Step, ...]) -> list[Claim]:
        """Return those that do not agree with the steps before, and do with these."""
        return [claim for claim in self._open(before) if _agrees(claim, _of(steps, claim.metric))]

    @cached_property
    def _pool(self) -> tuple[Step, ...]:
        """The steps that rows may have in common."""
        networks = {
            step: None
            for claim in self.failing
            for before, _ in claim.variations
            for step in before
            if step.kind == "network"
        }
        return (*COUNTING, *networks)

    def _exceptions(self, steps: tuple[Step, ...]) -> int:
        """Return how many distinct figures agree as they are and would not with some steps: the table without them."""
        agreeing = (claim for claim in self.claims if claim.agreement and _of(steps, claim.metric))
        return len({claim.identity for claim in agreeing if not _agrees(claim, _of(steps, claim.metric))})

    def _sets(self, bits: float, metrics: set[str]) -> int:
        """Return how many sets of steps are no longer and change some metrics: what might have been found as well."""
        return number_of_sets((step for step in self._pool if metrics.intersection(step.metrics)), bits) - 1

    def _described(self, steps: tuple[Step, ...]) -> float:
        """Return the bits that it takes to describe all figures of the table with some steps in common."""
        return total_bits(steps) + sum(_figure_bits(claim, _of(steps, claim.metric)) for claim in self.claims)


def _shortest(claim: Claim) -> list[Candidate]:
    """Return the candidates of the least length that reproduce a figure; none where chance does as well.

    Other networks are built only as far as they can be part of the shortest description.
    """
    for limit in claim.limits:
        # what is as long as the limit may have rivals in networks that come in there
        longest = limit if limit == LONGEST else nextafter(limit, 0)
        found = claim.agreeing(longest)
        if found:
            return [each for each in found if each.bits == found[0].bits]
        if limit != LONGEST and row_odds(claim, longest) > MENTIONED:
            return []
    return []


def _agrees(claim: Claim, steps: tuple[Step, ...]) -> bool:
    """Tell whether a figure would be printed as it is with some steps; with none it is known that it would not."""
    if not steps:
        return False
    under = claim.under(steps)
    return under is not None and bool(claim.printed.agreement(under))


def _length(candidate: Candidate, shared: tuple[Step, ...]) -> float:
    """Return the bits of a candidate beyond the common steps, or of one that is an exception to them."""
    if all(step in candidate.steps for step in shared):
        return candidate.bits - total_bits(shared)
    return candidate.bits + EXCEPTION


def _figure_bits(claim: Claim, shared: tuple[Step, ...]) -> float:
    """Return the bits that it takes to describe a figure when the common steps are known."""
    if _agrees(claim, shared):
        return 0.0
    if claim.agreement:
        return EXCEPTION if shared else 0.0
    least, known = _digits(claim.printed), total_bits(shared)
    for each in claim.agreeing():
        if each.bits - known >= least:
            break  # those that come after it are not shorter
        least = min(least, _length(each, shared))
    return least


def _digits(printed: Printed) -> float:
    """Return the bits of a number that nothing explains."""
    return log2(max(2, len(window(printed)))) + 2


def _of(steps: tuple[Step, ...], metric: str) -> tuple[Step, ...]:
    return tuple(step for step in steps if metric in step.metrics)


def _shareable(candidate: Candidate) -> tuple[Step, ...]:
    """Return the steps of a candidate that rows may have in common, in the order of their names."""
    return _united(tuple(step for step in candidate.steps if step.kind in {"counting", "network"}), ())


def _united(steps: tuple[Step, ...], more: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(sorted({*steps, *more}, key=lambda step: step.key))


def _sorting(steps: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(step.key for step in steps)


def _first_two(found: tuple[float, int, object]) -> tuple[float, int]:
    return found[:2]


def _compatible(steps: Iterable[Step]) -> bool:
    families = [step.family for step in steps]
    networks = sum(step.kind == "network" for step in steps)
    return len(set(families)) == len(families) and networks <= 1
