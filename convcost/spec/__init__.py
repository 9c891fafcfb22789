"""YAML text to graphs: a spec is read, checked, and expanded for values of its hyperparameters."""

from convcost.spec.architecture import Architecture, parse
from convcost.spec.build import build
from convcost.spec.hyperparameters import Hyperparameter
from convcost.spec.target import Target, open_target, parse_target

__all__ = ["Architecture", "Hyperparameter", "Target", "build", "open_target", "parse", "parse_target"]
