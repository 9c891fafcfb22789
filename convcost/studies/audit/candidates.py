"""All that a printed figure might be: networks of the family, ways of counting, slips of the pen."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from convcost.claims import Printed, Row
from convcost.errors import SpecError
from convcost.model import Model
from convcost.records import Record
from convcost.studies.audit.ledger import Counting
from convcost.studies.audit.networks import Networks
from convcost.studies.audit.readings import Readings
from convcost.studies.audit.steps import LONGEST, UNIT_SLIPS, Step, counted, total_bits, transposed
from convcost.units import decimal


class Candidate(Record):
    """A set of steps and the number it leads to, in the unit of the printed one.

    Attributes
    ----------
    digits : str
        What would be printed, where that is not simply the rounded number: with two digits transposed.
    """

    steps: tuple[Step, ...]
    bits: float
    number: Fraction
    digits: str = ""

    def agreement(self, printed: Printed) -> str:
        """Say how it would come to be printed as this; empty if it would not."""
        if self.digits:
            return "rounds" if self.digits == plain(printed.text) else ""
        return printed.agreement(self.number)


class Claim:
    """One printed figure of a row, and all that it might be.

    Attributes
    ----------
    printed : Printed
        The figure.
    model : Model
        The network that the row's label means.
    stated : Counting
        What the source says it counts; nothing has to be described where that agrees.
    default : Fraction
        What is derived so, in the unit of the printed number.
    agreement : str
        How that would come to be printed as the figure; empty if it would not.
    """

    def __init__(self, networks: Networks, row: Row, metric: str, model: Model, stated: Counting) -> None:
        self.row = row
        self.metric = metric
        self.printed = row.figures[metric]
        self.model = model
        self.stated = stated
        self._networks = networks
        self._under: dict[tuple[Step, ...], Fraction | None] = {}
        self._printed: dict[int, tuple[Candidate, ...]] = {}
        self._agreeing: dict[float, tuple[Candidate, ...]] = {}
        networks.analyzed(model, row)
        default = self.under(())
        if default is None:
            raise SpecError("E709", f"a share of no {metric} at all", span=row.place(metric))
        self.default = default
        self.agreement = self.printed.agreement(default)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it a figure of its own: parameters at another resolution are the same figure again."""
        return (self.metric, self.printed, self.default)

    def under(self, steps: tuple[Step, ...]) -> Fraction | None:
        """Return what is derived with some steps, in the unit of the printed number; None where they do not apply."""
        if steps not in self._under:
            self._under[steps] = self._derived(steps)
        return self._under[steps]

    def _derived(self, steps: tuple[Step, ...]) -> Fraction | None:
        counting = counted(self.stated, tuple(step for step in steps if step.kind == "counting"))
        model: Model | None = self.model
        for step in steps:
            if step.kind in {"network", "label"}:
                model = next((m for s, m in self._networks.variations(self.model) if s == step), None)
        return None if model is None else self._networks.number(model, self.row, self.metric, counting)

    @cached_property
    def variations(self) -> tuple[tuple[tuple[Step, ...], Model], ...]:
        """The networks that the row may be about, with the step that leads there, the shortest first."""
        named = bool(self.row.part or self.row.kind)  # the label of a layer names no hyperparameter
        return tuple(
            ((step,) if step else (), model)
            for step, model in self._networks.variations(self.model)
            if not (named and step and step.kind == "label")
        )

    @cached_property
    def limits(self) -> tuple[float, ...]:
        """The lengths at which another network comes in, ascending; the greatest length at the end."""
        lengths = {total_bits(before) for before, _ in self.variations}
        return (*sorted(length for length in lengths if 0 < length < LONGEST), LONGEST)

    def _readings(self, longest: float) -> Iterator[tuple[int, tuple[Step, ...], Readings]]:
        """Yield the networks that may be part of a description up to a length, with what they come to."""
        for place, (before, model) in enumerate(self.variations):
            if total_bits(before) <= longest:
                yield place, before, self._networks.readings(model, self.row, self.metric, self.stated)

    def agreeing(self, longest: float = LONGEST) -> tuple[Candidate, ...]:
        """Return the candidates up to a length that would be printed as the figure, the shortest first."""
        if longest not in self._agreeing:
            found: list[Candidate] = []
            for place, before, readings in self._readings(longest):
                if place not in self._printed:
                    self._printed[place] = tuple(self._printed_as(before, readings))
                found += [each for each in self._printed[place] if each.bits <= longest]
            self._agreeing[longest] = tuple(sorted(found, key=lambda each: (each.bits, len(each.steps))))
        return self._agreeing[longest]

    def _printed_as(self, before: tuple[Step, ...], readings: Readings) -> Iterator[Candidate]:
        """Yield what one network may be printed as the figure by."""
        printed, said = self.printed, total_bits(before)
        room = LONGEST - said

        def at(step: Fraction, number: Fraction, more: float) -> Iterator[tuple[tuple[Step, ...], float, Fraction]]:
            enough = readings.up_to(room - more)
            for found in readings.index(step).printed_as(int(number / step)):
                if found < enough:
                    yield (*before, *readings.steps[found]), said + readings.bits[found], readings.numbers[found]

        for steps, bits, number in at(printed.coarse, printed.number, 0):
            if steps and printed.agreement(number):
                yield Candidate(steps, bits, number)
        if printed.unit != "%":
            for factor, slip in UNIT_SLIPS.items():
                for steps, bits, number in at(printed.coarse / factor, printed.number / factor, slip.bits):
                    if printed.agreement(number * factor):
                        yield Candidate((*steps, slip), bits + slip.bits, number * factor)
        digits = plain(printed.text)
        slip = transposed(sum(character.isdigit() for character in digits))
        for text in sorted(transpositions(digits)):
            if digits not in transpositions(text):
                continue  # nobody writes a zero in front
            for steps, bits, number in at(printed.step, Fraction(text), slip.bits):
                if plain(decimal(number, printed.places)) == text:
                    yield Candidate((*steps, slip), bits + slip.bits, number, digits)

    def reached(self, possible: range, longest: float, shared: tuple[Step, ...], exception: float) -> set[int]:
        """Return which numbers something leads to that is no longer.

        Parameters
        ----------
        possible : range
            Numbers in units of the last significant digit.
        shared : tuple of Step
            Steps that need not be said: those of the table. What goes without them is an exception.
        exception : float
            What it takes to say so.
        """
        found: set[int] = set()
        known = total_bits(shared)
        for _, before, readings in self._readings(longest + known):
            said = total_bits(before)
            index = readings.index(self.printed.coarse)
            for place in range(readings.up_to(LONGEST - said)):
                steps, bits = (*before, *readings.steps[place]), said + readings.bits[place]
                if shared:
                    bits += -known if all(step in steps for step in shared) else exception
                if bits > longest:
                    if not shared:
                        break
                    continue
                found.update((index.low[place], index.near[place]))
                found.update(self._slipped(readings.numbers[place], longest - bits, LONGEST - bits - known))
        return {units for units in found if units in possible}

    def _slipped(self, number: Fraction, *room: float) -> Iterator[int]:
        """Yield what slips of the pen make of a number, in units of the last significant digit."""
        printed = self.printed
        for factor, slip in UNIT_SLIPS.items():
            if slip.bits <= min(room) and printed.unit != "%":
                yield number * factor // printed.coarse
                yield (number * factor / printed.coarse + Fraction(1, 2)) // 1
        if transposed(2).bits <= min(room):
            digits = plain(decimal(number, printed.places))
            if transposed(sum(character.isdigit() for character in digits)).bits <= min(room):
                for text in transpositions(digits):
                    yield round(Fraction(text) / printed.coarse)


def plain(text: str) -> str:
    """Return a printed number without the commas of its thousands."""
    return text.replace(",", "")


def transpositions(digits: str) -> set[str]:
    """Return a number with two neighbouring digits changed, in all ways that make another number.

    >>> sorted(transpositions("1.91"))
    ['1.19', '9.11']
    """
    at = [i for i, character in enumerate(digits) if character.isdigit()]
    found = set()
    for a, b in pairwise(at):
        if digits[a] != digits[b] and not (a == at[0] and digits[b] == "0"):
            characters = list(digits)
            characters[a], characters[b] = characters[b], characters[a]
            found.add("".join(characters))
    return found
