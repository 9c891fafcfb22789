"""Deviations that are planted: every step there is, two ways of counting at once, and slips of the pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from random import Random

from convcost.claims import Printed, Row
from convcost.claims.printed import read
from convcost.model import Model
from convcost.studies.audit.ledger import Counting
from convcost.studies.audit.networks import Networks
from convcost.studies.audit.steps import COUNTING, LONGEST, UNIT_SLIPS, Step, counted, total_bits, transposed
from planting.families import UNITS, printed

TWO = "two of these"
MORE, CLASSES, ROUNDING, LABEL = "one class more", "other classes", "another rounding", "another network"
LARGER, SMALLER, TRANSPOSED = "larger unit", "smaller unit", "transposed digits"

COMMON = (*(step.key for step in COUNTING), TWO, MORE, CLASSES, ROUNDING)
"""What all rows of a table may share."""

SINGLE = (LABEL, LARGER, SMALLER, TRANSPOSED)
"""What happens to one row."""

KINDS = (*COMMON, *SINGLE)

PAIRS = tuple(
    pair
    for pair in combinations(COUNTING, 2)
    if pair[0].family != pair[1].family and total_bits(pair) <= LONGEST and set(pair[0].metrics) & set(pair[1].metrics)
)


@dataclass(frozen=True)
class Plant:
    """A deviation: its steps, and how they are printed.

    Attributes
    ----------
    steps : tuple of Step
        What the audit should say.
    """

    kind: str
    steps: tuple[Step, ...]

    def changes(self, metric: str) -> bool:
        """Whether all of it has to do with a metric."""
        return all(metric in step.metrics for step in self.steps)


@dataclass(frozen=True)
class Misprint:
    """A figure as it is printed, the exact number that stands behind it in its unit, and what it takes to say so."""

    printed: Printed
    number: Fraction
    bits: float


def plant(kind: str, random: Random, networks: Networks, model: Model) -> Plant | None:
    """Return a deviation of some kind; None where the network has none."""
    if kind == TWO:
        return Plant(kind, random.choice(PAIRS))
    if kind in {LARGER, SMALLER}:
        return Plant(kind, tuple(s for s in UNIT_SLIPS.values() if s.key == kind.replace(" ", "-")))
    if kind == TRANSPOSED:
        return Plant(kind, (transposed(2),))
    counting = [step for step in COUNTING if step.key == kind]
    if counting:
        return Plant(kind, tuple(counting))
    own = model.values.get("classes", 0)
    families = {MORE: "classes", CLASSES: "classes", ROUNDING: "rounding", LABEL: "label"}
    others = [
        step
        for step, _ in networks.variations(model)
        if step
        and step.kind != "counting"
        and (step.kind == "label" if kind == LABEL else step.family == families[kind])
        and (kind not in {MORE, CLASSES} or (step.key == f"classes={own + 1}") == (kind == MORE))
    ]
    return Plant(kind, (random.choice(others),)) if others else None


def exact(networks: Networks, model: Model, metric: str, steps: Sequence[Step]) -> Fraction | None:
    """Return what a network comes to with some steps, slips of the pen left out; None where they do not apply."""
    row = Row("", "", {metric: read("1")})
    for step in steps:
        if step.kind in {"network", "label"}:
            found = [other for each, other in networks.variations(model) if each and each.key == step.key]
            if not found:
                return None
            (model,) = found
    counting = tuple(step for step in steps if step.kind == "counting")
    return networks.number(model, row, metric, counted(Counting(), counting))


def misprinted(plant: Plant, value: Fraction, digits: int, random: Random) -> Misprint | None:
    """Return how a number with a deviation is printed; None where that cannot be."""
    cut, bits = random.random() < 0.25, total_bits(plant.steps)
    shown = printed(value, digits, truncated=cut and plant.kind not in SINGLE)
    if any(step.key == "binary" for step in plant.steps):
        if shown.size == 1:
            return None
        value = value * shown.size / shown.binary
        again = printed(value, digits, truncated=cut)
        return Misprint(again, value / again.size, bits) if again.unit == shown.unit else None
    if plant.kind in {LARGER, SMALLER}:
        at = UNITS.index(shown.unit) + (-1 if plant.kind == LARGER else 1)
        if not 0 <= at < len(UNITS):
            return None
        return Misprint(read(shown.text, UNITS[at]), value / shown.size, bits)
    if plant.kind == TRANSPOSED:
        others = sorted(swapped(shown.text))
        if not others:
            return None
        return Misprint(read(random.choice(others), shown.unit), value / shown.size, transposed(digits).bits)
    return Misprint(shown, value / shown.size, bits)


def swapped(text: str) -> set[str]:
    """Return a number with two neighbouring digits exchanged, which does not begin with a zero then.

    >>> sorted(swapped("1.04")), sorted(swapped("0.58")), sorted(swapped("22"))
    (['1.40'], ['0.85', '5.08'], [])
    """
    at = [i for i, character in enumerate(text) if character != "."]
    result = set()
    for a, b in pairwise(at):
        characters = list(text)
        characters[a], characters[b] = characters[b], characters[a]
        if characters[at[0]] != "0" or text[at[0]] == "0":
            result.add("".join(characters))
    return result - {text}
