"""Activations: each step as the op's docstring states it."""

from __future__ import annotations

import math

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.execute.weights import along_channels
from convcost.ops import (
    Celu,
    Clip,
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Maxout,
    Mish,
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


@executor(Relu)
def relu(layer: Layer[Relu], x: Array) -> Array:
    """max(x, 0)."""
    return layer.tally.maximum(x, 0.0)


@executor(Relu6)
def relu6(layer: Layer[Relu6], x: Array) -> Array:
    """min(max(x, 0), 6)."""
    return layer.tally.minimum(layer.tally.maximum(x, 0.0), 6.0)


@executor(LeakyRelu)
def leaky_relu(layer: Layer[LeakyRelu], x: Array) -> Array:
    """max(x, slope · x)."""
    op, tally = layer.op, layer.tally
    return tally.maximum(x, tally.multiply(x, float(op.slope)))


@executor(PRelu)
def prelu(layer: Layer[PRelu], x: Array) -> Array:
    """max(x, 0) + slope · min(x, 0)."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    slope = along_channels(weights.factor(1 if op.shared else x.shape[1]), x.ndim)
    return tally.add(tally.maximum(x, 0.0), tally.multiply(tally.minimum(x, 0.0), slope))


def sigmoid_of(x: Array, tally: Tally) -> Array:
    """Return the sigmoid, as other ops have it in them, too."""
    return tally.divide(1.0, tally.add(tally.exp(tally.subtract(0.0, x)), 1.0))


def _hard_sigmoid(x: Array, slope: float, offset: float, tally: Tally) -> Array:
    return tally.minimum(tally.maximum(tally.add(tally.multiply(x, slope), offset), 0.0), 1.0)


@executor(Sigmoid)
def sigmoid(layer: Layer[Sigmoid], x: Array) -> Array:
    """1 / (1 + exp(0 - x))."""
    return sigmoid_of(x, layer.tally)


@executor(HardSigmoid)
def hard_sigmoid(layer: Layer[HardSigmoid], x: Array) -> Array:
    """min(max(x · slope + offset, 0), 1)."""
    return _hard_sigmoid(x, float(layer.op.slope), float(layer.op.offset), layer.tally)


@executor(Silu)
def silu(layer: Layer[Silu], x: Array) -> Array:
    """Return x · sigmoid(x)."""
    return layer.tally.multiply(x, sigmoid_of(x, layer.tally))


@executor(HardSwish)
def hard_swish(layer: Layer[HardSwish], x: Array) -> Array:
    """Return x · hard_sigmoid(x)."""
    return layer.tally.multiply(x, _hard_sigmoid(x, 1 / 6, 0.5, layer.tally))


@executor(Gelu)
def gelu(layer: Layer[Gelu], x: Array) -> Array:
    """(x · 1/2) · (1 + erf(x · 1/√2)), or tanh((x + x · x · x · 0.044715) · √(2/π)) for erf."""
    tally = layer.tally
    if layer.op.approximate == "tanh":
        cubes = tally.multiply(tally.multiply(tally.multiply(x, x), x), 0.044715)
        bent = tally.tanh(tally.multiply(tally.add(x, cubes), math.sqrt(2 / math.pi)))
        return tally.multiply(tally.multiply(x, 0.5), tally.add(bent, 1.0))
    return tally.multiply(tally.multiply(x, 0.5), tally.add(tally.erf(tally.multiply(x, 1 / math.sqrt(2))), 1.0))


@executor(Tanh)
def tanh(layer: Layer[Tanh], x: Array) -> Array:
    """Hyperbolic tangent."""
    return layer.tally.tanh(x)


@executor(Softmax)
def softmax(layer: Layer[Softmax], x: Array) -> Array:
    """exp(x - m) / Σ exp(x - m), m being the maximum along the axis."""
    op, tally = layer.op, layer.tally
    raised = tally.exp(tally.subtract(x, tally.max(x, op.axis)))
    return tally.divide(raised, tally.sum(raised, (op.axis,)))


@executor(LogSoftmax)
def log_softmax(layer: Layer[LogSoftmax], x: Array) -> Array:
    """(x - m) - log Σ exp(x - m), m being the maximum along the axis."""
    op, tally = layer.op, layer.tally
    distance = tally.subtract(x, tally.max(x, op.axis))
    return tally.subtract(distance, tally.log(tally.sum(tally.exp(distance), (op.axis,))))


@executor(Maxout)
def maxout(layer: Layer[Maxout], x: Array) -> Array:
    """Maximum over ``pieces`` neighbouring channels."""
    op, tally = layer.op, layer.tally
    pieces = x.reshape(x.shape[0], -1, op.pieces, *x.shape[2:])
    return tally.max(pieces, 2).reshape(x.shape[0], -1, *x.shape[2:])


def _elu(x: Array, alpha: float, tally: Tally, inverse: float | None = None) -> Array:
    """max(x, 0) + α · (exp(min(x, 0)) - 1), the exponent divided by α if its inverse is given."""
    below = tally.minimum(x, 0.0)
    if inverse is not None:
        below = tally.multiply(below, inverse)
    return tally.add(tally.maximum(x, 0.0), tally.multiply(tally.subtract(tally.exp(below), 1.0), alpha))


@executor(Elu)
def elu(layer: Layer[Elu], x: Array) -> Array:
    """max(x, 0) + α · (exp(min(x, 0)) - 1)."""
    return _elu(x, float(layer.op.alpha), layer.tally)


@executor(Celu)
def celu(layer: Layer[Celu], x: Array) -> Array:
    """max(x, 0) + α · (exp(min(x, 0) · 1/α) - 1)."""
    return _elu(x, float(layer.op.alpha), layer.tally, float(1 / layer.op.alpha))


@executor(Selu)
def selu(layer: Layer[Selu], x: Array) -> Array:
    """λ · (max(x, 0) + α · (exp(min(x, 0)) - 1))."""
    return layer.tally.multiply(_elu(x, 1.6732632423543772, layer.tally), 1.0507009873554805)


def _softplus(x: Array, tally: Tally) -> Array:
    raised = tally.exp(tally.subtract(0.0, tally.absolute(x)))
    return tally.add(tally.maximum(x, 0.0), tally.log(tally.add(raised, 1.0)))


@executor(Softplus)
def softplus(layer: Layer[Softplus], x: Array) -> Array:
    """max(x, 0) + log(1 + exp(0 - |x|))."""
    return _softplus(x, layer.tally)


@executor(Mish)
def mish(layer: Layer[Mish], x: Array) -> Array:
    """Return x · tanh(softplus(x))."""
    return layer.tally.multiply(x, layer.tally.tanh(_softplus(x, layer.tally)))


@executor(Softsign)
def softsign(layer: Layer[Softsign], x: Array) -> Array:
    """Return x / (1 + |x|)."""
    return layer.tally.divide(x, layer.tally.add(layer.tally.absolute(x), 1.0))


@executor(Clip)
def clip(layer: Layer[Clip], x: Array) -> Array:
    """Keep what is between the bounds that are given."""
    op, tally = layer.op, layer.tally
    if op.min is not None:
        x = tally.maximum(x, float(op.min))
    return x if op.max is None else tally.minimum(x, float(op.max))
