"""What is done to each element: tails of a band, which combine its rows with rows of factors, terms and bounds."""

from __future__ import annotations

from typing import Any

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.kernels._kernel import repeated, tail
from convcost.execute.memory import Band
from convcost.execute.steps import Step, Tail
from convcost.ops import (
    BatchNorm,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    PRelu,
    Relu,
    Relu6,
    Scale,
    Sigmoid,
    Silu,
    Tanh,
)


@tail(BatchNorm)
def batch_norm(step: Step, layer: Layer[BatchNorm]) -> Tail:
    """Fold the statistics into one factor and one term a channel, once a run, then x · factor + term."""
    op, weights, tally, channels = layer.op, layer.weights, layer.tally, step.out.channels
    make = step.store.arithmetic
    scale: Any = weights.factor(channels) if op.scale else 1.0
    shift: Any = weights.term(channels) if op.shift else 0.0
    mean, variance = weights.mean(channels), weights.variance(channels)
    factor, term = make.empty((channels,)), make.empty((channels,))
    step.prepare(tally.add, variance, float(op.epsilon), out=factor)
    step.prepare(tally.sqrt, factor, out=factor)
    step.prepare(tally.divide, scale, factor, out=factor)
    step.prepare(tally.multiply, mean, factor, out=term)
    step.prepare(tally.subtract, shift, term, out=term)
    return _affine(step, layer, factor, term)


@tail(Scale)
def scale(step: Step, layer: Layer[Scale]) -> Tail:
    """Multiply each channel by its factor, then add its term if there is one."""
    weights, channels = layer.weights, step.out.channels
    return _affine(step, layer, weights.factor(channels), weights.term(channels) if layer.op.shift else None)


def _affine(step: Step, layer: Layer[Any], factor: Array, term: Array | None) -> Tail:
    tally, factors = layer.tally, repeated(step, factor)
    terms = None if term is None else repeated(step, term)

    def follow(x: Array, out: Array, _: Band) -> None:
        step.emit(tally.multiply, x, factors, out=out)
        if terms is not None:
            step.emit(tally.add, out, terms, out=out)

    return follow


@tail(Relu)
def relu(step: Step, layer: Layer[Relu]) -> Tail:
    """max(x, 0)."""
    zero = step.scratch.constant(0.0, step.row)
    return lambda x, out, _: step.emit(layer.tally.maximum, x, zero, out=out)


@tail(Relu6)
def relu6(step: Step, layer: Layer[Relu6]) -> Tail:
    """min(max(x, 0), 6)."""
    zero, six = (step.scratch.constant(bound, step.row) for bound in (0.0, 6.0))

    def follow(x: Array, out: Array, _: Band) -> None:
        step.emit(layer.tally.maximum, x, zero, out=out)
        step.emit(layer.tally.minimum, out, six, out=out)

    return follow


@tail(LeakyRelu)
def leaky_relu(step: Step, layer: Layer[LeakyRelu]) -> Tail:
    """max(x, slope · x)."""
    slope = step.scratch.constant(float(layer.op.slope), step.row)

    def follow(x: Array, out: Array, _: Band) -> None:
        scaled = step.scratch("scaled", x.shape)
        step.emit(layer.tally.multiply, x, slope, out=scaled)
        step.emit(layer.tally.maximum, x, scaled, out=out)

    return follow


@tail(PRelu)
def prelu(step: Step, layer: Layer[PRelu]) -> Tail:
    """max(x, 0) + slope · min(x, 0)."""
    tally, zero = layer.tally, step.scratch.constant(0.0, step.row)
    slope = repeated(step, layer.weights.factor(1 if layer.op.shared else step.out.channels))

    def follow(x: Array, out: Array, _: Band) -> None:
        scaled = step.scratch("scaled", x.shape)
        step.emit(tally.minimum, x, zero, out=scaled)
        step.emit(tally.multiply, scaled, slope, out=scaled)
        step.emit(tally.maximum, x, zero, out=out)
        step.emit(tally.add, out, scaled, out=out)

    return follow


def _sigmoid(step: Step, layer: Layer[Any], x: Array, out: Array) -> None:
    """1 / (1 + exp(0 - x))."""
    zero, one = (step.scratch.constant(value, step.row) for value in (0.0, 1.0))
    step.emit(layer.tally.subtract, zero, x, out=out)
    step.emit(layer.tally.exp, out, out=out)
    step.emit(layer.tally.add, out, one, out=out)
    step.emit(layer.tally.divide, one, out, out=out)


def _hard_sigmoid(step: Step, layer: Layer[Any], x: Array, out: Array, line: tuple[float, float]) -> None:
    """min(max(x · slope + offset, 0), 1)."""
    slope, offset, zero, one = (step.scratch.constant(value, step.row) for value in (*line, 0.0, 1.0))
    step.emit(layer.tally.multiply, x, slope, out=out)
    step.emit(layer.tally.add, out, offset, out=out)
    step.emit(layer.tally.maximum, out, zero, out=out)
    step.emit(layer.tally.minimum, out, one, out=out)


@tail(Sigmoid)
def sigmoid(step: Step, layer: Layer[Sigmoid]) -> Tail:
    """1 / (1 + exp(0 - x))."""
    return lambda x, out, _: _sigmoid(step, layer, x, out)


@tail(HardSigmoid)
def hard_sigmoid(step: Step, layer: Layer[HardSigmoid]) -> Tail:
    """min(max(x · slope + offset, 0), 1)."""
    line = float(layer.op.slope), float(layer.op.offset)
    return lambda x, out, _: _hard_sigmoid(step, layer, x, out, line)


@tail(Silu)
def silu(step: Step, layer: Layer[Silu]) -> Tail:
    """Return x · sigmoid(x)."""

    def follow(x: Array, out: Array, _: Band) -> None:
        gate = step.scratch("gate", x.shape)
        _sigmoid(step, layer, x, gate)
        step.emit(layer.tally.multiply, x, gate, out=out)

    return follow


@tail(HardSwish)
def hard_swish(step: Step, layer: Layer[HardSwish]) -> Tail:
    """Return x · hard_sigmoid(x)."""

    def follow(x: Array, out: Array, _: Band) -> None:
        gate = step.scratch("gate", x.shape)
        _hard_sigmoid(step, layer, x, gate, (1 / 6, 0.5))
        step.emit(layer.tally.multiply, x, gate, out=out)

    return follow


@tail(Tanh)
def tanh(step: Step, layer: Layer[Tanh]) -> Tail:
    """Hyperbolic tangent."""
    return lambda x, out, _: step.emit(layer.tally.tanh, x, out=out)
