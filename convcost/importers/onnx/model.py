"""What stands in a file of ONNX: nodes with their attributes, inputs, outputs, and initializers by place, not by value.

Numbers of fields are those of onnx.proto (ONNX 1.23, IR version 14); a field that is not named here is passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from convcost.errors import ModelError
from convcost.importers.onnx.stored import StoredTensor
from convcost.importers.onnx.wire import Bytes, Part, Value, damaged, fields, following, signed, text, varints

MAX_NODES = 400_000
MAX_NESTING = 16
"""Graphs in attributes of nodes of graphs ..."""

Extent: TypeAlias = int | str | None
"""Of an axis: a number, the name of a symbol, or not known."""


class TensorType:
    """Element type and extents that a file gives a tensor; ``shape`` is None where it gives none."""

    __slots__ = ("element", "shape")

    def __init__(self, element: int = 0, shape: tuple[Extent, ...] | None = None) -> None:
        self.element = element
        self.shape = shape


class ModelNode:
    """A node: operator, names of what it takes and gives (empty: left out), attributes."""

    __slots__ = ("attributes", "domain", "inputs", "name", "operator", "outputs")

    def __init__(self) -> None:
        self.operator = self.domain = self.name = ""
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.attributes: dict[str, Any] = {}

    @property
    def place(self) -> str:
        """How errors call it: its name, or what it gives."""
        return self.name or next((output for output in self.outputs if output), "") or "a node without a name"


class ModelGraph:
    """A graph of nodes."""

    __slots__ = ("initializers", "inputs", "name", "nodes", "outputs", "types")

    def __init__(self) -> None:
        self.name = ""
        self.nodes: list[ModelNode] = []
        self.initializers: dict[str, StoredTensor] = {}
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.types: dict[str, TensorType] = {}


class ModelFunction:
    """A function that a file defines: an operator of its own, made of nodes."""

    __slots__ = ("attributes", "domain", "inputs", "name", "nodes", "outputs")

    def __init__(self) -> None:
        self.name = self.domain = ""
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self.attributes: list[str] = []
        self.nodes: list[ModelNode] = []


class OnnxModel:
    """A file: its graph, the version of each set of operators, and who wrote it."""

    __slots__ = ("functions", "graph", "producer", "versions")

    def __init__(self) -> None:
        self.graph = ModelGraph()
        self.versions: dict[str, int] = {}
        self.functions: dict[tuple[str, str], ModelFunction] = {}
        self.producer = ""


def read_model(data: Bytes, directory: str = "") -> OnnxModel:
    """Read a model from the bytes of a file.

    Parameters
    ----------
    directory : str
        Where the files stand that hold weights of their own.

    Raises
    ------
    ModelError
        E711 where it is damaged or no model at all, E719 where it is beyond the bounds.
    """
    reader = _Reader(data, directory)
    try:
        return reader.model()
    except IndexError:
        raise damaged("it ends within a field") from None


class _Reader:
    def __init__(self, data: Bytes, directory: str) -> None:
        self.data = data
        self.directory = directory
        self.nodes = 0
        self.nested = 0

    def text(self, value: Value) -> str:
        return text(self.data, value)

    def model(self) -> OnnxModel:
        model = OnnxModel()
        graph: Part | None = None
        functions: list[Part] = []
        for number, value in fields(self.data, (0, len(self.data))):
            if number == 7:
                graph = following(value)
            elif number == 8:
                domain, version = self.version(following(value))
                model.versions[domain] = version
            elif number == 2:
                model.producer = self.text(value)
            elif number == 25:
                functions.append(following(value))
        if graph is None:
            raise ModelError("E711", "the file is no ONNX model: there is no graph in it")
        model.graph = self.graph(graph)
        for part in functions:
            function = self.function(part)
            model.functions[function.domain, function.name] = function
        return model

    def version(self, part: Part) -> tuple[str, int]:
        domain, version = "", 1
        for number, value in fields(self.data, part):
            if number == 1:
                domain = self.text(value)
            elif number == 2:
                version = signed(value)
        return "" if domain == "ai.onnx" else domain, version

    def graph(self, part: Part) -> ModelGraph:
        graph = ModelGraph()
        self.nested += 1
        if self.nested > MAX_NESTING:
            raise ModelError("E719", f"graphs are nested more than {MAX_NESTING} deep")
        for number, value in fields(self.data, part):
            if number == 1:
                graph.nodes.append(self.node(following(value)))
            elif number == 2:
                graph.name = self.text(value)
            elif number == 5:
                tensor = self.tensor(following(value))
                graph.initializers[tensor.name] = tensor
            elif number == 15:
                tensor = self.sparse(following(value))
                graph.initializers[tensor.name] = tensor
            elif number in {11, 12, 13}:
                name, kind = self.value_info(following(value))
                graph.types[name] = kind
                if number != 13:
                    (graph.inputs if number == 11 else graph.outputs).append(name)
        self.nested -= 1
        return graph

    def function(self, part: Part) -> ModelFunction:
        function = ModelFunction()
        takes: dict[int, list[str]] = {4: function.inputs, 5: function.outputs, 6: function.attributes}
        for number, value in fields(self.data, part):
            if number == 1:
                function.name = self.text(value)
            elif number in takes:
                takes[number].append(self.text(value))
            elif number == 7:
                function.nodes.append(self.node(following(value)))
            elif number == 10:
                function.domain = self.text(value)
        return function

    def node(self, part: Part) -> ModelNode:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ModelError("E719", f"the file has more than {MAX_NODES} nodes")
        node = ModelNode()
        for number, value in fields(self.data, part):
            if number == 1:
                node.inputs.append(self.text(value))
            elif number == 2:
                node.outputs.append(self.text(value))
            elif number == 3:
                node.name = self.text(value)
            elif number == 4:
                node.operator = self.text(value)
            elif number == 5:
                name, given = self.attribute(following(value))
                node.attributes[name] = given
            elif number == 7:
                domain = self.text(value)
                node.domain = "" if domain == "ai.onnx" else domain
        return node

    def attribute(self, part: Part) -> tuple[str, Any]:
        """Return name and value: an int, a float, bytes, a tensor, a graph, or a list of these."""
        name, kind, values, lists = "", 0, dict[int, Any](), dict[int, list[Any]]()
        for number, value in fields(self.data, part):
            if number == 1:
                name = self.text(value)
            elif number == 20:
                kind = signed(value)
            elif number == 21:
                values[0] = Reference(self.text(value))
            elif number in _SINGLE:
                values[number] = _SINGLE[number](self, value)
            elif number in _LISTS:
                lists.setdefault(number, []).extend(_LISTS[number](self, value))
        found = {**values, **lists}
        if 0 in found:
            return name, found[0]
        wanted = _KINDS.get(kind)
        if wanted in found:
            return name, found[wanted]
        if wanted in _LISTS:
            return name, []
        if wanted in _DEFAULTS:
            return name, _DEFAULTS[wanted]
        if kind == 0 and len(found) == 1:  # files of the first versions leave the kind out
            return name, next(iter(found.values()))
        raise damaged(f"the attribute {name!r} has no value of its kind")

    def tensor(self, part: Part) -> StoredTensor:
        tensor = StoredTensor(self.data, self.directory)
        for number, value in fields(self.data, part):
            if number == 1:
                tensor.dims += self.integers(value)
            elif number == 2:
                tensor.element = signed(value)
            elif number == 8:
                tensor.name = self.text(value)
            elif number == 13:
                key, what = self.entry(following(value))
                tensor.external[key] = what
            elif number == 14:
                tensor.elsewhere = signed(value) == 1
            elif number in {4, 5, 6, 7, 9, 10, 11}:
                tensor.parts.append((number, value))
        return tensor.checked()

    def sparse(self, part: Part) -> StoredTensor:
        """Return a sparse tensor by its dense extents; its values are not read."""
        tensor = StoredTensor(self.data, self.directory)
        tensor.elsewhere = True
        for number, value in fields(self.data, part):
            if number == 1:
                inner = self.tensor(following(value))
                tensor.name, tensor.element = inner.name, inner.element
            elif number == 3:
                tensor.dims += self.integers(value)
        return tensor.checked()

    def entry(self, part: Part) -> tuple[str, str]:
        found = {number: self.text(value) for number, value in fields(self.data, part)}
        return found.get(1, ""), found.get(2, "")

    def integers(self, value: Value) -> list[int]:
        """Return the numbers of a repeated field, packed or one by one."""
        if isinstance(value, tuple):
            return [signed(each) for each in varints(self.data, value)]
        return [signed(value)]

    def floats(self, value: Value) -> list[float]:
        """Return the floats of a repeated field, packed or one by one."""
        from struct import unpack

        if isinstance(value, bytes):
            return [*unpack("<f", value)] if len(value) == 4 else []
        begin, end = following(value)
        if (end - begin) % 4:
            raise damaged(f"the floats at byte {begin} are cut off")
        return [*unpack(f"<{(end - begin) // 4}f", self.data[begin:end])]

    def value_info(self, part: Part) -> tuple[str, TensorType]:
        name, kind = "", TensorType()
        for number, value in fields(self.data, part):
            if number == 1:
                name = self.text(value)
            elif number == 2:
                for inner, tensor in fields(self.data, following(value)):
                    if inner == 1:
                        kind = self.tensor_type(following(tensor))
        return name, kind

    def tensor_type(self, part: Part) -> TensorType:
        kind = TensorType()
        for number, value in fields(self.data, part):
            if number == 1:
                kind.element = signed(value)
            elif number == 2:
                dims = [following(dim) for n, dim in fields(self.data, following(value)) if n == 1]
                kind.shape = tuple(map(self.extent, dims))
        return kind

    def extent(self, part: Part) -> Extent:
        extent: Extent = None
        for number, value in fields(self.data, part):
            if number == 1:
                extent = signed(value)
            elif number == 2:
                extent = self.text(value) or None
        return extent if not isinstance(extent, int) or extent >= 0 else None


class Reference:
    """The attribute of the function around it that an attribute takes its value from."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _one_float(reader: _Reader, value: Value) -> float:
    found = reader.floats(value)
    if len(found) != 1:
        raise damaged("a float is expected and something else is there")
    return found[0]


def _bytes(reader: _Reader, value: Value) -> bytes:
    begin, end = following(value)
    return bytes(reader.data[begin:end])


_SINGLE: dict[int, Callable[[_Reader, Value], Any]] = {
    2: _one_float,
    3: lambda _, value: signed(value),
    4: _bytes,
    5: lambda reader, value: reader.tensor(following(value)),
    6: lambda reader, value: reader.graph(following(value)),
    22: lambda reader, value: reader.sparse(following(value)),
}
_LISTS: dict[int, Callable[[_Reader, Value], list[Any]]] = {
    7: _Reader.floats,
    8: _Reader.integers,
    9: lambda reader, value: [_bytes(reader, value)],
    10: lambda reader, value: [reader.tensor(following(value))],
    11: lambda reader, value: [reader.graph(following(value))],
}
_KINDS = {1: 2, 2: 3, 3: 4, 4: 5, 5: 6, 6: 7, 7: 8, 8: 9, 9: 10, 10: 11, 11: 22}
"""The field of each kind of attribute: FLOAT, INT, STRING, TENSOR, GRAPH, their lists, SPARSE_TENSOR."""
_DEFAULTS: dict[int | None, Any] = {2: 0.0, 3: 0, 4: b""}
"""A field that holds the default of its type may be left out of a message."""
