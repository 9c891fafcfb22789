"""Run the command line on hostile input, and hold every line it prints against the form that errors have."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from convcost.cli import main

SPECS = Path(__file__).parent / "specs"

_PROBLEM = re.compile(r"(?:(?P<file>\S[^\n]*?):(?P<line>\d+):(?P<column>\d+): )?(?P<code>E\d{3}) (?P<message>\S.*)")
_EXCERPT = re.compile(r" {0,6}(?P<line>\d+) \| ?(?P<text>.*)")
_CARETS = re.compile(r" {8}\| (?P<indent> *)(?P<carets>\^+)")
_TRAIL = re.compile(r"   in \S.*")
_TOTAL = re.compile(r"(?P<count>\d+) errors")
_INTERNALS = re.compile(
    r"Traceback|internal error|<class|<function|object at 0x|NoneType|\bNone\b(?!')|Error:|Exception|Fraction\(|Scalar\(|"
    r"Sequence\(|Mapping\(|Span\(|\.py\b"
)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"")


@dataclass(frozen=True)
class Outcome:
    """What a command line did."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Problem:
    """One error as it was printed; line and column are 0 where it has no place."""

    code: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.code} {self.line}:{self.column}" if self.line else self.code


def run_in_process(*arguments: str, stdin: bytes = b"") -> Outcome:
    out, err = io.StringIO(), io.StringIO()
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    before = sys.stdin
    sys.stdin = given
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(list(arguments))
    finally:
        sys.stdin = before
    return Outcome(status, out.getvalue(), err.getvalue())


def read_problems(err: str, file: str, text: str | None = None) -> list[Problem]:
    """Read standard error as a list of problems; every line must be part of one.

    ``text`` is the file's text: an excerpt must be its line, and carets must stand beneath it.
    """
    assert all(character.isprintable() or character == "\n" for character in err), err
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if text is not None else None
    problems: list[Problem] = []
    shown = ""
    for row in err.splitlines():
        if total := _TOTAL.fullmatch(row):
            assert int(total["count"]) == len(problems), err
        elif problem := _PROBLEM.fullmatch(row):
            if problem["file"]:
                assert problem["file"] == file, row
            found = Problem(problem["code"], int(problem["line"] or 0), int(problem["column"] or 0), problem["message"])
            _check_sentence(found.message)
            problems.append(found)
        elif excerpt := _EXCERPT.fullmatch(row):
            shown = excerpt["text"]
            assert int(excerpt["line"]) == problems[-1].line, err
            if lines is not None:
                line = lines[problems[-1].line - 1].replace("\t", " ")
                assert shown in line, (shown, line)
                assert len(line) > 100 or shown == line.rstrip(), (shown, line)
        elif carets := _CARETS.fullmatch(row):
            begin = len(carets["indent"])
            assert begin <= len(shown), err
            assert begin + len(carets["carets"]) <= max(len(shown), begin + 1), err
        else:
            assert _TRAIL.fullmatch(row), f"a line that is no part of a problem: {row!r} in\n{err}"
    return problems


def _check_sentence(message: str) -> None:
    assert 10 <= len(message) <= 400, message
    assert len(message.split()) >= 3, message
    assert not _INTERNALS.search(_QUOTED.sub("''", message)), message
    assert not message.endswith(".") or message.endswith("..."), message
    assert "  " not in _QUOTED.sub("''", message), message
    bare = _QUOTED.sub("''", message)
    assert bare.count("(") == bare.count(")") or "write " in bare, message
    assert not message[0].isupper() or message.startswith("YAML") or message.split(maxsplit=1)[0].isupper(), message


@pytest.fixture
def convcost(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run a command line in this process, in the directory of the specs; a bug shows its traceback."""
    monkeypatch.setenv("CONVCOST_TRACEBACK", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.chdir(SPECS)
    return run_in_process


@pytest.fixture
def problems() -> Callable[..., list[Problem]]:
    """Read the problems that a run printed; see ``read_problems``."""
    return read_problems
