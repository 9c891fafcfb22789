"""How many layers an expansion makes at least, told before it begins: a text of a few lines can ask for 10**20."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convcost.spec.document import Block
from convcost.spec.item import Item, Kind
from convcost.spec.limits import MAX_NESTING, MAX_REPEAT
from convcost.spec.nodes import Scalar
from convcost.symbols.expr import Environment, Evaluation, ExpressionError, Value, parse


class TooManyCopiesError(Exception):
    """A repeat beyond its bound."""

    def __init__(self, node: Scalar, number: int) -> None:
        super().__init__(node, number)
        self.node = node
        self.number = number


class Weights:
    """Lower bounds: what a condition may drop counts nothing, nor does a repeat that depends on more than ``values``.

    Parameters
    ----------
    values : mapping
        The hyperparameters and values of the document.
    """

    def __init__(self, blocks: Mapping[str, Block], values: Mapping[str, Value]) -> None:
        self._blocks = blocks
        self._environment = Environment(Evaluation(), values)
        self._of_block: dict[str, int] = {}

    def path(self, items: Iterable[Item], depth: int = 0) -> int:
        """Return the steps that the items of a path take at least."""
        return sum(self.item(item, depth) for item in items) if depth < MAX_NESTING else 0

    def item(self, item: Item, depth: int = 0) -> int:
        """Return the steps that an item takes at least, all copies together."""
        if item.condition is not None:
            return 0
        copies = 1 if item.repeat is None else self._copies(item.repeat)
        return copies * self.copy(item, depth) if copies else 0

    def copy(self, item: Item, depth: int = 0) -> int:
        """Return the steps that one copy of an item takes at least, itself included."""
        if item.kind is Kind.BLOCK:
            return 1 + self._block(item.key, depth + 1)
        if item.kind is Kind.MERGE:
            return 1 + sum(self.path(path.items, depth + 1) for path in item.paths if path.condition is None)
        if item.kind is Kind.TABLE:
            return 1 + len(item.rows) * self.path(item.items, depth + 1)
        return 1 + self.path(item.items, depth + 1)

    def _block(self, name: str, depth: int) -> int:
        if name not in self._of_block:
            self._of_block[name] = self.path(self._blocks[name].items, depth)
        return self._of_block[name]

    def _copies(self, node: Scalar) -> int:
        expression = parse(node.text)
        if any(use.is_call or use.name not in self._environment.values for use in expression.uses):
            return 0
        try:
            value = expression.value(self._environment)
        except ExpressionError:  # reported with its place when the expansion comes to it
            return 0
        if not isinstance(value, int) or value <= 0:
            return 0
        if value > MAX_REPEAT:
            raise TooManyCopiesError(node, value)
        return value
