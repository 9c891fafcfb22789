"""Results as notebooks show them: HTML whose columns sum, LaTeX, and data frames without floats."""

import re
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace

import pandas as pd
import pytest

import convcost
from convcost.report.notebook import DOCUMENTS


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def network():
    return convcost.load("mobilenet_v1")


@pytest.fixture(scope="module")
def results(network):
    return {
        "Network": network,
        "Formula": network.formula("params"),
        "Derivation": convcost.derive("separable", {"N": 1024, "D_K": 3}),
        "Comparison": network.compare("mobilenet_v1_full_conv"),
        "Rewrite": network.rewrite("separable-to-standard"),
        "Sweep": network.sweep({"alpha": None}),
        "Solved": network.solve("alpha", "mult_adds <= 150M"),
        "Check": network.check(max={"params": "4M"}),
        "Audit": convcost.audit("mobilenets")[0],
        "Verification": network.at(resolution=32).verify(),
        "Bench": network.at(resolution=32).bench(repeat=1),
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_html(results, name):
    assert type(results[name]).__name__ == name
    html = results[name]._repr_html_()
    parser = Balanced()
    parser.feed(html)
    assert parser.open == []
    assert html.startswith('<div class="convcost">\n<p>')
    assert "<td" in html or name == "Formula"
    assert not re.search(r"&(?!amp;|lt;|gt;|#x27;|quot;)", html)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_latex(results, name):
    latex = results[name]._repr_latex_()
    if name in {"Network", "Formula", "Comparison", "Solved"}:
        assert latex.startswith("$\\displaystyle \\begin{aligned}\n\\text{")
        assert latex.endswith("\\end{aligned}$")
    else:
        assert latex is None


@pytest.mark.parametrize("name", DOCUMENTS)
def test_text(results, name):
    printed = []
    results[name]._repr_pretty_(SimpleNamespace(text=printed.append), cycle=False)
    (text,) = printed
    assert len(text.splitlines()) > 4
    assert max(map(len, text.splitlines())) <= 80 or name == "Derivation"  # formulas in LaTeX are not broken


def test_what_a_result_is_called(network, results):
    assert repr(network) == "<Network of mobilenet_v1>"
    assert repr(results["Formula"]) == "<Formula of mobilenet_v1>"
    assert repr(results["Comparison"]) == "<Comparison>"


def test_the_formula_in_latex(results):
    assert r"3\,139\,584 \, \alpha^{2} + 1\,091\,392 \, \alpha + 1\,000" in results["Formula"]._repr_latex_()


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "Formula"])
def test_frames_have_no_floats(results, name):
    frame = results[name].to_pandas()
    assert len(frame)
    assert all(kind in {"object", "str", "string", "Int64", "int64"} for kind in frame.dtypes.astype(str))


def test_a_frame_is_exact(network, results):
    frame = network.to_pandas()
    assert frame["mult_adds"].sum() == 568_740_352
    assert frame["mult_adds"].isna().sum() == 1  # pooling: not counted, which is not zero
    assert sum(frame["share"].dropna()) == Fraction(1)
    assert results["Sweep"].to_pandas()["alpha"].tolist() == [1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 4)]
    assert set(results["Comparison"].to_pandas()["change"]) == {"same", "changed", "removed"}


def test_a_result_without_a_table(results):
    with pytest.raises(TypeError, match="a Formula has no table"):
        results["Formula"].to_pandas()


def test_without_pandas(results, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError):
        results["Network"].to_pandas()
    assert pd


def test_text_of_users_is_escaped():
    html = convcost.loads(
        "{convcost: 1, name: tiny, title: '<script>&', input: [3, 8, 8], layers: [{conv: {kernel: 3, out: 4}}]}"
    )._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;&amp;" in html
