"""Sizes that differ between instances, as expressions in hyperparameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

from convcost.errors import DomainError
from convcost.lifting.forms import FORMS, Form, factor
from convcost.symbols import Dim, floor, is_symbolic
from convcost.symbols.arith import exact, make_divisible, maximum

Number: TypeAlias = int | Fraction
Vector: TypeAlias = tuple[Number, ...]
"""One size in each instance."""

PARTS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
ROUNDED_PARTS = (8, 4)


class Relation(NamedTuple):
    """How a size may follow from another: a multiple or a part of it, rounded to a multiple of ``divisor``.

    0 is for a multiple, which is whole, and 1 for the next whole number below.
    """

    ratio: Fraction
    divisor: int

    def of(self, value: Any) -> Any:
        """Return the size that follows from this one."""
        scaled = _times(exact(self.ratio), value)
        return (
            scaled
            if self.divisor == 0
            else floor(scaled)
            if self.divisor == 1
            else make_divisible(scaled, self.divisor)
        )

    def gives(self, base: Vector, vector: Vector) -> bool:
        """Tell whether it leads from one size to another in every instance."""
        return all(self.of(b) == v for b, v in zip(base, vector, strict=True))


def _relations(base: Vector, vector: Vector) -> Iterator[Relation]:
    """Yield how a size follows from another, the plainest first."""
    if base == vector:
        return
    ratios = dict.fromkeys(Fraction(v) / Fraction(b) for b, v in zip(base, vector, strict=True))
    for ratio in (*ratios, *(Fraction(1, part) for part in PARTS)):
        if ratio.denominator <= max(PARTS) and ratio != 1:
            for divisor in (0, 1, *ROUNDED_PARTS) if ratio.denominator == 1 else (1, *ROUNDED_PARTS):
                if Relation(ratio, divisor).gives(base, vector):
                    yield Relation(ratio, divisor)


def _cover(choices: Sequence[tuple[Relation, ...]]) -> Iterator[Relation]:
    """Yield relations of which each choice has one: those first that most have, and of these the plainest."""
    left = list(choices)
    while left:
        counts = Counter(relation for choice in left for relation in choice)
        best = min(counts, key=lambda r: (-counts[r], r.ratio.denominator, r.ratio.numerator, r.divisor))
        yield best
        left = [choice for choice in left if best not in choice]


class Seen:
    """A size that differs, where it was seen.

    Attributes
    ----------
    bases : tuple of Vector
        What it may be a multiple of: the channels of the input.
    spatial : bool
        Whether it is an extent of an image.
    """

    __slots__ = ("bases", "place", "spatial", "vector")

    def __init__(self, vector: Vector, place: str, bases: tuple[Vector, ...] = (), *, spatial: bool = False) -> None:
        self.vector = vector
        self.place = place
        self.bases = bases
        self.spatial = spatial

    @property
    def relations(self) -> tuple[Relation, ...]:
        """How it may follow from one of them."""
        return tuple(dict.fromkeys(relation for base in self.bases for relation in _relations(base, self.vector)))


class Explainer:
    """Explains sizes by hyperparameters, the simplest way first.

    Parameters
    ----------
    hyperparameters : mapping
        The values of each in the instances.
    symbols : mapping
        What each is called in expressions.
    spatial : set of str
        Those that are extents of images, which explain other extents rather than channels.
    sizes : iterable of Seen
        All sizes that differ: they have one rounding in common, if any explains them.
    """

    def __init__(
        self,
        hyperparameters: Mapping[str, Vector],
        symbols: Mapping[str, Any],
        spatial: frozenset[str],
        sizes: Iterable[Seen],
    ) -> None:
        self.hyperparameters = hyperparameters
        self.symbols = symbols
        self.spatial = spatial
        self.known: dict[Vector, Dim] = {}
        self.notes: list[str] = []
        distinct = list({(seen.vector, seen.bases): seen for seen in sizes}.values())
        self.forms = {name: self.form(name, distinct) for name in hyperparameters}
        needed = [seen.relations for seen in distinct if self.direct(seen, itself=True) is None]
        self.relations = tuple(_cover([found for found in needed if found]))

    def form(self, name: str, sizes: Sequence[Seen]) -> Form:
        """Return the rounding that explains most sizes directly; those that may be multiples of others come second."""
        numbers = self.hyperparameters[name]
        own = [seen for seen in sizes if seen.spatial == (name in self.spatial)]
        counts: Counter[str] = Counter()
        for seen in [seen for seen in own if not any(r.divisor == 0 for r in seen.relations)] or own:
            counts.update(form.name for form in FORMS if factor(form, seen.vector, numbers) is not None)
        best = max(counts.values(), default=0)
        fitting = [form for form in FORMS if counts[form.name] == best]
        if best and len(fitting) > 1 and name not in self.spatial:
            how = "in proportion; rounded, too, they are the same" if fitting[0].reach == 0 else fitting[0].name
            others = (
                "" if fitting[0].reach == 0 else f"; {' or '.join(form.name for form in fitting[1:])} would do, too"
            )
            self.note(f"sizes follow {name}: {how}{others}")
        return fitting[0]

    def direct(self, seen: Seen, *, itself: bool = False) -> Dim | None:
        """Return an expression in one hyperparameter with the rounding of most sizes.

        With ``itself`` it has to name the size that an instance has where the hyperparameter is 1.
        """
        for name in self.names(seen):
            numbers = self.hyperparameters[name]
            c = factor(self.forms[name], seen.vector, numbers)
            if c is not None and not (itself and 1 in numbers and seen.vector[numbers.index(1)] != c):
                return self.forms[name].of(_times(c, self.symbols[name]))
        return None

    def names(self, seen: Seen) -> list[str]:
        """Return the hyperparameters, those first that explain sizes of this kind."""
        return sorted(self.hyperparameters, key=lambda name: seen.spatial != (name in self.spatial))

    def explain(self, seen: Seen, bases: Sequence[tuple[Vector, Dim]] = ()) -> Dim:
        """Return an expression for a size; ``bases`` are what it may follow, with their expressions.

        Raises
        ------
        DomainError
            E771 for a size that no expression gives.
        """
        for base, expression in bases:
            for relation in self.relations:
                if relation.gives(base, seen.vector):
                    return relation.of(expression)
        found = self.known.get(seen.vector)
        if found is None:
            found = self.direct(seen)
            if found is None:
                found = self.part(seen.vector, bases)
            if found is None:
                found = self.other(seen)
            if found is None:
                raise DomainError(
                    "E771",
                    f"{seen.place} is {listed(seen.vector)}, which does not follow from {self.values()}",
                    hint="lift another hyperparameter, too, or instances that differ in less",
                )
            self.known[seen.vector] = found
        return found

    def part(self, vector: Vector, bases: Sequence[tuple[Vector, Dim]]) -> Dim | None:
        """Return a size as a part of another that is known, rounded if need be."""
        for base, expression in (*bases, *reversed(self.known.items())):
            for relation in _relations(base, vector):
                return relation.of(expression)
        return None

    def other(self, seen: Seen) -> Dim | None:
        """Return a size by another rounding than most, by a square, or by a sum with a constant."""
        vector, names = seen.vector, self.names(seen)
        for name in names:
            numbers, symbol = self.hyperparameters[name], self.symbols[name]
            for form in FORMS:
                c = factor(form, vector, numbers)
                if c is not None:
                    return form.of(_times(c, symbol))
            least = [max(h, 1) for h in numbers]
            c = factor(self.forms[name], vector, least)
            if c is not None:
                return self.forms[name].of(_times(c, maximum(symbol, 1)))
            c = factor(FORMS[0], vector, [h * h for h in numbers])
            if c is not None:
                return _times(c, symbol**2)
        for name in names:
            numbers, symbol = self.hyperparameters[name], self.symbols[name]
            sloped = _line(vector, numbers)
            if sloped is not None:
                slope, constant = sloped
                if len(set(numbers)) < 3:
                    self.note(f"{listed(vector)} may be another function of {name} than {slope}·{name} + {constant}")
                return _times(slope, symbol) + constant
        return None

    def note(self, text: str) -> None:
        """Note an ambiguity, once."""
        if text not in self.notes:
            self.notes.append(text)

    def values(self) -> str:
        """Return the hyperparameters with their values."""
        return " and ".join(f"{name} = {listed(values)}" for name, values in self.hyperparameters.items())


def listed(vector: Vector) -> str:
    """Return numbers with commas between."""
    return ", ".join(map(str, vector))


def _times(c: Any, value: Any) -> Any:
    """Return a product, exactly."""
    if not is_symbolic(value):
        return exact(Fraction(c) * value)
    if isinstance(c, Fraction):
        return value * c.numerator / c.denominator
    return value * c


def _line(vector: Vector, numbers: Sequence[Number]) -> tuple[Number, Number] | None:
    """Return slope and constant of a line through all points, whole numbers only."""
    points = sorted(dict(zip(numbers, vector, strict=True)).items())
    if len(points) < 2 or len(set(zip(numbers, vector, strict=True))) != len(points):
        return None
    (x, y), (z, w) = points[0], points[-1]
    slope = exact((Fraction(w) - y) / (Fraction(z) - x))
    constant = exact(y - slope * x)
    if not isinstance(slope, int) or not isinstance(constant, int) or slope <= 0:
        return None
    return (slope, constant) if all(slope * h + constant == v for h, v in points) else None
