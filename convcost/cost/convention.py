"""Conventions: how counted primitives become the one number of a headline.

Rules and executor speak of primitive operations only; what a table calls "mult-adds" or "parameters" is decided here,
by name, and the first line of every report says which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from convcost.counts import Counts
from convcost.errors import UsageError, one_of
from convcost.ops import Attention, Conv, Einsum, Experts, Gru, Linear, Lstm, MatMul, Op, Rnn, TransposedConv
from convcost.records import Record, field
from convcost.rules import Parameters
from convcost.symbols import Dim

if TYPE_CHECKING:
    from convcost.cost.propagate import Derived

ParameterKind = Literal["trainable", "weights", "all"]

PARAMETERS: Mapping[ParameterKind, str] = {
    "trainable": "trainable: weights, biases, and the scales and shifts of norms",
    "weights": "weights of conv and fully connected layers only",
    "all": "everything stored, running statistics included",
}
"""What a parameter count may mean, with its one-line description."""


class Convention(Record):
    """A named way to fold primitive counts into mult-adds.

    Attributes
    ----------
    tariff : mapping of op to counts
        What each primitive of an op counts, mostly one of them 1; ops that are absent count nothing.
    padding : bool
        Whether operations on padding elements count.
    parameters : {"trainable", "weights", "all"}
        What is called a parameter.
    says : str
        What is counted, in words, for the first line of a report.
    bugs : mapping of str to str
        What is wrong with how ops are counted, by their names: the conventions of tools reproduce what these do.

    Examples
    --------
    >>> CONVENTIONS["paper"].mult_adds(Linear(10), Counts(mul=640, add=650))
    640
    """

    name: str
    says: str
    tariff: Mapping[type[Op], Counts]
    padding: bool = True
    parameters: ParameterKind = "trainable"
    bugs: Mapping[str, str] = field(default_factory=dict)

    def mult_adds(self, op: Op, counts: Counts) -> Dim:
        """Return the mult-adds of one layer from its counts (all or valid, as ``padding`` wants)."""
        mult_adds: Dim = 0
        for primitive, each in self.tariff.get(type(op), _NOTHING).items():
            mult_adds += each * counts[primitive]
        return mult_adds

    def states(self, derived: Derived) -> bool:
        """Tell whether it is known what is counted of a layer: here, what the tariff does not name is not counted."""
        del derived
        return True

    def cost(self, derived: Derived) -> Dim:
        """Return the mult-adds of a layer; an op that is not counted is not worth deriving."""
        if type(derived.op) not in self.tariff:
            return 0
        return self.mult_adds(derived.op, derived.counts if self.padding else derived.valid)

    def counted(self, derived: Derived) -> Iterator[tuple[str, Dim, Dim]]:
        """Yield (primitive, how much each counts, how many there are) of what is counted of a layer."""
        if type(derived.op) in self.tariff:
            counts = derived.counts if self.padding else derived.valid
            for primitive, each in self.tariff[type(derived.op)].items():
                yield primitive, each, counts[primitive]

    def left_out(self, op: Op, counts: Counts) -> Counts:
        """Return the operations of a layer that are not counted, given all it has.

        Of an op of which products are counted, such as an attention, they are those that are neither products nor their
        sums, and the products that are left out, as those inside a cell of an lstm.
        """
        tariff = self.tariff.get(type(op))
        if tariff is None:
            return counts
        inner = counts["mul"] - self.mult_adds(op, counts) if tariff["mul"] else 0
        return Counts(mul=inner, **{name: count for name, count in counts.items() if name not in {"mul", "add"}})

    def stored(self, derived: Derived) -> Dim:
        """Return the number of parameters of a layer."""
        return self.params(derived.parameters)

    def params(self, parameters: Parameters) -> Dim:
        """Return the number of parameters of one layer."""
        match self.parameters:
            case "trainable":
                return parameters.trainable
            case "weights":
                return parameters.weight
            case "all":
                return parameters.stored

    def describe(self) -> str:
        """Return the sentence that a report begins with."""
        return f"{self.name}: {self.says}; parameters {PARAMETERS[self.parameters]}"


_NOTHING = Counts()
_COUNTED = "mult-adds of conv and fully connected layers and matrix products"
_PRODUCTS = {
    **dict.fromkeys((Conv, TransposedConv, Linear, Experts, MatMul, Einsum, Attention, Rnn), Counts(mul=1)),
    # the products with weights, not those inside a cell: an lstm has as many of these as exponentials, a gru one more
    # for each hyperbolic tangent
    Lstm: Counts(mul=1, exp=-1),
    Gru: Counts(mul=1, exp=-1, tanh=-1),
}
# accumulators start at zero, so additions are products and biases; a softmax adds twice for each exponential, and a
# cell of an lstm or a gru seven times for each feature
_WITH_BIASES = {
    **_PRODUCTS,
    **dict.fromkeys((Conv, TransposedConv, Linear, Rnn), Counts(add=1)),
    Experts: Counts(add=1, exp=-2),
    Lstm: Counts(add=1, exp=-1, tanh=-2),
    Gru: Counts(add=1, exp=-3, tanh=-1),
}


CONVENTIONS: Mapping[str, Convention] = {
    each.name: each
    for each in (
        Convention(
            "paper",
            f"{_COUNTED}, no bias, no batch norm, padding counted",
            _PRODUCTS,
        ),
        Convention(
            "valid",
            f"{_COUNTED}, no bias, no batch norm, padding excluded",
            _PRODUCTS,
            padding=False,
        ),
        Convention(
            "with-bias",
            f"{_COUNTED} and one for each bias added, padding counted",
            _WITH_BIASES,
        ),
    )
}
"""The conventions by name; ``paper`` (arXiv:1704.04861, section 3) is the default."""


def convention(name: str = "paper", parameters: str = "trainable") -> Convention:
    """Return a convention by name, with the wanted meaning of "parameter".

    Raises
    ------
    UsageError
        E010 for an unknown convention, E011 for an unknown kind of parameter.
    """
    if name not in CONVENTIONS:
        raise UsageError("E010", f"unknown convention {name!r}", hint=one_of(name, CONVENTIONS))
    if parameters not in PARAMETERS:
        raise UsageError("E011", f"unknown kind of parameters {parameters!r}", hint=one_of(parameters, PARAMETERS))
    base = CONVENTIONS[name]
    kind: ParameterKind = parameters  # type: ignore[assignment] # checked above
    return base if base.parameters == kind else base.replaced(parameters=kind)
