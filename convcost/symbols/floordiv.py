"""The SymPy side of exact dimensions: floors that normalise themselves, rounding, maxima, substitution and decisions.

Two identities keep closed forms short. Integer parts leave a floor, ⌊(n·q + x)/n⌋ = q + ⌊x/n⌋ for whole q, and nested
floors become one, ⌊(⌊x/a⌋ + c)/b⌋ = ⌊(x + a·c)/(a·b)⌋ for whole a, b > 0 and whole c, so that five layers of stride 2
turn R into ⌈R/32⌉ and not into a tower.

Every free symbol is positive; those made with ``integer=True`` are at least 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import lcm
from typing import Any

from sympy import (
    Add,
    Expr,
    Function,
    Integer,
    Mul,
    Number,
    Pow,
    Rational,
    Symbol,
    expand,
    fraction,
    sympify,
    together,
)

from convcost.symbols.arith import Dim, is_symbolic, make_divisible, round_half_even

Relation = str


def free_symbol(name: str, *, integer: bool) -> Symbol:
    """Return the symbol a free hyperparameter is computed with: positive, and whole where ``integer`` says so.

    Symbols with other assumptions are other symbols to SymPy, so all are made here.
    """
    return Symbol(name, positive=True, integer=True) if integer else Symbol(name, positive=True)


def number(value: Expr) -> Dim:
    """Return a SymPy number as ``int`` or ``Fraction``, any other expression as it is.

    >>> number(Integer(3)), number(Rational(3, 4))
    (3, Fraction(3, 4))
    """
    if isinstance(value, Integer):
        return int(value)
    if isinstance(value, Rational):
        return Fraction(int(value.p), int(value.q))
    return value


def substitution(values: Mapping[Any, Dim]) -> Callable[[Dim], Dim]:
    """Return a function that replaces symbols by values; what becomes a number is ``int`` or ``Fraction``.

    >>> n = free_symbol("n", integer=True)
    >>> substitution({n: 7})(FloorDiv(n + 1, 2))
    4
    """
    mapping = {symbol: sympify(value) for symbol, value in values.items()}
    known: dict[Any, Dim] = {}

    def value(dim: Dim) -> Dim:
        if not is_symbolic(dim):
            return dim
        found = known.get(dim)
        if found is None:
            found = known[dim] = number(dim.xreplace(mapping))
        return found

    return value


class FloorDiv(Function):  # type: ignore[misc] # SymPy is untyped
    """⌊x / n⌋, kept in a normal form.

    >>> n = free_symbol("n", integer=True)
    >>> half = FloorDiv(n + 1, 2)
    >>> FloorDiv(half + 1, 2), FloorDiv(6 * n + 3, 2), FloorDiv(7, 2)
    (FloorDiv(n + 3, 4), 3*n + 1, 3)
    """

    nargs = 2
    is_integer = True
    is_finite = True

    @classmethod
    def eval(cls, x: Expr, n: Expr) -> Expr | None:
        """Normalise; None leaves the expression as it stands."""
        if not isinstance(n, Rational):
            quotient = (x / n).cancel() if not isinstance(n, Number) else None
            return quotient if quotient is not None and quotient.is_integer else None
        if isinstance(x, Rational):
            return Integer((x.p * n.q) // (x.q * n.p))
        outside, inside = _split_integer_part(monomials(x), Fraction(int(n.p), int(n.q)))
        if not inside:
            return summed(outside)
        numerator, denominator = _over_common_denominator(inside)
        if _whole(numerator) and _leading(numerator) < 0:  # ⌊-x/d⌋ = -⌊(x + d - 1)/d⌋ for whole x
            flipped = {term: -c for term, c in numerator.items()}
            flipped[Integer(1)] = flipped.get(Integer(1), Fraction(0)) + denominator - 1
            return summed(outside) - cls(summed(flipped), Integer(denominator))
        nested = _nested(numerator)
        if nested is not None:
            inner, rest = nested
            outer = cls(inner.args[0] + inner.args[1] * summed(rest), inner.args[1] * denominator)
            return summed(outside) + outer
        if not outside and numerator == monomials(x) and n == denominator:
            return None
        return summed(outside) + cls(summed(numerator), Integer(denominator), evaluate=False)


Terms = dict[Expr, Fraction]
"""A sum as monomial → coefficient; the monomial 1 carries the constant."""


def monomials(x: Expr) -> Terms:
    """Return a sum as monomials with their coefficients, expanded."""
    expanded = expand(x) if x.has(Add) and not _is_flat(x) else x
    terms: Terms = {}
    for summand in Add.make_args(expanded):
        coefficient, monomial = summand.as_coeff_Mul()
        if not isinstance(coefficient, Rational):  # infinities and irrational numbers do not come up in shapes
            coefficient, monomial = Integer(1), summand
        terms[monomial] = terms.get(monomial, Fraction(0)) + Fraction(int(coefficient.p), int(coefficient.q))
    return terms


def _is_flat(x: Expr) -> bool:
    """Tell whether x is a sum of monomials already, so that expanding it would change nothing."""
    return all(
        not isinstance(factor, Add) and not (isinstance(factor, Pow) and isinstance(factor.base, Add))
        for summand in Add.make_args(x)
        for factor in Mul.make_args(summand)
    )


def summed(terms: Terms) -> Expr:
    """Return a sum from its monomials."""
    return Add(*(Rational(c.numerator, c.denominator) * monomial for monomial, c in terms.items()))


def _split_integer_part(terms: Terms, divisor: Fraction) -> tuple[Terms, Terms]:
    """Divide by ``divisor`` and take out what is whole: (outside the floor, inside it)."""
    outside: Terms = {}
    inside: Terms = {}
    for monomial, coefficient in terms.items():
        quotient = coefficient / divisor
        if monomial == 1:
            whole = quotient.numerator // quotient.denominator
            if whole:
                outside[monomial] = Fraction(whole)
            if quotient != whole:
                inside[monomial] = quotient - whole
        elif quotient.denominator == 1 and monomial.is_integer:
            outside[monomial] = quotient
        else:
            inside[monomial] = quotient
    if set(inside) == {Integer(1)}:  # a constant in [0, 1) alone
        inside = {}
    return outside, inside


def _over_common_denominator(inside: Terms) -> tuple[Terms, int]:
    """Write the inside of a floor as numerator / denominator with whole coefficients.

    Where all monomials are whole the constant is lowered to a multiple of 1/denominator, which no floor can tell.
    """
    monomials = [m for m in inside if m != 1]
    denominator = lcm(*(inside[m].denominator for m in monomials))
    constant = inside.get(Integer(1), Fraction(0)) * denominator
    if not all(m.is_integer for m in monomials):
        denominator *= constant.denominator
        constant *= constant.denominator
    numerator = {m: inside[m] * denominator for m in monomials}
    lowered = constant.numerator // constant.denominator
    if lowered:
        numerator[Integer(1)] = Fraction(lowered)
    return numerator, denominator


def _whole(terms: Terms) -> bool:
    return all(c.denominator == 1 and (m == 1 or m.is_integer) for m, c in terms.items())


def _leading(terms: Terms) -> Fraction:
    """Return the coefficient that decides the sign of the normal form: that of the first monomial in SymPy's order."""
    return terms[min((m for m in terms if m != 1), key=lambda m: m.sort_key())]


def _nested(numerator: Terms) -> tuple[FloorDiv, Terms] | None:
    """Find the one floor with coefficient 1 in a sum that is whole otherwise: (that floor, the rest)."""
    floors = [m for m in numerator if isinstance(m, FloorDiv) and isinstance(m.args[1], Integer)]
    if len(floors) != 1 or numerator[floors[0]] != 1 or not _whole(numerator):
        return None
    return floors[0], {m: c for m, c in numerator.items() if m is not floors[0]}


class RoundHalfEven(Function):  # type: ignore[misc]
    """The nearest integer, halves to the even one."""

    nargs = 1
    is_integer = True
    is_finite = True

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        """Evaluate on numbers, and on what is whole already."""
        if isinstance(x, Rational):
            return sympify(round_half_even(number(x)))
        return x if x.is_integer else None


class MakeDivisible(Function):  # type: ignore[misc]
    """The multiple of a divisor nearest to x, at least the divisor and never below 90 % of x."""

    nargs = 2
    is_finite = True
    is_positive = True

    @classmethod
    def eval(cls, x: Expr, divisor: Expr) -> Expr | None:
        """Evaluate on numbers, and on whole multiples of the divisor."""
        if isinstance(x, Rational) and isinstance(divisor, Rational):
            return sympify(make_divisible(number(x), number(divisor)))
        if isinstance(divisor, Rational) and (x / divisor).is_integer and decide(x, ">=", number(divisor)):
            return x
        return None

    def _eval_is_integer(self) -> bool | None:
        return True if self.args[1].is_integer else None


class Maximum(Function):  # type: ignore[misc]
    """The largest of its arguments; two or more, the constant last."""

    is_finite = True

    @classmethod
    def eval(cls, *values: Expr) -> Expr | None:
        """Evaluate where one argument can be seen to be the largest."""
        reduced = symbolic_maximum(*(number(value) for value in values))
        if isinstance(reduced, Maximum) and reduced.args == values:
            return None
        return sympify(reduced)

    def _eval_is_integer(self) -> bool | None:
        return True if all(value.is_integer for value in self.args) else None


def symbolic_maximum(*values: Dim) -> Dim:
    """Return the largest value, dropping those that another one is never below.

    >>> n = free_symbol("n", integer=True)
    >>> symbolic_maximum(0, 2 * n - 1), symbolic_maximum(0, n - 3)
    (2*n - 1, Maximum(n - 3, 0))
    """
    flat: list[Dim] = []
    for value in values:
        flat.extend(map(number, value.args) if isinstance(value, Maximum) else [value])
    kept: list[Dim] = []
    for value in flat:
        if any(decide(other, ">=", value) for other in kept):
            continue
        kept = [other for other in kept if not decide(value, ">=", other)]
        kept.append(value)
    if len(kept) == 1:
        return kept[0]
    ordered = sorted(map(sympify, kept), key=lambda value: (isinstance(value, Number), value.sort_key()))
    return Maximum(*ordered, evaluate=False)


def decide(left: Dim, relation: Relation, right: Dim) -> bool | None:
    """Decide a comparison for all values of the symbols at once; None where that cannot be seen.

    >>> n = free_symbol("n", integer=True)
    >>> decide(4 * n, ">", 3), decide(n, "==", n), decide(n, "==", 7)
    (True, True, None)
    """
    low, high = (0, 0) if left == right else _sign_bounds(sympify(left) - sympify(right))
    match relation:
        case "==" | "!=":
            if low == high == 0:
                return relation == "=="
            return relation == "!=" if (low is not None and low > 0) or (high is not None and high < 0) else None
        case ">" | "<=":
            truth = True if low is not None and low > 0 else False if high is not None and high <= 0 else None
        case _:
            truth = True if low is not None and low >= 0 else False if high is not None and high < 0 else None
    if truth is None:
        return None
    return truth if relation in {">", ">="} else not truth


def _sign_bounds(difference: Expr) -> tuple[int | None, int | None]:
    """Return a lower and an upper bound of the sign of an expression, each -1, 0, 1 or None for unknown."""
    terms = {m: c for m, c in monomials(difference).items() if c}
    if not terms:
        return 0, 0
    low = _lowest_sign(terms)
    high = _lowest_sign({m: -c for m, c in terms.items()})
    return low, None if high is None else -high


def _lowest_sign(terms: Terms) -> int | None:
    """Return 1 if the sum is positive for all values, 0 if it is never negative, None if that cannot be seen.

    Every atom a is written as lower bound + a' with a' ≥ 0; the sum is then never negative if no coefficient is.
    """
    lowest = {atom: least(atom) for atom in atoms_of(terms)}
    if any(low.is_negative for low in lowest.values()):
        return None
    shift = {atom: low + Symbol(f"_{i}", nonnegative=True) for i, (atom, low) in enumerate(lowest.items())}
    shifted = monomials(expand(summed(terms).xreplace(shift)))
    if any(c < 0 for c in shifted.values()):
        return None
    if shifted.get(Integer(1), Fraction(0)) > 0:
        return 1
    # every monomial of positive reals is positive: α > 0 although its lower bound is 0
    return 1 if all(c > 0 for c in terms.values()) and all(m == 1 or m.is_positive for m in terms) else 0


def atoms_of(terms: Terms) -> list[Expr]:
    """Return what the monomials are products of: symbols, floors, roundings and maxima."""
    atoms: dict[Expr, None] = {}
    for monomial in terms:
        for factor in Mul.make_args(monomial):
            base = factor.base if isinstance(factor, Pow) else factor
            if base != 1:
                atoms[base] = None
    return list(atoms)


def least(atom: Expr) -> Expr:
    """Return a lower bound of an atom that is never negative; -1 where none is known."""
    if isinstance(atom, Symbol):
        return Integer(1) if atom.is_integer and atom.is_positive else Integer(0)
    if isinstance(atom, FloorDiv) and isinstance(atom.args[1], Number):
        terms = monomials(atom.args[0])
        bounds = {a: least(a) for a in atoms_of(terms)}
        if all(c >= 0 or m == 1 for m, c in terms.items()) and not any(low.is_negative for low in bounds.values()):
            return FloorDiv(summed(terms).xreplace(bounds), atom.args[1])
    if isinstance(atom, MakeDivisible) and isinstance(atom.args[1], Number):
        return atom.args[1]
    if isinstance(atom, Maximum) and isinstance(atom.args[-1], Number):
        return atom.args[-1]
    return Integer(-1)


def total(values: Iterable[Dim]) -> Dim:
    """Add dimensions up; equal ones are counted first, and a symbolic sum is expanded once at the end.

    >>> n = free_symbol("n", integer=True)
    >>> total([n, 3, n * (n + 1), 3])
    n**2 + 2*n + 6
    """
    occurrences = Counter(values)
    symbolic = [count * value for value, count in occurrences.items() if is_symbolic(value)]
    numeric = sum(count * value for value, count in occurrences.items() if not is_symbolic(value))
    if not symbolic:
        return numeric
    result = Add(*symbolic, sympify(numeric))
    return number(result if _is_flat(result) else expand(result))


def divisibility(left: Dim, right: Dim) -> tuple[Dim, Dim] | None:
    """Return (n, x) where left = right says that n divides x: x/n = ⌊x/n⌋, or x - n ⌊x/n⌋ = 0; else None.

    >>> c, s = free_symbol("c", integer=True), free_symbol("s", integer=True)
    >>> divisibility(c / s, FloorDiv(c, s)), divisibility(c - 4 * FloorDiv(c, 4), 0), divisibility(c, 4)
    ((s, c), (4, c), None)
    """
    difference = sympify(left) - right
    for floored in difference.atoms(FloorDiv):
        x, n = floored.args
        for remainder in (x / n - floored, x - n * floored):
            if expand(difference - remainder) == 0:
                dividend, divisor = fraction(together(x / n))
                return number(divisor), number(dividend)
    return None
