"""Arithmetic on constants: exact where they are small, put off until they are needed where they are weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from convcost.errors import ModelError
from convcost.importers.constant import MOST_EXACT, Constant
from convcost.ops import Shape
from convcost.symbols import Dim, ceil, floor, floor_div, is_symbolic, maximum, minimum, product, round_half_even
from convcost.symbols.arith import exact

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


def divided(x: Dim, y: Dim) -> Dim:
    """Return x / y exactly; E717 for a division by zero.

    >>> divided(6, 4), divided(6, 3)
    (Fraction(3, 2), 2)
    """
    if not is_symbolic(y) and y == 0:
        raise ModelError("E717", f"{x} is divided by 0")
    if is_symbolic(x) or is_symbolic(y):
        from convcost.symbols.floordiv import number

        return number(x / y)
    return exact(Fraction(x) / Fraction(y))


def quotient(x: Dim, y: Dim) -> Dim:
    """Return the quotient of whole numbers as ONNX takes it, without what is behind the point.

    >>> quotient(7, 2), quotient(-7, 2)
    (3, -3)
    """
    if not is_symbolic(y) and y == 0:
        raise ModelError("E717", f"{x} is divided by 0")
    if is_symbolic(x) or is_symbolic(y):
        return floor_div(x, y)
    whole = abs(x) // abs(y)
    return whole if (x < 0) == (y < 0) else -whole


def remainder(x: Dim, y: Dim) -> Dim:
    """Return x - y ⌊x / y⌋."""
    return x - y * (quotient(x, y) if is_symbolic(x) or is_symbolic(y) or y == 0 else x // y)


def power(x: Dim, y: Dim) -> Dim:
    """Return x to the power of a small whole y, exactly; anything else as a float."""
    if isinstance(y, int) and 0 <= y <= 64 and not (isinstance(x, float)):
        return x**y
    if is_symbolic(x) or is_symbolic(y):
        raise ModelError("E715", f"{x} to the power of {y} is no exact number")
    return float(x) ** float(y)


def negated(x: Dim) -> Dim:
    """Return -x."""
    return -x


EXACT: dict[str, Callable[..., Dim]] = {
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Pow": power,
    "Min": minimum,
    "Max": maximum,
    "Neg": negated,
    "Floor": floor,
    "Ceil": ceil,
    "Round": round_half_even,
    "Abs": lambda x: maximum(x, -x),
    "Identity": lambda x: x,
}
"""Functions of exact values by their operators."""

REAL: dict[str, str] = {
    "Add": "add",
    "Sub": "subtract",
    "Mul": "multiply",
    "Div": "true_divide",
    "Pow": "power",
    "Min": "minimum",
    "Max": "maximum",
    "Neg": "negative",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "rint",
    "Abs": "abs",
    "Sqrt": "sqrt",
    "Exp": "exp",
    "Log": "log",
    "Sin": "sin",
    "Cos": "cos",
    "Tanh": "tanh",
    "Reciprocal": "reciprocal",
    "Sign": "sign",
}
"""The same on arrays of numbers: functions of NumPy."""


def folded(
    shape: Shape,
    operands: Sequence[Constant],
    exactly: Callable[..., Array] | None,
    really: Callable[..., Array],
    *,
    whole: bool = False,
) -> Constant:
    """Return a constant that is worked out from others.

    Parameters
    ----------
    exactly : callable, optional
        From arrays of exact values to one of them; None where the function has no exact values.
    really : callable
        From arrays of numbers to an array, when it is needed.
    """
    trained = any(operand.trained for operand in operands)
    origin = "*".join(operand.origin for operand in operands if operand.origin) if trained else ""
    exact_values: tuple[Dim, ...] | None = None
    if exactly is not None and fits(shape) and all(operand.small for operand in operands):
        given = [operand.exact for operand in operands]
        if not any(isinstance(value, float) for values in given for value in values):
            exact_values = tuple(exactly(*(operand.objects() for operand in operands)).reshape(-1))

    def read() -> Array:
        found = really(*(operand.array() for operand in operands))
        return found.astype("float32") if found.dtype == "float64" else found

    if exact_values is not None:
        return Constant(shape, exact_values, origin=origin, whole=whole, trained=trained)
    return Constant(shape, read=read, origin=origin, whole=whole, trained=trained)


def fits(shape: Shape) -> bool:
    """Tell whether a constant of a shape is worked out exactly."""
    size = product(shape)
    return isinstance(size, int) and size <= MOST_EXACT


def folded_binary(name: str, left: Constant, right: Constant) -> Constant:
    """Return an arithmetic operator of two constants that are broadcast against each other."""
    import numpy as np

    whole = left.whole and right.whole
    function = EXACT.get(name, remainder if name == "Mod" else quotient if whole else divided)
    real = getattr(np, REAL.get(name, "mod"))
    shape = broadcast(left.shape, right.shape)
    return folded(
        shape,
        (left, right),
        lambda x, y: each(function, *np.broadcast_arrays(x, y)),
        lambda x, y: np.broadcast_to(real(x, y), shape),
        whole=whole,
    )


def each(function: Callable[..., Dim], *arrays: Array) -> Array:
    """Return a function of exact values, element by element; all arrays have one shape."""
    import numpy as np

    found = np.empty(arrays[0].shape, object)
    found.reshape(-1)[:] = [function(*values) for values in zip(*(a.reshape(-1) for a in arrays), strict=True)]
    return found


def broadcast(*shapes: Shape) -> Shape:
    """Return the shape that others are broadcast to (E718)."""
    rank = max(map(len, shapes))
    padded = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    result = []
    for extents in zip(*padded, strict=True):
        wide = {extent for extent in extents if extent != 1}
        if len(wide) > 1:
            shown = " and ".join("×".join(map(str, shape)) or "a scalar" for shape in shapes)
            raise ModelError("E718", f"{shown} cannot be broadcast against each other")
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def folded_unary(name: str, value: Constant, *bounds: Dim | None) -> Constant:
    """Return a function of each element of a constant."""
    import numpy as np

    if name == "Clip":
        return _clipped(value, *bounds)
    exactly = EXACT.get(name)
    if name not in REAL:
        return _activated(name, value)
    return folded(
        value.shape,
        (value,),
        None if exactly is None else lambda x: each(exactly, x),
        getattr(np, REAL[name]),
        whole=value.whole and exactly is not None,
    )


def _clipped(value: Constant, low: Dim | None, high: Dim | None) -> Constant:
    import numpy as np

    def bounded(x: Dim) -> Dim:
        x = x if low is None else maximum(x, low)
        return x if high is None else minimum(x, high)

    least, most = (math.inf * sign if end is None else float(end) for sign, end in ((-1, low), (1, high)))
    return folded(
        value.shape, (value,), lambda x: each(bounded, x), lambda x: np.clip(x, least, most), whole=value.whole
    )


def _activated(name: str, value: Constant) -> Constant:
    """Return an activation of a constant."""
    import numpy as np

    functions: dict[str, Callable[[Array], Array]] = {
        "Relu": lambda x: np.maximum(x, 0),
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "Softplus": lambda x: np.log1p(np.exp(x)),
        "Softsign": lambda x: x / (1 + np.abs(x)),
        "Mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
        "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
        "Erf": np.vectorize(math.erf, otypes=[float]),
        "Not": np.logical_not,
    }
    if name not in functions:
        raise ModelError("E717", f"{name} of a constant is not worked out")
    return folded(value.shape, (value,), None, functions[name], whole=value.whole)


def folded_matmul(left: Constant, right: Constant) -> Constant:
    """Return the product of two constants as matrices."""
    import numpy as np

    try:
        shape = np.matmul(np.empty(left.shape, "?"), np.empty(right.shape, "?")).shape
    except ValueError:
        raise ModelError("E718", f"matrices of {left.shape} and {right.shape} have no product") from None
    return folded(shape, (left, right), None, np.matmul)


REDUCED: dict[str, Callable[[list[Dim]], Dim]] = {
    "ReduceSum": sum,
    "ReduceProd": math.prod,
    "ReduceMax": lambda values: maximum(*values),
    "ReduceMin": lambda values: minimum(*values),
    "ReduceMean": lambda values: divided(sum(values), len(values)),
}


def folded_reduce(name: str, value: Constant, axes: Sequence[int], *, keep: bool) -> Constant:
    """Return a constant joined along axes."""
    import numpy as np

    real: dict[str, Callable[..., Array]] = {
        "ReduceSum": np.sum,
        "ReduceProd": np.prod,
        "ReduceMax": np.max,
        "ReduceMin": np.min,
        "ReduceMean": np.mean,
        "ReduceL2": lambda x, **how: np.sqrt(np.sum(x * x, **how)),
        "ReduceL1": lambda x, **how: np.sum(np.abs(x), **how),
        "ReduceSumSquare": lambda x, **how: np.sum(x * x, **how),
    }
    if name not in real:
        raise ModelError("E717", f"{name} of a constant is not worked out")
    places = tuple(sorted(axes))
    shape = tuple(
        1 if axis in places else extent for axis, extent in enumerate(value.shape) if keep or axis not in places
    )
    function = REDUCED.get(name)

    def exactly(x: Array) -> Array:
        kept = [axis for axis in range(x.ndim) if axis not in places]
        rows = x.transpose((*kept, *places)).reshape(-1, math.prod(x.shape[axis] for axis in places))
        found = np.empty(len(rows), object)
        found[:] = [exact(function(list(row))) for row in rows]  # type: ignore[misc]
        return found

    return folded(
        shape,
        (value,),
        exactly if function is not None else None,
        lambda x: real[name](x, axis=places, keepdims=keep),
        whole=value.whole,
    )


def joined(values: Sequence[Constant], axis: int) -> Constant:
    """Return constants one behind the other."""
    import numpy as np

    first = values[0].shape
    if any(len(value.shape) != len(first) for value in values):
        raise ModelError("E718", "the constants that are joined differ in the number of their axes")
    if any(a != b for value in values for at, (a, b) in enumerate(zip(value.shape, first, strict=True)) if at != axis):
        raise ModelError("E718", "the constants that are joined differ in extents of other axes")
    shape = tuple(sum(value.shape[axis] for value in values) if at == axis else e for at, e in enumerate(first))
    return folded(
        shape,
        values,
        lambda *arrays: np.concatenate(arrays, axis),
        lambda *arrays: np.concatenate(arrays, axis),
        whole=all(value.whole for value in values),
    )


def chosen(condition: Constant, left: Constant, right: Constant) -> Constant:
    """Return the first where a condition holds, and the second elsewhere."""
    import numpy as np

    shape = broadcast(condition.shape, left.shape, right.shape)

    def choose(which: Array, x: Array, y: Array) -> Array:
        return np.where(np.broadcast_to(which, shape).astype(bool), x, y)

    return folded(
        shape,
        (condition, left, right),
        choose,
        choose,
        whole=left.whole and right.whole,
    )


def compared(left: Constant, right: Constant, truth: Callable[[Dim, Dim], bool], real: str) -> Constant:
    """Return 1 where two constants relate as asked, else 0; ``real`` is NumPy's function for large ones."""
    import numpy as np

    shape = broadcast(left.shape, right.shape)
    if not (left.small and right.small and fits(shape)):
        return folded(shape, (left, right), None, getattr(np, real), whole=True)
    pairs = np.broadcast_arrays(left.objects(), right.objects())
    found = [int(truth(a, b)) for a, b in zip(*(side.reshape(-1) for side in pairs), strict=True)]
    return Constant(shape, found, whole=True)


def filled(shape: Shape, value: Dim, *, origin: str = "", whole: bool = False, trained: bool = False) -> Constant:
    """Return a constant that has one value everywhere."""
    size = product(shape)
    if isinstance(size, int) and size <= MOST_EXACT:
        return Constant(shape, (value,) * size, origin=origin, whole=whole, trained=trained)

    def read() -> Array:
        import numpy as np

        return np.full(shape, float(value), np.float32)

    return Constant(shape, read=read, origin=origin, whole=whole, trained=trained)


def all_of(values: Sequence[Dim]) -> bool:
    """Tell whether all truth values are true."""
    return bool(reduce(lambda x, y: x and y != 0, values, True))
