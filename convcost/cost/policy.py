"""Policies: conventions that are data, a few terms an op, each an amount times a factor.

Where the conventions of ``convention`` know primitive operations only, a policy also speaks of elements, windows and
biases, for that is what tools count. A term is the same arithmetic on numbers and on symbols.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost.amounts import amount, size
from convcost.cost.convention import PARAMETERS, Convention
from convcost.counts import Counts
from convcost.errors import UnsupportedError
from convcost.ops import Op
from convcost.records import field
from convcost.symbols import Dim
from convcost.symbols.arith import exact
from convcost.symbols.expr import Environment, Evaluation, Expression, ExpressionError

if TYPE_CHECKING:
    from convcost.cost.propagate import Derived


class Term(NamedTuple):
    """So many times an amount.

    Attributes
    ----------
    amount : str
        A primitive operation, or one of ``AMOUNTS``.
    factor : number or Expression
        An expression where the sizes of the layer decide.
    """

    amount: str
    factor: int | Fraction | Expression

    def factor_for(self, derived: Derived) -> Dim:
        """Return the factor for a layer.

        Raises
        ------
        UnsupportedError
            E756 where the factor has no value there.
        """
        if not isinstance(self.factor, Expression):
            return self.factor
        sizes = {use.name: size(use.name, derived) for use in self.factor.uses}
        try:
            value: Dim = self.factor.value(Environment(Evaluation(), sizes))
        except ExpressionError as error:
            what = f"the factor {self.factor.text} of {derived.op.name} has no value here"
            raise UnsupportedError("E756", f"{what}: {error.message}", hint=error.hint) from None
        return value


class Switch(NamedTuple):
    """A way of writing a network that a tool tells apart though the network is the same."""

    default: str
    choices: tuple[str, ...]
    doc: str


class Policy(Convention):
    """A convention read from data.

    Attributes
    ----------
    terms : mapping of op to terms
        What is counted of an op.
    ignored : frozenset of op
        Ops of which nothing is counted, as the policy says.
    others_ignored : bool
        Whether that is said of every op that it does not mention.
    missed : frozenset of op
        Ops whose parameters are not counted.
    title, version, calls, source : str
        What it is the convention of; the version it speaks for; what its unit is called there; where it is read from.
    notes : mapping of str to str
        What else there is to say of ops, by their names.
    written : mapping of str to Switch
        The ways of writing that are told apart; ``chosen`` are those in force.

    ``tariff`` has the ops of ``terms``, so that what asks whether an op is counted need not know of policies.
    """

    terms: Mapping[type[Op], tuple[Term, ...]] = field(default_factory=dict)
    ignored: frozenset[type[Op]] = frozenset()
    others_ignored: bool = False
    missed: frozenset[type[Op]] = frozenset()
    title: str = ""
    version: str = ""
    calls: str = ""
    source: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, Switch] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)

    def states(self, derived: Derived) -> bool:
        """Tell whether it is known what is counted of a layer; one that only moves elements need not be mentioned."""
        op = type(derived.op)
        return op in self.terms or op in self.ignored or self.others_ignored or not derived.counts

    def cost(self, derived: Derived) -> Dim:
        """Return what is counted of a layer."""
        return exact(sum(factor * value for _, factor, value in self.counted(derived)))

    def counted(self, derived: Derived) -> Iterator[tuple[str, Dim, Dim]]:
        """Yield (amount, factor, value) of each term of a layer."""
        for term in self.terms.get(type(derived.op), ()):
            yield term.amount, term.factor_for(derived), amount(term.amount, derived, padding=self.padding)

    def left_out(self, op: Op, counts: Counts) -> Counts:
        """Return the operations of a layer that are not counted: all or none, for terms are not of operations only."""
        return Counts() if type(op) in self.terms else counts

    def describe(self) -> str:
        """Return the sentence that a report begins with: what is counted, and by which version of what."""
        version = f" (as {self.version})" if self.version else ""
        return f"{self.name}{version}: {self.says}; parameters {PARAMETERS[self.parameters]}"

    def stored(self, derived: Derived) -> Dim:
        """Return the parameters of a layer."""
        return 0 if type(derived.op) in self.missed else super().stored(derived)
