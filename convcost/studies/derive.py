"""Derivations step by step, as a lecture would write them: what a convolution multiplies, and what it saves.

No line is canned. Every expression is what the rules say of an op whose extents are symbols (a single position, one
channel, the whole layer), and each is held against the one before it times or plus what the step adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from convcost.errors import UsageError, one_of
from convcost.ops import Conv, Op, Shape, TransposedConv
from convcost.rules import rule_of
from convcost.symbols import is_symbolic, product
from convcost.symbols.arith import exact
from convcost.units import decimal

if TYPE_CHECKING:
    from sympy import Expr

Number: TypeAlias = int | Fraction

MEANINGS: Mapping[str, str] = {
    "D_K": "height and width of the kernel",
    "s": "stride",
    "m": "kernels for each channel (channel multiplier)",
    "M": "input channels",
    "N": "output channels",
    "G": "groups of channels, each convolved apart",
    "D_F": "height and width of the input map",
    "D_G": "height and width of the output map",
}
"""What the symbols stand for (arXiv:1704.04861, section 3.1), in the order in which a product is written."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line.

    Attributes
    ----------
    part : str
        The heading it stands under.
    text : str
        What is counted, in plain words.
    symbol : str
        Name of the quantity, "C_dw" or "C_sep/C_std"; empty for a step on the way.
    expression : Expr
        What it is, as it is written at this step.
    value : int or Fraction, optional
        What it comes to, if all its symbols have values.
    """

    part: str
    text: str
    symbol: str
    expression: Expr
    value: Number | None


@dataclass(frozen=True, slots=True)
class Derivation:
    """The lines of a lecture.

    Attributes
    ----------
    symbols : tuple of (symbol, meaning)
        In the order in which products are written.
    bindings : mapping of str to Number
        The symbols that have values.
    conclusion : str
        One sentence with the saving as a number; empty where the symbols it depends on have no values.
    """

    title: str
    target: str
    symbols: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    bindings: Mapping[str, Number] = field(default_factory=dict)
    conclusion: str = ""


def derive(target: str, bindings: Mapping[str, Number] | None = None) -> Derivation:
    """Derive what a convolution multiplies, step by step.

    Parameters
    ----------
    target : str
        One of ``DERIVATIONS``: "separable", "conv", "depthwise", "pointwise", "grouped", "transposed".
    bindings : mapping of str to int, optional
        Values for some or all symbols: whole numbers, at least 1. "depthwise" has a channel multiplier if m has one.

    Raises
    ------
    UsageError
        E040 for an unknown target, E041 for an unknown symbol, E042 for a value that is not possible.

    Examples
    --------
    >>> ratio = derive("separable", {"N": 1024, "D_K": 3}).steps[-1]
    >>> ratio.expression, ratio.value
    (1/N + D_K**(-2), Fraction(1033, 9216))
    """
    if target not in DERIVATIONS:
        raise UsageError("E040", f"there is no derivation of {target!r}", hint=one_of(target, DERIVATIONS))
    recipe = DERIVATIONS[target]
    values = {name: exact(value) for name, value in (bindings or {}).items()}
    known = recipe.symbols + recipe.optional
    for name, value in values.items():
        if name not in known:
            raise UsageError("E041", f"the derivation of {target} has no symbol {name!r}", hint=one_of(name, known))
        if is_symbolic(value) or not isinstance(value, int) or value < 1:
            raise UsageError("E042", f"{name} = {value} is not a whole number of at least 1")
    for divisor, dividend in recipe.divides:
        if divisor in values and dividend in values and values[dividend] % values[divisor]:
            message = f"{dividend} = {values[dividend]} is not divisible by {divisor} = {values[divisor]}"
            raise UsageError("E042", message, hint=f"{MEANINGS[divisor]}: {divisor} divides {dividend}")
    used = [name for name in MEANINGS if name in recipe.symbols or name in values]
    board = _Board(used, values)
    recipe.lecture(board)
    symbols = tuple((name, MEANINGS[name]) for name in used)
    return Derivation(recipe.title, target, symbols, tuple(board.steps), values, board.conclusion)


class _Board:
    """The lines written so far; each is checked against those it is made of."""

    def __init__(self, symbols: list[str], values: Mapping[str, Number]) -> None:
        from convcost.symbols.floordiv import free_symbol, substitution

        self.symbols: dict[str, Expr] = {name: free_symbol(name, integer=True) for name in symbols}
        self.steps: list[Step] = []
        self.conclusion = ""
        self._part = ""
        self._values = values
        self._value = substitution({self.symbols[name]: value for name, value in values.items()})

    def __getitem__(self, name: str) -> Expr:
        return self.symbols[name]

    def part(self, heading: str) -> None:
        """Begin a part."""
        self._part = heading

    def write(self, text: str, expression: Expr, *, made: Expr | None = None, symbol: str = "") -> Expr:
        """Write a line and return its expression; ``made`` is what earlier lines make of it."""
        if made is not None and not _equal(expression, made):
            raise ArithmeticError(f"{text}: {expression} is not {made}")
        value = self._value(expression)
        number = None if is_symbolic(value) else value
        self.steps.append(Step(self._part, text, symbol, expression, number))
        return expression

    def divide(self, symbol: str, numerator: Expr, denominator: Expr) -> Expr:
        """Write a ratio out, cancelled, and as a sum if it is one."""
        from sympy import Mul, Pow, expand, factor

        whole = Mul(numerator, Pow(denominator, -1, evaluate=False), evaluate=False)
        self.write("written out", whole, symbol=symbol)
        cancelled = self.write("cancelled", factor(numerator) / denominator, made=whole.doit(), symbol=symbol)
        ratio = expand(cancelled)
        if ratio.is_Add:
            self.write("term by term", ratio, made=cancelled, symbol=symbol)
        return ratio

    def conclude(self, ratio: Expr, less: str, more: str) -> None:
        """Say the ratio as a number, if it is one: ``less`` things, or ``more`` where there is nothing to save."""
        value = self._value(ratio)
        if is_symbolic(value):
            return
        given = ", ".join(f"{name} = {self._values[name]}" for name in self.symbols if ratio.has(self.symbols[name]))
        shown = str(value)
        if value.denominator > 1:
            digits = _digits(value)
            shown += f" = {digits.rstrip('0')}" if Fraction(digits) == value else f" ≈ {digits}"
        if value < 1:
            self.conclusion = f"For {given} the ratio is {shown}: {_digits(1 / Fraction(value), 2)} times fewer {less}."
        else:
            self.conclusion = f"For {given} the ratio is {shown}: {more}."


def _equal(left: Expr, right: Expr) -> bool:
    from sympy import expand

    return bool(expand(left - right) == 0)


def _digits(value: Number, digits: int = 3) -> str:
    """Write a positive number with so many significant digits, or as a whole number.

    >>> _digits(Fraction(1033, 9216)), _digits(Fraction(9216, 1033), 2), _digits(Fraction(1, 900)), _digits(512, 2)
    ('0.112', '8.9', '0.00111', '512')
    """
    value = exact(value)
    if isinstance(value, int):
        return decimal(value, 0)
    places = digits
    while value * 10 ** (places - digits + 1) < 1:
        places += 1
    while places and value >= 10 ** (digits - places):
        places -= 1
    return decimal(value, places)


def _products(op: Op, shape: Shape) -> Expr:
    return rule_of(op).counts(op, shape)["mul"]


def _positions(op: Op, shape: Shape) -> Expr:
    return product(rule_of(op).output(op, shape)[2:])


def _weights(op: Op, shape: Shape) -> Expr:
    return rule_of(op).parameters(op, shape).weight


def _standard(board: _Board, channels: Expr, kernels: Expr) -> Expr:
    """Write the part on the standard convolution; return its products."""
    size = board["D_G"]
    board.part("Standard convolution: each kernel reaches over all channels")
    over = _one_kernel(board, board["D_K"], channels)
    conv = Conv((board["D_K"],) * 2, kernels, padding="same")
    total = _products(conv, (1, channels, size, size))
    return board.write("all kernels", total, made=over * kernels, symbol="C_std")


def _one_kernel(board: _Board, extent: Expr | int, channels: Expr | int) -> Expr:
    """Write what one kernel over some channels multiplies, at one position and at all; return the latter."""
    size, window = board["D_G"], (extent, extent)
    once = board.write("one kernel, one position", _products(Conv(window, 1), (1, channels, *window)))
    conv, x = Conv(window, 1, padding="same"), (1, channels, size, size)
    return board.write("one kernel, all positions", _products(conv, x), made=once * _positions(conv, x))


def _depthwise(board: _Board, multiplier: Expr | int = 1) -> Expr:
    """Write the part on the depthwise convolution; return its products."""
    k, m, size = board["D_K"], board["M"], board["D_G"]
    window = (k, k)
    each = "one kernel" if multiplier == 1 else "m kernels"
    board.part(f"Depthwise convolution: {each} for each channel")
    over = _one_kernel(board, k, 1)
    if multiplier != 1:
        conv = Conv(window, multiplier, padding="same")
        over = board.write("one channel", _products(conv, (1, 1, size, size)), made=over * multiplier)
    conv = Conv(window, multiplier * m, padding="same", groups=m)
    return board.write("all channels", _products(conv, (1, m, size, size)), made=over * m, symbol="C_dw")


def _pointwise(board: _Board) -> Expr:
    """Write the part on the pointwise convolution; return its products."""
    m, n, size = board["M"], board["N"], board["D_G"]
    board.part("Pointwise convolution: 1 × 1 kernels that reach over all channels")
    over = _one_kernel(board, 1, m)
    return board.write("all kernels", _products(Conv((1, 1), n), (1, m, size, size)), made=over * n, symbol="C_pw")


def _separable_lecture(board: _Board) -> None:
    from sympy import factor

    k, m, n, size = (board[name] for name in ("D_K", "M", "N", "D_G"))
    c_dw = _depthwise(board)
    c_pw = _pointwise(board)
    board.part("Depthwise separable convolution: one after the other")
    c_sep = board.write("depthwise + pointwise", c_dw + c_pw, symbol="C_sep")
    c_sep = board.write("what both have, taken out", factor(c_sep), made=c_sep, symbol="C_sep")
    c_std = _standard(board, m, n)
    board.part("Ratio of separable to standard")
    ratio = board.divide("C_sep/C_std", c_sep, c_std)

    board.part("Parameters: all positions share the kernels, so D_G drops out")
    x, window = (1, m, size, size), (k, k)
    w_dw = board.write("depthwise", _weights(Conv(window, m, groups=m, padding="same"), x), symbol="W_dw")
    w_pw = board.write("pointwise", _weights(Conv((1, 1), n), x), symbol="W_pw")
    w_sep = board.write("both", factor(w_dw + w_pw), made=w_dw + w_pw, symbol="W_sep")
    w_std = board.write("standard", _weights(Conv(window, n, padding="same"), x), symbol="W_std")
    _same_ratio(board, "W_sep/W_std", w_sep / w_std, ratio)
    board.conclude(ratio, "multiplications and parameters", "nothing is saved")


def _conv_lecture(board: _Board) -> None:
    k, m, n, size = (board[name] for name in ("D_K", "M", "N", "D_G"))
    _standard(board, m, n)
    board.part("Parameters: all positions share the kernels, so D_G drops out")
    one = board.write("one kernel", _weights(Conv((k, k), 1, padding="same"), (1, m, size, size)))
    total = _weights(Conv((k, k), n, padding="same"), (1, m, size, size))
    board.write("all kernels", total, made=one * n, symbol="W_std")


def _depthwise_lecture(board: _Board) -> None:
    k, m, size = (board[name] for name in ("D_K", "M", "D_G"))
    multiplier = board.symbols.get("m", 1)
    c_dw = _depthwise(board, multiplier)
    c_std = _standard(board, m, multiplier * m)
    board.part("Ratio of depthwise to standard, with as many output channels")
    ratio = board.divide("C_dw/C_std", c_dw, c_std)
    board.part("Parameters: all positions share the kernels, so D_G drops out")
    x, out = (1, m, size, size), multiplier * m
    w_dw = board.write("depthwise", _weights(Conv((k, k), out, groups=m, padding="same"), x), symbol="W_dw")
    w_std = board.write("standard", _weights(Conv((k, k), out, padding="same"), x), symbol="W_std")
    _same_ratio(board, "W_dw/W_std", w_dw / w_std, ratio)
    board.conclude(ratio, "multiplications and parameters", "nothing is saved")


def _pointwise_lecture(board: _Board) -> None:
    k, m, n, size = (board[name] for name in ("D_K", "M", "N", "D_G"))
    c_pw = _pointwise(board)
    c_std = _standard(board, m, n)
    board.part("Ratio of pointwise to standard")
    ratio = board.divide("C_pw/C_std", c_pw, c_std)
    board.part("Parameters: all positions share the kernels, so D_G drops out")
    x = (1, m, size, size)
    w_pw = board.write("pointwise", _weights(Conv((1, 1), n), x), symbol="W_pw")
    w_std = board.write("standard", _weights(Conv((k, k), n, padding="same"), x), symbol="W_std")
    _same_ratio(board, "W_pw/W_std", w_pw / w_std, ratio)
    board.conclude(ratio, "multiplications and parameters", "nothing is saved")


def _grouped_lecture(board: _Board) -> None:
    k, g, m, n, size = (board[name] for name in ("D_K", "G", "M", "N", "D_G"))
    window, x = (k, k), (1, m, size, size)
    grouped = Conv(window, n, padding="same", groups=g)
    board.part("Grouped convolution: a kernel reaches over the M/G channels of its group")
    over = _one_kernel(board, k, m / g)
    c_grp = board.write("all kernels", _products(grouped, x), made=over * n, symbol="C_grp")
    c_std = _standard(board, m, n)
    board.part("Ratio of grouped to standard")
    ratio = board.divide("C_grp/C_std", c_grp, c_std)
    board.part("As many groups as channels: G = N = M is the depthwise convolution")
    depthwise = _products(Conv(window, m, padding="same", groups=m), x)
    board.write("a channel a group", depthwise, made=c_grp.subs({g: m, n: m}), symbol="C_dw")
    board.part("Parameters: all positions share the kernels, so D_G drops out")
    w_grp = board.write("grouped", _weights(grouped, x), symbol="W_grp")
    w_std = board.write("standard", _weights(Conv(window, n, padding="same"), x), symbol="W_std")
    _same_ratio(board, "W_grp/W_std", w_grp / w_std, ratio)
    board.conclude(ratio, "multiplications and parameters", "one group is the standard convolution")


def _transposed_lecture(board: _Board) -> None:
    k, s, m, n, small, large = (board[name] for name in ("D_K", "s", "M", "N", "D_F", "D_G"))

    def transposed(kernels: Expr | int) -> TransposedConv:
        return TransposedConv((k, k), kernels, stride=s, padding="same")

    board.part("Transposed convolution: each input element times each kernel")
    once = board.write("one element, one kernel", _products(transposed(1), (1, 1, 1, 1)))
    over = board.write("one channel, one kernel", _products(transposed(1), (1, 1, small, small)), made=once * small**2)
    deep = board.write("all channels, one output", _products(transposed(1), (1, m, small, small)), made=over * m)
    total = _products(transposed(n), (1, m, small, small))
    c_tr = board.write("all outputs", total, made=deep * n, symbol="C_tr")
    board.part("Seen from the output, which is s times as high and wide")
    extent = rule_of(transposed(n)).output(transposed(n), (1, m, small, small))[-1]
    board.write("height and width", extent, symbol="D_G")
    seen = board.write("all outputs", c_tr.subs(small, large / s), symbol="C_tr")
    if not _equal(seen.subs(large, extent), c_tr):
        raise ArithmeticError(f"{seen} is not {c_tr} for D_G = {extent}")
    c_std = _standard(board, m, n)
    board.part("Ratio of transposed to standard, with an output as large")
    ratio = board.divide("C_tr/C_std", seen, c_std)
    board.part("Parameters: all positions share the kernels, so D_F drops out")
    board.write("all kernels", _weights(transposed(n), (1, m, small, small)), symbol="W_tr")
    board.conclude(ratio, "multiplications", "with stride 1 there is no difference")


def _same_ratio(board: _Board, symbol: str, quotient: Expr, ratio: Expr) -> None:
    from sympy import expand

    board.write("the same ratio", expand(quotient), made=ratio, symbol=symbol)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a derivation is about, which symbols it has, and how it goes."""

    title: str
    symbols: tuple[str, ...]
    lecture: Callable[[_Board], None]
    optional: tuple[str, ...] = ()
    divides: tuple[tuple[str, str], ...] = ()


DERIVATIONS: Mapping[str, Recipe] = {
    "separable": Recipe("Depthwise separable convolution", ("M", "N", "D_K", "D_G"), _separable_lecture),
    "conv": Recipe("Standard convolution", ("M", "N", "D_K", "D_G"), _conv_lecture),
    "depthwise": Recipe("Depthwise convolution", ("M", "D_K", "D_G"), _depthwise_lecture, ("m",)),
    "pointwise": Recipe("Pointwise convolution", ("M", "N", "D_K", "D_G"), _pointwise_lecture),
    "grouped": Recipe(
        "Grouped convolution",
        ("M", "N", "G", "D_K", "D_G"),
        _grouped_lecture,
        divides=(("G", "M"), ("G", "N")),
    ),
    "transposed": Recipe("Transposed convolution", ("M", "N", "D_K", "D_F", "D_G", "s"), _transposed_lecture),
}
"""What can be derived, by target."""
