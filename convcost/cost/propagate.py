"""Shapes and counts through a graph; each distinct layer is derived once."""

from __future__ import annotations

from convcost.counts import Counts
from convcost.errors import ConvcostError, ShapeError
from convcost.graph import Graph, Node
from convcost.ops import Input, Op, Shape
from convcost.rules import Parameters, rule_of
from convcost.symbols import Dim, product


class Derived:
    """What the rules say of one op on inputs of given shapes; counts are derived when they are first asked for.

    Layers that are the same op on the same shapes share one object, so a block that is repeated a thousand times is
    derived once.
    """

    __slots__ = ("_counts", "_parameters", "_valid", "inputs", "op", "output")

    def __init__(self, op: Op, inputs: tuple[Shape, ...], output: Shape) -> None:
        self.op = op
        self.inputs = inputs
        self.output = output
        self._parameters: Parameters | None = None
        self._counts: Counts | None = None
        self._valid: Counts | None = None

    @property
    def parameters(self) -> Parameters:
        """What the layer stores."""
        if self._parameters is None:
            self._parameters = rule_of(self.op).parameters(self.op, *self.inputs)
        return self._parameters

    @property
    def counts(self) -> Counts:
        """All primitive operations, those on padding included."""
        if self._counts is None:
            self._counts = rule_of(self.op).counts(self.op, *self.inputs)
        return self._counts

    @property
    def valid(self) -> Counts:
        """The primitive operations on real elements only."""
        if self._valid is None:
            self._valid = rule_of(self.op).valid(self.op, *self.inputs)
        return self._valid

    @property
    def known(self) -> bool:
        """Whether parameters and counts are all there is; those of an op without a rule are not known."""
        return rule_of(self.op).known

    @property
    def input_elements(self) -> Dim:
        """Elements read: those of all inputs."""
        return sum(product(shape) for shape in self.inputs)

    @property
    def output_elements(self) -> Dim:
        """Elements written; an input of the network comes from outside and is written by nobody here."""
        return 0 if isinstance(self.op, Input) else product(self.output)

    @property
    def weight_elements(self) -> Dim:
        """Stored values read: parameters and running statistics."""
        return self.parameters.stored


def infer(op: Op, *inputs: Shape) -> Shape:
    """Return the shape of an op's output by its rule; that of an input, or a parameter, has a batch of 1."""
    shape: Shape = rule_of(op).output(op, *inputs)
    return shape


def propagate(graph: Graph, batch: int = 1) -> tuple[Derived, ...]:
    """Return what is derived for each node of a graph, in its order.

    Raises
    ------
    ShapeError
        With the place of the node in its spec, where shapes do not fit under the graph's values.
    UnsupportedError
        E601 for an op without a rule.
    """
    distinct: dict[tuple[object, ...], Derived] = {}
    results: list[Derived] = []
    for node in graph.nodes:
        inputs = tuple(results[i].output for i in node.inputs)
        key = (id(node.op), *inputs)
        found = distinct.get(key)
        if found is None:
            found = distinct[key] = _derive(node, inputs, batch)
        results.append(found)
        if node.shares is not None and node.shares < len(results):
            _check_shared(node, found, graph.nodes[node.shares], results[node.shares])
    return tuple(results)


def _check_shared(node: Node, derived: Derived, other: Node, stored: Derived) -> None:
    """Refuse to share stored values that are others (E725)."""
    if derived is not stored and derived.parameters != stored.parameters:
        message = f"{node.name} cannot share the stored values of {other.name}: they are others"
        raise ShapeError("E725", message, span=node.origin.span, trail=node.origin.trail)


def _derive(node: Node, inputs: tuple[Shape, ...], batch: int) -> Derived:
    try:
        output = infer(node.op, *inputs) if inputs else infer(node.op, (batch,))
    except ConvcostError as error:
        if error.span is None:
            error.span, error.trail = node.origin.span, (*node.origin.trail, node.name)
        raise
    return Derived(node.op, inputs, output)
