"""What is found about one printed figure."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from convcost.claims import Printed, Row
from convcost.records import Record
from convcost.studies.audit.candidates import Candidate, Claim
from convcost.studies.audit.odds import MENTIONED
from convcost.studies.audit.search import Explanation
from convcost.studies.audit.steps import Step
from convcost.units import DECIMAL, decimal


class Verdict(StrEnum):
    """What an audit says of a figure, from the best to the worst."""

    REPRODUCED = "reproduced"
    CONVENTION = "convention"
    EXPLAINED = "explained"
    NOT_REPRODUCED = "not reproduced"
    NO_SPEC = "no spec"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return list(Verdict).index(self)


class Finding(Record):
    """One printed figure, what is derived for it, and what becomes of the two.

    Attributes
    ----------
    derived : Fraction or None
        Under what the source states, or the default, in the unit of the printed number; None without a spec.
    agreement : str
        "rounds", "truncates", "rounds to 3 digits"; empty where it does not agree as it is.
    explanation : Explanation or None
        The smallest one, accepted or not.
    """

    row: Row
    metric: str
    printed: Printed
    verdict: Verdict
    derived: Fraction | None = None
    agreement: str = ""
    explanation: Explanation | None = None

    @property
    def expected(self) -> bool:
        """Whether the verdict is as good as the claim says it is."""
        wanted = self.row.expect.get(self.metric)
        return wanted is None or self.verdict.rank <= Verdict(wanted).rank

    @property
    def residual(self) -> Fraction | None:
        """How far the printed number is from the derived one, as a share of this."""
        return (self.printed.number - self.derived) / self.derived if self.derived else None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of an accepted explanation."""
        return self.explanation.candidate.steps if self.explanation and self.explanation.accepted else ()

    @property
    def reason(self) -> str:
        """The verdict in words."""
        if self.verdict is Verdict.NO_SPEC:
            return self.row.reason
        if self.verdict is Verdict.REPRODUCED:
            return f"the derived value {self.agreement}"
        if self.explanation is None or self.explanation.odds > MENTIONED:
            return "no short explanation leads to these digits"
        found = self.explanation
        said = described(found.candidate, self.printed)
        if found.rivals:
            said += f" (or {described(found.rivals[0], self.printed)})"
        if self.verdict is Verdict.NOT_REPRODUCED:
            return f"{said} would lead there, but by chance {odds(found.odds)} does"
        if found.common:
            return f"{said}; common to the table"
        if found.figures > 1:
            said += f"; like {found.figures - 1} other{'s' if found.figures > 2 else ''} of the table"
        return f"{said}; by chance {odds(found.odds)}"


def find(claim: Claim, explanation: Explanation | None) -> Finding:
    """Return the finding on a claim."""
    verdict = Verdict.NOT_REPRODUCED
    if claim.agreement:
        verdict, explanation = Verdict.REPRODUCED, None
    elif explanation and explanation.accepted:
        slips = {"label", "misprint"}.intersection(step.kind for step in explanation.candidate.steps)
        verdict = Verdict.EXPLAINED if slips else Verdict.CONVENTION
    return Finding(claim.row, claim.metric, claim.printed, verdict, claim.default, claim.agreement, explanation)


def described(candidate: Candidate, printed: Printed) -> str:
    """Say what an explanation is, with what should have been printed where something is misprinted."""
    words = []
    for step in candidate.steps:
        if step.family == "unit":
            words.append(f"the unit is {_other_unit(step, printed)}")
        elif step.key == "transposed":
            words.append(f"two digits transposed: {decimal(candidate.number, printed.places)}")
        else:
            words.append(step.says)
    agreement = candidate.agreement(printed)
    text = ", ".join(words)
    return text if agreement == "rounds" else f"{text}; {agreement}"


def _other_unit(step: Step, printed: Printed) -> str:
    """Return the unit in which the printed number would be right."""
    units = ["1", *DECIMAL]
    at = units.index(printed.unit) + (1 if step.key == "larger-unit" else -1)
    return units[at] if 0 <= at < len(units) else "another one"


def odds(share: Fraction) -> str:
    """Write a share of random numbers, or of random tables.

    >>> odds(Fraction(1, 57)), odds(Fraction(2, 5)), odds(Fraction(1, 12_345_678)), odds(Fraction(3))
    ('1 in 57', '2 in 5', '1 in 12 million', 'every one')
    """
    if share >= 1:
        return "every one"
    close = share.limit_denominator(10)
    if share > Fraction(1, 4) and close.numerator > 1:
        return f"{close.numerator} in {close.denominator}"
    ratio = int(1 / share)
    for size, word in ((10**15, "more than a million billion"), (10**9, " billion"), (10**6, " million")):
        if ratio >= size:
            return f"1 in {word}" if word[0] == "m" else f"1 in {ratio // size:,}{word}"
    return f"1 in {ratio:,}" if ratio < 10_000 else f"1 in {ratio // 1000:,},000"
