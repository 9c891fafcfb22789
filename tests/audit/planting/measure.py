"""Tables are made, the audit is asked, and what it says is held against what is known.

Every case draws from random numbers of its own, so that it does not depend on what other cases there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from random import Random

from convcost.claims import Printed, Row, Table
from convcost.studies.audit import Finding, Networks, TableAudit, Verdict, audit_table
from planting.families import FAMILIES, METRICS, derived, printed
from planting.plants import Misprint, exact, misprinted, plant

DIGITS = (2, 3, 4)
ROWS = 8
"""Rows of a table in which a deviation is planted, at most: a family may be smaller."""
NULL_ROWS = 10
"""Rows of a table with random numbers."""
TRIES = 40
"""Attempts to plant a deviation that is seen in the digits."""

FAR, NEAR = Fraction(1, 4), Fraction(1, 20)
"""How much larger, or smaller, than the derived number a random one may be."""


@dataclass
class Score:
    """What became of planted deviations.

    Attributes
    ----------
    cases : int
        Tables that were made.
    planted : int
        Figures whose digits a deviation changed.
    found : int
        Those of which the audit accepted an explanation that leads to the same exact number.
    wrong : int
        Those of which it accepted another one.
    longer : int
        Wrong ones that take more to say than what was planted.
    right : int
        Figures that agree as they are.
    lost : int
        Those of them that were not reproduced any more.
    """

    cases: int = 0
    planted: int = 0
    found: int = 0
    wrong: int = 0
    longer: int = 0
    right: int = 0
    lost: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(mine + theirs for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True)))


@dataclass
class Null:
    """What became of random numbers: the odds that the audit printed of each, 1 where nothing was found."""

    odds: list[Fraction] = field(default_factory=list)
    explained: int = 0

    def at_most(self, odds: Fraction) -> int:
        """Return how many were given odds at most these."""
        return sum(each <= odds for each in self.odds)

    def __add__(self, other: Null) -> Null:
        return Null(self.odds + other.odds, self.explained + other.explained)


class Bench:
    """Makes tables of some families and has them audited.

    Parameters
    ----------
    families : mapping of str to sequence of str
        The rows that a table of each may have.
    """

    def __init__(self, families: Mapping[str, Sequence[str]] = FAMILIES) -> None:
        self.families = families
        self.networks = Networks()

    def alone(self, kind: str, digits: int, number: int) -> Score:
        """Plant a deviation in a table of one row."""

        def attempt(random: Random) -> Score | None:
            spec = random.choice(self._family(random))
            made = self._figure(kind, digits, random, spec)
            return None if made is None else self._scored([spec], [{made[0]: made[1].printed}], {(0, made[0]): made[1]})

        return _attempted(attempt, "alone", kind, digits, number)

    def amid(self, kind: str, digits: int, number: int) -> Score:
        """Plant a deviation in one row of a table that is right otherwise."""

        def attempt(random: Random) -> Score | None:
            specs = self._rows(random, ROWS)
            place = random.randrange(len(specs))
            made = self._figure(kind, digits, random, specs[place])
            if made is None:
                return None
            metric, misprint = made
            figures = [{metric: self._right(spec, metric, digits, random)} for spec in specs]
            figures[place] = {metric: misprint.printed}
            return self._scored(specs, figures, {(place, metric): misprint})

        return _attempted(attempt, "amid", kind, digits, number)

    def common(self, kind: str, digits: int, number: int) -> Score:
        """Plant a deviation that all rows of a table share, and that is seen in two different figures at least."""

        def attempt(random: Random) -> Score | None:
            specs = self._rows(random, ROWS)
            models = [self.networks.open(Row("", spec, {}), None) for spec in specs]
            deviation = plant(kind, random, self.networks, models[0])
            if deviation is None:
                return None
            metrics = METRICS if random.random() < 0.5 else (random.choice(METRICS),)
            figures: list[dict[str, Printed]] = [{} for _ in specs]
            seen: dict[tuple[int, str], Misprint] = {}
            for place, (spec, model) in enumerate(zip(specs, models, strict=True)):
                for metric in metrics:
                    steps = [step for step in deviation.steps if metric in step.metrics]
                    value = exact(self.networks, model, metric, steps)
                    misprint = None if value is None else misprinted(deviation, value, digits, random)
                    if misprint is None:
                        return None
                    figures[place][metric] = misprint.printed
                    if not self._agrees(spec, metric, misprint.printed):
                        seen[place, metric] = misprint
            distinct = {(metric, misprint.number) for (_, metric), misprint in seen.items()}
            return self._scored(specs, figures, seen) if len(distinct) >= 2 else None

        return _attempted(attempt, "common", kind, digits, number)

    def random_alone(self, digits: int, spread: Fraction, number: int) -> Null:
        """Audit one random number in a table of its own."""
        random = _seeded("random", digits, spread, number)
        spec, metric = random.choice(self._family(random)), random.choice(METRICS)
        figure = self.random_figure(spec, metric, digits, spread, random)
        return Null() if figure is None else self._noted([spec], [{metric: figure}])

    def random_amid(self, digits: int, spread: Fraction, number: int, count: int) -> Null:
        """Audit a table of ten rows, so many of them random."""
        random = _seeded("random amid", count, digits, spread, number)
        specs, metric = self._rows(random, NULL_ROWS), random.choice(METRICS)
        figures = [{metric: self._right(spec, metric, digits, random)} for spec in specs]
        for place in random.sample(range(len(specs)), min(count, len(specs))):
            figure = self.random_figure(specs[place], metric, digits, spread, random)
            if figure is not None:
                figures[place] = {metric: figure}
        return self._noted(specs, figures)

    def random_figure(self, spec: str, metric: str, digits: int, spread: Fraction, random: Random) -> Printed | None:
        """Return a random number of so many digits near the derived one; None where all such numbers agree."""
        value = derived(self.networks, spec, metric)
        right = printed(value, digits)
        units = value / right.size / right.step
        others = []
        for each in range(ceil(units / (1 + spread)), floor(units * (1 + spread)) + 1):
            figure = printed(each * right.step * right.size, digits)
            if not self._agrees(spec, metric, figure):
                others.append(figure)
        return random.choice(others) if others else None

    def _figure(self, kind: str, digits: int, random: Random, spec: str) -> tuple[str, Misprint] | None:
        """Return a metric of a row and how it is misprinted; None where the deviation is not seen."""
        model = self.networks.open(Row("", spec, {}), None)
        deviation = plant(kind, random, self.networks, model)
        if deviation is None:
            return None
        metrics = [metric for metric in METRICS if deviation.changes(metric)]
        metric = random.choice(metrics)
        value = exact(self.networks, model, metric, deviation.steps)
        misprint = None if value is None else misprinted(deviation, value, digits, random)
        return None if misprint is None or self._agrees(spec, metric, misprint.printed) else (metric, misprint)

    def _agrees(self, spec: str, metric: str, figure: Printed) -> bool:
        return bool(figure.agreement(derived(self.networks, spec, metric) / figure.size))

    def _family(self, random: Random) -> Sequence[str]:
        return self.families[random.choice(list(self.families))]

    def _rows(self, random: Random, most: int) -> list[str]:
        family = self._family(random)
        return random.sample(family, min(most, len(family)))

    def _right(self, spec: str, metric: str, digits: int, random: Random) -> Printed:
        return printed(derived(self.networks, spec, metric), digits, truncated=random.random() < 0.25)

    def _audited(self, specs: Sequence[str], figures: Sequence[Mapping[str, Printed]]) -> TableAudit:
        rows = tuple(Row(spec, spec, each) for spec, each in zip(specs, figures, strict=True))
        return audit_table(Table("", rows), self.networks)

    def _scored(
        self,
        specs: Sequence[str],
        figures: Sequence[Mapping[str, Printed]],
        planted: Mapping[tuple[int, str], Misprint],
    ) -> Score:
        audited = self._audited(specs, figures)
        places = {id(row): place for place, row in enumerate(audited.table.rows)}
        score = Score(cases=1)
        for finding in audited.findings:
            misprint = planted.get((places[id(finding.row)], finding.metric))
            if misprint is None:
                score.right += 1
                score.lost += finding.verdict is not Verdict.REPRODUCED
                continue
            score.planted += 1
            if finding.verdict in ACCEPTED:
                found = any(each.number == misprint.number for each in _named(finding))
                score.found += found
                score.wrong += not found
                score.longer += not found and _named(finding)[0].bits > misprint.bits
        return score

    def _noted(self, specs: Sequence[str], figures: Sequence[Mapping[str, Printed]]) -> Null:
        null = Null()
        for finding in self._audited(specs, figures).findings:
            if finding.verdict is not Verdict.REPRODUCED:
                null.odds.append(finding.explanation.odds if finding.explanation else Fraction(1))
                null.explained += finding.verdict in ACCEPTED
        return null


ACCEPTED = (Verdict.CONVENTION, Verdict.EXPLAINED)


def total(results: Iterable[Score | Null], start: Score | Null) -> Score | Null:
    """Add results up."""
    for result in results:
        start += result
    return start


def _named(finding: Finding):
    """Return what a verdict names: the explanation, and the first of those that are as short."""
    assert finding.explanation is not None
    return (finding.explanation.candidate, *finding.explanation.rivals[:1])


def _attempted(attempt: Callable[[Random], Score | None], *case: object) -> Score:
    random = _seeded(*case)
    results: Iterator[Score | None] = (attempt(random) for _ in range(TRIES))
    return next((result for result in results if result is not None), Score())


def _seeded(*case: object) -> Random:
    return Random(" ".join(map(str, case)))
