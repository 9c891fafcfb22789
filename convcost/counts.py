"""Counts of primitive operations: how often a layer multiplies, adds, compares, ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcost.symbols import Dim

PRIMITIVES = (
    "mul",
    "add",
    "cmp",
    "div",
    "exp",
    "log",
    "sqrt",
    "pow",
    "sin",
    "cos",
    "tanh",
    "erf",
    "abs",
    "round",
)
"""The primitives a rule may speak of. Subtraction and negation (0 - x) count as ``add``, maximum, minimum and any
other comparison as ``cmp``, a reciprocal (1 / x) as ``div``, floor and ceiling as ``round``.

A sum of k terms counts k additions: the accumulator starts at zero, as in a multiply-accumulate unit; likewise a
maximum over k elements counts k comparisons, from minus infinity.
"""


class Counts(Mapping[str, Any]):
    """How many primitive operations of each kind, with ``+`` and ``*``; what is absent is zero.

    Examples
    --------
    >>> Counts(mul=9, add=9) + Counts(add=1) * 2
    Counts(mul=9, add=11)
    >>> Counts(mul=9)["cmp"]
    0
    """

    __slots__ = ("_of",)

    def __init__(self, **of: Dim) -> None:
        unknown = set(of) - set(PRIMITIVES)
        if unknown:
            raise ValueError(f"not a primitive operation: {', '.join(sorted(unknown))}")
        self._of = {name: of[name] for name in PRIMITIVES if name in of and of[name] != 0}

    def __getitem__(self, name: str) -> Dim:
        if name not in PRIMITIVES:
            raise KeyError(name)
        return self._of.get(name, 0)

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{name: self[name] + other[name] for name in PRIMITIVES})

    def __mul__(self, factor: Dim) -> Counts:
        return Counts(**{name: value * factor for name, value in self._of.items()})

    __rmul__ = __mul__

    def __eq__(self, other: object) -> bool:
        return self._of == other._of if isinstance(other, Counts) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._of.items()))

    def __repr__(self) -> str:
        return f"Counts({', '.join(f'{name}={value}' for name, value in self._of.items())})"
