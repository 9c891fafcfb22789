"""What the audit found in published tables has to be found again."""

from fractions import Fraction

import pytest

from convcost.claims import Row, Table, open_claims
from convcost.claims.printed import read
from convcost.cost.analysis import METRICS
from convcost.studies.audit import Networks, Verdict, audit_table

NETWORKS = Networks()


def audited(rows, **stated):
    """Audit rows: spec, figures, and what part or kind of layers they are about."""
    made = [
        Row(spec, spec, {metric: read(text) for metric, text in figures.items()}, **{k: (v,) for k, v in where.items()})
        for spec, figures, where in rows
    ]
    return audit_table(Table("", tuple(made), **stated), NETWORKS)


def single(spec, metric, text, **where):
    (found,) = audited([(spec, {metric: text}, where)]).findings
    return found


def keys(found):
    return [step.key for step in found.steps]


def test_a_row_of_table_14_of_mobilenets_is_that_of_another_resolution():
    found = single("mobilenet_v1@alpha=0.75,resolution=128", "mult_adds", "166 M")
    assert (found.verdict, keys(found)) == (Verdict.EXPLAINED, ["label=resolution = 160"])
    assert found.reason.startswith("the figure of resolution = 160; by chance 1 in ")


def test_digits_of_table_2_of_mobilenets_are_transposed():
    found = single("mobilenet_v1", "mult_adds", "1.19 %", kind="conv 3×3")
    assert (found.verdict, keys(found)) == (Verdict.EXPLAINED, ["transposed"])
    assert found.reason.startswith("two digits transposed: 1.91; by chance 1 in ")


def test_the_unit_of_planet_is_wrong():
    found = single("mobilenet_v1@classes=9756", "mult_adds", "0.58 M")
    assert (found.verdict, keys(found)) == (Verdict.EXPLAINED, ["larger-unit"])
    assert found.reason.startswith("the unit is B; by chance 1 in ")


def test_tf_slim_counts_three_values_a_channel_for_v1():
    rows = [(f"mobilenet_v1@alpha={alpha}", {"params": text}, {}) for alpha, text in
            (("1", "4.24 M"), ("0.75", "2.59 M"), ("0.5", "1.34 M"), ("0.25", "0.47 M"))]  # fmt: skip
    table = audited(rows)
    assert [step.key for step in table.common.steps] == ["values-3"]
    verdicts = [found.verdict for found in table.findings]
    assert verdicts == [Verdict.CONVENTION, Verdict.REPRODUCED, Verdict.CONVENTION, Verdict.REPRODUCED]


def test_tf_slim_leaves_out_batch_norm_for_v2():
    figures = {"1.4": "6.06 M", "1.3": "5.34 M", "1": "3.47 M", "0.75": "2.61 M", "0.5": "1.95 M", "0.35": "1.66 M"}
    table = audited([(f"mobilenet_v2@alpha={alpha}", {"params": text}, {}) for alpha, text in figures.items()])
    assert [step.key for step in table.common.steps] == ["values-0"]
    assert all(found.verdict is Verdict.CONVENTION and found.explanation.common for found in table.findings)
    assert table.common.odds < Fraction(1, 10**6)


def test_tf_slim_leaves_out_the_first_layer_for_one_width():
    figures = {
        "1": ("569", "418", "291", "186"), "0.75": ("317", "233", "162", "104"), "0.5": ("150", "110", "77", "49"),
    }  # fmt: skip
    rows = [
        (f"mobilenet_v1@alpha={alpha},resolution={size}", {"mult_adds": f"{text} M"}, {})
        for alpha, texts in figures.items()
        for size, text in zip((224, 192, 160, 128), texts, strict=True)
    ]
    table = audited(rows)
    assert table.common.steps == ()
    assert [keys(found) for found in table.findings] == [[]] * 4 + [["no-first"]] * 4 + [[]] * 4
    assert {found.explanation.figures for found in table.findings if found.explanation} == {4}


@pytest.mark.parametrize("name", ["Table 1", "Table 2"])
def test_facenet_adds_the_biases(name):
    claims = open_claims("facenet", METRICS)
    table = audit_table(next(each for each in claims.tables if each.name == name), NETWORKS)
    assert [step.key for step in table.common.steps] == ["bias-adds"]
    assert table.common.hits >= 3
