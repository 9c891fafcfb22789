"""Layers that an export has taken apart: biases, factors of channels, channels shuffled."""

from __future__ import annotations

from convcost.importers.patterns.norms import each_channel
from convcost.importers.patterns.view import Found, View
from convcost.ops import ChannelShuffle, Conv, Linear, Mul, Reshape, Scale, Transpose, TransposedConv


def scaled_channels(view: View, index: int) -> Found | None:
    """Recognise a product with one stored factor for each channel, plus one stored term each."""
    for product, term in view.either(index):
        terms = view.stored(term)
        if terms is None or view.inner(product, Mul) is None:
            continue
        for x, factor in view.either(product):
            factors = view.stored(factor)
            if factors is None or not each_channel(view, product, factor, term):
                continue
            if factors.trained and terms.trained and view.shape(x) == view.shape(product):
                weights = [value.reshaped((value.size,)) for value in (factors, terms)]
                return Found(Scale(shift=True), (x,), weights)
    return None


def biased(view: View, index: int) -> Found | None:
    """Recognise a layer without bias plus one stored value for each of its outputs."""
    for layer, term in view.either(index):
        op, value = view.op(layer), view.stored(term)
        if value is None or not value.trained or view.users[layer] != 1:
            continue
        shape = view.shape(layer)
        if isinstance(op, Linear) and not op.bias:
            axis = len(shape) - 1 if op.axis is None else op.axis % len(shape)
        elif isinstance(op, Conv | TransposedConv) and not op.bias:
            axis = 1
        else:
            continue
        wanted = tuple(extent if at == axis else 1 for at, extent in enumerate(shape))
        if view.shape(term) == wanted:
            weights = (*view.builder.weights.get(layer, ()), value.reshaped((value.size,)))
            return Found(op.replaced(bias=True), view.nodes[layer].inputs, weights)
    return None


def channel_shuffle(view: View, index: int) -> Found | None:
    """Recognise channels as (groups, rest), the two swapped, and back."""
    (moved,) = view.nodes[index].inputs
    inner = view.inner(moved, Transpose)
    op = view.op(moved)
    if inner is None or not isinstance(op, Transpose) or view.inner(inner[0], Reshape) is None:
        return None
    (x,) = view.nodes[inner[0]].inputs
    shape, split = view.shape(x), view.shape(inner[0])
    rank = len(shape)
    if op.order != (2, 1, *range(3, rank + 1)) or view.shape(index) != shape or split[3:] != shape[2:]:
        return None
    return Found(ChannelShuffle(split[1]), (x,))
