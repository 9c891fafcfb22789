"""Files of claims, and claims that architectures make of themselves: what is read, and what is said of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.claims import ClaimFile, Row, Table, headline, open_claims, parse
from convcost.claims.printed import read
from convcost.claims.reader import CONVENTIONS, PARAMETERS
from convcost.claims.records import EXPECTATIONS
from convcost.cost.analysis import METRICS
from convcost.cost.convention import CONVENTIONS as KNOWN_CONVENTIONS
from convcost.cost.convention import PARAMETERS as KNOWN_PARAMETERS
from convcost.errors import ConvcostError, Diagnostics, Span
from convcost.model import load, loads
from convcost.shipped import CLAIMS, names

WHOLE = """\
convcost_claims: 1
name: paper
title: A paper
source: "Somebody et al. 2017,
  arXiv:1704.04861"
tables:
  - table: Table 6
    title: Width multiplier
    units: {mult_adds: M, params: K}
    convention: valid
    parameters: all
    source: the second version
    note: "a\\n  note"
    expect: convention
    rows:
      - {row: 1.0 MobileNet-224, spec: mobilenet_v1, mult_adds: 569, params: 4.2 M}
      - row: layers of one block
        spec: mobilenet_v1@alpha=0.75
        part: [separable1, separable2/pointwise]
        kind: pointwise
        mult_adds: 44.9 %
        params: 12.50
        expect: {params: reproduced, mult_adds: none}
        source: Table 2
        note: of the two
      - {row: VGG 16, mult_adds: 15300, reason: not of interest}
      - {row: 42, spec: vgg, params: "138,357,544", expect: none}
  - table: 2
    rows: [{row: no, spec: "mobilenet_v1:b3", params: 4231976, expect: explained}]
"""


def claims(text: str) -> ClaimFile:
    return parse(text, METRICS, "paper.yaml")


def test_a_whole_file() -> None:
    found = claims(WHOLE)
    first = Row(
        "1.0 MobileNet-224",
        "mobilenet_v1",
        {"mult_adds": read("569 M"), "params": read("4.2 M")},
        expect={"mult_adds": "convention", "params": "convention"},
    )
    second = Row(
        "layers of one block",
        "mobilenet_v1@alpha=0.75",
        {"mult_adds": read("44.9 %"), "params": read("12.50 k")},
        ("separable1", "separable2/pointwise"),
        ("pointwise",),
        {"params": "reproduced"},
        "Table 2",
        "of the two",
    )
    third = Row("VGG 16", "", {"mult_adds": read("15300 M")}, reason="not of interest")
    fourth = Row("42", "vgg", {"params": read("138,357,544 k")})
    rows = (first, second, third, fourth)
    last = Row("no", "mobilenet_v1:b3", {"params": read("4231976")}, expect={"params": "explained"})
    assert found == ClaimFile(
        "paper",
        "A paper",
        "Somebody et al. 2017, arXiv:1704.04861",
        (
            Table("Table 6", rows, "Width multiplier", "valid", "all", "the second version", "a note"),
            Table("2", (last,)),
        ),
        "paper.yaml",
    )


def test_places() -> None:
    row = claims(WHOLE).tables[0].rows[0]
    assert row.span == Span("paper.yaml", 16, 9)
    assert row.place("spec") == Span("paper.yaml", 16, 40, len("mobilenet_v1"))
    assert row.place("params") == Span("paper.yaml", 16, 78, len("4.2 M"))
    assert row.place("part") == row.span


def test_the_order_of_figures_is_that_of_metrics() -> None:
    row = claims(WHOLE.replace("mult_adds: 569, params: 4.2 M", "params: 4.2 M, mult_adds: 569")).tables[0].rows[0]
    assert list(row.figures) == ["mult_adds", "params"]


def test_name_and_title_of_a_file_without() -> None:
    found = claims("convcost_claims: 1\nsource: s\ntables: [{table: t, rows: [{row: a, spec: vgg, params: 1}]}]\n")
    assert (found.name, found.title, found.source) == ("paper", "paper", "s")


def test_a_default_is_not_expected_of_a_row_without_spec() -> None:
    """Nothing is derived for it, so there is no verdict that it could get."""
    rows = claims(WHOLE).tables[0].rows
    assert rows[0].expect
    assert not rows[2].expect


def test_conventions_are_those_of_reports() -> None:
    assert tuple(KNOWN_CONVENTIONS) == CONVENTIONS
    assert tuple(KNOWN_PARAMETERS) == PARAMETERS


@pytest.mark.parametrize("name", names(CLAIMS))
def test_shipped_claims(name: str) -> None:
    found = open_claims(name, METRICS)
    assert found.name == name
    assert found.source
    assert found.tables


def test_a_file_beside_the_claims_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a" / "nets").mkdir(parents=True)
    (tmp_path / "a" / "nets" / "tiny.yaml").write_text(
        "{convcost: 1, name: tiny, hyperparameters: {n: 2}, input: [16], layers: [linear: {out: n}]}"
    )
    row = '{row: x, spec: "nets/tiny.yaml@n=3", params: 51}'
    (tmp_path / "a" / "p.yaml").write_text(f"convcost_claims: 1\nsource: s\ntables: [{{table: t, rows: [{row}]}}]\n")
    monkeypatch.chdir(tmp_path)
    (found,) = open_claims("a/p.yaml", METRICS).tables[0].rows
    assert found.spec == "a/nets/tiny.yaml@n=3"
    assert load(found.spec).analyze().total("params") == 51


ROW = "{row: a, spec: mobilenet_v1, params: 4.2 M}"


def wrong(row: str = ROW, table: str = "") -> str:
    text = f"convcost_claims: 1\nsource: s\ntables:\n- table: t\n{table}  rows:\n  - {row}\n"
    with pytest.raises(ConvcostError) as caught:
        claims(text)
    assert not isinstance(caught.value, Diagnostics), caught.value
    return str(caught.value).partition("\n")[0]


MESSAGES = {
    "{row: a, params: 4.2 M}": "6:5: E704 a row without spec (write spec: NAME, or reason: why there is none)",
    "{row: a, spec: vgg, params: 1, reason: x}": (
        "6:44: E704 a row with both spec and reason (a reason says why there is no spec)"
    ),
    "{row: a, params: 1, reason: x, part: y}": "6:42: E704 part in a row without spec (nothing is derived for it)",
    "{row: a, params: 1, reason: x, expect: explained}": (
        "6:44: E704 expect in a row without spec (nothing is derived for it)"
    ),
    "{row: a, spec: vgg, flops: 1}": "6:25: E121 a row of claims has no key 'flops' (did you mean 'mult_adds'?)",
    "{row: a, sepc: vgg, params: 1}": "6:14: E121 a row of claims has no key 'sepc' (did you mean 'spec'?)",
    "{row: a, spec: vgg@version=11,params=1}": (
        "6:35: E121 a row of claims has no key 'params=1' (quote a value that contains a comma)"
    ),
    "{row: a, spec: vgg, params: 4.2}": (
        "6:33: E702 params is a whole number, and '4.2' has no unit (write 4.2 M, or units: {params: M} for the table)"
    ),
    "{row: a, spec: vgg, params: 1, expect: yes}": (
        "6:44: E703 unknown verdict 'yes' (one of reproduced, convention, explained, none)"
    ),
    "{row: a, spec: vgg, params: 1, expect: {mult_adds: none}}": "6:45: E121 expect has no key 'mult_adds' (known: params)",
    "{row: a, spec: vgg, params: 1, part: []}": "6:42: E123 part is empty",
    "{row: a, spec: vgg_16, params: 1}": "6:20: E005 there is no shipped spec 'vgg_16' (did you mean 'vgg'?)",
    "{row: a, spec: mobilenets, params: 1}": (
        "6:20: E005 there is no shipped spec 'mobilenets' (it is a file of claims: 'convcost audit mobilenets')"
    ),
    '{row: a, spec: "-", params: 1}': "6:21: E009 claims about standard input (write a name, or ./FILE.yaml)",
    "{row: a, spec: ./a.yaml, params: 1}": (
        "6:20: E143 paper.yaml is no file, so there is none beside it (claims in a text are about shipped specs only)"
    ),
    '{row: " ", spec: vgg, params: 1}': "6:12: E123 row is empty",
}


@pytest.mark.parametrize(("row", "message"), MESSAGES.items())
def test_messages_of_rows(row: str, message: str) -> None:
    assert wrong(row) == f"paper.yaml:{message}"


TABLES = {
    "units: {params: MB}": "5:19: E702 there is no unit 'MB' (one of 1, k, M, B, T, %)",
    "units: {parms: M}": "5:11: E121 units has no key 'parms' (did you mean 'params'?)",
    "unit: {params: M}": "5:3: E121 a table of claims has no key 'unit' (did you mean 'units'?)",
    "convention: valdi": "5:15: E010 unknown convention 'valdi' (did you mean 'valid'?)",
    "parameters: weight": "5:15: E011 unknown kind of parameters 'weight' (did you mean 'weights'?)",
    "expect: {params: none}": "5:11: E123 expect is a text, not a mapping",
}


@pytest.mark.parametrize(("table", "message"), TABLES.items())
def test_messages_of_tables(table: str, message: str) -> None:
    assert wrong(table=f"  {table}\n") == f"paper.yaml:{message}"


def test_what_is_wrong_in_one_place_does_not_hide_what_is_wrong_in_another() -> None:
    text = WHOLE.replace("name: paper", "name: ''").replace("569", "~569").replace("spec: vgg", "spec: vggg")
    text = text.replace("table: 2", "table: Table 6").replace("4231976", "4.2")
    with pytest.raises(Diagnostics) as caught:
        claims(text)
    assert [(error.code, error.span.line if error.span else 0) for error in caught.value.errors] == [
        ("E123", 2),
        ("E701", 16),
        ("E005", 27),
        ("E130", 28),
        ("E702", 29),
    ]


SPEC = """\
convcost: 1
name: tiny
title: Tiny
source: somewhere
hyperparameters: {n: 2}
presets: {big: {n: 5}}
input: [16]
layers:
  - linear: {out: n}
claims:
"""


def test_headline_claims() -> None:
    text = f"{SPEC}  - {{source: Table 1, params: 34}}\n  - {{at: ':big', params: 0.1 k, expect: none, note: x}}\n"
    assert headline(loads(text).architecture, METRICS) == Table(
        "claims of tiny",
        (
            Row("Table 1", "", {"params": read("34")}, expect={"params": "reproduced"}, source="Table 1"),
            Row(":big", ":big", {"params": read("0.1 k")}, note="x"),
        ),
        "Tiny",
        source="somewhere",
    )


HEADLINES = {
    "{source: x}": "<text>:11:5: E705 a claim without a figure (such as mult_adds: 569 M; known: "
    + ", ".join(METRICS)
    + ")",
    "{at: big, params: 1}": "<text>:11:10: E009 'big' is neither a preset nor a binding (write ':b3' or '@alpha=1/2')",
    "{at: ':bg', params: 1}": "<text>:11:11: E006 tiny has no preset 'bg' (did you mean 'big'?)",
    "{at: '@m=3', params: 1}": "<text>:11:11: E007 tiny has no hyperparameter 'm' (it has n)",
    "{at: '@n=0', params: 1}": "<text>:11:11: E008 n is positive, not 0",
    "{at: '@n', params: 1}": (
        "<text>:11:11: E009 'n' in 'spec@n' is not NAME=VALUE (write NAME, NAME:PRESET, or NAME@HYPERPARAMETER=VALUE,...)"
    ),
    "{at: '@n=two', params: 1}": "<text>:11:11: E015 n=two: unknown symbol 'two' (a number such as 224, 0.75 or 3/4)",
    "{at: '', params: 1}": "<text>:11:10: E123 at is empty",
    "{spec: tiny, params: 1}": "<text>:11:6: E121 a claim has no key 'spec' (did you mean 'expect'?)",
    "{params: 1e6}": "<text>:11:14: E701 '1e6' is not a printed number (write 569, 4.20 or 0.58 M)",
    "{params: 1, kind: []}": "<text>:11:23: E123 kind is empty",
}


@pytest.mark.parametrize(("claim", "message"), HEADLINES.items())
def test_messages_of_headline_claims(claim: str, message: str) -> None:
    with pytest.raises(ConvcostError) as caught:
        headline(loads(f"{SPEC}  - {claim}\n").architecture, METRICS)
    assert str(caught.value).partition("\n")[0] == message


def test_several_errors_of_headline_claims() -> None:
    with pytest.raises(Diagnostics) as caught:
        headline(loads(SPEC + "".join(f"  - {{params: 1e{i}}}\n" for i in range(30))).architecture, METRICS)
    assert len(caught.value.errors) == 20


def test_verdicts_are_those_of_audits() -> None:
    from convcost.studies.audit import Verdict

    assert EXPECTATIONS[:3] == tuple(str(verdict) for verdict in list(Verdict)[:3])
