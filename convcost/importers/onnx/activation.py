"""Activations."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convcost.importers.builder import Tensor, counted
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import MICROSOFT, Answer, Call, operator
from convcost.importers.onnx.folding import folded_unary
from convcost.ops import (
    Add,
    Affine,
    Celu,
    Clip,
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Mish,
    Mul,
    Op,
    PRelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from convcost.symbols import product

FAR = 10**38
"""No number of 32 bits is much beyond it: such a bound bounds nothing."""

PLAIN: dict[str, Op] = {
    "Relu": Relu(),
    "Sigmoid": Sigmoid(),
    "Tanh": Tanh(),
    "Softplus": Softplus(),
    "Softsign": Softsign(),
    "Mish": Mish(),
    "HardSwish": HardSwish(),
}


@operator(*PLAIN)
def plain(call: Call) -> Answer:
    """Return an activation without attributes."""
    value = call.value(0)
    if isinstance(value, Constant):
        return folded_unary(call.node.operator, value)
    return call.add(PLAIN[call.node.operator], value)


@operator("LeakyRelu")
def leaky_relu(call: Call) -> Tensor:
    """Return max(x, slope · x)."""
    return call.add(LeakyRelu(Fraction(call.number("alpha", Fraction(1, 100)))), call.tensor(0))


@operator("Elu")
def elu(call: Call) -> Tensor:
    """Return the exponential linear unit."""
    return call.add(Elu(Fraction(call.number("alpha", 1))), call.tensor(0))


@operator("Celu")
def celu(call: Call) -> Tensor:
    """Return the continuous exponential linear unit."""
    return call.add(Celu(Fraction(call.number("alpha", 1))), call.tensor(0))


@operator("Selu")
def selu(call: Call) -> Tensor:
    """Return the scaled exponential linear unit; its constants are those of the paper."""
    usual = (("alpha", Fraction(167326, 100_000)), ("gamma", Fraction(10507, 10_000)))
    if any(abs(call.number(name, value) - value) > Fraction(1, 1000) for name, value in usual):
        raise call.wrong("other constants than those of the paper are not read")
    return call.add(Selu(), call.tensor(0))


@operator("HardSigmoid")
def hard_sigmoid(call: Call) -> Tensor:
    """Return min(max(x · slope + offset, 0), 1)."""
    slope, offset = call.number("alpha", Fraction(1, 5)), call.number("beta", Fraction(1, 2))
    # a sixth is no decimal: what a float has of it is taken for it
    slope = Fraction(1, 6) if abs(slope - Fraction(1, 6)) < Fraction(1, 10**5) else Fraction(slope)
    return call.add(HardSigmoid(slope, Fraction(offset)), call.tensor(0))


@operator("Gelu")
@operator("Gelu", "FastGelu", "BiasGelu", "QuickGelu", domain=MICROSOFT)
def gelu(call: Call) -> Tensor:
    """Return the Gaussian error linear unit, after adding a bias where there is one."""
    x = call.tensor(0)
    name = call.node.operator
    if call.has(1):
        x = call.builder.add(Add(), x, call.beside(x, call.weights(1)), name=f"{call.node.place}/bias")
    if name == "QuickGelu":
        gate = call.builder.add(Affine(factor=call.number("alpha", Fraction(1702, 1000))), x)
        return call.add(Mul(), x, call.builder.add(Sigmoid(), gate))
    word = "tanh" if name == "FastGelu" else call.word("approximate", "none")
    if word not in {"none", "tanh"}:
        raise call.wrong(f"the approximation {word!r} is not known")
    return call.add(Gelu(word), x)


@operator("Swish")
def swish(call: Call) -> Tensor:
    """Return x · sigmoid(α · x)."""
    x, alpha = call.tensor(0), call.number("alpha", 1)
    if alpha == 1:
        return call.add(Silu(), x)
    return call.add(Mul(), x, call.builder.add(Sigmoid(), call.builder.add(Affine(factor=alpha), x)))


@operator("PRelu")
def prelu(call: Call) -> Tensor:
    """Return the rectifier with stored slopes, one for all or one for each channel."""
    x = call.image()
    slope = call.weights(1)
    channels = x.own[0] if x.own else 1
    wide = (*(1,) * (x.rank - len(slope.shape)), *slope.shape)
    if slope.size == 1:
        return call.add(PRelu(shared=True), x, weights=(slope.reshaped((1,)),))
    if slope.size == channels and (wide[1:2] == (channels,)):
        return call.add(PRelu(), x, weights=(slope.reshaped((slope.size,)),))
    raise call.wrong(f"{slope.size} slopes are not one for each of {channels} channels")


@operator("Clip")
def clip(call: Call) -> Answer:
    """Return min(max(x, low), high); bounds stand in attributes before version 11, and in inputs since."""
    low, high = (_bound(call, place, name) for place, name in ((1, "min"), (2, "max")))
    value = call.value(0)
    if isinstance(value, Constant):
        return folded_unary("Clip", value, low, high)
    if (low, high) == (0, 6):
        return call.add(Relu6(), value)
    if (low, high) == (0, None):
        return call.add(Relu(), value)
    if low is None and high is None:
        return value
    return call.add(Clip(low, high), value)


def _bound(call: Call, place: int, name: str) -> int | Fraction | None:
    """Return a bound; one that no number is beyond is none."""
    if call.has(place):
        found = call.constant(place, "a bound").exact
        if len(found) != 1:
            raise call.wrong(f"a bound of {len(found)} elements is none")
        value: Any = found[0]
    elif call.given(name) is not None:
        value = call.number(name, 0)
    else:
        return None
    if isinstance(value, float) or abs(value) >= FAR:
        return None
    return Fraction(value) if isinstance(value, Fraction) else int(value)


@operator("Softmax", "LogSoftmax")
def softmax(call: Call) -> Tensor:
    """Return the softmax along an axis; before version 13 along all axes from one on, as one."""
    x = call.tensor(0)
    op: type[Softmax | LogSoftmax] = Softmax if call.node.operator == "Softmax" else LogSoftmax
    if call.version >= 13:
        return call.add(op(x.axis(call.integer("axis", -1))), x)
    first = counted(call.integer("axis", 1), x.rank)
    extents = x.shape[first:]
    wide = [axis for axis in range(first, x.rank) if x.shape[axis] != 1]
    if len(wide) <= 1:
        return call.add(op(x.axis(wide[0] if wide else x.rank - 1)), x)
    flat = call.builder.reshape(x, (*x.shape[:first], product(extents)))
    return call.builder.reshape(call.add(op(flat.axis(-1)), flat), x.shape)
