"""From a name or a file, with ways of writing, to a convention; nothing is read for convcost's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from convcost.cost.convention import CONVENTIONS as BUILT_IN
from convcost.cost.convention import PARAMETERS, Convention
from convcost.cost.convention import convention as built_in
from convcost.errors import UsageError, one_of
from convcost.shipped import CONVENTIONS, names

FORM = "write NAME, FILE.yaml, or NAME@WRITTEN=HOW,..."


def shipped() -> tuple[str, ...]:
    """Return the names of all conventions: those of convcost itself, then those of other tools."""
    return (*BUILT_IN, *names(CONVENTIONS))


def is_built_in(name: str) -> bool:
    """Tell whether a convention is one of convcost's own."""
    return name in BUILT_IN


def convention(
    name: str | Path = "paper", parameters: str | None = None, *, written: Mapping[str, str] | None = None
) -> Convention:
    """Return a convention, with the wanted meaning of "parameter".

    Parameters
    ----------
    name : str or Path
        One of convcost's own, a shipped one of another tool, or a file; the last two with ways in which the network is
        written, ``fvcore@global_pool=mean``.
    parameters : {"trainable", "weights", "all"}, optional
        Absent: what the convention itself calls a parameter.
    written : mapping of str to str, optional
        How the network is written, as far as the convention tells that apart; what stands in the name comes first.

    Raises
    ------
    UsageError
        E009 for a text of another form, E010 for an unknown convention, E011 for an unknown kind of parameter, E754
        for a way of writing that the convention does not tell apart.
    SpecError, Diagnostics
        For what is wrong in a file.

    >>> convention("fvcore").version, convention("fvcore@global_pool=mean").name
    ('fvcore 0.1.5.post20221221', 'fvcore@global_pool=mean')
    """
    text = str(name)
    if text in BUILT_IN:
        return built_in(text, parameters or "trainable")
    if parameters is not None and parameters not in PARAMETERS:
        raise UsageError("E011", f"unknown kind of parameters {parameters!r}", hint=one_of(parameters, PARAMETERS))
    source, said = _parts(text)
    if source in BUILT_IN:
        raise UsageError("E754", f"{source} does not tell ways of writing apart", hint=f"write {source}")
    from convcost.conventions.draft import resolved
    from convcost.conventions.reader import open_draft

    draft = open_draft(source)
    apart = draft.written
    ways = {key: how for key, how in (written or {}).items() if key in apart and how in apart[key].choices}
    policy = resolved(draft, {**ways, **said})
    return policy if parameters is None else policy.replaced(parameters=parameters)


def _parts(text: str) -> tuple[str, dict[str, str]]:
    """Split ``fvcore@global_pool=mean`` into the convention and the ways of writing."""
    if not text.strip() or "\0" in text:
        what = "an empty convention" if not text.strip() else "a convention with a null character"
        raise UsageError("E009", what, hint=FORM)
    source, at, tail = text.partition("@")
    written: dict[str, str] = {}
    for part in tail.split(",") if at else ():
        key, equals, value = (side.strip() for side in part.partition("="))
        if not equals or not key or not value or key in written:
            raise UsageError("E009", f"{part!r} in {text!r} is not WRITTEN=HOW", hint=FORM)
        written[key] = value
    return source, written


def tells_apart(found: Convention) -> Mapping[str, tuple[str, ...]]:
    """Return the ways of writing that a convention tells apart, with the choices of each."""
    written = getattr(found, "written", {})
    return {key: switch.choices for key, switch in written.items()}
