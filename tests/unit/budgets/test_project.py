"""``[tool.convcost]``: which file is read, and what is wrong with one; SPECs with wildcards."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.budgets import expand, find_project, open_project
from convcost.errors import UsageError

METRICS = ("mult_adds", "params")


def refusal(call, *arguments):
    with pytest.raises(UsageError) as caught:
        call(*arguments)
    return str(caught.value)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_project_file(here):
    text = '[tool.convcost]\nspecs = ["a.yaml"]\n[tool.convcost.budgets]\nparams = "4.3 M"\nmult-adds = 600_000_000\n'
    Path("p.toml").write_text(text)
    project = open_project("p.toml", METRICS)
    assert project.specs == ("a.yaml",)
    assert [(b.metric, b.limit, b.source) for b in project.budgets] == [
        ("params", 4_300_000, "p.toml"),
        ("mult_adds", 600_000_000, "p.toml"),
    ]


def test_the_nearest_file_with_the_table_is_found(here):
    inner = here / "a" / "b"
    inner.mkdir(parents=True)
    (here / "pyproject.toml").write_text("[tool.convcost]\nspecs = ['outer.yaml']\n")
    (here / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    found = find_project(inner, METRICS)
    assert (found.specs, found.file) == (("outer.yaml",), str(here / "pyproject.toml"))
    (inner / "pyproject.toml").write_text("[tool.convcost]\nspecs = ['inner.yaml']\n")
    found = find_project(inner, METRICS)
    assert (found.specs, found.file, found.directory) == (("inner.yaml",), "pyproject.toml", "")


WRONG = {
    "[tool.convcost": "E813 'p.toml' is not TOML: expected ']' at the end of a table declaration (at end of document)",
    "a = 1\na = 2": "E813 'p.toml' is not TOML: cannot overwrite a value (at end of document)",
    f"a = {'9' * 5000}": "E813 'p.toml' is not TOML: a number of too many digits",
    f"a = {'[' * 5000}": "E813 'p.toml' is not TOML: nested too deeply",
    "[tool.other]": "E813 'p.toml' has no table [tool.convcost] (with specs and budgets)",
    "tool = 3": "E813 'p.toml' has no table [tool.convcost] (with specs and budgets)",
    "[tool]\nconvcost = 3": "E813 'p.toml': tool.convcost is not a table (write [tool.convcost])",
    "[tool.convcost]\nbudget = {}": "E813 'p.toml': [tool.convcost] has no key 'budget' (did you mean 'budgets'?)",
    "[tool.convcost]\nspecs = 'a.yaml'": (
        "E813 'p.toml': [tool.convcost]: specs is a list of texts (write specs = [\"specs/*.yaml\"])"
    ),
    "[tool.convcost]\nspecs = [1]": (
        "E813 'p.toml': [tool.convcost]: specs is a list of texts (write specs = [\"specs/*.yaml\"])"
    ),
    "[tool.convcost]\nbudgets = '4 M'": (
        "E813 'p.toml': [tool.convcost]: budgets is a table (write budgets = {params = \"4.3 M\"})"
    ),
    "[tool.convcost]\nbudgets = {parms = 3}": (
        "E012 'p.toml': [tool.convcost]: unknown metric 'parms' (did you mean 'params'?)"
    ),
    "[tool.convcost]\nbudgets = {params = 4.3}": (
        "E813 'p.toml': [tool.convcost]: the budget for 'params' is a whole number or a text "
        "(quote a number with a point)"
    ),
    "[tool.convcost]\nbudgets = {params = true}": (
        "E813 'p.toml': [tool.convcost]: the budget for 'params' is a whole number or a text "
        "(quote a number with a point)"
    ),
    "[tool.convcost]\nbudgets = {params = 'few'}": (
        "E811 'p.toml': [tool.convcost]: 'few' is not a budget for params (write 600 M, 4.3M or 4,300,000)"
    ),
    "[tool.convcost]\nbudgets = {mult-adds = 1, mult_adds = 2}": (
        "E814 'p.toml': [tool.convcost]: two budgets for 'mult_adds'"
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.items(), ids=[text[:30] for text in WRONG])
def test_what_is_wrong_with_a_project_file(here, text, message):
    Path("p.toml").write_text(text)
    assert refusal(open_project, "p.toml", METRICS) == message


def test_a_file_that_is_not_there_or_not_text(here):
    assert refusal(open_project, "none.toml", METRICS) == "E001 there is no file 'none.toml'"
    Path("p.toml").write_bytes(b"\xff")
    assert refusal(open_project, "p.toml", METRICS) == "E813 'p.toml' is not UTF-8"


def test_wildcards(here):
    for name in ("specs/b.yaml", "specs/a.yaml", "specs/deep/c.yaml", "specs/a.txt", "x[1].yaml"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("")
    assert expand(["specs/*.yaml"]) == ("specs/a.yaml", "specs/b.yaml")
    assert expand(["specs/**/*.yaml"]) == ("specs/a.yaml", "specs/b.yaml", "specs/deep/c.yaml")
    assert expand(["specs/[ab].yaml:small@alpha=1/2"]) == (
        "specs/a.yaml:small@alpha=1/2",
        "specs/b.yaml:small@alpha=1/2",
    )
    assert expand([str(here / "specs" / "?.txt")]) == (str(here / "specs" / "a.txt"),)
    assert expand(["specs/b.yaml", "specs/*.yaml"]) == ("specs/b.yaml", "specs/a.yaml")
    assert expand(["x[1].yaml"]) == ("x[1].yaml",)
    assert refusal(expand, ["spec/*.yaml@alpha=1"]) == (
        "E818 no file matches 'spec/*.yaml' (wildcards are *, ?, [...] and **/)"
    )


def test_paths_of_a_project_are_relative_to_its_file(here):
    (here / "odd[1]").mkdir()
    (here / "odd[1]" / "a.yaml").write_text("")
    assert expand(["*.yaml", "a.yaml:b3", "mobilenet_v1", "resnet:34@classes=10"], "odd[1]") == (
        "odd[1]/a.yaml",
        "odd[1]/a.yaml:b3",
        "mobilenet_v1",
        "resnet:34@classes=10",
    )
