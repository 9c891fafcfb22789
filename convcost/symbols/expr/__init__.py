"""The expression language of specs: exact, bounded, parsed by an ``ast`` whitelist into closures.

Numbers are integers, decimals (0.75 is exactly 3/4, 1e6 exactly 1000000) and fractions such as 3/4. There are
``+ - * / // % **``, comparisons, ``and or not``, ``x if c else y``, the functions of ``FUNCTIONS``, those that a spec
defines, and ``channels(t)``, ``height(t)`` and ``width(t)`` of a named tensor. Values are exact: ``int``, ``Fraction``,
``bool``, words, tuples and SymPy expressions. Nothing is ever handed to ``eval``; length, depth, digits, exponents,
results and calls are bounded.
"""

from convcost.errors import near_miss
from convcost.symbols.expr.compiler import Expression, constant, parse
from convcost.symbols.expr.environment import Defined, Environment, Evaluation
from convcost.symbols.expr.language import EXTENTS, RESERVED, ExpressionError, Use, Value, describe
from convcost.symbols.expr.operations import FUNCTIONS, RELATIONS, compare, condition

__all__ = [
    "EXTENTS",
    "FUNCTIONS",
    "RELATIONS",
    "RESERVED",
    "Defined",
    "Environment",
    "Evaluation",
    "Expression",
    "ExpressionError",
    "Use",
    "Value",
    "compare",
    "condition",
    "constant",
    "describe",
    "near_miss",
    "parse",
]
