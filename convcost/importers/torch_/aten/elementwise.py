"""Arithmetic element by element."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site, Stored, rational
from convcost.ops import (
    Add,
    Affine,
    Compare,
    Div,
    Maximum,
    Minimum,
    Mul,
    Op,
    Parameter,
    Power,
    Scale,
    Sub,
    Unary,
    Where,
)

Value: TypeAlias = Operand | int | float

UNARY = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "abs": "abs",
    "neg": "neg",
    "reciprocal": "reciprocal",
    "erf": "erf",
    "sin": "sin",
    "cos": "cos",
    "floor": "floor",
    "ceil": "ceil",
    "round": "round",
    "sign": "sign",
    "logical_not": "not",
    "bitwise_not": "not",
}
RELATIONS = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}


def number(value: Value) -> int | float | None:
    """Return the number that a value is: a plain one, or a constant of one element."""
    if isinstance(value, int | float):
        return value
    return value.number if isinstance(value, Stored) else None


def affine(site: Site, operand: Operand, factor: float | Fraction | None, term: float | None) -> Tensor:
    """Return an operand times a constant, plus one; what changes nothing is not done."""
    tensor = site.tensor(operand)
    scaled = factor if isinstance(factor, Fraction) or factor is None else rational(factor)
    moved = None if term is None else rational(term)
    if scaled in {None, 1} and moved in {None, 0}:
        return tensor
    op = Affine(None if scaled == 1 else scaled, None if moved == 0 else moved)
    return site.add(op, tensor)


def joined(site: Site, op: Op, *operands: Value) -> Tensor:
    """Return an op on operands that are broadcast; a plain number is a constant of one element."""
    held = [constant(site) if isinstance(each, int | float) else each for each in operands]
    return site.add(op, *(tensors := site.level(*held)), layout=tensors[0].layout)


def constant(site: Site) -> Tensor:
    """Return a constant of one element."""
    return site.add(Parameter((1,), trainable=False), layout=Layout(None), part="constant")


def _scaled(site: Site, left: Operand, right: Operand) -> Tensor | None:
    """Return a learned factor for each channel of images as such; None where it is something else."""
    for tensor, factor in ((left, right), (right, left)):
        if isinstance(tensor, Tensor) and isinstance(factor, Stored) and factor.trainable:
            shape = factor.shape[1:] if len(factor.shape) == len(tensor.shape) else factor.shape
            image = tensor.layout == Layout() and len(tensor.own) > 1
            if image and shape == (tensor.own[0], *(1,) * (len(tensor.own) - 1)):
                return site.add(Scale(), tensor, weights=(factor,))
    return None


@operator("add")
def add(site: Site, self: Operand, other: Value, alpha: float = 1) -> Tensor:
    """``add``: with ``alpha`` times the second."""
    value = number(other)
    if value is not None:
        return affine(site, self, None, value * alpha)
    own = number(self)
    if own is not None and not isinstance(other, int | float):
        return affine(site, other, alpha, own)
    if alpha != 1:
        other = affine(site, other, alpha, None)  # type: ignore[arg-type]
    return joined(site, Add(), self, other)


@operator("sub")
def sub(site: Site, self: Operand, other: Value, alpha: float = 1) -> Tensor:
    """``sub``: without ``alpha`` times the second."""
    value = number(other)
    if value is not None:
        return affine(site, self, None, -value * alpha)
    own = number(self)
    if own is not None and not isinstance(other, int | float):
        return affine(site, other, -alpha, own)
    if alpha != 1:
        other = affine(site, other, alpha, None)  # type: ignore[arg-type]
    return joined(site, Sub(), self, other)


@operator("rsub")
def rsub(site: Site, self: Operand, other: Value, alpha: float = 1) -> Tensor:
    """``rsub``: the second without the first."""
    value = number(other)
    if value is not None:
        return affine(site, self, -alpha, value)
    return sub(site, other, self, alpha)  # type: ignore[arg-type]


@operator("mul", "multiply")
def mul(site: Site, self: Operand, other: Value) -> Tensor:
    """``mul``."""
    value = number(other)
    if value is not None:
        return affine(site, self, value, None)
    own = number(self)
    if own is not None:
        return affine(site, other, own, None)  # type: ignore[arg-type]
    scaled = _scaled(site, self, other)  # type: ignore[arg-type]
    return joined(site, Mul(), self, other) if scaled is None else scaled


@operator("div", "true_divide")
def div(site: Site, self: Operand, other: Value, rounding_mode: str | None = None) -> Tensor:
    """``div``; by a constant, it is a multiplication by the reciprocal."""
    value = number(other)
    if value is not None and rounding_mode is None:
        return affine(site, self, Fraction(1) / Fraction(rational(value)) if value else None, None)
    out = joined(site, Div(), self, other)
    if rounding_mode is None:
        return out
    return site.add(Unary({"floor": "floor", "trunc": "floor"}[rounding_mode]), out, part=rounding_mode)


@operator("square")
def square(site: Site, self: Operand) -> Tensor:
    """``square``: a product with itself."""
    return joined(site, Mul(), self, self)


@operator("rsqrt")
def rsqrt(site: Site, self: Operand) -> Tensor:
    """``rsqrt``: the reciprocal of the root."""
    return site.add(Unary("reciprocal"), site.add(Unary("sqrt"), site.tensor(self), part="sqrt"))


@operator("pow")
def power(site: Site, self: Value, exponent: Value) -> Tensor:
    """``pow``: small whole exponents are products, 1/2 a root."""
    value = number(exponent)
    if isinstance(self, int | float) or value not in {1, 2, 3, 0.5, -1, -0.5}:
        return joined(site, Power(), self, exponent)
    tensor = site.tensor(self)
    if value in {0.5, -0.5}:
        root = site.add(Unary("sqrt"), tensor, part="sqrt")
        return root if value == 0.5 else site.add(Unary("reciprocal"), root)
    if value == -1:
        return site.add(Unary("reciprocal"), tensor)
    return tensor if value == 1 else site.add(Mul(), *(tensor,) * int(value))


@operator(*UNARY)
def unary(site: Site, self: Operand) -> Tensor:
    """Return a function of each element."""
    return site.add(Unary(UNARY[site.call.operator]), site.tensor(self))


@operator("maximum", "minimum", "max.other", "min.other")
def extreme(site: Site, self: Operand, other: Value) -> Tensor:
    """``maximum`` and ``minimum``."""
    return joined(site, Maximum() if site.call.operator.startswith("max") else Minimum(), self, other)


@operator(*RELATIONS)
def compare(site: Site, self: Operand, other: Value) -> Tensor:
    """Return a relation of each pair of elements."""
    return joined(site, Compare(RELATIONS[site.call.operator]), self, other)


@operator("where")
def where(site: Site, condition: Operand, self: Value | None = None, other: Value | None = None) -> Tensor:
    """``where``."""
    if self is None or other is None:
        raise ModelError("E739", "it asks where a condition holds, which depends on values")
    return joined(site, Where(), condition, self, other)


@operator("masked_fill")
def masked_fill(site: Site, self: Operand, mask: Operand, value: Value) -> Tensor:
    """``masked_fill``: the value where the mask is set."""
    return joined(site, Where(), mask, value, self)


@operator("logical_and", "bitwise_and", "__and__")
def conjunction(site: Site, self: Operand, other: Value) -> Tensor:
    """``logical_and``: of elements that are 0 or 1, the smaller."""
    return joined(site, Minimum(), self, other)


@operator("logical_or", "bitwise_or", "__or__")
def disjunction(site: Site, self: Operand, other: Value) -> Tensor:
    """``logical_or``: of elements that are 0 or 1, the larger."""
    return joined(site, Maximum(), self, other)
