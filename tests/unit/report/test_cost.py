"""The report of a model: rows, columns, notes, and nothing silently zero."""

import pytest

import convcost
from convcost import api
from convcost.counts import PRIMITIVES
from convcost.errors import UsageError
from convcost.report.cost import DEFAULT, SETS, TITLES, chosen_columns

MIXED = """\
convcost: 1
name: mixed
input: [4, 9, 9]
layers:
  - conv: {kernel: 3, out: 8, norm: batch, activation: relu}
  - maxpool: {kernel: 2, stride: 2}
  - relu
  - flatten
  - linear: {out: 5}
  - softmax
"""


@pytest.fixture(scope="module")
def mixed():
    return convcost.loads(MIXED)


def table(model, **options):
    return api.report_document([model], **options).sections[0].table


def test_what_is_not_counted_is_absent_and_named(mixed):
    section = api.report_document([mixed]).sections[0]
    cells = dict(zip(section.table.column("layer"), section.table.column("mult_adds"), strict=True))
    assert [name for name, value in cells.items() if value is None] == ["maxpool1", "relu1", "flatten1", "softmax1"]
    (note,) = section.notes
    assert note.startswith("– not counted under this convention: batch_norm, relu, maxpool, softmax (")
    assert section.data["not_counted"]["operations"]["cmp"] == 8 * 7 * 7 + 8 * 3 * 3 * 4 + 8 * 3 * 3 + 5


def test_every_column_sums_to_its_total(mixed):
    for by in ("layer", "block", "stage", "kind", "op"):
        for convention in convcost.CONVENTIONS:
            columns = ",".join(name for name in TITLES if name != "share")
            found = table(mixed, by=by, convention=convention, columns=columns)
            for i, column in enumerate(found.columns):
                if column.key in TITLES:
                    assert sum(row.cells[i] or 0 for row in found.rows) == found.totals.cells[i], (by, column.key)


def test_shares_sum_to_one(mixed):
    assert sum(share for share in table(mixed).column("share") if share is not None) == 1


def test_a_network_without_mult_adds():
    model = convcost.loads("{convcost: 1, name: none, input: [3, 8, 8], layers: [relu]}")
    text = api.report(model)
    assert "Total" in text
    assert table(model).totals.cells[-2] == 0


def test_valid_is_valid_under_every_convention(mixed):
    padded = convcost.loads(
        "{convcost: 1, name: p, input: [1, 5, 5], layers: [{conv: {kernel: 3, out: 1, padding: same}}]}"
    )
    for convention in ("paper", "valid"):
        assert table(padded, convention=convention, columns="valid").totals.cells[-1] == 169
    assert table(padded, columns="mult_adds").totals.cells[-1] == 225


def test_depth_keeps_scopes():
    rows = table("mobilenet_v1", depth=1).column("layer")
    assert rows == table("mobilenet_v1", by="block").column("block")


def test_rows_by_kind_say_how_many():
    found = table("mobilenet_v1", by="kind")
    assert dict(zip(found.column("kind"), found.column("ops"), strict=True))["pointwise"] == 13


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("mul", ("mul",)),
        ("mult-adds, params", ("mult_adds", "params")),
        ("+valid", ("params", "mult_adds", "valid", "share")),
        ("share,mul", ("mul", "share")),
        ("primitives", PRIMITIVES),
        ("+parameters", ("params", "mult_adds", "trainable", "weights", "running", "share")),
        ("mul,mul", ("mul",)),
    ],
)
def test_chosen_columns(text, columns):
    assert chosen_columns(text) == columns


def test_an_unknown_column():
    with pytest.raises(UsageError) as caught:
        chosen_columns("mul,adds")
    assert str(caught.value) == "E022 there is no column 'adds' (did you mean 'add'?)"


def test_every_column_there_is_has_a_title():
    assert {*DEFAULT, *(name for names in SETS.values() for name in names)} <= set(TITLES)


def test_a_bound_model_has_no_formula():
    assert "valid for" not in api.report("mobilenet_v1@alpha=1,resolution=224")


def test_formulas_are_per_image():
    text = api.report("mobilenet_v1", batch=2)
    assert "mult-adds per image = 11 010 048 α² r²" in text
    assert "1,137,480,704" in text


def test_a_wide_report_has_bars_and_a_narrow_one_does_not():
    assert "━" in api.report("mobilenet_v1", width=100, formulas=False)
    assert "━" in api.report("mobilenet_v1", width=80, formulas=False)
    assert "━" not in api.report("mobilenet_v1", width=72, formulas=False)


def test_names_stay_different_when_they_are_shortened():
    lines = api.report("mobilenet_v1", width=60, formulas=False).splitlines()
    names = [line.split()[0] for line in lines if "…" in line]
    assert len(names) == len(set(names)) > 20
