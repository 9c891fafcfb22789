"""Budgets as data: how much a network may cost, where it is said, and what it cost before."""

from convcost.budgets.baseline import Baseline, Known, open_baseline
from convcost.budgets.figures import growths, limits
from convcost.budgets.names import expand
from convcost.budgets.project import Project, find_project, open_project
from convcost.budgets.reader import Stated, stated
from convcost.budgets.records import Budget, Growth

__all__ = [
    "Baseline",
    "Budget",
    "Growth",
    "Known",
    "Project",
    "Stated",
    "expand",
    "find_project",
    "growths",
    "limits",
    "open_baseline",
    "open_project",
    "stated",
]
