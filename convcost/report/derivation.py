"""Derivations on the page: Unicode for terminals, Markdown and LaTeX, the signs of equality beneath each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from textwrap import fill
from typing import Any

from convcost.report.latex import escape
from convcost.report.math import LATEX, UNICODE, grouped, write
from convcost.report.table import Column, Document, Row, Section, Table
from convcost.studies.derive import Derivation, Step

DOTTED = replace(UNICODE, times="·")
"""D_K²·M·N: a product as on a blackboard."""

DOTTED_LATEX = replace(LATEX, times=r" \cdot ")

SUBJECT = "multiplications for one image, and parameters"


def formula(expression: Any, letters: Mapping[str, str], *, latex: bool = False) -> str:
    """Write a sum of quotients of products and sums.

    >>> from convcost.symbols.floordiv import free_symbol
    >>> n, k = free_symbol("N", integer=True), free_symbol("D_K", integer=True)
    >>> formula(1 / n + k**-2, {"D_K": "D_K", "N": "N"}), formula(n / (k**2 * n + 1), {"D_K": "D_K", "N": "N"})
    ('1/N + 1/D_K²', 'N / (D_K²·N + 1)')
    """
    from sympy import Add, fraction

    parts = [fraction(summand) for summand in Add.make_args(expression)]
    if all(denominator == 1 for _, denominator in parts):
        return write(expression, letters, DOTTED_LATEX if latex else DOTTED)
    # as in 1/N + 1/D_K²: the larger denominators come last
    parts.sort(key=lambda part: (_degree(part[1]) - _degree(part[0]), str(part)))
    quotient = _frac if latex else _quotient
    both = [[formula(side, letters, latex=latex) for side in part] for part in parts]
    return " + ".join(quotient(over, below) for over, below in both)


def _degree(product: Any) -> int:
    from sympy import Mul

    return sum(int(exponent) for _, exponent in (f.as_base_exp() for f in Mul.make_args(product) if f.free_symbols))


def _quotient(over: str, below: str) -> str:
    if below == "1":
        return over
    if "·" not in over + below and " " not in over + below:
        return f"{over}/{below}"
    compound = "/" in over or re.search(r" [+-] (?![^(]*\))", over)
    return f"{f'({over})' if compound else over} / {f'({below})' if '·' in below or ' ' in below else below}"


def _frac(over: str, below: str) -> str:
    return over if below == "1" else rf"\frac{{{over}}}{{{below}}}"


def text(derivation: Derivation) -> str:
    """Return a derivation as Unicode text, at most 80 columns wide for values of ordinary size."""
    lines = [f"{derivation.title}: {SUBJECT}", ""]
    names = {symbol: symbol for symbol, _ in derivation.symbols}
    names |= {symbol: f"{symbol} = {_figure(value)}" for symbol, value in derivation.bindings.items()}
    width = max(map(len, names.values()))
    lines.extend(f"   {names[symbol]:<{width}}  {meaning}" for symbol, meaning in derivation.symbols)
    for number, (heading, steps) in enumerate(_parts(derivation), 1):
        lines += ["", f"{number}. {heading}"]
        lines.extend(_board(steps, derivation))
    if derivation.conclusion:
        lines += ["", fill(derivation.conclusion, 80)]
    return "\n".join(lines) + "\n"


def _board(steps: list[Step], derivation: Derivation) -> Iterator[str]:
    """Set the steps of a part in three columns: what, its name, what it is; a name is written once."""
    letters = {symbol: symbol for symbol, _ in derivation.symbols}
    texts = max(len(step.text) for step in steps)
    names = max(len(step.symbol) for step in steps)
    last = ""
    for step in steps:
        shown = "" if step.symbol == last else step.symbol
        equals = "=" if step.symbol else " "
        margin = f"   {step.text:<{texts}}  {shown:>{names}} {equals} " if names else f"   {step.text:<{texts}}  "
        line = margin + formula(step.expression, letters)
        value = f" = {_figure(step.value)}" if _is_valued(step, steps) and step.value is not None else ""
        if len(line + value) > 80:
            yield line
            line, value = "", " " * (len(margin) - 2) + value.lstrip()
        yield line + value
        last = step.symbol


def _is_valued(step: Step, steps: list[Step]) -> bool:
    """Tell whether a step shows its value: a quantity that is written in several ways does so once, at the end."""
    rest = steps[steps.index(step) + 1 :]
    return not step.symbol or all(later.symbol != step.symbol for later in rest)


def markdown(derivation: Derivation) -> str:
    """Return a derivation as Markdown with formulas between dollar signs."""
    lines = [f"# {derivation.title}", "", f"{SUBJECT[0].upper()}{SUBJECT[1:]}.", ""]
    lines += ["| symbol | meaning | value |", "|---|---|---|"] if derivation.bindings else []
    lines += [] if derivation.bindings else ["| symbol | meaning |", "|---|---|"]
    for symbol, meaning in derivation.symbols:
        value = f" {_number(derivation.bindings[symbol])} |" if symbol in derivation.bindings else " |"
        lines.append(f"| ${symbol}$ | {meaning} |{value if derivation.bindings else ''}")
    for number, (heading, steps) in enumerate(_parts(derivation), 1):
        lines += ["", f"## {number}. {_mathified(heading, derivation)}", "", "| | |", "|---|---|"]
        for step in steps:
            lines.append(f"| {_mathified(step.text, derivation)} | ${_equation(step, steps, derivation)}$ |")
    if derivation.conclusion:
        lines += ["", _mathified(derivation.conclusion, derivation)]
    return "\n".join(lines) + "\n"


def document(derivation: Derivation) -> Document:
    """Return a derivation as tables of steps, with formulas between dollar signs."""
    columns = (Column("step", "Step", "text"), Column("formula", "Formula", "text"))
    sections = []
    for number, (heading, steps) in enumerate(_parts(derivation), 1):
        equations = [f"${_equation(step, steps, derivation)}$" for step in steps]
        rows = [Row((_mathified(step.text, derivation), line)) for step, line in zip(steps, equations, strict=True)]
        title = f"{number}. {_mathified(heading, derivation)}"
        sections.append(Section(derivation.title, title, Table(columns, tuple(rows))))
    if derivation.conclusion:
        sections[-1] = replace(sections[-1], notes=(_mathified(derivation.conclusion, derivation),))
    headline = f"{derivation.title}. {SUBJECT[0].upper()}{SUBJECT[1:]}."
    return Document(headline, "derivations", "", tuple(sections))


def latex(derivation: Derivation) -> str:
    """Return a derivation as LaTeX, an ``align*`` for each part; needs amsmath."""
    lines = [
        "% needs \\usepackage{amsmath}",
        rf"\section*{{{derivation.title}}}",
        f"{SUBJECT[0].upper()}{SUBJECT[1:]}.",
        "",
        r"\begin{tabular}{ll}",
    ]
    for symbol, meaning in derivation.symbols:
        value = f", here {_number(derivation.bindings[symbol])}" if symbol in derivation.bindings else ""
        lines.append(rf"${symbol}$ & {meaning}{value} \\")
    lines.append(r"\end{tabular}")
    for number, (heading, steps) in enumerate(_parts(derivation), 1):
        lines += ["", rf"\subsection*{{{number}. {_mathified(heading, derivation, _plain)}}}", r"\begin{align*}"]
        rows, last = [], ""
        for step in steps:
            left, right = _sides(step, steps, derivation)
            left, last = ("" if step.symbol == last else left), step.symbol
            equals = "&= " if step.symbol else r"&\phantom{{}={}} "
            rows.append(f"  {left} {equals}{right} && " + rf"\text{{{_mathified(step.text, derivation, _plain)}}}")
        lines += [" \\\\\n".join(rows), r"\end{align*}"]
    if derivation.conclusion:
        lines += ["", _mathified(derivation.conclusion, derivation, _plain)]
    return "\n".join(lines) + "\n"


def _parts(derivation: Derivation) -> list[tuple[str, list[Step]]]:
    return [(heading, list(steps)) for heading, steps in groupby(derivation.steps, key=lambda step: step.part)]


def _equation(step: Step, steps: list[Step], derivation: Derivation) -> str:
    left, right = _sides(step, steps, derivation)
    return f"{left} = {right}" if left else right


def _sides(step: Step, steps: list[Step], derivation: Derivation) -> tuple[str, str]:
    """Return the name of a quantity and what it is, in LaTeX."""
    letters = {symbol: symbol for symbol, _ in derivation.symbols}
    names = [_subscripted(name) for name in step.symbol.split("/")]
    left = _frac(*names) if len(names) == 2 else names[0]
    right = formula(step.expression, letters, latex=True)
    if step.value is not None and _is_valued(step, steps):
        number = _figure(step.value).replace(" ", r"\,")
        right += f" = {_frac(*number.split('/')) if '/' in number else number}"
    return left, right


def _figure(value: int | Fraction) -> str:
    """Write a whole number grouped by thousands, a ratio as it is."""
    return grouped(value) if isinstance(value, int) else str(value)


def _number(value: int | Fraction) -> str:
    return f"${_figure(value)}$".replace(" ", r"\,")


def _subscripted(name: str) -> str:
    r"""Write the name of a quantity: C_dw as C_{\mathrm{dw}}, one of a single letter as it is."""
    head, _, index = name.partition("_")
    return rf"{head}_{{\mathrm{{{index}}}}}" if len(index) > 1 else name


def _mathified(sentence: str, derivation: Derivation, plain: Callable[[str], str] = str) -> str:
    """Put symbols, their quotients and equations between dollar signs, and what is between them through ``plain``."""
    symbol = f"(?:{'|'.join(re.escape(symbol) for symbol, _ in derivation.symbols)})"
    pieces = re.split(rf"(?<!\w)({symbol}(?:(?:/| = )(?:{symbol}|\d+))*)(?!\w)", sentence)
    return "".join(f"${piece}$" if i % 2 else plain(piece) for i, piece in enumerate(pieces))


def _plain(sentence: str) -> str:
    return escape(sentence).replace("≈", r"$\approx$")
