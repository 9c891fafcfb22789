"""From SymPy expressions to a tape: whole numbers throughout, common parts once, few operations on many points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from convcost.studies.sweep.tape import Ratio, Tape
from convcost.symbols import Dim, is_symbolic

Monomial = tuple[tuple[int, int], ...]
"""Places on the tape with their exponents."""

Polynomial = dict[Monomial, int]


class Writer:
    """Writes expressions in some symbols to a tape.

    A sum is collected along one axis first, the one that leaves the fewest products, and then by Horner's rule in the
    factor that occurs most often. On a grid Σ h_k(R)² · P_k(α) then takes one product and one sum a point for each k,
    for every P_k is computed along a line.

    Parameters
    ----------
    symbols : mapping of Symbol to int
        Which input of the tape each is; each input is an axis.
    """

    def __init__(self, tape: Tape, symbols: Mapping[Any, int]) -> None:
        self.tape = tape
        self._marks: list[frozenset[int]] = []
        self._atoms = {symbol: self._ratio(tape.symbol(i)) for symbol, i in symbols.items()}

    def write(self, expression: Dim) -> Ratio:
        """Return where the value of an expression stands.

        Raises
        ------
        ValueError
            For a function that a tape has no operation for.
        """
        tape = self.tape
        terms = self._terms(expression)
        lowest: dict[int, int] = {}
        for monomial in terms:
            for place, exponent in monomial:
                lowest[place] = min(lowest.get(place, 0), exponent)
        scale = lcm(*(c.denominator for c in terms.values()))
        beneath = tape.constant(scale)
        for place, exponent in lowest.items():
            beneath = tape.mul(beneath, tape.power(place, -exponent))
        whole: Polynomial = {}
        for monomial, c in terms.items():
            exponents = Counter({place: -exponent for place, exponent in lowest.items()})
            exponents.update(dict(monomial))
            key = tuple(sorted((place, exponent) for place, exponent in exponents.items() if exponent))
            whole[key] = int(c * scale)
        return Ratio(self._collected(whole, frozenset()), beneath)

    def _terms(self, expression: Dim) -> dict[Monomial, Fraction]:
        """Return an expression as a sum of monomials in steps of the tape; exponents may be negative."""
        if not is_symbolic(expression):
            return {(): Fraction(expression)}
        from sympy import Add, Mul, Pow, expand

        found: dict[Monomial, Fraction] = {}
        for summand in Add.make_args(expand(expression)):
            coefficient, product = summand.as_coeff_Mul()
            if not coefficient.is_Rational:
                coefficient, product = 1, summand
            c = Fraction(int(coefficient.p), int(coefficient.q)) if coefficient != 1 else Fraction(1)
            exponents: Counter[int] = Counter()
            for factor in Mul.make_args(product):
                if factor == 1:
                    continue
                base, exponent = factor.args if isinstance(factor, Pow) else (factor, 1)
                ratio = self._atom(base)
                divisor = self.tape.known(ratio.beneath)
                if divisor is None or int(exponent) != exponent:
                    raise ValueError(f"no tape has {factor}")
                exponents[ratio.above] += int(exponent)
                c /= Fraction(divisor) ** int(exponent)
            key = tuple(sorted((place, exponent) for place, exponent in exponents.items() if exponent))
            found[key] = found.get(key, Fraction(0)) + c
        return found

    def _atom(self, atom: Any) -> Ratio:
        found = self._atoms.get(atom)
        if found is None:
            found = self._atoms[atom] = self._function(atom)
        return found

    def _function(self, atom: Any) -> Ratio:
        name = type(atom).__name__
        if name == "Add":
            return self.write(atom)
        arguments = [self.write(_number(argument)) for argument in atom.args]
        match name, arguments:
            case "FloorDiv", [x, n]:
                return self._ratio(self._floor(x, n))
            case "Maximum", [first, *others]:
                for other in others:
                    first = self._maximum(first, other)
                return first
            case "RoundHalfEven", [x]:
                return self._ratio(self._round_half_even(x))
            case "MakeDivisible", [x, d]:
                return self._make_divisible(x, d)
        raise ValueError(f"no tape has {name}")

    def _ratio(self, place: int) -> Ratio:
        return Ratio(place, self.tape.constant(1))

    def _floor(self, x: Ratio, n: Ratio) -> int:
        tape = self.tape
        return tape.floor(tape.mul(x.above, n.beneath), tape.mul(x.beneath, n.above))

    def _maximum(self, a: Ratio, b: Ratio) -> Ratio:
        tape = self.tape
        above = tape.maximum(tape.mul(a.above, b.beneath), tape.mul(b.above, a.beneath))
        return Ratio(above, tape.mul(a.beneath, b.beneath))

    def _round_half_even(self, x: Ratio) -> int:
        """Return ⌊x + 1/2⌋, less 1 where x + 1/2 is whole and odd."""
        tape = self.tape
        double, above = tape.mul(x.beneath, tape.constant(2)), tape.add(tape.mul(x.above, tape.constant(2)), x.beneath)
        up = tape.floor(above, double)
        remainder = tape.subtract(above, tape.mul(double, up))
        halfway = tape.negative(tape.subtract(remainder, tape.constant(1)))  # -1 where nothing remains
        odd = tape.subtract(up, tape.mul(tape.constant(2), tape.floor(up, tape.constant(2))))
        return tape.add(up, tape.mul(halfway, odd))

    def _make_divisible(self, x: Ratio, divisor: Ratio) -> Ratio:
        """Return d · max(1, ⌊x/d + 1/2⌋), and d more where that is below 9x/10."""
        tape = self.tape
        # in units of the divisor: x / d
        above, beneath = tape.mul(x.above, divisor.beneath), tape.mul(x.beneath, divisor.above)
        two = tape.constant(2)
        nearest = tape.floor(tape.add(tape.mul(two, above), beneath), tape.mul(two, beneath))
        nearest = tape.maximum(nearest, tape.constant(1))
        lost = tape.subtract(tape.mul(tape.constant(10), tape.mul(nearest, beneath)), tape.mul(tape.constant(9), above))
        steps = tape.subtract(nearest, tape.negative(lost))
        return Ratio(tape.mul(steps, divisor.above), divisor.beneath)

    def _collected(self, polynomial: Polynomial, done: frozenset[int]) -> int:
        """Return the place of a sum, collected along one axis after the other."""
        places = {place for monomial in polynomial for place, _ in monomial}
        pure = {place: self._axes(place) for place in places}
        axes = {axis for marks in pure.values() if len(marks) == 1 for axis in marks} - done
        if len(frozenset().union(*pure.values())) < 2 or not axes:
            return self._horner(polynomial)
        by_axis: dict[int, dict[Monomial, Polynomial]] = {}
        for axis in axes:
            groups = by_axis[axis] = {}
            for monomial, c in polynomial.items():
                outside = tuple(each for each in monomial if pure[each[0]] == {axis})
                inside = tuple(each for each in monomial if pure[each[0]] != {axis})
                groups.setdefault(outside, {})[inside] = c
        axis = min(by_axis, key=lambda each: (len(by_axis[each]), each))
        total = self.tape.constant(0)
        for common, rest in sorted(by_axis[axis].items()):
            inner = self._collected(rest, done | {axis})
            total = self.tape.add(total, self.tape.mul(self._product(common), inner))
        return total

    def _horner(self, polynomial: Polynomial) -> int:
        """Return the place of a sum, by Horner's rule in the factor that most of its products have."""
        tape = self.tape
        counts = Counter(place for monomial in polynomial for place, _ in monomial)
        common, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        if times < 2:
            total = tape.constant(0)
            for monomial, c in sorted(polynomial.items()):
                total = tape.add(total, tape.mul(self._product(monomial), tape.constant(c)))
            return total
        inside: Polynomial = {}
        outside: Polynomial = {}
        for monomial, c in polynomial.items():
            exponents = dict(monomial)
            if common not in exponents:
                outside[monomial] = c
                continue
            exponents[common] -= 1
            inside[tuple((place, exponent) for place, exponent in exponents.items() if exponent)] = c
        return tape.add(tape.mul(self._horner(inside), common), self._horner(outside))

    def _product(self, monomial: Monomial) -> int:
        place = self.tape.constant(1)
        for atom, exponent in monomial:
            place = self.tape.mul(place, self.tape.power(atom, exponent))
        return place

    def _axes(self, place: int) -> frozenset[int]:
        """Return the axes on which a step depends."""
        if len(self._marks) <= place:
            self._marks = self.tape.depends(self._marks, place + 1)
        return self._marks[place]


def _number(argument: Any) -> Dim:
    from convcost.symbols.floordiv import number

    return number(argument)
