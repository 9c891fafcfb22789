"""``convcost sweep``: tables, formats, pictures, and what wrong input is told."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import pytest

from convcost import sweep
from convcost.report import plot
from convcost.report.formats import render
from convcost.report.sweep import csv_text, document

GRID = ("mobilenet_v1", "--over", "alpha", "--over", "resolution")


def test_the_table_of_the_paper(call):
    outcome = call("sweep", *GRID, "--rows", "alpha", "--metric", "mult_adds")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert "  α          224          192          160          128" in lines
    assert "1/2  149,497,088  109,970,432   76,524,800   49,160,192" in lines
    assert max(map(len, lines)) <= 80


def test_rows_and_columns_either_way(call):
    down = json.loads(call("sweep", *GRID, "--rows", "alpha", "-f", "json").out)
    across = json.loads(call("sweep", *GRID, "--columns", "alpha", "-f", "json").out)
    for a, b in zip(down["sweeps"], across["sweeps"], strict=True):
        assert a["metric"] == b["metric"]
        cells = {(row["alpha"], r): v for row in a["rows"] for r, v in row[a["metric"]].items()}
        assert cells == {
            (_number(alpha), str(row["resolution"])): v for row in b["rows"] for alpha, v in row[b["metric"]].items()
        }
    other = call("sweep", *GRID, "--over", "classes=10,1000", "--rows", "alpha", "--columns", "resolution").out
    assert "Params of mobilenet_v1 at classes=10\n" in other


def _number(text):
    return int(text) if text.isdigit() else text


def test_a_wide_table_is_set_in_parts(call):
    out = call("sweep", "mobilenet_v1", "--over", "alpha", "--over", "resolution=96:512", "--rows", "alpha").out
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("  α  ") + out.count("  α ") >= 4


@pytest.mark.parametrize("format_", ["table", "md", "csv", "json", "latex"])
def test_formats(call, format_):
    outcome = call("sweep", *GRID, "-f", format_, "--where", "mult_adds <= 150M", "--sensitivity")
    assert (outcome.code, outcome.err) == (0, "")
    number = "149,497,088" if format_ in {"table", "md"} else r"149\,497\,088" if format_ == "latex" else "149497088"
    assert number.replace("\\,", "") in outcome.out.replace("\\,", "") or number in outcome.out


def test_csv_of_any_length_is_that_of_the_document():
    result = sweep("mobilenet_v1", {"alpha": None, "resolution": "128:224"}, where="alpha > 1/4")
    assert csv_text(result) == render(document(result), "csv")
    presets = sweep("efficientnet", {"preset": None})
    assert csv_text(presets) == render(document(presets), "csv")
    rows = list(csv.DictReader(io.StringIO(csv_text(result))))
    assert [row["mult_adds"] for row in rows] == [str(p.figures["mult_adds"]) for p in result]


def test_json(call):
    body = json.loads(
        call("sweep", *GRID, "--where", "mult_adds <= 150M", "--pareto", "alpha:max,resolution:max", "-f", "json").out
    )
    assert (body["points"], body["within"], body["kept"]) == (16, 9, "front")
    assert body["objectives"] == [{"name": "alpha", "sense": "max"}, {"name": "resolution", "sense": "max"}]
    (found,) = body["sweeps"]
    assert found["rows"][0] == {"alpha": "3/4", "resolution": 128, "mult_adds": 106770432, "params": 2585560}
    assert body["extents"]["mult_adds"]["least"] == {"value": 13570048, "at": {"alpha": "1/4", "resolution": 128}}


def test_long_tables_say_what_they_leave_out(call):
    out = call("sweep", "mobilenet_v1", "--over", "alpha=1/64:2:1/64", "--over", "resolution=224", "--shown", "3").out
    assert "124 more rows; --format csv has all of them, --shown more\n" in out
    assert "1 point has no network: E313 out = 0 is less than 1\n" in out


def test_a_single_best_point_is_explained(call):
    out = call("sweep", *GRID, "--pareto", "mult_adds,params").out
    assert "one point is best in all of them" in out


def test_summary(call):
    out = call("sweep", *GRID, "--summary").out
    assert "Mult-adds  least  1/4  128   13,570,048\n" in out
    assert "Params     most     1  224    4,231,976\n" in out or "Params     most     1  128    4,231,976\n" in out


def test_points_from_a_file(call, tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("alpha,resolution\n0.5,224\n3/4,192\n", encoding="utf-8")
    out = call("sweep", "mobilenet_v1", "--points", str(path)).out
    assert "1/2  224  149,497,088  1,331,592\n" in out
    assert "3/4  192  239,273,472  2,585,560\n" in out


def test_pictures(call, tmp_path):
    path = tmp_path / "front.svg"
    outcome = call(
        "sweep", "mobilenet_v1", "--over", "alpha=1/16:1:1/16", "--over", "resolution=96:256", "--plot", str(path)
    )
    assert outcome.code == 0
    text = "".join(ET.parse(path).getroot().itertext())
    assert path.read_bytes() == plot.picture(
        sweep("mobilenet_v1", {"alpha": "1/16:1:1/16", "resolution": "96:256"}), "svg"
    )
    assert "mobilenet_v1" in path.read_text() or text
    for name, arguments in (
        ("map.png", ("--metric", "mult_adds")),
        ("front.pdf", ("--where", "mult_adds >= 60M", "--pareto", "mult_adds,params")),
        ("top.png", ("--metric", "params", "--top", "5")),
    ):
        outcome = call("sweep", *GRID, *arguments, "--plot", str(tmp_path / name))
        assert (outcome.code, outcome.err) == (0, "")
        begin = (tmp_path / name).read_bytes()[:5]
        assert begin.startswith((b"\x89PNG", b"%PDF-"))


def test_without_matplotlib(call, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "matplotlib", None)
    outcome = call("sweep", *GRID, "--plot", str(tmp_path / "a.svg"))
    assert outcome.code == 2
    assert outcome.err == "E028 a picture needs matplotlib (pip install 'convcost[plot]')\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mobilenet_v1",), "E840 a sweep is over a grid or over points (--over NAME=VALUES)"),
        (("mobilenet_v1", "--over", "=3"), "E841 '=3' is not NAME=VALUES"),
        (("mobilenet_v1", "--over", "alpha="), "E841 'alpha=' is not NAME=VALUES"),
        ((*GRID, "--over", "alpha=1"), "E840 'alpha' is swept over twice (give all its values at once)"),
        ((*GRID, "--rows", "beta"), "E849 'beta' is not swept over (one of alpha, resolution)"),
        ((*GRID, "--rows", "alpha", "--columns", "alpha"), "E849 alpha cannot be rows and columns"),
        (
            ("mobilenet_v1", "--over", "alpha", "--rows", "alpha"),
            "E849 a table of rows and columns needs a grid of two",
        ),
        ((*GRID, "--summary", "--rows", "alpha"), "E848 --summary and --rows do not go together"),
        ((*GRID, "--summary", "--top", "3"), "E848 --summary and --pareto or --top do not go together"),
        ((*GRID, "--sensitivity", "--rows", "alpha"), "E848 --rows and --sensitivity do not go together"),
        ((*GRID, "--plot", "a.jpg"), "E028 'a.jpg' is no file for a picture (its name ends in .svg, .png or .pdf)"),
        ((*GRID, "--plot", "a"), "E028 'a' is no file for a picture (its name ends in .svg, .png or .pdf)"),
        ((*GRID, "--plot", "/nowhere/a.svg"), "E027 there is no directory '/nowhere' to write 'a.svg' in"),
        ((*GRID, "--format", "xml"), "E024 there is no format 'xml'"),
        ((*GRID, "--where", "mult_adds <= 150 Q"), "--where:1:"),
        (("mobilenet_v1", "--points", "nowhere.csv"), "E001 there is no file 'nowhere.csv'"),
    ],
)
def test_wrong_input(call, arguments, message):
    outcome = call("sweep", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(message)
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no header that names hyperparameters (alpha,resolution)"),
        ("alpha,alpha\n1,1\n", "has no header that names hyperparameters (alpha,resolution)"),
        ("alpha,resolution\n1\n", ":2: 1 value for the columns alpha, resolution"),
        ("alpha\n\n1,2\n", ":3: 2 values for the columns alpha"),
        (f"alpha\n{'1' * 200_000}\n", "is not CSV: field larger than field limit (131072) (alpha,resolution)"),
        ("alpha,resolution\n1,x\n", "E015"),
        ("alpha\n", "E841 there are no points of alpha"),
    ],
)
def test_wrong_files_of_points(call, tmp_path, text, message):
    path = tmp_path / "p.csv"
    path.write_text(text)
    outcome = call("sweep", "mobilenet_v1", "--points", str(path))
    assert outcome.code == 2
    assert message in outcome.err
