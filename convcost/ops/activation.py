"""Activations: element by element, except softmax, log_softmax and maxout."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from convcost.ops._op import Op, arg


class Relu(Op):
    """max(x, 0)."""

    name: ClassVar[str] = "relu"


class Relu6(Op):
    """min(max(x, 0), 6)."""

    name: ClassVar[str] = "relu6"


class LeakyRelu(Op):
    """max(x, slope · x), for 0 ≤ slope ≤ 1."""

    name: ClassVar[str] = "leaky_relu"

    slope: Fraction = arg("rational", "slope below zero", default=Fraction(1, 100))


class PRelu(Op):
    """max(x, 0) + slope · min(x, 0) with a learned slope, one for each channel or one for all."""

    name: ClassVar[str] = "prelu"

    shared: bool = arg("flag", "one slope for all channels", default=False)


class Sigmoid(Op):
    """1 / (1 + exp(0 - x))."""

    name: ClassVar[str] = "sigmoid"


class HardSigmoid(Op):
    """min(max(x · slope + offset, 0), 1)."""

    name: ClassVar[str] = "hard_sigmoid"

    slope: Fraction = arg("rational", "slope between the bounds", default=Fraction(1, 6))
    offset: Fraction = arg("rational", "value at zero", default=Fraction(1, 2))


class Silu(Op):
    """x · sigmoid(x), also called swish."""

    name: ClassVar[str] = "silu"


class HardSwish(Op):
    """x · hard_sigmoid(x), with the slope 1/6 and the offset 1/2."""

    name: ClassVar[str] = "hard_swish"


class Gelu(Op):
    """(x · 1/2) · (1 + erf(x · 1/√2)), or tanh in the place of erf.

    ``tanh`` approximates: (x · 1/2) · (1 + tanh((x + x · x · x · 0.044715) · √(2/π))).
    """

    name: ClassVar[str] = "gelu"

    approximate: str = arg("word", "what is used for erf", default="none", choices=("none", "tanh"))


class Tanh(Op):
    """Hyperbolic tangent."""

    name: ClassVar[str] = "tanh"


class Softmax(Op):
    """exp(x - m) / Σ exp(x - m) along an axis, m being the maximum along it."""

    name: ClassVar[str] = "softmax"

    axis: int = arg("int", "axis summed over, batch being 0", default=1)


class Maxout(Op):
    """Maximum over ``pieces`` neighbouring channels: (N, C, *spatial) to (N, C / pieces, *spatial)."""

    name: ClassVar[str] = "maxout"

    pieces: int = arg("int", "channels that compete for one output")


class LogSoftmax(Op):
    """(x - m) - log Σ exp(x - m) along an axis, m being the maximum along it."""

    name: ClassVar[str] = "log_softmax"

    axis: int = arg("int", "axis summed over, batch being 0", default=1)


class Elu(Op):
    """max(x, 0) + α · (exp(min(x, 0)) - 1)."""

    name: ClassVar[str] = "elu"

    alpha: Fraction = arg("rational", "what is approached far below zero, negated", default=Fraction(1))


class Celu(Op):
    """max(x, 0) + α · (exp(min(x, 0) · 1/α) - 1)."""

    name: ClassVar[str] = "celu"

    alpha: Fraction = arg("rational", "what is approached far below zero, negated", default=Fraction(1))


class Selu(Op):
    """λ · (max(x, 0) + α · (exp(min(x, 0)) - 1)), with λ = 1.0507 and α = 1.6733."""

    name: ClassVar[str] = "selu"


class Softplus(Op):
    """log(1 + exp(x)), as max(x, 0) + log(1 + exp(0 - |x|))."""

    name: ClassVar[str] = "softplus"


class Mish(Op):
    """x · tanh(softplus(x))."""

    name: ClassVar[str] = "mish"


class Softsign(Op):
    """x / (1 + |x|)."""

    name: ClassVar[str] = "softsign"


class Clip(Op):
    """min(max(x, min), max); a bound that is absent does nothing."""

    name: ClassVar[str] = "clip"

    min: int | Fraction | None = arg("rational", "lower bound; absent: none", default=None)
    max: int | Fraction | None = arg("rational", "upper bound; absent: none", default=None)
