"""Stored values that several nodes use: they are counted with the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcost.graph import Node


def shared_by(weights: Mapping[int, Sequence[Any]], nodes: Sequence[Node]) -> dict[int, int]:
    """Return the node whose stored values each node uses that has none of its own.

    Parameters
    ----------
    weights : mapping of int to sequence
        By the index of a node, its stored values; each has an ``origin``, which is the same for the same ones, and is
        ``trained`` or a constant, which is never counted as a parameter.

    Nodes share where all they store is the same, in the same order, and they are the same kind of op.
    """
    first: dict[tuple[object, ...], int] = {}
    shares: dict[int, int] = {}
    for index in sorted(weights):
        origins = tuple((value.origin, value.size) for value in weights[index])
        if not all(value.trained and value.origin and value.size != 1 for value in weights[index]):
            continue
        key = (type(nodes[index].op), *origins)
        if first.setdefault(key, index) != index:
            shares[index] = first[key]
    return shares
