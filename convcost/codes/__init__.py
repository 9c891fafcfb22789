"""Every error code with a title and a paragraph: what ``convcost explain CODE`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from convcost.codes import calls, claims, conventions, design, importers, lifting, networks, pytorch, specs


class Explanation(NamedTuple):
    """What a code stands for."""

    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.title}. {self.text}"


def _read(text: str) -> Iterator[tuple[str, Explanation]]:
    """Read entries of a code and a title, and indented lines that explain it."""
    for head, *lines in _entries(text):
        code, _, title = head.partition(" ")
        yield code, Explanation(title, " ".join(line.strip() for line in lines))


def _entries(text: str) -> Iterator[list[str]]:
    entry: list[str] = []
    for line in text.splitlines():
        if not line.startswith(" ") and entry:
            yield entry
            entry = []
        entry.append(line)
    yield entry


CODES: dict[str, Explanation] = {
    code: explanation
    for family in (calls, specs, networks, claims, importers, pytorch, lifting, conventions, design)
    for code, explanation in _read(family.TEXT)
}
"""Explanations by code."""
