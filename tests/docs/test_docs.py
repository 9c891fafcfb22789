"""Every code block of the documentation is executed, so what it shows is what the program does.

``console`` blocks hold commands behind ``$ `` and their output, errors included; a line ``...`` stands for any lines.
``pycon`` blocks are doctests. A block behind a comment ``<!-- file: NAME -->`` is written to that file, where the
commands of the same page find it; a ``yaml`` block that is a whole spec is loaded, unless its file is named ``wrong*``;
a library of blocks is imported by one.
``pytest --update-golden`` rewrites the output in console blocks, where ``...`` stands for the same lines as before as
far as they can be found; look at the difference before committing it.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from convcost.cli import main
from convcost.model import load, loads

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"(?P<file><!-- file: (?P<name>\S+) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
INSTALLATION = "sh"  # run by the continuous integration on a fresh machine


@dataclass
class Block:
    language: str
    body: str
    name: str | None
    line: int
    span: tuple[int, int]


def blocks(text: str) -> list[Block]:
    return [
        Block(m["language"], m["body"], m["name"], text.count("\n", 0, m.start("body")), m.span("body"))
        for m in BLOCK.finditer(text)
    ]


def run(command: str, folder: Path) -> str:
    """Run a command line as a reader would, in a terminal of 80 columns; return what it prints."""
    if any(mark in command for mark in "|<>&;$*") or command.split(maxsplit=1)[0] not in {"convcost", "cat"}:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": path},
        )
        return done.stdout + done.stderr
    program, *arguments = shlex.split(command)
    if program == "cat":
        return (folder / arguments[0]).read_text()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), contextlib.chdir(folder):
        main(arguments)
    return printed.getvalue()


def commands(body: str) -> list[tuple[str, str]]:
    """Return each command, its continued lines included, and the output shown."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", body, flags=re.MULTILINE)
    assert parts[0] == "", "a console block begins with a command"
    return [(parts[i], parts[i + 1]) for i in range(1, len(parts), 2)]


def matches(shown: str, printed: str) -> bool:
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(line.rstrip()) + r"[ ]*\n" for line in shown.splitlines()
    )
    return re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else printed + "\n") is not None


def refilled(shown: str, printed: str) -> str:
    """Return the printed lines that are shown, apart from blanks and rules, and ``...`` for the others."""
    lines = printed.splitlines()
    wanted = [_key(line) for line in shown.splitlines() if line.strip() != "..."]
    matching = difflib.SequenceMatcher(None, wanted, [_key(line) for line in lines], autojunk=False)
    kept = {block.b + i for block in matching.get_matching_blocks() for i in range(block.size)}
    result: list[str] = []
    for i, line in enumerate(lines):
        if i in kept:
            result.append(line.rstrip())
        elif result[-1:] != ["..."]:
            result.append("...")
    return "".join(f"{line}\n" for line in result)


def _key(line: str) -> str:
    return re.sub(r"[\s─━╸]+", "", line)


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_code_blocks(page, tmp_path, request):
    text = page.read_text(encoding="utf-8")
    found = blocks(text)
    update = request.config.getoption("--update-golden")
    replacements = []
    for block in found:
        where = f"{page.relative_to(ROOT)}:{block.line}"
        if block.name:
            (tmp_path / block.name).write_text(block.body, encoding="utf-8")
        if block.language == "console":
            fresh = []
            for command, written in commands(block.body):
                shown, printed = written, run(command.replace("\\\n", " "), tmp_path)
                if update and not matches(shown, printed):
                    shown = refilled(shown if "..." in shown.splitlines() else printed, printed)
                fresh.append(f"$ {command}\n{shown}")
                assert matches(shown, printed), f"{where}: $ {command}\n--- shown\n{shown}\n--- printed\n{printed}"
            replacements.append((block.span, "".join(fresh)))
        elif block.language == "pycon":
            test = doctest.DocTestParser().get_doctest(block.body, {}, where, str(page), block.line)
            output = io.StringIO()
            with contextlib.chdir(tmp_path):
                doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=output.write)
            assert not output.getvalue(), output.getvalue()
        elif block.language == "yaml":
            if (block.name or "").startswith("wrong"):
                continue  # a command of the page shows what is wrong
            if re.search(r"^convcost: 1$", block.body, re.MULTILINE):
                if re.search(r"^layers:", block.body, re.MULTILINE):
                    model = load(tmp_path / block.name) if block.name else loads(block.body)
                    assert model.analyze().total() >= 0
                else:
                    assert f"./{block.name}" in text, f"{where}: a library of blocks is imported by a spec of its page"
            else:
                assert block.name or "fragment" in block.body, f"{where}: a fragment says so in a comment"
        elif block.language == INSTALLATION:
            assert page.name in {"README.md", "CONTRIBUTING.md"}, f"{where}: installation is for the README"
        else:
            runs = block.name or block.language in {"text", "latex", "markdown"}
            assert runs, f"{where}: nothing runs a block of '{block.language}'"
    if update and replacements:
        for (start, end), fresh in reversed(replacements):
            text = text[:start] + fresh + text[end:]
        page.write_text(text, encoding="utf-8")


LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)]*))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in HEADING.findall(prose)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    lost = []
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target, anchor in LINK.findall(prose):
        if "://" in target:
            continue
        path = page.parent / target if target else page
        if not path.exists() or (anchor and anchor not in anchors(path.read_text(encoding="utf-8"))):
            lost.append(f"{target}#{anchor}")
    assert lost == []


def test_a_wrong_output_is_seen(tmp_path):
    assert matches("a\n...\nc\n", "a\nb\nb\nc\n")
    assert not matches("a\n...\nc\n", "a\nb\n")
    assert not matches("568\n", "569\n")


def test_what_is_left_out_stays_left_out_when_output_is_updated():
    assert refilled("a  1\n...\n\nc 3\n", "a 1\nb 2\nB 2\n\nc  3\n") == "a 1\n...\n\nc  3\n"
    assert refilled("old\n", "new\n") == "...\n"
    assert refilled("new\n", "new \n") == "new\n"


def test_a_command_may_continue_on_the_next_line():
    assert commands("$ convcost report a \\\n    --by kind\nx\n$ convcost specs\n") == [
        ("convcost report a \\\n    --by kind", "x\n"),
        ("convcost specs", ""),
    ]


def test_anchors_are_those_of_headings():
    assert anchors("# Columns: `--columns LIST`\n```sh\n# no heading\n```\n") == {"columns---columns-list"}
