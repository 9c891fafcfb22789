"""Figures as text and back, exactly."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.errors import UsageError
from convcost.units import BINARY, DECIMAL, decimal, exact_text, factor, memory, parse, percent, scaled


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (1025, "1.03 k"),  # half away from zero; half to even would give 1.02
        (1035, "1.04 k"),
        (999_994, "999.99 k"),
        (999_995, "1.00 M"),  # the unit is chosen after rounding
        (4_231_976, "4.23 M"),
        (568_740_352, "568.74 M"),
        (4_866_048_000, "4.87 B"),
        (10**15, "1,000.00 T"),
        (-568_740_352, "-568.74 M"),
        (Fraction(1, 3), "0.33"),
    ],
)
def test_scaled(value, text):
    assert scaled(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1024, "1.00 KiB"), (2**20 - 1, "1.00 MiB"), (3 * 2**29, "1.50 GiB")],
)
def test_memory(value, text):
    assert memory(value) == text


def test_a_large_number_keeps_every_digit():
    n = 2**200 + 1
    assert exact_text(n).replace(",", "") == str(n)
    assert decimal(n, 2).replace(",", "") == f"{n}.00"


def test_decimals_round_half_away_from_zero_and_never_print_minus_zero():
    assert [decimal(Fraction(n, 200)) for n in (1, 3, -1, -3)] == ["0.01", "0.02", "-0.01", "-0.02"]
    assert decimal(Fraction(-1, 1000)) == "0.00"


def test_factor_and_percent():
    assert factor(Fraction(1033, 9216)) == "÷ 8.92"
    assert factor(0) == "× 0.00"
    assert percent(Fraction(539_492_352, 568_740_352)) == "94.9 %"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("569M", 569_000_000),
        (" 569 M ", 569_000_000),
        ("4.2M", 4_200_000),
        ("0.5 G", 500_000_000),
        ("1.5 bn", 1_500_000_000),
        ("12k", 12_000),
        ("12K", 12_000),
        ("64 KiB", 65_536),
        ("568,740,352", 568_740_352),
        ("568 740 352", 568_740_352),
        ("568\u202f740\u202f352", 568_740_352),
        ("1,025.5", Fraction(2051, 2)),
        ("-3", -3),
    ],
)
def test_parse(text, value):
    assert parse(text) == value


@pytest.mark.parametrize("text", ["", "M", "1e6", "12,34", "1,2345", "1 MB", "0x10", "²", "1.2.3", "--1", "1,000 000"])
def test_what_is_not_a_figure(text):
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert str(caught.value) == f"E018 {text!r} is not a figure (write 568.74 M, 4.2M, 568,740,352 or 64 KiB)"


@given(st.integers(-(10**18), 10**18))
def test_exact_text_is_read_back_exactly(n):
    assert parse(exact_text(n)) == n


@given(st.integers(1000, 10**14), st.integers(0, 6))
def test_scaled_is_off_by_at_most_half_of_the_last_digit(n, places):
    text = scaled(n, places)
    unit = DECIMAL[text.split()[-1]]
    assert abs(Fraction(parse(text)) - n) <= Fraction(unit, 2 * 10**places)
    assert 1 <= Fraction(parse(text), unit) < 1000


@given(st.integers(1024, 2**50))
def test_memory_is_read_back_to_its_precision(n):
    text = memory(n)
    assert abs(Fraction(parse(text)) - n) <= Fraction(BINARY[text.split()[-1]], 200)
