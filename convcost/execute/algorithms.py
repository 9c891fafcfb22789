"""Ways to perform a network that differ in what is performed: convolutions directly, or by Winograd's filtering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from convcost.errors import UsageError, one_of
from convcost.execute.kernels import KERNELS, NEEDS
from convcost.execute.kernels._kernel import Kernel
from convcost.execute.kernels.winograd import F2, F4, Scheme, needs, transformed
from convcost.execute.memory import Form, Reach
from convcost.ops import Conv, Op


class Algorithm(NamedTuple):
    """The kernel of each op, and the border it likes around its input."""

    kernels: Mapping[type[Op], Kernel]
    needs: Mapping[type[Op], Callable[[Any, Form], Reach]]


def _winograd(scheme: Scheme) -> Algorithm:
    return Algorithm({**KERNELS, Conv: transformed(scheme)}, {**NEEDS, Conv: partial(needs, scheme)})


DIRECT = Algorithm(KERNELS, NEEDS)
"""Every op performs what it is made of."""

ALGORITHMS: Mapping[str, Algorithm] = {"direct": DIRECT, "winograd": _winograd(F2), "winograd4": _winograd(F4)}
"""By name; ``winograd`` is F(2×2, 3×3), ``winograd4`` is F(4×4, 3×3)."""


def algorithm_named(name: str) -> Algorithm:
    """Return an algorithm.

    Raises
    ------
    UsageError
        E690 where there is none of that name.
    """
    if name not in ALGORITHMS:
        raise UsageError("E690", f"unknown algorithm {name!r}", hint=one_of(name, ALGORITHMS))
    return ALGORITHMS[name]
