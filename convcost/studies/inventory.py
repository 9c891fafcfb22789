"""The shipped architectures with what they cost: read from the index where it is right, derived where it is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from convcost.errors import ConvcostError
from convcost.records import Record
from convcost.shipped import LIBRARIES, Entry, Index, Preset, Recorded, file_of, names, read_index, stamp

CONVENTION = "paper"
"""The convention of all figures."""


class Inventory(Record):
    """Architectures in alphabetical order.

    Attributes
    ----------
    headline : str
        The convention in words.
    derived : tuple of str
        Those of which the index knows nothing, or nothing that is sure to be right still.
    """

    headline: str
    entries: tuple[Entry, ...]
    derived: tuple[str, ...] = ()


def inventory(words: Iterable[str] = ()) -> Inventory:
    """Return the shipped architectures that have any of the words in their name or title; without words, all.

    Capitals do not matter. A spec that is wrong is listed, too: without figures, and with its first error.
    """
    wanted = [word.casefold() for word in words]
    index = read_index()
    entries, derived = [], []
    for name in names():
        known = index.entry(name)
        entry = known or _derived_or_problem(name)
        text = f"{entry.name}\n{entry.title}".casefold()
        if not wanted or any(word in text for word in wanted):
            entries.append(entry)
            if known is None:
                derived.append(name)
    return Inventory(index.headline or _headline(), tuple(entries), tuple(derived))


def fresh_index() -> Index:
    """Return the index of what is shipped, every figure in it derived anew.

    Raises
    ------
    ConvcostError
        Where a shipped spec is wrong: there is no index with holes.
    """
    entries = {name: derive(name) for name in names()}
    libraries = {name: stamp(file_of(name, LIBRARIES).read_bytes()) for name in names(LIBRARIES)}
    return Index(_headline(), entries, libraries)


def derive(name: str) -> Recorded:
    """Return what is listed of an architecture, its figures derived at its defaults and for each preset.

    >>> derive("mobilenet_v1").entry.mult_adds
    568740352

    Raises
    ------
    ConvcostError
        Where its spec is wrong.
    """
    from convcost.cost.convention import convention
    from convcost.model import Model, load

    model = load(name)
    architecture = model.architecture

    def figures(at: Model) -> tuple[int, int]:
        analysis = at.analyze(convention(CONVENTION))
        return int(analysis.total("params")), int(analysis.total("mult_adds"))

    presets = tuple(
        Preset(preset, _plain(bindings), *figures(model.replaced(values=architecture.values(preset))))
        for preset, bindings in architecture.presets.items()
    )
    params, mult_adds = figures(model)
    entry = Entry(name, architecture.title, architecture.year, architecture.source, params, mult_adds, presets)
    return Recorded(entry, stamp(file_of(name).read_bytes()), bool(architecture.document.imported))


def _derived_or_problem(name: str) -> Entry:
    try:
        return derive(name).entry
    except ConvcostError as error:
        return Entry(name, name, problem=str(error).splitlines()[0])


def _plain(bindings: Mapping[str, int | Fraction]) -> dict[str, int | str]:
    return {name: value if isinstance(value, int) else str(value) for name, value in bindings.items()}


def _headline() -> str:
    from convcost.cost.convention import convention

    return convention(CONVENTION).describe()
