"""The listing of shipped architectures, for readers and for programs."""

import csv
import io
import json

import pytest

from convcost.report.formats import render
from convcost.report.listing import listing, listing_data, listing_rows
from convcost.shipped import Entry, Preset
from convcost.studies.inventory import Inventory, inventory

FOUND = Inventory(
    "paper: what is counted",
    (
        Entry("bare", "Bare", None, "", 7, 1000),
        Entry(
            "family",
            "The Family",
            2019,
            "Tan and Le 2019, arXiv:1905.11946, Table 1; scalings of the code",
            5_288_548,
            385_814_752,
            tuple(Preset(f"b{i}", {"alpha": f"{i + 9}/7", "depth": i}, 10**i, 10 ** (i + 4)) for i in range(1, 9)),
        ),
        Entry("wrong", "wrong", problem="wrong.yaml:1:1: E103 unknown symbol 'x'"),
    ),
)


def test_a_line_each():
    assert render(listing(FOUND, width=80)) == (
        "paper: what is counted\n"
        "\n"
        "3 architectures, at the default values of their hyperparameters\n"
        "\n"
        "Name    Params  Mult-adds  Year  Source                        Presets\n"
        "bare         7     1.00 k\n"
        "family  5.29 M   385.81 M  2019  Tan and Le, arXiv:1905.11946  b1 b2 b3 b4 b5 +3\n"
        "wrong        –          –\n"
        "\n"
        "wrong: wrong.yaml:1:1: E103 unknown symbol 'x'\n"
        "+n: n more presets; each has a line in 'convcost specs family'\n"
    )


def test_a_line_for_each_preset():
    one = Inventory("paper: what is counted", (FOUND.entries[1].replaced(presets=FOUND.entries[1].presets[:2]),))
    assert render(listing(one, presets=True, width=60)) == (
        "paper: what is counted\n"
        "\n"
        "1 architecture, at the default values of its hyperparameters\n"
        "\n"
        "Name       Params  Mult-adds  Year  Source\n"
        "family     5.29 M   385.81 M  2019  Tan and Le\n"
        "family:b1      10   100.00 k  2019  alpha=10/7, depth=1\n"
        "family:b2     100     1.00 M  2019  alpha=11/7, depth=2\n"
    )


def test_what_there_is_no_room_for_is_left_out():
    texts = {width: render(listing(FOUND, width=width)).splitlines()[4] for width in (24, 31, 40, 60)}
    assert texts == {
        24: "Name    Params  Mult-adds",
        31: "Name    Params  Mult-adds  Year",
        40: "Name    Params  Mult-adds  Year",
        60: "Name    Params  Mult-adds  Year  Source      Presets",
    }


@pytest.mark.parametrize("width", [60, 80, 100, 132, 200])
@pytest.mark.parametrize("presets", [False, True])
def test_what_is_shipped_keeps_to_the_width_and_names_are_never_cut(width, presets):
    found = inventory()
    lines = render(listing(found, presets=presets, width=width), width=width).splitlines()
    assert max(map(len, lines)) <= width
    first = {line.partition(" ")[0] for line in lines}
    assert {entry.name for entry in found.entries} <= first
    if presets:
        assert {f"{entry.name}:{preset.name}" for entry in found.entries for preset in entry.presets} <= first


def test_markdown_leaves_nothing_out():
    text = render(listing(FOUND), "md")
    assert "| family | 5.29 M | 385.81 M | 2019 | Tan and Le, arXiv:1905.11946, Table 1; scalings of the code |" in text
    assert "| b1 b2 b3 b4 b5 b6 b7 b8 |" in text


def test_csv_is_exact_and_has_one_header():
    rows = list(csv.DictReader(io.StringIO(render(listing_rows(FOUND), "csv"))))
    assert [row["spec"] for row in rows] == ["bare", "family", "wrong"]
    assert rows[1]["mult_adds"] == "385814752"
    assert rows[1]["presets"] == "b1 b2 b3 b4 b5 b6 b7 b8"
    assert (rows[2]["params"], rows[0]["year"]) == ("", "")
    rows = list(csv.DictReader(io.StringIO(render(listing_rows(FOUND, presets=True), "csv"))))
    assert len(rows) == 11
    assert rows[2] == {
        "convention": "paper",
        "architecture": "family",
        "spec": "family:b1",
        "title": "The Family",
        "year": "2019",
        "source": FOUND.entries[1].source,
        "params": "10",
        "mult_adds": "100000",
        "values": "alpha=10/7, depth=1",
        "presets": "",
    }


def test_json_has_everything():
    body = json.loads(render(listing_data(FOUND), "json"))
    assert body["convention"]["name"] == "paper"
    bare, family, wrong = body["architectures"]
    assert bare == {
        "spec": "bare",
        "title": "Bare",
        "year": None,
        "source": None,
        "params": 7,
        "mult_adds": 1000,
        "presets": [],
        "notes": [],
    }
    assert family["presets"][0] == {
        "spec": "family:b1",
        "bindings": {"alpha": "10/7", "depth": 1},
        "params": 10,
        "mult_adds": 100_000,
    }
    assert (wrong["params"], wrong["notes"]) == (None, ["wrong.yaml:1:1: E103 unknown symbol 'x'"])


def test_the_last_preset_is_not_counted_as_more():
    entry = FOUND.entries[1]
    text = render(listing(Inventory("paper", (entry.replaced(presets=entry.presets[:1]),)), width=80))
    assert "more presets" not in text
