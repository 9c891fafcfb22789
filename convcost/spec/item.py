"""What a path is made of once it is read: items, paths, and the signatures of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceOf
from enum import Enum, auto
from typing import TypeAlias

from convcost.records import Record
from convcost.spec.nodes import Node, Scalar, Sequence

NO_ARGUMENTS: Mapping[str, Node] = {}

Signed: TypeAlias = tuple[str | tuple[str, ...], ...]
"""The key of an item, the arguments it requires, and the texts of its arguments and their values."""


class Kind(Enum):
    """What the key of an item is."""

    OP = auto()
    MERGE = auto()
    BLOCK = auto()
    TABLE = auto()
    SWITCH = auto()
    PATH = auto()


class Item:
    """One item.

    Attributes
    ----------
    place : Scalar
        The key, or the text that the item is.
    numbered : bool
        Whether it can stand for several layers, so that its name is numbered.
    arguments : mapping of str to node
        Of an op, a merge or a block.
    signature : tuple, optional
        What is written, for an op whose arguments are texts without names: items with the same one are the same.
    share : Scalar, optional
        The layer whose stored values it uses.
    paths : sequence of Path
        Of a merge or a switch.
    items : sequence of Item
        Of a path; of a table those under ``each``.
    columns, rows
        Of a table.
    """

    __slots__ = (
        "arguments",
        "columns",
        "condition",
        "first",
        "items",
        "key",
        "kind",
        "name",
        "numbered",
        "paths",
        "place",
        "repeat",
        "rows",
        "share",
        "signature",
        "sources",
    )

    def __init__(self, kind: Kind, place: Scalar, arguments: Mapping[str, Node] = NO_ARGUMENTS) -> None:
        self.kind = kind
        self.key = place.text
        self.place = place
        self.arguments = arguments
        self.name: Scalar | None = None
        self.sources: tuple[Scalar, ...] = ()
        self.condition: Scalar | None = None
        self.repeat: Scalar | None = None
        self.first: Mapping[str, Node] | None = None
        self.share: Scalar | None = None
        self.numbered = False
        self.signature: Signed | None = None
        self.paths: SequenceOf[Path] = ()
        self.items: SequenceOf[Item] = ()
        self.columns: tuple[str, ...] = ()
        self.rows: SequenceOf[Sequence] = ()


class Path:
    """A branch of a merge or a case of a switch: items, or the name of a tensor."""

    __slots__ = ("condition", "items", "place", "tensor")

    def __init__(
        self, place: Node, items: SequenceOf[Item] = (), tensor: Scalar | None = None, condition: Scalar | None = None
    ) -> None:
        self.place = place
        self.items = items
        self.tensor = tensor
        self.condition = condition


class Signature(Record):
    """What a block is called with: its arguments, and those required among them; ``place`` is its name."""

    arguments: frozenset[str]
    required: tuple[str, ...]
    place: Scalar
