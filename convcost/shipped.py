"""What is shipped: the directory of the specs, and an index of them that is read instead of them.

A listing wants a title, a year and a few figures of every architecture. Deriving them takes milliseconds each, and
importing what derives them longer than the whole listing; so they stand in one generated file beside the specs.
Nothing here opens a spec whose entry is known to be right, and nothing imports the analysis.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from convcost.records import Record

SUFFIX = ".yaml"
ARCHITECTURES, LIBRARIES, CLAIMS, CONVENTIONS = "architectures", "blocks", "claims", "conventions"
"""Directories of specs, of blocks that specs import, of published figures, and of what other tools count."""

INDEX = "index.json"
VERSION = 1
"""Of the index; one of another version counts as absent."""


@cache
def root() -> Path:
    """Return the directory of the shipped specs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_specs"
    return installed if installed.is_dir() else package.parent / "specs"


def names(directory: str = ARCHITECTURES) -> tuple[str, ...]:
    """Return the names of what is shipped in a directory, in alphabetical order."""
    try:
        files = [file.name for file in (root() / directory).iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return tuple(sorted(name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)))


def file_of(name: str, directory: str = ARCHITECTURES) -> Path:
    """Return where what is called so is, or would be."""
    return root() / directory / f"{name}{SUFFIX}"


class Preset(Record):
    """A preset: what it binds, fractions as text ("3/4"), and what the network then costs; None: it is not known."""

    name: str
    bindings: Mapping[str, int | str]
    params: int | None = None
    mult_adds: int | None = None


class Entry(Record):
    """What a listing shows of an architecture; ``params`` and ``mult_adds`` are at its defaults.

    Attributes
    ----------
    problem : str
        Why figures are not known; empty where they are.
    """

    name: str
    title: str
    year: int | None = None
    source: str = ""
    params: int | None = None
    mult_adds: int | None = None
    presets: tuple[Preset, ...] = ()
    problem: str = ""


class Stamp(Record):
    """The text that an entry was derived from: its size in bytes and a digest, both with line feeds as line ends."""

    size: int
    digest: str


def stamp(text: bytes) -> Stamp:
    r"""Return the stamp of a text; how its lines end does not matter, for version control may change that.

    >>> stamp(b"a: 1\r\n") == stamp(b"a: 1\n"), stamp(b"a: 1\n").size
    (True, 5)
    """
    from hashlib import blake2b

    text = text.replace(b"\r\n", b"\n")
    return Stamp(len(text), blake2b(text, digest_size=16).hexdigest())


class Recorded(Record):
    """An entry of the index: what is listed, and what it was derived from.

    Attributes
    ----------
    imports : bool
        Whether the spec imports a library of blocks.
    """

    entry: Entry
    stamp: Stamp
    imports: bool = False


class Index:
    """The entries of the index, each for as long as the texts it was derived from stay the same.

    These are its spec and, if that imports any, the libraries of blocks. A text is the same if its digest is the one in
    the index. The digest is not computed where the file has the size in the index and is older than the index.
    """

    def __init__(
        self, headline: str, entries: Mapping[str, Recorded], libraries: Mapping[str, Stamp], written: int = 0
    ) -> None:
        self.headline = headline
        self._entries = entries
        self._libraries = libraries
        self._written = written

    def entry(self, name: str) -> Entry | None:
        """Return the entry of an architecture; None where there is none or it may not be right any more."""
        found = self._entries.get(name)
        if found is None or (found.imports and not self._same_libraries):
            return None
        return found.entry if self._same(file_of(name), found.stamp) else None

    @cached_property
    def _same_libraries(self) -> bool:
        return all(self._same(file_of(name, LIBRARIES), of) for name, of in self._libraries.items())

    def _same(self, file: Path, recorded: Stamp) -> bool:
        try:
            status = file.stat()
            # a file of the very time of the index may have been written after it: clocks of file systems are coarse
            if status.st_size == recorded.size and status.st_mtime_ns < self._written:
                return True
            return stamp(file.read_bytes()) == recorded
        except OSError:
            return False

    def text(self) -> str:
        """Return the text of the file."""
        architectures = {name: _written(recorded) for name, recorded in self._entries.items()}
        libraries = {name: {"size": of.size, "digest": of.digest} for name, of in self._libraries.items()}
        body = {
            "index": VERSION,
            "headline": self.headline,
            "architectures": architectures,
            "libraries": libraries,
        }
        return json.dumps(body, indent=1, ensure_ascii=False) + "\n"


def index_file() -> Path:
    """Return where the index is, or would be."""
    return root() / INDEX


def read_index() -> Index:
    """Return the index; an empty one where there is no file, or one that is not an index."""
    try:
        with index_file().open("rb") as stream:
            written = os.fstat(stream.fileno()).st_mtime_ns
            content = json.loads(stream.read())
        if content["index"] == VERSION:
            entries = {name: _read(name, fields) for name, fields in content["architectures"].items()}
            libraries = {name: Stamp(of["size"], of["digest"]) for name, of in content["libraries"].items()}
            return Index(content["headline"], entries, libraries, written)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass  # half a merge is no index either: what it would say is derived
    return Index("", {}, {})


def _read(name: str, fields: Mapping[str, Any]) -> Recorded:
    presets = tuple(
        Preset(preset, of["bindings"], of["params"], of["mult_adds"]) for preset, of in fields["presets"].items()
    )
    entry = Entry(
        name, fields["title"], fields["year"], fields["source"], fields["params"], fields["mult_adds"], presets, ""
    )
    return Recorded(entry, Stamp(fields["size"], fields["digest"]), fields["imports"])


def _written(recorded: Recorded) -> dict[str, Any]:
    entry = recorded.entry
    return {
        "size": recorded.stamp.size,
        "digest": recorded.stamp.digest,
        "imports": recorded.imports,
        "title": entry.title,
        "year": entry.year,
        "source": entry.source,
        "params": entry.params,
        "mult_adds": entry.mult_adds,
        "presets": {
            preset.name: {
                "bindings": dict(preset.bindings),
                "params": preset.params,
                "mult_adds": preset.mult_adds,
            }
            for preset in entry.presets
        },
    }
