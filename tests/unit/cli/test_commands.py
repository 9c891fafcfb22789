"""The commands on specs: what they print, where it goes, and what they import."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from convcost import api

MODULES = "import sys; from convcost.cli import main; main(sys.argv[1:]); print(sorted({'sympy', 'numpy', 'rich', 'onnx'} & set(sys.modules)), file=sys.stderr)"


@pytest.mark.parametrize("format_", ["json", "csv", "md", "latex"])
def test_a_report_for_programs_imports_nothing_heavy(python, format_):
    done = python(MODULES, "report", "mobilenet_v1", "--format", format_)
    assert (done.returncode, done.stderr) == (0, "[]\n")
    assert done.stdout


def test_a_report_in_a_pipe_needs_no_rich(python):
    done = python(MODULES, "report", "mobilenet_v1", environment={"FORCE_COLOR": "", "NO_COLOR": ""})
    assert done.stderr == "['sympy']\n"


def test_bindings_alone_need_no_sympy(python):
    done = python(MODULES, "report", "mobilenet_v1@alpha=0.5,resolution=160")
    assert done.stderr == "[]\n"


def test_report(call, tiny):
    outcome = call("report", tiny)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == api.report(tiny)
    lines = outcome.out.splitlines()
    assert lines[0].startswith("paper: mult-adds")
    assert "alpha=1" in lines
    assert "mult-adds = 6 952 α\n" in outcome.out
    assert "            valid for 4α ∈ ℤ" in outcome.out


def test_several_specs_come_one_after_another(call, tiny):
    outcome = call("report", tiny, f"{tiny}@alpha=2")
    assert outcome.out.count("paper:") == 1
    assert outcome.out.count("Layer ") == 2
    rows = list(csv.DictReader(io.StringIO(call("report", tiny, f"{tiny}@alpha=2", "--format", "csv").out)))
    assert [row["model"] for row in rows] == [tiny] * 4 + [f"{tiny}@alpha=2"] * 4
    assert [row["mult_adds"] for row in rows if row["layer"] == "total"] == ["6952", "13904"]


def test_standard_input(python, tiny):
    text = Path(tiny).read_text(encoding="utf-8")
    done = python("", "convcost", "report", "-@alpha=2", "--format", "json", text_input=text, command=("-m",))
    assert json.loads(done.stdout)["models"][0]["totals"]["mult_adds"] == 13904


def test_formulas_in_json_on_request(call, tiny):
    assert "formulas" not in json.loads(call("report", tiny, "--format", "json").out)["models"][0]
    model = json.loads(call("report", tiny, "--format", "json", "--formulas").out)["models"][0]
    assert model["formulas"]["params"]["text"] == "148 α + 10"
    assert "=" not in call("report", tiny, "--no-formulas").out.partition("Total")[2]


def test_bindings_are_exact_in_json(call, tiny):
    model = json.loads(call("report", f"{tiny}@alpha=0.75", "--format", "json").out)["models"][0]
    assert model["bindings"] == {"alpha": "3/4"}


def test_conventions_and_parameters(call, tiny):
    totals = {
        name: json.loads(call("report", tiny, "--format", "json", "--convention", name, "--params", kind).out)
        for name, kind in (("paper", "trainable"), ("valid", "weights"), ("with-bias", "all"))
    }
    assert [t["models"][0]["totals"] for t in totals.values()] == [
        {"params": 158, "mult_adds": 6952},
        {"params": 148, "mult_adds": 5848},
        {"params": 158, "mult_adds": 6962},
    ]
    assert [t["convention"]["name"] for t in totals.values()] == list(totals)


def test_a_batch_multiplies_counts_and_not_parameters(call, tiny):
    model = json.loads(call("report", tiny, "--format", "json", "--batch", "8").out)["models"][0]
    assert model["totals"] == {"params": 158, "mult_adds": 8 * 6952}
    table = call("report", tiny, "--batch", "8").out
    assert "alpha=1, batch=8" in table
    assert "mult-adds per image = 6 952 α\n" in table


def test_columns(call, tiny):
    rows = list(
        csv.DictReader(io.StringIO(call("report", tiny, "--columns", "+valid,primitives", "--format", "csv").out))
    )
    first = rows[0]
    assert list(first)[4:8] == ["output", "params", "mult_adds", "valid"]
    assert list(first)[-1] == "share"
    assert (first["mult_adds"], first["valid"], first["mul"], first["cmp"]) == ("6912", "5808", "6912", "0")


def test_output_to_a_file_and_nothing_on_standard_output(call, tiny, tmp_path):
    path = tmp_path / "costs.json"
    outcome = call("report", tiny, "--format", "json", "-o", path)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert json.loads(path.read_text())["schema_version"] == 1


def test_an_error_leaves_the_file_alone(call, tiny, tmp_path):
    path = tmp_path / "costs.json"
    path.write_text("old")
    assert call("report", "no_such_spec", "-o", path).code == 2
    assert path.read_text() == "old"


def test_a_wrong_spec_shows_the_line(call, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("convcost: 1\nname: bad\ninput: [3, 8, 8]\nlayers:\n  - conv: {kernel: 3, out: aplha}\n")
    outcome = call("report", path)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"{path}:5:28: E103 unknown symbol 'aplha'")
    assert "      5 |   - conv: {kernel: 3, out: aplha}\n        |                            ^^^^^\n" in outcome.err


def test_formula(call, tiny):
    assert "params    = 148 α + 10" in call("formula", tiny).out
    assert call("formula", tiny, "--metric", "params").out.count(" = ") == 2  # the formula, and what α is
    assert "valid for 4 α ∈ ℤ" in call("formula", f"{tiny}", "--general").out
    outcome = call("formula", f"{tiny}@alpha=1")
    assert outcome.code == 2
    assert outcome.err.startswith("E504 ")


def test_formula_as_python(call, tiny, tmp_path):
    path = tmp_path / "costs.py"
    assert call("formula", tiny, "--format", "python", "-o", path).code == 0
    done = subprocess.run(
        [sys.executable, "-c", "import costs; print(costs.mult_adds(), costs.params('3/4'))"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "6952 121\n"


def test_compare(call, tiny):
    outcome = call("compare", tiny, f"{tiny}@alpha=2", "--by", "kind")
    assert outcome.code == 0
    assert "× 2.00" in outcome.out
    assert call("compare", tiny).err == "E023 a comparison needs two models or more\n"


def test_specs(call):
    listed = call("specs").out
    assert listed == call("specs", "list").out
    assert "mobilenet_v1 " in listed
    path = call("specs", "path", "mobilenet_v1").out.strip()
    assert Path(path).read_text(encoding="utf-8") == call("specs", "show", "mobilenet_v1").out
    outcome = call("specs", "show", "mobilnet_v1")
    assert outcome.code == 2
    assert outcome.err == "E005 there is no shipped spec 'mobilnet_v1' (did you mean 'mobilenet_v1'?)\n"


@pytest.mark.parametrize("op", ["conv", "depthwise", "separable", "batch_norm", "relu", "add", "global_avgpool"])
def test_explain_an_op(call, op):
    outcome = call("explain", op)
    assert outcome.code == 0
    assert outcome.out.startswith(f"{op}\n  ")
    for heading in ("Costs", "Conventions", "Arguments"):
        assert f"\n{heading}\n  " in outcome.out
    assert all(len(line) <= 80 for line in outcome.out.splitlines())


def test_explain_a_code(call):
    assert call("explain", "e013").out.startswith("E013 ")


def test_explain_something_else(call):
    outcome = call("explain", "depthwize")
    assert (outcome.code, outcome.err) == (
        2,
        "E026 there is nothing to explain about 'depthwize' (did you mean 'depthwise'?)\n",
    )


def test_width_follows_columns(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert "━" in call("report", "mobilenet_v1", "--no-formulas").out
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, call("report", "mobilenet_v1", "--no-formulas").out.splitlines())) <= 60


def test_python_m_convcost(tiny):
    done = subprocess.run(
        [sys.executable, "-m", "convcost", "report", tiny], capture_output=True, text=True, check=True, env=os.environ
    )
    assert "Tiny" in done.stdout
