"""``convcost check``: what it prints and where, and its exit code."""

import json
import os
from pathlib import Path

import pytest

NET = """\
convcost: 1
name: net
hyperparameters:
  alpha: {default: 1, multiple_of: 1/4}
input: [3, 8, 8]
layers:
  - {conv: {kernel: 3, out: 4*alpha, padding: same}, name: stem}
  - {conv: {kernel: 1, out: 8}, name: head}
"""


@pytest.fixture
def net(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET)
    return "net.yaml"


def test_exit_codes(call, net):
    assert call("check", net, "--max", "params=140").code == 0
    assert call("check", net, "--max", "params=139").code == 1
    assert call("check", net).code == 2


def test_a_table(call, net):
    done = call("check", net, "--max", "mult_adds=9k", "--max", "params=0.1k")
    assert (done.code, done.err) == (1, "")
    assert done.out == (
        "paper: mult-adds of conv and fully connected layers and matrix products, no\n"
        "bias, no batch norm, padding counted; parameters trainable: weights, biases, and\n"
        "the scales and shifts of norms\n"
        "\n"
        "1 of 2 budgets is crossed\n"
        "\n"
        "Network   Metric     Value  Budget  Headroom\n"
        "net.yaml  mult_adds  8,960   9,000       +40  ok 0.4 %\n"
        "net.yaml  params       140     100       −40  OVER\n"
        "    Over by 40.0 % or 40, with 0.1k (--max) allowed. Weigh most: stem with 108\n"
        "    (77.1 %), head with 32 (22.9 %).\n"
    )


@pytest.mark.parametrize("width", [66, 80, 200])
def test_lines_fit(call, tmp_path, monkeypatch, width):
    monkeypatch.chdir(tmp_path)
    name = "a-directory-with-a-long-name/and-another-one/network.yaml"
    Path(name).parent.mkdir(parents=True)
    Path(name).write_text(NET)
    monkeypatch.setenv("COLUMNS", str(width))
    call("report", f"{name}@alpha=1/4", "--format", "json", "-o", "main.json")
    Path("main.json").write_text(Path("main.json").read_text().replace("@alpha=1/4", "@alpha=250000"))
    done = call(
        "check", f"{name}@alpha=250000", "--max", "mult_adds=2M", "--max-growth", "0.25%", "--against", "main.json"
    )
    assert done.code == 1
    assert max(map(len, done.out.splitlines())) <= width
    assert "2,240,000,000" in done.out


def test_json(call, net):
    done = call("check", net, "--max", "params=139", "--format", "json")
    data = json.loads(done.out)
    assert done.code == 1
    assert (data["schema_version"], data["passed"], data["baseline"]) == (1, False, None)
    (network,) = data["checks"]
    assert network["bindings"] == {"alpha": 1}
    assert network["budgets"] == [
        {
            "metric": "params",
            "kind": "max",
            "written": "139",
            "source": "--max",
            "share": None,
            "value": 140,
            "budget": 139,
            "headroom": -1,
            "before": None,
            "crossed": True,
            "layers": [
                {"layer": "stem", "kind": "conv 3×3", "value": 108, "before": None, "file": "net.yaml", "line": 7},
                {"layer": "head", "kind": "pointwise", "value": 32, "before": None, "file": "net.yaml", "line": 8},
            ],
        }
    ]


def test_github_takes_paths_from_the_repository(call, net, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path.parent))
    done = call("check", net, "--max", "params=139", "-f", "github")
    assert done.code == 1
    assert f"::error file={tmp_path.name}/net.yaml,line=7,col=6,title=net.yaml%3A params over budget::" in done.out


def test_to_a_file(call, net, tmp_path):
    done = call("check", net, "--max", "params=139", "-f", "md", "-o", "check.md")
    assert (done.code, done.out) == (1, "")
    assert Path("check.md").read_text().count("| OVER |") == 1


def test_growth(call, net):
    call("report", net, "--format", "json", "-o", "main.json")
    assert call("check", net, "--against", "main.json", "--max-growth", "0%").code == 0
    Path(net).write_text(NET.replace("4*alpha", "5*alpha"))
    done = call("check", net, "--against", "main.json", "--max-growth", "params=2%", "--max-growth", "30%")
    assert done.code == 1
    assert [line.split()[:5] for line in done.out.splitlines() if line.startswith("net.yaml")] == [
        ["net.yaml", "mult_adds", "+30%", "11,200", "11,648"],
        ["net.yaml", "params", "+2%", "175", "142"],
    ]
    assert "Grew most: stem by 27 to 135, head by 8 to 40." in " ".join(done.out.split())


def test_a_baseline_alone_tells_what_has_grown(call, net):
    call("report", net, "--format", "json", "-o", "main.json")
    Path(net).write_text(NET.replace("out: 8", "out: 9"))
    done = call("check", net, "--max", "params=1", "--against", "main.json")
    assert "Grew most: head by 4 to 36." in " ".join(done.out.split())


def test_wildcards(call, net):
    Path("other.yaml").write_text(NET.replace("name: net", "name: other"))
    done = call("check", "*.yaml@alpha=1/2", "--max", "params=1M")
    assert [line.split()[0] for line in done.out.splitlines()[-2:]] == ["net.yaml@alpha=1/2", "other.yaml@alpha=1/2"]


def test_standard_input(python, tmp_path):
    done = python("", "check", "-@alpha=2", "--max", "params=279", command=("-m", "convcost"), text_input=NET)
    assert (done.returncode, done.stderr) == (1, "")
    assert "-@alpha=2  params" in done.stdout


def test_the_project(call, net, monkeypatch):
    Path("pyproject.toml").write_text('[tool.convcost]\nspecs = ["*.yaml"]\nbudgets = {params = 140}\n')
    assert call("check").code == 0
    Path("deep").mkdir()
    monkeypatch.chdir("deep")
    done = call("check", "--max", "params=139")
    assert done.code == 1
    assert "net.yaml" in done.out
    Path("tight.toml").write_text("[tool.convcost]\nbudgets = {params = 1}\n")
    assert call("check", "../net.yaml").code == 0
    assert call("check", "../net.yaml", "--config", "tight.toml").code == 1


WRONG = {
    ("--max", "parms=4M"): "E012 unknown metric 'parms' (did you mean 'params'?)",
    ("--max", "flops=4M"): "E012 unknown metric 'flops' (did you mean 'mult_adds'?)",
    ("--max", "params"): "E811 --max takes METRIC=VALUE, such as params=4.3M, not 'params'",
    ("--max", "params=4 MB"): "E811 '4 MB' is not a budget for params (write 600 M, 4.3M or 4,300,000)",
    ("--max", "params=2%"): (
        "E811 '2%' is not a budget for params (a share is for --max-growth; write 600 M, 4.3M or 4,300,000)"
    ),
    ("--max", "params=1", "--max", "params=2"): "E814 --max says 'params' twice",
    ("--max-growth", "2"): "E812 '2' is not a share by which a metric may grow (write 2%)",
    ("--max-growth", "2%"): "E817 growth over nothing: there is no baseline (name one with --against FILE)",
    ("--max-growth", "2%", "--against", "none.json"): "E001 there is no file 'none.json'",
    ("--max-growth", "2%", "--against", "."): "E002 '.' is a directory (a baseline is one JSON file)",
    ("--max-growth", "2%", "--against", "net.yaml"): (
        "E815 the baseline 'net.yaml' is not JSON: expecting value in line 1, column 1 "
        "('convcost report SPEC... --format json -o FILE' writes one)"
    ),
    ("--max", "params=1", "--config", "none.toml"): "E001 there is no file 'none.toml'",
    ("--max", "params=1", "--format", "csv"): "E024 there is no format 'csv' (one of table, md, json, github)",
    ("--max", "params=1", "--format", "gihub"): "E024 there is no format 'gihub' (did you mean 'github'?)",
    ("--max", "params=1", "--convention", "papr"): "E010 unknown convention 'papr' (did you mean 'paper'?)",
    ("--max", "params=1", "no/*.yaml"): "E818 no file matches 'no/*.yaml' (wildcards are *, ?, [...] and **/)",
}


@pytest.mark.parametrize(("arguments", "message"), WRONG.items(), ids=[" ".join(each) for each in WRONG])
def test_wrong_input(call, net, arguments, message):
    done = call("check", net, *arguments, "-o", "out.txt")
    assert (done.code, done.out, done.err) == (2, "", f"{message}\n")
    assert not Path("out.txt").exists()


def test_nothing_to_check(call, net):
    done = call("check")
    assert (done.code, done.err) == (2, "E810 nothing to check (name a SPEC, or list specs in [tool.convcost])\n")


def test_nothing_heavy_is_imported(python, net):
    source = "import sys; from convcost.cli import main; main(sys.argv[1:]); print(sorted({'sympy', 'numpy', 'rich'} & set(sys.modules)))"
    done = python(source, "check", net, "--max", "params=1", "--format", "github")
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_a_reader_that_has_seen_enough(net, python):
    done = python(
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'convcost', 'check', 'net.yaml', '--max', "
        "'params=1M'], stdout=subprocess.PIPE, stderr=subprocess.PIPE); p.stdout.close(); print(p.stderr.read(), p.wait())",
        environment={"PYTHONPATH": os.pathsep.join(str(each) for each in Path(__file__).resolve().parents[3:4])},
    )
    assert done.stdout == "b'' 0\n"
