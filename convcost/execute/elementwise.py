"""Arithmetic element by element, on one array and on several."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.merge import one_after_the_other
from convcost.execute.tally import Tally
from convcost.ops import Affine, Compare, Div, Maximum, Minimum, Power, Sub, Unary, Where


def _sign(tally: Tally, x: Array) -> Array:
    return tally.subtract(tally.compare("greater", x, 0.0), tally.compare("less", x, 0.0))


FUNCTIONS: Mapping[str, Callable[[Tally, Array], Array]] = {
    "exp": Tally.exp,
    "log": Tally.log,
    "sqrt": Tally.sqrt,
    "abs": Tally.absolute,
    "neg": lambda tally, x: tally.subtract(0.0, x),
    "reciprocal": lambda tally, x: tally.divide(1.0, x),
    "erf": Tally.erf,
    "sin": Tally.sin,
    "cos": Tally.cos,
    "floor": Tally.floor,
    "ceil": Tally.ceil,
    "round": Tally.rint,
    "sign": _sign,
    "not": lambda tally, x: tally.compare("equal", x, 0.0),
}
"""What is done to an array, by name."""


@executor(Unary)
def unary(layer: Layer[Unary], x: Array) -> Array:
    """Apply a function to each element."""
    with np.errstate(divide="ignore", invalid="ignore"):  # a logarithm of what is negative is no number
        return FUNCTIONS[layer.op.function](layer.tally, x)


@executor(Affine)
def affine(layer: Layer[Affine], x: Array) -> Array:
    """Multiply by a constant and add one, each if it is given."""
    op, tally = layer.op, layer.tally
    if op.factor is not None:
        x = tally.multiply(x, float(op.factor))
    return x if op.term is None else tally.add(x, float(op.term))


@executor(Sub)
def sub(layer: Layer[Sub], *arrays: Array) -> Array:
    """Subtract the second from the first."""
    return one_after_the_other(layer.tally.subtract, arrays)


@executor(Div)
def div(layer: Layer[Div], *arrays: Array) -> Array:
    """Divide the first by the second."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return one_after_the_other(layer.tally.divide, arrays)


@executor(Maximum)
def maximum(layer: Layer[Maximum], *arrays: Array) -> Array:
    """Keep the larger, one after the other."""
    return one_after_the_other(layer.tally.maximum, arrays)


@executor(Minimum)
def minimum(layer: Layer[Minimum], *arrays: Array) -> Array:
    """Keep the smaller, one after the other."""
    return one_after_the_other(layer.tally.minimum, arrays)


@executor(Power)
def power(layer: Layer[Power], *arrays: Array) -> Array:
    """Raise the first to the power of the second."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return one_after_the_other(layer.tally.power, arrays)


@executor(Compare)
def compare(layer: Layer[Compare], *arrays: Array) -> Array:
    """Ask each pair."""
    return one_after_the_other(lambda left, right: layer.tally.compare(layer.op.relation, left, right), arrays)


@executor(Where)
def where(_layer: Layer[Where], condition: Array, left: Array, right: Array) -> Array:
    """Choose from two arrays: no arithmetic takes part."""
    if not condition.ndim == left.ndim == right.ndim:
        raise ValueError("the ranks differ")
    return np.where(np.asarray(condition).astype(float) != 0, left, right)
