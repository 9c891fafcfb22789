"""Tables of learned vectors."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class Embedding(Op):
    """A learned vector for each whole number of the input: (N, ...) to (N, ..., width), weights (entries, width).

    Numbers below zero or beyond the table count on from its other end.
    """

    name: ClassVar[str] = "embedding"

    entries: Dim = arg("dim", "vectors in the table")
    width: Dim = arg("dim", "length of a vector")
