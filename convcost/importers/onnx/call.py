"""One node while it is read: what it is given, its attributes with their defaults, and ways to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from convcost.errors import ModelError
from convcost.importers.builder import Builder, Tensor, written
from convcost.importers.constant import Constant, exact_float, known
from convcost.importers.onnx.model import ModelGraph, ModelNode
from convcost.importers.onnx.stored import FLOATS, StoredTensor
from convcost.ops import Op, Parameter, Shape
from convcost.symbols import Dim

if TYPE_CHECKING:
    from convcost.importers.onnx.importer import Importer

Value: TypeAlias = Tensor | Constant
"""What a name stands for: a tensor of the network, or one that does not depend on its input."""

Answer: TypeAlias = Value | list[Value | None] | list[Tensor | None] | list[Constant] | tuple[Value | None, ...] | None
"""What an operator gives: one output, several, or None where it has none that can be told."""

Operator: TypeAlias = Callable[["Call"], Answer]
F = TypeVar("F", bound=Operator)

OPERATORS: dict[tuple[str, str], Operator] = {}
"""How each operator is read, by its domain and name; the domain of ONNX itself is empty."""

MICROSOFT = "com.microsoft"


def operator(*names: str, domain: str = "") -> Callable[[F], F]:
    """Register how operators of these names are read."""

    def register(function: F) -> F:
        for name in names:
            OPERATORS[domain, name] = function
        return function

    return register


class Call:
    """A node, with the values of its inputs.

    Attributes
    ----------
    version : int
        Of the set of operators it belongs to.
    """

    __slots__ = ("importer", "inputs", "node", "version")

    def __init__(self, importer: Importer, node: ModelNode, inputs: Sequence[Value | None], version: int) -> None:
        self.importer = importer
        self.node = node
        self.inputs = inputs
        self.version = version

    @property
    def builder(self) -> Builder:
        """Where ops are added."""
        return self.importer.builder

    # --- attributes

    def given(self, name: str) -> Any:
        """Return an attribute as it stands; None where it is absent."""
        return self.node.attributes.get(name)

    def integer(self, name: str, default: int) -> int:
        """Return an integer attribute."""
        value = self.node.attributes.get(name, default)
        if not isinstance(value, int):
            raise self.wrong(f"the attribute {name} is no integer")
        return value

    def integers(self, name: str) -> tuple[int, ...] | None:
        """Return a list of integers; None where it is absent."""
        value = self.node.attributes.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, int) for each in value):
            raise self.wrong(f"the attribute {name} is no list of integers")
        return tuple(value)

    def number(self, name: str, default: int | Fraction) -> int | Fraction:
        """Return a real attribute exactly."""
        value = self.node.attributes.get(name, default)
        if isinstance(value, float):
            value = exact_float(value)
        if isinstance(value, float) or not isinstance(value, int | Fraction):
            raise self.wrong(f"the attribute {name} is no number")
        return value

    def word(self, name: str, default: str) -> str:
        """Return a text attribute."""
        value = self.node.attributes.get(name)
        if value is None:
            return default
        if not isinstance(value, bytes):
            raise self.wrong(f"the attribute {name} is no text")
        return value.decode("utf-8", "replace")

    def subgraph(self, name: str) -> ModelGraph:
        """Return a graph attribute."""
        value = self.node.attributes.get(name)
        if not isinstance(value, ModelGraph):
            raise self.wrong(f"the attribute {name} is no graph")
        return value

    # --- inputs

    def has(self, place: int) -> bool:
        """Tell whether there is an input at a place."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def value(self, place: int) -> Value:
        """Return an input."""
        value = self.inputs[place] if place < len(self.inputs) else None
        if value is None:
            raise self.wrong(f"input {place + 1} is missing")
        return value

    def tensor(self, place: int) -> Tensor:
        """Return an input as a tensor of the network; a constant becomes a stored one, without a batch."""
        value = self.value(place)
        return value if isinstance(value, Tensor) else self.parameter(value)

    def image(self, place: int = 0, rank: int | None = None) -> Tensor:
        """Return an input with its batch first, of so many axes where ``rank`` says so."""
        tensor = self.builder.with_batch(self.tensor(place))
        if rank is not None and tensor.rank != rank:
            raise self.wrong(f"input {place + 1} is {written(tensor.shape)}, and {rank} axes are needed")
        return tensor

    def constant(self, place: int, what: str) -> Constant:
        """Return an input that must not depend on data; ``what`` it is, for the error (E715)."""
        value = self.value(place)
        if isinstance(value, Tensor):
            raise ModelError(
                "E715", f"{what} {'are' if what.endswith('s') else 'is'} computed from the network's input"
            )
        return value

    def weights(self, place: int, rank: int | None = None) -> Constant:
        """Return an input that must be stored values, of so many axes."""
        value = self.value(place)
        if isinstance(value, Tensor):
            raise ModelError("E717", f"the weights (input {place + 1}) are computed while the network runs")
        if rank is not None and len(value.shape) != rank:
            raise ModelError("E718", f"the weights are {written(value.shape)}, and {rank} axes are needed")
        return value

    def extents(self, place: int, what: str) -> tuple[Dim, ...]:
        """Return the values of a constant input: whole numbers or symbols."""
        return self.constant(place, what).exact

    def axes(self, place: int = 1, name: str = "axes") -> tuple[int, ...] | None:
        """Return axes, which stand in an attribute or, in later versions, in an input; None where nowhere."""
        if self.has(place):
            return known(self.extents(place, "axes"))
        return self.integers(name)

    # --- answers

    def add(self, op: Op, *tensors: Tensor, weights: Sequence[Constant] = (), **more: Any) -> Tensor:
        """Put an op on tensors; the node's name is its name."""
        return self.builder.add(op, *tensors, weights=weights, **more)

    def parameter(self, value: Constant, own: Shape | None = None) -> Tensor:
        """Return a constant as a stored tensor that is the same for each sample; ``own`` are its extents there."""
        from convcost.importers.layout import Layout

        shape = value.shape if own is None else own
        return self.builder.add(
            Parameter(shape, trainable=value.trained and value.size != 1),  # a single number is no weight
            layout=Layout(None) if own is None else Layout(),
            weights=(value.reshaped(shape),),
            name=value.origin or f"{self.node.place}/constant",
        )

    def beside(self, tensor: Tensor, value: Constant) -> Tensor:
        """Return a constant as a stored tensor that is broadcast against a tensor."""
        own = self.builder.beside(tensor, value.shape)
        stored = self.parameter(value, own)
        return Tensor(stored.index, stored.own, tensor.layout, tensor.batch)

    def outputs(self) -> tuple[bool, ...]:
        """Tell of each output whether somebody takes it."""
        return tuple(name in self.importer.uses for name in self.node.outputs)

    def needs(self, place: int) -> bool:
        """Tell whether somebody takes the output at a place."""
        wanted = self.outputs()
        return place < len(wanted) and wanted[place]

    def wrong(self, message: str) -> ModelError:
        """Return the error for attributes or inputs that do not fit the operator."""
        return ModelError("E717", message)


def stored_constant(tensor: StoredTensor, *, trained: bool = False) -> Constant:
    """Return a tensor of a file as a constant; its values stay where they are."""
    real = tensor.element in FLOATS
    return Constant(tensor.shape, read=tensor.array, origin=tensor.name, whole=not real, trained=trained and real)
