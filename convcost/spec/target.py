"""The SPEC of a command line: a file or a shipped name, with a preset and bindings."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from convcost.errors import UsageError
from convcost.records import Record, field
from convcost.spec import catalog
from convcost.spec.architecture import Architecture, parse
from convcost.spec.hyperparameters import PRESET
from convcost.spec.source import read_bytes
from convcost.symbols.expr import ExpressionError, constant
from convcost.symbols.expr.language import quoted, shorten

FORM = "write NAME, NAME:PRESET, or NAME@HYPERPARAMETER=VALUE,..."


class Target(Record):
    """A parsed SPEC: ``source`` is a file, a shipped name, or ``-``."""

    source: str
    preset: str | None = None
    bindings: Mapping[str, int | Fraction] = field(default_factory=dict)


def parse_target(text: str) -> Target:
    """Split a SPEC into source, preset and bindings; values are exact.

    Raises
    ------
    UsageError
        E009 for a text of another form, E015 for a value that is not a number.

    >>> parse_target("mobilenet_v1@alpha=0.5,resolution=160")
    Target(source='mobilenet_v1', preset=None, bindings={'alpha': Fraction(1, 2), 'resolution': 160})
    >>> parse_target("dir/my.yaml:b3").preset
    'b3'
    """
    if not text.strip() or "\0" in text:
        raise UsageError("E009", "an empty SPEC" if not text.strip() else "a SPEC with a null character", hint=FORM)
    if _is_file(text):
        return Target(text)
    head, at, tail = text.partition("@")
    bindings = _bindings(text, tail) if at else {}
    source, colon, preset = head.rpartition(":")
    if not colon or _is_file(head):
        source, preset = head, ""
    elif not PRESET.fullmatch(preset) or not source:
        raise UsageError("E009", f"{quoted(text)} is not a SPEC", hint=FORM)
    if not source:
        raise UsageError("E009", f"{quoted(text)} names no spec", hint=FORM)
    return Target(source, preset or None, bindings)


def open_target(text: str) -> tuple[Architecture, dict[str, int | Fraction], frozenset[str]]:
    """Read the spec of a SPEC.

    Returns
    -------
    architecture, values, bound
        The values of all hyperparameters, and the names of those that were bound explicitly or by a preset.
    """
    target = parse_target(text)
    file = catalog.locate(target.source)
    shown = "<stdin>" if file == "-" else target.source if file == target.source else catalog.shown(Path(file))
    architecture = parse(read_bytes(file), shown, Path(file).parent if file != "-" else None)
    values = architecture.values(target.preset, target.bindings)
    bound = {*(architecture.presets[target.preset] if target.preset else ()), *target.bindings}
    return architecture, values, frozenset(bound)


def _bindings(text: str, tail: str) -> dict[str, int | Fraction]:
    bindings: dict[str, int | Fraction] = {}
    for part in tail.split(","):
        name, equals, value = (side.strip() for side in part.partition("="))
        if not equals or not name or not value:
            raise UsageError("E009", f"{quoted(part)} in {quoted(text)} is not NAME=VALUE", hint=FORM)
        if name in bindings:
            raise UsageError("E009", f"{quoted(name)} is bound twice in {quoted(text)}", hint=FORM)
        bindings[name] = read_number(name, value)
    return bindings


def read_number(name: str, text: str) -> int | Fraction:
    """Read the value of a hyperparameter exactly.

    Raises
    ------
    UsageError
        E015.

    >>> read_number("alpha", "0.75"), read_number("resolution", "7*32")
    (Fraction(3, 4), 224)
    """
    try:
        return constant(text)
    except ExpressionError as error:
        hint = error.hint or "a number such as 224, 0.75 or 3/4"
        raise UsageError("E015", f"{name}={shorten(text)}: {error.message}", hint=hint) from None


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for the system, or not a path at all
        return False
