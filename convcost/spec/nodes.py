"""The YAML document as a tree that keeps its places and takes no text for a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from convcost.symbols.expr.language import quoted


class Scalar:
    """A text as it stands; ``plain`` if without quotes, place 1-based."""

    __slots__ = ("column", "line", "plain", "text")

    def __init__(self, text: str, plain: bool, line: int, column: int) -> None:
        self.text = text
        self.plain = plain
        self.line = line
        self.column = column

    @property
    def is_null(self) -> bool:
        """Whether nothing is written, or ``~``."""
        return self.plain and self.text in {"", "~", "null"}

    def __repr__(self) -> str:
        return f"Scalar({self.text!r}, line {self.line})"


class Sequence:
    """A list."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column


class Mapping:
    """Keys and values in their order; no key twice, every key a scalar. ``items`` has them in turn."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.items: list[Node] = []
        self.line = line
        self.column = column

    @property
    def pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Pairs of key and value."""
        iterator = iter(self.items)
        return zip(iterator, iterator, strict=True)  # type: ignore[arg-type] # keys are scalars


Node: TypeAlias = Scalar | Sequence | Mapping


def kind(node: Node) -> str:
    """Name what a node is, for messages."""
    if isinstance(node, Scalar):
        return "nothing" if node.is_null else quoted(node.text)
    return "a list" if isinstance(node, Sequence) else "a mapping"
