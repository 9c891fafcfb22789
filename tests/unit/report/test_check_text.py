"""Checks for readers, for programs, and for GitHub."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import convcost
from convcost.errors import Span
from convcost.report.check import check_document, excess_line, place, verdict_line
from convcost.report.formats import render
from convcost.report.github import command, workflow_log

SPEC = "convcost: 1\nname: net\ninput: [3, 8, 8]\nlayers:\n  - {conv: {kernel: 3, out: 4}}\n"


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(SPEC)
    return "net.yaml"


def test_the_verdict(net):
    assert verdict_line(convcost.check(net, max={"params": 108})) == "The budget is kept"
    assert verdict_line(convcost.check(net, max={"params": 107})) == "The budget is crossed"
    assert verdict_line(convcost.check(net, max={"params": 108, "mul": "4 k"})) == "All 2 budgets are kept"
    assert verdict_line(convcost.check(net, max={"params": 107, "mul": "4 k"})) == "1 of 2 budgets is crossed"
    assert verdict_line(convcost.check(net, max={"params": 1, "mul": "1 k"})) == "2 of 2 budgets are crossed"


def test_why(net):
    (held,) = convcost.check(net, max={"params": "0.1 k"}).held
    assert excess_line(held) == (
        "Over by 8.0 % or 8, with 0.1 k (--max) allowed. Weigh most: conv1 with 108 (100.0 %)."
    )
    (held,) = convcost.check(net, max={"params": 0}).held
    assert excess_line(held).startswith("Over by 108, with 0 (--max) allowed.")
    assert str(place(held)) == "net.yaml:5:6"


def test_a_hair_is_not_nothing(net):
    Path(net).write_text(SPEC.replace("[3, 8, 8]", "[3, 402, 402]"))
    (held,) = convcost.check(net, max={"mult_adds": 17_279_999}).held
    assert excess_line(held).startswith("Over by 0.000 % or 1, with 17279999 (--max) allowed.")
    assert "ok 0.0 %" in render(check_document(convcost.check(net, max={"mult_adds": 17_280_000})))


def test_a_table_has_the_word_and_not_only_a_colour(net):
    text = render(check_document(convcost.check(net, max={"params": 100, "mul": "4 k"})))
    assert re.search(r"^net.yaml  params +108 +100 +−8  OVER$", text, re.MULTILINE)
    assert re.search(r"^net.yaml  mul +3,888 +4,000 +\+112  ok 2.8 %$", text, re.MULTILINE)
    text = render(check_document(convcost.check(net, max={"params": 100, "mul": "4 k"})), "md")
    assert "| net.yaml | params | 108 | 100 | −8 | OVER | Over by 8.0 % or 8," in text


def test_a_workflow_log(net, tmp_path):
    log = workflow_log(convcost.check(net, max={"params": 100, "mul": "4 k"}), str(tmp_path.parent))
    assert log.splitlines()[1:] == [
        "OVER net.yaml params: 108 of 100, 108.0 % used, 8 too many",
        (
            f"::error file={tmp_path.name}/net.yaml,line=5,col=6,title=net.yaml%3A params over budget::108 and at most 100. "
            "Over by 8.0 %25 or 8, with 100 (--max) allowed. Weigh most: conv1 with 108 (100.0 %25)."
        ),
        "ok   net.yaml mul: 3,888 of 4,000, 97.2 % used, 112 left",
        "1 of 2 budgets is crossed",
    ]


def test_a_file_outside_of_the_repository_keeps_its_path(net, tmp_path):
    assert "file=net.yaml," in workflow_log(convcost.check(net, max={"params": 1}), str(tmp_path / "elsewhere"))


def test_a_text_is_no_file(net):
    log = workflow_log(convcost.check(convcost.loads(SPEC), max={"params": 1}))
    assert "::error title=net%3A params over budget::" in log


def test_what_is_new_is_a_notice(net):
    Path("other.yaml").write_text(SPEC.replace("net", "other"))
    Path("main.json").write_text(convcost.report(net, format="json"))
    check = convcost.check(net, "other.yaml", against="main.json", max_growth="2%")
    line = "other.yaml is new: main.json does not have it, so its growth is not checked."
    assert f"::notice title=other.yaml%3A new::{line}\n" in workflow_log(check)
    assert line in " ".join(render(check_document(check)).split())


ATTACKS = [
    "a\n::error::b",
    "a\r\n::stop-commands::x",
    "%0A::error::",
    "##[error]a",
    "::set-env name=PATH::x",
    "a,file=b:c",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_a_command(text):
    line = command("error", text, text, Span(text, 1, 1))
    assert "\n" not in line
    assert "\r" not in line
    properties = line.removeprefix("::error ").split("::")[0]
    assert [part.split("=")[0] for part in properties.split(",")] == ["file", "line", "col", "title"]
    reversed_ = line.split("::", 2)[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
    assert reversed_ == text


@pytest.mark.parametrize("name", ["::error::x.yaml", "##[error]x.yaml", "a\n::error::x.yaml"])
def test_no_name_of_a_file_becomes_a_command(net, name):
    Path(name).write_text(SPEC)
    log = workflow_log(convcost.check(name, max={"params": 108}))
    assert not re.search(r"^\s*::|##\[", log, re.MULTILINE)
    assert len(log.splitlines()) == 3
