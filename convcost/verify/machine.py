"""What the machine can do at most: multiply matrices that fit its caches, and move memory that does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np

from convcost.execute import Clock

ROUNDS = 10
"""How often each rate is measured; the best counts, for it is what the machine *can* do."""

PRODUCTS = ((512, 384, 1024), (768, 768, 768))
"""Rows, inner extent and columns of matrix products that are tried."""

COPIED = 32 << 20
"""Bytes that each thread copies, more than a cache holds."""

SECOND = 10**9


class Machine(NamedTuple):
    """The two rates of a roofline, both of all threads together.

    Attributes
    ----------
    peak : Fraction
        Mult-adds a second of large matrix products in float32.
    bandwidth : Fraction
        Bytes a second that are read and written when memory is copied.
    """

    peak: Fraction
    bandwidth: Fraction

    @property
    def ridge(self) -> Fraction:
        """Mult-adds a byte from which on multiplying takes longer than moving.

        >>> Machine(Fraction(30), Fraction(12)).ridge
        Fraction(5, 2)
        """
        return self.peak / self.bandwidth

    def better(self, other: Machine) -> Machine:
        """Return the higher of each rate."""
        return Machine(max(self.peak, other.peak), max(self.bandwidth, other.bandwidth))


def measure(threads: int = 1, *, clock: Clock = time.perf_counter_ns) -> Machine:
    """Measure what the machine can do with so many threads at once.

    Where NumPy's BLAS has threads of its own, they take part in matrix products.
    """
    peak, bandwidth = Fraction(0), Fraction(0)
    with ThreadPoolExecutor(threads) as pool:
        for rows, inner, columns in PRODUCTS:
            tasks = [_product(rows, inner, columns) for _ in range(threads)]
            peak = max(peak, Fraction(SECOND * threads * rows * inner * columns, _shortest(pool, tasks, clock)))
        tasks = [_copy(COPIED) for _ in range(threads)]
        bandwidth = Fraction(SECOND * threads * 2 * COPIED, _shortest(pool, tasks, clock))
    return Machine(peak, bandwidth)


def _product(rows: int, inner: int, columns: int) -> Callable[[], object]:
    left, right = np.ones((rows, inner), np.float32), np.ones((inner, columns), np.float32)
    return partial(np.matmul, left, right, out=np.empty((rows, columns), np.float32))


def _copy(size: int) -> Callable[[], object]:
    return partial(np.copyto, np.zeros(size, np.uint8), np.ones(size, np.uint8))


def _shortest(pool: ThreadPoolExecutor, tasks: Sequence[Callable[[], object]], clock: Clock) -> int:
    """Return the nanoseconds of the fastest round in which all tasks are done at once, after one to warm up."""
    times = []
    for _ in range(1 + ROUNDS):
        started = clock()
        for done in [pool.submit(task) for task in tasks]:
            done.result()
        times.append(clock() - started)
    return max(1, min(times[1:]))
