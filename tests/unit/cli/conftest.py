"""Running the command line: in this process where its output matters, in another where its imports do."""

import os
import subprocess
import sys
from dataclasses import dataclass

import pytest

from convcost.cli import main

TINY = """\
convcost: 1
name: tiny
title: Tiny
hyperparameters:
  alpha: {default: 1, multiple_of: 1/4, doc: width multiplier}
input: [3, 8, 8]
layers:
  - {conv: {kernel: 3, out: 4*alpha, padding: same}, name: stem}
  - global_avgpool
  - linear: {out: 10}
"""


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return str(path)


@pytest.fixture
def call(capsys, monkeypatch):
    """Call ``main`` with arguments and return its exit code and what it wrote."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "CONVCOST_TRACEBACK", "_CONVCOST_COMPLETE"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Outcome(code, written.out, written.err)

    return run


@pytest.fixture
def python():
    """Run Python source in another process."""

    def run(source, *arguments, environment=None, text_input=None, command=("-c",)):
        return subprocess.run(
            [sys.executable, *command, *([source] if source else []), *map(str, arguments)],
            capture_output=True,
            text=True,
            input=text_input,
            env=os.environ | (environment or {}),
            check=False,
        )

    return run
