"""Formulas as text: Unicode for terminals, LaTeX for papers, Python for programs.

The terms of a polynomial come by falling degree, the constant last; coefficients are grouped by thousands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from convcost.symbols import Dim, is_symbolic

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def grouped(value: int | Fraction) -> str:
    """Write an exact number with its thousands grouped by spaces.

    >>> grouped(11010048), grouped(Fraction(2049, 2))
    ('11 010 048', '2 049/2')
    """
    if isinstance(value, Fraction) and value.denominator != 1:
        return f"{grouped(value.numerator)}/{grouped(value.denominator)}"
    return f"{int(value):,}".replace(",", " ")


@dataclass(frozen=True, slots=True)
class Notation:
    """How one output format writes the parts of a formula."""

    coefficient: Callable[[int | Fraction], str]
    power: Callable[[str, str], str]
    times: str
    floor: Callable[[str, str], str]
    ceil: Callable[[str, str], str]
    call: Callable[[str, list[str]], str]


def _over(numerator: str, denominator: str) -> str:
    if denominator == "1":
        return numerator
    simple = numerator.replace(" ", "").isalnum() or len(numerator) == 1
    return f"{numerator}/{denominator}" if simple else f"({numerator})/{denominator}"


UNICODE = Notation(
    coefficient=grouped,
    power=lambda base, exponent: base + exponent.translate(SUPERSCRIPTS),
    times=" ",
    floor=lambda x, n: f"⌊{_over(x, n)}⌋",
    ceil=lambda x, n: f"⌈{_over(x, n)}⌉",
    call=lambda name, arguments: f"{name}({', '.join(arguments)})",
)


def _latex_number(value: int | Fraction) -> str:
    if isinstance(value, Fraction) and value.denominator != 1:
        return rf"\tfrac{{{value.numerator}}}{{{value.denominator}}}"
    return grouped(value).replace(" ", r"\,")


def _latex_fraction(x: str, n: str) -> str:
    return x if n == "1" else rf"\frac{{{x}}}{{{n}}}"


def _latex_call(name: str, arguments: list[str]) -> str:
    escaped = name.replace("_", r"\_")
    return rf"\operatorname{{{escaped}}}\left({', '.join(arguments)}\right)"


LATEX = Notation(
    coefficient=_latex_number,
    power=lambda base, exponent: f"{base}^{{{exponent}}}",
    times=r" \, ",
    floor=lambda x, n: rf"\left\lfloor {_latex_fraction(x, n)} \right\rfloor",
    ceil=lambda x, n: rf"\left\lceil {_latex_fraction(x, n)} \right\rceil",
    call=_latex_call,
)

PYTHON = Notation(
    coefficient=lambda value: (
        f"Fraction({value.numerator}, {value.denominator})"
        if isinstance(value, Fraction) and value.denominator != 1
        else str(int(value))
    ),
    power=lambda base, exponent: f"{base}**{exponent}",
    times="*",
    floor=lambda x, n: f"(({x})//{n})",
    ceil=lambda x, n: f"(-((-({x}))//{n}))",
    call=lambda name, arguments: f"{name}({', '.join(arguments)})",
)

GREEK_LATEX = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "θ": r"\theta", "κ": r"\kappa",
    "λ": r"\lambda", "μ": r"\mu", "φ": r"\phi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "ω": r"\omega",
}  # fmt: skip


def write(dim: Dim, letters: Mapping[str, str], notation: Notation = UNICODE) -> str:
    """Write a dimension in a notation; ``letters`` says how each symbol is written.

    >>> from convcost.symbols.floordiv import free_symbol
    >>> a, r = free_symbol("a", integer=False), free_symbol("r", integer=True)
    >>> write(1024 * a**2 * r + 27 * a, {"a": "α"})
    '1 024 α² r + 27 α'
    """
    if not is_symbolic(dim):
        return notation.coefficient(dim)
    terms = summands(dim, letters, notation)
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t.startswith("-") else f" + {t}" for t in rest)


def summands(dim: Dim, letters: Mapping[str, str], notation: Notation = UNICODE) -> list[str]:
    """Return the terms of a sum in their order, each with its sign if it is negative."""
    from sympy import Add

    from convcost.symbols.floordiv import number

    entries = []
    for summand in Add.make_args(dim):
        coefficient, monomial = summand.as_coeff_Mul()
        entries.append((number(coefficient), monomial))
    order = _Order(letters)
    entries.sort(key=lambda entry: order.key(entry[1]))
    return [_term(coefficient, monomial, letters, notation, order) for coefficient, monomial in entries]


class _Order:
    """Sorts monomials by falling degree, then by the order in which the letters were given."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self.rank = {name: i for i, name in enumerate(letters)}

    def factors(self, monomial: Any) -> list[tuple[Any, Any]]:
        from sympy import Mul

        pairs = [factor.as_base_exp() for factor in Mul.make_args(monomial) if factor != 1]
        return sorted(pairs, key=lambda pair: (not pair[0].is_Symbol, self.of(pair[0]), _natural(str(pair[0]))))

    def of(self, base: Any) -> int:
        return min((self.rank.get(s.name, len(self.rank)) for s in base.free_symbols), default=len(self.rank))

    def key(self, monomial: Any) -> tuple[Any, ...]:
        factors = self.factors(monomial)
        degree = sum(int(e) if e.is_Integer else 1 for _, e in factors)
        exponents = [0] * (len(self.rank) + 1)
        for base, exponent in factors:
            exponents[self.of(base)] -= int(exponent) if exponent.is_Integer else 1
        return (-degree, exponents, _natural(str(monomial)))


def _natural(text: str) -> list[str | int]:
    """Return what texts are sorted by if numbers in them go by their values: ⌈R/4⌉ before ⌈R/16⌉."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text)]


def _term(coefficient: Any, monomial: Any, letters: Mapping[str, str], notation: Notation, order: _Order) -> str:
    factors = order.factors(monomial)
    if not factors:
        return notation.coefficient(coefficient)
    # -⌊-x/n⌋ is ⌈x/n⌉: the minus sign of the coefficient goes into the first such floor
    parts = []
    for base, exponent in factors:
        text, factor_sign = _atom(base, letters, notation)
        if factor_sign < 0 and exponent.is_Integer and int(exponent) % 2:
            coefficient = -coefficient
        parts.append(text if exponent == 1 else notation.power(text, str(exponent)))
    body = notation.times.join(parts)
    sign = "-" if coefficient < 0 else ""
    size = abs(coefficient)
    return sign + (body if size == 1 else f"{notation.coefficient(size)}{notation.times}{body}")


def _atom(base: Any, letters: Mapping[str, str], notation: Notation) -> tuple[str, int]:
    """Write a factor; -1 as the second value says that it stands for minus the text (a ceiling)."""
    name = type(base).__name__
    if base.is_Symbol:
        return letters.get(base.name, base.name), 1
    if name == "FloorDiv":
        return _floor(base, letters, notation)
    arguments = [write(_number(argument), letters, notation) for argument in base.args]
    functions = {"MakeDivisible": "make_divisible", "RoundHalfEven": "round", "Maximum": "max"}
    if name in functions:
        return notation.call(functions[name], arguments), 1
    return f"({write(base, letters, notation)})" if base.is_Add else str(base), 1


def _number(value: Any) -> Dim:
    from convcost.symbols.floordiv import number

    return number(value)


def _floor(base: Any, letters: Mapping[str, str], notation: Notation) -> tuple[str, int]:
    x, n = base.args
    if n.is_Integer:
        constant, rest = x.as_coeff_Add()
        if rest.is_integer and constant == n - 1 and n > 1:  # ⌊(x + n - 1)/n⌋ = ⌈x/n⌉
            return notation.ceil(write(_number(rest), letters, notation), str(n)), 1
        if all(summand.could_extract_minus_sign() for summand in x.as_ordered_terms()):
            return notation.ceil(write(_number(-x), letters, notation), str(n)), -1
    divisor = notation.coefficient(_number(n)) if n.is_Rational else write(n, letters, notation)
    return notation.floor(write(_number(x), letters, notation), divisor), 1
