"""``convcost audit``: what it prints and where, and its exit code."""

import csv
import io
import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from convcost import api
from convcost.shipped import CLAIMS, names

PAPER = """\
convcost_claims: 1
name: paper
title: A paper
source: "Somebody et al. 2017"
tables:
  - table: Table 8
    title: Two networks
    units: {mult_adds: M, params: M}
    rows:
      - {row: MobileNet, spec: mobilenet_v1, mult_adds: 569, params: 4.2}
      - {row: VGG 16, params: 138, reason: not of interest}
  - table: Table 9
    rows:
      - {row: MobileNet-160, spec: "mobilenet_v1@resolution=160", mult_adds: 444 M, expect: none}
"""
MODULES = "import sys; from convcost.cli import main; main(sys.argv[1:]); print(sorted({'sympy', 'numpy', 'rich', 'onnx'} & set(sys.modules)), file=sys.stderr)"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write claims into the working directory, some texts replaced."""
    monkeypatch.chdir(tmp_path)

    def written(*replacements, name="paper.yaml"):
        text = PAPER
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        Path(name).write_text(text, encoding="utf-8")
        return name

    return written


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def summary(text):
    """Return how many figures got which verdict, as the last table tells."""
    *_, head, figures = text.splitlines()
    verdicts = re.split("  +", head.strip())[1:]
    return {verdict: int(number) for verdict, number in zip(verdicts, figures.split()[-5:], strict=True) if int(number)}


def test_all_is_as_expected(call, write):
    outcome = call("audit", write())
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("Published figures against derived ones.")
    assert "\nA paper, Table 8: Two networks\nSomebody et al. 2017\n" in outcome.out
    assert re.search(r"^MobileNet +mult-adds +569 M +568.74 M +reproduced$", outcome.out, re.MULTILINE)
    assert re.search(r"^VGG 16 +params +138 M +no spec\n +Not of interest\.$", outcome.out, re.MULTILINE)
    assert summary(outcome.out) == {"reproduced": 2, "not reproduced": 1, "no spec": 1}


def test_what_is_worse_than_expected_is_told_on_standard_error(call, write):
    file = write(("params: 4.2}", "params: 4.3, expect: {params: convention, mult_adds: reproduced}}"))
    outcome = call("audit", file)
    assert outcome.code == 1
    assert outcome.err == (
        "paper.yaml:10:9: paper, Table 8, MobileNet: params 4.3 M is expected to be under a convention, and it is not "
        "reproduced: 4.232 M derived\n"
    )
    assert "A paper, Table 8" in outcome.out


def test_a_verdict_better_than_expected_is_as_good(call, write):
    assert call("audit", write(("params: 4.2}", "params: 4.2, expect: explained}"))).code == 0


def test_a_default_of_the_table(call, write):
    outcome = call("audit", write(("    title: Two networks\n", "    expect: reproduced\n")))
    assert (outcome.code, outcome.err) == (0, "")
    outcome = call("audit", write(("    title: Two networks\n", "    expect: reproduced\n"), ("569", "600")))
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1


def test_wrong_claims(call, write):
    outcome = call("audit", write(("569", "~569")))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("paper.yaml:10:57: E701 '~569' is not a printed number (write 569;")


def test_several_files_and_names(call, write):
    outcome = call("audit", write(), "resnet", "--format", "json")
    files = list(dict.fromkeys(each["file"] for each in json.loads(outcome.out)["audits"]))
    assert files == ["paper", "resnet"]


def test_failing(call, write):
    outcome = call("audit", write(), "--failing")
    assert (outcome.code, outcome.err) == (0, "")
    assert "MobileNet-160" in outcome.out
    assert "VGG 16" in outcome.out
    assert not re.search(r"^MobileNet ", outcome.out, re.MULTILINE)
    assert summary(outcome.out) == {"reproduced": 2, "not reproduced": 1, "no spec": 1}


def test_failing_where_nothing_fails(call, write):
    file = write(("VGG 16, params: 138, reason: not of interest", "again, params: 4.2, spec: mobilenet_v1"))
    text = Path(file).read_text().partition("  - table: Table 9")[0]
    Path(file).write_text(text)
    outcome = call("audit", file, "--failing")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Table 8" not in outcome.out
    assert summary(outcome.out) == {"reproduced": 3}


def test_failing_does_not_change_the_exit_code(call, write):
    file = write(("params: 4.2}", "params: 4.3, expect: {params: reproduced}}"))
    assert call("audit", file, "--failing").code == 1


def test_csv_has_exact_figures(call, write):
    found = rows(call("audit", write(), "--format", "csv").out)
    assert [(row["row"], row["metric"], row["published"], row["unit"], row["derived"]) for row in found] == [
        ("MobileNet", "mult_adds", "569", "M", "568740352"),
        ("MobileNet", "params", "4.2", "M", "4231976"),
        ("VGG 16", "params", "138", "M", ""),
        ("MobileNet-160", "mult_adds", "444", "M", "290675200"),
    ]
    assert [row["verdict"] for row in found][:3] == ["reproduced", "reproduced", "no spec"]
    assert found[0]["agreement"] == "rounds"
    assert all(row["odds"] == "" or Fraction(row["odds"]) > 0 for row in found)


def test_json(call, write):
    found = json.loads(call("audit", write(), "--format", "json").out)
    assert {name: count for name, count in found["summary"].items() if count} == {
        "reproduced": 2,
        "not reproduced": 1,
        "no spec": 1,
    }
    assert [(each["file"], each["table"], each["source"]) for each in found["audits"]] == [
        ("paper", "Table 8", "Somebody et al. 2017"),
        ("paper", "Table 9", "Somebody et al. 2017"),
    ]


@pytest.mark.parametrize("format_", ["table", "md", "latex", "csv", "json"])
def test_formats_have_every_row(format_, call, write):
    outcome = call("audit", write(), "--format", format_)
    assert (outcome.code, outcome.err) == (0, "")
    for label in ("MobileNet", "VGG 16", "MobileNet-160"):
        assert label in outcome.out
    assert outcome.out.endswith("\n")


def test_an_unknown_format(call, write):
    outcome = call("audit", write(), "--format", "jsn")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("E024 ")
    assert "did you mean 'json'?" in outcome.err


def test_output_to_a_file(call, write, tmp_path):
    file = write(("params: 4.2}", "params: 4.3, expect: {params: reproduced}}"))
    outcome = call("audit", file, "-o", "audit.txt")
    assert (outcome.code, outcome.out) == (1, "")
    assert "is expected to be reproduced" in outcome.err
    assert Path("audit.txt").read_text(encoding="utf-8") == call("audit", file).out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.txt", "paper.yaml"]


def test_output_to_a_directory_that_does_not_exist(call, write):
    outcome = call("audit", write(), "-o", "no/audit.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "E027 there is no directory 'no' to write 'audit.txt' in\n"


def test_eighty_columns(call, write, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    label = "a network with a very long label that no column could ever hold as it is"
    outcome = call("audit", write(("row: MobileNet,", f'row: "{label}",')), "convnext", "shufflenet_v2")
    assert outcome.code == 0
    assert max(map(len, outcome.out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mobilnets", "E708 there is no shipped file of claims 'mobilnets' (did you mean 'mobilenets'?)\n"),
        ("paper", "E708 there is no shipped file of claims 'paper' (a file is named with its ending: paper.yaml)\n"),
        ("vgg", "E708 there is no shipped file of claims 'vgg' (it is a spec: 'convcost report vgg')\n"),
        ("xyzzy", f"E708 there is no shipped file of claims 'xyzzy' (shipped: {', '.join(names(CLAIMS))})\n"),
        ("no.yaml", "E001 there is no file 'no.yaml'\n"),
    ],
)
def test_names(name, message, call, write):
    write()
    outcome = call("audit", name)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", message)


def test_the_file_of_the_working_directory_is_no_shipped_name(call, write):
    """A shipped name stays one, whatever stands in the working directory."""
    Path(write(name="resnet")).write_text("not claims")
    assert call("audit", "resnet", "--format", "csv").code == 0


def test_standard_input(python, write):
    text = Path(write()).read_text(encoding="utf-8")
    done = python("", "convcost", "audit", "-", "--format", "csv", text_input=text, command=("-m",))
    assert (done.returncode, done.stderr) == (0, "")
    assert len(rows(done.stdout)) == 4


def test_a_closed_pipe_is_not_an_error(write):
    reader = subprocess.Popen([sys.executable, "-c", "pass"], stdin=subprocess.PIPE)
    reader.wait()
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "audit", write()], stdout=reader.stdin, stderr=subprocess.PIPE, check=False
    )
    reader.stdin.close()
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_colours_in_a_pipe(python, write):
    environment = {"NO_COLOR": "", "FORCE_COLOR": "", "TERM": "xterm-256color"}
    done = python("", "convcost", "audit", write(), environment=environment, command=("-m",))
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("format_", ["table", "csv", "json"])
def test_nothing_heavy_is_imported(format_, python, write):
    """Claims are about networks whose hyperparameters are bound."""
    done = python(MODULES, "audit", write(), "--format", format_, environment={"FORCE_COLOR": "", "NO_COLOR": ""})
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_from_python(call, write):
    file = write()
    (found,) = api.audit(file)
    assert [str(finding.verdict) for finding in found.findings[:3]] == ["reproduced", "reproduced", "no spec"]
    assert [finding.derived for finding in found.findings[:2]] == [Fraction("568.740352"), Fraction("4.231976")]
    (again,) = api.audit(Path(file))
    assert again.findings == found.findings


def test_the_same_twice_is_the_same(python, write):
    """What is found does not depend on the order of sets."""
    file = write(("444", "581"))
    found = {
        python("", "convcost", "audit", file, environment={"PYTHONHASHSEED": str(seed)}, command=("-m",)).stdout
        for seed in range(3)
    }
    assert len(found) == 1
    assert "not reproduced" in found.pop()
