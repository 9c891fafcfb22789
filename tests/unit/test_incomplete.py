"""A total that lacks the costs of an op is a lower bound, in every format and for every command."""

import csv
import io
import json

import pytest

from convcost.api import check, compare, report
from convcost.errors import UnsupportedError, UsageError
from convcost.model import loads
from convcost.report.check import check_data, check_document
from convcost.report.comparison import document as compared
from convcost.report.cost import Entry
from convcost.report.cost import document as reported
from convcost.report.formats import render
from convcost.report.formula import document as formulated
from convcost.report.github import workflow_log
from convcost.report.python_source import source
from convcost.studies.formula import formula
from convcost.studies.sensitivity import sensitivity
from convcost.verify import Verdict, verify

TEXT = """
convcost: 1
name: detector
hyperparameters: {size: {default: 16, multiple_of: 8}}
input: [3, size, size]
layers:
  - conv: {kernel: 3, out: 8, padding: same, bias: false}
  - {name: boxes, unknown: {op: "TopK, sorted", shape: [4, 6]}}
  - flatten
  - linear: {out: 10, bias: false}
"""
WHOLE = TEXT.replace('unknown: {op: "TopK, sorted", shape: [4, 6]}', "adaptive_maxpool: {output: [4, 6]}")
KNOWN = 27 * 8 * 16 * 16 + 24 * 10
LACKS = "boxes (unknown TopK, sorted)"


@pytest.fixture
def model():
    return loads(TEXT)


def shown(document, form):
    return render(document, form, stream=io.StringIO())


def table(model, form, **more):
    return shown(reported([Entry(model, model.analyze())], **more), form)


def test_the_analysis_says_what_it_lacks(model):
    analysis = model.analyze()
    assert [node.name for node in analysis.incomplete] == ["boxes"]
    assert analysis.total() == KNOWN
    assert analysis.partial("mult_adds")
    assert not analysis.partial("output_elements")
    assert loads(WHOLE).analyze().complete().incomplete == ()


def test_a_report_for_readers(model):
    text = table(model, "table", formulas=True)
    assert f"≥ {KNOWN:,}" in text
    assert "boxes unknown TopK, sorted 4×6 ≥ 0 ≥ 0 –" in " ".join(text.split())
    assert "≤ 99.6 %" in text
    assert "mult-adds ≥ 13 824 (size/8)² + 240" in text
    assert f"≥ a lower bound: the costs of {LACKS} are not known" in " ".join(text.split())


def test_a_report_in_markdown_and_latex(model):
    assert f"| **Total** |  |  | **≥ 456** | **≥ {KNOWN:,}** |  |" in table(model, "md")
    assert r"\text{mult-adds} \ge" in table(model, "md", formulas=True)
    latex = table(model, "latex", formulas=True)
    assert r"$\ge$ 55\,536" in latex
    assert r"\text{mult-adds} &\ge" in latex


def test_a_report_in_csv_has_no_number_where_there_is_a_bound(model):
    rows = {row["layer"]: row for row in csv.DictReader(io.StringIO(table(model, "csv")))}
    assert rows["total"]["mult_adds"] == f"≥ {KNOWN}"
    assert rows["boxes"]["params"] == "≥ 0"
    assert rows["conv1"]["mult_adds"] == str(27 * 8 * 16 * 16)
    assert rows["conv1"]["share"].startswith("≤ 0.99")


def test_a_report_in_json(model):
    (found,) = json.loads(table(model, "json", formulas=True))["models"]
    assert found["incomplete"] == [{"name": "boxes", "op": "unknown TopK, sorted"}]
    assert found["totals"] == {"params": 456, "mult_adds": KNOWN, "incomplete": True}
    assert [row["layer"] for row in found["rows"] if row.get("incomplete")] == ["boxes"]
    assert found["formulas"]["mult_adds"]["incomplete"] is True
    (whole,) = json.loads(table(loads(WHOLE), "json", formulas=True))["models"]
    assert "incomplete" not in whole
    assert "incomplete" not in whole["totals"]
    assert "incomplete" not in whole["formulas"]["mult_adds"]


def test_many_unknown_ops_are_named_only_in_part():
    lines = "".join(f"  - {{name: u{i}, unknown: {{op: U, shape: [4]}}}}\n" for i in range(7))
    text = table(loads(f"convcost: 1\nname: many\ninput: [3]\nlayers:\n{lines}"), "table")
    assert "u4 (unknown U) and 2 more are not known" in " ".join(text.split())


def test_a_formula_is_a_lower_bound(model):
    found = formula(model, by="layer")
    assert found.closed.partial
    assert [name for name, form in found.parts.items() if form.partial] == ["boxes"]
    text = shown(formulated([found]), "table")
    assert "mult-adds ≥ " in text
    assert "boxes   ≥ 0" in text
    assert '"""Return a lower bound of the mult-adds; ' in source([found])
    with pytest.raises(UnsupportedError) as error:
        sensitivity(found)
    assert error.value.code == "E653"


def test_a_comparison_has_no_ratio_to_a_bound(model):
    found = compare(model, loads(WHOLE))
    assert found.ratios() == (1, None)
    assert compare(loads(WHOLE), model).ratios() == (1, None)
    assert found.symbolic_ratio() is None
    text = shown(compared(found, formulas=True), "table")
    assert f"≥ {KNOWN:,}" in text
    assert "× 1.0" not in text
    assert f"the costs of {LACKS} are not known" in " ".join(text.split())
    data = json.loads(shown(compared(found), "json"))["comparisons"][0]
    assert [bool(each.get("incomplete")) for each in data["models"]] == [True, False]


def test_a_budget_that_what_is_known_keeps_cannot_be_decided(model):
    found = check(model, max={"mult_adds": "1M"})
    assert not found.passed
    assert not found.crossed
    assert [held.undecided for held in found.held] == [True]
    text = " ".join(shown(check_document(found), "table").split())
    assert "The budget cannot be decided" in text
    assert "≥ 55,536 1,000,000 ≤ +944,464 UNKNOWN" in text
    assert f"At least 55,536: the costs of {LACKS} are not known." in text
    (network,) = json.loads(shown(check_data(found), "json"))["checks"]
    assert (network["passed"], network["budgets"][0]["undecided"]) == (False, True)
    assert network["budgets"][0]["incomplete"] == [LACKS]
    log = workflow_log(found)
    assert "UNKNOWN detector mult_adds: 55,536 of 1,000,000" in log
    assert "::error title=detector%3A mult_adds cannot be decided::At least 55,536: the costs of" in log


def test_a_budget_that_what_is_known_crosses_is_crossed(model):
    found = check(model, max={"mult_adds": "1k", "params": "1M"})
    assert [held.metric for held in found.crossed] == ["mult_adds"]
    assert [held.metric for held in found.undecided] == ["params"]
    text = shown(check_document(found), "table")
    assert "Of 2 budgets 1 is crossed and 1 cannot be decided" in text
    assert "OVER" in text


def test_a_budget_that_shapes_alone_decide_is_kept(model):
    found = check(model, max={"output_elements": "10k"})
    assert found.passed
    assert found.held[0].unknown == ()


def test_a_report_of_bounds_is_no_baseline(model, tmp_path):
    file = tmp_path / "before.json"
    file.write_text(table(model, "json"), encoding="utf-8")
    with pytest.raises(UsageError) as error:
        check(model, max_growth="2%", against=str(file))
    says = "a report of lower bounds: some costs of 'detector' are not known"
    assert error.value.code == "E815"
    assert says in error.value.message


def test_what_rests_on_whole_totals_is_refused(model):
    with pytest.raises(UnsupportedError) as error:
        model.analyze().complete()
    assert str(error.value) == (
        "E653 the costs of boxes (unknown TopK, sorted) are not known, and this takes whole totals"
        " (report, formula, compare and check tell lower bounds)"
    )


def test_it_is_not_verified(model):
    found = verify(model.graph)
    assert found.verdict is Verdict.UNVERIFIED
    assert {layer.reason for layer in found.layers} == {"no executor runs the op 'unknown' (boxes)"}


def test_the_public_report_says_so(model):
    assert "≥" in str(report(model))
