"""A good spec cut off at every one of its bytes: a shorter spec, or an error that says what is missing and where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOOD = sorted((Path(__file__).parent / "good").glob("*.yaml"))


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_whole(path: Path, convcost: Callable[..., Any]) -> None:
    run = convcost("report", str(path))
    assert (run.status, run.err) == (0, "")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_cut_anywhere(path: Path, convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
    whole = path.read_bytes()
    good = 0
    for length in range(len(whole)):
        part = whole[:length]
        run = convcost("report", "-", "--format", "json", stdin=part)
        if run.status == 0:
            assert run.err == ""
            good += 1
        else:
            found = problems(run.err, "<stdin>", part.decode())
            assert found
            assert (run.status, run.out) == (2, "")
    # few cuts leave a spec: those behind an item of 'layers'
    assert good < len(whole) / 3
