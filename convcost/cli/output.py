"""Where results go: standard output, or a file that is written wholly or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from io import StringIO
from pathlib import Path
from typing import TextIO

from convcost.errors import UsageError


def destination(output: str | None) -> TextIO:
    """Return the stream that decides on colours and width: a file gets none of the terminal's."""
    return sys.stdout if output is None else StringIO()


def emit(text: str, output: str | None = None) -> None:
    """Write a result to standard output or to a file.

    Raises
    ------
    UsageError
        E027 where the file's directory does not exist, E021 where it cannot be written.
    """
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    path = Path(output)
    if not path.parent.is_dir():
        raise UsageError("E027", f"there is no directory {str(path.parent)!r} to write {path.name!r} in")
    try:
        write_whole(path, text)
    except OSError as error:
        raise UsageError("E021", f"cannot write {output!r}: {error.strerror}") from None


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old contents or the new ones, and never a part."""
    # a link keeps pointing where it does, and what it points to is replaced
    target = path.resolve()
    if target.exists() and not target.is_file():  # /dev/null, a pipe: nothing to replace; a directory is refused here
        with target.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
