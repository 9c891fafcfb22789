"""Roundings that recur become functions: ``w(c): make_divisible(alpha*c, 8)``, and then ``w(32)``."""

from __future__ import annotations

import re
from collections import defaultdict

from convcost.graph import Graph
from convcost.ops import Op
from convcost.spec.formulas import Formulas
from convcost.symbols import is_symbolic

LEAST = 3
"""Numbers that are rounded alike before it is worth a name."""

_ROUNDED = re.compile(r"\b(floor|ceil|round|make_divisible)\((?:(\d+)\*)?([A-Za-z_]\w*)((?:, \d+)?)\)")
LETTERS = ("w", "v", "u")


class Functions(Formulas):
    """Writes dimensions; ``lets`` has the functions, too."""

    def __init__(self, graph: Graph) -> None:
        super().__init__(graph.hyperparameters)
        numbers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for value in _dimensions(graph):
            for rounding, number, name, rest in _ROUNDED.findall(super().text(value)):
                numbers[rounding, name, rest].add(number)
        self.lets.clear()
        self.functions: dict[tuple[str, str, str], str] = {}
        free = [letter for letter in LETTERS if letter not in graph.hyperparameters]
        for key, found in sorted(numbers.items(), key=lambda each: -len(each[1])):
            if len(found) >= LEAST and free:
                rounding, name, rest = key
                letter = self.functions[key] = free.pop(0)
                self.lets[f"{letter}(c)"] = f"{rounding}({name}*c{rest})"

    def text(self, value: object) -> str:
        """Return the text of a dimension."""
        return _ROUNDED.sub(self._called, super().text(value))

    def _called(self, match: re.Match[str]) -> str:
        rounding, number, name, rest = match.groups()
        letter = self.functions.get((rounding, name, rest))
        return f"{letter}({number or 1})" if letter else match[0]


def _dimensions(graph: Graph) -> set[object]:
    """Return the symbolic dimensions of a graph."""
    found: set[object] = set()
    for op in {id(node.op): node.op for node in graph.nodes}.values():
        for value in op.__dict__.values():
            for each in value if isinstance(value, tuple) else (value,):
                if each is not None and not isinstance(each, bool | str | Op) and is_symbolic(each):
                    found.add(each)
    return found
