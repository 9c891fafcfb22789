"""The points of a sweep: a grid, or points as they come, cut into boxes that stay in the cache."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from convcost.records import Record

BLOCK = 1 << 15
"""Points that are computed at once: a few arrays of so many numbers fit into the second-level cache, and a call on them
is long enough for a second thread to gain."""

Box = tuple[slice, ...]
"""A part of a space: a slice along each dimension."""

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Space(Record):
    """Inputs along dimensions.

    Attributes
    ----------
    inputs : tuple of int64 arrays
        Each one-dimensional.
    dimension : tuple of int
        Along which dimension each input lies: different ones for a grid, the same one for points as they come.
    sizes : tuple of int
        Extents of the dimensions.

    Examples
    --------
    >>> grid = Space.grid([np.arange(3), np.arange(10)])
    >>> grid.sizes, len(grid), [grid.box(i) for i in range(grid.boxes)]
    ((3, 10), 30, [(slice(0, 3, None), slice(0, 10, None))])
    """

    inputs: tuple[Numbers, ...]
    dimension: tuple[int, ...]
    sizes: tuple[int, ...]

    @classmethod
    def grid(cls, inputs: Sequence[Numbers]) -> Space:
        """Return every combination of the values of some inputs; the last one runs fastest."""
        return cls(tuple(inputs), tuple(range(len(inputs))), tuple(map(len, inputs)))

    @classmethod
    def points(cls, inputs: Sequence[Numbers], count: int) -> Space:
        """Return points whose coordinates stand at the same place of each input."""
        return cls(tuple(inputs), (0,) * len(inputs), (count,))

    def __len__(self) -> int:
        return math.prod(self.sizes)

    @property
    def split(self) -> tuple[int, int]:
        """The dimension that is cut, those before it taken one by one, and how much of it a box takes."""
        trailing = 1
        for at in range(len(self.sizes) - 1, 0, -1):
            if trailing * self.sizes[at] > BLOCK:
                return at, max(1, BLOCK // trailing)
            trailing *= self.sizes[at]
        return 0, max(1, BLOCK // trailing)

    @property
    def boxes(self) -> int:
        """How many boxes there are."""
        at, step = self.split
        return math.prod(self.sizes[:at]) * -(-self.sizes[at] // step) if self.sizes else 1

    def box(self, number: int) -> Box:
        """Return a box; in their order boxes have the points in theirs."""
        if not self.sizes:
            return ()
        at, step = self.split
        number, chunk = divmod(number, -(-self.sizes[at] // step))
        leading: list[slice] = []
        for size in reversed(self.sizes[:at]):
            number, index = divmod(number, size)
            leading.insert(0, slice(index, index + 1))
        cut = slice(chunk * step, min((chunk + 1) * step, self.sizes[at]))
        return (*leading, cut, *(slice(0, size) for size in self.sizes[at + 1 :]))

    def ranges(self) -> list[tuple[int, int]]:
        """Return the least and the largest value of each input."""
        return [(int(values.min()), int(values.max())) for values in self.inputs]


def shape(box: Box) -> tuple[int, ...]:
    """Return the extents of a box."""
    return tuple(cut.stop - cut.start for cut in box)
