"""From several instances of one family to a spec with hyperparameters."""

from convcost.lifting.lift import lift
from convcost.lifting.result import Lifted

__all__ = ["Lifted", "lift"]
