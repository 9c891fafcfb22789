"""Hostile input that is too large for a file in the repository, or no text at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HEAD = "convcost: 1\nname: net\ninput: [3, 32, 32]\n"
GOOD = HEAD + "layers: [relu]\n"
MILLION = 10**6


@pytest.fixture
def codes(tmp_path: Path, convcost: Callable[..., Any], problems: Callable[..., Any]) -> Callable[..., list[str]]:
    """Report on a text or bytes; return the problems found, none where it is a good spec."""

    def run(content: str | bytes) -> list[str]:
        path = tmp_path / "bad.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        outcome = convcost("report", str(path))
        found = [str(problem) for problem in problems(outcome.err, str(path))]
        assert outcome.status == (2 if found else 0), outcome.err
        assert (outcome.out == "") == bool(found)
        return found

    return run


def bombs() -> Iterator[tuple[str, str | bytes, list[str]]]:
    """Name, content, and the errors wanted."""
    yield "deep flow list", HEAD + "layers: " + "[" * 100_000, ["E113 4:72"]
    yield "deep flow mapping", HEAD + "layers: " + "{a: " * 100_000, ["E113 4:261"]
    yield "deep closed list", HEAD + "layers: " + "[" * 5000 + "]" * 5000, ["E113 4:72"]
    yield "deep block list", HEAD + "layers:\n  " + "- " * 10_000 + "relu\n", ["E113 5:129"]
    yield "deep block mapping", HEAD + "".join(" " * i + f"k{i}:\n" for i in range(500)), ["E113 68:65"]
    yield "layers of 3 million characters of a name", HEAD + f"layers: [{'x' * 3 * MILLION}]\n", ["E125 4:10"]
    yield "long key", HEAD + f"{'k' * MILLION}: 3\nlayers: [relu]\n", ["E101 4:1"]
    yield "long title", HEAD + f"title: {'t' * MILLION}\nlayers: [relu]\n", []
    yield "long name", GOOD.replace("net", "n" * MILLION), ["E129 2:7"]
    yield "long expression", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'+'.join('1' * 10_000)}}}\n", ["E204 5:28"]
    yield "deep parentheses", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'(' * 400}1{')' * 400}}}\n", ["E205 5:78"]
    yield "deeper parentheses", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'(' * 10_000}}}\n", ["E204 5:28"]
    yield "deep minus", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'-' * 900}1}}\n", ["E205 5:79"]
    yield "long number", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'9' * 900}}}\n", ["E207 5:28"]
    yield "longer number", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'9' * 5000}}}\n", ["E204 5:28"]
    yield "long word", HEAD + f"layers:\n  - conv: {{kernel: 3, out: {'w' * 900}}}\n", ["E103 5:28"]
    yield "many unknown keys", HEAD + "".join(f"key{i}: 1\n" for i in range(5000)) + "layers: [relu]\n", ["E121"] * 20
    yield "many unknown ops", HEAD + "layers:\n" + "  - nothing\n" * 5000, ["E125"] * 20
    yield "many duplicate keys", HEAD + "title: x\n" * 5000 + "layers: [relu]\n", ["E110"] * 20
    many = "".join(f"  h{i}: {i + 1}\n" for i in range(5000))
    yield "many hyperparameters", HEAD + f"hyperparameters:\n{many}layers: [relu]\n", []
    many = "".join(f"  v{i}: {f'v{i - 1}' if i else '1'} + 1\n" for i in range(3000))
    yield "long chain of let values", HEAD + f"let:\n{many}layers:\n  - conv: {{kernel: 3, out: v2999}}\n", []
    many = "".join(f"  v{i}: v{i + 1} + 1\n" for i in range(3000))
    yield (
        "long backward chain of let values",
        HEAD + f"let:\n{many}layers:\n  - conv: {{kernel: 3, out: v0}}\n",
        ["E103"] * 20,
    )
    many = "".join(f"  p{i}: {{h: {i + 1}}}\n" for i in range(5000))
    yield "many presets", HEAD + f"hyperparameters: {{h: 1}}\npresets:\n{many}layers: [relu]\n", []
    rows = "".join(f"      - [{i % 64 + 1}]\n" for i in range(450_000))
    table = "layers:\n  - table:\n      columns: [c]\n      rows:\n{}      each: [{{conv: {{kernel: 1, out: c}}}}]\n"
    yield "table of 450000 rows", HEAD + table.format(rows), ["E303"]
    paths = "layers: [" + "{add: [[], " * 30 + "relu" + "]}" * 30 + "]\n"
    yield "paths nested as deep as can be", HEAD + paths, []
    paths = "layers: [" + "{add: [[], " * 1000 + "relu" + "]}" * 1000 + "]\n"
    yield "paths nested 1000 deep", HEAD + paths, ["E113 4:347"]
    anchors = "".join(f"  b{i}: {{body: &a{i} [{{add: [{f'*a{i - 1}' if i else '[]'}, []]}}]}}\n" for i in range(1000))
    yield "paths nested 1000 deep by aliases", HEAD + f"blocks:\n{anchors}layers: [b999]\n", ["E113"]
    chain = "".join(f"  b{i}: {{body: [{f'b{i - 1}' if i else 'relu'}]}}\n" for i in range(1000))
    yield "blocks nested 1000 deep", HEAD + f"blocks:\n{chain}layers: [b999]\n", ["E302"]
    bomb = "".join(f"  k{i}: &b{i} [{', '.join([f'*b{i - 1}' if i else 'x'] * 10)}]\n" for i in range(60))
    yield "alias bomb of 10**60", HEAD + f"let:\n{bomb}layers: [relu]\n", ["E115 9:47"]
    yield "many aliases", HEAD + "title: &t x\nlayers:\n" + "  - *t\n" * 200_000, ["E115 100006:5"]
    yield "many anchors", HEAD + "layers:\n" + "".join(f"  - &a{i} relu\n" for i in range(20_000)), []
    yield "many documents", "---\n" * 10_000, ["E107 2:1"]
    yield "many directives", "%A b\n" * 10_000 + "---\n" + GOOD, ["E101 1:3"]
    yield "comment of a megabyte", "#" + "c" * MILLION + "\n" + GOOD, []
    yield "blank lines", "\n" * MILLION + GOOD, []
    yield "spaces", " " * MILLION + "\n" + GOOD, []


CASES = list(bombs())


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        pytest.param(*case[1:], id=case[0], marks=[pytest.mark.slow] if len(case[1]) > 4 * MILLION else [])
        for case in CASES
    ],
)
def test_bomb(content: str | bytes, wanted: list[str], codes: Callable[..., list[str]]) -> None:
    found = codes(content)
    shortened = [place if " " in want else place.split()[0] for place, want in zip(found, wanted, strict=False)]
    assert (shortened, len(found)) == (wanted, len(wanted))


def encodings() -> Iterator[tuple[str, bytes, list[str]]]:
    good = GOOD.encode()
    yield "UTF-8 mark", b"\xef\xbb\xbf" + good, []
    yield "two UTF-8 marks", b"\xef\xbb\xbf" * 2 + good, ["E105 1:1"]
    yield "a mark in the middle", good.replace(b"net", b"\xef\xbb\xbfnet"), ["E105 2:7"]
    yield "UTF-16 little endian", GOOD.encode("utf-16"), ["E104"]
    yield "UTF-16 big endian", b"\xfe\xff" + GOOD.encode("utf-16-be"), ["E104"]
    yield "UTF-16 without a mark", GOOD.encode("utf-16-le"), ["E105 1:2"]
    yield "UTF-32", GOOD.encode("utf-32"), ["E104"]
    yield "Latin-1", GOOD.replace("net", "résumé").encode("latin-1"), ["E104 2:8"]
    yield "a byte cut off", GOOD.encode() + "é".encode()[:1], ["E104 5:1"]
    yield "an overlong encoding", good.replace(b"net", b"\xc0\xaf"), ["E104 2:7"]
    yield "a surrogate", good.replace(b"net", b"\xed\xa0\x80"), ["E104 2:7"]
    yield "beyond Unicode", good.replace(b"net", b"\xf7\xbf\xbf\xbf"), ["E104 2:7"]
    yield "random bytes", bytes(range(256)) * 40, ["E104 3:115"]
    yield "a NUL", good.replace(b"net", b"n\0t"), ["E105 2:8"]
    yield "only NULs", b"\0" * 10_000, ["E105 1:1"]
    yield "an escape character", good.replace(b"net", b"\x1b[31mnet"), ["E105 2:7"]
    yield "a bell", good.replace(b"relu", b"re\alu"), ["E105 4:12"]
    yield "delete", good.replace(b"net", b"n\x7ft"), ["E105 2:8"]
    yield "a private character", GOOD.replace("net", "\ue000").encode(), ["E129 2:7"]
    yield "not a character", GOOD.replace("net", "\ufffe").encode(), ["E105 2:7"]
    yield "an emoji", GOOD.replace("net", "\U0001f600").encode(), []
    yield "right to left", GOOD.replace("relu", "\u202eulér").encode(), ["E125 4:10"]
    yield "CRLF", good.replace(b"\n", b"\r\n"), []
    yield "CR", good.replace(b"\n", b"\r"), []
    yield "CRLF and an error", good.replace(b"relu", b"rellu").replace(b"\n", b"\r\n"), ["E125 4:10"]
    yield "CR and an error", good.replace(b"relu", b"rellu").replace(b"\n", b"\r"), ["E125 4:10"]
    yield "no last line break", good.rstrip(b"\n"), []
    yield "nothing", b"", ["E106"]
    yield "one line break", b"\n", ["E106"]
    yield "one space", b" ", ["E106"]
    yield "only a mark", b"\xef\xbb\xbf", ["E106"]
    yield "only a comment", b"# nothing\n", ["E106"]
    yield "a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["E104 1:1"]
    yield "an archive", b"PK\x03\x04\x14\0\0\0\x08\0", ["E105 1:3"]
    yield "a compressed file", b"\x1f\x8b\x08\0\0\0\0\0", ["E104 1:2"]
    yield "a Python file", b"import os\nos.system('id')\n", ["E120 1:1"]
    yield "HTML", b"<!DOCTYPE html>\n<html><body>404: not found</body></html>\n", ["E101 2:16"]
    yield "JSON of something else", b'{"model": {"layers": []}}', ["E122 1:1", "E121 1:3"]


ENCODINGS = list(encodings())


@pytest.mark.parametrize(("content", "wanted"), [case[1:] for case in ENCODINGS], ids=[case[0] for case in ENCODINGS])
def test_encoding(content: bytes, wanted: list[str], codes: Callable[..., list[str]]) -> None:
    assert codes(content) == wanted


def test_too_large(codes: Callable[..., list[str]]) -> None:
    assert codes(GOOD + "# " + "x" * (16 * 2**20)) == ["E004"]


class TestPlacesThatAreNoFile:
    """What stands where a file should."""

    def report(self, convcost: Callable[..., Any], problems: Callable[..., Any], target: str) -> str:
        run = convcost("report", target)
        assert (run.status, run.out) == (2, "")
        (problem,) = problems(run.err, target)
        return str(problem)

    @pytest.mark.parametrize(
        ("target", "wanted"),
        [
            (".", "E002"),
            ("./yaml", "E002"),
            ("missing.yaml", "E001"),
            ("./missing", "E001"),
            ("missing/missing.yaml", "E001"),
            ("yaml/tag_own.yaml/inside.yaml", "E003"),
            ("x" * 5000 + ".yaml", "E003"),
            ("nul\0.yaml", "E009"),
            ("~.yaml", "E001"),
            (" .yaml", "E001"),
            ("", "E009"),
            ("-x.yaml", "usage"),
        ],
    )
    def test_place(self, target: str, wanted: str, convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
        if wanted == "usage":
            run = convcost("report", target)
            assert (run.status, run.out) == (2, "")
            assert "no such option" in run.err.lower()
        else:
            assert self.report(convcost, problems, target) == wanted

    def test_a_circle_of_links(
        self, tmp_path: Path, convcost: Callable[..., Any], problems: Callable[..., Any]
    ) -> None:
        (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
        (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
        assert self.report(convcost, problems, str(tmp_path / "a.yaml")) == "E003"

    def test_a_file_without_permission(
        self, convcost: Callable[..., Any], problems: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:  # what the system does, unless it is the superuser who asks
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        assert self.report(convcost, problems, "yaml/tag_own.yaml") == "E003"

    @pytest.mark.skipif(not Path("/dev/null").exists(), reason="needs devices")
    @pytest.mark.parametrize(("target", "wanted"), [("/dev/null", "E106"), ("/dev/zero", "E004")])
    def test_device(self, target: str, wanted: str, convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
        assert self.report(convcost, problems, target) == wanted

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_named_pipe(self, tmp_path: Path) -> None:
        """A pipe is read as it is written to: ``convcost report <(generate)``."""
        pipe = tmp_path / "pipe.yaml"
        os.mkfifo(pipe)
        root = Path(__file__).parents[2]
        with subprocess.Popen(
            [sys.executable, "-m", "convcost", "report", "--format", "json", str(pipe)],
            stdout=subprocess.PIPE,
            cwd=root,
        ) as process:
            with pipe.open("w") as stream:
                stream.write(GOOD)
            out, _ = process.communicate(timeout=30)
        assert process.returncode == 0
        assert b'"net"' in out

    def test_standard_input(self, convcost: Callable[..., Any], problems: Callable[..., Any]) -> None:
        assert convcost("report", "-", stdin=GOOD.encode()).status == 0
        for content, wanted in ((b"", "E106"), (b"\xff", "E104 1:1"), (b"- relu\n", "E120 1:1"), (b"\0", "E105 1:1")):
            run = convcost("report", "-", stdin=content)
            assert (run.status, run.out) == (2, "")
            (problem,) = problems(run.err, "<stdin>")
            assert str(problem) == wanted
