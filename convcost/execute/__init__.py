"""What a layer does: a NumPy executor that runs it and counts, as evidence for what ``rules`` derives.

It knows no formula: it imports neither the rules nor SymPy, slides windows until they no longer fit, and counts what
was really multiplied. ``run`` runs a network once, a ``Plan`` again and again, both by fast kernels; ``ones_probe`` and
``count_scalars`` are tiers that trust ever less.
"""

from convcost.execute import (  # they register their executors
    activation,
    attention,
    conv,
    einsum,
    elementwise,
    embedding,
    experts,
    layout,
    linear,
    merge,
    norm,
    parameter,
    pool,
    recurrent,
    reduce,
    region,
    resample,
    reshape,
)
from convcost.execute._executor import EXECUTORS, Executed, executor, executor_of
from convcost.execute.plan import Plan
from convcost.execute.probe import ones_probe
from convcost.execute.runner import audit_op, execute_op, run
from convcost.execute.scalars import count_scalars
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.timing import Clock, Timed, Timing, time_network
from convcost.execute.weights import Tiles

FAMILIES = (
    conv,
    linear,
    pool,
    norm,
    activation,
    merge,
    reshape,
    region,
    attention,
    experts,
    elementwise,
    reduce,
    layout,
    resample,
    embedding,
    parameter,
    einsum,
    recurrent,
)
"""The modules of executors, as those of ``ops``."""

__all__ = [
    "EXECUTORS",
    "FAMILIES",
    "Clock",
    "Executed",
    "Plan",
    "Tally",
    "Tiles",
    "Timed",
    "Timing",
    "WitnessError",
    "audit_op",
    "count_scalars",
    "execute_op",
    "executor",
    "executor_of",
    "ones_probe",
    "run",
    "time_network",
]
