"""The free hyperparameters of a problem, and the values that are admissible for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from convcost.cost.closed_form import LETTERS
from convcost.errors import UsageError, one_of
from convcost.model import Model, Number, exact_number
from convcost.records import Record
from convcost.spec.hyperparameters import Hyperparameter
from convcost.symbols.arith import common_unit, exact
from convcost.symbols.expr.language import quoted

Range = tuple[Number | str, Number | str]


class Axis(Record):
    """A free hyperparameter with its admissible values, in rising order: positions 0, 1, 2, ...

    Attributes
    ----------
    unit : number
        Every admissible value is a whole multiple of it.
    lowest : int
        The first value, in units.
    count : int or None
        How many values there are; None for no end.
    listed : tuple of int
        The values in units, where they do not follow each other.
    """

    name: str
    letter: str
    unit: Number
    lowest: int
    count: int | None
    listed: tuple[int, ...] = ()

    def units(self, position: int) -> int:
        """Return the value at a position, in units."""
        return self.listed[position] if self.listed else self.lowest + position

    def value(self, position: int) -> Number:
        """Return the value at a position.

        >>> Axis("alpha", "α", Fraction(1, 32), 1, None).value(15)
        Fraction(1, 2)
        """
        return exact(self.unit * self.units(position))  # type: ignore[no-any-return]

    def nearest(self, value: Number) -> int:
        """Return the position whose value is nearest to one."""
        if self.listed:
            return min(range(len(self.listed)), key=lambda i: abs(Fraction(self.value(i)) - value))
        position = max(0, round(Fraction(value) / self.unit) - self.lowest)
        return position if self.count is None else min(position, self.count - 1)

    def __str__(self) -> str:
        if self.listed:
            return f"{self.name} in {', '.join(str(self.value(i)) for i in range(len(self.listed)))}"
        least = self.lowest * self.unit
        start = "" if self.lowest == 1 else f" from {least}"
        end = "" if self.count is None else f" up to {self.value(self.count - 1)}"
        kind = "whole numbers" if self.unit == 1 else f"multiples of {self.unit}"
        return f"{self.name} in {kind}{start}{end}"


def axes_of(
    model: Model,
    names: Iterable[str],
    *,
    steps: Mapping[str, Number | str] | None = None,
    ranges: Mapping[str, Range] | None = None,
    choices: bool = False,
) -> tuple[Axis, ...]:
    """Return the axes of a problem.

    Parameters
    ----------
    steps : mapping of str to number, optional
        Of what values are multiples.
    ranges : mapping of str to (lowest, highest), optional
        Narrower than those of the spec. In both the name "" is said of a single hyperparameter.
    choices : bool
        Only published values, of the hyperparameters that have some. It is so anyway where the spec says neither of
        what values are multiples nor between which they are.

    Raises
    ------
    UsageError
        E014 for an unknown hyperparameter, E822 for one that is bound or named twice, E823 where it is not known
        which values are admissible, or none is, or where two things are said of them.
    """
    known, chosen = model.architecture.hyperparameters, list(names)
    steps, ranges = dict(steps or {}), dict(ranges or {})
    if not chosen:
        raise UsageError("E822", "no hyperparameter to solve for", hint=f"--for NAME, one of {', '.join(known)}")
    if "" in steps:
        _of_one("step", steps, chosen, str(steps[""]))
        steps[chosen[0]] = steps.pop("")
    if "" in ranges:
        _of_one("range", ranges, chosen, "...")
        ranges[chosen[0]] = ranges.pop("")
    for name in (*chosen, *steps, *ranges):
        if name not in known:
            hint = one_of(name, known) if known else "it has none"
            raise UsageError("E014", f"{model.architecture.name} has no hyperparameter {quoted(name)}", hint=hint)
    for name in chosen:
        if chosen.count(name) > 1:
            raise UsageError("E822", f"{name} is to be solved for twice")
        if name in model.bound:
            value = model.values[name]
            hint = "leave it out of the SPEC and of --set; a preset binds all that it lists"
            raise UsageError("E822", f"{name} is bound to {value} and cannot be solved for", hint=hint)
    for name in (*steps, *ranges):
        if name not in chosen:
            raise UsageError("E822", f"{name} is not solved for, and needs no step or range", hint="name it with --for")
    return tuple(_axis(known[name], steps.get(name), ranges.get(name), choices=choices) for name in chosen)


def _of_one(what: str, given: Mapping[str, object], chosen: Sequence[str], example: str) -> None:
    """Refuse a step or a range without a name where it could be of several, or where there is one with the name."""
    if len(chosen) > 1:
        raise UsageError("E823", f"a {what} for several hyperparameters", hint=f"write {chosen[0]}={example}")
    if chosen[0] in given:
        raise UsageError("E823", f"{chosen[0]} has two {what}s", hint="give one, with the name or without it")


def _axis(h: Hyperparameter, step: Number | str | None, between: Range | None, *, choices: bool) -> Axis:
    letter = h.symbol or LETTERS.get(h.name, h.name)
    low, high = _bounds(h, between)
    if choices and h.choices and step is not None:
        message = f"the published values of {h.name}, and multiples of {step}, too"
        raise UsageError("E823", message, hint="give --choices or --step")
    if step is None and h.choices and (choices or (h.multiple_of is None and not h.range)):
        values = sorted(value for value in set(h.choices) if low <= value and (high is None or value <= high))
        if not values:
            raise UsageError("E823", f"no published value of {h.name} is in the range", hint=f"{_listed(h)}")
        unit = common_unit(values)
        units = tuple(int(Fraction(value) / unit) for value in values)
        return Axis(h.name, letter, unit, units[0], len(units), units)
    unit = _unit(h, step)
    lowest = max(1, -(-Fraction(low) // unit))
    count = None if high is None else Fraction(high) // unit - lowest + 1
    if count is not None and count < 1:
        raise UsageError("E823", f"no multiple of {unit} is between {low} and {high}, where {h.name} has to be")
    return Axis(h.name, letter, unit, lowest, count)


def _unit(h: Hyperparameter, step: Number | str | None) -> Number:
    if step is not None:
        unit = exact_number("step", step)
        if unit <= 0:
            raise UsageError("E823", f"the step of {h.name} is positive, not {unit}")
        if h.integer and not isinstance(unit, int):
            raise UsageError("E823", f"{h.name} is a whole number, and so is its step, not {unit}")
        return unit
    if h.multiple_of is not None:
        return h.multiple_of
    if h.integer:
        return 1
    message = f"nothing says which values of {h.name} are admissible"
    raise UsageError("E823", message, hint=f"--step {h.name}=1/32, or multiple_of: in the spec")


def _bounds(h: Hyperparameter, between: Range | None) -> tuple[Number, Number | None]:
    low: Number = h.range[0] if h.range else 0
    high: Number | None = h.range[1] if h.range else None
    if between is None:
        return low, high
    least, most = (exact_number(h.name, value) for value in between)
    if least > most:
        raise UsageError("E823", f"the range of {h.name} ends at {most}, before it begins at {least}")
    return max(low, least), most if high is None else min(high, most)


def _listed(h: Hyperparameter) -> str:
    return f"there are {', '.join(map(str, h.choices))}"
