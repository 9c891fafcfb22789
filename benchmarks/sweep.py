"""Points a second of ``convcost.sweep`` on MobileNet v1: arbitrary points, a grid, and a thousand million streamed.

``python benchmarks/sweep.py [--huge]``; each figure is the best of a few repetitions, for the machine may be shared.
Exactness is not measured here: the tests hold ten thousand of ten million points against analyses of their own.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

import convcost

POINTS = 10_000_000
METRICS = ("mult_adds",)


def best(call: Callable[[], Any], repetitions: int) -> float:
    """Return the best time of a call; the first, which compiles, is not counted."""
    call()
    times = []
    for _ in range(repetitions):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def line(what: str, count: int, seconds: float, promised: float) -> None:
    """Print one rate, and whether it is what is promised."""
    rate = count / seconds / 1e6
    verdict = "ok" if rate >= promised else "UNDER"
    print(f"  {what:<58} {rate:8.1f} M/s  (promised: at least {promised:g})  {verdict}", flush=True)


def arbitrary(repetitions: int) -> None:
    """Ten million points as they come: α in 1/1024, any R."""
    random = np.random.default_rng(0)
    points = {"alpha": random.integers(64, 2049, POINTS), "resolution": random.integers(32, 513, POINTS)}
    units = {"alpha": Fraction(1, 1024)}

    def call() -> object:
        return convcost.sweep("mobilenet_v1", points=points, units=units, metrics=METRICS)

    line(f"{POINTS:,} arbitrary points", POINTS, best(call, repetitions), 20)


def grid(repetitions: int) -> None:
    """A rectangular grid of some ten million points."""
    over = {"alpha": "1/16:2:1/16384", "resolution": "32:347:1"}
    count = len(convcost.sweep("mobilenet_v1", over, metrics=METRICS))

    def call() -> object:
        return convcost.sweep("mobilenet_v1", over, metrics=METRICS)

    line(f"a grid of {count:,} points", count, best(call, repetitions), 100)


def streamed() -> None:
    """A thousand million points: to their extremes, and to their Pareto front; nothing else is kept."""
    over = {"alpha": "1/16:2:1/1048576", "resolution": "32:544:1"}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for what, options in (("extremes", {"keep": False}), ("Pareto front", {"pareto": "mult_adds, params"})):
        started = time.perf_counter()
        found = convcost.sweep("mobilenet_v1", over, metrics=("mult_adds", "params"), **options)
        seconds = time.perf_counter() - started
        more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(f"  {found.total:,} points to their {what}: {seconds:.1f} s, {more:.0f} MB more than before", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--huge", action="store_true", help="also a thousand million points, which takes a while")
    options = parser.parse_args()
    print("Sweeps of MobileNet v1, best of", options.repetitions)
    arbitrary(options.repetitions)
    grid(options.repetitions)
    if options.huge:
        streamed()


if __name__ == "__main__":
    main()
