"""What a network costs, kept apart by what people do or do not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import add
from typing import Final, Literal

from convcost.cost import Analysis
from convcost.cost.convention import CONVENTIONS
from convcost.ops import ACTIVATIONS, POOLS, BatchNorm, Conv, Input, Linear
from convcost.records import Record, field
from convcost.symbols import product

PLACES: Final = ("first", "body", "dense", "classifier")
"""Where a layer stands: the first one with weights, the body, fully connected ones behind it, the last of these."""


class Amounts(Record):
    """Sums over some layers.

    Attributes
    ----------
    products, valid : int
        Mult-adds of conv and fully connected layers, with and without those on padding.
    bias_adds : int
        Additions of their biases.
    normalised, activated : int
        Elements that batch norms and activations pass on.
    pooled : int
        Elements that windows of pooling layers see.
    weights, biases : int
        Of conv and fully connected layers.
    channels : int
        Channels of batch norms; ``norms`` what they learn, two a channel unless the spec says otherwise.
    others : int
        Learned scales, shifts and slopes of other norms and of activations.
    statistics : int
        What batch norms store beside it.
    running : int
        What other layers store and do not learn.
    """

    products: int = 0
    valid: int = 0
    bias_adds: int = 0
    normalised: int = 0
    activated: int = 0
    pooled: int = 0
    weights: int = 0
    biases: int = 0
    channels: int = 0
    norms: int = 0
    others: int = 0
    statistics: int = 0
    running: int = 0

    @property
    def each(self) -> tuple[int, ...]:
        """The sums in their order."""
        return tuple(getattr(self, name) for name in self._names)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(*map(add, self.each, other.each))

    def __mul__(self, copies: int) -> Amounts:
        return Amounts(*(amount * copies for amount in self.each))


class Counting(Record):
    """What is counted; the defaults are the paper convention with trainable parameters.

    Attributes
    ----------
    without : frozenset of str
        Places that are left out.
    bias_adds, biases : bool
        Whether the additions of biases are mult-adds, and whether biases are parameters.
    norm_operations, activation_operations, pool_operations : int
        Operations an element of batch norms, of activations, and of what pooling windows see.
    norm_values : int, "stored" or None
        Values a channel of a batch norm; "stored": those it has; None: those it learns.
    running : bool
        Whether other stored values are parameters.
    factor : int
        2 where a multiplication and an addition are two operations.
    binary : bool
        Whether k stands for 1024, and M and B for its powers.
    """

    without: frozenset[str] = frozenset()
    bias_adds: bool = False
    norm_operations: int = 0
    activation_operations: int = 0
    pool_operations: int = 0
    padding: bool = True
    factor: int = 1
    biases: bool = True
    others: bool = True
    norm_values: int | Literal["stored"] | None = None
    running: bool = False
    binary: bool = False


STATED: Final[Mapping[str, Mapping[str, object]]] = {
    "": {},
    "paper": {},
    "valid": {"padding": False},
    "with-bias": {"bias_adds": True},
    "trainable": {},
    "weights": {"biases": False, "norm_values": 0, "others": False},
    "all": {"norm_values": "stored", "running": True},
}
"""What a source states that it counts, by the name of the convention or of the kind of parameters."""


class Ledger(Record):
    """The amounts of a network, or of a part of it, by place."""

    places: Mapping[str, Amounts]
    _left: dict[frozenset[str], Amounts] = field(default_factory=dict, compare=False)

    def left(self, without: frozenset[str]) -> Amounts:
        """Return the amounts of all places but some."""
        if without not in self._left:
            counted = (amounts for place, amounts in self.places.items() if place not in without)
            self._left[without] = sum(counted, Amounts())
        return self._left[without]

    def mult_adds(self, counting: Counting) -> int:
        """Return the mult-adds under a way of counting."""
        a = self.left(counting.without)
        total = a.products if counting.padding else a.valid
        total += a.bias_adds if counting.bias_adds else 0
        total += a.normalised * counting.norm_operations
        total += a.activated * counting.activation_operations
        total += a.pooled * counting.pool_operations
        return total * counting.factor

    def params(self, counting: Counting) -> int:
        """Return the parameters under a way of counting."""
        a = self.left(counting.without)
        total = a.weights
        total += a.biases if counting.biases else 0
        if isinstance(counting.norm_values, int):
            total += a.channels * counting.norm_values
        else:
            total += a.norms + (a.statistics if counting.norm_values == "stored" else 0)
        total += a.others if counting.others else 0
        total += a.running if counting.running else 0
        return total


def ledger(analysis: Analysis, indices: Iterable[int] | None = None) -> Ledger:
    """Return the ledger of a bound network, or of some of its nodes.

    >>> from convcost.model import load
    >>> whole = ledger(load("mobilenet_v1").analyze())
    >>> whole.mult_adds(Counting()), whole.params(Counting(without=frozenset({"classifier", "dense"})))
    (568740352, 3206976)
    """
    where = _places(analysis)
    # repeated layers share what is derived for them, and are added up by multiplication
    copies: dict[tuple[str, int], list[int]] = {}
    for index in range(len(analysis.derived)) if indices is None else indices:
        copies.setdefault((where.get(index, "body"), id(analysis.derived[index])), []).append(index)
    result = dict.fromkeys(PLACES, Amounts())
    for (place, _), nodes in copies.items():
        result[place] = result[place] + _amounts(analysis, nodes[0]) * len(nodes)
    return Ledger(result)


def _amounts(analysis: Analysis, index: int) -> Amounts:
    derived = analysis.derived[index]
    op, parameters = derived.op, derived.parameters
    if isinstance(op, Input):
        return Amounts()
    batch_norm = isinstance(op, BatchNorm)
    counted = type(op) in CONVENTIONS["paper"].tariff
    elements = product(derived.output)
    return Amounts(
        products=CONVENTIONS["paper"].mult_adds(op, derived.counts) if counted else 0,
        valid=CONVENTIONS["paper"].mult_adds(op, derived.valid) if counted else 0,
        bias_adds=elements if parameters.bias and counted else 0,
        normalised=elements if batch_norm else 0,
        activated=elements if isinstance(op, ACTIVATIONS) else 0,
        pooled=derived.counts["add"] + derived.counts["cmp"] if isinstance(op, POOLS) else 0,
        weights=parameters.weight,
        biases=parameters.bias,
        channels=derived.output[1] if batch_norm else 0,
        norms=parameters.affine if batch_norm else 0,
        others=0 if batch_norm else parameters.affine,
        statistics=parameters.running if batch_norm else 0,
        running=0 if batch_norm else parameters.running,
    )


def _places(analysis: Analysis) -> dict[int, str]:
    """Return the place of every node that is not in the body; a layer's norm and activation stand with it.

    The classifier is the last layer with weights in front of the output, if it sees no map any more and nothing is
    joined behind it: what a detector concatenates is no classifier.
    """
    nodes, derived = analysis.graph.nodes, analysis.derived
    layers: dict[str, str] = {}
    at = analysis.graph.output
    while len(nodes[at].inputs) == 1:
        if derived[at].parameters.weight:
            if not isinstance(nodes[at].op, Conv | Linear) or product(derived[at].output[2:]) != 1:
                break
            layers[nodes[at].layer] = "dense" if layers else "classifier"
        at = nodes[at].inputs[0]
    first = next((node.layer for node, of in zip(nodes, derived, strict=True) if of.parameters.weight), None)
    if first is not None:
        layers.setdefault(first, "first")
    return {i: layers[node.layer] for i, node in enumerate(nodes) if node.layer in layers}
