"""The shipped specs and libraries of blocks: found by listing a directory, without reading any of them."""

from __future__ import annotations

from pathlib import Path

from convcost.errors import UsageError
from convcost.shipped import CLAIMS, LIBRARIES, SUFFIX, file_of, names, root
from convcost.spec.vocabulary import hint_for
from convcost.symbols.expr.language import quoted, shorten

__all__ = ["SUFFIX", "is_path", "libraries", "library", "locate", "locate_claims", "names", "path", "root", "shown"]


def libraries() -> tuple[str, ...]:
    """Return the names of the shipped libraries of blocks, in alphabetical order."""
    return names(LIBRARIES)


def path(name: str) -> Path:
    """Return the file of a shipped architecture.

    Raises
    ------
    UsageError
        E005 for a name that is not shipped.
    """
    known = names()
    if name in known:
        return file_of(name)
    hint = f"it is a file of claims: 'convcost audit {name}'" if name in names(CLAIMS) else hint_for(name, known)
    if not hint and _exists(f"{name}{SUFFIX}"):
        hint = f"a file is named with its ending: {name}{SUFFIX}"
    raise UsageError("E005", f"there is no shipped spec {quoted(name)}", hint=hint or "'convcost specs' lists them")


def library(name: str) -> Path:
    """Return the file of a shipped library of blocks.

    Raises
    ------
    UsageError
        E140 for a name that is not shipped.
    """
    known = libraries()
    if name in known:
        return file_of(name, LIBRARIES)
    hint = hint_for(name, known) or f"a file is written with its ending: ./{shorten(name)}{SUFFIX}"
    raise UsageError("E140", f"there is no shipped library {quoted(name)}", hint=hint)


def locate(target: str) -> str:
    """Return the file of a shipped name or of a path; ``-`` stays, it is standard input.

    What is written as a path or exists as a file is a path, everything else a shipped name.
    """
    if target == "-" or is_path(target) or (target not in names() and _exists(target)):
        return target
    return str(path(target))


def locate_claims(target: str) -> str:
    """Return the file of shipped claims or of a path, told apart as those of specs.

    Raises
    ------
    UsageError
        E708 for a name that is not shipped.
    """
    known = names(CLAIMS)
    if target in known:
        return str(file_of(target, CLAIMS))
    if target == "-" or is_path(target) or _exists(target):
        return target
    head = target.partition("@")[0].partition(":")[0]
    if head in names():
        hint = f"it is a spec: 'convcost report {shorten(target)}'"
    elif _exists(f"{target}{SUFFIX}"):
        hint = f"a file is named with its ending: {target}{SUFFIX}"
    else:
        hint = hint_for(target, known) or f"shipped: {', '.join(known)}"
    raise UsageError("E708", f"there is no shipped file of claims {quoted(target)}", hint=hint)


def _exists(name: str) -> bool:
    try:
        return bool(name) and Path(name).exists()
    except (OSError, ValueError):  # too long for the system, or not a path at all
        return False


def is_path(name: str) -> bool:
    """Tell whether something is written as a path: it ends in .yaml or .yml, or contains a slash."""
    return "/" in name or "\\" in name or name.endswith((SUFFIX, ".yml"))


def shown(file: Path) -> str:
    """Return how messages call a shipped file: its path below the working directory, or as it is."""
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
