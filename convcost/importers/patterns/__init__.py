"""Ops that an export has taken apart, put together again.

An export writes x · sigmoid(x) where the network has silu. Here such groups of nodes become the op they stand for,
where only the last of them is used elsewhere and no product of a convolution or fully connected layer is touched. The
op that takes the place of the last node has the same output; the others are left out when the graph is finished.
"""

from __future__ import annotations

from convcost.graph import Node
from convcost.importers.builder import Builder
from convcost.importers.patterns.activations import gated, gelu, hard_sigmoid, hard_swish
from convcost.importers.patterns.layers import biased, channel_shuffle, scaled_channels
from convcost.importers.patterns.norms import factor_of_rms, factors_of_norm, group_norm, layer_norm
from convcost.importers.patterns.view import Found, Pattern, View
from convcost.ops import Add, Affine, Div, Mul, Op, Reshape

__all__ = ["PATTERNS", "recognised"]

PATTERNS: dict[type[Op], tuple[Pattern, ...]] = {
    Mul: (gated, gelu, factor_of_rms),
    Affine: (hard_swish, hard_sigmoid, gelu),
    Div: (layer_norm,),
    Add: (factors_of_norm, biased, scaled_channels),
    Reshape: (group_norm, channel_shuffle),
}
"""What each op may be the last node of."""


def recognised(builder: Builder, ends: set[int]) -> None:
    """Put groups of nodes together, each node looked at once, in order: what was found may be part of what follows.

    Parameters
    ----------
    ends : set of int
        Nodes whose outputs come out of the network.
    """
    view = View(builder, ends)
    for index, node in enumerate(builder.nodes):
        for pattern in PATTERNS.get(type(node.op), ()):
            found = pattern(view, index)
            if found is not None:
                _replace(view, index, found)
                break


def _replace(view: View, index: int, found: Found) -> None:
    builder, old = view.builder, view.nodes[index]
    _released(view, old.inputs, set(found.inputs))
    for source in found.inputs:
        view.users[source] += 1
    builder.nodes[index] = Node(old.name, found.op, found.inputs, old.layer)
    builder.weights.pop(index, None)
    if found.weights:
        builder.weights[index] = found.weights


def _released(view: View, inputs: tuple[int, ...], kept: set[int]) -> None:
    """Count that a node no longer uses its inputs, nor those that nothing else uses theirs."""
    for source in inputs:
        view.users[source] -= 1
        if not view.users[source] and source not in kept:
            _released(view, view.nodes[source].inputs, kept)
