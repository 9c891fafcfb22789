"""Where everything in the text of a spec begins and ends, for changes that leave the rest as it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import yaml

from convcost.spec.nodes import Scalar
from convcost.spec.source import Source


class Piece:
    """A value in a text: ``text[start:end]``.

    Attributes
    ----------
    flow : bool
        Whether it is a mapping or a list in brackets, or inside of one.
    pairs : list of Pair
        Of a mapping.
    items : list of Piece
        Of a list.
    anchored : bool
        Whether it has a name, under which other places may refer to it.
    """

    __slots__ = ("anchored", "end", "flow", "items", "pairs", "start")

    def __init__(self, start: int, end: int, *, flow: bool, anchored: bool = False) -> None:
        self.start = start
        self.end = end
        self.flow = flow
        self.anchored = anchored
        self.pairs: list[Pair] = []
        self.items: list[Piece] = []


class Pair:
    """A key and its value in a mapping."""

    __slots__ = ("key", "name", "parent", "value")

    def __init__(self, name: str, key: Piece, value: Piece, parent: Piece) -> None:
        self.name = name
        self.key = key
        self.value = value
        self.parent = parent

    @property
    def start(self) -> int:
        """Where its key begins."""
        return self.key.start

    @property
    def end(self) -> int:
        """Where its value ends; its key with the colon where nothing is written."""
        return max(self.value.end, self.key.end)


class Pieces:
    """The pieces of a source that was read without an error.

    Attributes
    ----------
    root : Piece
        The document.
    shared : list of tuple of int
        Where values stand to which others refer by an alias.

    >>> pieces = Pieces(Source("{convcost: 1, name: tiny}", "<text>"))
    >>> [(pair.name, pair.start, pair.end) for pair in pieces.root.pairs]
    [('convcost', 1, 12), ('name', 14, 24)]
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.lines = list(_starts(source))
        self.shared: list[tuple[int, int]] = []
        self.keys: dict[int, Pair] = {}
        self.words: dict[int, Piece] = {}
        self.root = self._read()

    def offset(self, line: int, column: int) -> int:
        """Return where a place, counted from 1, is in the text."""
        return self.lines[line - 1] + column - 1

    def pair(self, key: Scalar) -> Pair | None:
        """Return the pair of a key; None for a text that is none, such as an item without arguments."""
        return self.keys.get(self.offset(key.line, key.column))

    def line_start(self, offset: int) -> int:
        """Return where the line of a place begins."""
        return self.lines[bisect_right(self.lines, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Return where the line of a place ends, before its break."""
        following = bisect_right(self.lines, offset)
        stop = self.lines[following] if following < len(self.lines) else len(self.text)
        return self.line_start(offset) + len(self.text[self.line_start(offset) : stop].rstrip("\r\n\x85\u2028\u2029"))

    def next_line(self, offset: int) -> int:
        """Return where the line behind that of a place begins, or the text ends."""
        following = bisect_right(self.lines, offset)
        return self.lines[following] if following < len(self.lines) else len(self.text)

    def column(self, offset: int) -> int:
        """Return how many characters stand before a place in its line."""
        return offset - self.line_start(offset)

    def _read(self) -> Piece:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        stack: list[tuple[Piece, list[Piece], list[str]]] = []
        anchors: dict[str, Piece] = {}
        done: Piece | None = None
        for event in yaml.parse(self.text, Loader=loader):
            name = ""
            if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
                flow = bool(stack) and stack[-1][0].flow
                piece = Piece(self._at(event.start_mark), self._at(event.end_mark), flow=flow)
                piece.end = piece.start + len(self.text[piece.start : piece.end].rstrip())
                if isinstance(event, yaml.AliasEvent):
                    target = anchors[str(event.anchor)]
                    self.shared.append((target.start, target.end))
                else:
                    name = event.value
                    self.words.setdefault(piece.start, piece)
            elif isinstance(event, yaml.CollectionStartEvent):
                flow = bool(event.flow_style)
                piece = Piece(self._at(event.start_mark), 0, flow=flow)
                stack.append((piece, [], []))
            elif isinstance(event, yaml.CollectionEndEvent):
                piece, children, names = stack.pop()
                inner = max((child.end for child in children), default=piece.start)
                piece.end = self._at(event.end_mark) if piece.flow else inner
                self._close(piece, children, names, mapping=isinstance(event, yaml.MappingEndEvent))
            else:
                continue
            anchor = None if isinstance(event, yaml.AliasEvent | yaml.CollectionEndEvent) else event.anchor
            if anchor:
                anchors[anchor] = piece
                piece.anchored = True
            if not isinstance(event, yaml.CollectionStartEvent):
                if stack:
                    stack[-1][1].append(piece)
                    stack[-1][2].append(name)
                else:
                    done = piece
        assert done is not None
        return done

    def _close(self, piece: Piece, children: list[Piece], names: list[str], *, mapping: bool) -> None:
        if not mapping:
            piece.items = children
            return
        for index in range(0, len(children), 2):
            pair = Pair(names[index], children[index], children[index + 1], piece)
            piece.pairs.append(pair)
            self.keys[pair.start] = pair

    def _at(self, mark: Any) -> int:
        return int(self.lines[mark.line] + mark.column) if mark.line < len(self.lines) else len(self.text)


def _starts(source: Source) -> Iterator[int]:
    """Yield where each line begins."""
    offset = 0
    for line in source.lines:
        yield offset
        offset += len(line)
        offset += 2 if source.text.startswith("\r\n", offset) else 1
