"""Conventions: how counted primitives become the one number of a headline.

Rules and executor speak of primitive operations only; what a table calls "mult-adds" or "parameters" is decided here,
by name, and the first line of every report says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from convcost.counts import Counts
from convcost.errors import UsageError, one_of
from convcost.ops import Attention, Conv, Experts, Linear, MatMul, Op, TransposedConv
from convcost.records import Record
from convcost.rules import Parameters
from convcost.symbols import Dim

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

    def mult_adds(self, op: Op, counts: Counts) -> Dim:
        """Return the mult-adds of one layer from its counts (all or valid, as ``padding`` wants)."""
        mult_adds: Dim = 0
        for primitive, each in self.tariff.get(type(op), _NOTHING).items():
            mult_adds += each * counts[primitive]
        return mult_adds

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
_PRODUCTS = dict.fromkeys((Conv, TransposedConv, Linear, Experts, MatMul, Attention), Counts(mul=1))
# accumulators start at zero, so additions are products and biases; a softmax adds twice for each exponential
_WITH_BIASES = {
    **_PRODUCTS,
    **dict.fromkeys((Conv, TransposedConv, Linear), Counts(add=1)),
    Experts: Counts(add=1, exp=-2),
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
    return base if base.parameters == kind else Convention(base.name, base.says, base.tariff, base.padding, kind)
