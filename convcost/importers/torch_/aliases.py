"""Which names of a captured graph stand for the same memory: what a write in place reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import fx


class Making(NamedTuple):
    """How a name came to be.

    Attributes
    ----------
    source : str
        The name that it is a view of, or that it is after a write in place; empty where it is a tensor of its own.
    writes : bool
        Whether it is the latter.
    parts : bool
        Whether its views are parts that do not overlap, as those of a split.
    """

    source: str = ""
    writes: bool = False
    parts: bool = False


class Aliases:
    """The tensors behind the names: a view is a tensor below the one it shows, the result of a write the same tensor.

    Examples
    --------
    >>> aliases = Aliases()
    >>> aliases.note("x", Making(), [])
    >>> aliases.note("row", Making("x"), ["x"])
    >>> aliases.note("filled", Making("row", writes=True), ["row"])
    >>> aliases.note("y", Making(), ["x"])
    >>> aliases.reached("filled")
    'x'
    """

    def __init__(self) -> None:
        self._position: dict[str, int] = {}
        self._last_use: dict[str, int] = {}
        self._tensor: dict[str, str] = {}
        self._above: dict[str, str] = {}
        self._parts: set[str] = set()
        self._before: dict[str, str] = {}

    def read(self, nodes: Sequence[fx.Node]) -> None:
        """Take in the nodes of a graph, in their order."""
        for node in nodes:
            self.note(node.name, _making(node), [each.name for each in node.all_input_nodes])

    def note(self, name: str, making: Making, operands: Sequence[str]) -> None:
        """Take in one name, how it is made and what of."""
        position = self._position[name] = len(self._position)
        for each in operands:
            self._last_use[each] = position
        if making.writes:
            self._tensor[name] = self._tensor.get(making.source, making.source)
            return
        self._tensor[name] = name
        if making.source:
            self._above[name] = self._tensor.get(making.source, making.source)
        if making.parts:
            self._parts.add(name)

    def _path(self, tensor: str) -> list[str]:
        path = [tensor]
        while path[-1] in self._above:
            path.append(self._above[path[-1]])
        return path

    def reached(self, name: str) -> str:
        """Return a tensor that the write with this result changes besides its own, and that is used later; or ""."""
        here, written = self._position[name], self._tensor[name]
        path = self._path(written)
        for other, used in self._last_use.items():
            if used <= here or self._position[other] >= here or self._tensor[other] == written:
                continue
            theirs = self._path(self._tensor[other])
            if theirs[-1] != path[-1]:
                continue
            common = next(tensor for tensor in theirs if tensor in path)
            if common not in self._parts or common in {theirs[0], written}:
                return other
        return ""


def _making(node: fx.Node) -> Making:
    """Read from an operator's schema what its output is a view of."""
    operands = node.all_input_nodes
    if not operands:
        return Making()
    if str(node.target) == "<built-in function getitem>":
        return Making(operands[0].name)
    schema = getattr(node.target, "_schema", None)
    if schema is None or not schema.returns:
        return Making()
    shown = schema.returns[0].alias_info
    several = str(schema.returns[0].type).startswith("List")
    if shown is None:
        return Making()
    if shown.is_write:
        return Making(operands[0].name, writes=True)
    return Making(operands[0].name, parts=several)
