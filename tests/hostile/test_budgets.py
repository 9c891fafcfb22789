"""Every spec of ``budgets/`` is checked, or fails with the errors its first line tells, at these places.

The first line is ``# expect: E811 8:20`` (code, line, column), or ``# expect: none`` where the text looks wrong and is
right. ``pytest --update-golden`` writes it anew; look at the difference before committing it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BUDGETS = Path(__file__).parent / "budgets"
FILES = sorted(path.relative_to(BUDGETS).as_posix() for path in BUDGETS.glob("*/*.yaml"))


@pytest.fixture
def check(convcost: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run ``convcost check`` in the directory of the hostile budgets."""
    monkeypatch.chdir(BUDGETS)
    return lambda *arguments, stdin=b"": convcost("check", *arguments, stdin=stdin)


def test_the_corpus_is_whole() -> None:
    categories = Counter(file.partition("/")[0] for file in FILES)
    assert len(FILES) >= 85
    assert min(categories.values()) >= 10, categories


@pytest.mark.parametrize("file", FILES)
def test_budgets(
    file: str, check: Callable[..., Any], problems: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    text = (BUDGETS / file).read_text("utf-8")
    run = check(file)
    found = "; ".join(map(str, problems(run.err, file, text))) or "none"
    if request.config.getoption("--update-golden"):
        body = text.partition("\n")[2]
        (BUDGETS / file).write_text(f"# expect: {found}\n{body}", "utf-8")
    else:
        assert text.splitlines()[0] == f"# expect: {found}"
    assert run.status == (0 if found == "none" else 2)
    assert (run.out == "") == (found != "none")


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("legal/")])
@pytest.mark.parametrize("format_", ["json", "md", "github"])
def test_legal_budgets_in_all_formats(file: str, format_: str, check: Callable[..., Any]) -> None:
    run = check(file, "--format", format_)
    assert (run.status, run.err) == (0, "")
    assert all(character.isprintable() or character == "\n" for character in run.out)
    if format_ == "json":
        assert json.loads(run.out)["passed"] is True


@pytest.mark.parametrize("file", ["figures/word.yaml", "metrics/near_miss.yaml", "at/unknown_preset.yaml"])
def test_a_report_does_not_look_at_budgets(file: str, check: Callable[..., Any], convcost: Callable[..., Any]) -> None:
    assert convcost("report", str(BUDGETS / file)).status == 0


BASELINES = [
    b"",
    b"null",
    b"3",
    b'"models"',
    b'{"models": {}}',
    b'{"schema_version": 1, "convention": {"name": "paper", "parameters": "trainable"}, "models": [[]]}',
    b'{"schema_version": 1, "convention": {"name": "paper", "parameters": "trainable"}, "models": [{"spec": "a\\u001b[0m"}]}',
    b'{"schema_version": "\\u001b[31m", "convention": {"name": "paper", "parameters": "trainable"}, "models": []}',
    (
        b'{"schema_version": 1, "convention": {"name": "\\u001b[31m", "parameters": "trainable"}, "models": '
        b'[{"spec": "a", "totals": {}}]}'
    ),
    b"{" * 100_000,
    b'{"a":' * 100_000,
    b"[NaN, Infinity, 1e999999999]",
    b"\x00",
    b"\xff\xfe",
    b"%PDF-1.7",
]


@pytest.mark.parametrize("data", BASELINES, ids=[str(i) for i in range(len(BASELINES))])
def test_hostile_baselines(
    data: bytes, check: Callable[..., Any], problems: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "main.json").write_bytes(data)
    run = check("legal/mapping.yaml", "--against", str(tmp_path / "main.json"), "--max-growth", "2%")
    assert (run.status, run.out) == (2, "")
    assert problems(run.err, "")[0].code in {"E815", "E816"}


def test_rows_of_a_baseline_may_be_anything(check: Callable[..., Any], tmp_path: Path) -> None:
    """They only tell where growth comes from: what is odd in them is not used."""
    rows = [
        {},
        {"layer": 3},
        {"layer": "conv1", "params": "x", "output": "y", "kind": 3},
        {"layer": "a" * 10_000, "params": -5},
    ]
    model = {"spec": "legal/mapping.yaml", "totals": {"params": 1}, "by": "layer", "rows": rows}
    for by in ("layer", "stage", "kind", "op", "block", "\x1b", "", None, []):
        report = {
            "schema_version": 1,
            "convention": {"name": "paper", "parameters": "trainable"},
            "models": [model | {"by": by}],
        }
        (tmp_path / "main.json").write_text(json.dumps(report))
        run = check("legal/mapping.yaml", "--against", str(tmp_path / "main.json"), "--max-growth", "2%")
        assert (run.status, run.err) == (1, "")
        assert "conv1" in run.out


@pytest.mark.parametrize("length", range(0, 400, 7))
def test_a_spec_cut_anywhere(length: int, check: Callable[..., Any], problems: Callable[..., Any]) -> None:
    part = (BUDGETS / "legal/list.yaml").read_text("utf-8")[:length]
    run = check("-", "--format", "json", stdin=part.encode())
    if run.status == 0:
        assert json.loads(run.out)["passed"] is True
    else:
        assert problems(run.err, "<stdin>", part)
        assert (run.status, run.out) == (2, "")
