"""Several tensors into one: sums and products continue a band, a concatenation copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.kernels._kernel import kernel, repeated, tail
from convcost.execute.memory import Band, Form, Tensor
from convcost.execute.steps import Making, Step, Tail
from convcost.ops import Add, Concat, Mul, Op


def joins(op: Op, form: Form, others: list[Tensor]) -> bool:
    """Whether a band of a form can be combined with other tensors, and has the output's form.

    A product of two may have one value for each channel of a sample, as the gates of squeeze-and-excite have.
    """
    if all(other.form == form for other in others):
        return True
    gate = form._replace(extents=(1,) * len(form.extents))
    return isinstance(op, Mul) and len(others) == 1 and others[0].form == gate


@tail(Add)
def add(step: Step, layer: Layer[Add], *others: Tensor) -> Tail:
    """Add one after the other."""
    return _combine(step, layer.tally.add, others)


@tail(Mul)
def mul(step: Step, layer: Layer[Mul], *others: Tensor) -> Tail:
    """Multiply one after the other; the gate of a sample is repeated along its rows."""
    (gate,) = others if len(others) == 1 else (None,)
    if gate is None or gate.form == step.out.form:
        return _combine(step, layer.tally.multiply, others)
    rows = [repeated(step, values.reshape(-1), stored=False) for values in gate.inner]
    return lambda x, out, band: step.emit(layer.tally.multiply, x, rows[band.sample], out=out)


def _combine(step: Step, operation: Any, others: tuple[Tensor, ...]) -> Tail:
    tensors = [step.packed(other) for other in others]

    def follow(x: Array, out: Array, band: Band) -> None:
        for other in tensors:
            step.emit(operation, x, other.rows(band), out=out)
            x = out

    return follow


@kernel(Concat)
def concat(layer: Layer[Concat], *tensors: Tensor) -> Making | None:
    """Copy the channels of each tensor beside those of the one before."""
    first = tensors[0]
    if layer.op.axis != 1 or any(x.form._replace(channels=first.channels) != first.form for x in tensors):
        return None

    def emit(step: Step) -> None:
        inner, end = step.out.inner, 0
        for x in tensors:
            begin, end = end, end + x.channels
            step.emit(np.copyto, inner[..., begin:end], x.inner)

    return Making(first.form._replace(channels=sum(x.channels for x in tensors)), emit, banded=False)
