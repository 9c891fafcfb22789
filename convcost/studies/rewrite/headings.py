"""The head of a rewritten spec: it is another network, so name and title say so, and published figures go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from convcost.errors import UsageError
from convcost.spec.catalog import is_path
from convcost.spec.document import Document
from convcost.spec.pieces import Pieces
from convcost.spec.vocabulary import MAX_NAME
from convcost.studies.rewrite.edit import Edit, removal
from convcost.studies.rewrite.rule import scalar_text

_SCHEMA = re.compile(r"^(#\s*yaml-language-server:\s*\$schema=)(\S+)(.*\n?)", re.MULTILINE)


def headings(document: Document, pieces: Pieces, suffix: str, how: str) -> Iterator[Edit]:
    """Yield the edits of name, title, source and claims, where they are written.

    Parameters
    ----------
    suffix : str
        What the name gets: "separable".
    how : str
        What is said behind the source: the rule, its settings, and what was selected.
    """
    for pair in pieces.root.pairs:
        if pair.name == "name":
            name = f"{document.name}_{suffix}"
            yield Edit(pair.value.start, pair.value.end, scalar_text(name if len(name) <= MAX_NAME else document.name))
        elif pair.name == "title":
            yield Edit(pair.value.start, pair.value.end, scalar_text(f"{document.title}, {suffix.replace('_', ' ')}"))
        elif pair.name == "source":
            yield Edit(pair.value.start, pair.value.end, scalar_text(f"{document.citation}; rewritten: {how}"))
        elif pair.name == "claims":
            yield removal(pieces, pair)


def moved_to(text: str, document: Document, directory: Path) -> str:
    """Return the text of a spec as it has to be in another directory: the path to its schema follows.

    A comment that names a schema which is not there, as in specs that were installed without one, is left out.

    Raises
    ------
    UsageError
        E836 where it imports files, which cannot be reached from there.
    """
    home = document.source.directory
    if home is None or home.resolve() == directory.resolve():
        return text
    files = sorted({came.place.text for came in document.imported.values() if is_path(came.place.text)})
    if files:
        hint = f"write it into {str(home)!r}, or copy what is imported"
        raise UsageError("E836", f"the spec imports {files[0]}, which is not found from {str(directory)!r}", hint=hint)

    def follow(match: re.Match[str]) -> str:
        path = match[2]
        if "://" in path or Path(path).is_absolute():
            return match[0]
        if not (home / path).is_file():
            return ""
        return match[1] + Path(os.path.relpath((home / path).resolve(), directory.resolve())).as_posix() + match[3]

    return _SCHEMA.sub(follow, text, count=1)
