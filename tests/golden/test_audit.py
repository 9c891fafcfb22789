"""The shipped audit: its page in the documentation, and every figure exactly.

``pytest --update-golden tests/golden/test_audit.py`` writes both anew; read the difference before committing it.
"""

import csv
import io
from pathlib import Path

import pytest

from convcost import api
from convcost.report.audit import audit_document, unexpected_lines
from convcost.report.formats import render
from convcost.studies.audit import Verdict

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "published-tables.md"
HEAD = """\
# Published tables, audited

What `convcost audit --format md` prints: every figure of the shipped tables, with its verdict. The findings in words are in
[What the tables say, and what is so](../explanation/what-the-tables-say.md); how a verdict comes about is explained in
[How an audit explains a figure](../explanation/audit.md).

"""


@pytest.fixture(scope="module")
def audits():
    return api.audit()


def test_no_figure_is_worse_than_its_claim_says(audits):
    assert unexpected_lines(audits) == []


def test_the_page_of_the_documentation(audits, request):
    text = HEAD + render(audit_document(audits, "md"), "md")
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == text, "pytest --update-golden tests/golden/test_audit.py writes it anew"


def test_every_figure_exactly(audits, golden):
    text = render(audit_document(audits, "csv"), "csv")
    golden("audit.csv", text)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(audit.findings) for audit in audits)
    for row in rows:
        assert row["verdict"] in set(Verdict)
        assert bool(row["derived"]) == (row["verdict"] != Verdict.NO_SPEC)
        assert row["why"]


def test_tables_12_to_14_of_the_mobilenets_paper(audits):
    (mobilenets,) = (audit for audit in audits if audit.claims.name == "mobilenets")
    tables = {each.table.name: each.findings for each in mobilenets.tables}
    for name in ("Table 12", "Table 13", "Table 14"):
        assert all(finding.reason for finding in tables[name])
    reproduced = [f.metric for f in tables["Table 13"] if f.verdict is Verdict.REPRODUCED]
    assert reproduced.count("mult_adds") >= 8
    assert reproduced.count("params") >= 7
    (wrong,) = (f for f in tables["Table 14"] if f.printed.text == "166")
    assert wrong.verdict is Verdict.EXPLAINED
    assert [step.says for step in wrong.steps] == ["the figure of resolution = 160"]
