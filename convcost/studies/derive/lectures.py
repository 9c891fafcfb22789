"""What a lecture writes of each kind of convolution: single position, one channel, whole layer, ratio, parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from convcost.ops import Conv, Op, Shape, TransposedConv
from convcost.rules import rule_of
from convcost.studies.derive.board import Board, equal
from convcost.symbols import product

if TYPE_CHECKING:
    from sympy import Expr


def _products(op: Op, shape: Shape) -> Expr:
    return rule_of(op).counts(op, shape)["mul"]


def _positions(op: Op, shape: Shape) -> Expr:
    return product(rule_of(op).output(op, shape)[2:])


def _weights(op: Op, shape: Shape) -> Expr:
    return rule_of(op).parameters(op, shape).weight


def _standard(board: Board, channels: Expr, kernels: Expr) -> Expr:
    """Write the part on the standard convolution; return its products."""
    size = board["D_G"]
    board.part("Standard convolution: each kernel reaches over all channels")
    over = _one_kernel(board, board["D_K"], channels)
    conv = Conv((board["D_K"],) * 2, kernels, padding="same")
    total = _products(conv, (1, channels, size, size))
    return board.write("all kernels", total, made=over * kernels, symbol="C_std")


def _one_kernel(board: Board, extent: Expr | int, channels: Expr | int) -> Expr:
    """Write what one kernel over some channels multiplies, at one position and at all; return the latter."""
    size, window = board["D_G"], (extent, extent)
    once = board.write("one kernel, one position", _products(Conv(window, 1), (1, channels, *window)))
    conv, x = Conv(window, 1, padding="same"), (1, channels, size, size)
    return board.write("one kernel, all positions", _products(conv, x), made=once * _positions(conv, x))


def _depthwise(board: Board, multiplier: Expr | int = 1) -> Expr:
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


def _pointwise(board: Board) -> Expr:
    """Write the part on the pointwise convolution; return its products."""
    m, n, size = board["M"], board["N"], board["D_G"]
    board.part("Pointwise convolution: 1 × 1 kernels that reach over all channels")
    over = _one_kernel(board, 1, m)
    return board.write("all kernels", _products(Conv((1, 1), n), (1, m, size, size)), made=over * n, symbol="C_pw")


def _separable_lecture(board: Board) -> None:
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
    board.part("As much as standard: with fewer output channels, separable costs more")
    board.write("the ratio is 1 for", k**2 / (k**2 - 1), made=_solved(ratio, n), symbol="N")

    board.part("Parameters: all positions share the kernels, so D_G drops out")
    x, window = (1, m, size, size), (k, k)
    w_dw = board.write("depthwise", _weights(Conv(window, m, groups=m, padding="same"), x), symbol="W_dw")
    w_pw = board.write("pointwise", _weights(Conv((1, 1), n), x), symbol="W_pw")
    w_sep = board.write("both", factor(w_dw + w_pw), made=w_dw + w_pw, symbol="W_sep")
    w_std = board.write("standard", _weights(Conv(window, n, padding="same"), x), symbol="W_std")
    _same_ratio(board, "W_sep/W_std", w_sep / w_std, ratio)
    board.conclude(ratio, "multiplications and parameters", "nothing is saved")


def _conv_lecture(board: Board) -> None:
    k, m, n, size = (board[name] for name in ("D_K", "M", "N", "D_G"))
    _standard(board, m, n)
    board.part("Parameters: all positions share the kernels, so D_G drops out")
    one = board.write("one kernel", _weights(Conv((k, k), 1, padding="same"), (1, m, size, size)))
    total = _weights(Conv((k, k), n, padding="same"), (1, m, size, size))
    board.write("all kernels", total, made=one * n, symbol="W_std")


def _depthwise_lecture(board: Board) -> None:
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


def _pointwise_lecture(board: Board) -> None:
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


def _grouped_lecture(board: Board) -> None:
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


def _transposed_lecture(board: Board) -> None:
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
    if not equal(seen.subs(large, extent), c_tr):
        raise ArithmeticError(f"{seen} is not {c_tr} for D_G = {extent}")
    c_std = _standard(board, m, n)
    board.part("Ratio of transposed to standard, with an output as large")
    ratio = board.divide("C_tr/C_std", seen, c_std)
    board.part("Parameters: all positions share the kernels, so D_F drops out")
    board.write("all kernels", _weights(transposed(n), (1, m, small, small)), symbol="W_tr")
    board.conclude(ratio, "multiplications", "with stride 1 there is no difference")


def _solved(ratio: Expr, symbol: Expr) -> Expr:
    """Return the value of a symbol at which a ratio is 1."""
    from sympy import solve

    (value,) = solve(ratio - 1, symbol)
    return value


def _same_ratio(board: Board, symbol: str, quotient: Expr, ratio: Expr) -> None:
    from sympy import expand

    board.write("the same ratio", expand(quotient), made=ratio, symbol=symbol)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a derivation is about, which symbols it has, and how it goes."""

    title: str
    symbols: tuple[str, ...]
    lecture: Callable[[Board], None]
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
