"""The fast kernels: what an op does, on rows of memory that lie where they are needed.

A kernel takes a layer and its input tensors and returns a ``Making``, or None for a geometry it has no way for; then
the plain executor of the op runs it. A tail continues a band that another node has made. Both compute through the tally
of their layer and nothing else, and know no more of the op than its plain executor does.
"""

from convcost.execute.kernels import conv, depthwise, elementwise, linear, merge, moves, pool
from convcost.execute.kernels._kernel import KERNELS, NEEDS, TAILS, kernel, tail
from convcost.execute.kernels.merge import joins

__all__ = [
    "KERNELS",
    "NEEDS",
    "TAILS",
    "conv",
    "depthwise",
    "elementwise",
    "joins",
    "kernel",
    "linear",
    "merge",
    "moves",
    "pool",
    "tail",
]
