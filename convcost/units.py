"""Exact figures as people write them: 568.74 M, 4.87 B, 16.00 KiB, 11.2 %, and back.

Nothing here passes through a float. Where digits are dropped the last one kept is rounded half away from zero, as one
rounds by hand: 1 025 000 is 1.03 M. A unit is chosen after rounding, so that 999 996 is 1.00 M and not 1 000.00 k.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from convcost.errors import UsageError

Number = int | Fraction

DECIMAL: Mapping[str, int] = {"k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
"""Units of counts, by what they stand for."""

BINARY: Mapping[str, int] = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
"""Units of memory, in bytes."""

ALIASES: Mapping[str, str] = {"K": "k", "G": "B", "bn": "B"}
"""Other spellings that are read and never written: a G of multiplications is a billion."""


def exact_text(value: Number) -> str:
    """Write an exact number, thousands set apart by commas; a fraction as one.

    >>> exact_text(568740352), exact_text(Fraction(2049, 2))
    ('568,740,352', '2,049/2')
    """
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{value.numerator:,}/{value.denominator:,}"
    return f"{int(value):,}"


def decimal(value: Number, places: int = 2) -> str:
    """Write a number with so many decimals, rounded half away from zero.

    >>> decimal(Fraction(2, 3)), decimal(Fraction(-1, 8)), decimal(Fraction(5, 2), 0), decimal(1234567)
    ('0.67', '-0.13', '3', '1,234,567.00')
    """
    scale: int = 10**places
    units = _rounded(abs(Fraction(value)) * scale)
    whole, rest = divmod(units, scale)
    sign = "-" if value < 0 and units else ""
    return f"{sign}{whole:,}.{rest:0{places}}" if places else f"{sign}{whole:,}"


def digits(value: Number) -> str:
    """Write a measured number with three digits, or all of its whole part where that has more.

    >>> digits(Fraction(12345, 10000)), digits(Fraction(99951, 10000)), digits(Fraction(1234567, 1000))
    ('1.23', '10.0', '1,235')
    """
    for places in (2, 1):
        if _rounded(abs(Fraction(value)) * 10**places) < 1000:
            return decimal(value, places)
    return decimal(value, 0)


def scaled(value: Number, places: int = 2) -> str:
    """Write a count in the largest of k, M, B, T that leaves at least one; whole numbers below 1000 as they are.

    >>> scaled(568740352), scaled(4231976), scaled(999_996), scaled(864), scaled(4866048000)
    ('568.74 M', '4.23 M', '1.00 M', '864', '4.87 B')
    """
    return _in_units(value, DECIMAL, 1000, places, "")


def memory(size: Number, places: int = 2) -> str:
    """Write a number of bytes in the largest of KiB, MiB, GiB, TiB that leaves at least one.

    >>> memory(16384), memory(1000), memory(4231976 * 4)
    ('16.00 KiB', '1,000 bytes', '16.14 MiB')
    """
    return _in_units(size, BINARY, 1024, places, " bytes")


def percent(share: Number, places: int = 1) -> str:
    """Write a share in per cent.

    >>> percent(Fraction(1, 9)), percent(1), percent(Fraction(1, 1000), 2)
    ('11.1 %', '100.0 %', '0.10 %')
    """
    return f"{decimal(Fraction(share) * 100, places)} %"


def factor(ratio: Number, places: int = 2) -> str:
    """Write how many times more or less: × above one, ÷ below.

    >>> factor(Fraction(1, 9)), factor(Fraction(3, 2)), factor(1)
    ('÷ 9.00', '× 1.50', '× 1.00')
    """
    if 0 < ratio < 1:
        return f"÷ {decimal(1 / Fraction(ratio), places)}"
    return f"× {decimal(ratio, places)}"


def parse(text: str) -> Number:
    """Read a figure exactly: a plain number, one grouped by commas or spaces, or one with a unit.

    Decimal units are k, M, B and T (K and G are read too), binary ones KiB, MiB, GiB and TiB in bytes.

    >>> parse("568.74 M"), parse("4.2M"), parse("568,740,352"), parse("64 KiB"), parse("1.5")
    (568740000, 4200000, 568740352, 65536, Fraction(3, 2))

    Raises
    ------
    UsageError
        E018 for anything else.
    """
    body = text.strip()
    unit = 1
    for name, size in (*BINARY.items(), *DECIMAL.items(), *((a, DECIMAL[u]) for a, u in ALIASES.items())):
        if body.endswith(name):
            body, unit = body.removesuffix(name).rstrip(), size
            break
    try:
        value = Fraction(_ungrouped(body)) * unit
    except ValueError:
        raise UsageError(
            "E018", f"{text!r} is not a figure", hint="write 568.74 M, 4.2M, 568,740,352 or 64 KiB"
        ) from None
    return value.numerator if value.denominator == 1 else value


def _in_units(value: Number, units: Mapping[str, int], step: int, places: int, one: str) -> str:
    size = abs(Fraction(value))
    if size < step:
        return (f"{int(value):,}" if size.denominator == 1 else decimal(value, places)) + one
    name, unit = next(
        ((n, u) for n, u in units.items() if _rounded(size / u * 10**places) < step * 10**places),
        list(units.items())[-1],
    )
    return f"{decimal(Fraction(value) / unit, places)} {name}"


def _rounded(value: Fraction) -> int:
    """Return the nearest integer to a number that is not negative, halves upwards."""
    return int((2 * value.numerator + value.denominator) // (2 * value.denominator))


def _ungrouped(text: str) -> str:
    """Take out separators of thousands; ValueError where groups are not of three digits, or for an exponent."""
    plain = text.replace("\u00a0", " ").replace("\u202f", " ")
    for separator in (",", " "):
        if separator in plain:
            whole, point, rest = plain.partition(".")
            first, *groups = whole.lstrip("+-").split(separator)
            if not 1 <= len(first) <= 3 or any(len(g) != 3 or not g.isdigit() for g in groups):
                raise ValueError
            plain = whole.replace(separator, "") + point + rest
            break
    if not plain.lstrip("+-").replace(".", "", 1).isdigit() or not plain.isascii():
        raise ValueError
    return plain
