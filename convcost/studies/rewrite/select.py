"""Which layers are rewritten: a condition on what they are, and patterns of their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

from convcost.errors import Span, UsageError, near_miss
from convcost.records import Record
from convcost.spec.nodes import Scalar
from convcost.spec.vocabulary import FORMS
from convcost.studies.rewrite.edit import Written, one_line
from convcost.studies.rewrite.rule import Facts
from convcost.symbols.expr import Environment, Evaluation, ExpressionError, Value, condition, parse

_ATOM = re.compile(r"\w+(\([^()]*\))?")

VARIABLES = ("kind", "kernel", "stride", "dilation", "groups", "cin", "out", "height", "width")
"""What a condition can ask: kernel, stride and dilation are the largest along any axis, height and width those of the
output."""

ASKED_OF_ITEMS = ("kernel", "stride", "dilation", "groups", "out")
"""What stands in an item, too, so that a condition on it can be asked there."""


class Selector(Record):
    """A condition, empty for none, and patterns, of which one has to match where there are any."""

    where: str = ""
    only: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the condition.

        Raises
        ------
        UsageError, ExpressionError
            E834 for a name that is none of ``VARIABLES``; E2xx for what is no expression.
        """
        if not self.where:
            return
        try:
            uses = parse(self.where).uses
        except ExpressionError as error:
            raise self.placed(error) from None
        for use in uses:
            if use.name not in VARIABLES and use.name not in FORMS:
                hint = near_miss(use.name, VARIABLES) or f"there are {', '.join(VARIABLES)}, and keys of items"
                raise UsageError("E834", f"a condition on layers does not know {use.name!r}", hint=hint)

    def placed(self, error: ExpressionError) -> ExpressionError:
        """Return an error of the condition with its place."""
        error.span = Span("--where", 1, max(error.offset, 0) + 1, error.length, self.where)
        return error

    def __call__(self, facts: Facts) -> bool:
        """Tell whether a layer is selected."""
        if self.only and not any(fnmatchcase(facts.name, pattern) for pattern in self.only):
            return False
        if not self.where:
            return True
        try:
            return condition(parse(self.where).value(Environment(Evaluation(FORMS), values(facts))))
        except ExpressionError as error:
            raise self.placed(error.at(0, len(self.where))) from None

    def text(self) -> str:
        """Return it in words; empty where it selects all."""
        parts = [f"where {' '.join(self.where.split())}"] if self.where else []
        parts += [f"named {' or '.join(self.only)}"] if self.only else []
        return ", ".join(parts)

    def at_item(self, item: Written) -> str | None:
        """Return the condition in the words of an item, for its ``if``; None where it cannot be asked there."""
        if self.only or not self.where or item.first is not None:
            return None
        parts = self.where.split(" and ")
        if not re.search(r"\b(or|if|not)\b", self.where) and all(map(_is_expression, parts)):
            # what every layer of the item fulfils need not be asked
            asked = [_in_words_of(part, item) for part in parts if not _of_kind(part, item)]
            open_ = [part for part in asked if part is not None and not _holds(part)]
            return None if None in asked or not open_ else " and ".join(open_)
        return _in_words_of(self.where, item)


def _of_kind(text: str, item: Written) -> bool:
    """Tell whether a condition asks for nothing but the kind that an item is of."""
    parsed = parse(text)
    if not {"kind"} <= {use.name for use in parsed.uses} <= {"kind", *FORMS}:
        return False
    return condition(parsed.value(Environment(Evaluation(FORMS), {"kind": item.item.key})))


def _in_words_of(text: str, item: Written) -> str | None:
    for use in sorted(parse(text).uses, key=lambda use: -use.offset):
        if use.name not in ASKED_OF_ITEMS:
            return None
        pair = item.argument(use.name)
        node = item.item.arguments.get(use.name)
        if node is None:
            written = "1"
        elif isinstance(node, Scalar) and pair is not None:
            one_line(item.pieces, pair.value, item)
            written = node.text if _ATOM.fullmatch(node.text) else f"({node.text})"
        else:
            return None
        text = f"{text[: use.offset]}{written}{text[use.offset + len(use.name) :]}"
    return " ".join(text.split())


def _is_expression(text: str) -> bool:
    try:
        return bool(parse(text))
    except ExpressionError:
        return False


def _holds(text: str) -> bool:
    """Tell whether a condition without names holds."""
    return not parse(text).uses and condition(parse(text).value(Environment(Evaluation())))


def values(facts: Facts) -> dict[str, Value]:
    """Return the values of the variables for a layer."""
    largest: Callable[[Sequence[int]], int] = lambda extents: max(extents, default=1)  # noqa: E731 - two lines are more
    return {
        "kind": facts.kind,
        "kernel": largest(facts.kernel),
        "stride": largest(facts.stride),
        "dilation": largest(facts.dilation),
        "groups": facts.groups,
        "cin": facts.cin,
        "out": facts.out,
        "height": facts.space[-2] if len(facts.space) > 1 else 1,
        "width": facts.space[-1] if facts.space else 1,
    }
