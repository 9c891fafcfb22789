"""The shipped architectures as a table: a line for each, and one for each of their presets if that is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcost.records import Record
from convcost.report.table import Column, Document, Row, Section, Table
from convcost.report.text import width_of
from convcost.shipped import Entry
from convcost.studies.inventory import CONVENTION, Inventory
from convcost.units import scaled

GAP, YEAR = 2, 4
"""Blanks between columns, and the width of a year."""
SHORTEST_SOURCE, SHORTEST_PRESETS = 10, 9
"""Cells below which a source or a list of presets says nothing: the column is left out."""

_END = re.compile("[,;:] |$")


class Line(Record):
    """What a line of a listing shows, whatever the format.

    Attributes
    ----------
    name : str
        As a SPEC: "efficientnet:b3".
    bindings : mapping
        What a preset binds; empty for an architecture.
    presets : tuple of str
        Names of the presets of an architecture; empty for a preset.
    """

    name: str
    title: str
    year: int | None
    source: str
    params: int | None
    mult_adds: int | None
    bindings: Mapping[str, int | str]
    presets: tuple[str, ...] = ()

    @property
    def values(self) -> str:
        """The bindings as they are written in a SPEC, apart from blanks."""
        return ", ".join(f"{name}={value}" for name, value in self.bindings.items())


def listing(inventory: Inventory, *, presets: bool = False, width: int | None = None) -> Document:
    """Return the listing for readers; figures are rounded.

    Parameters
    ----------
    presets : bool
        Give each preset a line of its own, with the values it binds.
    width : int, optional
        Of the table: sources are shortened and as many presets named as there is room for. Absent: all is written.
    """
    entries = inventory.entries
    lines = [line for entry in entries for line in _lines(entry, presets=presets)]
    columns = [Column("name", "Name", "name"), Column("params", "Params"), Column("mult_adds", "Mult-adds")]
    cells: list[list[str | None]] = [[line.name, _figure(line.params), _figure(line.mult_adds)] for line in lines]
    room = None if width is None else width - _width(columns, cells)
    if any(line.year for line in lines) and (room is None or room >= GAP + YEAR):
        columns.append(Column("year", "Year"))
        for row, line in zip(cells, lines, strict=True):
            row.append("" if line.year is None else str(line.year))
        room = room and room - GAP - YEAR
    room = room and room - GAP
    for column, texts in _described(lines, presets=presets, room=room):
        columns.append(column)
        for row, text in zip(cells, texts, strict=True):
            row.append(text)
    count = f"{len(entries)} architecture{'' if len(entries) == 1 else 's'}"
    notes = [f"{entry.name}: {entry.problem}" for entry in entries if entry.problem]
    if any("+" in (row[-1] or "") for row in cells) and columns[-1].key == "presets":
        example = next(entry.name for entry in entries if entry.presets)
        notes.append(f"+n: n more presets; each has a line in 'convcost specs {example}'")
    section = Section(
        "",
        f"{count}, at the default values of {'its' if len(entries) == 1 else 'their'} hyperparameters",
        Table(tuple(columns), tuple(Row(tuple(row)) for row in cells)),
        notes=tuple(notes),
    )
    return Document(inventory.headline, "architectures", CONVENTION, (section,))


COLUMNS = (
    Column("spec", "SPEC", "name"),
    Column("title", "Title", "text"),
    Column("year", "Year"),
    Column("source", "Source", "text"),
    Column("params", "Params"),
    Column("mult_adds", "Mult-adds"),
    Column("values", "Values", "text"),
    Column("presets", "Presets", "text"),
)
"""Of CSV."""


def listing_rows(inventory: Inventory, *, presets: bool = False) -> Document:
    """Return the listing for CSV, figures exact; ``presets`` gives each preset a row of its own."""
    sections = tuple(
        Section(entry.name, entry.title, Table(COLUMNS, tuple(_rows(entry, presets=presets))))
        for entry in inventory.entries
    )
    return Document(inventory.headline, "architectures", CONVENTION, sections)


def _rows(entry: Entry, *, presets: bool) -> Iterator[Row]:
    for of in _lines(entry, presets=presets):
        names = " ".join(of.presets)
        yield Row((of.name, of.title, of.year, of.source, of.params, of.mult_adds, of.values, names))


def listing_data(inventory: Inventory) -> Document:
    """Return the listing for JSON: an object for each architecture, figures exact, presets with what they bind."""
    from convcost.cost.convention import convention
    from convcost.report.cost import of_convention

    sections = tuple(
        Section(entry.name, entry.title, notes=(entry.problem,) if entry.problem else (), data=_data(entry))
        for entry in inventory.entries
    )
    data = {"convention": of_convention(convention(CONVENTION))}
    return Document(inventory.headline, "architectures", CONVENTION, sections, data)


def _data(entry: Entry) -> dict[str, Any]:
    return {
        "spec": entry.name,
        "title": entry.title,
        "year": entry.year,
        "source": entry.source or None,
        "params": entry.params,
        "mult_adds": entry.mult_adds,
        "presets": [
            {
                "spec": f"{entry.name}:{preset.name}",
                "bindings": dict(preset.bindings),
                "params": preset.params,
                "mult_adds": preset.mult_adds,
            }
            for preset in entry.presets
        ],
    }


def _lines(entry: Entry, *, presets: bool) -> Iterator[Line]:
    names = tuple(preset.name for preset in entry.presets)
    yield Line(
        entry.name, entry.title, entry.year, entry.source, entry.params, entry.mult_adds, {}, () if presets else names
    )
    for preset in entry.presets if presets else ():
        name = f"{entry.name}:{preset.name}"
        yield Line(name, entry.title, entry.year, entry.source, preset.params, preset.mult_adds, preset.bindings)


def _figure(value: int | None) -> str | None:
    return None if value is None else scaled(value)


def _width(columns: Sequence[Column], rows: Sequence[Sequence[str | None]]) -> int:
    """Return the width of a table; what is absent is one cell wide."""
    titles = (column.title for column in columns)
    widest = (max(width_of(text or "–") for text in texts) for texts in zip(titles, *rows, strict=True))
    return sum(widest) + GAP * (len(columns) - 1)


def _described(lines: Sequence[Line], *, presets: bool, room: int | None) -> Iterator[tuple[Column, list[str]]]:
    """Yield the columns of sources and presets that there is room for, shortened to it."""
    sources = [_without_year(line) for line in lines]
    if presets:
        # a preset has the source of its architecture, which stands above it; its values are what tells it apart
        title = "Source, or values of the preset" if any(line.bindings for line in lines) else "Source"
        texts = [line.values or source for line, source in zip(lines, sources, strict=True)]
        if room is None or room >= SHORTEST_SOURCE:
            width = room or 10**6
            yield Column("source", until(title, width), "text"), [until(text, width) for text in texts]
        return
    names = [line.presets for line in lines]
    widest = max((width_of(" ".join(each)) for each in names), default=0)
    if room is None:
        yield Column("source", "Source", "text"), sources
        yield from [(Column("presets", "Presets", "text"), [" ".join(each) for each in names])] if widest else []
        return
    citations = max((width_of(until(text, 40)) for text in sources), default=0)
    of_presets = min(max(widest, len("Presets")), max(SHORTEST_PRESETS, room - GAP - citations)) if widest else 0
    of_sources = room - (GAP + of_presets if of_presets else 0)
    if of_sources < SHORTEST_SOURCE:
        of_presets, of_sources = 0, room
    if of_sources >= SHORTEST_SOURCE:
        texts = [until(text, of_sources) for text in sources]
        yield Column("source", "Source", "text"), texts
        of_presets = of_presets and room - GAP - max(width_of(text) for text in ("Source", *texts))
    if of_presets:
        yield Column("presets", "Presets", "text"), [first_of(each, of_presets) for each in names]


def _without_year(line: Line) -> str:
    """Return a source without the year, which has a column of its own."""
    return re.sub(rf" {line.year}(?=[,;]|$)", "", line.source, count=1) if line.year else line.source


def until(text: str, width: int) -> str:
    """Shorten a source: up to the last part of it that fits, or within its first one.

    >>> until("He et al., arXiv:1512.03385, Table 1", 30), until("Radosavovic et al.", 12)
    ('He et al., arXiv:1512.03385', 'Radosavovic…')
    """
    if width_of(text) <= width:
        return text
    ends = [match.start() for match in _END.finditer(text) if width_of(text[: match.start()]) <= width]
    if ends:
        return text[: ends[-1]]
    while text and width_of(text) >= width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def first_of(names: Sequence[str], width: int) -> str:
    """Name as many presets as there is room for, and say how many more there are.

    >>> first_of(("b0", "b1", "b2", "b3"), 11), first_of(("b0", "b1", "b2", "b3"), 8), first_of(("mobile", "large"), 8)
    ('b0 b1 b2 b3', 'b0 b1 +2', '+2')
    """
    whole = " ".join(names)
    if width_of(whole) <= width:
        return whole
    for shown in range(len(names) - 1, 0, -1):
        text = f"{' '.join(names[:shown])} +{len(names) - shown}"
        if width_of(text) <= width:
            return text
    return f"+{len(names)}"
