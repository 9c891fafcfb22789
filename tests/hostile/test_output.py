"""What a hostile spec says about itself is printed as text, whatever it is written into."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

TITLE = r"""[red]T[/red] [/no] | \input{x} $x_1$ & # % ~ ^ {z} `c` <script> *b* """ + '"""; raise SystemExit(9); """'
SPEC = f"""\
convcost: 1
name: hostile
title: {json.dumps(TITLE)}
source: {json.dumps(TITLE)}
hyperparameters:
  alpha: {{default: 1, choices: [1, 2], doc: {json.dumps(TITLE)}}}
input: [3, 8, 8]
layers:
  - {{conv: {{kernel: 3, out: 4*alpha}}, name: a_b.c-d/e}}
"""


@pytest.fixture
def output(convcost: Callable[..., Any]) -> Callable[..., str]:
    def run(command: str, format_: str) -> str:
        done = convcost(command, "-", "--format", format_, stdin=SPEC.encode())
        assert (done.status, done.err) == (0, "")
        assert all(character.isprintable() or character == "\n" for character in done.out)
        return str(done.out)

    return run


@pytest.mark.parametrize(("command", "format_"), [("report", "table"), ("formula", "text")])
def test_terminal(command: str, format_: str, output: Callable[..., str]) -> None:
    """Markup of the terminal's renderer means nothing in a spec."""
    assert TITLE in " ".join(output(command, format_).split())


@pytest.mark.parametrize("command", ["report", "formula"])
def test_json(command: str, output: Callable[..., str]) -> None:
    assert f'"title": {json.dumps(TITLE)}' in output(command, "json")
    json.loads(output(command, "json"))


@pytest.mark.parametrize("command", ["report", "formula"])
def test_latex(command: str, output: Callable[..., str]) -> None:
    """No command of a spec reaches TeX."""
    text = output(command, "latex")
    assert "\\input" not in text
    assert "[red]T[/red]" not in text or "\\textbackslash{}input\\{x\\}" in text


@pytest.mark.parametrize("command", ["report", "formula"])
def test_markdown(command: str, output: Callable[..., str]) -> None:
    text = output(command, "md")
    assert "<script>" not in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.replace("\\|", "").count("|") for line in rows}) <= 1


def test_csv(output: Callable[..., str]) -> None:
    rows = list(csv.reader(io.StringIO(output("report", "csv"))))
    assert len({len(row) for row in rows}) == 1


def test_python(output: Callable[..., str]) -> None:
    """The module that is written has the title in its docstring, and runs nothing of it."""
    module: dict[str, Any] = {}
    exec(compile(output("formula", "python"), "written", "exec"), module)
    assert TITLE in module["__doc__"]
    assert module["mult_adds"](2) == 2 * module["mult_adds"]()


@pytest.mark.parametrize("key", ["title", "source", "doc"])
@pytest.mark.parametrize("text", ["\x1b[31mred", "\x07", "a\x9bb", "left\u202eright", "zero\u200bwidth"])
def test_control_characters_are_refused(
    key: str, text: str, convcost: Callable[..., Any], problems: Callable[..., Any]
) -> None:
    written = json.dumps(text)
    place = f"hyperparameters: {{a: {{default: 1, doc: {written}}}}}" if key == "doc" else f"{key}: {written}"
    run = convcost("report", "-", stdin=f"convcost: 1\n{place}\ninput: [3, 8, 8]\nlayers: [relu]\n".encode())
    assert (run.status, run.out) == (2, "")
    (problem,) = problems(run.err, "<stdin>")
    assert problem.code == "E105"


def test_several_lines_become_one(convcost: Callable[..., Any]) -> None:
    spec = SPEC.replace("title: ", 'title: "first\\n  second" # ')
    run = convcost("report", "-", stdin=spec.encode())
    assert "\nfirst second\n" in run.out
