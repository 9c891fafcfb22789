"""The values a layer stores, allocated by the executor itself; parameters are the sum of these arrays' sizes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import numpy as np

from convcost.counts import Counts
from convcost.execute.arithmetic import Arithmetic, Array

Role: TypeAlias = Literal["weight", "bias", "affine", "running"]

Draw: TypeAlias = Callable[[tuple[int, ...], float, float], Array]
"""Where values come from: a shape and two bounds to an array."""

PERIOD = 1_048_583
"""Larger arrays repeat their values, which saves most of the time a hundred million random numbers take; a prime, so
that the repeats do not line up with rows."""


BLOCK = 262_147
"""Random values of a network, as many as fit into the cache; a prime for the same reason."""

STRIDE = 75_011
"""How far apart in the block the values of two successive nodes begin."""


def uniform(random: np.random.Generator) -> Draw:
    """Return a source of random values between the bounds."""

    def draw(shape: tuple[int, ...], low: float, high: float) -> Array:
        values = np.empty(shape, np.float32)
        period = random.random(min(values.size, PERIOD), np.float32)
        period *= np.float32(high - low)
        period += np.float32(low)
        flat = values.reshape(-1)
        for start in range(0, flat.size, PERIOD):
            flat[start : start + PERIOD] = period[: flat.size - start]
        return values

    return draw


class Tiles:
    """One block of random values that all arrays of a network are laid out with, each beginning elsewhere in it.

    Drawing a number costs twenty times as much as copying it, and no layer notices that another has the same ones.

    >>> source = Tiles(seed=0)
    >>> values = source(7)((2, 3), -1.0, 1.0)
    >>> np.array_equal(values, source(7)((2, 3), -1.0, 1.0)), np.array_equal(values, source(8)((2, 3), -1.0, 1.0))
    (True, False)
    """

    def __init__(self, seed: int) -> None:
        block = np.random.default_rng(seed).random(BLOCK, np.float32)
        block -= np.float32(0.5)
        self.block = np.concatenate([block, block])

    def __call__(self, node: int) -> Draw:
        """Return where the values of a node come from; each array begins where the one before it ended."""
        start = node * STRIDE % BLOCK

        def draw(shape: tuple[int, ...], low: float, high: float) -> Array:
            nonlocal start
            values = np.empty(shape, np.float32)
            flat = values.reshape(-1)
            tile = self.block[start : start + min(flat.size, BLOCK)] * np.float32(high - low)
            tile += np.float32((low + high) / 2)
            for begin in range(0, flat.size, BLOCK):
                flat[begin : begin + BLOCK] = tile[: flat.size - begin]
            start = (start + flat.size) % BLOCK
            return values

        return draw


class Weights:
    """Values by role, random ones unless ``draw`` has others.

    Weights are drawn with variance 1 / fan-in, so that activations keep their magnitude through a hundred layers;
    factors, slopes and variances between 1/2 and 3/2, terms and means between -1/2 and 1/2.

    Attributes
    ----------
    sizes : Counter
        Elements allocated, by role: weight, bias, affine (learned scales, shifts and slopes), running (statistics).
    prepared : Counts
        What was performed on them once, before the first run.

    Examples
    --------
    >>> weights = Weights(uniform(np.random.default_rng(0)), Arithmetic())
    >>> weights.weight((8, 3, 3, 3), fan_in=27).shape, weights.bias(8).shape
    ((8, 3, 3, 3), (8,))
    >>> weights.sizes["weight"], weights.sizes["bias"], weights.sizes["affine"]
    (216, 8, 0)
    """

    def __init__(self, draw: Draw, arithmetic: Arithmetic) -> None:
        self.draw = draw
        self.arithmetic = arithmetic
        self.sizes: Counter[str] = Counter()
        self.prepared = Counts()

    def _allocate(self, role: Role, shape: Sequence[int], low: float, high: float) -> Array:
        values = self.arithmetic.wrap(self.draw(tuple(shape), low, high))
        self.sizes[role] += values.size
        return values

    def weight(self, shape: Sequence[int], fan_in: int) -> Array:
        """Return the weights of a convolution or a fully connected layer; ``fan_in`` products go into one output."""
        bound = math.sqrt(3 / fan_in)
        return self._allocate("weight", shape, -bound, bound)

    def bias(self, size: int) -> Array:
        """Return the biases, one for each output channel."""
        return self._allocate("bias", (size,), -0.5, 0.5)

    def factor(self, *shape: int) -> Array:
        """Return learned scales or slopes."""
        return self._allocate("affine", shape, 0.5, 1.5)

    def term(self, *shape: int) -> Array:
        """Return learned shifts."""
        return self._allocate("affine", shape, -0.5, 0.5)

    def constant(self, shape: Sequence[int]) -> Array:
        """Return stored values that are not trained."""
        return self._allocate("running", shape, -1.0, 1.0)

    def mean(self, size: int) -> Array:
        """Return running means."""
        return self._allocate("running", (size,), -0.5, 0.5)

    def variance(self, size: int) -> Array:
        """Return running variances."""
        return self._allocate("running", (size,), 0.5, 1.5)


def along_channels(values: Array, rank: int) -> Array:
    """Return one value for each channel in a shape that broadcasts over (N, C, ...) of that rank.

    >>> along_channels(np.zeros(8), 4).shape
    (8, 1, 1)
    """
    return values.reshape(-1, *(1,) * (rank - 2))
