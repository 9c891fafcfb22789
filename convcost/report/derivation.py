"""Derivations on the page: Unicode for terminals, Markdown and LaTeX, the signs of equality beneath each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from convcost.report.latex import escape
from convcost.report.math import LATEX, UNICODE, Notation, grouped, write
from convcost.studies.derive import Derivation, Step

DOTTED = replace(UNICODE, times="·")
"""D_K²·M·N: a product as on a blackboard."""

DOTTED_LATEX = replace(LATEX, times=r" \cdot ")

SUBJECT = "what it multiplies for one image, and what it stores"


def formula(expression: Any, letters: Mapping[str, str], notation: Notation = DOTTED) -> str:
    """Write a sum of quotients, each numerator and denominator being a product or a sum of products.

    >>> from convcost.symbols.floordiv import free_symbol
    >>> n, k = free_symbol("N", integer=True), free_symbol("D_K", integer=True)
    >>> formula(1 / n + k**-2, {"D_K": "D_K", "N": "N"}), formula(n / (k**2 * n + 1), {"D_K": "D_K", "N": "N"})
    ('1/N + 1/D_K²', 'N / (D_K²·N + 1)')
    """
    from sympy import Add, fraction

    parts = [fraction(summand) for summand in Add.make_args(expression)]
    if all(denominator == 1 for _, denominator in parts):
        return write(expression, letters, notation)
    # as in 1/N + 1/D_K²: the larger denominators come last
    parts.sort(key=lambda part: (_degree(part[1]) - _degree(part[0]), str(part)))
    quotient = _latex_quotient if notation.times == DOTTED_LATEX.times else _quotient
    return " + ".join(quotient(write(n, letters, notation), write(d, letters, notation)) for n, d in parts)


def _degree(product: Any) -> int:
    from sympy import Mul

    return sum(int(exponent) for _, exponent in (f.as_base_exp() for f in Mul.make_args(product) if f.free_symbols))


def _quotient(numerator: str, denominator: str) -> str:
    if denominator == "1":
        return numerator
    simple = not any(sign in numerator + denominator for sign in "· ")
    over = f"({numerator})" if re.search(r" [+-] (?![^(]*\))", numerator) else numerator
    below = denominator if not any(sign in denominator for sign in "· ") else f"({denominator})"
    return f"{over}/{below}" if simple else f"{over} / {below}"


def _latex_quotient(numerator: str, denominator: str) -> str:
    return numerator if denominator == "1" else rf"\frac{{{numerator}}}{{{denominator}}}"


def text(derivation: Derivation) -> str:
    """Return a derivation as Unicode text, at most 80 columns wide for values of ordinary size."""
    lines = [f"{derivation.title}: {SUBJECT}", ""]
    width = max(len(symbol) for symbol, _ in derivation.symbols)
    for symbol, meaning in derivation.symbols:
        value = f" = {grouped(derivation.bindings[symbol])}" if symbol in derivation.bindings else ""
        lines.append(f"  {symbol:<{width}}  {meaning}{value}")
    for number, (heading, steps) in enumerate(_parts(derivation), 1):
        lines += ["", f"{number}. {heading}"]
        lines.extend(_board(steps, derivation))
    if derivation.conclusion:
        lines += ["", derivation.conclusion]
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
        value = f" = {grouped(step.value)}" if _is_valued(step, steps) and step.value is not None else ""
        if len(line + value) > 80:
            yield line
            line, value = "", value.rjust(len(margin) - 1 + len(value.lstrip()))
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
        lines += ["", rf"\subsection*{{{number}. {_mathified(heading, derivation, escape)}}}", r"\begin{align*}"]
        rows, last = [], ""
        for step in steps:
            left, right = _sides(step, steps, derivation)
            left, last = ("" if step.symbol == last else left), step.symbol
            equals = "&= " if step.symbol else r"&\phantom{{}={}} "
            rows.append(f"  {left} {equals}{right} && " + rf"\text{{{_mathified(step.text, derivation, escape)}}}")
        lines += [" \\\\\n".join(rows), r"\end{align*}"]
    if derivation.conclusion:
        lines += ["", _mathified(derivation.conclusion, derivation, escape)]
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
    left = _latex_quotient(*names) if len(names) == 2 else names[0]
    right = formula(step.expression, letters, DOTTED_LATEX)
    if step.value is not None and _is_valued(step, steps):
        right += f" = {_value(step)}"
    return left, right


def _value(step: Step) -> str:
    value = step.value
    assert value is not None
    number = grouped(value).replace(" ", r"\,")
    return _latex_quotient(*number.split("/")) if "/" in number else number


def _number(value: Any) -> str:
    return f"${grouped(value)}$".replace(" ", r"\,")


def _subscripted(name: str) -> str:
    r"""Write the name of a quantity: C_dw as C_{\mathrm{dw}}, one of a single letter as it is."""
    head, _, index = name.partition("_")
    return rf"{head}_{{\mathrm{{{index}}}}}" if len(index) > 1 else name


def _mathified(sentence: str, derivation: Derivation, plain: Callable[[str], str] = str) -> str:
    """Put the symbols in a sentence between dollar signs, and what stands between them through ``plain``."""
    symbols = "|".join(sorted((re.escape(symbol) for symbol, _ in derivation.symbols), key=len, reverse=True))
    pieces = re.split(rf"(?<![\w.])((?:{symbols})(?:/(?:{symbols}))?)(?!\w)", sentence)
    return "".join(f"${piece}$" if i % 2 else plain(piece) for i, piece in enumerate(pieces))
