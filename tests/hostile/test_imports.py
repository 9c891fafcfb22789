"""Every directory of ``imports/`` has a spec that imports wrongly, or something wrong, and the whole text of its errors.

``pytest --update-golden`` writes the texts anew; look at the difference before committing it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convcost.spec import imports

CASES = Path(__file__).parent / "imports"
NET = "input: [3, 8, 8]\nlayers: [flatten]\n"
LIBRARY = "convcost: 1\nblocks: {{block{}: {{body: [relu]}}}}\n"


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_import(
    case: str, convcost: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(CASES / case)
    run = convcost("report", "spec.yaml")
    expected = CASES / case / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(run.err, "utf-8")
    assert run.err == expected.read_text("utf-8")
    assert (run.status, run.out) == (2, "")


def test_every_error_of_imports_has_a_case() -> None:
    texts = "".join(path.read_text("utf-8") for path in CASES.glob("*/expected.txt"))
    elsewhere = {"E143", "E145"}  # a text without a directory, and too much of everything: tested below
    assert {code for code in (f"E14{digit}" for digit in range(7)) if code not in texts} == elsewhere


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, convcost: Callable[..., Any]) -> Callable[..., str]:
    """Write a spec with imports beside the given files, and return what its report prints on standard error."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")

    def err(names: str, **files: str) -> str:
        for name, text in files.items():
            Path(f"{name}.yaml").write_text(text, "utf-8")
        Path("spec.yaml").write_text(f"convcost: 1\nimport: [{names}]\n{NET}", "utf-8")
        printed: str = convcost("report", "spec.yaml").err
        return printed.partition("\n")[0]

    return err


def test_standard_input_has_no_directory(convcost: Callable[..., Any], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("blocks.yaml").write_text(LIBRARY.format(1), "utf-8")
    run = convcost("report", "-", stdin=f"convcost: 1\nimport: [vgg, ./blocks.yaml]\n{NET}".encode())
    assert run.status == 2
    assert run.err.startswith(
        "<stdin>:2:15: E143 <stdin> is no file, so there is none beside it (a text imports shipped libraries only)\n"
    )


def test_a_link_that_stays_below_the_directory_is_followed(spec: Callable[..., str]) -> None:
    Path("deep").mkdir()
    Path("deep/real.yaml").write_text(LIBRARY.format(1), "utf-8")
    Path("link.yaml").symlink_to("deep/real.yaml")
    assert spec("./link.yaml") == ""
    assert spec("./link.yaml, deep/real.yaml") == "spec.yaml:2:23: E130 'deep/real.yaml' is imported twice"


@pytest.mark.parametrize(("link", "target"), [("blocks.yaml", "../outside.yaml"), ("blocks.yaml", "/etc/passwd")])
def test_a_link_that_leads_out_is_refused(spec: Callable[..., str], link: str, target: str) -> None:
    Path("../outside.yaml").write_text(LIBRARY.format(1), "utf-8")
    Path(link).symlink_to(target)
    assert spec("./blocks.yaml") == (
        "spec.yaml:2:10: E142 './blocks.yaml' is a link that leads out of the directory of the spec "
        "(copy the library into it)"
    )


def test_a_directory_that_is_a_link_is_no_way_out(spec: Callable[..., str]) -> None:
    Path("../outside").mkdir()
    Path("../outside/blocks.yaml").write_text(LIBRARY.format(1), "utf-8")
    Path("inside").symlink_to("../outside")
    assert "E142 'inside/blocks.yaml' is a link that leads out" in spec("inside/blocks.yaml")


def test_links_in_a_circle(spec: Callable[..., str]) -> None:
    Path("a.yaml").symlink_to("b.yaml")
    Path("b.yaml").symlink_to("a.yaml")
    assert spec("./a.yaml").startswith("spec.yaml:2:10: E141 './a.yaml' ")


@pytest.mark.skipif(sys.platform == "win32", reason="needs named pipes")
def test_what_is_no_file_is_not_opened(spec: Callable[..., str]) -> None:
    """A pipe nobody writes into would wait forever."""
    os.mkfifo("pipe.yaml")
    Path("directory.yaml").mkdir()
    assert spec("./pipe.yaml") == "spec.yaml:2:10: E141 './pipe.yaml' is not a file"
    assert spec("directory.yaml") == "spec.yaml:2:10: E141 'directory.yaml' is not a file"


def test_the_number_of_libraries_is_bounded(spec: Callable[..., str]) -> None:
    files = {f"b{i}": LIBRARY.format(i) for i in range(imports.MAX_LIBRARIES + 1)}
    names = [f"./{name}.yaml" for name in files]
    assert spec(", ".join(names[:-1]), **files) == ""
    assert "E145 more than 50 libraries" in spec(", ".join(names), **files)


def test_the_length_of_a_chain_is_bounded(spec: Callable[..., str]) -> None:
    def chain(length: int) -> dict[str, str]:
        files = {f"b{i}": f"import: [./b{i + 1}.yaml]\n{LIBRARY.format(i)}" for i in range(1, length)}
        return {**files, f"b{length}": LIBRARY.format(length)}

    assert spec("./b1.yaml", **chain(imports.MAX_CHAIN)) == ""
    assert spec("./b1.yaml", **chain(imports.MAX_CHAIN + 1)) == (
        "b10.yaml:1:10: E145 imports nested deeper than 10 (import what is needed directly)"
    )


def test_libraries_that_import_each_other_crosswise_are_read_once(spec: Callable[..., str]) -> None:
    """Ten layers of five, each importing all of the next, would be ten million ways."""
    files = {
        f"b{i}{j}": "import: [{}]\n{}".format(
            ", ".join(f"./b{i + 1}{k}.yaml" for k in range(5)), LIBRARY.format(f"{i}{j}")
        )
        for i in range(9)
        for j in range(5)
    }
    files |= {f"b9{j}": LIBRARY.format(f"9{j}") for j in range(5)}
    assert spec(", ".join(f"./b0{j}.yaml" for j in range(5)), **files) == ""


def test_the_size_of_all_libraries_is_bounded(spec: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = LIBRARY.format(1), LIBRARY.format(2)
    monkeypatch.setattr(imports, "MAX_BYTES", len(first) + len(second))
    assert spec("./a.yaml, ./b.yaml", a=first, b=second) == ""
    assert spec("./a.yaml, ./b.yaml", a=first, b=f"{second}#") == (
        "spec.yaml:2:20: E145 libraries of more than 0 MiB together"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource limits")
def test_endless_devices_are_not_read() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "report", "spec.yaml"],
        cwd=CASES / "outside",
        capture_output=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(CASES.parents[2]), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (CASES / "outside" / "expected.txt").read_text("utf-8")
