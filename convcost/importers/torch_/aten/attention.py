"""Attention as PyTorch fuses it: two products of matrices and a softmax between them."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, written
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.elementwise import add
from convcost.importers.torch_.aten.linear import matmul
from convcost.importers.torch_.site import Operand, Site, rational
from convcost.ops import Affine, MatMul, Parameter, Softmax


@operator("scaled_dot_product_attention")
def attention(
    site: Site,
    query: Operand,
    key: Operand,
    value: Operand,
    attn_mask: Operand | None = None,
    dropout_p: float = 0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``scaled_dot_product_attention``: every pair is worked out, also those that a mask then hides."""
    del dropout_p
    q, k = site.tensor(query), site.tensor(key)
    if enable_gqa and q.shape[-3] != k.shape[-3]:
        raise ModelError("E743", f"{q.shape[-3]} heads share {k.shape[-3]} keys: {written(k.shape)}")
    if q.layout != k.layout:
        raise ModelError("E716", f"the samples of {written(q.shape)} and {written(k.shape)} do not agree")
    scores = site.add(MatMul(transpose_right=True), q, k, part="scores")
    width = int(q.own[-1])
    factor = rational(scale) if scale is not None else _inverse_root(width)
    scores = site.add(Affine(factor=factor), scores, part="scaled")
    if attn_mask is not None:
        scores = add(site, scores, attn_mask)
    if is_causal:
        places = scores.own[-2:]
        mask = site.add(Parameter(places, trainable=False), layout=Layout(None), part="mask")
        scores = add(site, scores, mask)
    weights = site.add(Softmax(-1), scores, part="weights")
    return matmul(site, weights, value)


def _inverse_root(width: int) -> int | Fraction:
    """Return 1/√width: exact for a square, else to as many digits as a spec takes.

    >>> _inverse_root(64), float(_inverse_root(32))
    (Fraction(1, 8), 0.176776695296637)
    """
    root = round(sqrt(width))
    return Fraction(1, root) if root * root == width else rational(1 / sqrt(width))
