"""Totals: what a graph costs under a convention, as a whole and by layer, block, stage and kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from convcost.cost.convention import CONVENTIONS, Convention
from convcost.cost.propagate import Derived, propagate
from convcost.counts import PRIMITIVES, Counts
from convcost.errors import UsageError
from convcost.graph import Graph, Node
from convcost.ops import ACTIVATIONS, MERGES, NORMS, Input, Op, Shape
from convcost.rules import Parameters
from convcost.symbols import Dim, is_symbolic

By = Literal["op", "layer", "block", "stage", "kind"]

GROUPINGS: tuple[By, ...] = ("layer", "block", "stage", "kind", "op")
METRICS = (
    "mult_adds",
    "params",
    "trainable",
    "weights",
    "running",
    "input_elements",
    "output_elements",
    "weight_elements",
    *PRIMITIVES,
)
"""What can be totalled: the two headlines under the convention, parameters by role, elements, and every primitive."""


def total(values: Iterable[Dim]) -> Dim:
    """Add up exact dimensions; SymPy comes in only with the first symbol.

    >>> total([1, 2, Fraction(1, 2)])
    Fraction(7, 2)
    """
    values = list(values)
    if any(is_symbolic(value) for value in values):
        from convcost.symbols.floordiv import total as symbolic_total

        return symbolic_total(values)
    return sum(values)


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a table: some nodes of the graph and what they cost together.

    Attributes
    ----------
    name : str
        Name of the layer, block, stage, kind or op.
    kind : str
        Kind of the op that gives the layer its name; empty where kinds are mixed.
    output : Shape
        Shape of the last node's output, batch first; empty where it says nothing.
    """

    name: str
    kind: str
    output: Shape
    indices: tuple[int, ...]
    mult_adds: Dim
    params: Dim


@dataclass(frozen=True)
class Analysis:
    """Costs of a graph under a convention; numbers where everything is bound, formulas where something is free.

    Attributes
    ----------
    derived : tuple of Derived
        One for each node of ``graph``, shared between repeated layers.
    batch : int
        Images in a batch; counts and elements are for the whole batch, parameters do not depend on it.
    """

    graph: Graph
    convention: Convention
    derived: tuple[Derived, ...]
    batch: int = 1
    _memo: dict[tuple[str, int], Dim] = field(default_factory=dict, repr=False, compare=False)

    def counts(self, index: int) -> Counts:
        """Return the primitive counts of one node, with or without padding as the convention wants."""
        derived = self.derived[index]
        return derived.counts if self.convention.padding else derived.valid

    def metric(self, name: str, index: int) -> Dim:
        """Return a metric of one node; a layer that is repeated is computed once."""
        derived = self.derived[index]
        key = (name, id(derived))
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._compute(name, index, derived)
        return found

    def _compute(self, name: str, index: int, derived: Derived) -> Dim:
        if name == "mult_adds":
            # an op the convention does not count is not worth deriving
            if type(derived.op) not in self.convention.tariff:
                return 0
            return self.convention.mult_adds(derived.op, self.counts(index))
        if name in PRIMITIVES:
            return self.counts(index)[name]
        if name in _METRICS:
            return _METRICS[name](derived)
        if name == "params":
            return self.convention.params(derived.parameters)
        raise UsageError("E012", f"unknown metric {name!r}", hint=f"one of {', '.join(METRICS)}")

    def total(self, name: str = "mult_adds", indices: Iterable[int] | None = None) -> Dim:
        """Return the total of a metric over the whole graph, or over some nodes."""
        chosen = range(len(self.derived)) if indices is None else indices
        return total(self.metric(name, index) for index in chosen)

    def bind(self, values: Mapping[str, Dim]) -> Analysis:
        """Return the analysis with hyperparameters replaced by values: the same as analysing the bound graph.

        Formulas that were derived are substituted, not derived again; shapes are checked under the new values.
        """
        graph = self.graph.bind(values)
        from convcost.symbols.floordiv import substitution

        symbols = self.graph.hyperparameters
        value = substitution({symbols[name]: new for name, new in values.items()})
        return Analysis(graph, self.convention, _Bound(graph, self.derived, value).nodes(), self.batch)

    def groups(self, by: By = "layer", depth: int | None = None) -> tuple[Group, ...]:
        """Return the rows of a table.

        Parameters
        ----------
        by : {"layer", "block", "stage", "kind", "op"}
            ``layer``: a convolution with its norm and activation; ``block``: an item of the topmost path; ``stage``:
            neighbouring layers whose outputs are equally large; ``kind``: "pointwise", "depthwise 3×3", ...; ``op``:
            every node.
        depth : int, optional
            How many scopes of a layer's name are kept: ``depth=1`` is ``by="block"``.
        """
        if by not in GROUPINGS:
            raise UsageError("E013", f"cannot group by {by!r}", hint=f"one of {', '.join(GROUPINGS)}")
        keys = _KEYS[by](self, depth)
        members: dict[str, list[int]] = {}
        for index, key in enumerate(keys):
            if key is not None:
                members.setdefault(key, []).append(index)
        return tuple(self._group(name, by, indices) for name, indices in members.items())

    def _group(self, name: str, by: By, indices: list[int]) -> Group:
        last = self.derived[indices[-1]]
        return Group(
            _label(name),
            self._kind(indices) if by != "kind" else _label(name),
            last.output if by != "kind" else (),
            tuple(indices),
            self.total("mult_adds", indices),
            self.total("params", indices),
        )

    def _kind(self, indices: Sequence[int]) -> str:
        """Return the kind of the op that the others accompany; empty where there are several such kinds."""
        kinds = {self.derived[i].op.kind: None for i in indices if type(self.derived[i].op) not in ACCOMPANY}
        if not kinds:
            kinds = {self.derived[i].op.kind: None for i in indices[:1]}
        return next(iter(kinds)) if len(kinds) == 1 else ""


ACCOMPANY: frozenset[type[Op]] = frozenset((*NORMS, *ACTIVATIONS))
"""Ops that stand with a layer rather than for themselves."""

_METRICS: Mapping[str, Callable[[Derived], Dim]] = {
    "trainable": lambda derived: derived.parameters.trainable,
    "weights": lambda derived: derived.parameters.weight,
    "running": lambda derived: derived.parameters.running,
    "input_elements": lambda derived: derived.input_elements,
    "output_elements": lambda derived: derived.output_elements,
    "weight_elements": lambda derived: derived.weight_elements,
}


def _prefix(name: str, depth: int | None) -> str:
    return name if depth is None else "/".join(name.split("/")[:depth])


def _by_op(analysis: Analysis, depth: int | None) -> list[str | None]:
    return [None if isinstance(n.op, Input) else _prefix(n.name, depth) for n in analysis.graph.nodes]


def _layer_of(node: Node) -> str | None:
    return None if isinstance(node.op, Input) else node.layer or node.name


def _by_layer(analysis: Analysis, depth: int | None) -> list[str | None]:
    layers = map(_layer_of, analysis.graph.nodes)
    return [None if layer is None else _prefix(layer, depth) for layer in layers]


def _by_block(analysis: Analysis, depth: int | None) -> list[str | None]:
    return _by_layer(analysis, depth or 1)


def _by_kind(analysis: Analysis, depth: int | None) -> list[str | None]:
    del depth
    return [None if isinstance(node.op, Input) else node.op.kind for node in analysis.graph.nodes]


_SEPARATOR = "\x00"


def _label(key: str) -> str:
    return key.partition(_SEPARATOR)[0]


def _by_stage(analysis: Analysis, depth: int | None) -> list[str | None]:
    """Number runs of blocks whose outputs have the same extents; branches of a block stay with it."""
    blocks = _by_block(analysis, depth)
    extents: dict[str | None, str] = {}
    for block, derived in zip(blocks, analysis.derived, strict=True):
        extents[block] = "×".join(map(str, derived.output[2:])) or "1"
    runs: dict[str | None, str] = {}
    previous, run = "", -1
    for block in dict.fromkeys(blocks):
        if block is None:
            continue
        if extents[block] != previous:
            previous, run = extents[block], run + 1
        runs[block] = f"{previous}{_SEPARATOR}{run}"
    return [None if block is None else runs[block] for block in blocks]


_KEYS: Mapping[By, Callable[[Analysis, int | None], list[str | None]]] = {
    "op": _by_op,
    "layer": _by_layer,
    "block": _by_block,
    "stage": _by_stage,
    "kind": _by_kind,
}


class _Bound:
    """Substitution in what was derived: outputs, parameters and counts of each distinct layer once."""

    def __init__(self, graph: Graph, derived: tuple[Derived, ...], value: Callable[[Dim], Dim]) -> None:
        self.graph = graph
        self.derived = derived
        self.value = value

    def nodes(self) -> tuple[Derived, ...]:
        # shapes are propagated numerically, which checks them under the new values; counts are substituted
        fresh = propagate(self.graph, int(self.derived[0].output[0]) if self.derived else 1)
        done: dict[int, Derived] = {}
        results = []
        for old, new in zip(self.derived, fresh, strict=True):
            bound = done.get(id(old))
            if bound is None:
                output = tuple(self.value(extent) for extent in old.output)
                bound = done[id(old)] = Substituted(new, output, old, self.value)
            results.append(bound)
        return tuple(results)


class Substituted(Derived):
    """A derived layer whose formulas come from another one by substitution."""

    __slots__ = ("_old", "_value")

    def __init__(self, new: Derived, output: Shape, old: Derived, value: Callable[[Dim], Dim]) -> None:
        super().__init__(new.op, new.inputs, output)
        self._old = old
        self._value = value

    @property
    def parameters(self) -> Parameters:
        """What the layer stores, substituted."""
        p, value = self._old.parameters, self._value
        return Parameters(value(p.weight), value(p.bias), value(p.affine), value(p.running))

    @property
    def counts(self) -> Counts:
        """All primitive operations, substituted."""
        return Counts(**{name: self._value(count) for name, count in self._old.counts.items()})

    @property
    def valid(self) -> Counts:
        """The primitive operations on real elements, substituted."""
        return Counts(**{name: self._value(count) for name, count in self._old.valid.items()})


def analyze(graph: Graph, convention: Convention | None = None, batch: int = 1) -> Analysis:
    """Derive what a graph costs.

    Parameters
    ----------
    graph : Graph
        Bound or with free hyperparameters: the rules are the same text.
    convention : Convention, optional
        How primitive counts become mult-adds; ``paper`` if absent.
    batch : int
        Images in a batch.

    Raises
    ------
    ShapeError, UnsupportedError
        As ``propagate``.
    """
    return Analysis(graph, convention or CONVENTIONS["paper"], propagate(graph, batch), batch)
