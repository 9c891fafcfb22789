"""Sensitivity: what one per cent more of a hyperparameter costs, part by part, and where another part comes to lead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, zip_longest
from math import lcm

from convcost.cost.closed_form import ClosedForm, Variable
from convcost.model import Number
from convcost.records import Record
from convcost.studies.formula import Behaviour, Formula, behaviour
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.arith import exact

MOST_VALUES = 1024
"""Admissible values that are looked at one by one where roundings stay in a formula."""

FARTHEST = 4
"""Without a range in the spec, values up to so many times the default are looked at."""

PLACES = 5
"""Digits behind the point of a crossing."""

Polynomial = tuple[Fraction, ...]
"""Coefficients, the constant first."""


class Part(Record):
    """A part of a network and how its cost behaves.

    Attributes
    ----------
    value : number or None
        What it costs at the defaults; None where they are outside the domain of the formula.
    behaviour : tuple of Behaviour
        Degree and elasticity, one for each free hyperparameter.
    """

    name: str
    value: Number | None
    behaviour: tuple[Behaviour, ...]


class Reign(Record):
    """Values of a hyperparameter for which one part costs most, the others at their defaults.

    Attributes
    ----------
    part : str
        Its name.
    first, last : number or None
        The admissible values between which it does; ``last`` is None for no end, both are where it is not known which
        values are admissible.
    since : Fraction or None
        The real number from which on it does, cut to ``PLACES`` digits behind the point; None for the first reign, and
        where the formulas are no polynomials.
    """

    part: str
    first: Number | None
    last: Number | None
    since: Fraction | None = None


class Course(Record):
    """Which part costs most as a hyperparameter grows.

    Attributes
    ----------
    reigns : tuple of Reign
        In rising order, those without an admissible value left out; at ties the part that led before leads.
    until : number or None
        The last value that was looked at; None for polynomials, which are known for all values.
    """

    variable: Variable
    reigns: tuple[Reign, ...]
    until: Number | None = None


class Sensitivity(Record):
    """How the cost of a network reacts to its hyperparameters.

    Attributes
    ----------
    parts : tuple of Part
        In the order of the network.
    whole : Part
        Their sum.
    courses : tuple of Course
        One for each free hyperparameter on which the parts depend.
    """

    formula: Formula
    parts: tuple[Part, ...]
    whole: Part
    courses: tuple[Course, ...]


def sensitivity(formula: Formula) -> Sensitivity:
    """Return how a formula and its parts react to the free hyperparameters.

    The elasticity of a part is d ln f / d ln x at the defaults, roundings left out; that of the whole is the sum of
    those of its parts, weighed by their shares, but for these roundings. Where a part begins to cost more than all
    others is found exactly: by the roots of polynomials, or, where roundings stay in the formulas, by looking at the
    admissible values.

    Parameters
    ----------
    formula : Formula
        With parts: ``formula(..., by="stage")``.
    """
    if formula.closed.partial:
        formula.model.analyze(formula.convention).complete()
    parts = tuple(_part(name, form) for name, form in formula.parts.items())
    whole = _part("Total", formula.closed)
    courses = []
    for v in formula.closed.variables:
        moving = [
            part for part in parts if any(b.name == v.name and (b.degree or b.elasticity) for b in part.behaviour)
        ]
        course = _course(formula, v) if moving else None
        if course is not None:
            courses.append(course)
    return Sensitivity(formula, parts, whole, tuple(courses))


def _part(name: str, form: ClosedForm) -> Part:
    defaults = {v.name: v.default for v in form.variables}
    return Part(name, form.at() if form.holds(defaults) else None, behaviour(form))


def _course(formula: Formula, variable: Variable) -> Course | None:
    """Return which part leads along a hyperparameter; None where it is not known which values are admissible."""
    forms = _along(formula, variable)
    polynomials = {name: _polynomial(form, variable) for name, form in forms.items()}
    known = {name: polynomial for name, polynomial in polynomials.items() if polynomial is not None}
    if len(known) == len(forms) and not formula.closed.guards:
        return Course(variable, tuple(_envelope(known, variable)))
    values = _admissible(formula, variable)
    return Course(variable, tuple(_scan(forms, variable, values)), values[-1]) if values else None


def _along(formula: Formula, variable: Variable) -> Mapping[str, Dim]:
    """Return the parts as expressions in one hyperparameter, the others at their defaults."""
    from convcost.symbols.floordiv import substitution

    others = [v for v in formula.closed.variables if v.name != variable.name]
    bound = substitution({v.symbol(): exact(Fraction(v.default) / v.unit) for v in others})
    return {name: bound(form.expression) for name, form in formula.parts.items()}


def _polynomial(expression: Dim, variable: Variable) -> Polynomial | None:
    """Return the coefficients in the hyperparameter itself; None for what is no polynomial."""
    if not is_symbolic(expression):
        return (Fraction(expression),)
    from sympy import Poly

    from convcost.symbols.floordiv import number

    if not expression.is_polynomial(variable.symbol()):
        return None
    coefficients = reversed(Poly(expression, variable.symbol()).all_coeffs())
    return tuple(Fraction(number(c)) / variable.unit**k for k, c in enumerate(coefficients))


def _value(polynomial: Polynomial, x: Number) -> Fraction:
    return sum((c * Fraction(x) ** k for k, c in enumerate(polynomial)), Fraction(0))


def _envelope(polynomials: Mapping[str, Polynomial], variable: Variable) -> Iterable[Reign]:
    """Yield the reigns for all positive values: between the places where two parts cost the same one of them leads."""
    names = _undominated(polynomials)
    equal = sorted({root for i, a in enumerate(names) for b in names[:i] for root in _roots(polynomials, a, b)})
    bounds = [Fraction(0), *equal]
    samples = [*((a + b) / 2 for a, b in pairwise(bounds)), bounds[-1] + 1]
    leaders = [max(names, key=lambda name, x=x: _value(polynomials[name], x)) for x in samples]  # type: ignore[misc]
    changes = [i for i in range(1, len(leaders)) if leaders[i] != leaders[i - 1]]
    step = _admissible_step(variable)
    first = None if step is None else 1
    since = None
    for i in (*changes, len(leaders)):
        ends = i == len(leaders)
        last = (
            None
            if ends or step is None
            else _last(step, polynomials[leaders[i - 1]], polynomials[leaders[i]], bounds[i])
        )
        if first is None or last is None or first <= last:
            yield Reign(leaders[i - 1], _times(first, step), _times(last, step), since)
        if not ends:
            first, since = None if last is None else last + 1, _cut(bounds[i])


def _undominated(polynomials: Mapping[str, Polynomial]) -> list[str]:
    """Return the parts that can lead somewhere: no other one has coefficients that are all at least as large."""
    length = max(map(len, polynomials.values()))
    padded = {name: (*p, *[Fraction(0)] * (length - len(p))) for name, p in polynomials.items()}
    kept: list[str] = []
    for name, coefficients in padded.items():
        if any(all(a >= b for a, b in zip(padded[other], coefficients, strict=True)) for other in kept):
            continue
        kept = [other for other in kept if any(a > b for a, b in zip(padded[other], coefficients, strict=True))]
        kept.append(name)
    return [name for name in polynomials if name in kept]


def _roots(polynomials: Mapping[str, Polynomial], one: str, other: str) -> Iterable[Fraction]:
    """Yield the positive numbers at which two parts cost the same, to far more digits than are shown."""
    from sympy import Poly, Symbol

    a, b = polynomials[one], polynomials[other]
    difference = [x - y for x, y in zip_longest(a, b, fillvalue=Fraction(0))]
    scale = lcm(*(c.denominator for c in difference))
    poly = Poly([int(c * scale) for c in reversed(difference)], Symbol("x"))
    if poly.degree() < 1:
        return
    for (low, high), _ in poly.intervals(eps=Fraction(1, 10**30), inf=0):
        middle = (Fraction(low.p, low.q) + Fraction(high.p, high.q)) / 2
        if middle > 0:
            yield middle


def _last(step: Number, before: Polynomial, after: Polynomial, place: Fraction) -> int:
    """Return the last admissible value, in steps, up to which one part leads before another; 0 for none."""
    units = place // Fraction(step)
    while _value(before, (units + 1) * step) >= _value(after, (units + 1) * step):
        units += 1
    while units > 0 and _value(before, units * step) < _value(after, units * step):
        units -= 1
    return units


def _times(units: int | None, step: Number | None) -> Number | None:
    return None if units is None or step is None else exact(units * Fraction(step))


def _admissible_step(variable: Variable) -> Number | None:
    return variable.multiple_of or (1 if variable.integer else None)


def _admissible(formula: Formula, variable: Variable) -> Sequence[Number]:
    """Return the admissible values that are looked at: of the range, or up to some times the default."""
    h = formula.model.architecture.hyperparameters[variable.name]
    step = _admissible_step(variable)
    if step is None:
        values = sorted(h.choices)
    else:
        low, high = h.range or (step, FARTHEST * variable.default)
        first = -(-Fraction(low) // step)
        last = min(Fraction(high) // step, first + MOST_VALUES - 1)
        values = [exact(units * Fraction(step)) for units in range(first, last + 1)]
    defaults = {v.name: v.default for v in formula.closed.variables}
    return [value for value in values if formula.closed.holds(defaults | {variable.name: value})]


def _scan(forms: Mapping[str, Dim], variable: Variable, values: Sequence[Number]) -> Iterable[Reign]:
    """Yield the reigns over values that are looked at one by one."""
    from convcost.symbols.program import Program

    program, names = Program(forms.values(), [variable.symbol()]), list(forms)
    reigns: list[Reign] = []
    for value in values:
        costs = program(exact(Fraction(value) / variable.unit))
        leader = names[max(range(len(costs)), key=lambda i: costs[i])]
        if reigns and reigns[-1].part == leader:
            reigns[-1] = reigns[-1].replaced(last=value)
        else:
            reigns.append(Reign(leader, value, value))
    return reigns


def _cut(value: Fraction) -> Fraction:
    return Fraction(value * 10**PLACES // 1, 10**PLACES)
