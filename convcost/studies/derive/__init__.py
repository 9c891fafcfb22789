"""Derivations step by step, as a lecture would write them: what a convolution multiplies, and what it saves.

No line is canned. Every expression is what the rules say of an op whose extents are symbols (a single position, one
channel, the whole layer), and each is held against the one before it times or plus what the step adds.
"""

from convcost.studies.derive.board import Derivation, Step
from convcost.studies.derive.derive import derive
from convcost.studies.derive.lectures import DERIVATIONS

__all__ = ["DERIVATIONS", "Derivation", "Step", "derive"]
