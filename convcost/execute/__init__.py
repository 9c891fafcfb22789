"""What a layer does: a NumPy executor that runs it and counts, as evidence for what ``rules`` derives.

It knows no formula: it imports neither the rules nor SymPy, slides windows until they no longer fit, and counts what
was really multiplied. ``run`` runs a network; ``ones_probe`` and ``count_scalars`` are tiers that trust ever less.
"""

from convcost.execute import (  # they register their executors
    activation,
    attention,
    conv,
    experts,
    linear,
    merge,
    norm,
    pool,
    region,
    reshape,
)
from convcost.execute._executor import EXECUTORS, Executed, executor, executor_of
from convcost.execute.probe import ones_probe
from convcost.execute.runner import audit_op, execute_op, run
from convcost.execute.scalars import count_scalars
from convcost.execute.tally import Tally, WitnessError

FAMILIES = (conv, linear, pool, norm, activation, merge, reshape, region, attention, experts)
"""The modules of executors, as those of ``ops``."""

__all__ = [
    "EXECUTORS",
    "FAMILIES",
    "Executed",
    "Tally",
    "WitnessError",
    "audit_op",
    "count_scalars",
    "execute_op",
    "executor",
    "executor_of",
    "ones_probe",
    "run",
]
