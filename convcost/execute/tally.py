"""What was counted: a counter beside each NumPy entry point, fed from the operands really passed to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from convcost.counts import Counts
from convcost.errors import ConvcostError
from convcost.execute.arithmetic import Arithmetic, Array


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
        self._all: Counter[str] = Counter()
        self._valid: Counter[str] = Counter()

    @property
    def all(self) -> Counts:
        """Everything counted, padding included."""
        return Counts(**self._all)

    @property
    def valid(self) -> Counts:
        """What was counted on real elements."""
        return Counts(**self._valid)

    def count(self, primitive: str, times: int, share: Share = WHOLE) -> None:
        """Record that a primitive was performed so many times."""
        real, rest = divmod(times * share.real, share.of)
        assert rest == 0, f"{share} does not divide {times}"
        self._all[primitive] += times
        self._valid[primitive] += real

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

    def subtract(self, left: Any, right: Any, *, share: Share = WHOLE) -> Array:
        """Return left - right."""
        return self._each("add", self.arithmetic.subtract, left, right, share=share)

    def divide(self, left: Any, right: Any, *, share: Share = WHOLE) -> Array:
        """Return left / right."""
        return self._each("div", self.arithmetic.divide, left, right, share=share)

    def maximum(self, left: Any, right: Any, *, out: Array | None = None, share: Share = WHOLE) -> Array:
        """Return the larger of left and right."""
        return self._each("cmp", self.arithmetic.maximum, left, right, out=out, share=share)

    def minimum(self, left: Any, right: Any) -> Array:
        """Return the smaller of left and right."""
        return self._each("cmp", self.arithmetic.minimum, left, right)

    def power(self, base: Any, exponent: float) -> Array:
        """Return base to the power of exponent."""
        return self._each("pow", self.arithmetic.power, base, exponent)

    def exp(self, x: Array, *, share: Share = WHOLE) -> Array:
        """Return e to the power of x."""
        return self._each("exp", self.arithmetic.exp, x, share=share)

    def sqrt(self, x: Array) -> Array:
        """Return the square root of x."""
        return self._each("sqrt", self.arithmetic.sqrt, x)

    def tanh(self, x: Array) -> Array:
        """Return the hyperbolic tangent of x."""
        return self._each("tanh", self.arithmetic.tanh, x)

    def erf(self, x: Array) -> Array:
        """Return the error function of x."""
        return self._each("erf", self.arithmetic.erf, x)

    def absolute(self, x: Array) -> Array:
        """Return the absolute value of x."""
        return self._each("abs", self.arithmetic.absolute, x)

    # ------------------------------------------------------------------------------------------------- many into one

    def sum(self, x: Array, axes: tuple[int, ...], *, share: Share = WHOLE) -> Array:
        """Return the sums along axes, which keep the extent 1."""
        result = self.arithmetic.sum(x, axes)
        self.count("add", x.size, share)
        return result

    def max(self, x: Array, axis: int, *, share: Share = WHOLE) -> Array:
        """Return the maxima along an axis, which keeps the extent 1."""
        result = self.arithmetic.max(x, axis)
        self.count("cmp", x.size, share)
        return result

    def matmul(self, left: Array, right: Array, *, share: Share = WHOLE) -> Array:
        """Return the matrix products of the last two axes."""
        result: Array = self.arithmetic.matmul(left, right)
        self._products(result, left, share)
        return result

    def multiply_accumulate(self, accumulator: Array, left: Array, right: Array, *, share: Share = WHOLE) -> None:
        """Add the matrix products of the last two axes into an accumulator of as many elements."""
        self.arithmetic.multiply_accumulate(accumulator, left, right)
        self._products(accumulator, left, share)

    def _products(self, result: Array, left: Array, share: Share) -> None:
        times = result.size * left.shape[-1]
        self.count("mul", times, share)
        self.count("add", times, share)
