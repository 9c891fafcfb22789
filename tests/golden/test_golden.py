"""Whole outputs, held against files in ``expected``; each is read back and its columns summed."""

import csv
import io
import json
import re

import pytest

from convcost import api

EXTENSIONS = {"table": "txt", "md": "md", "csv": "csv", "json": "json", "latex": "tex", "html": "html"}
FULL = "mobilenet_v1_full_conv"


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


def printed(format_, *arguments):
    from convcost.cli import main

    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        assert main([*arguments, "--format", format_]) == 0
    return out.getvalue()


def whole(text):
    """Read an exact number as any format writes it; None for anything else."""
    digits = text.strip().strip("*").replace(r"\,", "").replace(",", "").replace("\u00a0", "")
    return int(digits) if digits.isdigit() else None


def rows_of(format_, text):
    """Return (titles, rows of cells, cells of the exact total) of the longest table in a text."""
    match format_:
        case "csv":
            titles, *rows = csv.reader(io.StringIO(text))
            return titles, rows[:-1], rows[-1]
        case "md":
            lines = [
                [c.strip() for c in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("|")
            ]
            start = next(i for i, line in enumerate(lines) if any("Layer" in cell for cell in line))
            end = next(i for i, line in enumerate(lines) if any("Total" in cell for cell in line))
            return lines[start], lines[start + 2 : end], lines[end]
        case "latex":
            lines = [line.removesuffix(r" \\").split(" & ") for line in text.splitlines() if line.endswith(r" \\")]
            start = next(i for i, line in enumerate(lines) if any("Layer" in cell for cell in line))
            end = next(i for i, line in enumerate(lines) if any("Total" in cell for cell in line))
            return lines[start], lines[start + 1 : end], lines[end]
        case "html":
            lines = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in text.splitlines() if "<tr>" in line]
            start = next(i for i, line in enumerate(lines) if "Layer" in line)
            end = next(i for i, line in enumerate(lines) if "Total" in line)
            return lines[start], lines[start + 1 : end], lines[end]
        case _:
            lines = text.splitlines()
            start = next(i for i, line in enumerate(lines) if re.match(r"\s*Layer\s", line))
            end = next(i for i, line in enumerate(lines) if re.match(r"\s*Total\s", line))
            # the last two cells that are figures: other columns may be set one blank apart
            cells = [re.findall(r"(?:[\d,]+|–)(?= )", f"{line} ") for line in lines[start : end + 1] if "─" not in line]
            return cells[0], [row[-2:] for row in cells[1:-1]], cells[-1][-2:]


def check_sums(rows, total):
    """Sum each column of whole numbers and compare with the total; return how many there were."""
    checked = 0
    for column in range(len(total)):
        expected = whole(total[column])
        if expected is not None:
            assert sum(whole(row[column]) or 0 for row in rows) == expected
            checked += 1
    return checked


@pytest.mark.parametrize("format_", EXTENSIONS)
def test_report(format_, golden):
    text = printed(format_, "report", "mobilenet_v1")
    golden(f"mobilenet_v1.{EXTENSIONS[format_]}", text)
    if format_ == "json":
        (model,) = json.loads(text)["models"]
        for key, value in model["totals"].items():
            assert sum(row[key] or 0 for row in model["rows"]) == value
        assert model["totals"] == {"params": 4_231_976, "mult_adds": 568_740_352}
    elif format_ == "table":
        bare = re.sub(r"[\d.]+ % ?[━╸]*|–$", "", text, flags=re.MULTILINE)  # without shares and bars
        _, rows, total = rows_of(format_, bare)
        assert len(rows) == 29
        assert check_sums(rows, total) == 2
        assert list(map(whole, total)) == [4_231_976, 568_740_352]
    else:
        _, rows, total = rows_of(format_, text)
        assert len(rows) == 29
        assert check_sums(rows, total) == 2


@pytest.mark.parametrize("format_", EXTENSIONS)
def test_compare(format_, golden):
    text = printed(format_, "compare", FULL, "mobilenet_v1")
    golden(f"compare.{EXTENSIONS[format_]}", text)
    if format_ == "json":
        (comparison,) = json.loads(text)["comparisons"]
        for label, value in comparison["totals"]["mult_adds"].items():
            assert sum(row["mult_adds"][label] or 0 for row in comparison["rows"]) == value
    elif format_ != "table":
        _, rows, total = rows_of(format_, text)
        assert check_sums(rows, total) == 2


@pytest.mark.parametrize("by", ["stage", "block", "kind", "op"])
def test_report_by(by, golden):
    golden(f"mobilenet_v1-by-{by}.txt", printed("table", "report", "mobilenet_v1", "--by", by))


@pytest.mark.parametrize(
    ("format_", "extension"), [("text", "txt"), ("md", "md"), ("latex", "tex"), ("python", "py.txt"), ("json", "json")]
)
def test_formula(format_, extension, golden):
    golden(f"formula.{extension}", printed(format_, "formula", "mobilenet_v1", "--by", "stage", "--general"))


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_report_keeps_to_its_width(width):
    text = api.report("mobilenet_v1", width=width)
    assert max(map(len, text.splitlines())) <= width


def test_the_first_line_names_the_convention():
    for format_ in ("table", "md", "latex"):
        assert (
            "paper: mult-adds of conv and fully connected layers"
            in api.report("mobilenet_v1", format=format_).splitlines()[0]
        )
    assert json.loads(api.report("mobilenet_v1", format="json"))["convention"]["name"] == "paper"
    rows = list(csv.DictReader(io.StringIO(api.report("mobilenet_v1", format="csv"))))
    assert {row["convention"] for row in rows} == {"paper"}
