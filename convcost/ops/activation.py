"""Activations: element by element, except softmax and maxout."""

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
    """min(max(x · 1/6 + 1/2, 0), 1)."""

    name: ClassVar[str] = "hard_sigmoid"


class Silu(Op):
    """x · sigmoid(x), also called swish."""

    name: ClassVar[str] = "silu"


class HardSwish(Op):
    """x · hard_sigmoid(x)."""

    name: ClassVar[str] = "hard_swish"


class Gelu(Op):
    """(x · 1/2) · (1 + erf(x · 1/√2))."""

    name: ClassVar[str] = "gelu"


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
