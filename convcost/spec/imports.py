"""The libraries of a spec: found among those that are shipped or beside the spec, and read once each.

A spec is untrusted input, so what it imports stays below its own directory, and is bounded in number, depth and size.
"""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import NamedTuple

from convcost.errors import ConvcostError, Diagnostics, SpecError, UsageError
from convcost.spec import catalog
from convcost.spec.expect import Grammar
from convcost.spec.library import Import, Library, LibraryGrammar, step
from convcost.spec.limits import MAX_BYTES, MAX_CHAIN, MAX_LIBRARIES
from convcost.spec.nodes import Node, Scalar
from convcost.spec.problems import Problems
from convcost.spec.reader import compose
from convcost.spec.source import LONGEST_PATH, decode, read_bytes
from convcost.spec.vocabulary import MAX_NAME, hint_for
from convcost.symbols.expr.language import quoted


class Shelf:
    """The libraries that a spec imports, directly or not.

    Attributes
    ----------
    libraries : list of Library
        Those that were read, each behind those that it imports itself.
    incomplete : bool
        Whether one could not be found or read, so that blocks are unknown.
    """

    def __init__(self) -> None:
        self.libraries: list[Library] = []
        self.incomplete = False
        self._read: dict[Path, Library | None] = {}
        self._open: dict[Path, Scalar] = {}  # by whom they are imported, outermost first
        self._bytes = 0

    def take(self, node: Node, grammar: LibraryGrammar) -> Import | None:
        """Return the library that an import names; None, with the errors reported, where there is none.

        Parameters
        ----------
        grammar : LibraryGrammar
            That of the file that imports it.
        """
        try:
            place = grammar.scalar(node, "an import")
            file, name = self._find(place, grammar)
            if file in self._open:
                raise grammar.error("E144", "an import that leads back to itself", place, self._circle(file, place))
            if file not in self._read:
                self._read[file] = None
                self._read[file] = self._open_file(file, name, place, grammar)
        except SpecError as error:
            grammar.problems.report(error)
            self.incomplete = True
            return None
        library = self._read[file]
        return None if library is None else Import(place, library)

    def _circle(self, file: Path, place: Scalar) -> str:
        """Return the way round a circle."""
        files = list(self._open)
        way = [self._open[each].text for each in files[files.index(file) :]]
        return " -> ".join([*way, place.text])

    def _find(self, place: Scalar, grammar: LibraryGrammar) -> tuple[Path, str]:
        """Return the file of an import, and what errors call it."""
        if not catalog.is_path(place.text):
            try:
                file = catalog.library(place.text)
            except UsageError as error:
                raise grammar.error(error.code, error.message, place, error.hint) from None
            return file, catalog.shown(file)
        return beside(place, place.text, grammar)

    def _open_file(self, file: Path, name: str, place: Scalar, grammar: LibraryGrammar) -> Library | None:
        """Read a library; its errors are reported with the way to it."""
        if len(self._read) > MAX_LIBRARIES:
            raise grammar.error("E145", f"more than {MAX_LIBRARIES} libraries", place, "write several into one file")
        if len(self._open) >= MAX_CHAIN:
            message = f"imports nested deeper than {MAX_CHAIN}"
            raise grammar.error("E145", message, place, "import what is needed directly")
        try:
            data = read_bytes(str(file))
        except UsageError as error:
            message = error.message.replace(quoted(str(file), LONGEST_PATH), quoted(place.text))
            raise grammar.error("E141", message, place, error.hint) from None
        self._bytes += len(data)
        if self._bytes > MAX_BYTES:
            raise grammar.error("E145", f"libraries of more than {MAX_BYTES // 2**20} MiB together", place)
        self._open[file] = place
        problems, before = grammar.problems, len(grammar.problems.errors)
        try:
            source = decode(data, name, file.parent)
            inner = LibraryGrammar(source, Problems(source, problems), self)
            library = inner.library(compose(source))
            library.trail = tuple(step(each) for each in self._open.values())
            self.libraries.append(library)
        except ConvcostError as error:
            self.incomplete = True
            for found in error.errors if isinstance(error, Diagnostics) else (error,):
                problems.report(found)
            return None
        finally:
            del self._open[file]
            for found in problems.errors[before:]:
                found.trail = (step(place), *found.trail)
        return library


class Naming(NamedTuple):
    """What names a file and what it names, in the words of errors."""

    whole: str = "the spec"
    part: str = "library"
    alone: str = "a text imports shipped libraries only"


IMPORT = Naming()


def beside(place: Node, text: str, grammar: Grammar, naming: Naming = IMPORT) -> tuple[Path, str]:
    """Return a file below the directory of the one that names it, and what errors call it.

    Raises
    ------
    SpecError
        E141 where there is no such file, E142 where it would be elsewhere, E143 where there is no directory.
    """
    directory = grammar.source.directory
    if directory is None:
        message = f"{grammar.source.file} is no file, so there is none beside it"
        raise grammar.error("E143", message, place, naming.alone)
    path = PurePath(text)
    foreign = not text.isprintable() or any(mark in text for mark in "\\:")  # paths of other systems
    if foreign or path.is_absolute() or ".." in path.parts or len(text) > MAX_NAME:
        message = f"{quoted(text)} is not a path below the directory of {naming.whole}"
        raise grammar.error("E142", message, place, "write ./FILE.yaml; there is no .. in it")
    try:
        below = directory.resolve()
        file = (below / path).resolve()
        outside, regular, exists = not file.is_relative_to(below), file.is_file(), file.exists()
    except (OSError, RuntimeError) as error:  # links that lead in a circle, and what a system has of its own
        reason = getattr(error, "strerror", None) or "its links lead in a circle"
        raise grammar.error("E141", f"{quoted(text)} cannot be opened: {reason}", place) from None
    if outside:
        message = f"{quoted(text)} is a link that leads out of the directory of {naming.whole}"
        raise grammar.error("E142", message, place, f"copy the {naming.part} into it")
    if not regular:
        what = "is not a file" if exists else "does not exist"
        raise grammar.error("E141", f"{quoted(text)} {what}", place, "" if exists else _hint(below / path))
    return file, str(PurePath(grammar.source.file).parent / path)


def shipped(name: str) -> Library:
    """Return a shipped library.

    Raises
    ------
    UsageError
        E140 for a name that is not shipped.

    >>> list(shipped("mobilenet").blocks)
    ['mobilenet_v1_to_conv11', 'mobilenet_v1_to_conv13']
    """
    file = catalog.library(name)
    source = decode(read_bytes(str(file)), catalog.shown(file), file.parent)
    problems = Problems(source)
    library = LibraryGrammar(source, problems).library(compose(source))
    problems.check()
    return library


def _hint(path: Path) -> str:
    """Return the name of a file in the same directory that is like one that does not exist."""
    try:
        names = [file.name for file in path.parent.iterdir() if catalog.is_path(file.name)]
    except OSError:
        return ""
    return hint_for(path.name, names)
