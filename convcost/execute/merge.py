"""Ops that join several tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Add, Concat, MatMul, Mul


def one_after_the_other(step: Callable[[Array, Array], Array], arrays: Sequence[Array]) -> Array:
    """Join arrays of one rank by a step of two."""
    made, *others = arrays
    if any(x.ndim != made.ndim for x in others):
        raise ValueError("the ranks differ")
    return reduce(step, others, made)


@executor(Add)
def add(layer: Layer[Add], *arrays: Array) -> Array:
    """Add one after the other; NumPy repeats extents of 1."""
    return one_after_the_other(layer.tally.add, arrays)


@executor(Mul)
def mul(layer: Layer[Mul], *arrays: Array) -> Array:
    """Multiply one after the other; NumPy repeats extents of 1."""
    return one_after_the_other(layer.tally.multiply, arrays)


@executor(Concat)
def concat(layer: Layer[Concat], *arrays: Array) -> Array:
    """Lay one behind the other."""
    return np.concatenate(arrays, axis=layer.op.axis)


@executor(MatMul)
def matmul(layer: Layer[MatMul], left: Array, right: Array) -> Array:
    """Multiply the matrices of the last two axes; NumPy repeats extents of 1 before them."""
    left = left.swapaxes(-1, -2) if layer.op.transpose_left else left
    right = right.swapaxes(-1, -2) if layer.op.transpose_right else right
    if left.ndim != right.ndim:
        raise ValueError("the ranks differ")
    return layer.tally.matmul(left, right)
