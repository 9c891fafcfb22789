"""Every broken file of ``claims/`` fails with the errors its first line tells, at these places, and never otherwise.

The first line is ``# expect: E701 8:46; E110 9:3`` (code, line, column), or ``# expect: none`` where the text looks wrong
and is right. ``pytest --update-golden`` writes it anew; look at the difference before committing it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convcost.spec.limits import MAX_BYTES

CLAIMS = Path(__file__).parent / "claims"
FILES = sorted(path.relative_to(CLAIMS).as_posix() for path in CLAIMS.glob("*/*.yaml") if path.is_file())
GOOD = """\
convcost_claims: 1
name: paper
title: A paper
source: "Howard et al. 2017, arXiv:1704.04861"
tables:
  - table: Table 8
    title: Comparison
    units: {mult_adds: M, params: M}
    rows:
      - {row: 1.0 MobileNet-224, spec: mobilenet_v1, mult_adds: 569, params: 4.2, expect: reproduced}
      - {row: VGG 16, mult_adds: 15300, params: 138, reason: not of interest}
"""
SPEC = "convcost: 1\nname: tiny\ninput: [16]\nlayers:\n  - linear: {out: 2}\n"


@pytest.fixture
def audit(convcost: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run ``convcost audit`` in the directory of the hostile claims."""
    monkeypatch.chdir(CLAIMS)
    return lambda *arguments, stdin=b"": convcost("audit", *arguments, stdin=stdin)


def test_the_corpus_is_whole() -> None:
    categories = Counter(file.partition("/")[0] for file in FILES)
    assert len(FILES) >= 200
    assert min(categories.values()) >= 2, categories


@pytest.mark.parametrize("file", FILES)
def test_claims(
    file: str, audit: Callable[..., Any], problems: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    text = (CLAIMS / file).read_text("utf-8")
    run = audit(file)
    found = "; ".join(map(str, problems(run.err, file, text))) or "none"
    if request.config.getoption("--update-golden"):
        body = text.partition("\n")[2]
        (CLAIMS / file).write_text(f"# expect: {found}\n{body}", "utf-8")
    else:
        assert text.splitlines()[0] == f"# expect: {found}"
    assert run.status == (0 if found == "none" else 2)
    assert (run.out == "") == (found != "none")


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("legal/")])
@pytest.mark.parametrize("format_", ["json", "csv", "md", "latex"])
def test_legal_claims_in_all_formats(file: str, format_: str, audit: Callable[..., Any]) -> None:
    run = audit(file, "--format", format_)
    assert (run.status, run.err) == (0, "")
    assert all(character.isprintable() or character == "\n" for character in run.out)
    if format_ == "json":
        json.loads(run.out)
    if format_ == "csv":
        assert len({len(row) for row in csv.reader(io.StringIO(run.out))}) == 1
    if format_ == "latex":
        assert "\\input{" not in run.out


def limit() -> None:
    """Give the child 500 MB of address space and 10 s of processor time."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (500 * 2**20, 500 * 2**20))
    resource.setrlimit(resource.RLIMIT_CPU, (10, 10))


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
@pytest.mark.parametrize(
    "file",
    ["numbers/thousand_digits.yaml", "several/everywhere.yaml", "yaml/alias_bomb.yaml", "yaml/tag_python.yaml"],
)
def test_claims_in_a_process_of_its_own(file: str, problems: Callable[..., Any]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "audit", file],
        cwd=CLAIMS,
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(CLAIMS.parents[2]), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        preexec_fn=limit,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    found = problems(done.stderr, file, (CLAIMS / file).read_text("utf-8"))
    assert (CLAIMS / file).read_text("utf-8").startswith(f"# expect: {'; '.join(map(str, found))}\n")


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, audit: Callable[..., Any]) -> Callable[..., Any]:
    """Write claims beside a spec, and return what the audit of them prints on standard error."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")

    def err(spec: str, **files: str) -> str:
        for name, text in files.items():
            Path(f"{name}.yaml").write_text(text, "utf-8")
        rows = f"rows: [{{row: a, spec: {spec}, params: 34}}]"
        Path("paper.yaml").write_text(f"convcost_claims: 1\nsource: A paper\ntables:\n- table: T\n  {rows}\n", "utf-8")
        run = audit("paper.yaml")
        assert (run.status, run.err == "") in {(0, True), (2, False)}
        return str(run.err)

    return err


def test_a_spec_beside_the_claims(paper: Callable[..., str]) -> None:
    assert paper("./tiny.yaml", tiny=SPEC) == ""
    assert paper("tiny.yaml", tiny=SPEC) == ""


def test_a_spec_beside_the_claims_wherever_one_stands(
    paper: Callable[..., str], convcost: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper("./tiny.yaml", tiny=SPEC)
    monkeypatch.chdir("..")
    assert convcost("audit", "home/paper.yaml").err == ""


def test_a_broken_spec_beside_the_claims(paper: Callable[..., str]) -> None:
    assert paper("./tiny.yaml", tiny=SPEC.replace("out: 2", "out: two, bais: true")) == (
        "tiny.yaml:5:19: E103 unknown symbol 'two'\n"
        "      5 |   - linear: {out: two, bais: true}\n"
        "        |                   ^^^\n"
        "tiny.yaml:5:24: E127 linear has no argument 'bais' (did you mean 'bias'?)\n"
        "      5 |   - linear: {out: two, bais: true}\n"
        "        |                        ^^^^\n"
        "2 errors\n"
    )


def test_claims_about_claims(paper: Callable[..., str]) -> None:
    assert paper("./other.yaml", other=GOOD).startswith(
        "other.yaml:1:1: E710 other.yaml is a file of claims, not a spec ('convcost audit' holds it against derived "
        "figures)\n"
    )


def test_a_link_that_leads_elsewhere(paper: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("password: 12345\n")
    (tmp_path / "home" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    printed = paper("./link.yaml")
    assert printed.startswith(
        "paper.yaml:5:25: E142 './link.yaml' is a link that leads out of the directory of the claims "
        "(copy the spec into it)\n"
    )
    assert "12345" not in printed


def test_standard_input(audit: Callable[..., Any]) -> None:
    run = audit("-", stdin=GOOD.encode())
    assert (run.status, run.err) == (0, "")
    assert "1.0 MobileNet-224" in run.out


def test_standard_input_has_no_directory(audit: Callable[..., Any], problems: Callable[..., Any]) -> None:
    text = GOOD.replace("mobilenet_v1", "./tiny.yaml")
    run = audit("-", stdin=text.encode())
    (problem,) = problems(run.err, "<stdin>", text)
    assert str(problem) == "E143 10:40"
    assert problem.message == (
        "<stdin> is no file, so there is none beside it (claims in a text are about shipped specs only)"
    )


BYTES = {
    b"": "E106 <stdin> is empty (a file of claims begins with 'convcost_claims: 1')",
    b"\xff\xfec\x00": "E104 <stdin> is not UTF-8 (it is UTF-16; save it as UTF-8)",
    b"convcost_claims: 1\nsource: \xe9\n": "<stdin>:2:9: E104 the byte 0xe9 is not UTF-8 (save the file as UTF-8)",
    b"convcost_claims: 1\nsource: \x1b[31m\n": "<stdin>:2:9: E105 the character U+001B is not allowed in YAML",
    b"convcost_claims: 1\0": "<stdin>:1:19: E105 the character U+0000 is not allowed in YAML",
}


@pytest.mark.parametrize(("data", "message"), BYTES.items(), ids=["empty", "utf-16", "latin-1", "escape", "null"])
def test_bytes(data: bytes, message: str, audit: Callable[..., Any]) -> None:
    run = audit("-", stdin=data)
    assert (run.status, run.out) == (2, "")
    assert run.err.splitlines()[0] == message


def test_too_large(audit: Callable[..., Any]) -> None:
    run = audit("-", stdin=b"# " + b"x" * MAX_BYTES)
    assert run.status == 2
    assert run.err.startswith("E004 '-' is larger than 16 MiB (a file of claims is a short text)\n")


@pytest.mark.parametrize("length", range(0, len(GOOD), 7))
def test_cut_anywhere(length: int, audit: Callable[..., Any], problems: Callable[..., Any]) -> None:
    part = GOOD[:length]
    run = audit("-", "--format", "json", stdin=part.encode())
    if run.status == 0:
        assert json.loads(run.out)
        assert part.endswith(("}", "\n", " ", "-")) or part.count("row:") == 2
    else:
        assert problems(run.err, "<stdin>", part)
        assert (run.status, run.out) == (2, "")


TARGETS = {
    "": "E708 there is no shipped file of claims ''",
    "mobilenet": "E708 there is no shipped file of claims 'mobilenet' (did you mean 'mobilenets'?)",
    "alexnet": "E708 there is no shipped file of claims 'alexnet' (it is a spec: 'convcost report alexnet')",
    "efficientnet:b3": (
        "E708 there is no shipped file of claims 'efficientnet:b3' (it is a spec: 'convcost report efficientnet:b3')"
    ),
    "mobilenet_v1@alpha=2": (
        "E708 there is no shipped file of claims 'mobilenet_v1@alpha=2' (it is a spec: 'convcost report "
        "mobilenet_v1@alpha=2')"
    ),
    "legal/plain": "E001 there is no file 'legal/plain'",
    "no_such.yaml": "E001 there is no file 'no_such.yaml'",
    "legal": "E002 'legal' is a directory (a file of claims is one YAML file)\n",
    "legal/": "E002 'legal/' is a directory",
    "x" * 5000: f"E708 there is no shipped file of claims '{'x' * 59}…'",
    "a\0b": "E708 there is no shipped file of claims 'a\ufffdb'",
    "legal/beside/tiny.yaml": (
        "legal/beside/tiny.yaml:1:1: E710 legal/beside/tiny.yaml is a spec, not a file of claims "
        "('convcost report' tells what it costs)"
    ),
    "../imports/keys_of_a_spec/blocks.yaml": (
        "../imports/keys_of_a_spec/blocks.yaml:1:1: E710 ../imports/keys_of_a_spec/blocks.yaml is a library of blocks, "
        "not a file of claims"
    ),
}


@pytest.mark.parametrize(("target", "message"), TARGETS.items(), ids=[target[:40] for target in TARGETS])
def test_targets(target: str, message: str, audit: Callable[..., Any]) -> None:
    run = audit(target)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(message), run.err


def test_a_file_of_claims_is_no_spec(audit: Callable[..., Any], convcost: Callable[..., Any]) -> None:
    run = convcost("report", "legal/plain.yaml")
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(
        "legal/plain.yaml:2:1: E710 legal/plain.yaml is a file of claims, not a spec ('convcost audit' holds it "
        "against derived figures)\n"
    )
    assert convcost("report", "mobilenets").err == (
        "E005 there is no shipped spec 'mobilenets' (it is a file of claims: 'convcost audit mobilenets')\n"
    )


def test_a_spec_with_claims_of_its_own(audit: Callable[..., Any]) -> None:
    run = audit("-", stdin=f"{SPEC}claims: [{{params: 34}}]\n".encode())
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith(
        "<stdin>:1:1: E710 <stdin> is a spec, not a file of claims ('convcost verify' holds its own claims against "
        "derived figures)\n"
    )


def test_errors_leave_the_output_alone(audit: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "audit.json"
    path.write_text("old")
    for file in ("numbers/about.yaml", "networks/unknown_preset.yaml", "yaml/not_closed.yaml", "no_such.yaml"):
        assert audit(file, "--format", "json", "-o", str(path)).status == 2
    assert audit("legal/plain.yaml", "--format", "jsn", "-o", str(path)).status == 2
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["audit.json"]


def test_one_wrong_file_among_right_ones(audit: Callable[..., Any]) -> None:
    """Nothing is printed of the right ones: a partial result could be taken for a whole one."""
    run = audit("legal/plain.yaml", "numbers/about.yaml")
    assert (run.status, run.out) == (2, "")
