"""Expressions as programs: exact values at many points, common parts computed once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any

from convcost.symbols.arith import Dim, floor_div, is_symbolic, make_divisible, round_half_even

Number = int | Fraction


def _power(base: Number, exponent: Number) -> Number:
    return base ** int(exponent) if exponent >= 0 else Fraction(base) ** int(exponent)


OPERATIONS: dict[str, Callable[..., Number]] = {
    "Add": lambda *values: sum(values),
    "Mul": lambda *values: math.prod(values),
    "Pow": _power,
    "FloorDiv": floor_div,
    "MakeDivisible": make_divisible,
    "RoundHalfEven": round_half_even,
    "Maximum": max,
}
"""What each node of an expression computes from its arguments."""


class Program:
    """Several expressions in the same symbols, as one list of operations.

    Parameters
    ----------
    expressions : iterable of Dim
        Numbers, and expressions over ``+ *``, whole powers and the functions of ``OPERATIONS``.
    symbols : sequence of Symbol
        What a call takes values for, in this order.

    Examples
    --------
    >>> from convcost.symbols.floordiv import FloorDiv, free_symbol
    >>> n = free_symbol("n", integer=True)
    >>> Program([n**2 + FloorDiv(n, 2), 3], [n])(5)
    (27, 3)
    """

    __slots__ = ("_constants", "_results", "_steps", "_symbols")

    def __init__(self, expressions: Iterable[Dim], symbols: Sequence[Any]) -> None:
        self._symbols = len(symbols)
        self._constants: list[Number] = []
        self._steps: list[tuple[Callable[..., Number], tuple[int, ...]]] = []
        places: dict[Any, int] = {symbol: i for i, symbol in enumerate(symbols)}
        wanted = list(expressions)
        # constants stand between the symbols and the results of the steps
        self._collect(wanted, places)
        self._results = tuple(self._place(each, places) for each in wanted)

    def __call__(self, *values: Number) -> tuple[Number, ...]:
        """Return the exact value of each expression."""
        known: list[Number] = [*values, *self._constants]
        for operation, arguments in self._steps:
            known.append(operation(*[known[i] for i in arguments]))
        return tuple(known[i] for i in self._results)

    def _collect(self, expressions: Iterable[Dim], places: dict[Any, int]) -> None:
        from sympy import preorder_traversal

        from convcost.symbols.floordiv import number

        for expression in expressions:
            for node in preorder_traversal(expression) if is_symbolic(expression) else (expression,):
                if node not in places and (not is_symbolic(node) or node.is_Rational):
                    places[node] = self._symbols + len(self._constants)
                    self._constants.append(number(node))

    def _place(self, node: Dim, places: dict[Any, int]) -> int:
        found = places.get(node)
        if found is None:
            arguments = tuple(self._place(argument, places) for argument in node.args)
            self._steps.append((OPERATIONS[type(node).__name__], arguments))
            found = places[node] = self._symbols + len(self._constants) + len(self._steps) - 1
        return found
