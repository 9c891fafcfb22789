"""The ones probe: where weights and input are all 1, the sum of the output is the number of multiplications."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcost.errors import UnsupportedError
from convcost.execute._executor import perform
from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.plan import run_alone
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.weights import Weights
from convcost.ops import Conv, Linear, MatMul, Op, TransposedConv


def ones_probe(op: Op, *input_shapes: tuple[int, ...], plain: bool = True) -> tuple[int, int]:
    """Return the multiplications of a convolution, fully connected layer or matrix product: all, and valid ones.

    A border of 1 lets padding contribute, a border of 0 does not. A transposed convolution has no border: all its
    products are the sum of the whole canvas, the valid ones the sum of what is kept of it. No counter takes part, only
    the values. Biases are left out.

    It probes the plain executor, or else the fast kernel, if there is one.

    Raises
    ------
    UnsupportedError
        E602 for an op whose output is not a sum of products, as attention, whose softmax stands between two of them.

    Examples
    --------
    >>> ones_probe(Conv((3, 3), out=2, padding=(1, 1, 1, 1)), (1, 1, 4, 4))
    (288, 200)
    """
    match op:
        case Conv():
            bare = op.replaced(bias=False)
            every = _sum(bare, 1.0, *input_shapes, plain=plain)
            padded = op.padding == "same" or any(op.padding)
            return every, _sum(bare, 0.0, *input_shapes, plain=plain) if padded else every
        case TransposedConv():
            kept = op.replaced(bias=False)
            rank = len(op.kernel)
            whole = kept.replaced(padding=(0,) * (2 * rank), output_padding=(0,) * rank)
            return _sum(whole, None, *input_shapes, plain=plain), _sum(kept, None, *input_shapes, plain=plain)
        case Linear():
            total = _sum(op.replaced(bias=False), None, *input_shapes, plain=plain)
            return total, total
        case MatMul():
            total = _sum(op, None, *input_shapes, plain=plain)
            return total, total
    raise UnsupportedError("E602", f"{op.name} is not a sum of products, so the ones probe does not apply to it")


def _sum(op: Op, border: float | None, *input_shapes: tuple[int, ...], plain: bool) -> int:
    """Return the sum of the output, exactly.

    Every partial sum is a whole number, and floats hold those exactly up to 2 to the power of their mantissa. Rounding
    never takes a sum that went beyond back below, so an output below the bound is exact.
    """
    for dtype, bound in ((np.float32, 1 << 24), (np.float64, 1 << 53)):
        output = _output(op, dtype, border, *input_shapes, plain=plain)
        if output.max() < bound:
            return int(output.sum(dtype=np.int64)) if output.size else 0
    raise WitnessError("E605", f"{op.name} sums more products than the ones probe can tell apart")


def _output(op: Op, dtype: Any, border: float | None, *input_shapes: tuple[int, ...], plain: bool) -> Array:
    def ones(shape: tuple[int, ...], *_bounds: float) -> Array:
        return np.ones(shape, dtype)

    arithmetic = Arithmetic(dtype, border)
    if not plain:
        return run_alone(op, *map(ones, input_shapes), draw=ones, arithmetic=arithmetic)[0].output
    return perform(op, [ones(shape) for shape in input_shapes], Weights(ones, arithmetic), Tally(arithmetic))
