"""Totals: what a graph costs under a convention, as a whole and by layer, block, stage and kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from convcost.cost.convention import CONVENTIONS, Convention
from convcost.cost.grouping import GROUPINGS, By, grouping
from convcost.cost.propagate import Derived, propagate
from convcost.counts import PRIMITIVES, Counts
from convcost.errors import UnsupportedError, UsageError, one_of
from convcost.graph import Graph, Node
from convcost.ops import ACTIVATIONS, NORMS, Op, Shape
from convcost.records import Record, field
from convcost.rules import Parameters
from convcost.symbols import Dim, is_symbolic

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


ELEMENTS = ("input_elements", "output_elements")
"""Metrics that shapes alone decide."""


def total(values: Iterable[Dim]) -> Dim:
    """Add up exact dimensions; SymPy comes in only with the first symbol.

    >>> total([1, 2, 3])
    6
    """
    values = list(values)
    if any(is_symbolic(value) for value in values):
        from convcost.symbols.floordiv import total as symbolic_total

        return symbolic_total(values)
    return sum(values)


class Group(Record):
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


class Analysis(Record):
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
    _memo: dict[tuple[str, int], Dim] = field(default_factory=dict, compare=False)

    def counts(self, index: int) -> Counts:
        """Return the primitive counts of one node, with or without padding as the convention wants."""
        derived = self.derived[index]
        return derived.counts if self.convention.padding else derived.valid

    def metric(self, name: str, index: int) -> Dim:
        """Return a metric of one node; a layer that is repeated is computed once.

        A node that shares the stored values of another one stores nothing of its own.
        """
        if name in STORED and self.graph.nodes[index].shares is not None:
            return 0
        derived = self.derived[index]
        key = (name, id(derived))
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = self._compute(name, index, derived)
        return found

    def _compute(self, name: str, index: int, derived: Derived) -> Dim:
        if name == "mult_adds":
            if not self.convention.states(derived):
                raise self._unstated()
            return self.convention.cost(derived)
        if name in PRIMITIVES:
            return self.counts(index)[name]
        if name in _METRICS:
            return _METRICS[name](derived)
        if name == "params":
            return self.convention.stored(derived)
        raise UsageError("E012", f"unknown metric {name!r}", hint=one_of(name, METRICS))

    def unstated(self) -> tuple[str, ...]:
        """Return the ops of the graph of which the convention does not say what it counts."""
        return tuple(dict.fromkeys(each.op.name for each in self.derived if not self.convention.states(each)))

    def _unstated(self) -> UnsupportedError:
        ops = ", ".join(self.unstated())
        message = f"it is not known how {self.convention.name} counts {ops}"
        return UnsupportedError("E750", message, hint="a convention of your own can extend it and say so")

    def total(self, name: str = "mult_adds", indices: Iterable[int] | None = None) -> Dim:
        """Return the total of a metric over the whole graph, or over some nodes."""
        chosen = range(len(self.derived)) if indices is None else indices
        return total(self.metric(name, index) for index in chosen)

    @property
    def incomplete(self) -> tuple[Node, ...]:
        """The nodes whose costs are not known: every total with one of them is a lower bound."""
        pairs = zip(self.graph.nodes, self.derived, strict=True)
        return tuple(node for node, derived in pairs if not derived.known)

    def partial(self, name: str, indices: Iterable[int] | None = None) -> bool:
        """Tell whether a total of a metric is a lower bound: it lacks what is not known of some node."""
        if name in ELEMENTS:
            return False
        chosen = self.derived if indices is None else [self.derived[index] for index in indices]
        return not all(derived.known for derived in chosen)

    def complete(self) -> Analysis:
        """Return the analysis itself, for what rests on whole totals.

        Raises
        ------
        UnsupportedError
            E653 where the costs of some node are not known.
        """
        nodes = self.incomplete
        if nodes:
            what = f"the costs of {nodes[0].name} ({nodes[0].op.kind})"
            more = f" and {len(nodes) - 1} more ops" if len(nodes) > 1 else ""
            hint = "report, formula, compare and check tell lower bounds"
            raise UnsupportedError("E653", f"{what}{more} are not known, and this takes whole totals", hint=hint)
        return self

    def bind(self, values: Mapping[str, Dim]) -> Analysis:
        """Return the analysis with hyperparameters replaced by values: the same as analysing the bound graph.

        Formulas that were derived are substituted, not derived again; shapes are checked under the new values.
        """
        graph = self.graph.bind(values)
        from convcost.symbols.floordiv import substitution

        symbols = self.graph.hyperparameters
        value = substitution({symbols[name]: new for name, new in values.items()})
        # shapes are propagated anew, which checks them under the values; counts are substituted, not derived again
        substituted: dict[int, Derived] = {}
        for old, new in zip(self.derived, propagate(graph, self.batch), strict=True):
            if id(old) not in substituted:
                substituted[id(old)] = Substituted(new, old, value)
        return Analysis(graph, self.convention, tuple(substituted[id(old)] for old in self.derived), self.batch)

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
            raise UsageError("E013", f"cannot group by {by!r}", hint=one_of(by, GROUPINGS))
        members = grouping(self.graph, self.derived, by, depth)
        return tuple(self._group(name, by, indices) for name, indices in members)

    def _group(self, name: str, by: By, indices: list[int]) -> Group:
        last = self.derived[indices[-1]]
        return Group(
            name,
            name if by == "kind" else self._kind(indices),
            () if by == "kind" else last.output,
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


STORED = frozenset({"params", "trainable", "weights", "running"})
"""Metrics of what is stored, which layers that share it have only once."""

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


class Substituted(Derived):
    """A derived layer whose formulas come from another one by substitution."""

    __slots__ = ("_old", "_value")

    def __init__(self, new: Derived, old: Derived, value: Callable[[Dim], Dim]) -> None:
        super().__init__(new.op, new.inputs, tuple(value(extent) for extent in old.output))
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
