"""Derivations by target, with or without values for their symbols."""

from __future__ import annotations

from collections.abc import Mapping

from convcost.errors import UsageError, one_of
from convcost.studies.derive.board import Board, Derivation, Number
from convcost.studies.derive.lectures import DERIVATIONS
from convcost.symbols import is_symbolic
from convcost.symbols.arith import exact

MEANINGS: Mapping[str, str] = {
    "D_K": "height and width of the kernel",
    "s": "stride",
    "m": "kernels for each channel (channel multiplier)",
    "M": "input channels",
    "N": "output channels",
    "G": "groups of channels, each convolved apart",
    "D_F": "height and width of the input map",
    "D_G": "height and width of the output map",
}
"""What the symbols stand for (arXiv:1704.04861, section 3.1), in the order in which a product is written."""


def derive(target: str, bindings: Mapping[str, Number] | None = None) -> Derivation:
    """Derive what a convolution multiplies, step by step.

    Parameters
    ----------
    target : str
        One of ``DERIVATIONS``: "separable", "conv", "depthwise", "pointwise", "grouped", "transposed".
    bindings : mapping of str to int, optional
        Values for some or all symbols: whole numbers, at least 1. "depthwise" has a channel multiplier if m has one.

    Raises
    ------
    UsageError
        E040 for an unknown target, E041 for an unknown symbol, E042 for a value that is not possible.

    Examples
    --------
    >>> ratio = derive("separable", {"N": 1024, "D_K": 3}).steps[-1]
    >>> ratio.expression, ratio.value
    (1/N + D_K**(-2), Fraction(1033, 9216))
    """
    if target not in DERIVATIONS:
        raise UsageError("E040", f"there is no derivation of {target!r}", hint=one_of(target, DERIVATIONS))
    recipe = DERIVATIONS[target]
    values = {name: exact(value) for name, value in (bindings or {}).items()}
    known = recipe.symbols + recipe.optional
    for name, value in values.items():
        if name not in known:
            raise UsageError("E041", f"the derivation of {target} has no symbol {name!r}", hint=one_of(name, known))
        if is_symbolic(value) or not isinstance(value, int) or value < 1:
            raise UsageError("E042", f"{name} = {value} is not a whole number of at least 1")
    for divisor, dividend in recipe.divides:
        if divisor in values and dividend in values and values[dividend] % values[divisor]:
            message = f"{dividend} = {values[dividend]} is not divisible by {divisor} = {values[divisor]}"
            raise UsageError("E042", message, hint=f"{MEANINGS[divisor]}: {divisor} divides {dividend}")
    used = [name for name in MEANINGS if name in recipe.symbols or name in values]
    board = Board(used, values)
    recipe.lecture(board)
    symbols = tuple((name, MEANINGS[name]) for name in used)
    return Derivation(recipe.title, target, symbols, tuple(board.steps), values, board.conclusion)
