"""Costs of a whole graph: propagation of shapes and counts, conventions, totals and closed forms."""

from convcost.cost.analysis import Analysis, Group, analyze
from convcost.cost.convention import CONVENTIONS, PARAMETERS, Convention, convention
from convcost.cost.propagate import Derived, infer, propagate

__all__ = [
    "CONVENTIONS",
    "PARAMETERS",
    "Analysis",
    "Convention",
    "Derived",
    "Group",
    "analyze",
    "convention",
    "infer",
    "propagate",
]
