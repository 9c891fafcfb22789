"""What ATen operators become: one file for a family, as the ops have; importing this package fills the table."""

from convcost.importers.torch_.aten import (
    activation,
    attention,
    conv,
    elementwise,
    linear,
    merge,
    move,
    norm,
    pool,
    recurrent,
    reduce,
    reshape,
    select,
)
from convcost.importers.torch_.aten._table import OPERATORS

__all__ = [
    "OPERATORS",
    "activation",
    "attention",
    "conv",
    "elementwise",
    "linear",
    "merge",
    "move",
    "norm",
    "pool",
    "recurrent",
    "reduce",
    "reshape",
    "select",
]
