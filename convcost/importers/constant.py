"""Tensors that do not depend on the input: weights by their extents, and the arithmetic of shapes by exact values.

A constant of a few elements has exact values, integers, fractions and symbols, so that arithmetic on extents is done
while a graph is imported. A larger one knows its extents and how to come by its values, and comes by them only where
they are needed to run the network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from convcost.errors import ModelError
from convcost.ops import Shape
from convcost.symbols import Dim, is_symbolic, product

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

MOST_EXACT = 4096
"""Elements of the largest constant whose values are taken exactly."""


class Constant:
    """A constant tensor.

    Parameters
    ----------
    shape : tuple of int
        Its extents; it has no batch.
    exact : sequence, optional
        Its values, row by row: int, Fraction or symbol.
    read : callable, optional
        Returns its values as an array of numbers; absent, they are those of ``exact``.
    origin : str
        What it was stored as; constants of one origin are one stored tensor. Empty for what was computed.
    whole : bool
        Whether its elements are integers or truth values.
    trained : bool
        Whether it is a stored tensor of real numbers, which training may have found.

    Examples
    --------
    >>> extents = Constant((2, 2), (1, 2, 3, 4), whole=True)
    >>> extents.transposed((1, 0)).exact, extents.reshaped((4,)).shape
    ((1, 3, 2, 4), (4,))
    """

    __slots__ = ("_exact", "_read", "origin", "shape", "trained", "whole")

    def __init__(
        self,
        shape: Shape,
        exact: Sequence[Dim] | None = None,
        *,
        read: Callable[[], Array] | None = None,
        origin: str = "",
        whole: bool = False,
        trained: bool = False,
    ) -> None:
        self.shape = tuple(shape)
        self._exact = None if exact is None else tuple(exact)
        self._read = read
        self.origin = origin
        self.whole = whole
        self.trained = trained

    @property
    def size(self) -> Dim:
        """Elements."""
        return product(self.shape)

    @property
    def small(self) -> bool:
        """Whether its values are taken exactly."""
        return self._exact is not None or (isinstance(self.size, int) and self.size <= MOST_EXACT)

    @property
    def exact(self) -> tuple[Dim, ...]:
        """Its values row by row.

        Raises
        ------
        ModelError
            E715 where they are too many.
        """
        if self._exact is None:
            if not self.small or self._read is None:
                raise ModelError(
                    "E715", f"the {self.size} values of a constant would be needed for arithmetic on shapes"
                )
            self._exact = exact_values(self._read())
        return self._exact

    @property
    def scalar(self) -> Dim | None:
        """The value of a constant of one element; None where it has several."""
        return self.exact[0] if self.size == 1 and isinstance(self.size, int) else None

    def array(self) -> Array:
        """Return its values as numbers."""
        import numpy as np

        if self._read is not None:
            return self._read()
        dtype = np.int64 if self.whole else np.float64
        return np.array([int(v) if self.whole else float(v) for v in self.exact], dtype).reshape(self.shape)

    def objects(self) -> Array:
        """Return its exact values as an array of Python objects."""
        import numpy as np

        values = np.empty(len(self.exact), object)
        values[:] = self.exact
        return values.reshape(self.shape)

    def moved(self, shape: Shape, move: Callable[[Array], Array], part: str = "") -> Constant:
        """Return the constant with its elements in other places; it stays the same stored tensor.

        Where only some of its elements are taken, ``part`` says which: that is a stored tensor of its own.
        """
        import numpy as np

        exact = None if self._exact is None else tuple(np.asarray(move(self.objects()), object).reshape(-1))
        read = None if self._read is None else lambda: move(self.array())
        origin = f"{self.origin}{part}" if self.origin else ""
        return Constant(shape, exact, read=read, origin=origin, whole=self.whole, trained=self.trained)

    def transposed(self, order: Sequence[int]) -> Constant:
        """Return the constant with its axes in another order."""
        return self.moved(tuple(self.shape[axis] for axis in order), lambda values: values.transpose(tuple(order)))

    def reshaped(self, shape: Shape) -> Constant:
        """Return the same elements with other extents."""
        return self if shape == self.shape else self.moved(shape, lambda values: values.reshape(shape))

    def scaled(self, factor: Dim) -> Constant:
        """Return the constant times a number, as it is used; it stays the same stored tensor."""
        if factor == 1:
            return self
        return Constant(
            self.shape,
            read=lambda: self.array() * float(factor),
            origin=self.origin,
            trained=self.trained,
        )


def exact_values(values: Array) -> tuple[Dim, ...]:
    """Return the values of an array exactly: a float as the shortest decimal that is that float.

    >>> import numpy as np
    >>> exact_values(np.array([0.1, 3], np.float32)), exact_values(np.array([[True], [False]]))
    ((Fraction(1, 10), 3), (1, 0))
    """
    flat = values.reshape(-1).tolist()
    if values.dtype.kind in "iub":
        return tuple(int(value) for value in flat)
    double = values.dtype.itemsize == 8
    return tuple(exact_float(value, double=double) for value in flat)


def exact_float(value: float, *, double: bool = False) -> Dim:
    """Return a float as the shortest decimal that is that float, exactly: 1e-5 and not 9.99999974e-06.

    >>> from struct import pack, unpack
    >>> exact_float(unpack("<f", pack("<f", 1e-5))[0]), exact_float(0.1, double=True), exact_float(2.0)
    (Fraction(1, 100000), Fraction(1, 10), 2)

    An infinity, and what is not a number, stays a float: it is refused where it is used.
    """
    from struct import pack

    if not math.isfinite(value):
        return value
    if value == int(value):
        return int(value)
    if double:
        return Fraction(repr(value))
    bits = pack("<f", value)
    for digits in range(1, 10):
        shown = f"{value:.{digits}g}"
        if pack("<f", float(shown)) == bits:
            return Fraction(shown)
    return Fraction(value)


def known(values: Sequence[Dim]) -> tuple[int, ...]:
    """Return values that must be numbers: a symbol among them has no place here (E715)."""
    for value in values:
        if is_symbolic(value):
            names = " and ".join(sorted(map(str, value.free_symbols)))
            raise ModelError("E715", f"what depends on {names} would have to be a number here")
    return tuple(int(value) for value in values)
