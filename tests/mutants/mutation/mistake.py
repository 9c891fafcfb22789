"""A planted mistake: exact text of a module, what stands there instead, and why somebody might write that."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from mutation.world import source


class StaleError(AssertionError):
    """The text that a planted mistake replaces is not there any more, or not only once."""


@dataclass(frozen=True)
class Edit:
    """One replacement in a module.

    Attributes
    ----------
    file : str
        "rules/conv.py".
    where : str
        The function or class that holds the text, "ConvRule.counts"; empty for the whole module.
    old, new : str
        Exact text, which occurs there once, and what replaces it.
    """

    file: str
    where: str
    old: str
    new: str


@dataclass(frozen=True)
class Mistake:
    """A plausible bug: one edit, or several that go together."""

    why: str
    edits: tuple[Edit, ...]

    def __str__(self) -> str:
        first = self.edits[0]
        return f"{first.file}-{first.where}-{self.why}"


def mistake(file: str, where: str, old: str, new: str, why: str) -> Mistake:
    """Return a mistake of one edit."""
    return Mistake(why, (Edit(file, where, old, new),))


def planted(edits: Iterable[Edit]) -> dict[str, str]:
    """Return the text of the modules that edits change, by file.

    Raises
    ------
    StaleError
        Where a text is not found, or not only once.
    """
    changed: dict[str, str] = {}
    for edit in edits:
        text = changed.get(edit.file, source(edit.file))
        start, end = _extent(edit, text)
        found = text.count(edit.old, start, end)
        if found != 1:
            place = f"{edit.where} of {edit.file}" if edit.where else edit.file
            times = "not found" if not found else f"found {found} times"
            raise StaleError(f"the list of planted mistakes is stale: {edit.old!r} is {times} in {place}")
        changed[edit.file] = text[:start] + text[start:end].replace(edit.old, edit.new) + text[end:]
    return changed


def apart(mistakes: Iterable[Mistake]) -> list[list[Mistake]]:
    """Deal mistakes out into groups that can be planted together: each function has at most one of a group."""
    groups: list[tuple[set[tuple[str, str]], list[Mistake]]] = []
    for one in mistakes:
        places = {(edit.file, edit.where) for edit in one.edits}
        for taken, group in groups:
            if not places & taken:
                taken.update(places)
                group.append(one)
                break
        else:
            groups.append((places, [one]))
    return [group for _, group in groups]


def _extent(edit: Edit, text: str) -> tuple[int, int]:
    """Return where a function or class begins and ends in the text of its module."""
    if not edit.where:
        return 0, len(text)
    node: ast.AST = ast.parse(text)
    for name in edit.where.split("."):
        named = [n for n in ast.iter_child_nodes(node) if getattr(n, "name", None) == name]
        if len(named) != 1:
            raise StaleError(f"the list of planted mistakes is stale: {edit.file} has no {edit.where}")
        (node,) = named
    lines = text.splitlines(keepends=True)
    return sum(map(len, lines[: node.lineno - 1])), sum(map(len, lines[: node.end_lineno]))
