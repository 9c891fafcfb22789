"""Tables of learned vectors."""

from __future__ import annotations

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.ops import Embedding


@executor(Embedding)
def embedding(layer: Layer[Embedding], x: Array) -> Array:
    """Look up the vector of each whole number; what is beyond the table counts on from its other end."""
    table = layer.weights.weight((layer.op.entries, layer.op.width), fan_in=3)
    places = np.floor(np.asarray(x).astype(float)).astype(np.int64) % layer.op.entries
    found: Array = np.take(table, places, 0)
    return found
