"""What every rule is: shape, parameters and counts of one op, on numbers and on symbols alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from convcost.counts import Counts
from convcost.errors import UnsupportedError
from convcost.ops import Op, Shape
from convcost.records import Record
from convcost.symbols import Dim

O = TypeVar("O", bound=Op)  # noqa: E741 - an op


class Parameters(Record):
    """Stored values of a layer, by role.

    Attributes
    ----------
    weight : Dim
        Weights of convolutions and fully connected layers.
    bias : Dim
        Their biases.
    affine : Dim
        Learned scales, shifts and slopes of norms and activations.
    running : Dim
        Running statistics: stored, not trained.
    """

    weight: Dim = 0
    bias: Dim = 0
    affine: Dim = 0
    running: Dim = 0

    @property
    def trainable(self) -> Dim:
        """Weights, biases, and learned scales, shifts and slopes."""
        return self.weight + self.bias + self.affine

    @property
    def stored(self) -> Dim:
        """Everything, running statistics included."""
        return self.trainable + self.running

    def __add__(self, other: Parameters) -> Parameters:
        return Parameters(
            self.weight + other.weight,
            self.bias + other.bias,
            self.affine + other.affine,
            self.running + other.running,
        )

    def __mul__(self, factor: Dim) -> Parameters:
        return Parameters(self.weight * factor, self.bias * factor, self.affine * factor, self.running * factor)

    __rmul__ = __mul__


class Rule(Generic[O]):
    """The costs of one op; a subclass states what differs from an op that moves elements and stores nothing.

    Shapes are batch first. Every method is plain arithmetic on ``Dim`` and so runs on integers and on symbols.
    """

    op: ClassVar[type[Op]]
    known: ClassVar[bool] = True
    """Whether its parameters and counts are all there is; a total with a rule that knows only the output is partial."""

    def output(self, op: O, *inputs: Shape) -> Shape:
        """Return the shape of the output; raise ``ShapeError`` where the inputs do not fit."""
        del op
        return inputs[0]

    def parameters(self, op: O, *inputs: Shape) -> Parameters:
        """Return what the layer stores."""
        del op, inputs
        return Parameters()

    def counts(self, op: O, *inputs: Shape) -> Counts:
        """Return all primitive operations, those on padding included."""
        del op, inputs
        return Counts()

    def valid(self, op: O, *inputs: Shape) -> Counts:
        """Return the primitive operations on real elements only; the same as all where there is no padding."""
        return self.counts(op, *inputs)


RULES: dict[type[Op], Rule[Any]] = {}
"""The rule of each op, filled by the ``rule`` decorator."""

R = TypeVar("R", bound=type[Rule[Any]])


def rule(*ops: type[Op]) -> Callable[[R], R]:
    """Register one instance of the decorated class as the rule of these ops."""

    def register(cls: R) -> R:
        for op in ops:
            RULES[op] = cls()
        return cls

    return register


def rule_of(op: Op) -> Rule[Any]:
    """Return the rule of an op; E601 where there is none, for nothing is silently zero."""
    try:
        return RULES[type(op)]
    except KeyError:
        raise UnsupportedError("E601", f"no rule says what the op '{op.name}' costs") from None
