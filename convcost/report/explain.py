"""Ops explained: what they are, what they cost, what can be written, and what the conventions count of them."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

from convcost.cost.convention import CONVENTIONS
from convcost.ops import OPS, REQUIRED, Argument, Op
from convcost.report.text import pad, paragraph
from convcost.rules import RULES
from convcost.rules.activation import ELEMENT
from convcost.spec.vocabulary import FORMS, Form


def explain(name: str, width: int = 80) -> str:
    """Return what is known of a key of the spec language."""
    form = FORMS[name]
    lines = [name, *_prose(form.doc if name not in OPS else _doc(form.op), width, "  "), ""]
    lines += ["Costs", *_costs(form.op, width), ""]
    lines += ["Conventions", *_counted(form.op, width), ""]
    lines += ["Arguments", *_arguments(form, width)]
    return "\n".join(lines) + "\n"


def _doc(of: type) -> str:
    """Return a docstring up to its examples."""
    return cleandoc(of.__doc__ or "").split("\nExamples\n")[0].strip()


def _prose(text: str, width: int, indent: str) -> Iterator[str]:
    for number, block in enumerate(text.split("\n\n")):
        if number:
            yield ""
        yield from paragraph(" ".join(block.replace("``", "'").split()), width, indent, indent)


def _costs(op: type[Op], width: int) -> Iterator[str]:
    if op in ELEMENT:
        amounts = ", ".join(f"{amount} {primitive}" for primitive, amount in ELEMENT[op].items())
        yield f"  {amounts} for each element"
    else:
        yield from _prose(_doc(type(RULES[op])), width, "  ")


def _counted(op: type[Op], width: int) -> Iterator[str]:
    of_primitive: dict[str, list[str]] = {}
    for convention in CONVENTIONS.values():
        if op in convention.tariff:
            without = "" if convention.padding else " without padding"
            first, *others = convention.tariff[op].items()
            less = "".join(f", less {-amount} for each {primitive}" for primitive, amount in others)
            text = f"each {first[0]}{without} is a mult-add{less}"
            of_primitive.setdefault(text, []).append(convention.name)
    if not of_primitive:
        text = f"not counted by {', '.join(CONVENTIONS)}; 'report --columns primitives' shows what it does"
        yield from paragraph(text, width, "  ", "  ")
    for text, names in of_primitive.items():
        yield f"  {', '.join(names)}: {text}"


def _arguments(form: Form, width: int) -> Iterator[str]:
    if not form.arguments:
        yield "  none"
        return
    names = max(len(name) for name in form.arguments)
    for name, argument in form.arguments.items():
        head = f"  {pad(name, names)}  "
        yield from paragraph(f"{argument.doc} ({_default(argument)})", width, head, " " * len(head))


def _default(argument: Argument) -> str:
    if argument.default is REQUIRED:
        return "required"
    if argument.default is None:
        return "may be absent"
    if isinstance(argument.default, bool):
        return f"default {str(argument.default).lower()}"
    if isinstance(argument.default, tuple):
        return f"default [{', '.join(map(str, argument.default))}]"
    return f"default {argument.default}"
