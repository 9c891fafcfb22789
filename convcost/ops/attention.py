"""Attention."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class Attention(Op):
    """Scaled dot-product attention of a query (N, D, ...), a key (N, D, ...) and a value (N, Dv, ...) to (N, Dv, ...).

    The query has L_q places and the key L_k, where the value is, too: L_q · L_k pairs. Each head takes D / heads
    channels of query and key, and Dv / heads of the value. Its score s of a pair is q · k, a sum of D / heads products
    from zero, divided by √(D / heads). Weights are exp(s - m) / Σ exp(s - m) over the keys, m being the maximum of s.
    The output is Σ weight · value over the keys, from zero.

    ``causal``: a place sees the keys up to its own, in the order of the tensor, which is row by row on an image. The
    other pairs are worked out, too, and their scores replaced by minus infinity: they are padding.

    There are no projections in it; those of query, key, value and output are 1×1 convolutions.
    """

    name: ClassVar[str] = "attention"
    inputs: ClassVar[int | None] = 3

    heads: Dim = arg("dim", "parts of the channels, each with scores of its own", default=1)
    causal: bool = arg("flag", "a place sees only itself and those before it", default=False)
