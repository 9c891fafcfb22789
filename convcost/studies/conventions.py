"""One network under many conventions, and how each figure follows from the paper's: exact terms, by their kinds.

    figure = scale · paper + Σ factor · amount

``scale`` is what the convention counts for each product of the paper; the terms are what it counts besides, and less.
They are derived from what the conventions say, layer by layer, so that the sum of the right side is the figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from convcost.conventions import convention, shipped
from convcost.conventions.named import tells_apart
from convcost.cost import CONVENTIONS, Analysis, Convention
from convcost.cost.propagate import Derived
from convcost.counts import PRIMITIVES
from convcost.errors import UsageError, one_of
from convcost.model import Model
from convcost.ops import Conv, Linear, TransposedConv
from convcost.records import Record
from convcost.symbols import product

PADDING = "padding"
"""The amount of products that are with padding: those of ``mul`` that a convention without padding leaves out."""

SUMS = (Conv, TransposedConv, Linear)
"""Ops whose additions are one for each product and one for each bias."""


class Difference(Record):
    """What a convention counts besides the products of the paper, or less.

    Attributes
    ----------
    amount : str
        A primitive operation, "input", "output", "biases", ..., or "padding".
    ops : tuple of str
        Of which ops.
    factor : number or None
        How often each counts; None where it differs from layer to layer.
    total : int
        What it comes to: ``factor`` times the amounts.
    """

    amount: str
    ops: tuple[str, ...]
    factor: int | Fraction | None
    total: int | Fraction


class Reading(Record):
    """What a network costs under a convention.

    Attributes
    ----------
    figure : int or None
        None where it is not known how the convention counts some op; those are ``unstated``.
    scale : int
        What each product of the paper counts.
    partial : bool
        Whether parameters and figures are lower bounds, for the costs of some op are not known.
    """

    convention: Convention
    params: int
    figure: int | Fraction | None
    paper: int
    scale: int | Fraction
    differences: tuple[Difference, ...] = ()
    unstated: tuple[str, ...] = ()
    partial: bool = False

    @property
    def counts_nothing(self) -> bool:
        """Whether the convention counts no operations at all, but only parameters."""
        return not self.convention.tariff


class SideBySide(Record):
    """A network under several conventions."""

    model: Model
    batch: int
    readings: tuple[Reading, ...]


def side_by_side(
    model: Model, names: Sequence[str] = (), written: Mapping[str, str] | None = None, batch: int = 1
) -> SideBySide:
    """Return what a network costs under each convention.

    Parameters
    ----------
    names : sequence of str
        Conventions, as ``convcost.convention`` takes them; none for all that are shipped.
    written : mapping of str to str, optional
        How the network is written, ``{"global_pool": "mean"}``, for the conventions that tell it apart.

    Raises
    ------
    UsageError
        E754 where none of the conventions tells apart what ``written`` says, and as ``convcost.convention``.
    """
    chosen = [convention(name, written=written) for name in names or shipped()]
    _check(written or {}, chosen)
    base = model.analyze(CONVENTIONS["paper"], batch)
    return SideBySide(model, batch, tuple(reading(base, each) for each in chosen))


def reading(paper: Analysis, how: Convention) -> Reading:
    """Return what a network costs under a convention, given its analysis under the paper's."""
    analysis = paper.replaced(convention=how, _memo={})
    params, base = analysis.total("params"), paper.total()
    unstated = analysis.unstated()
    partial = analysis.partial("mult_adds")
    if unstated:
        return Reading(how, params, None, base, 1, unstated=unstated, partial=partial)
    scale = _scale(analysis)
    differences = tuple(_differences(analysis, scale))
    return Reading(how, params, analysis.total(), base, scale, differences, partial=partial)


def _check(written: Mapping[str, str], conventions: Iterable[Convention]) -> None:
    """Raise E754 for a way of writing that no convention tells apart."""
    known: dict[str, dict[str, None]] = {}
    for each in conventions:
        for key, choices in tells_apart(each).items():
            known.setdefault(key, {}).update(dict.fromkeys(choices))
    for key, how in written.items():
        if key not in known:
            hint = one_of(key, known) if known else ""
            raise UsageError("E754", f"no convention tells apart how {key!r} is written", hint=hint)
        if how not in known[key]:
            raise UsageError("E754", f"no convention knows {key} written as {how!r}", hint=one_of(how, known[key]))


def _scale(analysis: Analysis) -> int | Fraction:
    """Return what each product of the paper counts: one factor for all of them, or 1."""
    factors = {
        factor
        for derived in _distinct(analysis)
        if type(derived.op) in CONVENTIONS["paper"].tariff
        for amount, factor, _ in _amounts(analysis.convention, derived)
        if amount == "mul"
    }
    return factors.pop() if len(factors) == 1 else 1


def _distinct(analysis: Analysis) -> Iterator[Derived]:
    return iter({id(derived): derived for derived in analysis.derived}.values())


def _amounts(how: Convention, derived: Derived) -> Iterator[tuple[str, int | Fraction, int]]:
    """Yield (amount, factor, value) of a layer, additions taken apart into products and biases, padding set apart."""
    for amount, factor, value in how.counted(derived):
        name, many = amount, value
        if amount == "add" and isinstance(derived.op, SUMS):
            biases = product(derived.output) if derived.op.bias else 0
            name, many = "mul", value - biases
            if biases:
                yield "biases", factor, biases
        if not how.padding and name in PRIMITIVES:
            every = derived.counts[name]
            if every != many:
                yield PADDING, -factor, every - many
            many = every
        yield name, factor, many


def _differences(analysis: Analysis, scale: int | Fraction) -> Iterator[Difference]:
    """Yield the differences, the largest first; those of several ops that are alike are one."""
    totals: dict[tuple[str, int | Fraction | None], int | Fraction] = {}
    ops: dict[tuple[str, int | Fraction | None], dict[str, None]] = {}
    factors: dict[tuple[str, str], set[int | Fraction]] = {}
    parts: list[tuple[str, str, int | Fraction, int | Fraction]] = []
    times: dict[int, int] = {}
    for derived in analysis.derived:
        times[id(derived)] = times.get(id(derived), 0) + 1
    for derived in _distinct(analysis):
        found: dict[str, tuple[int | Fraction, int]] = {}
        for amount, factor, value in _amounts(analysis.convention, derived):
            found[amount] = (found.get(amount, (0, 0))[0] + factor, value)
        for amount, factor, value in CONVENTIONS["paper"].counted(derived):
            found[amount] = (found.get(amount, (0, 0))[0] - scale * factor, value)
        for amount, (factor, value) in found.items():
            if factor * value:
                parts.append((amount, derived.op.name, factor, factor * value * times[id(derived)]))
                factors.setdefault((amount, derived.op.name), set()).add(factor)
    for amount, op, factor, total in parts:
        key = (amount, factor if len(factors[amount, op]) == 1 else None)
        totals[key] = totals.get(key, 0) + total
        ops.setdefault(key, {})[op] = None
    for key in sorted(totals, key=lambda each: max(totals[each], -totals[each]), reverse=True):
        yield Difference(key[0], tuple(ops[key]), key[1], totals[key])
