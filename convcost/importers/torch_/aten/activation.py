"""Activations."""

from __future__ import annotations

from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.elementwise import mul
from convcost.importers.torch_.site import Operand, Site, rational
from convcost.ops import (
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
    Op,
    PRelu,
    Relu,
    Relu6,
    Selu,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Split,
    Tanh,
)

PLAIN: dict[str, type[Op]] = {
    "relu": Relu,
    "relu6": Relu6,
    "sigmoid": Sigmoid,
    "hardsigmoid": HardSigmoid,
    "silu": Silu,
    "hardswish": HardSwish,
    "tanh": Tanh,
    "mish": Mish,
    "selu": Selu,
}


@operator(*PLAIN)
def plain(site: Site, self: Operand) -> Tensor:
    """Return an activation without arguments."""
    return site.add(PLAIN[site.call.operator](), site.tensor(self))


@operator("gelu")
def gelu(site: Site, self: Operand, approximate: str = "none") -> Tensor:
    """``gelu``."""
    return site.add(Gelu(approximate), site.tensor(self))


@operator("leaky_relu")
def leaky_relu(site: Site, self: Operand, negative_slope: float = 0.01) -> Tensor:
    """``leaky_relu``."""
    return site.add(LeakyRelu(Fraction(rational(negative_slope))), site.tensor(self))


@operator("prelu")
def prelu(site: Site, self: Operand, weight: Operand) -> Tensor:
    """``prelu``: a slope for each channel, or one for all."""
    tensor = site.builder.with_batch(site.tensor(self))
    return site.add(PRelu(shared=tuple(weight.shape) == (1,)), tensor, weights=(weight,))


@operator("elu")
def elu(site: Site, self: Operand, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Tensor:
    """``elu``."""
    if scale != 1 or input_scale != 1:
        raise ModelError("E743", "its scales are not 1")
    return site.add(Elu(Fraction(rational(alpha))), site.tensor(self))


@operator("celu")
def celu(site: Site, self: Operand, alpha: float = 1) -> Tensor:
    """``celu``."""
    return site.add(Celu(Fraction(rational(alpha))), site.tensor(self))


@operator("softplus")
def softplus(site: Site, self: Operand, beta: float = 1, threshold: float = 20) -> Tensor:
    """``softplus``; PyTorch leaves out the logarithm beyond a threshold where it makes no difference."""
    del threshold
    if beta != 1:
        raise ModelError("E743", f"its beta is {beta}, and not 1")
    return site.add(Softplus(), site.tensor(self))


@operator("log_sigmoid")
def log_sigmoid(site: Site, self: Operand) -> Tensor:
    """``log_sigmoid``: minus the softplus of what is negated."""
    negated = site.add(Affine(factor=-1), site.tensor(self), part="negated")
    return site.add(Affine(factor=-1), site.add(Softplus(), negated, part="softplus"))


@operator("hardtanh", "clamp", "clip")
def clamp(
    site: Site,
    self: Operand,
    min_val: float = -1,
    max_val: float = 1,
    **bounds: float | None,
) -> Tensor:
    """``clamp`` and ``hardtanh``; from 0 to 6 it is the activation of that name."""
    if site.call.operator == "hardtanh":
        low: float | None = min_val
        high: float | None = max_val
    else:
        low, high = bounds.get("min"), bounds.get("max")
    if (low, high) == (0, 6):
        return site.add(Relu6(), site.tensor(self))
    op = Clip(None if low is None else rational(low), None if high is None else rational(high))
    return site.add(op, site.tensor(self))


@operator("clamp_min", "clamp_max")
def clamp_one(site: Site, self: Operand, **bounds: float) -> Tensor:
    """``clamp_min`` and ``clamp_max``."""
    low, high = bounds.get("min"), bounds.get("max")
    op = Clip(None if low is None else rational(low), None if high is None else rational(high))
    return site.add(op, site.tensor(self))


@operator("softmax", "_softmax", "special_softmax")
def softmax(site: Site, self: Operand, dim: int, dtype: object = None, half_to_float: bool = False) -> Tensor:
    """``softmax`` along an axis."""
    del dtype, half_to_float
    tensor = site.tensor(self)
    return site.add(Softmax(tensor.axis(dim)), tensor)


@operator("log_softmax", "_log_softmax")
def log_softmax(site: Site, self: Operand, dim: int, dtype: object = None, half_to_float: bool = False) -> Tensor:
    """``log_softmax`` along an axis."""
    del dtype, half_to_float
    tensor = site.tensor(self)
    return site.add(LogSoftmax(tensor.axis(dim)), tensor)


@operator("glu")
def glu(site: Site, self: Operand, dim: int = -1) -> Tensor:
    """``glu``: one half of an axis, times the sigmoid of the other."""
    tensor = site.tensor(self)
    axis = tensor.axis(dim)
    first = site.add(Split(0, parts=2, axis=axis), tensor, part="value")
    second = site.add(Split(1, parts=2, axis=axis), tensor, part="gate")
    return mul(site, first, site.add(Sigmoid(), second, part="sigmoid"))
