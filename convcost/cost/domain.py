"""Where formulas hold: what the rules take for granted about symbols, and what every network has to fulfil."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.cost.analysis import Analysis
from convcost.cost.propagate import Derived, infer
from convcost.graph import Guard, Node
from convcost.ops import Pad
from convcost.rules.checks import Condition, granted
from convcost.symbols import Dim, floor, is_symbolic

MAY_BE_NONE = frozenset({"padding", "output_padding"})
"""Arguments that may be 0; extents, channels and groups are 1 at least."""


def assumptions(analysis: Analysis) -> tuple[Guard, ...]:
    """Return what the rules take for granted because nothing in the spec decides it.

    Groups divide channels, and heads the width of an attention; tensors that are added are equally large.
    """
    guards: dict[Condition, Guard] = {}
    for node, derived in _distinct(analysis):
        if derived.inputs:
            with granted() as found:
                infer(derived.op, *derived.inputs)
            for left, relation, right in found:
                guards.setdefault((left, relation, right), Guard(left, relation, right, True, node.origin))  # type: ignore[arg-type]
    return tuple(guards.values())


def requirements(analysis: Analysis) -> tuple[Guard, ...]:
    """Return what the symbols have to fulfil for a network to exist at all, as far as it cannot be seen for all values.

    Extents of tensors, channels, kernels and the like are 1 at least, and whole; paddings are not negative. A formula
    has a value also where this is not so.
    """
    from convcost.symbols.floordiv import decide

    guards: dict[tuple[Dim, int], Guard] = {}
    for node, derived in _distinct(analysis):
        for value, least in _sizes(derived):
            if is_symbolic(value) and (value, least) not in guards and decide(value, ">=", least) is not True:
                guards[value, least] = Guard(value, ">=", least, True, node.origin)
            if is_symbolic(value) and not value.is_integer and (value, -1) not in guards:
                guards[value, -1] = Guard(value, "==", floor(value), True, node.origin)
    return tuple(guards.values())


def _distinct(analysis: Analysis) -> Iterator[tuple[Node, Derived]]:
    """Yield each derived layer once, with the first node that has it."""
    seen: set[int] = set()
    for node, derived in zip(analysis.graph.nodes, analysis.derived, strict=True):
        if id(derived) not in seen:
            seen.add(id(derived))
            yield node, derived


def _sizes(derived: Derived) -> Iterator[tuple[Dim, int]]:
    """Yield every size of a layer with the least that it may be."""
    for extent in derived.output:
        yield extent, 1
    for name, argument in derived.op.arguments().items():
        cuts = isinstance(derived.op, Pad) and name == "padding"  # where it is negative
        if cuts or argument.type not in {"dim", "dims", "size", "padding"}:
            continue
        value = getattr(derived.op, name)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None and not isinstance(each, str):
                yield each, 0 if name in MAY_BE_NONE else 1
