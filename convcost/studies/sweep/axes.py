"""What a sweep goes over: hyperparameters with their values, and presets."""

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

PRESET = "preset"
"""The axis of a spec's presets; a hyperparameter of this name comes before it."""

MOST_VALUES = 2**31
"""Values of one axis."""

FORM = "write alpha=0.25:1:1/32 (first, last, step), alpha=0.5,0.75,1, or alpha for its published values"

Values = str | Number | float | Iterable[Number | str | float] | None


class Axis(Record):
    """A hyperparameter and the values it takes.

    Attributes
    ----------
    unit : number
        Every value is a whole multiple of it; 1 for presets, of which the values are the numbers.
    units : range or tuple of int
        The values in units.
    presets : tuple of str
        Their names, for the axis of presets.
    """

    name: str
    letter: str
    unit: Number
    units: range | tuple[int, ...]
    presets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.units)

    def value(self, position: int) -> Number:
        """Return the value at a position, or the number of a preset.

        >>> Axis("alpha", "α", Fraction(1, 4), range(1, 5)).value(2)
        Fraction(3, 4)
        """
        return exact(self.unit * self.units[position])  # type: ignore[no-any-return]

    def shown(self, position: int) -> Number | str:
        """Return the value at a position as readers know it."""
        return self.presets[position] if self.presets else self.value(position)

    def nearest(self, value: Number) -> int:
        """Return the position whose value is nearest to one."""
        if isinstance(self.units, range):
            wanted = round(Fraction(value) / self.unit)
            return min(max(0, (wanted - self.units.start) // self.units.step), len(self.units) - 1)
        return min(range(len(self.units)), key=lambda i: abs(Fraction(self.value(i)) - value))


def axes_of(model: Model, over: Mapping[str, Values]) -> tuple[Axis, ...]:
    """Return the axes of a sweep in their order.

    Parameters
    ----------
    over : mapping of str to values
        Text as on the command line, "0.25:1:1/32" or "0.5,0.75,1"; numbers; or None for the published values.

    Raises
    ------
    UsageError
        E014 for an unknown hyperparameter, E840 for one that is bound, by a preset that is swept over, too, E841 for
        values that are not understood, E842 for too many, E008 for those that it cannot have, E006 for an unknown
        preset.
    """
    axes = tuple(_axis(model, name.strip(), values) for name, values in over.items())
    for axis in axes:
        for name in axis.presets:
            _with_preset(model, name, {a.name for a in axes})
    return axes


def pairs(texts: Iterable[str]) -> dict[str, str | None]:
    """Read NAME=VALUES of the command line; a bare NAME has no values yet.

    >>> pairs(["alpha=0.25:1:1/32", "resolution"])
    {'alpha': '0.25:1:1/32', 'resolution': None}
    """
    found: dict[str, str | None] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not name or (equals and not values):
            raise UsageError("E841", f"{quoted(text)} is not NAME=VALUES", hint=FORM)
        if name in found:
            raise UsageError("E840", f"{quoted(name)} is swept over twice", hint="give all its values at once")
        found[name] = values if equals else None
    return found


def _axis(model: Model, name: str, values: Values) -> Axis:
    known = model.architecture.hyperparameters
    if name not in known and name == PRESET:
        return _presets(model, values)
    if name not in known:
        names = (*known, *((PRESET,) if model.architecture.presets else ()))
        hint = one_of(name, names) if names else "it has none"
        raise UsageError("E014", f"{model.architecture.name} has no hyperparameter {quoted(name)}", hint=hint)
    if name in model.bound:
        hint = "leave it out of the SPEC; a preset binds all that it lists"
        raise UsageError("E840", f"{name} is bound to {model.values[name]} and cannot be swept over", hint=hint)
    h = known[name]
    letter = h.symbol or LETTERS.get(name, name)
    unit, units = _units(h, values)
    for i in {0, len(units) - 1} if isinstance(units, range) else range(len(units)):
        problem = h.problem(exact(unit * units[i]))
        if problem:
            raise UsageError("E008", problem)
    if isinstance(units, range) and h.integer and not isinstance(unit, int):
        raise UsageError("E008", f"{name} is a whole number, and the step of its values is {unit}")
    return Axis(name, letter, unit, units)


def _units(h: Hyperparameter, values: Values) -> tuple[Number, range | tuple[int, ...]]:
    """Return a unit and values in units, in the order given."""
    if isinstance(values, str) and ":" in values:
        return _range(h, [part.strip() for part in values.split(":")])
    if values is None:
        if not h.choices:
            raise UsageError("E841", f"{h.name} has no published values", hint=FORM)
        listed: list[Number] = list(h.choices)
    else:
        given = _listed(values)
        listed = [_number(h.name, value) for value in given]
    if not listed:
        raise UsageError("E841", f"no value of {h.name} to sweep over", hint=FORM)
    for value, before in zip(sorted(listed)[1:], sorted(listed), strict=False):
        if value == before:
            raise UsageError("E841", f"{h.name} = {value} is listed twice")
    unit = common_unit(listed)
    if unit <= 0:
        raise UsageError("E008", h.problem(min(listed)) or f"{h.name} is positive")
    return unit, tuple(int(Fraction(value) / unit) for value in listed)


def _listed(values: str | Number | float | Iterable[Number | str | float]) -> Iterable[Number | str | float]:
    """Return values one by one; a single one may be given as it is."""
    if isinstance(values, str):
        return values.split(",")
    return values if isinstance(values, Iterable) else [values]


def _range(h: Hyperparameter, parts: Sequence[str]) -> tuple[Number, range]:
    if len(parts) > 3 or not all(parts):
        raise UsageError("E841", f"{quoted(':'.join(parts))} is no range of {h.name}", hint=FORM)
    first, last = _number(h.name, parts[0]), _number(h.name, parts[1])
    step = (
        _number(f"the step of {h.name}", parts[2]) if len(parts) == 3 else h.multiple_of or (1 if h.integer else None)
    )
    if step is None:
        raise UsageError("E841", f"the range of {h.name} has no step", hint=f"{h.name}={parts[0]}:{parts[1]}:1/32")
    if step <= 0:
        raise UsageError("E841", f"the step of {h.name} is positive, not {step}")
    if last < first:
        raise UsageError("E841", f"the range of {h.name} ends at {last}, before it begins at {first}")
    count = (Fraction(last) - first) // step + 1
    if count > MOST_VALUES:
        raise UsageError("E842", f"{count:,} values of {h.name}; at most {MOST_VALUES:,} can be swept over")
    unit = common_unit([first, step])
    start, jump = int(Fraction(first) / unit), int(Fraction(step) / unit)
    if start <= 0:
        raise UsageError("E008", h.problem(first) or f"{h.name} is positive, not {first}")
    return unit, range(start, start + count * jump, jump)


def _number(name: str, value: Number | str | float) -> Number:
    return exact_number(name, value.strip() if isinstance(value, str) else value)


def _presets(model: Model, values: Values) -> Axis:
    known = model.architecture.presets
    if not known:
        raise UsageError("E841", f"{model.architecture.name} has no presets")
    given = known if values is None else _listed(values)
    names = tuple(str(name).strip() for name in given)
    for name in names:
        if name not in known:
            raise UsageError(
                "E006", f"{model.architecture.name} has no preset {quoted(name)}", hint=one_of(name, known)
            )
        if names.count(name) > 1:
            raise UsageError("E841", f"the preset {name} is listed twice")
    return Axis(PRESET, PRESET, 1, tuple(range(len(names))), names)


def at(model: Model, axes: Sequence[Axis], positions: Sequence[int]) -> Model:
    """Return the model at a point of some axes."""
    values: dict[str, Number] = {}
    for axis, position in zip(axes, positions, strict=True):
        if axis.presets:
            model = _with_preset(model, axis.presets[position], {a.name for a in axes})
        else:
            values[axis.name] = axis.value(position)
    return model.with_values(**values) if values else model


def _with_preset(model: Model, name: str, swept: set[str]) -> Model:
    preset = model.architecture.presets[name]
    for bound in preset:
        if bound in swept or bound in model.bound:
            what = "swept over, too" if bound in swept else f"bound to {model.values[bound]}"
            raise UsageError("E840", f"the preset {name} binds {bound}, which is {what}")
    return model.with_values(**preset)
