"""The NumPy entry points an executor computes with, and the arrays it makes; other tiers put theirs in this place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Axes: TypeAlias = int | tuple[int, ...]

LINE = 64
"""Bytes of a cache line: what is written in runs of a line each, and lies across two, takes twice the time."""

ERF = np.frompyfunc(math.erf, 1, 1)
"""The error function, which NumPy lacks: exact to the last bit or two of a double, and slow."""

ERF_END, ERF_STEPS = 6, 1 << 16
"""Beyond the end the error function is 1 to the last bit of a double."""


@cache
def _erf_table() -> tuple[Array, Array]:
    """Return the error function at even steps, and what it grows by from each to the next."""
    values = np.array([math.erf(step * ERF_END / ERF_STEPS) for step in range(ERF_STEPS + 2)])
    return values[:-1], np.diff(values)


def interpolated_erf(x: Array) -> Array:
    """Return the error function by linear interpolation between 65,536 values: within 2·10⁻⁹, and fast.

    >>> abs(float(interpolated_erf(np.array([-0.7]))[0]) - math.erf(-0.7)) < 2e-9
    True
    """
    values, growth = _erf_table()
    place = np.fmin(np.absolute(x), ERF_END).astype(np.float64) * (ERF_STEPS / ERF_END)
    whole = place.astype(np.int64)
    return np.copysign(values[whole] + (place - whole) * growth[whole], x)


def multiply_accumulate(accumulator: Array, left: Array, right: Array) -> Array:
    """Add a matrix product into an accumulator, in place: what BLAS calls GEMM with β = 1 and NumPy lacks.

    Each sum over k products starts at what the accumulator holds, so it takes k additions, where a matrix product that
    is added afterwards would be charged k and one more. The function takes part in NumPy's ``__array_function__``
    protocol, so that interception sees one primitive and not its two halves.

    >>> multiply_accumulate(np.ones((1, 1)), np.array([[2.0, 3.0]]), np.array([[5.0], [7.0]]))
    array([[32.]])
    """
    kind = type(accumulator)
    if kind is not np.ndarray:
        arguments = (accumulator, left, right)
        result: Array = kind.__array_function__(accumulator, multiply_accumulate, (kind,), arguments, {})
        return result
    accumulator += np.matmul(left, right).reshape(accumulator.shape)
    return accumulator


RELATIONS: dict[str, np.ufunc] = {
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
}
"""Comparisons by their names."""


def compare(relation: str, left: Any, right: Any) -> Any:
    """Return where a relation holds."""
    return RELATIONS[relation](left, right)


class Arithmetic:
    """Ordinary arrays of floats.

    Parameters
    ----------
    dtype : type
        Of every array made.
    border : float, optional
        What padding holds instead of the value the op puts there; the ones probe puts 1 or 0.
    """

    multiply: Any = np.multiply
    add: Any = np.add
    subtract: Any = np.subtract
    divide: Any = np.divide
    maximum: Any = np.maximum
    minimum: Any = np.minimum
    power: Any = np.power
    exp: Any = np.exp
    sqrt: Any = np.sqrt
    tanh: Any = np.tanh
    log: Any = np.log
    sin: Any = np.sin
    cos: Any = np.cos
    floor: Any = np.floor
    ceil: Any = np.ceil
    rint: Any = np.rint
    compare: Any = staticmethod(compare)
    absolute: Any = np.absolute
    matmul: Any = np.matmul
    einsum: Any = staticmethod(np.einsum)
    multiply_accumulate: Any = staticmethod(multiply_accumulate)

    def __init__(self, dtype: Any = np.float32, border: float | None = None) -> None:
        self.dtype = dtype
        self.border = border

    @property
    def bytes(self) -> int:
        """How many bytes a number takes."""
        return np.empty(0, self.dtype).itemsize

    def wrap(self, array: Array) -> Array:
        """Return the array as one of this arithmetic."""
        return np.asarray(array, self.dtype)

    def full(self, shape: Sequence[int], value: Any) -> Array:
        """Return a new array that holds one value everywhere: accumulators start as these."""
        return self.wrap(np.full(tuple(shape), value, self.dtype))

    def empty(self, shape: Sequence[int]) -> Array:
        """Return a new array whose every element is written before it is read; it begins with a cache line."""
        size, each = math.prod(shape), self.bytes
        room = np.empty(size + LINE // each, self.dtype)
        begin = -room.__array_interface__["data"][0] % LINE // each
        return self.wrap(room[begin : begin + size].reshape(tuple(shape)))

    def padding(self, value: float) -> Any:
        """Return what a padding element holds."""
        return value if self.border is None else self.border

    def erf(self, x: Array) -> Array:
        """Return the error function of each element."""
        found: Any = interpolated_erf(x) if type(x) is np.ndarray else ERF(x)
        result: Array = found.astype(self.dtype)
        return result

    def sum(self, x: Array, axes: tuple[int, ...], out: Array | None = None) -> Array:
        """Return the sums along axes, which keep the extent 1."""
        result: Array = np.add.reduce(x, axis=axes, keepdims=True, out=out)
        return result

    def max(self, x: Array, axis: Axes) -> Array:
        """Return the maxima along an axis or several, which keep the extent 1."""
        result: Array = np.maximum.reduce(x, axis=axis, keepdims=True)
        return result

    def min(self, x: Array, axis: Axes) -> Array:
        """Return the minima along an axis or several, which keep the extent 1."""
        result: Array = np.minimum.reduce(x, axis=axis, keepdims=True)
        return result

    def prod(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return the products along axes, which keep the extent 1."""
        result: Array = np.multiply.reduce(x, axis=axes, keepdims=True)
        return result

    def cumsum(self, x: Array, axis: int) -> Array:
        """Return the sums up to each element along an axis."""
        result: Array = np.add.accumulate(x, axis=axis)
        return result
