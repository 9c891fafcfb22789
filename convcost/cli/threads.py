"""How many threads run the layers of a network: decided before NumPy is loaded, for its BLAS asks only then."""

from __future__ import annotations

import os
import sys

import click

from convcost.errors import UsageError

MOST = 4
"""Threads that are used unasked; more of them would mostly wait for the interpreter."""

VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "OMP_NUM_THREADS",
)
"""What the libraries that NumPy is built with look at; the last is what several fall back to."""

option = click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(min=1),
    help=f"Threads that run the layers; those of BLAS are off.  [default: one a processor, up to {MOST}]",
)


def use_threads(number: int | None = None) -> int:
    """Return how many threads run the layers, and keep BLAS from starting threads of its own.

    Those of BLAS wait for each other in a loop, which is slow beyond measure where others use the machine, too. Unasked
    it is one for each processor; only one, and those of BLAS, where the environment says how many these are or NumPy
    is loaded already.

    Raises
    ------
    UsageError
        E680 where a number is asked for and NumPy has been loaded with threads of its own.
    """
    first = VARIABLES[0]
    if "numpy" in sys.modules:
        if number is None or os.environ.get(first) == "1":
            return number or 1
        hint = f"set {first}=1 before Python starts, or call convcost from a shell"
        raise UsageError("E680", "the number of threads cannot be changed once NumPy is loaded", hint=hint)
    if number is not None:
        os.environ.update(dict.fromkeys(VARIABLES, "1"))
        return number
    os.environ.setdefault(first, "1")
    return min(os.cpu_count() or 1, MOST) if os.environ[first] == "1" else 1
