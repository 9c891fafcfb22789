"""Ops that join several tensors."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Add, Concat, Mul


@executor(Add)
def add(layer: Layer[Add], *arrays: Array) -> Array:
    """Add one after the other."""
    total, *others = arrays
    if any(x.shape != total.shape for x in others):
        raise ValueError("the shapes differ")
    for x in others:
        total = layer.tally.add(total, x)
    return total


@executor(Mul)
def mul(layer: Layer[Mul], *arrays: Array) -> Array:
    """Multiply one after the other; NumPy repeats extents of 1."""
    product, *others = arrays
    if any(x.ndim != product.ndim for x in others):
        raise ValueError("the ranks differ")
    for x in others:
        product = layer.tally.multiply(product, x)
    return product


@executor(Concat)
def concat(layer: Layer[Concat], *arrays: Array) -> Array:
    """Lay one behind the other."""
    return np.concatenate(arrays, axis=layer.op.axis)
