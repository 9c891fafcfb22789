"""A baseline: what networks cost before, as ``convcost report --format json`` wrote it down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import PurePath
from typing import Any

from convcost.errors import UsageError
from convcost.records import Record
from convcost.spec.source import read_bytes
from convcost.spec.target import parse_target
from convcost.symbols.expr.language import quoted, shorten

SCHEMA_VERSION = 1
HOW = "'convcost report SPEC... --format json -o FILE' writes one"

Values = Mapping[str, int | Fraction]

_FRACTION = re.compile(r"-?[0-9]{1,40}(/[1-9][0-9]{0,39})?")


class Known(Record):
    """What one network cost.

    Attributes
    ----------
    spec : str
        The SPEC that was reported.
    name : str
        Of the architecture.
    values : mapping of str to number
        Of its hyperparameters.
    by : str
        What its rows are.
    rows : tuple of mapping
        As they stand in the file; their numbers are not checked.
    """

    spec: str
    name: str
    values: Values
    totals: Mapping[str, int]
    by: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()


class Baseline(Record):
    """What several networks cost, under one convention."""

    file: str
    convention: str
    parameters: str
    known: tuple[Known, ...]


class Asked(Record):
    """A SPEC in its parts, however it was spelt: ``./net.yaml@alpha=0.5`` is ``net.yaml@alpha=1/2``."""

    file: str
    preset: str | None
    bindings: Values

    @property
    def tail(self) -> tuple[str | None, Values]:
        """What stands behind the file."""
        return self.preset, self.bindings


def asked(spec: str) -> Asked:
    """Return the parts of a SPEC.

    >>> asked("./net.yaml@alpha=0.5") == asked("net.yaml@alpha=1/2")
    True
    """
    try:
        target = parse_target(spec)
    except UsageError:
        return Asked(spec, None, {})
    return Asked(PurePath(target.source).as_posix(), target.preset, target.bindings)


def open_baseline(file: str) -> Baseline:
    """Read a baseline.

    Raises
    ------
    UsageError
        E001 to E004 where the file cannot be read, E815 where it is not a report in JSON.
    """
    data = read_bytes(file, "a baseline", "JSON")
    try:
        # no number of a baseline becomes a float: what is not whole is refused where it is a total
        document = json.loads(data, parse_float=str, parse_constant=str)
    except UnicodeDecodeError:
        raise _wrong(file, "not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"{error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}, column {error.colno}"
        raise _wrong(file, f"not JSON: {place}") from None
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else "a number of too many digits"
        raise _wrong(file, f"not JSON: {why}") from None
    if not isinstance(document, dict) or not isinstance(document.get("models"), list):
        raise _wrong(file, "no report: it has no list of models")
    version = document.get("schema_version")
    if type(version) is not int or version != SCHEMA_VERSION:
        raise _wrong(file, f"of schema_version {shorten(str(version))}, and this program reads {SCHEMA_VERSION}")
    convention = document.get("convention")
    name, parameters = _text(convention, "name"), _text(convention, "parameters")
    if not name or not parameters:
        raise _wrong(file, "no report: it names no convention")
    known = tuple(_known(file, number, model) for number, model in enumerate(document["models"], 1))
    if not known:
        raise _wrong(file, "a report of no model")
    return Baseline(file, name, parameters, known)


def _wrong(file: str, what: str) -> UsageError:
    return UsageError("E815", f"the baseline {quoted(file)} is {what}", hint=HOW)


def _known(file: str, number: int, model: object) -> Known:
    what = f"no report: model {number} has no"
    if not isinstance(model, dict) or not isinstance(model.get("spec"), str):
        raise _wrong(file, f"{what} spec")
    if model.get("incomplete"):
        raise _wrong(file, f"a report of lower bounds: some costs of {quoted(model['spec'])} are not known")
    totals = model.get("totals")
    if not isinstance(totals, dict) or not all(type(total) is int and total >= 0 for total in totals.values()):
        raise _wrong(file, f"{what} totals that are whole numbers")
    if model.get("batch", 1) != 1:
        raise _wrong(file, f"for a batch of {shorten(str(model['batch']))}, and budgets are for one image")
    rows = model.get("rows")
    return Known(
        model["spec"],
        _text(model, "name"),
        _values(model.get("bindings")),
        totals,
        _text(model, "by"),
        tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else (),
    )


def _text(mapping: object, key: str) -> str:
    value = mapping.get(key) if isinstance(mapping, dict) else None
    return value if isinstance(value, str) else ""


def _values(bindings: object) -> Values:
    """Return the values of hyperparameters; what is not a number takes part in no comparison."""
    values: dict[str, int | Fraction] = {}
    for name, value in bindings.items() if isinstance(bindings, dict) else ():
        if type(value) is int:
            values[name] = value
        elif isinstance(value, str) and _FRACTION.fullmatch(value):
            values[name] = Fraction(value)
    return values


def matches(baseline: Baseline, networks: Sequence[tuple[str, str, Values]]) -> list[Known | None]:
    """Return what each network cost before; None for one that is new.

    Parameters
    ----------
    networks : sequence of (SPEC, name of the architecture, values of its hyperparameters)

    Notes
    -----
    An entry is that of a network if it was asked for by the same file, preset and bindings: a default or a preset that
    has changed since counts as growth. Otherwise it is that of the same file with the same values. Otherwise it is the
    only one of an architecture of the same name, with the same preset and bindings, whose file is not among those that
    are checked: the file was moved, or the baseline written from another directory.
    """
    specs = [asked(spec) for spec, _, _ in networks]
    entries = [(asked(known.spec), known) for known in baseline.known]
    files = {spec.file for spec in specs}
    found: list[Known | None] = []
    for spec, (_, name, values) in zip(specs, networks, strict=True):
        same = [known for entry, known in entries if entry == spec]
        same += [known for entry, known in entries if entry.file == spec.file and known.values == values]
        moved = [k for e, k in entries if k.name == name and e.tail == spec.tail and e.file not in files]
        found.append(same[0] if same else moved[0] if len(moved) == 1 else None)
    return found
