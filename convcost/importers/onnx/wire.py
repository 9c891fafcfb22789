"""The wire format of Protocol Buffers, read in place: what a reader does not ask for is skipped, not copied.

A message is a row of fields, each a key (number and kind) and a value: a varint, four or eight bytes, or so many bytes
that follow. Weights are such bytes; they are passed over by their length, so a file of a hundred megabytes costs as
much as its nodes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap
from typing import TypeAlias

from convcost.errors import ModelError

Bytes: TypeAlias = bytes | memoryview | mmap

Part: TypeAlias = tuple[int, int]
"""Where the bytes of a field begin and end."""

Value: TypeAlias = int | bytes | Part
"""Of a varint, of four or eight bytes, of bytes that follow."""

VARINT, EIGHT, FOLLOWING, FOUR = 0, 1, 2, 5
MOST_BITS = 64


def damaged(what: str) -> ModelError:
    """Return the error for bytes that are no message."""
    return ModelError("E711", f"the file is damaged: {what}", hint="was it cut short, or is it no ONNX model?")


def fields(data: Bytes, part: Part) -> Iterator[tuple[int, Value]]:
    """Yield number and value of each field of the message in a part of the data.

    >>> list(fields(bytes([0x08, 0x96, 0x01, 0x12, 0x02, 0x68, 0x69]), (0, 7)))
    [(1, 150), (2, (5, 7))]

    Raises
    ------
    ModelError
        E711 where the bytes end within a field, or are of no kind.
    """
    at, end = part
    while at < end:
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = _varint(data, at - 1, end)
        kind = key & 7
        if kind == FOLLOWING:
            size = data[at] if at < end else 0x80
            at += 1
            if size >= 0x80:
                size, at = _varint(data, at - 1, end)
            stop = at + size
            if stop > end:
                raise damaged(f"{size} bytes should follow at byte {at}, and {max(end - at, 0)} do")
            yield key >> 3, (at, stop)
            at = stop
        elif kind == VARINT:
            value, at = _varint(data, at, end)
            yield key >> 3, value
        elif kind in {FOUR, EIGHT}:
            stop = at + (4 if kind == FOUR else 8)
            if stop > end:
                raise damaged(f"a number at byte {at} is cut off")
            yield key >> 3, bytes(data[at:stop])
            at = stop
        else:
            raise damaged(f"there is no field of kind {kind}, as at byte {at - 1}")


def _varint(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and where it ends."""
    value = shift = 0
    start = at
    while at < end and shift < MOST_BITS + 6:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << MOST_BITS) - 1, at
        shift += 7
    raise damaged(f"a number at byte {start} does not end")


def varints(data: Bytes, part: Part) -> list[int]:
    """Return numbers that stand one behind the other.

    >>> varints(bytes([0x03, 0x96, 0x01]), (0, 3))
    [3, 150]
    """
    at, end = part
    found = []
    while at < end:
        value, at = _varint(data, at, end)
        found.append(value)
    return found


def signed(value: Value) -> int:
    """Return a varint as the signed number of 64 bits that it stands for.

    >>> signed(5), signed(2**64 - 1)
    (5, -1)
    """
    if not isinstance(value, int):
        raise damaged("a number is expected and something else is there")
    return value - (1 << MOST_BITS) if value >> (MOST_BITS - 1) else value


def following(value: Value) -> Part:
    """Return where the bytes of a field are that must be of that kind."""
    if isinstance(value, tuple):
        return value
    raise damaged("a text or a message is expected and a number is there")


def text(data: Bytes, value: Value) -> str:
    """Return a text; E711 where it is not UTF-8."""
    begin, end = following(value)
    try:
        return str(data[begin:end], "utf-8")
    except UnicodeDecodeError:
        raise damaged(f"the text at byte {begin} is not UTF-8") from None
