"""Attention: each step as the op's docstring states it."""

from __future__ import annotations

import math

import numpy as np

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import WHOLE, Share
from convcost.ops import Attention


@executor(Attention)
def attention(layer: Layer[Attention], query: Array, key: Array, value: Array) -> Array:
    """Score all pairs, turn the scores into weights, and mix the values."""
    op, tally = layer.op, layer.tally
    if key.shape[2:] != value.shape[2:]:
        raise ValueError("the places of key and value differ")
    rows = (x.reshape(*x.shape[:2], -1) for x in (query, key, value))
    q, k, v = (x.reshape(x.shape[0], op.heads, -1, x.shape[-1]) for x in rows)
    if q.shape[:3] != k.shape[:3] or len(k) != len(v):
        raise ValueError("the batches or the channels differ")
    scores = tally.full((*q.shape[:2], q.shape[-1], k.shape[-1]), 0.0)
    masked, share = _masked(scores) if op.causal else (None, WHOLE)
    if masked is not None:
        scores[..., masked] = tally.padding(0.0)
    tally.multiply_accumulate(scores, q.swapaxes(-1, -2), k, share=share)
    scores = tally.divide(scores, math.sqrt(q.shape[2]), share=share)
    if masked is not None:
        scores[..., masked] = tally.padding(-np.inf)
    distance = tally.subtract(scores, tally.max(scores, -1, share=share), share=share)
    if masked is not None:  # a difference of padding and something real would be real
        distance[..., masked] = tally.padding(-np.inf)
    raised = tally.exp(distance, share=share)
    weights = tally.divide(raised, tally.sum(raised, (-1,), share=share), share=share)
    mixed = tally.matmul(v, weights.swapaxes(-1, -2), share=share)
    return mixed.reshape(value.shape[0], value.shape[1], *query.shape[2:])


def _masked(scores: Array) -> tuple[Array, Share]:
    """Return which pairs of places are masked, and how many of them are not."""
    places, keys = scores.shape[-2:]
    if places != keys:
        raise ValueError("causal attention has as many queries as keys")
    masked = np.arange(keys) > np.arange(places)[:, None]
    return masked, Share(int((~masked).sum()), masked.size)
