"""The real bound: where a closed form is a polynomial in a hyperparameter, its root says how large that may be."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

from convcost.budgets import Budget
from convcost.cost import Convention
from convcost.cost.closed_form import ClosedForm, Variable
from convcost.errors import ConvcostError
from convcost.model import Model
from convcost.studies.solve.axes import Axis
from convcost.studies.solve.result import Bound, Root
from convcost.symbols import Dim, is_symbolic

PLACES = 5
"""Digits behind the point of a real bound."""

BUDGET = "B"
"""The symbol of the budget in formulas."""


def bound(model: Model, axis: Axis, budget: Budget, convention: Convention) -> Bound | None:
    """Return how large a hyperparameter may be, from the closed form; None where roundings stay in it.

    The polynomial has to rise for all positive values: a negative coefficient, and there is no bound.
    """
    others = [v.name for v in model.variables() if v.name != axis.name]
    try:
        symbolic = model.symbolic([axis.name, *others], {axis.name: axis.unit}, convention=convention)
        symbolic.analysis.complete()
        form = symbolic.closed_form(budget.metric)
    except ConvcostError:
        return None
    variable = next((v for v in form.variables if v.name == axis.name), None)
    if variable is None or form.guards:
        return None
    numbers = _at_others(form, model, variable)
    coefficients = _coefficients(numbers, variable.symbol())
    if coefficients is None or len(coefficients) < 2 or any(Fraction(c) < 0 for c in coefficients[1:]):
        return None
    root, exact = _root([Fraction(c) for c in coefficients], variable, budget.limit)
    return Bound(budget, axis, form, root, PLACES, exact, _formula(form, variable))


def _at_others(form: ClosedForm, model: Model, variable: Variable) -> Dim:
    from convcost.symbols.floordiv import substitution

    others = [v for v in form.variables if v.name != variable.name]
    return substitution({v.symbol(): Fraction(model.values[v.name]) / v.unit for v in others})(form.expression)


def _coefficients(expression: Dim, symbol: Any) -> list[Dim] | None:
    """Return the coefficients of a polynomial in a symbol, the constant first; None where it is none."""
    from sympy import Poly

    from convcost.symbols.floordiv import number

    if not is_symbolic(expression) or not expression.has(symbol) or not expression.is_polynomial(symbol):
        return None
    return [number(c) for c in reversed(Poly(expression, symbol).all_coeffs())]


def _root(coefficients: list[Fraction], variable: Variable, limit: int) -> tuple[Fraction | None, bool]:
    """Return the largest hyperparameter at which a rising polynomial is within a limit, cut to decimals."""

    def within(units: int) -> bool:
        x = Fraction(units, scale * variable.unit)
        return sum(c * x**k for k, c in enumerate(coefficients)) <= limit

    scale = 10**PLACES
    if coefficients[0] >= limit:
        return None, True
    high = 1
    while within(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if within(middle) else (low, middle)
    root = Fraction(low, scale)
    x = root / variable.unit
    return root, sum(c * x**k for k, c in enumerate(coefficients)) == limit


def _formula(form: ClosedForm, variable: Variable) -> Root | None:
    """Solve for the displayed symbol in terms of the budget: degree 1, 2, or a pure square."""
    from sympy import expand, sympify

    from convcost.symbols.floordiv import free_symbol

    coefficients = _coefficients(form.expression, variable.symbol())
    if coefficients is None or len(coefficients) > 3:
        return None
    others = [v.symbol() for v in form.variables if v.name != variable.name]
    if not all(not is_symbolic(c) or c.is_polynomial(*others) for c in coefficients):
        return None
    constant, *higher = map(sympify, coefficients)
    left = free_symbol(BUDGET, integer=True) - constant
    if len(higher) == 1:
        return Root(None, left, higher[0])
    linear, square = higher
    if linear == 0:
        return Root(None, left, square, under=True)
    radicand, divisor = expand(linear**2 + 4 * square * left), expand(2 * square)
    common = _common(_numbers(radicand), [*_numbers(linear), *_numbers(divisor)])
    return Root(expand(radicand / common**2), expand(-linear / common), expand(divisor / common))


def _common(radicand: list[Fraction], outside: list[Fraction]) -> int:
    """Return the largest whole number that can be taken out of a root and all that stands with it."""
    from sympy import divisors

    if any(f.denominator != 1 for f in (*radicand, *outside)):
        return 1
    inside = gcd(*map(int, radicand))
    return max(int(d) for d in divisors(gcd(*map(int, outside))) if inside % d**2 == 0)


def _numbers(expression: Any) -> list[Fraction]:
    """Return the rational coefficients of an expanded expression."""
    from sympy import Add

    from convcost.symbols.floordiv import number

    return [Fraction(number(summand.as_coeff_Mul()[0])) for summand in Add.make_args(expression)]
