"""What a captured PyTorch module is: calls of ATen operators on named values; nothing here knows PyTorch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from convcost.records import Record, field

Extents = tuple[int, ...]

STORED, CONSTANT, INPUT = "stored", "constant", "input"


class Ref(Record):
    """A value named by the call that makes it, or by the leaf that it is."""

    name: str


class Leaf(Record):
    """A tensor that no call on the input makes.

    Attributes
    ----------
    kind : str
        ``input``: it comes from outside, ``stored``: a parameter, ``constant``: a buffer, or worked out of such alone.
    source : str
        The name of a stored tensor in the module; two leaves of one source are one tensor.
    values : tuple of numbers, optional
        What a small constant holds, row by row.
    """

    name: str
    kind: str
    shape: Extents
    source: str = ""
    values: tuple[int | float | bool, ...] | None = None


class Call(Record):
    """One call of an operator.

    Attributes
    ----------
    name : str
        What others refer to its output by.
    target : str
        "aten.conv2d.default", or "getitem" for one of several outputs.
    arguments : mapping
        By their names in the operator's schema; those left out have their defaults. Tensors are ``Ref``.
    shape : tuple
        Extents of the output; of several outputs, a tuple of theirs.
    place : str
        The module that calls it, "layer1.0.conv1".
    leaf : bool
        Whether that module is one of PyTorch's own, without modules in it: its name is that of the call.
    reaches : bool
        Whether it writes into a part of a tensor that is used as a whole later.
    """

    name: str
    target: str
    arguments: Mapping[str, Any]
    shape: tuple[Any, ...]
    place: str = ""
    leaf: bool = True
    reaches: bool = False

    @property
    def operator(self) -> str:
        """The operator without its library, overload, and mark of working in place: "add" of "aten.add_.Tensor".

        >>> Call("y", "aten.add_.Tensor", {}, (1,)).operator, Call("y", "aten.__and__.Scalar", {}, (1,)).operator
        ('add', '__and__')
        """
        name = self.target.partition(".")[2].partition(".")[0] if "." in self.target else self.target
        return name if name.endswith("__") else name.rstrip("_")

    @property
    def operands(self) -> Iterator[str]:
        """Names of the tensors it takes, lists of them included."""
        return _refs(self.arguments.values())

    @property
    def in_place(self) -> bool:
        """Whether the first tensor holds the result afterwards."""
        name = self.target.partition(".")[2].partition(".")[0]
        return name.endswith("_") and not name.endswith("__")


class Program(Record):
    """A module as it is called on inputs of given shapes.

    Attributes
    ----------
    batch : int
        Samples in the inputs: a prime that is no extent of the network, so that an extent it divides holds the batch.
    outputs : tuple of str
        Names of the values that the module returns.
    unused : mapping of str to int
        Parameters that no call takes, and their elements: branches that are there for training alone.
    """

    name: str
    batch: int
    leaves: tuple[Leaf, ...]
    calls: tuple[Call, ...]
    outputs: tuple[str, ...]
    title: str = ""
    unused: Mapping[str, int] = field(default_factory=dict)


def _refs(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, Ref):
            yield value.name
        elif isinstance(value, tuple):
            yield from _refs(value)
