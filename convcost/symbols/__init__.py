"""Exact dimensions: ``int``, ``Fraction`` or a SymPy expression, and the few functions that rules need on them.

SymPy is imported only when something symbolic is asked for.
"""

from convcost.symbols.arith import (
    Dim,
    ceil,
    ceil_div,
    floor,
    floor_div,
    is_symbolic,
    make_divisible,
    maximum,
    minimum,
    product,
    round_half_even,
    round_to,
)

__all__ = [
    "Dim",
    "ceil",
    "ceil_div",
    "floor",
    "floor_div",
    "is_symbolic",
    "make_divisible",
    "maximum",
    "minimum",
    "product",
    "round_half_even",
    "round_to",
]
