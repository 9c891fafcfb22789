"""What was counted: a counter beside each NumPy entry point, fed from the operands really passed to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convcost.counts import Counts
from convcost.errors import ConvcostError
from convcost.execute.arithmetic import Arithmetic, Array, Axes


class WitnessError(ConvcostError):
    """The executor cannot testify (E604 to E606): unknown primitives, misfitting tensors, two tiers that disagree."""


class Share(NamedTuple):
    """How many of the elements that went into a step are real ones, the others being padding."""

    real: int
    of: int


WHOLE = Share(1, 1)
"""No padding took part."""


class Tally:
    """NumPy's arithmetic with a counter beside each call.

    An executor computes through these methods and nothing else. Each hands its operands to NumPy and counts what
    came back: an elementwise step its result's elements, a sum or a maximum its operand's elements, a matrix product
    its result's elements times the terms of each. A ``share`` tells how many of them met a real element; each element
    of the mask it was measured on took part equally often, so it divides the count.

    Examples
    --------
    >>> import numpy as np
    >>> tally = Tally()
    >>> tally.matmul(np.ones((2, 3)), np.ones((3, 5))).shape
    (2, 5)
    >>> tally.add(np.ones(4), 1.0, share=Share(1, 2)).shape
    (4,)
    >>> tally.all, tally.valid
    (Counts(mul=30, add=34), Counts(mul=30, add=32))
    """

    def __init__(self, arithmetic: Arithmetic | None = None) -> None:
        self.arithmetic = arithmetic or Arithmetic()
        self._log: list[tuple[str, int, Share]] = []

    def reset(self) -> None:
        """Begin anew."""
        self._log.clear()

    @property
    def recorded(self) -> list[tuple[str, int, Share]]:
        """What was recorded, call by call, in the order in which threads came to it."""
        return list(self._log)

    @property
    def all(self) -> Counts:
        """Everything counted, padding included."""
        total: dict[str, int] = {}
        for primitive, times, _ in self._log:
            total[primitive] = total.get(primitive, 0) + times
        return Counts(**total)

    @property
    def valid(self) -> Counts:
        """What was counted on real elements."""
        total: dict[str, int] = {}
        for primitive, times, share in self._log:
            real, rest = divmod(times * share.real, share.of)
            assert rest == 0, f"{share} does not divide {times}"
            total[primitive] = total.get(primitive, 0) + real
        return Counts(**total)

    def count(self, primitive: str, times: int, share: Share = WHOLE) -> None:
        """Record that a primitive was performed so many times; threads may do so at once."""
        self._log.append((primitive, times, share))

    # ------------------------------------------------------------------------------------------------ arrays, no cost

    def full(self, shape: Sequence[int], value: Any) -> Array:
        """Return a new array that holds one value everywhere."""
        return self.arithmetic.full(shape, value)

    def empty(self, shape: Sequence[int]) -> Array:
        """Return a new array, to be written before it is read."""
        return self.arithmetic.empty(shape)

    def padding(self, value: float) -> Any:
        """Return what a padding element holds."""
        return self.arithmetic.padding(value)

    # ----------------------------------------------------------------------------------------- one for each element

    def _each(
        self,
        primitive: str,
        entry: Callable[..., Array],
        *operands: Any,
        share: Share = WHOLE,
        out: Array | None = None,
    ) -> Array:
        result = entry(*operands) if out is None else entry(*operands, out=out)
        self.count(primitive, result.size, share)
        return result

    def multiply(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return left · right."""
        return self._each("mul", self.arithmetic.multiply, left, right, out=out, share=share)

    def add(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return left + right."""
        return self._each("add", self.arithmetic.add, left, right, out=out, share=share)

    def subtract(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return left - right."""
        return self._each("add", self.arithmetic.subtract, left, right, out=out, share=share)

    def divide(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return left / right."""
        return self._each("div", self.arithmetic.divide, left, right, out=out, share=share)

    def maximum(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return the larger of left and right."""
        return self._each("cmp", self.arithmetic.maximum, left, right, out=out, share=share)

    def minimum(self, left: Any, right: Any, *, out: Array | None = None) -> Array:
        """Return the smaller of left and right."""
        return self._each("cmp", self.arithmetic.minimum, left, right, out=out)

    def compare(self, relation: str, left: Any, right: Any) -> Array:
        """Return 1 where a relation holds ("less", "equal", ...), and 0 elsewhere."""
        held = self._each("cmp", self.arithmetic.compare, relation, left, right)
        return self.arithmetic.wrap(held.astype(np.float32))

    def power(self, base: Any, exponent: Any) -> Array:
        """Return base to the power of exponent."""
        return self._each("pow", self.arithmetic.power, base, exponent)

    def exp(self, x: Array, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return e to the power of x."""
        return self._each("exp", self.arithmetic.exp, x, out=out, share=share)

    def sqrt(self, x: Array, *, out: Array | None = None) -> Array:
        """Return the square root of x."""
        return self._each("sqrt", self.arithmetic.sqrt, x, out=out)

    def tanh(self, x: Array, *, out: Array | None = None) -> Array:
        """Return the hyperbolic tangent of x."""
        return self._each("tanh", self.arithmetic.tanh, x, out=out)

    def erf(self, x: Array) -> Array:
        """Return the error function of x."""
        return self._each("erf", self.arithmetic.erf, x)

    def absolute(self, x: Array) -> Array:
        """Return the absolute value of x."""
        return self._each("abs", self.arithmetic.absolute, x)

    def log(self, x: Array) -> Array:
        """Return the natural logarithm of x."""
        return self._each("log", self.arithmetic.log, x)

    def sin(self, x: Array) -> Array:
        """Return the sine of x."""
        return self._each("sin", self.arithmetic.sin, x)

    def cos(self, x: Array) -> Array:
        """Return the cosine of x."""
        return self._each("cos", self.arithmetic.cos, x)

    def floor(self, x: Array) -> Array:
        """Return the largest whole number that is not above x."""
        return self._each("round", self.arithmetic.floor, x)

    def ceil(self, x: Array) -> Array:
        """Return the smallest whole number that is not below x."""
        return self._each("round", self.arithmetic.ceil, x)

    def rint(self, x: Array) -> Array:
        """Return the whole number nearest to x, halves to the even one."""
        return self._each("round", self.arithmetic.rint, x)

    # ------------------------------------------------------------------------------------------------- many into one

    def sum(self, x: Array, axes: tuple[int, ...], *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return the sums along axes, which keep the extent 1."""
        result = self.arithmetic.sum(x, axes, out)
        self.count("add", x.size, share)
        return result

    def max(self, x: Array, axis: Axes, *, share: Share = WHOLE) -> Array:
        """Return the maxima along an axis or several, which keep the extent 1."""
        result = self.arithmetic.max(x, axis)
        self.count("cmp", x.size, share)
        return result

    def min(self, x: Array, axis: Axes) -> Array:
        """Return the minima along an axis or several, which keep the extent 1."""
        result = self.arithmetic.min(x, axis)
        self.count("cmp", x.size)
        return result

    def prod(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return the products along axes, which keep the extent 1."""
        result = self.arithmetic.prod(x, axes)
        self.count("mul", x.size)
        return result

    def cumsum(self, x: Array, axis: int) -> Array:
        """Return the sums up to each element along an axis, from zero."""
        result = self.arithmetic.cumsum(x, axis)
        self.count("add", x.size)
        return result

    def matmul(self, left: Array, right: Array, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return the matrix products of the last two axes."""
        matmul = self.arithmetic.matmul
        result: Array = matmul(left, right) if out is None else matmul(left, right, out=out)
        self._products(result, left, share)
        return result

    def einsum(self, equation: str, left: Array, right: Array, *, out: Array, share: Share = WHOLE) -> Array:
        """Multiply each element of the left operand, which has all the indices, and add the product where it belongs.

        >>> tally = Tally()
        >>> import numpy as np
        >>> tally.einsum("kx,k->x", np.ones((3, 5)), np.ones(3), out=np.zeros(5)), tally.all
        (array([3., 3., 3., 3., 3.]), Counts(mul=15, add=15))
        """
        result: Array = self.arithmetic.einsum(equation, left, right, out=out)
        self.count("mul", left.size, share)
        self.count("add", left.size, share)
        return result

    def multiply_accumulate(self, accumulator: Array, left: Array, right: Array, *, share: Share = WHOLE) -> None:
        """Add the matrix products of the last two axes into an accumulator of as many elements."""
        self.arithmetic.multiply_accumulate(accumulator, left, right)
        self._products(accumulator, left, share)

    def _products(self, result: Array, left: Array, share: Share) -> None:
        times = result.size * left.shape[-1]
        self.count("mul", times, share)
        self.count("add", times, share)
