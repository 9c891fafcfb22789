"""The registries of kernels and tails, and the geometry they share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.memory import Form, Reach, reach
from convcost.execute.steps import Making, Step, Tail
from convcost.execute.windows import Windows
from convcost.ops import Op

Kernel: TypeAlias = Callable[..., Making | None]
K = TypeVar("K", bound=Kernel)
TailMaker: TypeAlias = Callable[..., Tail]
T = TypeVar("T", bound=TailMaker)

KERNELS: dict[type[Op], Kernel] = {}
"""The fast way of an op: a function of the layer and its input tensors."""

TAILS: dict[type[Op], TailMaker] = {}
"""What an op does to a band: a function of the step, the layer and its other input tensors."""

NEEDS: dict[type[Op], Callable[[Any, Form], Reach]] = {}
"""The border that an op likes around its input."""


def kernel(op: type[Op], needs: Callable[[Any, Form], Reach] | None = None) -> Callable[[K], K]:
    """Register the fast way of an op, and the border it likes around its input."""

    def register(function: K) -> K:
        KERNELS[op] = function
        if needs:
            NEEDS[op] = needs
        return function

    return register


def tail(op: type[Op]) -> Callable[[T], T]:
    """Register what an op does to a band."""

    def register(function: T) -> T:
        TAILS[op] = function
        return function

    return register


def windows_over(op: Any, x: Form) -> Windows:
    """Slide the windows of an op over a tensor; where the ops see one axis, the tensor has another of extent 1."""
    rank = len(op.kernel)
    if rank != x.rank:
        raise ValueError(f"windows along {rank} axes and places along {x.rank}")
    lone = rank == 1
    ones = (1,) if lone else ()
    padding = op.padding
    if lone and padding != "same":
        padding = (0, padding[0], 0, padding[1])
    dilation = getattr(op, "dilation", (1,) * rank)
    return Windows(
        x.extents,
        ones + tuple(op.kernel),
        ones + tuple(op.stride),
        padding=padding,
        dilation=ones + tuple(dilation),
        ceil=getattr(op, "ceil", False),
    )


def zeros_around(op: Any, x: Form) -> Reach:
    """Return the border of zeros that the windows of an op look into."""
    return reach(windows_over(op, x), 0.0)


def repeated(step: Step, values: Array, *, stored: bool = True) -> Array:
    """Lay one value for each channel out as a row of places, (W·C,), that every row of a band is combined with.

    What is not stored, or made of what is, has to be laid out when it is known.
    """
    row = step.store.arithmetic.empty((step.row,))
    (step.prepare if stored else step.emit)(np.copyto, row.reshape(-1, values.size), values)
    return row


def bias_row(step: Step, layer: Layer[Any]) -> Array | None:
    """Allocate the biases of a layer that has some, one for each output channel."""
    return repeated(step, layer.weights.bias(layer.op.out)) if layer.op.bias else None
