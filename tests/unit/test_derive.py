"""Derivations: exact text, formulas read back from each format, and every line held against numbers."""

import re
from fractions import Fraction

import pytest

from convcost.errors import UsageError
from convcost.ops import Conv
from convcost.report.derivation import formula, latex, markdown, text
from convcost.rules import RULES, rule_of
from convcost.rules.conv import ConvRule
from convcost.studies.derive import DERIVATIONS, derive
from convcost.symbols.floordiv import free_symbol, substitution

SEPARABLE = """\
Depthwise separable convolution: multiplications for one image, and parameters

   D_K  height and width of the kernel
   M    input channels
   N    output channels
   D_G  height and width of the output map

1. Depthwise convolution: one kernel for each channel
   one kernel, one position          D_K²
   one kernel, all positions         D_K²·D_G²
   all channels               C_dw = D_K²·M·D_G²

2. Pointwise convolution: 1 × 1 kernels that reach over all channels
   one kernel, one position          M
   one kernel, all positions         M·D_G²
   all kernels                C_pw = M·N·D_G²

3. Depthwise separable convolution: one after the other
   depthwise + pointwise      C_sep = D_K²·M·D_G² + M·N·D_G²
   what both have, taken out        = M·D_G²·(D_K² + N)

4. Standard convolution: each kernel reaches over all channels
   one kernel, one position           D_K²·M
   one kernel, all positions          D_K²·M·D_G²
   all kernels                C_std = D_K²·M·N·D_G²

5. Ratio of separable to standard
   written out   C_sep/C_std = M·D_G²·(D_K² + N) / (D_K²·M·N·D_G²)
   cancelled                 = (D_K² + N) / (D_K²·N)
   term by term              = 1/N + 1/D_K²

6. As much as standard: with fewer output channels, separable costs more
   the ratio is 1 for  N = D_K² / (D_K² - 1)

7. Parameters: all positions share the kernels, so D_G drops out
   depthwise              W_dw = D_K²·M
   pointwise              W_pw = M·N
   both                  W_sep = M·(D_K² + N)
   standard              W_std = D_K²·M·N
   the same ratio  W_sep/W_std = 1/N + 1/D_K²
"""

TABLE_3 = """\
5. Ratio of separable to standard
   written out   C_sep/C_std = M·D_G²·(D_K² + N) / (D_K²·M·N·D_G²)
   cancelled                 = (D_K² + N) / (D_K²·N)
   term by term              = 1/N + 1/D_K² = 521/4608

6. As much as standard: with fewer output channels, separable costs more
   the ratio is 1 for  N = D_K² / (D_K² - 1) = 9/8

7. Parameters: all positions share the kernels, so D_G drops out
   depthwise              W_dw = D_K²·M = 4 608
   pointwise              W_pw = M·N = 262 144
   both                  W_sep = M·(D_K² + N) = 266 752
   standard              W_std = D_K²·M·N = 2 359 296
   the same ratio  W_sep/W_std = 1/N + 1/D_K² = 521/4608

For D_K = 3, N = 512 the ratio is 521/4608 ≈ 0.113: 8.8 times fewer
multiplications and parameters.
"""

GROUPED = """\
1. Grouped convolution: a kernel reaches over the M/G channels of its group
   one kernel, one position           D_K²·M / G
   one kernel, all positions          D_K²·M·D_G² / G
   all kernels                C_grp = D_K²·M·N·D_G² / G

2. Standard convolution: each kernel reaches over all channels
   one kernel, one position           D_K²·M
   one kernel, all positions          D_K²·M·D_G²
   all kernels                C_std = D_K²·M·N·D_G²

3. Ratio of grouped to standard
   written out  C_grp/C_std = (D_K²·M·N·D_G² / G) / (D_K²·M·N·D_G²)
   cancelled                = 1/G

4. As many groups as channels: G = N = M is the depthwise convolution
   a channel a group  C_dw = D_K²·M·D_G²
"""

TRANSPOSED = """\
2. Seen from the output, which is s times as high and wide
   height and width   D_G = s·D_F
   all outputs       C_tr = D_K²·M·N·D_G² / s²
"""


def test_the_separable_convolution_as_a_lecture_writes_it():
    assert text(derive("separable")) == SEPARABLE


def test_the_example_of_the_lecture():
    """N = 1024 and D_K = 3: the other symbols need no value."""
    derivation = derive("separable", {"N": 1024, "D_K": 3})
    ratio = derivation.steps[-1]
    assert (ratio.symbol, ratio.value) == ("W_sep/W_std", Fraction(1033, 9216))
    assert derivation.conclusion == (
        "For D_K = 3, N = 1024 the ratio is 1033/9216 ≈ 0.112: 8.9 times fewer multiplications and parameters."
    )
    shown = text(derivation)
    assert "   N = 1 024  output channels\n   D_G        height and width of the output map\n" in shown
    assert "   term by term              = 1/N + 1/D_K² = 1033/9216\n" in shown
    assert "   all kernels                C_std = D_K²·M·N·D_G²\n" in shown


def test_the_layer_of_mobilenets_table_3():
    """Howard et al. 2017, arXiv:1704.04861, Table 3: 462 M and 52.3 M mult-adds, 2.36 M and 0.27 M parameters."""
    shown = text(derive("separable", {"D_K": 3, "M": 512, "N": 512, "D_G": 14}))
    assert shown.endswith(TABLE_3)
    assert "   what both have, taken out        = M·D_G²·(D_K² + N) = 52 283 392\n" in shown
    assert "   all kernels                C_std = D_K²·M·N·D_G² = 462 422 016\n" in shown


def test_grouped_and_transposed():
    assert GROUPED in text(derive("grouped"))
    assert TRANSPOSED in text(derive("transposed"))
    assert derive("transposed", {"s": 2}).conclusion == (
        "For s = 2 the ratio is 1/4 = 0.25: 4 times fewer multiplications."
    )


def test_a_channel_multiplier_is_asked_for_by_its_value():
    plain, doubled = derive("depthwise"), derive("depthwise", {"m": 2, "M": 32})
    assert [symbol for symbol, _ in plain.symbols] == ["D_K", "M", "D_G"]
    assert [symbol for symbol, _ in doubled.symbols] == ["D_K", "m", "M", "D_G"]
    assert "   one channel                       D_K²·m·D_G²\n" in text(doubled)
    assert doubled.conclusion == (
        "For M = 32 the ratio is 1/32 ≈ 0.0313: 32 times fewer multiplications and parameters."
    )


def test_where_nothing_is_saved():
    assert (
        derive("separable", {"N": 1, "D_K": 3}).conclusion
        == "For D_K = 3, N = 1 the ratio is 10/9 ≈ 1.11: nothing is saved."
    )
    assert derive("grouped", {"G": 1}).conclusion == (
        "For G = 1 the ratio is 1: one group is the standard convolution."
    )


BINDINGS = {"D_K": 5, "M": 12, "N": 18, "D_G": 28, "D_F": 7, "s": 4, "G": 6}


def bound(target):
    return derive(target, {name: value for name, value in BINDINGS.items() if name in DERIVATIONS[target].symbols})


def symbols_of(derivation):
    return {name: free_symbol(name, integer=True) for name, _ in derivation.symbols}


@pytest.mark.parametrize("target", DERIVATIONS)
def test_totals_are_what_the_rules_say_of_numbers(target):
    """C_std from the derivation and from the rule on plain integers, and each value from its expression."""
    derivation = bound(target)
    at = substitution({symbol: BINDINGS[name] for name, symbol in symbols_of(derivation).items()})
    assert all(step.value == at(step.expression) for step in derivation.steps)
    out = 12 if target == "depthwise" else 18
    standard = rule_of(Conv((5, 5), out)).counts(Conv((5, 5), out, padding="same"), (1, 12, 28, 28))["mul"]
    totals = {step.symbol: step.value for step in derivation.steps}
    assert totals.get("C_std") == standard


def read(shown, symbols):
    """Read a formula back: powers, products and quotients as they are written, nothing else."""
    from sympy import sympify

    shown = re.sub(
        "[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + power[0].translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")), shown
    )
    while r"\frac" in shown:
        shown = re.sub(r"\\frac\{((?:[^{}]|\^\{\d\})*)\}\{((?:[^{}]|\^\{\d\})*)\}", r"((\1)/(\2))", shown)
    shown = re.sub(r"\^\{(\d)\}", r"**\1", shown).replace("·", "*").replace(r"\cdot", "*").replace(r"\,", "")
    return sympify(shown, locals=symbols)


def same(shown, expression, symbols):
    from sympy import expand

    return expand(read(shown, symbols) - expression) == 0


@pytest.mark.parametrize("target", DERIVATIONS)
def test_text_reads_back(target):
    derivation, numbered = derive(target), bound(target)
    symbols = symbols_of(derivation)
    lines = [line for line in text(derivation).splitlines()[2 + len(symbols) :] if line.startswith("   ")]
    assert len(lines) == len(derivation.steps)
    for line, step in zip(lines, derivation.steps, strict=True):
        assert same(line.split("  ")[-1].split("=")[-1], step.expression, symbols)
    # with values, each quantity has its value on the last of its lines
    board = "\n".join(text(numbered).splitlines()[2 + len(symbols) :])
    values = [Fraction(value.replace(" ", "")) for value in re.findall(r" = ([\d /]+)$", board, re.MULTILINE)]
    assert values == [step.value for step in closing(numbered)]
    assert all(len(line) <= 80 for line in (text(derivation) + text(numbered)).splitlines())


def closing(derivation):
    """The steps that are not written in another way by a later one of the same part."""
    last = {(step.part, step.symbol or place): place for place, step in enumerate(derivation.steps)}
    return [step for place, step in enumerate(derivation.steps) if place in last.values()]


@pytest.mark.parametrize("target", DERIVATIONS)
def test_markdown_reads_back(target):
    derivation = bound(target)
    symbols = symbols_of(derivation)
    rows = re.findall(r"^\| ([^|]+) \| \$([^|]+)\$ \|$", markdown(derivation), re.MULTILINE)
    assert [row for row, _ in rows] == [step.text for step in derivation.steps]
    for (_, shown), step in zip(rows, derivation.steps, strict=True):
        sides = shown.split(" = ")
        if step.symbol:
            sides = sides[1:]
        assert same(sides[0], step.expression, symbols)
        assert all(read(value, symbols) == step.value for value in sides[1:])


@pytest.mark.parametrize("target", DERIVATIONS)
def test_latex_reads_back(target):
    derivation = derive(target)
    symbols, shown = symbols_of(derivation), latex(derivation)
    rows = re.findall(r"&(?:= |\\phantom\{\{\}=\{\}\} )(.+) && \\text\{(.+)\}", shown)
    assert [row for _, row in rows] == [step.text for step in derivation.steps]
    for (right, _), step in zip(rows, derivation.steps, strict=True):
        assert same(right, step.expression, symbols)
    for environment in ("align*", "tabular"):
        assert shown.count(rf"\begin{{{environment}}}") == shown.count(rf"\end{{{environment}}}") > 0
    assert shown.count("{") == shown.count("}")


LATEX_RATIO = r"""\subsection*{5. Ratio of separable to standard}
\begin{align*}
  \frac{C_{\mathrm{sep}}}{C_{\mathrm{std}}} &= \frac{M \cdot D_G^{2} \cdot (D_K^{2} + N)}{D_K^{2} \cdot M \cdot N \cdot D_G^{2}} && \text{written out} \\
   &= \frac{D_K^{2} + N}{D_K^{2} \cdot N} && \text{cancelled} \\
   &= \frac{1}{N} + \frac{1}{D_K^{2}} = \frac{1033}{9216} && \text{term by term}
\end{align*}
"""

MARKDOWN_HEAD = """\
# Depthwise separable convolution

Multiplications for one image, and parameters.

| symbol | meaning | value |
|---|---|---|
| $D_K$ | height and width of the kernel | $3$ |
| $M$ | input channels | |
| $N$ | output channels | $1\\,024$ |
| $D_G$ | height and width of the output map | |

## 1. Depthwise convolution: one kernel for each channel

| | |
|---|---|
| one kernel, one position | $D_K^{2} = 9$ |
| one kernel, all positions | $D_K^{2} \\cdot D_G^{2}$ |
| all channels | $C_{\\mathrm{dw}} = D_K^{2} \\cdot M \\cdot D_G^{2}$ |
"""


def test_markdown_and_latex_as_they_are_written():
    derivation = derive("separable", {"N": 1024, "D_K": 3})
    assert markdown(derivation).startswith(MARKDOWN_HEAD)
    assert LATEX_RATIO in latex(derivation)
    end = "For $D_K = 3$, $N = 1024$ the ratio is 1033/9216 {} 0.112: 8.9 times fewer multiplications and parameters.\n"
    assert markdown(derivation).endswith(end.format("≈"))
    assert latex(derivation).endswith(end.format(r"$\approx$"))
    assert "$M/G$ channels" in markdown(derive("grouped"))
    assert "$G = N = M$ is" in latex(derive("grouped"))


def test_a_value_too_long_for_the_line_stands_beneath():
    shown = text(derive("separable", {"D_K": 3, "M": 10**12, "N": 10**12, "D_G": 10**6}))
    assert (
        "   what both have, taken out        = M·D_G²·(D_K² + N)\n"
        "                                    = 1 000 000 000 009 000 000 000 000 000 000 000 000\n"
    ) in shown


@pytest.mark.parametrize(
    ("target", "bindings", "message"),
    [
        ("seperable", {}, "E040 there is no derivation of 'seperable' (did you mean 'separable'?)"),
        (
            "x",
            {},
            "E040 there is no derivation of 'x' (one of separable, conv, depthwise, pointwise, grouped, transposed)",
        ),
        ("conv", {"D_X": 3}, "E041 the derivation of conv has no symbol 'D_X' (did you mean 'D_K'?)"),
        ("conv", {"z": 3}, "E041 the derivation of conv has no symbol 'z' (one of M, N, D_K, D_G)"),
        ("conv", {"N": Fraction(1, 2)}, "E042 N = 1/2 is not a whole number of at least 1"),
        ("conv", {"N": 0}, "E042 N = 0 is not a whole number of at least 1"),
        (
            "grouped",
            {"M": 10, "G": 4},
            "E042 M = 10 is not divisible by G = 4 (groups of channels, each convolved apart: G divides M)",
        ),
    ],
)
def test_what_cannot_be_derived(target, bindings, message):
    with pytest.raises(UsageError) as error:
        derive(target, bindings)
    assert str(error.value) == message


def test_a_whole_fraction_is_a_whole_number():
    assert derive("conv", {"N": Fraction(8, 2)}).bindings == {"N": 4}


@pytest.mark.parametrize("target", DERIVATIONS)
def test_a_step_that_does_not_follow_from_the_one_before_is_not_written(target, monkeypatch):
    """With a rule that counts one product too many the lines no longer build on each other."""

    class Wrong(ConvRule):
        def counts(self, op, *inputs):
            from convcost.counts import Counts

            return super().counts(op, *inputs) + Counts(mul=1)

    monkeypatch.setitem(RULES, Conv, Wrong())
    with pytest.raises(ArithmeticError, match="is not"):
        derive(target)


def test_quotients_are_bracketed_where_they_must_be():
    a, b = free_symbol("a", integer=True), free_symbol("b", integer=True)
    letters = {"a": "a", "b": "b"}
    assert formula(a / b, letters) == "a/b"
    assert formula((a + 1) / b, letters) == "(a + 1) / b"
    assert formula(a / b + 1 / b, letters) == "a/b + 1/b"
    assert formula(a / (b + 1), letters) == "a / (b + 1)"
    assert formula(a * (b + 1), letters) == "a·(b + 1)"
    assert formula(a**2 / b**2, letters, latex=True) == r"\frac{a^{2}}{b^{2}}"
