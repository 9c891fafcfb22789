"""What the operators and functions of the expression language do, on numbers and on symbols, within bounds."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from convcost.symbols import arith
from convcost.symbols.arith import Dim, is_symbolic
from convcost.symbols.expr.language import (
    MAX_EXPONENT,
    MAX_NUMBER,
    MAX_SYMBOLIC_DEPTH,
    MAX_SYMBOLIC_SIZE,
    MAX_SYMBOLIC_TERMS,
    ExpressionError,
    Value,
    describe,
)

TOO_MANY: Final = MAX_SYMBOLIC_TERMS + 1


def bounded(value: Any) -> Any:
    """Return a result in its simplest form after checking that it is not too large; E207.

    >>> bounded(Fraction(6, 3))
    2
    """
    kind = type(value)
    if kind is int:
        if -MAX_NUMBER <= value <= MAX_NUMBER:
            return value
    elif kind is Fraction:
        if value.denominator == 1:
            return bounded(value.numerator)
        if value.denominator <= MAX_NUMBER and abs(value.numerator) <= MAX_NUMBER:
            return value
    else:
        from convcost.symbols.floordiv import number

        settled = number(value)
        if not is_symbolic(settled):
            return bounded(settled)
        if _small(settled):
            return settled
        raise ExpressionError("E207", "the formula of this value becomes too long")
    raise ExpressionError("E207", "a number beyond 10**15", hint="no size of a network is that large")


def _small(expression: Any) -> bool:
    """Tell whether a SymPy expression is harmless: few nodes, not deep, and few terms if it were expanded."""
    nodes, stack = 0, [(expression, 0)]
    while stack:
        node, depth = stack.pop()
        nodes += 1
        if nodes > MAX_SYMBOLIC_SIZE or depth > MAX_SYMBOLIC_DEPTH:
            return False
        stack.extend((argument, depth + 1) for argument in node.args)
    return _terms(expression) <= MAX_SYMBOLIC_TERMS


def _terms(expression: Any) -> int:
    """Return a bound on the terms of an expression once it is expanded, capped.

    A symbol counts as two, for signs are decided with n = 1 + n'. What stands in functions is expanded by itself.
    """
    if expression.is_Number:
        return 1
    if expression.is_Add:
        count = sum(map(_terms, expression.args))
    elif expression.is_Mul:
        count = math.prod(map(_terms, expression.args))
    elif expression.is_Pow and expression.exp.is_Integer:
        power, base = abs(int(expression.exp)), _terms(expression.base)
        count = TOO_MANY if power > MAX_EXPONENT else math.comb(base + power - 1, power)
    else:
        count = max(map(_terms, expression.args), default=1)
        count = count if count > MAX_SYMBOLIC_TERMS else 2
    return min(count, TOO_MANY)


def number(value: Value) -> Dim:
    """Return a value that can be calculated with; E210 for words, lists, true and false."""
    if isinstance(value, bool | str | tuple):
        raise ExpressionError("E210", f"arithmetic on {describe(value)}")
    return value


def condition(value: Value) -> bool:
    """Return a value that is true or false; E210 for anything else."""
    if isinstance(value, bool):
        return value
    raise ExpressionError("E210", f"a condition is true or false, not {describe(value)}", hint="compare it: x != 0")


def compare(left: Value, relation: str, right: Value) -> bool | None:
    """Compare two values; None where symbols must decide.

    Words, lists and truth values are equal or not; only numbers are larger or smaller.

    >>> compare(2, "<", Fraction(5, 2)), compare("relu", "==", 1)
    (True, False)
    """
    plain = (bool, str, tuple)
    if isinstance(left, plain) or isinstance(right, plain):
        if relation in {"==", "!="}:
            same = type(left) is type(right) and left == right
            return same if relation == "==" else not same
        other = left if isinstance(left, plain) else right
        raise ExpressionError("E210", f"{describe(other)} is neither larger nor smaller than a number")
    if is_symbolic(left) or is_symbolic(right):
        return None
    return _COMPARE[relation](left, right)


def _positive(divisor: Dim) -> Dim:
    if divisor == 0:
        raise ExpressionError("E208", "division by zero")
    if not is_symbolic(divisor) and divisor < 0:
        raise ExpressionError("E208", f"the divisor {divisor} is negative", hint="rounding takes positive divisors")
    return divisor


def _divide(x: Dim, y: Dim) -> Dim:
    if y == 0:
        raise ExpressionError("E208", "division by zero")
    return x / y if is_symbolic(x) or is_symbolic(y) else Fraction(x) / y


def _floor_div(x: Dim, y: Dim) -> Dim:
    return arith.floor_div(x, _positive(y))


def _remainder(x: Dim, y: Dim) -> Dim:
    return x - y * _floor_div(x, y)


def _power(base: Dim, exponent: Dim) -> Dim:
    if not isinstance(exponent, int) or abs(exponent) > MAX_EXPONENT:
        hint = f"exponents are whole numbers from -{MAX_EXPONENT} to {MAX_EXPONENT}"
        raise ExpressionError("E213", f"the exponent {describe(exponent)}", hint=hint)
    if base == 0 and exponent < 0:
        raise ExpressionError("E208", "division by zero")
    return base**exponent if is_symbolic(base) else Fraction(base) ** exponent


def _round_to(x: Dim, multiple: Dim) -> Dim:
    return arith.round_to(x, _positive(multiple))


def _make_divisible(x: Dim, divisor: Dim) -> Dim:
    return arith.make_divisible(x, _positive(divisor))


def _absolute(x: Dim) -> Dim:
    return arith.maximum(x, -x)


BINARY: Final[dict[type[ast.operator], Callable[[Dim, Dim], Dim]]] = {
    ast.Add: lambda x, y: x + y,
    ast.Sub: lambda x, y: x - y,
    ast.Mult: lambda x, y: x * y,
    ast.Div: _divide,
    ast.FloorDiv: _floor_div,
    ast.Mod: _remainder,
    ast.Pow: _power,
}
RELATIONS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": lambda x, y: bool(x == y),
    "!=": lambda x, y: bool(x != y),
    "<": lambda x, y: bool(x < y),
    "<=": lambda x, y: bool(x <= y),
    ">": lambda x, y: bool(x > y),
    ">=": lambda x, y: bool(x >= y),
}
FUNCTIONS: Final[dict[str, tuple[Callable[..., Dim], int, int]]] = {
    "floor": (arith.floor, 1, 1),
    "ceil": (arith.ceil, 1, 1),
    "round": (arith.round_half_even, 1, 1),
    "round_to": (_round_to, 2, 2),
    "make_divisible": (_make_divisible, 2, 2),
    "max": (arith.maximum, 2, 20),
    "min": (arith.minimum, 2, 20),
    "abs": (_absolute, 1, 1),
}
"""The functions of the language: (function, fewest arguments, most)."""
