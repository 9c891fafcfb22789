"""Normalisation: each step as the op's docstring states it."""

from __future__ import annotations

from fractions import Fraction

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.execute.weights import Weights, along_channels
from convcost.execute.windows import Windows
from convcost.ops import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LocalResponseNorm,
    RmsNorm,
    Scale,
)


@executor(BatchNorm)
def batch_norm(layer: Layer[BatchNorm], x: Array) -> Array:
    """Fold the statistics into one factor and one term a channel, then apply them to each element."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    channels = x.shape[1]
    scale = weights.factor(channels) if op.scale else 1.0
    shift = weights.term(channels) if op.shift else 0.0
    mean, variance = weights.mean(channels), weights.variance(channels)
    factor = tally.divide(scale, tally.sqrt(tally.add(variance, float(op.epsilon))))
    term = tally.subtract(shift, tally.multiply(mean, factor))
    y = tally.multiply(x, along_channels(factor, x.ndim))
    return tally.add(y, along_channels(term, x.ndim), out=y)


def _normalise(x: Array, axes: tuple[int, ...], epsilon: Fraction, tally: Tally) -> Array:
    """Subtract the mean along axes and divide by the standard deviation."""
    total = tally.sum(x, axes)
    elements = float(x.size // total.size)
    distance = tally.subtract(x, tally.divide(total, elements))
    variance = tally.divide(tally.sum(tally.multiply(distance, distance), axes), elements)
    return tally.divide(distance, tally.sqrt(tally.add(variance, float(epsilon))))


@executor(LayerNorm)
def layer_norm(layer: Layer[LayerNorm], x: Array) -> Array:
    """Normalise along axes; a factor and a term for each place along them."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    axes = tuple(range(x.ndim)[axis] for axis in op.axes)  # the axes by their places, negative ones too
    y = _normalise(x, axes, op.epsilon, tally)
    if op.affine:
        shape = [extent if axis in axes else 1 for axis, extent in enumerate(x.shape)]
        y = tally.add(tally.multiply(y, weights.factor(*shape)), weights.term(*shape))
    return y


@executor(RmsNorm)
def rms_norm(layer: Layer[RmsNorm], x: Array) -> Array:
    """Divide by the root of the mean square along axes; a factor for each place along them."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    axes = tuple(range(x.ndim)[axis] for axis in op.axes)
    total = tally.sum(tally.multiply(x, x), axes)
    mean = tally.divide(total, float(x.size // total.size))
    y = tally.divide(x, tally.sqrt(tally.add(mean, float(op.epsilon))))
    shape = [extent if axis in axes else 1 for axis, extent in enumerate(x.shape)]
    return tally.multiply(y, weights.factor(*shape)) if op.scale else y


@executor(GroupNorm)
def group_norm(layer: Layer[GroupNorm], x: Array) -> Array:
    """Normalise over the channels of each group and all places."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    groups = x.reshape(x.shape[0], op.groups, -1, *x.shape[2:])
    y = _normalise(groups, tuple(range(2, groups.ndim)), op.epsilon, tally).reshape(x.shape)
    return _affine(y, weights, tally) if op.affine else y


@executor(InstanceNorm)
def instance_norm(layer: Layer[InstanceNorm], x: Array) -> Array:
    """Normalise over all places of each channel."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    y = _normalise(x, tuple(range(2, x.ndim)), op.epsilon, tally)
    return _affine(y, weights, tally) if op.affine else y


def _affine(y: Array, weights: Weights, tally: Tally) -> Array:
    factor, term = (along_channels(values(y.shape[1]), y.ndim) for values in (weights.factor, weights.term))
    return tally.add(tally.multiply(y, factor), term)


@executor(LocalResponseNorm)
def local_response_norm(layer: Layer[LocalResponseNorm], x: Array) -> Array:
    """Slide a window along the channels over the squares, then divide by the power of what it sums."""
    op, tally = layer.op, layer.tally
    channels = x.shape[1]
    image = x.reshape(x.shape[0], 1, channels, -1)  # the channels as the height of an image
    before = (op.size - 1) // 2
    sides = (before, 0, op.size - 1 - before, 0)
    windows = Windows(image.shape[2:], (op.size, 1), (1, 1), padding=sides)
    squares = windows.pad(tally.multiply(image, image), 0.0, tally)
    total = tally.full(image.shape, 0.0)
    for tap in windows.taps:
        tally.add(total, squares[windows.see(tap)], out=total, share=windows.share(tap))
    base = tally.add(tally.multiply(total, float(op.alpha / op.size)), float(op.k))
    return tally.divide(image, tally.power(base, float(op.beta))).reshape(x.shape)


@executor(L2Norm)
def l2_norm(layer: Layer[L2Norm], x: Array) -> Array:
    """Divide by the root of the sum of squares over the channels."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    total = tally.sum(tally.multiply(x, x), (1,))
    y = tally.divide(x, tally.sqrt(tally.add(total, float(op.epsilon))))
    return tally.multiply(y, along_channels(weights.factor(x.shape[1]), x.ndim)) if op.scale else y


@executor(Scale)
def scale(layer: Layer[Scale], x: Array) -> Array:
    """Multiply each channel by its factor, then add its term if there is one."""
    op, weights, tally = layer.op, layer.weights, layer.tally
    y = tally.multiply(x, along_channels(weights.factor(x.shape[1]), x.ndim))
    return tally.add(y, along_channels(weights.term(x.shape[1]), x.ndim), out=y) if op.shift else y
