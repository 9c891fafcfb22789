"""Instances with the same nodes: their sizes become expressions, and the result is one graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcost.cost import infer
from convcost.cost.propagate import propagate
from convcost.errors import DomainError
from convcost.graph import Graph, Node
from convcost.lifting.explain import Explainer, Seen, Vector
from convcost.ops import Concat, Conv, Flatten, Input, MatMul, Op, Reshape, Shape, Split, Transpose
from convcost.symbols import Dim

SPATIAL = frozenset({"resolution", "size", "height", "width", "length"})
"""Names of hyperparameters that are extents of images."""

REARRANGED: tuple[type[Op], ...] = (Concat, Flatten, MatMul, Reshape, Split, Transpose)
"""Ops whose output has other channels than an input with as many."""


def alike(graphs: Sequence[Graph]) -> str:
    """Return where graphs have other nodes or another wiring; empty where they differ in sizes only."""
    first = graphs[0]
    for graph in graphs[1:]:
        for one, other in zip(first.nodes, graph.nodes, strict=False):
            if type(one.op) is not type(other.op) or (one.inputs, one.shares) != (other.inputs, other.shares):
                return f"{one.name} ({one.op.name}) and {other.name} ({other.op.name})"
        if len(graph.nodes) != len(first.nodes) or graph.output != first.output:
            return f"{len(first.nodes)} nodes and {len(graph.nodes)}"
    return ""


def sizes(graphs: Sequence[Graph]) -> Iterator[Seen]:
    """Yield the sizes that differ between graphs of the same nodes.

    Raises
    ------
    DomainError
        E772 for what differs and is no size.
    """
    shapes = [[derived.output for derived in propagate(graph)] for graph in graphs]
    for index, node in enumerate(graphs[0].nodes):
        bases = _channels(shapes, node.inputs)
        for name, values in _fields([graph.nodes[index].op for graph in graphs]):
            for position, vector in _vectors(values, f"{node.name}: {name}"):
                spatial = isinstance(node.op, Input) and position > 0
                if len(set(vector)) > 1 and vector not in bases:
                    yield Seen(vector, f"{node.name}: {name}", bases, spatial=spatial)


def lifted(graphs: Sequence[Graph], explainer: Explainer, hyperparameters: Mapping[str, Dim]) -> Graph:
    """Return the graph whose sizes are expressions.

    Channels that have to be the same have one expression. What is the sum of parts has that of its parts, wherever it
    stands; so sizes are explained once to learn those sums, and again with them.
    """
    family = _Family(graphs, explainer)
    sums = family.explained({})[1]
    nodes, _ = family.explained(sums)
    first = graphs[0]
    return Graph(first.name, tuple(nodes), first.output, hyperparameters)


class _Family:
    """Graphs of the same nodes, and the shapes of their tensors."""

    def __init__(self, graphs: Sequence[Graph], explainer: Explainer) -> None:
        self.graphs = graphs
        self.explainer = explainer
        self.shapes = [[derived.output for derived in propagate(graph)] for graph in graphs]
        self.classes = _Classes(graphs[0], self.shapes)

    def channels(self, index: int) -> Vector:
        """Return the channels of a tensor in each instance."""
        return tuple(each[index][1] for each in self.shapes)

    def explained(self, channels: Mapping[int, Dim]) -> tuple[list[Node], dict[int, Dim]]:
        """Return the nodes with expressions for sizes, and the channels that are sums, by class."""
        known, sums = dict(channels), dict[int, Dim]()
        nodes: list[Node] = []
        symbolic: list[Shape] = []
        for index, node in enumerate(self.graphs[0].nodes):
            bases = [(v, symbolic[i][1]) for i in node.inputs if len(set(v := self.channels(i))) > 1]
            changed = self.sizes(index, bases, known)
            op = node.op.replaced(**changed) if changed else node.op
            nodes.append(node.replaced(op=op))
            symbolic.append((1, *op.shape) if isinstance(op, Input) else infer(op, *(symbolic[i] for i in node.inputs)))
            if len(set(self.channels(index))) > 1:
                own = self.classes.of(index)
                known.setdefault(own, symbolic[index][1])
                if isinstance(op, REARRANGED):
                    sums.setdefault(own, symbolic[index][1])
        return nodes, sums

    def sizes(self, index: int, bases: Sequence[tuple[Vector, Dim]], known: dict[int, Dim]) -> dict[str, Any]:
        """Return the fields of an op that differ, as expressions."""
        node, changed = self.graphs[0].nodes[index], dict[str, Any]()
        for name, values in _fields([graph.nodes[index].op for graph in self.graphs]):
            found: list[Dim] = []
            for position, vector in _vectors(values, f"{node.name}: {name}"):
                seen = Seen(vector, f"{node.name}: {name}", spatial=isinstance(node.op, Input) and position > 0)
                follows = next((expression for base, expression in bases if base == vector), None)
                if len(set(vector)) == 1:
                    found.append(vector[0])
                elif follows is not None and (name != "out" or _depthwise(node.op)):
                    found.append(follows)
                elif name == "out":
                    own = self.classes.of(index)
                    if own not in known:
                        known[own] = self.explainer.explain(seen, bases)
                    found.append(known[own])
                else:
                    found.append(self.explainer.explain(seen, bases))
            changed[name] = tuple(found) if isinstance(values[0], tuple) else found[0]
        return changed


def _depthwise(op: Op) -> bool:
    return isinstance(op, Conv) and op.depthwise


def _channels(shapes: Sequence[Sequence[Shape]], inputs: tuple[int, ...]) -> tuple[Vector, ...]:
    return tuple(dict.fromkeys(vector for i in inputs if len(set(vector := tuple(each[i][1] for each in shapes))) > 1))


def _fields(ops: Sequence[Op]) -> Iterator[tuple[str, list[Any]]]:
    """Yield the fields of ops of one type whose values differ."""
    for name in ops[0]._names:  # noqa: SLF001 - the fields of a record
        values = [getattr(op, name) for op in ops]
        if any(value != values[0] for value in values):
            yield name, values


def _vectors(values: list[Any], place: str) -> Iterator[tuple[int, Vector]]:
    """Yield one number of each instance at a time."""
    rows = [value if isinstance(value, tuple) else (value,) for value in values]
    if len({len(row) for row in rows}) > 1 or any(isinstance(v, bool | str) or v is None for row in rows for v in row):
        raise DomainError(
            "E772",
            f"{place} is {' and '.join(map(_said, values))}, which is no size",
            hint="lift instances of one structure",
        )
    yield from enumerate(zip(*rows, strict=True))


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Classes:
    """Tensors whose channels have to be the same: what an op hands on, and what is added or multiplied."""

    def __init__(self, graph: Graph, shapes: Sequence[Sequence[Shape]]) -> None:
        self.above = list(range(len(graph.nodes)))
        for index, node in enumerate(graph.nodes):
            if isinstance(node.op, REARRANGED) or ("out" in node.op.arguments() and not _depthwise(node.op)):
                continue
            for tensor in node.inputs:
                if all(each[tensor][1] == each[index][1] for each in shapes):
                    self.above[self.of(tensor)] = self.of(index)

    def of(self, index: int) -> int:
        """Return the class of a tensor."""
        while self.above[index] != index:
            self.above[index] = self.above[self.above[index]]
            index = self.above[index]
        return index
