"""Activations that an export has taken apart."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.importers.patterns.view import Found, View, near
from convcost.ops import (
    Affine,
    Clip,
    Gelu,
    HardSigmoid,
    HardSwish,
    Mish,
    Mul,
    Relu6,
    Sigmoid,
    Silu,
    Softplus,
    Tanh,
    Unary,
)


def gated(view: View, index: int) -> Found | None:
    """Recognise x · sigmoid(x), x · hard_sigmoid(x), x · tanh(softplus(x))."""
    for x, gate in view.either(index):
        op = view.op(gate)
        if view.users[gate] != 1:
            continue
        if view.nodes[gate].inputs == (x,):
            if isinstance(op, Sigmoid):
                return Found(Silu(), (x,))
            if op == HardSigmoid():
                return Found(HardSwish(), (x,))
        if isinstance(op, Tanh):
            inner = view.inner(view.nodes[gate].inputs[0], Softplus)
            if inner == (x,):
                return Found(Mish(), (x,))
    return None


def hard_swish(view: View, index: int) -> Found | None:
    """Recognise (x · relu6(x + 3)) / 6."""
    scaled = view.op(index)
    assert isinstance(scaled, Affine)
    if scaled.term is not None or scaled.factor is None or not near(Fraction(scaled.factor), Fraction(1, 6)):
        return None
    (product,) = view.nodes[index].inputs
    if view.inner(product, Mul) is None:
        return None
    for x, gate in view.either(product):
        if _is_ramp(view, gate) == x:
            return Found(HardSwish(), (x,))
    return None


def hard_sigmoid(view: View, index: int) -> Found | None:
    """Recognise relu6(x + 3) / 6."""
    scaled = view.op(index)
    assert isinstance(scaled, Affine)
    if scaled.term is not None or scaled.factor is None or not near(Fraction(scaled.factor), Fraction(1, 6)):
        return None
    x = _is_ramp(view, view.nodes[index].inputs[0])
    return None if x is None else Found(HardSigmoid(), (x,))


def _is_ramp(view: View, index: int) -> int | None:
    """Return x where a node that is used once is relu6(x + 3)."""
    if view.inner(index, Relu6) is None and (view.op(index) != Clip(0, 6) or view.users[index] != 1):
        return None
    shifted = view.term(view.nodes[index].inputs[0])
    return shifted[0] if shifted is not None and shifted[1] == 3 else None


def gelu(view: View, index: int) -> Found | None:
    """Recognise x · (1 + erf(x / √2)) · 1/2, in any order of the factors."""
    for x, bracket in _halved(view, index):
        if _is_erf(view, bracket) == x:
            return Found(Gelu(), (x,))
    return None


def _halved(view: View, index: int) -> Iterator[tuple[int, int]]:
    """Yield what a node may be the product of, apart from one half."""
    op = view.op(index)
    if isinstance(op, Affine):  # (x · bracket) · 1/2
        (product,) = view.nodes[index].inputs
        if op.term is None and op.factor == Fraction(1, 2) and view.inner(product, Mul) is not None:
            yield from view.either(product)
        return
    for left, right in view.either(index):
        for one, other in ((left, right), (right, left)):
            halved = view.factor(one)
            if halved is not None and halved[1] == Fraction(1, 2):  # (x · 1/2) · bracket, x · (bracket · 1/2)
                yield halved[0], other
                yield other, halved[0]


def _is_erf(view: View, index: int) -> int | None:
    """Return x where a node that is used once is 1 + erf(x / √2)."""
    added = view.term(index)
    if added is None or added[1] != 1 or view.op(added[0]) != Unary("erf") or view.users[added[0]] != 1:
        return None
    scaled = view.factor(view.nodes[added[0]].inputs[0])
    return scaled[0] if scaled is not None and near(scaled[1], 0.7071067811865476) else None
