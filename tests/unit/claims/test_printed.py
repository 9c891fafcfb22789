"""Printed numbers: what their digits claim, and which numbers would be printed so."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.claims import Printed
from convcost.claims.printed import UNITS, check_unit, read
from convcost.errors import UsageError
from convcost.units import ALIASES, DECIMAL


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


READ = {
    "569": ("569", "1", 569, 0),
    "4.20": ("4.20", "1", Fraction("4.2"), 2),
    "0.58 M": ("0.58", "M", Fraction("0.58"), 2),
    "0.58M": ("0.58", "M", Fraction("0.58"), 2),
    "22,855,952": ("22,855,952", "1", 22855952, 0),
    "1,234.5 k": ("1,234.5", "k", Fraction("1234.5"), 1),
    "1.5 K": ("1.5", "k", Fraction("1.5"), 1),
    "1.5 G": ("1.5", "B", Fraction("1.5"), 1),
    "74.59 %": ("74.59", "%", Fraction("74.59"), 2),
    "0": ("0", "1", 0, 0),
    "-3.0": ("-3.0", "1", -3, 1),
    "  7  ": ("7", "1", 7, 0),
    "999999999999999": ("999999999999999", "1", 10**15 - 1, 0),
}


@pytest.mark.parametrize(("text", "found"), READ.items())
def test_read(text: str, found: tuple[str, str, Fraction, int]) -> None:
    assert read(text) == Printed(*found)


def test_a_unit_of_its_own_comes_before_that_of_the_table() -> None:
    assert read("103 M", "k").value == 103_000_000
    assert read("103", "k").value == 103_000
    assert read("3 %", "M").value == 3


def test_trailing_zeros_are_digits() -> None:
    assert [read(text).step for text in ("4", "4.2", "4.20")] == [1, Fraction(1, 10), Fraction(1, 100)]
    assert read("4.20").agreement(number("4.204"))
    assert not read("4.20").agreement(number("4.226"))
    assert read("4.2").agreement(number("4.226")) == "rounds"


AGREEMENTS = [
    # rounding, halves either way
    ("569", "568.740352", "rounds"),
    ("569", "568.5", "rounds"),
    ("568", "568.5", "rounds"),
    ("569", "569.5", "rounds"),
    ("4.2", "4.25", "rounds"),
    ("4.3", "4.25", "rounds"),
    ("4.3", "4.2499999", ""),
    ("0.0", "0.05", "rounds"),
    ("0.0", "0.051", "truncates"),
    # truncation, towards zero
    ("569", "569.999", "truncates"),
    ("569", "570", ""),
    ("568", "568.740352", "truncates"),
    ("570", "568.740352", "rounds to 2 digits"),
    ("571", "568.740352", ""),
    ("4.2", "4.2939", "truncates"),
    ("0", "0.999", "truncates"),
    # negative numbers
    ("-3.1", "-3.14", "rounds"),
    ("-3.1", "-3.19", "truncates"),
    ("-3.2", "-3.14", ""),
    ("-3", "3", ""),
    ("3", "-3", ""),
    ("-2.5", "-2.45", "rounds"),
    ("-2.4", "-2.45", "rounds"),
    # zeros at the end of a whole number
    ("15300", "15347", "rounds to 3 digits"),
    ("15300", "15351", ""),
    ("15,300", "15,250", "rounds to 3 digits"),
    ("1550", "1547", "rounds to 3 digits"),
    ("5000", "5347", ""),
    ("10", "14", ""),
    ("1200", "1150", "rounds to 2 digits"),
    ("4.20", "4.2049", "rounds"),
    ("15300.0", "15347", ""),
]


@pytest.mark.parametrize(("text", "derived", "said"), AGREEMENTS)
def test_agreement(text: str, derived: str, said: str) -> None:
    assert read(text).agreement(number(derived)) == said


def test_what_it_says_of_itself() -> None:
    assert [str(read(text)) for text in ("569", "4.20 M", "1.5 G", "3 %")] == ["569", "4.20 M", "1.5 B", "3 %"]
    assert [read(text).size for text in ("1", "1 k", "1 M", "1 B", "1 T", "1 %")] == [1, 10**3, 10**6, 10**9, 10**12, 1]
    assert [read(text).binary for text in ("1", "1 k", "1 M", "1 B", "1 T")] == [1, 2**10, 2**20, 2**30, 2**40]
    assert [read(text).coarse for text in ("15300", "10", "0", "4.20", "1,230,000")] == [
        100,
        1,
        1,
        Fraction(1, 100),
        10_000,
    ]


def test_units() -> None:
    assert [check_unit(unit) for unit in (*UNITS, *ALIASES)] == [*UNITS, *ALIASES.values()]
    assert set(UNITS) == {"1", "%", *DECIMAL}
    with pytest.raises(UsageError) as caught:
        check_unit("MB")
    assert str(caught.value) == "E702 there is no unit 'MB' (one of 1, k, M, B, T, %)"


WRONG = {
    "": "E701 '' is not a printed number (write 569, 4.20 or 0.58 M)",
    "1e6": "E701 '1e6' is not a printed number (write 569, 4.20 or 0.58 M)",
    "~5": "E701 '~5' is not a printed number (write 5; what else is printed stands in a note)",
    "±0.5 %": "E701 '±0.5 %' is not a printed number (write 0.5 %; what else is printed stands in a note)",
    "4.2*": "E701 '4.2*' is not a printed number (write 4.2; what else is printed stands in a note)",
    "4,2": "E701 '4,2' is not a printed number (commas set thousands apart; write 4.2)",
    "4,2 M": "E701 '4,2 M' is not a printed number (commas set thousands apart; write 4.2 M)",
    ".5": "E701 '.5' is not a printed number (write 0.5)",
    "010": "E701 '010' is not a printed number (write 10)",
    "1,2345": "E701 '1,2345' is not a printed number (commas set thousands apart; write 1.2345)",
    "12,34,567": "E701 '12,34,567' is not a printed number (write 569, 4.20 or 0.58 M)",
    "0x10": "E701 '0x10' is not a printed number (write 569, 4.20 or 0.58 M)",
    "٣": "E701 '٣' is not a printed number (write 569, 4.20 or 0.58 M)",
    "5 MB": "E702 there is no unit 'MB' (one of 1, k, M, B, T, %)",
    "5 m": "E702 there is no unit 'm' (one of 1, k, M, B, T, %)",
    "1000000000000000": "E207 a printed number of more than 15 digits (write its unit: 569 M)",
    "0.123456789012345": "E207 a printed number of more than 15 digits (write its unit: 569 M)",
    "1\x1b[31m": "E701 '1\ufffd[31m' is not a printed number (write 569, 4.20 or 0.58 M)",
}


@pytest.mark.parametrize(("text", "message"), WRONG.items())
def test_wrong(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert str(caught.value) == message
