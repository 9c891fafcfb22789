"""From a model of ONNX to a graph: nodes in an order that can be followed, each read by its operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcost.errors import ConvcostError, ModelError
from convcost.graph import Graph, Guard
from convcost.graph.graph import Relation, compare
from convcost.importers.builder import Builder, Infer, Tensor, written
from convcost.importers.constant import Constant
from convcost.importers.layout import Layout
from convcost.importers.onnx import families
from convcost.importers.onnx.call import OPERATORS, Answer, Call, Value, stored_constant
from convcost.importers.onnx.extents import Extents
from convcost.importers.onnx.model import ModelGraph, ModelNode, OnnxModel
from convcost.importers.onnx.order import ordered
from convcost.importers.onnx.unknown import require_operators, taken_as_unknown
from convcost.importers.patterns import recognised
from convcost.records import Record, field
from convcost.symbols import Dim, is_symbolic

OLDEST, NEWEST = 7, 28
"""Versions of the operators of ONNX that are read."""

families.load()


class Port(Record):
    """A tensor that goes into a network or comes out of it.

    Attributes
    ----------
    name : str
        What the file calls it.
    index : int
        Of its node in the graph.
    layout : Layout
        Where the file has the batch of it.
    """

    name: str
    index: int
    layout: Layout


class Imported(Record):
    """A graph that came from a file.

    Attributes
    ----------
    graph : Graph
        Extents that the file leaves open are symbols, its hyperparameters.
    defaults : mapping of str to int
        A value for each hyperparameter at which the network can be built.
    multiples : mapping of str to int
        What each of them is a multiple of where the halvings of a network leave no rest.
    weights : mapping of int to tuple of Constant
        By the index of a node, its stored values, in the order the executor takes them.
    inputs, outputs : tuple of Port
        What goes in and comes out.
    fixed : mapping of str to int
        Open extents that had to be numbers.
    """

    graph: Graph
    defaults: Mapping[str, int]
    multiples: Mapping[str, int]
    weights: Mapping[int, tuple[Constant, ...]] = field(compare=False)
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    fixed: Mapping[str, int] = field(default_factory=dict)

    def present(self) -> dict[int, list[Callable[[], Any]]]:
        """Return functions that return stored values, by the index of a node, for nodes all of whose values are there.

        Raises
        ------
        ModelError
            E711 for values that are damaged.
        """
        found: dict[int, list[Callable[[], Any]]] = {}
        for index, values in self.weights.items():
            try:
                for value in values:
                    value.array()  # a view of the file: nothing is copied
            except ModelError as error:
                if error.code != "E723":
                    raise
            else:
                found[index] = [value.array for value in values]
        return found


def import_model(
    model: OnnxModel,
    infer: Infer,
    name: str,
    *,
    allow_unknown: bool = False,
    numbers: Mapping[str, int] | None = None,
) -> Imported:
    """Return the graph of a model.

    Extents that are left open become symbols, at a value for each at which the network can be built: the first of a few
    usual ones that is accepted. Where a network does not keep the first axis of its inputs for samples, it is read as
    one of a single sample. Where open extents have to be numbers, for what a network does with them is no formula,
    they are: those in ``numbers``, and a usual one for the others.

    Raises
    ------
    ConvcostError
        E711 to E722, or what the rules say of shapes; several as ``Diagnostics``.
    """
    version = model.versions.get("", 0)
    if model.versions and version and not OLDEST <= version <= NEWEST:
        hint = f"versions {OLDEST} to {NEWEST} are read"
        raise ModelError("E722", f"the file uses version {version} of the operators of ONNX", hint=hint)
    require_operators(model, allow_unknown=allow_unknown)
    first: ConvcostError | None = None
    for extents in Extents.attempts(model.graph, numbers or {}):
        try:
            return Importer(model, infer, name, extents, allow_unknown=allow_unknown).run()
        except ConvcostError as error:
            first = first or error
            if not extents.may_help(error):
                break
    assert first is not None
    raise first


class Importer:
    """One reading of a model, at given values of its open extents.

    Attributes
    ----------
    uses : set of str
        Names that nodes, or the outputs of the graph at hand, take.
    """

    def __init__(
        self, model: OnnxModel, infer: Infer, name: str, extents: Extents, *, allow_unknown: bool = False
    ) -> None:
        self.model = model
        self.extents = extents
        self.allow_unknown = allow_unknown
        self.builder = Builder(name, infer, extents.batch)
        self.builder.hyperparameters = dict(extents.symbols)
        self.uses: set[str] = set()
        self.values: dict[str, Value | None] = {}
        self.guards: dict[Guard, None] = {}
        self.declared: ModelGraph = model.graph
        self.nested = 0

    def run(self) -> Imported:
        """Return what was read."""
        graph, builder = self.model.graph, self.builder
        names = [name for name in graph.inputs if name not in graph.initializers]
        inputs = []
        for name in names:
            tensor = self.input(name, name if len(names) > 1 else "input")
            if tensor is not None:
                inputs.append((name, tensor))
        self.graph(graph)
        builder.check()
        outputs = [(name, self.values[name]) for name in graph.outputs]
        computed = [(name, value) for name, value in outputs if isinstance(value, Tensor)]
        if not computed:
            raise ModelError("E717", "the network computes nothing: its outputs do not depend on its inputs")
        recognised(builder, {tensor.index for _, tensor in computed})
        result = builder.finish(*(tensor for _, tensor in computed), guards=tuple(self.guards))
        self.check_at_defaults(result)
        kept = builder.kept
        return Imported(
            result,
            self.extents.defaults,
            self.extents.multiples(builder.shapes),
            builder.weights,
            tuple(Port(name, kept[t.index], t.layout) for name, t in inputs if t.index in kept),
            tuple(Port(name, kept[t.index], t.layout) for name, t in computed),
            self.extents.fixed,
        )

    def input(self, name: str, called: str) -> Tensor | None:
        """Add an input of the network; None for one that is refused."""
        if name in self.extents.fixed and not self.extents.shapes[name]:
            self.values[name] = Constant((), (self.extents.fixed[name],), whole=True)
            return None
        with self.builder.node(f"input {name!r}"):
            shape, axis = self.extents.of_input(name)
            self.values[name] = self.builder.input(called, shape, axis)
        found = self.values.setdefault(name, None)
        return found if isinstance(found, Tensor) else None

    def graph(self, graph: ModelGraph) -> None:
        """Read a graph, or a branch of one, whose nodes see what is known so far."""
        declared, self.declared = self.declared, graph
        for name, tensor in graph.initializers.items():
            self.values[name] = stored_constant(tensor, trained=True)
        self.nodes(graph.nodes, graph.outputs)
        missing = [name for name in graph.outputs if name not in self.values]
        if missing:
            raise ModelError("E712", f"the output {missing[0]!r} is computed by no node")
        self.declared = declared

    def nodes(self, nodes: Sequence[ModelNode], outputs: Sequence[str]) -> None:
        """Read nodes, as far as the outputs need them."""
        uses = self.uses
        wanted = ordered(nodes, outputs, self.values)
        self.uses = {name for node in wanted for name in node.inputs} | set(outputs) | names_inside(wanted)
        for node in wanted:
            with self.builder.node(node.place):
                self.node(node)
            for name in node.outputs:
                self.values.setdefault(name, None)  # what failed is not reported again where it is used
        self.uses = uses

    def node(self, node: ModelNode) -> None:
        """Read one node and keep what it gives."""
        inputs = [self.values[name] if name else None for name in node.inputs]
        if any(name and self.values[name] is None for name in node.inputs):
            for name in node.outputs:
                self.values[name] = None
            return
        answer = self.answer(Call(self, node, inputs, self.model.versions.get(node.domain, 1)))
        given = list(answer) if isinstance(answer, list | tuple) else [answer]
        for at, name in enumerate(node.outputs):
            value = given[at] if at < len(given) else None
            if name:
                self.values[name] = value
                if value is None and name in self.uses:
                    raise ModelError("E717", f"output {at + 1} of {node.operator} is not read")
                self.compare_declared(name, value)

    def answer(self, call: Call) -> Answer:
        """Return what an operator gives: by the table, by the function that the file defines, or unknown."""
        node = call.node
        found = OPERATORS.get((node.domain, node.operator))
        if found is not None:
            try:
                return found(call)
            except (ValueError, IndexError, ZeroDivisionError, OverflowError, MemoryError) as error:
                raise ModelError("E717", f"{node.operator} cannot be read: {error or 'out of memory'}") from error
        function = self.model.functions.get((node.domain, node.operator))
        if function is not None:
            return self.inlined(call, function.nodes, function.inputs, function.outputs, function.attributes)
        return taken_as_unknown(call)

    def inlined(
        self,
        call: Call,
        nodes: Sequence[ModelNode],
        inputs: Sequence[str],
        outputs: Sequence[str],
        attributes: Sequence[str],
    ) -> list[Value | None]:
        """Return what a function gives: its nodes see its inputs and nothing else."""
        from convcost.importers.onnx.functions import with_attributes

        self.nested += 1
        if self.nested > 16:
            raise ModelError("E719", "functions are nested more than 16 deep")
        outer, declared = self.values, self.declared
        self.values = dict(zip(inputs, [*call.inputs, *[None] * len(inputs)], strict=False))
        self.values = {name: value for name, value in self.values.items() if value is not None}
        self.declared = ModelGraph()
        try:
            self.nodes(with_attributes(nodes, attributes, call.node), outputs)
            return [self.values.get(name) for name in outputs]
        finally:
            self.values, self.declared = outer, declared
            self.nested -= 1

    def branch(self, graph: ModelGraph) -> list[Value | None]:
        """Return what a branch gives, which sees what stands around it."""
        outer = self.values
        self.values = dict(outer)
        try:
            self.graph(graph)
            return [self.values[name] for name in graph.outputs]
        finally:
            self.values = outer

    def compare_declared(self, name: str, value: Value | None) -> None:
        """Hold the shape of what a node gives against the one the file says it has."""
        declared = self.declared.types.get(name)
        if value is None or declared is None or declared.shape is None:
            return
        shape = value.shape
        said = declared.shape
        if len(said) != len(shape) and not all(isinstance(extent, int) for extent in said):
            return  # what is said with symbols is a hint
        differs = len(said) != len(shape) or any(
            isinstance(a, int) and isinstance(b, int) and a != b for a, b in zip(said, shape, strict=True)
        )
        if differs and not self.only_batch_differs(value, said):
            shown = written(tuple("?" if extent is None else extent for extent in said))
            raise ModelError("E718", f"{name!r} is {written(shape)}, and the file says {shown}")

    def only_batch_differs(self, value: Value, said: Sequence[object]) -> bool:
        """Tell whether a shape differs only in a batch that was left open in the input and not here."""
        if not isinstance(value, Tensor) or not self.extents.open_batch or len(said) != value.rank:
            return False
        pairs = zip(said, value.shape, strict=True)
        return all(
            not isinstance(a, int) or not isinstance(b, int) or a == b or axis == value.layout.batch_axis
            for axis, (a, b) in enumerate(pairs)
        )

    def truth(self, left: Dim, relation: Relation, right: Dim) -> bool:
        """Decide a comparison; one of symbols that can come out either way as it does at their values here.

        The graph remembers such a comparison as a guard.
        """
        if all(isinstance(side, float) or not is_symbolic(side) for side in (left, right)):
            return compare(left, relation, right)
        from convcost.symbols.floordiv import decide

        decided = decide(left, relation, right)
        if decided is not None:
            return decided
        value = self.extents.at_defaults
        holds = compare(value(left), relation, value(right))
        self.guards[Guard(left, relation, right, holds)] = None
        return holds

    def check_at_defaults(self, graph: Graph) -> None:
        """Check that the network can be built at the values of its open extents."""
        if not self.extents.defaults:
            return
        bound = graph.bind({name: self.extents.defaults[name] for name in graph.free})
        shapes: list[tuple[Dim, ...]] = []
        for node in bound.nodes:
            inputs = [shapes[i] for i in node.inputs]
            shapes.append(self.builder.infer(node.op, *(inputs or [(1,)])))


def names_inside(nodes: Sequence[ModelNode]) -> set[str]:
    """Return the names that branches take from outside."""
    found: set[str] = set()
    for node in nodes:
        for value in node.attributes.values():
            if isinstance(value, ModelGraph):
                found |= {name for inner in value.nodes for name in inner.inputs} | names_inside(value.nodes)
                found |= set(value.outputs)
    return found
