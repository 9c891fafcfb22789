"""A convention as it is written, before it is said how the networks are written that it is to count."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from convcost.cost.amounts import words_of
from convcost.cost.convention import CONVENTIONS, ParameterKind
from convcost.cost.policy import Policy, Switch, Term
from convcost.counts import Counts
from convcost.errors import UsageError, one_of
from convcost.ops import Op
from convcost.records import Record, field
from convcost.symbols.expr import Environment, Evaluation, Expression, ExpressionError

if TYPE_CHECKING:
    from convcost.symbols.expr import Value

Factor = int | Fraction | Expression


class Draft(Record):
    """What a file says, that of the convention it extends included; the fields are those of ``Policy``."""

    name: str
    says: str
    title: str = ""
    version: str = ""
    source: str = ""
    calls: str = ""
    padding: bool = True
    parameters: ParameterKind = "trainable"
    missed: frozenset[type[Op]] = frozenset()
    written: Mapping[str, Switch] = field(default_factory=dict)
    counts: Mapping[type[Op], Mapping[str, Factor]] = field(default_factory=dict)
    ignored: frozenset[type[Op]] = frozenset()
    others_ignored: bool = False
    bugs: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def built_in_draft(name: str) -> Draft:
    """Return one of convcost's own conventions as a draft, to be extended."""
    own = CONVENTIONS[name]
    counts = {op: dict(each) for op, each in own.tariff.items()}
    return Draft(own.name, own.says, padding=own.padding, counts=counts, others_ignored=True)


def resolved(draft: Draft, written: Mapping[str, str]) -> Policy:
    """Return the policy for networks that are written in some ways; the defaults hold for the others.

    Raises
    ------
    UsageError
        E754 for a way of writing that the draft does not tell apart.
    """
    for key, value in written.items():
        if key not in draft.written:
            hint = one_of(key, draft.written) if draft.written else ""
            raise UsageError("E754", f"{draft.name} does not tell apart how {key!r} is written", hint=hint)
        if value not in draft.written[key].choices:
            message = f"{draft.name} knows no {key} written as {value!r}"
            raise UsageError("E754", message, hint=one_of(value, draft.written[key].choices))
    chosen = {key: written.get(key, switch.default) for key, switch in draft.written.items()}
    words = {word for switch in draft.written.values() for word in switch.choices}
    terms = {op: found for op, each in draft.counts.items() if (found := _terms(each, chosen, words | {*words_of(op)}))}
    differing = ",".join(f"{key}={value}" for key, value in chosen.items() if value != draft.written[key].default)
    return Policy(
        f"{draft.name}@{differing}" if differing else draft.name,
        draft.says,
        dict.fromkeys(terms, Counts()),
        draft.padding,
        draft.parameters,
        terms=terms,
        # what is counted zero times as the network is written is ignored there
        ignored=draft.ignored | (frozenset(draft.counts) - frozenset(terms)),
        others_ignored=draft.others_ignored,
        missed=draft.missed,
        title=draft.title,
        version=draft.version,
        calls=draft.calls,
        source=draft.source,
        bugs=draft.bugs,
        notes=draft.notes,
        written=draft.written,
        chosen=chosen,
    )


def _terms(counts: Mapping[str, Factor], chosen: Mapping[str, str], words: set[str]) -> tuple[Term, ...]:
    terms = (Term(name, settled(factor, chosen, words)) for name, factor in counts.items())
    return tuple(term for term in terms if term.factor != 0)


def settled(factor: Factor, chosen: Mapping[str, str], words: set[str]) -> Factor:
    """Return a factor with the ways of writing put in: a number, or an expression in the sizes of a layer."""
    if not isinstance(factor, Expression):
        return factor
    inner = factor.value
    sizes = tuple(use for use in factor.uses if use.name not in chosen and use.name not in words)

    def value(environment: Environment) -> Value:
        return inner(Environment(Evaluation(words), {**environment.values, **chosen}))

    if sizes:
        return Expression(factor.text, value, sizes)
    number = value(Environment(Evaluation()))
    if isinstance(number, bool) or not isinstance(number, int | Fraction):
        raise ExpressionError("E210", "a factor is a number").at(0, len(factor.text))
    return number
