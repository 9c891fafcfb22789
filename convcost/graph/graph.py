"""Nodes, their wiring, and what a graph takes for granted about its symbols."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from convcost.errors import DomainError, Span
from convcost.ops import Input, Op
from convcost.records import Record, field
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.arith import exact

Relation = Literal["==", "!=", "<", "<=", ">", ">="]


class Origin(Record):
    """Where a node was written: the place, and the way there through blocks, tables and repeats."""

    span: Span | None = None
    trail: tuple[str, ...] = ()


class Node(Record):
    """One op in its place.

    Attributes
    ----------
    name : str
        Unique path of scopes, "separable1/depthwise/conv".
    op : Op
        What it is.
    inputs : tuple of int
        Indices of the nodes whose outputs it takes; all smaller than its own.
    layer : str
        The layer it belongs to, a prefix of the name: a convolution, its norm and its activation are one layer.
    shares : int, optional
        Index of the node before it whose stored values are its own, too: they are counted there and not here.
    """

    name: str
    op: Op
    inputs: tuple[int, ...] = ()
    layer: str = ""
    origin: Origin = field(default=Origin(), compare=False)
    shares: int | None = None


class Guard(Record):
    """A comparison of dimensions on which the wiring was decided, and how it came out.

    ``left relation right`` was ``holds`` when the graph was built; a binding under which it is not means another
    graph.
    """

    left: Dim
    relation: Relation
    right: Dim
    holds: bool
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def divisibility(self) -> tuple[Dim, Dim] | None:
        """(n, x) where it says that n divides x; None where it says something else."""
        if self.relation != "==" or not (is_symbolic(self.left) or is_symbolic(self.right)):
            return None
        from convcost.symbols.floordiv import divisibility

        return divisibility(self.left, self.right)

    def __str__(self) -> str:
        found = self.divisibility
        text = f"{self.left} {self.relation} {self.right}" if found is None else f"{found[1]} % {found[0]} == 0"
        return text if self.holds else f"not ({text})"


class Graph(Record):
    """A network: nodes in topological order, the first ones inputs, and the index of the output.

    Attributes
    ----------
    hyperparameters : mapping of str to Dim
        The value of each hyperparameter: a number, or the symbol it is free as.
    guards : tuple of Guard
        What the wiring rests on; checked again by ``bind``.
    """

    name: str
    nodes: tuple[Node, ...]
    output: int
    hyperparameters: Mapping[str, Dim] = field(default_factory=dict)
    guards: tuple[Guard, ...] = ()

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that take tensors from outside."""
        return tuple(node for node in self.nodes if isinstance(node.op, Input))

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the hyperparameters that are still symbols."""
        return tuple(name for name, value in self.hyperparameters.items() if is_symbolic(value))

    def bind(self, values: Mapping[str, Dim]) -> Graph:
        """Return the graph with hyperparameters replaced by values, which may themselves be symbolic.

        Raises
        ------
        DomainError
            E501 for a name that is not a free hyperparameter, E502 where a guard no longer holds: the spec has another
            wiring there and must be expanded anew with these values.
        """
        unknown = [name for name in values if name not in self.free]
        if unknown:
            free = ", ".join(self.free) or "none"
            message = f"{unknown[0]!r} is not a free hyperparameter of {self.name}"
            raise DomainError("E501", message, hint=f"free: {free}")
        if not values:
            return self
        from convcost.symbols.floordiv import substitution

        value = substitution({self.hyperparameters[name]: exact(new) for name, new in values.items()})
        guards = []
        for guard in self.guards:
            bound = Guard(value(guard.left), guard.relation, value(guard.right), guard.holds, guard.origin)
            if is_symbolic(bound.left) or is_symbolic(bound.right):
                guards.append(bound)
            elif compare(bound.left, bound.relation, bound.right) != guard.holds:
                raise DomainError(
                    "E502",
                    f"the wiring of {self.name} was built where {guard} holds, and it does not for these values",
                    span=guard.origin.span,
                    trail=guard.origin.trail,
                    hint="load the spec with these bindings instead",
                )
        ops: dict[int, Op] = {}  # repeated layers share one op object, and keep sharing it
        nodes = []
        for node in self.nodes:
            op = ops.get(id(node.op))
            if op is None:
                op = ops[id(node.op)] = node.op.substitute(value)
            nodes.append(node if op is node.op else node.replaced(op=op))
        hyperparameters = {name: value(old) if is_symbolic(old) else old for name, old in self.hyperparameters.items()}
        return Graph(self.name, tuple(nodes), self.output, hyperparameters, tuple(guards))


def compare(left: Dim, relation: Relation, right: Dim) -> bool:
    """Decide a comparison of two numbers.

    >>> compare(3, "<=", 4)
    True
    """
    match relation:
        case "==":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
