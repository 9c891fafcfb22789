"""The nodes of a builder, as patterns look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import TypeAlias

from convcost.graph import Node
from convcost.importers.builder import Builder
from convcost.importers.constant import Constant
from convcost.ops import Affine, Op, Parameter

CLOSE = Fraction(1, 10_000)


class Found:
    """What a group of nodes stands for: an op on tensors, with stored values, in the place of the last node."""

    __slots__ = ("inputs", "op", "weights")

    def __init__(self, op: Op, inputs: tuple[int, ...], weights: Sequence[Constant] = ()) -> None:
        self.op = op
        self.inputs = inputs
        self.weights = tuple(weights)


Pattern: TypeAlias = Callable[["View", int], Found | None]
"""Looks at a node as the last of a group, and returns what the group stands for."""


class View:
    """The nodes of a builder as patterns look at them."""

    def __init__(self, builder: Builder, ends: set[int]) -> None:
        self.builder = builder
        self.nodes: list[Node] = builder.nodes
        self.users = [0] * len(self.nodes)
        for node in self.nodes:
            for index in node.inputs:
                self.users[index] += 1
        for index in ends:
            self.users[index] += 2  # what comes out of the network is never inside a group

    def op(self, index: int) -> Op:
        """Return the op of a node."""
        return self.nodes[index].op

    def inner(self, index: int, *kinds: type[Op], users: int = 1) -> tuple[int, ...] | None:
        """Return the inputs of a node that is of one of these ops, and used inside the group only; else None."""
        if isinstance(self.nodes[index].op, kinds) and self.users[index] == users:
            return self.nodes[index].inputs
        return None

    def factor(self, index: int) -> tuple[int, Fraction] | None:
        """Return (x, factor) where a node that is used once is x times a number."""
        op = self.nodes[index].op
        if isinstance(op, Affine) and op.term is None and op.factor is not None and self.users[index] == 1:
            return self.nodes[index].inputs[0], Fraction(op.factor)
        return None

    def term(self, index: int) -> tuple[int, Fraction] | None:
        """Return (x, term) where a node that is used once is x plus a number."""
        op = self.nodes[index].op
        if isinstance(op, Affine) and op.factor is None and op.term is not None and self.users[index] == 1:
            return self.nodes[index].inputs[0], Fraction(op.term)
        return None

    def either(self, index: int) -> Iterator[tuple[int, int]]:
        """Yield the two inputs of a node in both orders."""
        inputs = self.nodes[index].inputs
        if len(inputs) == 2:
            yield inputs[0], inputs[1]
            yield inputs[1], inputs[0]

    def stored(self, index: int) -> Constant | None:
        """Return the values of a parameter that is used once."""
        if isinstance(self.nodes[index].op, Parameter) and self.users[index] == 1:
            return self.builder.weights[index][0]  # type: ignore[no-any-return]
        return None

    def shape(self, index: int) -> tuple[object, ...]:
        """Return the shape of a node's output, batch first."""
        return self.builder.shapes[index]


def near(value: Fraction, wanted: Fraction | float) -> bool:
    """Tell whether a constant is another one, as far as an export has kept its digits."""
    return abs(value - Fraction(wanted)) <= CLOSE * abs(Fraction(wanted))
