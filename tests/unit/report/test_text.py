"""Text in a fixed width."""

from fractions import Fraction

import pytest

from convcost.report.layout import bar
from convcost.report.table import Column, Row, Table
from convcost.report.text import cell_text, pad, paragraph, shortened, totals_text, width_of, wrap


@pytest.mark.parametrize("width", range(4, 30))
@pytest.mark.parametrize("name", ["separable13/depthwise", "畳み込み層12/畳み込み", "a/b/c/d/e/f/g", "x" * 40])
def test_a_shortened_name_fits_where_that_is_possible(name, width):
    shortest = 2 * name.count("/") + 1
    assert width_of(shortened(name, width)) <= max(width, shortest)


def test_numbers_that_tell_names_apart_stay():
    names = [f"separable{i}/depthwise" for i in range(1, 14)]
    for width in range(9, 22):
        assert len({shortened(name, width) for name in names}) == 13


def test_of_a_file_its_name_stays_longest():
    name = "/some/where/deep/in/a/file/system/network.yaml@alpha=1"
    for width in range(10, 54):
        short = shortened(name, width)
        assert width_of(short) <= width
        assert short.endswith("/network.yaml@alpha=1") == (width >= 22)


def test_what_fits_is_not_shortened():
    assert shortened("separable1/conv", 15) == "separable1/conv"


def test_wide_characters_take_two_cells():
    assert width_of("畳み込み") == 8
    assert pad("畳み", 6) == "畳み  "
    assert pad("畳み", 6, right=True) == "  畳み"
    assert width_of("e\u0301") == 1


def test_wrap_never_breaks_a_term():
    terms = ["11 010 048 α² r²", "+ 576 000 α r²", "+ 1 024 000 α"]
    for width in range(20, 60):
        lines = wrap(terms, width, "f = ", "    ")
        assert " ".join(line[4:] for line in lines) == " ".join(terms)
        assert all(width_of(line) <= width for line in lines)


def test_a_figure_keeps_its_unit():
    for width in range(12, 40):
        lines = paragraph("not counted (5.05 M mul, 5.11 M add, 94.9 % of all)", width)
        assert not any(line.startswith(("M ", "%")) for line in lines)


def test_cells():
    assert cell_text(None, Column("n", "N")) == "–"
    assert cell_text(None, Column("n", "N", "ratio")) == ""
    assert cell_text(-1500, Column("n", "N", "difference")) == "−1,500"
    assert cell_text(1500, Column("n", "N", "difference")) == "+1,500"
    assert cell_text(0, Column("n", "N", "difference")) == "0"
    assert cell_text(Fraction(1, 9), Column("n", "N", "ratio")) == "÷ 9.00"
    assert cell_text(Fraction(1, 9), Column("n", "N", "share")) == "11.1 %"
    assert cell_text((1000,), Column("n", "N", "shape")) == "1000"


def test_totals_are_exact_and_scaled():
    columns = (Column("name", "Name", "name"), Column("a", "A"), Column("b", "B"))
    table = Table(columns, (), Row(("Total", 568_740_352, 12)))
    assert totals_text(table) == [["Total", "568,740,352", "12"], ["", "568.74 M", ""]]
    assert totals_text(Table(columns, (), Row(("Total", 999, 12)))) == [["Total", "999", "12"]]
    assert totals_text(Table(columns, ())) == []


def test_a_bar_is_proportional_to_half_a_cell():
    lengths = [len(bar(Fraction(n, 48), 24)) for n in range(49)]
    assert lengths == sorted(lengths)
    assert bar(Fraction(1), 24) == "━" * 24
    assert bar(Fraction(1, 48), 24) == "╸"
    assert bar(Fraction(0), 24) == ""
