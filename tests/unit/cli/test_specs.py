"""``convcost specs``: listing, showing and completing what is shipped."""

import csv
import io
import json

import pytest

from convcost import shipped
from convcost.studies.inventory import fresh_index

LOADED = (
    "import pathlib, sys; from convcost import shipped; shipped.root = lambda: pathlib.Path(sys.argv[1]); "
    "from convcost.cli import main; main(sys.argv[2:]); "
    "print(sorted({'yaml', 'sympy', 'numpy', 'rich', 'convcost.spec', 'convcost.ops', 'convcost.cost'} "
    "& set(sys.modules)), file=sys.stderr)"
)
TINY = "convcost: 1\ninput: [3, 8, 8]\nlayers:\n  - conv: {kernel: 3, out: 4, bias: false}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A directory of shipped specs with two in it, and no index."""
    monkeypatch.setattr(shipped, "root", lambda: tmp_path)
    (tmp_path / "architectures").mkdir()
    for name in ("one", "two"):
        (tmp_path / "architectures" / f"{name}.yaml").write_text(TINY)
    return tmp_path


def test_a_listing_imports_no_analysis(python, folder):
    (folder / shipped.INDEX).write_text(fresh_index().text())
    for arguments in (["specs"], ["specs", "one", "--format", "csv"]):
        done = python(LOADED, folder, *arguments)
        assert (done.returncode, done.stderr) == (0, "[]\n")
        assert "one" in done.stdout


def test_the_listing_is_where_no_subcommand_is_called(call):
    assert call("specs").out == call("specs", "list").out
    assert call("specs", "-f", "csv").out == call("specs", "list", "--format", "csv").out
    assert call("specs", "mobilenet").out == call("specs", "list", "mobilenet").out
    assert call("specs", "list", "path").err.startswith("E005 no shipped spec has 'path' in its name or title")


def test_a_word_shows_presets(call):
    specs = [row["spec"] for row in csv.DictReader(io.StringIO(call("specs", "mobilenet_v3", "-f", "csv").out))]
    assert specs[:3] == ["mobilenet_v3", "mobilenet_v3:large", "mobilenet_v3:small"]
    short = call("specs", "mobilenet_v3", "--no-presets", "-f", "csv").out
    assert [row["spec"] for row in csv.DictReader(io.StringIO(short))] == ["mobilenet_v3"]
    assert "mobilenet_v3:small " in call("specs", "--presets").out
    assert "mobilenet_v3:small " not in call("specs").out


def test_figures_are_those_of_a_report(call):
    (listed,) = json.loads(call("specs", "mobilenet_v1_shallow", "-f", "json").out)["architectures"]
    report = json.loads(call("report", "mobilenet_v1_shallow", "-f", "json").out)
    assert {"params": listed["params"], "mult_adds": listed["mult_adds"]} == report["models"][0]["totals"]
    assert json.loads(call("specs", "-f", "json").out)["convention"] == report["convention"]


def test_what_the_index_lacks_is_said(call, folder):
    outcome = call("specs")
    assert outcome.code == 0
    assert "\none      108     3.89 k\n" in outcome.out
    assert outcome.err == (
        "derived now, for they are not in the index or have changed since: one, two\n"
        "  in a checkout, python -m pytest --update-golden tests/golden/test_index.py writes it anew\n"
    )
    assert "two" not in call("specs", "one").err


def test_many_names_are_not_all_said(call, folder):
    for i in range(6):
        (folder / "architectures" / f"more{i}.yaml").write_text(TINY)
    assert "since: more0, more1, more2, more3, more4 and 3 more\n" in call("specs").err


def test_a_wrong_spec_does_not_end_the_listing(call, folder):
    (folder / "architectures" / "one.yaml").write_text(TINY.replace("4", "x"))
    outcome = call("specs")
    assert outcome.code == 0
    assert "\none        –          –\ntwo" in outcome.out
    assert "E103 unknown symbol 'x'" in outcome.out.partition("\ntwo")[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mobilnet"], "E005 no shipped spec has 'mobilnet' in its name or title ("),
        (
            ["zzz", "yyy"],
            "E005 no shipped spec has 'zzz' or 'yyy' in its name or title ('convcost specs' lists them)\n",
        ),
        (["--format", "latex"], "E024 there is no format 'latex' (one of table, md, csv, json)\n"),
        (["--formt", "csv"], "Usage: convcost specs list"),
        (["show", "mobilnet_v1"], "E005 there is no shipped spec 'mobilnet_v1' (did you mean 'mobilenet_v1'?)\n"),
    ],
)
def test_errors(call, arguments, message):
    outcome = call("specs", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(message)


def test_to_a_file(call, tmp_path):
    path = tmp_path / "specs.csv"
    assert call("specs", "-f", "csv", "-o", path).out == ""
    assert path.read_text().startswith(
        "convention,architecture,spec,title,year,source,params,mult_adds,values,presets\n"
    )


@pytest.mark.parametrize(
    ("words", "before"),
    [
        ("convcost report mobilenet_v1", []),
        ("convcost compare resnet xce", []),
        ("convcost verify squee", []),
        ("convcost formula squee", []),
        ("convcost specs sh", ["show"]),
        ("convcost specs show squee", []),
        ("convcost specs vgg squee", []),
        ("convcost specs --pre", ["--presets"]),
    ],
)
def test_completion(python, words, before):
    *_, begun = words.split()
    done = python(
        "",
        "convcost",
        command=("-m",),
        environment={
            "_CONVCOST_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
    )
    offered = [*before, *(name for name in shipped.names() if name.startswith(begun))]
    assert offered
    assert done.stdout.split() == [f"plain,{word}" for word in offered]


def test_a_file_is_completed_by_the_shell(python):
    environment = {"_CONVCOST_COMPLETE": "bash_complete", "COMP_WORDS": "convcost report my", "COMP_CWORD": "2"}
    assert python("", "convcost", command=("-m",), environment=environment).stdout == "file,my\n"
