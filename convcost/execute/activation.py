"""Activations: each step as the op's docstring states it."""

from __future__ import annotations

import math

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.execute.weights import along_channels
from convcost.ops import (
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Maxout,
    PRelu,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    Softmax,
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


def _sigmoid(x: Array, tally: Tally) -> Array:
    return tally.divide(1.0, tally.add(tally.exp(tally.subtract(0.0, x)), 1.0))


def _hard_sigmoid(x: Array, tally: Tally) -> Array:
    return tally.minimum(tally.maximum(tally.add(tally.multiply(x, 1 / 6), 0.5), 0.0), 1.0)


@executor(Sigmoid)
def sigmoid(layer: Layer[Sigmoid], x: Array) -> Array:
    """1 / (1 + exp(0 - x))."""
    return _sigmoid(x, layer.tally)


@executor(HardSigmoid)
def hard_sigmoid(layer: Layer[HardSigmoid], x: Array) -> Array:
    """min(max(x · 1/6 + 1/2, 0), 1)."""
    return _hard_sigmoid(x, layer.tally)


@executor(Silu)
def silu(layer: Layer[Silu], x: Array) -> Array:
    """Return x · sigmoid(x)."""
    return layer.tally.multiply(x, _sigmoid(x, layer.tally))


@executor(HardSwish)
def hard_swish(layer: Layer[HardSwish], x: Array) -> Array:
    """Return x · hard_sigmoid(x)."""
    return layer.tally.multiply(x, _hard_sigmoid(x, layer.tally))


@executor(Gelu)
def gelu(layer: Layer[Gelu], x: Array) -> Array:
    """(x · 1/2) · (1 + erf(x · 1/√2))."""
    tally = layer.tally
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


@executor(Maxout)
def maxout(layer: Layer[Maxout], x: Array) -> Array:
    """Maximum over ``pieces`` neighbouring channels."""
    op, tally = layer.op, layer.tally
    pieces = x.reshape(x.shape[0], -1, op.pieces, *x.shape[2:])
    return tally.max(pieces, 2).reshape(x.shape[0], -1, *x.shape[2:])
