"""Comparisons: alignment, exact ratios, reasons."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost.cost.analysis import Group
from convcost.errors import UsageError
from convcost.report import layout
from convcost.report.comparison import document, short_labels
from convcost.studies import compare as module
from convcost.studies.compare import align, compare


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
    assert names(align([a, b], "kind")) == [("conv", "conv"), ("relu", "relu"), (None, "pool")]


def test_alignment_of_three():
    a, b, c = [group("x"), group("y")], [group("y")], [group("x"), group("z", "pool", (1, 2)), group("y")]
    assert names(align([a, b, c])) == [("x", None, "x"), (None, None, "z"), ("y", "y", "y")]


def test_what_has_nothing_in_common_is_paired_by_place_if_there_are_equally_many():
    a, b = [group("p", "k", (1, 1))], [group("q", "l", (1, 2))]
    assert names(align([a, b])) == [("p", "q")]
    assert names(align([a, [*b, group("r", "m", (1, 3))]])) == [("p", None), (None, "q"), (None, "r")]


LAYERS = st.lists(
    st.builds(
        group,
        st.sampled_from(["a", "b", "c", "d/1", "d/2"]),
        st.sampled_from(["conv", "pool"]),
        st.sampled_from([(1, 2), (1, 3)]),
    ),
    max_size=8,
)


@given(st.lists(LAYERS, min_size=2, max_size=4), st.sampled_from([0, 10, 250_000]))
@settings(deadline=None)
def test_alignment_keeps_every_group_once_and_in_order(columns, largest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LARGEST", largest)
        rows = align(columns) if columns[0] else align([[group("a")], *columns])
    for i, column in enumerate(columns if columns[0] else [[group("a")], *columns]):
        assert [row[i] for row in rows if row[i] is not None] == column
    assert all(any(cell is not None for cell in row) for row in rows)


def weight_of(pairs, left, right):
    return sum(module._likeness(left, i, right, j) for i, j in pairs)


@given(LAYERS.filter(lambda x: len(x) <= 5), LAYERS.filter(lambda x: len(x) <= 5))
@settings(deadline=None, max_examples=60)
def test_no_other_pairing_agrees_more(left, right):
    pairs = module._heaviest(left, range(len(left)), right, range(len(right)))
    best = max(
        weight_of(zip(rows, columns, strict=True), left, right)
        for size in range(min(len(left), len(right)) + 1)
        for rows in itertools.combinations(range(len(left)), size)
        for columns in itertools.combinations(range(len(right)), size)
    )
    assert weight_of(pairs, left, right) == best


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
