"""Counting scalars: arrays of numbers that count what is done to them, for tiny shapes.

The executors run unchanged on object arrays. A number knows whether it is a real element or padding, and each of its
operators writes down that it was performed: nothing is derived from a shape, and nothing is trusted.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convcost.counts import Counts
from convcost.execute._executor import perform
from convcost.execute.arithmetic import Arithmetic, Array, Axes
from convcost.execute.tally import Tally
from convcost.execute.weights import Weights, uniform
from convcost.ops import Op


class Ledger:
    """What the numbers of one run wrote down."""

    def __init__(self) -> None:
        self.all: Counter[str] = Counter()
        self.valid: Counter[str] = Counter()


class Number:
    """A float that counts, and knows whether it is real or padding.

    A step is valid where all its operands are real. What a product, a quotient or a power makes of padding is padding;
    a sum or an extremum of something real and padding is real, for that is an accumulator that met padding.

    Examples
    --------
    >>> ledger = Ledger()
    >>> real, padding = Number(2.0, ledger), Number(0.0, ledger, real=False)
    >>> total = real * 3.0 + padding * 3.0
    >>> total.value, total.real, dict(ledger.all), dict(ledger.valid)
    (6.0, True, {'mul': 2, 'add': 1}, {'mul': 1})
    """

    __slots__ = ("ledger", "real", "value")

    def __init__(self, value: float, ledger: Ledger, *, real: bool = True) -> None:
        self.value = value
        self.ledger = ledger
        self.real = real

    def __float__(self) -> float:
        return self.value

    def _binary(self, primitive: str, value: Callable[[float, float], float], other: Any, *, joins: bool) -> Number:
        real = other.real if isinstance(other, Number) else True
        self.ledger.all[primitive] += 1
        if self.real and real:
            self.ledger.valid[primitive] += 1
        return Number(
            value(self.value, float(other)), self.ledger, real=(self.real or real) if joins else (self.real and real)
        )

    def _unary(self, primitive: str, value: Callable[[float], float]) -> Number:
        self.ledger.all[primitive] += 1
        self.ledger.valid[primitive] += self.real
        return Number(value(self.value), self.ledger, real=self.real)

    def __mul__(self, other: Any) -> Number:
        return self._binary("mul", lambda a, b: a * b, other, joins=False)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Number:
        return self._binary("add", lambda a, b: a + b, other, joins=True)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Number:
        return self._binary("add", lambda a, b: a - b, other, joins=True)

    def __rsub__(self, other: Any) -> Number:
        return self._binary("add", lambda a, b: b - a, other, joins=True)

    def __truediv__(self, other: Any) -> Number:
        return self._binary("div", lambda a, b: a / b, other, joins=False)

    def __rtruediv__(self, other: Any) -> Number:
        return self._binary("div", lambda a, b: b / a, other, joins=False)

    def __pow__(self, other: Any) -> Number:
        return self._binary("pow", lambda a, b: float(np.power(a, b)), other, joins=False)

    def maximum(self, other: Any) -> Number:
        """Return the larger, for one comparison."""
        return self._binary("cmp", max, other, joins=True)

    def minimum(self, other: Any) -> Number:
        """Return the smaller, for one comparison."""
        return self._binary("cmp", min, other, joins=True)

    def accumulate(self, left: Number, right: Number) -> Number:
        """Return this plus left · right; where this is padding, so is the product that lands here."""
        if not self.real:
            left = Number(left.value, left.ledger, real=False)
        return self + left * right

    def __abs__(self) -> Number:
        return self._unary("abs", abs)

    def exp(self) -> Number:
        """Return e to the power of this; NumPy calls it, as the two below, on object arrays."""
        return self._unary("exp", math.exp)

    def sqrt(self) -> Number:
        """Return the square root."""
        return self._unary("sqrt", lambda x: float(np.sqrt(x)))

    def tanh(self) -> Number:
        """Return the hyperbolic tangent."""
        return self._unary("tanh", math.tanh)

    def erf(self) -> Number:
        """Return the error function."""
        return self._unary("erf", math.erf)

    def log(self) -> Number:
        """Return the natural logarithm."""
        return self._unary("log", lambda x: float(np.log(x)))

    def sin(self) -> Number:
        """Return the sine."""
        return self._unary("sin", math.sin)

    def cos(self) -> Number:
        """Return the cosine."""
        return self._unary("cos", math.cos)

    def rounded(self, way: Callable[[float], float]) -> Number:
        """Return a whole number near to this."""
        return self._unary("round", lambda x: float(way(x)))

    def compare(self, relation: Callable[[float, float], bool], other: Any) -> Number:
        """Return 1 if a relation to another number holds, otherwise 0."""
        return self._binary("cmp", lambda a, b: float(relation(a, b)), other, joins=True)


RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
}
"""Comparisons by their names."""


def compare(relation: str, left: Any, right: Any) -> Any:
    """Return 1 where a relation holds between numbers, and 0 elsewhere; the left ones count."""
    held = RELATIONS[relation]
    return np.frompyfunc(lambda a, b: a.compare(held, b), 2, 1)(left, right)


class ScalarArithmetic(Arithmetic):
    """Object arrays of numbers that count; sums of products and extrema are accumulated one by one."""

    maximum: Any = np.frompyfunc(Number.maximum, 2, 1)
    minimum: Any = np.frompyfunc(Number.minimum, 2, 1)
    _accumulate: Any = np.frompyfunc(Number.accumulate, 3, 1)
    _erf: Any = np.frompyfunc(Number.erf, 1, 1)
    floor: Any = np.frompyfunc(lambda x: x.rounded(math.floor), 1, 1)
    ceil: Any = np.frompyfunc(lambda x: x.rounded(math.ceil), 1, 1)
    rint: Any = np.frompyfunc(lambda x: x.rounded(round), 1, 1)
    compare: Any = staticmethod(compare)

    def __init__(self) -> None:
        super().__init__(object)
        self.ledger = Ledger()

    def wrap(self, array: Array) -> Array:
        """Return an array of real numbers; numbers stay what they are."""
        wrapped = np.empty(array.shape, object)
        for place, value in np.ndenumerate(array):
            wrapped[place] = value if isinstance(value, Number) else Number(float(value), self.ledger)
        return wrapped

    def empty(self, shape: Sequence[int]) -> Array:
        """Return a new array of nothing."""
        return np.empty(tuple(shape), object)

    def padding(self, value: float) -> Any:
        """Return a number that knows it is padding."""
        return Number(value, self.ledger, real=False)

    def erf(self, x: Array) -> Array:
        """Return the error function of each element."""
        result: Array = self._erf(x)
        return result

    def sum(self, x: Array, axes: tuple[int, ...], out: Array | None = None) -> Array:
        """Return the sums along axes, from zero."""
        result: Array = np.add.reduce(x, axis=axes, keepdims=True, out=out, initial=Number(0.0, self.ledger))
        return result

    def max(self, x: Array, axis: Axes) -> Array:
        """Return the maxima along axes, from minus infinity."""
        return self._along(self.maximum, -math.inf, x, axis)

    def min(self, x: Array, axis: Axes) -> Array:
        """Return the minima along axes, from infinity."""
        return self._along(self.minimum, math.inf, x, axis)

    def prod(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return the products along axes, from one."""
        return self._along(np.frompyfunc(operator.mul, 2, 1), 1.0, x, axes)

    def cumsum(self, x: Array, axis: int) -> Array:
        """Return the sums up to each element along an axis, from zero."""
        sums = x.copy()
        axis %= x.ndim
        total = self.full((*x.shape[:axis], *x.shape[axis + 1 :]), 0.0)
        for place in range(x.shape[axis]):
            at = (slice(None),) * axis + (place,)
            total = sums[at] = total + x[at]
        return sums

    def _along(self, step: Any, start: float, x: Array, axis: Axes) -> Array:
        """Join the elements along axes into one, each of them by one step."""
        axes = {place % x.ndim for place in (axis if isinstance(axis, tuple) else (axis,))}
        result = self.full([1 if place in axes else extent for place, extent in enumerate(x.shape)], start)
        for at in np.ndindex(*(extent if place in axes else 1 for place, extent in enumerate(x.shape))):
            seen = tuple(slice(n, n + 1) if place in axes else slice(None) for place, n in enumerate(at))
            result = step(result, x[seen])
        return result

    def matmul(self, left: Array, right: Array) -> Array:
        """Return the matrix products of the last two axes, each sum from zero."""
        return self._products(self.full(_shape(left, right), 0.0), left, right)

    def multiply_accumulate(self, accumulator: Array, left: Array, right: Array) -> Array:
        """Add matrix products into an accumulator."""
        start = accumulator.reshape(_shape(left, right))
        accumulator[...] = self._products(start, left, right).reshape(accumulator.shape)
        return accumulator

    def _products(self, total: Array, left: Array, right: Array) -> Array:
        for term in range(left.shape[-1]):
            total = self._accumulate(total, left[..., :, term, None], right[..., None, term, :])
        return total


def _shape(left: Array, right: Array) -> tuple[int, ...]:
    """Return the shape of a product of matrices in the last two axes."""
    outer = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    return (*outer, left.shape[-2], right.shape[-1])


def count_scalars(op: Op, *input_shapes: tuple[int, ...], seed: int = 0) -> tuple[Counts, Counts]:
    """Run one op on counting scalars and return what they counted: all, and valid.

    >>> from convcost.ops import MaxPool
    >>> count_scalars(MaxPool((2, 2), padding=(1, 0, 0, 0)), (1, 1, 3, 3))
    (Counts(cmp=24), Counts(cmp=20))
    """
    arithmetic = ScalarArithmetic()
    draw = uniform(np.random.default_rng(seed))
    arrays = [arithmetic.wrap(draw(shape, -1.0, 1.0)) for shape in input_shapes]
    perform(op, arrays, Weights(draw, arithmetic), Tally(arithmetic))
    return Counts(**arithmetic.ledger.all), Counts(**arithmetic.ledger.valid)
