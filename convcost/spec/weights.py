"""How many layers an expansion makes at least, told before it begins: a text of a few lines can ask for 10**20."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from convcost.spec.item import Item, Kind
from convcost.spec.library import Library
from convcost.spec.limits import MAX_LAYERS, MAX_NESTING, MAX_REPEAT
from convcost.spec.nodes import Node, Scalar
from convcost.symbols.expr import Environment, Evaluation, ExpressionError, Value, parse

MAX_ROWS = 1000
"""Rows of a table whose cells are looked at."""


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
        The hyperparameters and values of the document, or the values of a library.
    others : mapping of Library to Weights
        Where the blocks of other libraries are weighed.
    """

    def __init__(self, library: Library, values: Mapping[str, Value], others: Mapping[Library, Weights]) -> None:
        self._library = library
        self._others = others
        self._document = self._known = values
        self._of_block: dict[str, int] = {}

    def within(self, values: Mapping[str, Value], item: Item, *, copies: int | None = None) -> int:
        """Return the steps of an item where these values are known: all of its copies, or of so many."""
        self._known = values
        try:
            return self.item(item) if copies is None else copies * self.copy(item)
        finally:
            self._known = self._document

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
            return 1 + self.block(item.key, depth + 1)
        if item.kind is Kind.MERGE:
            return 1 + sum(self.path(path.items, depth + 1) for path in item.paths if path.condition is None)
        if item.kind is Kind.TABLE:
            return 1 + self._table(item, depth + 1)
        return 1 + self.path(item.items, depth + 1)

    def _table(self, item: Item, depth: int) -> int:
        """Return the steps of a table; cells are known as far as they do not depend on what is not."""
        outside, steps = self._known, 0
        for number, row in enumerate(item.rows):
            cells = [self._cell(node) if number < MAX_ROWS else None for node in row.items]
            hidden = {name: value for name, value in outside.items() if name not in item.columns}
            seen = {name: cell for name, cell in zip(item.columns, cells, strict=True) if cell is not None}
            self._known = {**hidden, **seen}
            steps += self.path(item.items, depth)
            self._known = outside
            if steps > MAX_LAYERS:
                break
        return steps

    def _cell(self, node: Node) -> Value:
        return self._value(node) if isinstance(node, Scalar) else None

    def block(self, name: str, depth: int) -> int:
        """Return the steps that the body of a block takes at least."""
        home = self._library.home(name)
        if home is not self._library:
            return self._others[home].block(name, depth)
        if name not in self._of_block:
            outside, self._known = self._known, self._document  # a body does not see the values of its caller
            self._of_block[name] = self.path(home.blocks[name].items, depth)
            self._known = outside
        return self._of_block[name]

    def _value(self, node: Scalar) -> Value:
        """Return the value of an expression, None where it depends on more than is known."""
        expression = parse(node.text)
        if any(use.arity is not None or use.name not in self._known for use in expression.uses):
            return None
        try:
            return expression.value(Environment(Evaluation(), self._known))
        except ExpressionError:  # reported with its place when the expansion comes to it
            return None

    def _copies(self, node: Scalar) -> int:
        value = self._value(node)
        if type(value) is not int or value <= 0:
            return 0
        if value > MAX_REPEAT:
            raise TooManyCopiesError(node, value)
        return value
