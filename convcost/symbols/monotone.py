"""Proofs that an expression never falls as one of its symbols rises."""

from __future__ import annotations

from typing import Any

from convcost.symbols.arith import Dim, is_symbolic


def never_falls(expression: Dim, symbol: Any) -> bool:
    """Tell whether an expression is proven never to fall as a symbol rises, whatever the others are.

    Floors, roundings and maxima of what never falls never fall. Nor does make_divisible: as x rises, its nearest
    multiple k·d becomes (k + 1)·d at x = (k + 1/2)·d, or before that because 9x/10 has passed k·d, and there 9x/10 is
    below (k + 1)·d. A sum is written in its atoms (symbols, floors, ...), each as its lower bound and the rest, which
    never falls and is not negative; it never falls if no monomial with a rest that depends on the symbol has a negative
    coefficient then.

    Returns
    -------
    bool
        False where there is no such proof, which does not mean that the expression falls.

    >>> from convcost.symbols.floordiv import FloorDiv, free_symbol
    >>> n = free_symbol("n", integer=True)
    >>> never_falls(9 * n**2 - 12 * n + 4, n), never_falls(FloorDiv(n + 1, 2) * n, n), never_falls(n**2 - 4 * n, n)
    (True, True, False)
    """
    from sympy import Number

    from convcost.symbols.floordiv import FloorDiv, MakeDivisible, Maximum, RoundHalfEven

    if not is_symbolic(expression) or not expression.has(symbol) or expression == symbol:
        return True
    if isinstance(expression, FloorDiv | MakeDivisible):
        rounded, divisor = expression.args
        return isinstance(divisor, Number) and bool(divisor.is_positive) and never_falls(rounded, symbol)
    if isinstance(expression, RoundHalfEven | Maximum):
        return all(never_falls(argument, symbol) for argument in expression.args)
    return _sum_never_falls(expression, symbol)


def _sum_never_falls(expression: Any, symbol: Any) -> bool:
    from sympy import Mul, Symbol, expand

    from convcost.symbols.floordiv import (
        FloorDiv,
        MakeDivisible,
        Maximum,
        RoundHalfEven,
        atoms_of,
        least,
        monomials,
        summed,
    )

    terms = monomials(expression)
    if not all(_is_whole_power(factor) for monomial in terms for factor in Mul.make_args(monomial)):
        return False
    atoms = atoms_of(terms)
    if not all(isinstance(atom, Symbol | FloorDiv | MakeDivisible | RoundHalfEven | Maximum) for atom in atoms):
        return False
    lowest = {atom: least(atom) for atom in atoms}
    if any(low.is_negative for low in lowest.values()) or not all(never_falls(atom, symbol) for atom in atoms):
        return False
    rests = {atom: Symbol(f"_{i}", nonnegative=True) for i, atom in enumerate(atoms)}
    rising = {rest for atom, rest in rests.items() if atom.has(symbol)}
    shifted = monomials(expand(summed(terms).xreplace({atom: lowest[atom] + rest for atom, rest in rests.items()})))
    return all(c >= 0 for monomial, c in shifted.items() if rising & monomial.free_symbols)


def _is_whole_power(factor: Any) -> bool:
    return not factor.is_Pow or (factor.exp.is_Integer and factor.exp > 0)
