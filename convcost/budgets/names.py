"""SPECs with wildcards: what a shell has not expanded, because it was quoted or stands in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from glob import escape, glob, has_magic
from pathlib import Path

from convcost.errors import UsageError
from convcost.symbols.expr.language import quoted

_PARTS = re.compile(r"(?P<files>.*?)(?P<tail>(?::[\w.-]+)?(?:@.*)?)", re.ASCII | re.DOTALL)


def expand(specs: Iterable[str], directory: str = "") -> tuple[str, ...]:
    """Return SPECs with wildcards replaced by the files they match, in alphabetical order, none twice.

    Parameters
    ----------
    directory : str
        Where files that are not absolute are looked for; empty for the working directory.

    Raises
    ------
    UsageError
        E818 where nothing matches.

    >>> expand(["mobilenet_v1", "resnet:34", "mobilenet_v1"])
    ('mobilenet_v1', 'resnet:34')
    """
    found: dict[str, None] = {}
    for spec in specs:
        if has_magic(spec) and not _exists(spec):
            found.update(dict.fromkeys(_matches(spec, directory)))
        else:
            found[_below(directory, spec)] = None
    return tuple(found)


def _matches(spec: str, directory: str) -> list[str]:
    parts = _PARTS.fullmatch(spec)
    assert parts is not None  # both groups may be empty
    pattern, tail = parts["files"], parts["tail"]
    try:
        # a pattern may be absolute, which Path.glob does not take
        found = glob(str(Path(escape(directory), pattern)), recursive=True)  # noqa: PTH207
        files = sorted(name for name in found if Path(name).is_file())
    except (ValueError, re.error):
        files = []
    if not files:
        raise UsageError("E818", f"no file matches {quoted(pattern)}", hint="wildcards are *, ?, [...] and **/")
    return [name + tail for name in files]


def _below(directory: str, spec: str) -> str:
    """Return a SPEC of a project file as one of the working directory: a path is relative to the project file."""
    parts = _PARTS.fullmatch(spec)
    assert parts is not None
    file = Path(directory, parts["files"])
    is_path = "/" in parts["files"] or parts["files"].endswith((".yaml", ".yml"))
    return str(file) + parts["tail"] if directory and is_path else spec


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for the system, or not a path at all
        return False
