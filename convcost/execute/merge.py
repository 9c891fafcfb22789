"""Ops that join several tensors."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Add, Concat, MatMul, Mul


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


@executor(MatMul)
def matmul(layer: Layer[MatMul], left: Array, right: Array) -> Array:
    """Multiply the matrices of the last two axes; NumPy would repeat the axes before them, and they have to agree."""
    left = left.swapaxes(-1, -2) if layer.op.transpose_left else left
    right = right.swapaxes(-1, -2) if layer.op.transpose_right else right
    if left.shape[:-2] != right.shape[:-2]:
        raise ValueError("the axes before the last two differ")
    return layer.tally.matmul(left, right)
