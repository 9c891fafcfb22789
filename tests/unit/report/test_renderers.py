"""Each renderer on one small document with everything in it."""

import csv
import io
import json
from fractions import Fraction

import pytest

from convcost.errors import UsageError
from convcost.report import layout, terminal
from convcost.report.formats import render
from convcost.report.table import Aside, Column, Document, Row, Section, Table, Written

COLUMNS = (
    Column("layer", "Layer", "name"),
    Column("kind", "Kind", "text"),
    Column("output", "Output", "shape"),
    Column("mult_adds", "Mult-adds"),
    Column("share", "Share", "share"),
)


@pytest.fixture
def document():
    rows = (
        Row(("conv_1", "conv 3×3", (4, 8, 8), 6912, Fraction(27, 28))),
        Row(("a|b*c", "", (4, 8, 8), None, None)),
        Row(("linear", "linear", (1,), 256, Fraction(1, 28))),
    )
    table = Table(COLUMNS, rows, Row(("Total", None, None, 7168, None)))
    formula = Written(
        "mult_adds", "mult-adds", ("108 α² r²", "+ 256"), (r"108 \, \alpha^{2} \, r^{2}", "+ 256"), "valid for 32 | R"
    )
    aside = Aside("why", "Why", Table((Column("kind", "Kind", "name"), Column("n", "N")), (Row(("conv", 3)),)))
    section = Section(
        "tiny", "Tiny & small", table, ("alpha=1/2",), after=(aside,), notes=("– 50 % not counted",), formulas=(formula,),
        data={"spec": "tiny", "bindings": {"alpha": Fraction(1, 2)}},
    )  # fmt: skip
    return Document("paper: mult-adds", "models", "paper", (section,), {"convention": {"name": "paper"}})


def test_table(document):
    assert (
        layout.plain(document, 80)
        == """\
paper: mult-adds

Tiny & small
alpha=1/2

Layer   Kind      Output  Mult-adds   Share
conv_1  conv 3×3   4×8×8      6,912  96.4 % ━━━━━━━━━━━━━━━━━━━━━━━━
a|b*c              4×8×8          –       –
linear  linear         1        256   3.6 % ━
───────────────────────────────────────────
Total                         7,168
                             7.17 k

Why
Kind  N
conv  3

mult-adds = 108 α² r² + 256
            valid for 32 | R

– 50 % not counted
"""
    )


def test_markdown(document):
    assert (
        render(document, "md")
        == r"""paper: mult-adds

## Tiny & small

alpha=1/2

| Layer | Kind | Output | Mult-adds | Share |
| :--- | :--- | ---: | ---: | ---: |
| conv_1 | conv 3×3 | 4×8×8 | 6,912 | 96.4 % |
| a\|b\*c |  | 4×8×8 | – | – |
| linear | linear | 1 | 256 | 3.6 % |
| **Total** |  |  | **7,168** |  |
|  |  |  | **7.17 k** |  |

### Why

| Kind | N |
| :--- | ---: |
| conv | 3 |

$$
\text{mult-adds} = 108 \, \alpha^{2} \, r^{2} + 256
$$

valid for 32 \| R

– 50 % not counted
"""
    )


def test_csv(document):
    text = render(document, "csv")
    assert (
        text
        == """\
convention,model,layer,kind,output,mult_adds,share
paper,tiny,conv_1,conv 3×3,4x8x8,6912,0.964286
paper,tiny,a|b*c,,4x8x8,,
paper,tiny,linear,linear,1,256,0.035714
paper,tiny,total,,,7168,
"""
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[-1]["mult_adds"] == "7168"


def test_csv_without_a_convention_and_with_several_sections(document):
    section = document.sections[0]
    text = render(Document("", "models", "", (section, section)), "csv")
    assert text.splitlines()[0] == "model,layer,kind,output,mult_adds,share"
    assert text.count("model,layer") == 1


def test_json(document):
    assert json.loads(render(document, "json")) == {
        "schema_version": 1,
        "convention": {"name": "paper"},
        "models": [
            {
                "spec": "tiny",
                "bindings": {"alpha": "1/2"},
                "rows": [
                    {"layer": "conv_1", "kind": "conv 3×3", "output": [4, 8, 8], "mult_adds": 6912, "share": "27/28"},
                    {"layer": "a|b*c", "kind": "", "output": [4, 8, 8], "mult_adds": None, "share": None},
                    {"layer": "linear", "kind": "linear", "output": [1], "mult_adds": 256, "share": "1/28"},
                ],
                "totals": {"mult_adds": 7168},
                "why": [{"kind": "conv", "n": 3}],
                "formulas": {
                    "mult_adds": {
                        "text": "108 α² r² + 256",
                        "latex": r"108 \, \alpha^{2} \, r^{2} + 256",
                        "domain": "valid for 32 | R",
                    }
                },
                "notes": ["– 50 % not counted"],
            }
        ],
    }


def test_json_refuses_what_is_not_exact():
    section = Section("x", "X", data={"value": 0.5j})
    with pytest.raises(TypeError, match="not exact"):
        render(Document("", "models", "", (section,)), "json")


def test_latex(document):
    assert (
        render(document, "latex")
        == r"""% paper: mult-adds
% needs \usepackage{booktabs,amsmath,amssymb}

\begin{table}
\centering
\caption{Tiny \& small. alpha=1/2. paper: mult-adds. -- 50 \% not counted.}
\begin{tabular}{llrrr}
\toprule
Layer & Kind & Output & Mult-adds & Share \\
\midrule
conv\_1 & conv 3$\times$3 & 4$\times$8$\times$8 & 6\,912 & 96.4 \% \\
a$\mid$b*c &  & 4$\times$8$\times$8 & -- & -- \\
linear & linear & 1 & 256 & 3.6 \% \\
\midrule
Total &  &  & 7\,168 &  \\
 &  &  & 7.17 k &  \\
\bottomrule
\end{tabular}
\end{table}

\begin{table}
\centering
\caption{Tiny \& small. Why.}
\begin{tabular}{lr}
\toprule
Kind & N \\
\midrule
conv & 3 \\
\bottomrule
\end{tabular}
\end{table}

\begin{align*}
\text{mult-adds} &= 108 \, \alpha^{2} \, r^{2} + 256
\end{align*}
valid for 32 $\mid$ R
"""
    )


def test_columns_that_share_a_key_and_rows_that_changed():
    columns = (
        Column("layer", "Layer", "name"),
        Column("n", "a", over="Count"),
        Column("n", "b", over="Count"),
        Column("ratio", "", "ratio"),
    )
    table = Table(
        columns, (Row(("x", 1, 2, Fraction(2)), "changed"), Row(("y", None, 3, None), "added")), compares=True
    )
    document = Document("c", "comparisons", "paper", (Section("a : b", "a against b", table),))
    assert layout.plain(document, 40).split("\n\n")[-1] == (
        "         Count\n"
        "  Layer  a   b\n"
        "~ x      1   2  × 2.00\n"
        "+ y      –   3\n"
    )  # fmt: skip
    assert json.loads(render(document, "json"))["comparisons"][0]["rows"] == [
        {"layer": "x", "n": {"a": 1, "b": 2}, "ratio": "2", "change": "changed"},
        {"layer": "y", "n": {"a": None, "b": 3}, "ratio": None, "change": "added"},
    ]
    assert render(document, "csv").splitlines()[:2] == [
        "convention,comparison,change,layer,n[a],n[b],ratio",
        "paper,a : b,changed,x,1,2,2.000000",
    ]
    assert r"& Layer & a & b &  \\" in render(document, "latex")
    assert "| ~ | x | 1 | 2 | × 2.00 |" in render(document, "md")


@pytest.mark.parametrize("width", [40, 50, 60, 72, 80, 100, 120, 200])
def test_no_line_is_wider_than_it_may_be(document, width):
    assert all(len(line) <= width for line in layout.plain(document, width).splitlines())


def test_a_narrow_table_keeps_its_numbers(document):
    text = layout.plain(document, 20)
    for figure in ("6,912", "96.4 %", "256", "7,168", "7.17 k"):
        assert figure in text


class Stream(io.StringIO):
    def __init__(self, terminal):
        super().__init__()
        self.terminal = terminal

    def isatty(self):
        return self.terminal


@pytest.fixture
def environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_pipe_gets_no_colour(document, environment):
    assert terminal.render(document, Stream(False)) == layout.plain(document, 80)


def test_a_terminal_gets_colour(document, environment):
    environment.setenv("TERM", "xterm-256color")
    text = terminal.render(document, Stream(True))
    assert "\x1b[1mTiny & small" in text
    assert "\x1b[36m ━" in text


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_no_color_is_respected(document, environment, variables):
    environment.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        environment.setenv(name, value)
    assert "\x1b" not in terminal.render(document, Stream(True))


def test_a_dumb_terminal_gets_no_colour(document, environment):
    environment.setenv("TERM", "dumb")
    assert "\x1b" not in terminal.render(document, Stream(True))


def test_colour_changes_nothing_but_the_colour(document, environment):
    import re

    environment.setenv("FORCE_COLOR", "1")
    environment.setenv("TERM", "xterm")
    stream = Stream(False)
    assert terminal.render(document, stream) == layout.plain(document, 80)  # not standard output
    environment.setattr("sys.stdout", stream)
    coloured = terminal.render(document, stream)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == layout.plain(document, 80)


@pytest.mark.parametrize(("columns", "width"), [("100", 100), ("0", 80), ("wide", 80), ("", 80)])
def test_columns_sets_the_width(environment, columns, width):
    environment.setenv("COLUMNS", columns)
    assert terminal.width_of_stream(Stream(False)) == width
    assert terminal.width_of_stream(Stream(True)) == width  # has no descriptor to ask


def test_an_unknown_format(document):
    with pytest.raises(UsageError) as caught:
        render(document, "jsno")
    assert str(caught.value) == "E024 there is no format 'jsno' (did you mean 'json'?)"
