"""Which nodes of a graph make up a row of a table: a layer, a block, a stage, a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from convcost.cost.propagate import Derived
from convcost.graph import Graph, Node
from convcost.ops import Input

By = Literal["op", "layer", "block", "stage", "kind"]

GROUPINGS: tuple[By, ...] = ("layer", "block", "stage", "kind", "op")


class _Network(NamedTuple):
    graph: Graph
    derived: tuple[Derived, ...]


def grouping(
    graph: Graph, derived: tuple[Derived, ...], by: By, depth: int | None = None
) -> list[tuple[str, list[int]]]:
    """Return (label, indices of nodes) for each row, in the order of the network; inputs belong to none."""
    members: dict[str, list[int]] = {}
    for index, key in enumerate(_KEYS[by](_Network(graph, derived), depth)):
        if key is not None:
            members.setdefault(key, []).append(index)
    return [(key.partition(_SEPARATOR)[0], indices) for key, indices in members.items()]


def _prefix(name: str, depth: int | None) -> str:
    return name if depth is None else "/".join(name.split("/")[:depth])


def _by_op(network: _Network, depth: int | None) -> list[str | None]:
    return [None if isinstance(n.op, Input) else _prefix(n.name, depth) for n in network.graph.nodes]


def _layer_of(node: Node) -> str | None:
    return None if isinstance(node.op, Input) else node.layer or node.name


def _by_layer(network: _Network, depth: int | None) -> list[str | None]:
    layers = map(_layer_of, network.graph.nodes)
    return [None if layer is None else _prefix(layer, depth) for layer in layers]


def _by_block(network: _Network, depth: int | None) -> list[str | None]:
    return _by_layer(network, depth or 1)


def _by_kind(network: _Network, depth: int | None) -> list[str | None]:
    del depth
    return [None if isinstance(node.op, Input) else node.op.kind for node in network.graph.nodes]


_SEPARATOR = "\x00"  # between a stage's label and its number: two stages may have the same extents


def _by_stage(network: _Network, depth: int | None) -> list[str | None]:
    """Return runs of blocks whose outputs have the same extents; branches of a block stay with it."""
    blocks = _by_block(network, depth)
    extents: dict[str | None, str] = {}
    for block, derived in zip(blocks, network.derived, strict=True):
        # a vector of features stands in the stage of the map it was pooled from
        extents[block] = "×".join(map(str, derived.output[2:]))
    runs: dict[str | None, str] = {}
    previous, run = "", -1
    for block in dict.fromkeys(blocks):
        if block is None:
            continue
        if extents[block] != previous and (extents[block] or not runs):
            previous, run = extents[block] or "features", run + 1
        runs[block] = f"{previous}{_SEPARATOR}{run}"
    return [None if block is None else runs[block] for block in blocks]


_KEYS: Mapping[By, Callable[[_Network, int | None], list[str | None]]] = {
    "op": _by_op,
    "layer": _by_layer,
    "block": _by_block,
    "stage": _by_stage,
    "kind": _by_kind,
}
