"""The shipped specs: found by listing a directory, without reading any of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from convcost.errors import UsageError
from convcost.spec.vocabulary import hint_for
from convcost.symbols.expr.language import quoted

SUFFIX = ".yaml"


@cache
def root() -> Path:
    """Return the directory of the shipped specs: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_specs"
    return installed if installed.is_dir() else package.parent / "specs"


def names() -> tuple[str, ...]:
    """Return the names of the shipped architectures, in alphabetical order."""
    directory = root() / "architectures"
    if not directory.is_dir():
        return ()
    return tuple(sorted(file.name.removesuffix(SUFFIX) for file in directory.iterdir() if file.name.endswith(SUFFIX)))


def path(name: str) -> Path:
    """Return the file of a shipped architecture.

    Raises
    ------
    UsageError
        E005 for a name that is not shipped.
    """
    known = names()
    if name in known:
        return root() / "architectures" / f"{name}{SUFFIX}"
    hint = hint_for(name, known)
    if not hint and Path(f"{name}{SUFFIX}").is_file():
        hint = f"a file is named with its ending: {name}{SUFFIX}"
    raise UsageError("E005", f"there is no shipped spec {quoted(name)}", hint=hint or "'convcost specs' lists them")


def locate(target: str) -> str:
    """Return the file of a shipped name or of a path; ``-`` stays, it is standard input.

    What ends in .yaml or .yml, contains a slash or exists as a file is a path, everything else a shipped name.
    """
    if target == "-" or "/" in target or "\\" in target or target.endswith((SUFFIX, ".yml")):
        return target
    if target not in names() and Path(target).exists():
        return target
    return str(path(target))
