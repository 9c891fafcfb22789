"""``convcost bench`` as a stranger calls it; times are whatever they are."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction

import pytest

NUMBER = r"[\d.,]+"


@pytest.fixture(autouse=True)
def small_machine(monkeypatch):
    monkeypatch.setattr("convcost.verify.machine.PRODUCTS", ((20, 30, 50),))
    monkeypatch.setattr("convcost.verify.machine.COPIED", 4096)


def test_a_table(call, tiny):
    done = call("bench", tiny, "--repeat", 3)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    title = " ".join(lines[3 : next(i for i, line in enumerate(lines) if line.startswith("Matrix"))])
    assert re.fullmatch(rf"{tiny}: {NUMBER} ms, {NUMBER} to {NUMBER}; 3 runs of 1 image on 1 thread", title)
    rows = [line.split()[0] for line in lines if re.match(r"(stem|global_avgpool1|linear1|Total) ", line)]
    assert rows == ["stem", "global_avgpool1", "linear1", "Total"]


def test_json(call, tiny):
    done = call("bench", tiny, "--repeat", 2, "--batch", 3, "--by", "kind", "--format", "json")
    body = json.loads(done.out)
    (shown,) = body["benchmarks"]
    assert (body["convention"], shown["name"], shown["batch"], shown["threads"]) == ("paper", tiny, 3, 1)
    assert shown["mult_adds"] == 3 * 6952
    assert len(shown["nanoseconds_of_runs"]) == 2
    assert [row["kind"] for row in shown["rows"]] == ["conv 3×3", "global_avgpool", "linear"]
    assert sum(Fraction(row["mult_adds_share"]) for row in shown["rows"]) == 1
    assert {row["bound"] for row in shown["rows"]} <= {"compute", "memory"}
    assert shown["totals"]["mult_adds_share"] == "1"


def test_csv(call, tiny):
    rows = list(csv.DictReader(io.StringIO(call("bench", tiny, "--repeat", 1, "--format", "csv").out)))
    assert [row["layer"] for row in rows] == ["stem", "global_avgpool1", "linear1", "total"]
    assert {row["benchmark"] for row in rows} == {tiny}
    assert float(rows[1]["billions_a_second"]) == 0


@pytest.mark.parametrize(("form", "begins"), [("md", "_Run in NumPy"), ("latex", "%"), ("html", "<")])
def test_documents(call, tiny, form, begins):
    done = call("bench", tiny, "--repeat", 1, "--format", form)
    assert done.code == 0
    assert "global" in done.out


def test_a_picture(call, tiny, tmp_path):
    path = tmp_path / "roofline.svg"
    done = call("bench", tiny, "--repeat", 1, "--plot", path)
    assert done.code == 0
    drawn = path.read_text()
    for text in ("<!-- mult-adds a byte -->", "<!-- billion mult-adds a second -->", "<!-- conv 3×3 -->", "% of time"):
        assert text in drawn


def test_a_picture_of_a_network_that_multiplies_nothing(call, tmp_path):
    spec, path = tmp_path / "pool.yaml", tmp_path / "roofline.png"
    spec.write_text("{convcost: 1, name: pool, input: [3, 8, 8], layers: [global_avgpool]}")
    assert call("bench", spec, "--repeat", 1, "--plot", path).code == 0
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--by", "colour"], "E013 cannot group by 'colour' (one of layer, block, stage, kind, op)"),
        (["--format", "png"], "E024 there is no format 'png' (one of table, md, csv, json, latex, html)"),
        (["--plot", "time.txt"], "E028 'time.txt' is no file for a picture (its name ends in .svg, .png or .pdf)"),
    ],
)
def test_wrong_words_are_found_before_anything_is_run(call, tiny, monkeypatch, arguments, message):
    monkeypatch.setattr("convcost.verify.bench.time_network", None)
    done = call("bench", tiny, *arguments)
    assert (done.code, done.out, done.err) == (2, "", f"{message}\n")


def test_wrong_input(call, tiny):
    assert call("bench", "mobilenet_v9").code == 2
    done = call("bench", tiny, "--repeat", 0)
    assert done.code == 2
    assert "0 is not in the range x>=1" in done.err


def test_there_is_not_enough_memory(call, tiny, monkeypatch):
    monkeypatch.setattr("convcost.verify.bench.available", lambda: 10**6)
    done = call("bench", tiny)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"E681 {tiny} needs about 96.00 MiB of memory, and 976.56 KiB are available "
        "(a smaller batch or input needs less)\n"
    )
