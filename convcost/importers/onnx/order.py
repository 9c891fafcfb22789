"""Nodes in an order in which each comes after those it needs, and only those that are needed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from convcost.errors import ModelError
from convcost.importers.onnx.model import ModelGraph, ModelNode


def ordered(nodes: Sequence[ModelNode], outputs: Sequence[str], known: Collection[str]) -> list[ModelNode]:
    """Return the nodes that outputs need, in the order of the file as far as it can be followed.

    Raises
    ------
    ModelError
        E712 for a tensor that nobody gives, E713 for nodes in a circle.
    """
    givers: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in node.outputs:
            if name:
                if name in givers:
                    places = f"{nodes[givers[name]].place} and {node.place}"
                    raise ModelError("E717", f"two nodes give {name!r}: {places}")
                givers[name] = index
    needed = _needed(nodes, outputs, givers, known)
    waiting = dict.fromkeys(needed, 0)
    users: dict[int, list[int]] = {}
    for index in needed:
        for giver in {givers[name] for name in taken(nodes[index]) if name in givers}:
            waiting[index] += 1
            users.setdefault(giver, []).append(index)
    from heapq import heapify, heappop, heappush

    ready = [index for index, count in waiting.items() if not count]
    heapify(ready)
    result = []
    while ready:
        index = heappop(ready)
        result.append(nodes[index])
        for user in users.get(index, ()):
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, user)
    if len(result) < len(needed):
        stuck = next(nodes[index] for index in sorted(needed) if waiting[index])
        raise ModelError("E713", f"{stuck.place} needs what is computed from its own output")
    return result


def _needed(
    nodes: Sequence[ModelNode], outputs: Sequence[str], givers: dict[str, int], known: Collection[str]
) -> list[int]:
    found: set[int] = set()
    names = list(outputs)
    while names:
        name = names.pop()
        index = givers.get(name)
        if index is None or index in found:
            continue
        found.add(index)
        for each in taken(nodes[index]):
            if each not in givers and each not in known:
                raise ModelError("E712", f"{nodes[index].place}: {each!r} is no input, initializer or output of a node")
            names.append(each)
    return sorted(found)


def taken(node: ModelNode) -> set[str]:
    """Return the names that a node takes, those that graphs inside it take from outside among them."""
    names = {name for name in node.inputs if name}
    for value in node.attributes.values():
        if isinstance(value, ModelGraph):
            names |= _outside(value)
    return names


def _outside(graph: ModelGraph) -> set[str]:
    inside = {name for node in graph.nodes for name in node.outputs} | {*graph.initializers, *graph.inputs}
    return ({name for node in graph.nodes for name in taken(node)} | set(graph.outputs)) - inside
