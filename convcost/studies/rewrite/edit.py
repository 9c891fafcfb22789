"""Changes of a text at the places of its items; what is not changed stays as it is, layout and comments included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convcost.errors import SpecError
from convcost.spec.item import Item
from convcost.spec.pieces import Pair, Piece, Pieces


class Edit(NamedTuple):
    """``text[start:end]`` becomes another text."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit], offset: int = 0) -> str:
    """Return a text, of which the first character is at ``offset``, after edits that do not overlap.

    >>> edited("conv: {kernel: 3}", [Edit(0, 4, "separable"), Edit(16, 16, ", out: 8")])
    'separable: {kernel: 3, out: 8}'
    """
    parts, place = [], 0
    for edit in sorted(edits):
        parts += [text[place : edit.start - offset], edit.text]
        place = edit.end - offset
    return "".join([*parts, text[place:]])


def moved(place: int, edits: Iterable[Edit]) -> int:
    """Return where something is after edits that stand before it."""
    return place + sum(len(edit.text) - (edit.end - edit.start) for edit in edits if edit.end <= place)


class Written:
    """An item and where it is written.

    Attributes
    ----------
    pair : Pair
        Its key and its arguments.
    """

    def __init__(self, pieces: Pieces, item: Item) -> None:
        pair = pieces.pair(item.place)
        assert pair is not None  # what is rewritten has arguments
        self.pieces = pieces
        self.item = item
        self.pair = pair
        self.first = next((other for other in pair.parent.pairs if other.name == "first"), None)

    def refused(self, message: str, hint: str = "") -> SpecError:
        """Return the error for an item that cannot be rewritten."""
        return SpecError("E833", message, span=self.pieces.source.place(self.item.place), hint=hint)

    def argument(self, name: str) -> Pair | None:
        """Return an argument of the item with its value."""
        return next((pair for pair in self.pair.value.pairs if pair.name == name), None)

    def named(self) -> list[str]:
        """Return the names of all its arguments, those of the first copy included."""
        first = self.first.value.pairs if self.first else []
        return list(dict.fromkeys(pair.name for pair in (*self.pair.value.pairs, *first)))

    def text(self, name: str) -> str:
        """Return an argument as a text on one line."""
        pair = self.argument(name)
        assert pair is not None
        return one_line(self.pieces, pair.value, self)

    def changed(self, key: str, put: Mapping[str, str], drop: Iterable[str]) -> list[Edit]:
        """Return the edits that give it another key, set arguments and leave others out."""
        edits = [Edit(self.pair.key.start, self.pair.key.end, key)] if key != self.pair.name else []
        dropped = set(drop)
        value = self.pair.value
        edits += [removal(self.pieces, pair) for pair in value.pairs if pair.name in dropped]
        for name, text in put.items():
            pair = self.argument(name)
            if pair is not None:
                edits.append(Edit(pair.value.start, pair.value.end, text))
            else:
                edits.append(addition(self.pieces, value, f"{name}: {text}"))
        for pair in self.first.value.pairs if self.first else ():
            if pair.name in put:
                edits.append(Edit(pair.value.start, pair.value.end, put[pair.name]))
            elif pair.name in dropped:
                edits.append(removal(self.pieces, pair))
        self.check_shared(edits, key)
        return edits

    def check_shared(self, edits: list[Edit], key: str) -> None:
        """Refuse to change what other items say with an alias."""
        arguments = [edit for edit in edits if edit.text != key]
        if arguments and not self.pair.value.pairs:
            raise self.refused(f"the arguments of this {self.item.key} stand elsewhere, under an alias")
        for start, end in self.pieces.shared:
            if not start <= self.pair.start < end and any(start <= edit.start < end for edit in arguments):
                raise self.refused(f"another item has the arguments of this {self.item.key} by an alias")


def removal(pieces: Pieces, pair: Pair) -> Edit:
    """Return the edit that takes a pair out of its mapping."""
    if not pair.parent.flow:
        return Edit(pieces.line_start(pair.start), pieces.next_line(max(pair.start, pair.end - 1)), "")
    pairs = pair.parent.pairs
    place = pairs.index(pair)
    if place:
        return Edit(pairs[place - 1].end, pair.end, "")
    return Edit(pair.start, pairs[1].start if len(pairs) > 1 else pair.end, "")


def addition(pieces: Pieces, mapping: Piece, text: str) -> Edit:
    """Return the edit that puts a pair at the end of a mapping that is not empty."""
    end = mapping.pairs[-1].end if mapping.pairs else mapping.end
    if mapping.flow:
        return Edit(end, end, f", {text}")
    end = pieces.line_end(end - 1)
    return Edit(end, end, f"{newline(pieces.text)}{' ' * pieces.column(mapping.pairs[0].start)}{text}")


def newline(text: str) -> str:
    """Return how a text breaks its lines."""
    return "\r\n" if "\r\n" in text else "\n"


def one_line(pieces: Pieces, piece: Piece, where: Written) -> str:
    """Return a value in flow style on one line.

    Raises
    ------
    SpecError
        E833 where it has a name for aliases, is one, or has a comment inside.
    """
    text = pieces.text[piece.start : piece.end]
    if piece.anchored or text.startswith("*"):
        raise where.refused(f"what the {where.item.key} is written with has an alias")
    if piece.flow or not (piece.pairs or piece.items):
        lines = [line.strip() for line in text.splitlines()]
        if len(lines) > 1 and any("#" in line for line in lines):
            raise where.refused(f"there is a comment inside what the {where.item.key} is written with")
        return " ".join(lines)
    inner = [f"{pair.name}: {one_line(pieces, pair.value, where)}" for pair in piece.pairs]
    inner += [one_line(pieces, item, where) for item in piece.items]
    return f"{{{', '.join(inner)}}}" if piece.pairs else f"[{', '.join(inner)}]"


def flow(arguments: Mapping[str, str]) -> str:
    """Return a mapping of texts in flow style.

    >>> flow({"kernel": "3", "out": "w(64)"})
    '{kernel: 3, out: w(64)}'
    """
    return "{" + ", ".join(f"{name}: {value}" for name, value in arguments.items()) + "}"
