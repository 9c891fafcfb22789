"""Comparisons: alignment, exact ratios, reasons."""

from fractions import Fraction

import pytest

import convcost
from convcost.cost.analysis import Group
from convcost.errors import UsageError
from convcost.report import layout
from convcost.report.comparison import document, short_labels
from convcost.studies.align import align
from convcost.studies.compare import compare


def group(name, kind="conv 3×3", output=(1, 8, 8, 8), mult_adds=1, params=1):
    return Group(name, kind, output, (), mult_adds, params)


def names(rows):
    return [tuple(None if g is None else g.name for g in row) for row in rows]


@pytest.fixture(scope="module")
def full():
    return compare([convcost.load("mobilenet_v1_full_conv"), convcost.load("mobilenet_v1")])


def test_totals_and_ratios_are_exact(full):
    assert full.totals() == (4_867_293_184, 568_740_352)
    assert full.ratios() == (1, Fraction(568_740_352, 4_867_293_184))
    assert full.ratios("params") == (1, Fraction(4_231_976, 29_294_088))


def test_pointwise_layers_stand_beside_the_convolutions_they_replace(full):
    changes = [row.change for row in full.rows]
    assert {change: changes.count(change) for change in changes} == {"same": 3, "added": 13, "changed": 13}
    for row in full.rows:
        if row.change == "changed":
            conv, pointwise = row.groups
            assert (conv.kind, pointwise.kind, conv.output) == ("conv 3×3", "pointwise", pointwise.output)
            assert conv.mult_adds == 9 * pointwise.mult_adds
        if row.change == "added":
            assert row.first.kind == "depthwise 3×3"


def test_layers_taken_out_of_the_middle_are_found():
    comparison = compare([convcost.load("mobilenet_v1"), convcost.load("mobilenet_v1_shallow")])
    changes = [row.change for row in comparison.rows]
    assert changes.count("removed") == 10
    assert changes.count("same") == 19


def test_one_network_with_other_values_keeps_its_rows():
    models = [convcost.load("mobilenet_v1", alpha=alpha) for alpha in (1, "3/4", "1/2")]
    comparison = compare(models)
    assert len(comparison.rows) == 29
    assert all(len({g.name for g in row.groups}) == 1 for row in comparison.rows)
    stages = compare([convcost.load("mobilenet_v1"), convcost.load("mobilenet_v1", resolution=128)], by="stage")
    assert [row.change for row in stages.rows] == ["changed"] * 5 + ["same"]


def test_rows_by_kind_are_matched_whatever_their_order():
    a, b = [group("conv"), group("relu")], [group("relu"), group("conv"), group("pool")]
    assert names(align([a, b], "kind").rows) == [("conv", "conv"), ("relu", "relu"), (None, "pool")]


def test_reasons_add_up_to_the_difference(full):
    for by in ("kind", "stage", "block"):
        for metric in ("mult_adds", "params"):
            reasons = full.reasons(metric, by)
            before, after = full.totals(metric)
            assert sum(r.values[1] - r.values[0] for r in reasons) == after - before
            assert [r.weight for r in reasons] == sorted((r.weight for r in reasons), reverse=True)
    assert full.reasons()[0].name == "conv 3×3"


def test_the_symbolic_ratio_is_the_ratio_everywhere(full):
    for metric in ("mult_adds", "params"):
        ratio = full.symbolic_ratio(metric)
        for alpha, r in ((Fraction(1, 32), 1), (Fraction(3, 4), 5), (2, 7)):
            values = {"alpha": alpha, "resolution": 32 * r}
            expected = Fraction(ratio.numerator.at(**values), ratio.denominator.at(**values))
            symbols = {v.name: v.symbol() for v in ratio.numerator.variables}
            found = ratio.value.subs({symbols["alpha"]: alpha, symbols["resolution"]: r})
            assert Fraction(int(found.p), int(found.q)) == expected


def test_there_is_no_symbolic_ratio_of_three_or_of_different_freedoms():
    v1 = convcost.load("mobilenet_v1")
    half = convcost.load("mobilenet_v1", alpha="1/2")
    assert compare([v1, half]).symbolic_ratio() is None
    assert compare([v1, v1, v1]).symbolic_ratio() is None
    bound = convcost.load("mobilenet_v1", alpha=1, resolution=224)
    assert compare([bound, bound]).symbolic_ratio() is None


def test_the_ratio_of_a_model_to_itself():
    v1 = convcost.load("mobilenet_v1")
    comparison = compare([v1, v1])
    assert comparison.labels == ("mobilenet_v1", "mobilenet_v1 (2)")
    assert {row.change for row in comparison.rows} == {"same"}
    assert comparison.reasons() == ()
    assert comparison.symbolic_ratio().value == 1
    assert "ratio of mult-adds = 1\n" in layout.plain(document(comparison, formulas=True), 80)


def test_a_ratio_to_zero():
    tiny = "{convcost: 1, name: tiny, input: [3, 8, 8], layers: [%s]}"
    a, b = convcost.loads(tiny % "relu"), convcost.loads(tiny % "{conv: {kernel: 3, out: 4}}")
    comparison = compare([a, b])
    assert comparison.ratios() == (1, None)
    assert "÷" not in layout.plain(document(comparison, formulas=True), 80)


def test_one_model_is_not_a_comparison():
    with pytest.raises(UsageError) as caught:
        compare([convcost.load("mobilenet_v1")])
    assert str(caught.value) == "E023 a comparison needs two models or more"


def test_short_labels_of_one_architecture():
    models = [convcost.load("mobilenet_v1"), convcost.load("mobilenet_v1@alpha=1/2,resolution=128")]
    assert short_labels(compare(models)) == ("mobilenet_v1", "alpha=1/2,resolution=128")


@pytest.mark.parametrize("width", [60, 80, 100])
@pytest.mark.parametrize("by", ["layer", "block", "stage", "kind", "op"])
def test_columns_of_a_comparison_sum_to_its_totals(full, by, width):
    comparison = compare(full.models, by=by)
    table = document(comparison, metrics=("mult_adds", "params")).sections[0].table
    for i, column in enumerate(table.columns):
        if column.type == "count":
            assert sum(row.cells[i] or 0 for row in table.rows) == table.totals.cells[i]
    text = layout.plain(document(comparison), width)
    assert max(map(len, text.splitlines())) <= width


def test_a_row_that_differs_in_a_metric_that_is_asked_for_has_changed():
    text = "{{convcost: 1, name: net, input: [3, 9, 9], layers: [{{conv: {{kernel: 3, out: 4, activation: {}}}}}]}}"
    pair = compare([convcost.loads(text.format("relu")), convcost.loads(text.format("hard_swish"))])
    (row,) = pair.rows
    assert (pair.change(row), pair.change(row, ["mul"])) == ("same", "changed")
    assert pair.differing == ("mul", "add", "cmp")
    shown = layout.plain(document(pair, metrics=["mul"], changes=True), 80)
    assert "~ conv1 conv 3×3 5,292 5,684 × 1.07" in map(" ".join, map(str.split, shown.splitlines()))
    assert "1 changed (~); ratios are against net" in shown
    shown = layout.plain(document(pair, changes=True), 80)
    assert "no difference in params, mult-adds: 1 the same" in shown
    assert "but the totals of mul, add, cmp differ; --metric compares by them" in shown
