"""Values that are given instead of drawn: those a trained network stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from convcost.execute.arithmetic import Array
from convcost.execute.tally import WitnessError
from convcost.execute.weights import Draw


class Given:
    """Where the values of each node come from: given arrays, in the order in which its executor asks for them.

    Parameters
    ----------
    arrays : mapping of int to sequence of callable
        By the index of a node; each gives one array when it is called.
    otherwise : callable
        The source of the other nodes' values: from the index of a node to a ``Draw``.

    Examples
    --------
    >>> source = Given({1: [lambda: np.ones(3)]}, lambda node: lambda shape, low, high: np.zeros(shape))
    >>> source(1)((3, 1), -1.0, 1.0).shape, source(2)((2,), -1.0, 1.0)
    ((3, 1), array([0., 0.]))
    """

    def __init__(self, arrays: Mapping[int, Sequence[Callable[[], Array]]], otherwise: Callable[[int], Draw]) -> None:
        self.arrays = arrays
        self.otherwise = otherwise

    def __call__(self, node: int) -> Draw:
        """Return where the values of a node come from."""
        if node not in self.arrays:
            return self.otherwise(node)
        rest = iter(self.arrays[node])

        def draw(shape: tuple[int, ...], low: float, high: float) -> Array:
            del low, high
            return _next(rest, shape)

        return draw


def _next(rest: Iterator[Callable[[], Array]], shape: tuple[int, ...]) -> Array:
    """Return the next array in the shape that is asked for, which may differ in axes of one element (E605)."""
    read = next(rest, None)
    if read is None:
        raise WitnessError("E605", f"no values are given for an array of {shape}")
    values = np.asarray(read(), np.float32)
    if [extent for extent in values.shape if extent != 1] != [extent for extent in shape if extent != 1]:
        raise WitnessError("E605", f"values of {values.shape} are given for an array of {tuple(shape)}")
    return values.reshape(shape)
