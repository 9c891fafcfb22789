"""Which nodes each item of a spec becomes: an expansion that keeps what it makes of ops and of calls of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from convcost.graph import Graph
from convcost.ops import Shape
from convcost.records import Record
from convcost.spec.architecture import Architecture
from convcost.spec.document import Document
from convcost.spec.expansion import Expansion
from convcost.spec.item import Item
from convcost.spec.library import Library
from convcost.spec.nodes import Node
from convcost.spec.reader import uncollected
from convcost.spec.scope import Scope
from convcost.spec.wiring import Infer, Trail


class Use(Record):
    """One time that an op or the call of a block was expanded.

    Attributes
    ----------
    name : str
        Of the layer; of several, the scope that they are in.
    library : Library
        The file in which the item is written: the document, or a library that it imports.
    nodes : range
        What it became, in the order of the graph.
    input, output : Shape
        Of its last input and of its output, batch first.
    """

    item: Item
    name: str
    library: Library
    nodes: range
    input: Shape
    output: Shape


class _Traced(Expansion):
    def __init__(self, document: Document, values: Mapping[str, int | Fraction], infer: Infer) -> None:
        super().__init__(document, values, infer, {})
        self.uses: list[Use] = []
        self.named_last = ""

    def output(self, item: Item, name: str, scope: Scope, index: int) -> None:
        self.named_last = name
        super().output(item, name, scope, index)

    def op(self, item: Item, arguments: Mapping[str, Node], scope: Scope, trail: Trail) -> None:
        start = len(self.nodes)
        super().op(item, arguments, scope, trail)
        self.uses.append(self.use(item, start, (self.nodes[start].inputs or (start,))[-1], scope))

    def block(self, item: Item, arguments: Mapping[str, Node], scope: Scope, trail: Trail) -> None:
        start, place = len(self.nodes), len(self.uses)
        given = self.inputs(item, scope)
        super().block(item, arguments, scope, trail)
        self.uses.insert(place, self.use(item, start, given[-1], scope))

    def use(self, item: Item, start: int, given: int, scope: Scope) -> Use:
        shapes, nodes = self.run.shapes, range(start, len(self.nodes))
        return Use(item, self.named_last, self.home.library, nodes, shapes[given], shapes[scope.history[-1]])


def trace(
    architecture: Architecture, values: Mapping[str, int | Fraction], infer: Infer
) -> tuple[Graph, tuple[Use, ...]]:
    """Expand an architecture for numbers, and tell what each op and each call of a block became.

    Parameters
    ----------
    infer : callable
        As ``build``.

    Returns
    -------
    graph, uses
        The graph that ``build`` makes, and the uses in the order in which they begin; a call of a block stands before
        what is in it.

    Raises
    ------
    SpecError, ShapeError, Diagnostics
        As ``build``.
    """
    expansion = _Traced(architecture.document, values, infer)
    with uncollected():
        output = expansion.expand()
    graph = Graph(architecture.name, tuple(expansion.nodes), output, dict(values), ())
    return graph, tuple(expansion.uses)
