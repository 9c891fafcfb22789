"""Inverse problems: the largest hyperparameters under budgets, exactly, with certificates."""

from convcost.studies.solve.axes import Axis, axes_of
from convcost.studies.solve.costs import Costs
from convcost.studies.solve.result import Bound, Configuration, Root, Skipped, Solution, Solved
from convcost.studies.solve.solve import budgets_of, solve, solved

__all__ = [
    "Axis",
    "Bound",
    "Configuration",
    "Costs",
    "Root",
    "Skipped",
    "Solution",
    "Solved",
    "axes_of",
    "budgets_of",
    "solve",
    "solved",
]
