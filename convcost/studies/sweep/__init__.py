"""Sweeps: a network at many configurations at once, by formulas compiled for NumPy; exact."""

from convcost.studies.sweep.axes import Axis, axes_of, pairs
from convcost.studies.sweep.front import Objective
from convcost.studies.sweep.result import Extent, Point, Sweep
from convcost.studies.sweep.sweep import sweep

__all__ = ["Axis", "Extent", "Objective", "Point", "Sweep", "axes_of", "pairs", "sweep"]
