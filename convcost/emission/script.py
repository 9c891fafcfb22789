"""A spec before it is text: items with arguments, paths, repeats and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple, TypeAlias

from convcost.ops import REQUIRED, Op
from convcost.spec.vocabulary import FORMS

Value: TypeAlias = Any
"""A number, a symbolic dimension, a flag, a word, a norm or activation with arguments, a list of them, or a Text."""

TABLE: Final = "table"
PATH: Final = "path"


class Text(NamedTuple):
    """An expression of the spec language in names of the spec: an argument of a block, a column of a table."""

    text: str

    def __str__(self) -> str:
        return self.text


class Absent(NamedTuple):
    """The identity path of a merge that is there only under a condition; ``None`` where it is not there at all."""

    condition: str | None


class Item:
    """One item of a path.

    Attributes
    ----------
    key : str
        An op, a shorthand, a block, ``table`` or ``path``.
    arguments : dict
        Those that are not what they are by default.
    inputs : tuple of int
        The tensors it takes, as indices of nodes; of a merge the tensor at which its paths begin, if any does.
    paths : list
        Of a merge: lists of items, each of which may be empty, or the index of a tensor, or Absent.
    index : int
        The node whose output is its output.
    covers : tuple of int
        Nodes whose layers tell what it is called.
    first : dict
        With ``repeat``: arguments of the first copy.
    """

    __slots__ = (
        "arguments",
        "begin",
        "condition",
        "covers",
        "first",
        "index",
        "inputs",
        "items",
        "key",
        "name",
        "paths",
        "repeat",
        "rows",
        "share",
        "sources",
    )

    def __init__(
        self, key: str, arguments: Mapping[str, Value] | None = None, inputs: tuple[int, ...] = (), index: int = -1
    ) -> None:
        self.key = key
        self.arguments: dict[str, Value] = dict(arguments or {})
        self.inputs = inputs
        self.index = index
        self.covers: tuple[int, ...] = (index,) if index >= 0 else ()  # nodes that it stands for, some of them
        self.begin = -1  # the tensor that it begins at: of a merge the one that its paths do
        self.sources: tuple[int, ...] = ()  # what is written as from:
        self.share: int | None = None  # the node whose stored values it uses, too
        self.name = ""
        self.condition = ""
        self.repeat: Value = 1
        self.first: dict[str, Value] = {}
        self.paths: list[list[Item] | int | Absent] = []
        self.items: list[Item] = []  # of a table those under each, of a path its own
        self.rows: tuple[tuple[str, ...], list[tuple[Value, ...]]] = ((), [])

    @property
    def merges(self) -> bool:
        """Whether it joins paths."""
        return bool(self.paths)

    def inner(self) -> Iterator[list[Item]]:
        """Yield the lists of items inside."""
        for path in self.paths:
            if isinstance(path, list):
                yield path
        if self.items:
            yield self.items


def walk(items: list[Item]) -> Iterator[Item]:
    """Yield all items, outer ones before what is inside."""
    for item in items:
        yield item
        for inner in item.inner():
            yield from walk(inner)


def default_of(key: str, name: str, defaults: Mapping[str, Value]) -> Value:
    """Return what an argument is where it is not written; None where it has to be.

    >>> default_of("conv", "stride", {}), default_of("conv", "out", {})
    (1, None)
    """
    form = FORMS.get(key)
    if form is None:
        return None
    if name in form.defaults and name in defaults:
        return defaults[name]
    default = form.arguments[name].default if name in form.arguments else REQUIRED
    return None if default is REQUIRED else default


def is_number(value: Value) -> bool:
    """Tell whether a value is an extent or a rational, symbolic or not."""
    return not isinstance(value, bool | str | tuple | Op | None) and (
        isinstance(value, int | Fraction) or hasattr(value, "free_symbols")
    )
