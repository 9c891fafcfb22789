"""Every broken spec of ``specs/`` fails with the errors its first line tells, at these places, and never otherwise.

The first line of a spec is ``# expect: E103 6:12; E110 7:3`` (code, line, column), or ``# expect: none`` where the text
looks wrong and is right.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SPECS = Path(__file__).parent / "specs"
FILES = sorted(path.relative_to(SPECS).as_posix() for path in SPECS.glob("*/*.yaml"))


def expectation(file: str) -> str:
    first = (SPECS / file).read_text("utf-8").splitlines()[0]
    assert first.startswith("# expect: "), file
    return first.removeprefix("# expect: ")


def test_the_corpus_is_whole() -> None:
    categories = Counter(file.partition("/")[0] for file in FILES)
    assert len(FILES) >= 500
    assert min(categories.values()) >= 5, categories


@pytest.mark.parametrize("file", FILES)
def test_spec(file: str, convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
    wanted = expectation(file)
    run = convcost("report", file)
    found = problems(run.err, file, (SPECS / file).read_bytes().decode("utf-8"))
    assert "; ".join(map(str, found)) == ("" if wanted == "none" else wanted)
    assert run.status == (0 if wanted == "none" else 2)
    assert (run.out == "") == (wanted != "none")


def test_formula_of_extents_that_double(convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
    """Symbolic extents are bounded as numbers are."""
    file = "limits/extent_growth_symbolic.yaml"
    run = convcost("formula", file)
    assert (run.status, run.out) == (2, "")
    assert "; ".join(map(str, problems(run.err, file))) == expectation(file)


SAMPLE = [
    "expressions/block_recursion.yaml",
    "expressions/import.yaml",
    "expressions/let_exponential_calls.yaml",
    "expressions/let_recursion.yaml",
    "expressions/tower_of_powers.yaml",
    "hyperparameters/default_huge.yaml",
    "limits/repeat_billion.yaml",
    "limits/repeat_branches.yaml",
    "limits/repeat_channels_explode.yaml",
    "limits/repeat_nested.yaml",
    "limits/repeat_of_false.yaml",
    "limits/repeat_of_nothing.yaml",
    "limits/repeat_quadrillion.yaml",
    "limits/repeat_table_rows.yaml",
    "shapes/add_in_block.yaml",
    "sizes/input_huge.yaml",
    "truncated/inside_flow_mapping.yaml",
    "unknown/several.yaml",
    "wrong_types/document_list.yaml",
    "yaml/alias_bomb.yaml",
    "yaml/alias_bomb_of_layers.yaml",
    "yaml/tag_python_object.yaml",
]


def limit() -> None:
    """Give the child 500 MB of address space and 10 s of processor time."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (500 * 2**20, 500 * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
@pytest.mark.parametrize("file", SAMPLE)
def test_spec_in_a_process_of_its_own(file: str, problems: Callable[..., Any]) -> None:
    """The same within 500 MB, interpreter included; what must end soon is killed if it does not."""
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "report", file],
        cwd=SPECS,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(SPECS.parents[2]), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        preexec_fn=limit,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "; ".join(map(str, problems(done.stderr, file))) == expectation(file)
