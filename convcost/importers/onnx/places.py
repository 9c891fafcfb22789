"""Operators that take from, or put to, places that a tensor names: worked out where all of it is constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import Call, operator


def _constants(call: Call, count: int) -> list[Constant]:
    """Return the inputs, all of which must be constants (E714)."""
    values = [call.value(place) for place in range(count)]
    if any(isinstance(value, Tensor) for value in values):
        raise ModelError("E714", f"no op does what {call.node.operator} does on tensors of the network")
    return [value for value in values if isinstance(value, Constant)]


def _worked_out(values: list[Constant], compute: Callable[..., Any]) -> Constant:
    """Return what comes of constants, with values as exact as theirs."""
    import numpy as np

    if all(value.small for value in values):
        found = np.asarray(compute(*(value.objects() for value in values)), object)
        return Constant(found.shape, tuple(found.reshape(-1)), whole=values[0].whole)
    real = np.asarray(compute(*(value.array() for value in values)))
    return Constant(real.shape, read=lambda: real, whole=values[0].whole)


@operator("ScatterND")
def scatter_nd(call: Call) -> Constant:
    """Return a constant with some of its parts replaced."""
    import numpy as np

    def compute(data: Any, indices: Any, updates: Any) -> Any:
        found = np.array(data)
        found[tuple(np.moveaxis(indices.astype(np.int64), -1, 0))] = updates
        return found

    return _worked_out(_constants(call, 3), compute)


@operator("GatherElements")
def gather_elements(call: Call) -> Constant:
    """Return elements of a constant by their places along an axis."""
    import numpy as np

    axis = call.integer("axis", 0)

    def compute(data: Any, indices: Any) -> Any:
        places = indices.astype(np.int64)
        return np.take_along_axis(data, np.where(places < 0, places + data.shape[axis], places), axis)

    return _worked_out(_constants(call, 2), compute)


@operator("GatherND")
def gather_nd(call: Call) -> Constant:
    """Return parts of a constant by their places."""
    import numpy as np

    if call.integer("batch_dims", 0):
        raise call.wrong("places for each sample are not read")

    def compute(data: Any, indices: Any) -> Any:
        return data[tuple(np.moveaxis(indices.astype(np.int64), -1, 0))]

    return _worked_out(_constants(call, 2), compute)


@operator("Trilu")
def triangle(call: Call) -> Constant:
    """Return a triangle of a constant, and zeros elsewhere."""
    import numpy as np

    offset = int(call.constant(1, "an offset").exact[0]) if call.has(1) else 0
    upper = bool(call.integer("upper", 1))
    (value,) = _constants(call, 1)

    def compute(data: Any) -> Any:
        rows, columns = np.indices(data.shape[-2:])
        kept = columns - rows >= offset if upper else columns - rows <= offset
        return np.where(kept, data, data.dtype.type(0) if data.dtype != object else 0)

    return _worked_out([value], compute)
