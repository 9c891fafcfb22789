"""Conventions explained: what each counts of each op, and what is known of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from convcost.conventions import is_built_in, shipped
from convcost.conventions.draft import Draft, built_in_draft
from convcost.conventions.reader import open_draft
from convcost.cost.convention import PARAMETERS
from convcost.ops import MOVES, OPS, Op
from convcost.report.text import pad, paragraph
from convcost.symbols.expr import Expression
from convcost.units import exact_text

NOTHING = "nothing"
UNKNOWN = "not known"


def draft_of(name: str) -> Draft:
    """Return a convention as it is written."""
    return built_in_draft(name) if is_built_in(name) else open_draft(name)


def overview(width: int = 80) -> str:
    """Return the list of conventions, and what each counts of each op."""
    drafts = [draft_of(name) for name in shipped()]
    lines = ["Conventions"]
    names = max(len(draft.name) for draft in drafts)
    for draft in drafts:
        head = f"  {pad(draft.name, names)}  "
        lines += paragraph(draft.version or draft.says, width, head, " " * len(head))
    lines += ["", "What they count of each op"]
    for op in ops():
        lines.append(f"  {op.name}")
        for statement, who in by_statement(op, drafts).items():
            lines += paragraph(f"{statement}: {', '.join(who)}", width, "    ", "      ")
    lines += ["", *amount_lines(width)]
    return "\n".join(lines) + "\n"


def ops() -> list[type[Op]]:
    """Return the ops there is something to count of; those that only move elements, which nobody counts, left out."""
    return [op for op in OPS.values() if op.inputs != 0 and (op not in MOVES or op.name in {"upsample", "resize"})]


def by_statement(op: type[Op], drafts: Iterable[Draft]) -> dict[str, list[str]]:
    """Return the names of the conventions by what they count of an op."""
    found: dict[str, list[str]] = {}
    for draft in drafts:
        found.setdefault(statement(op, draft), []).append(draft.name)
    return found


def statement(op: type[Op], draft: Draft) -> str:
    """Return what a convention counts of an op, in words: "2 × input", "nothing", "not known".

    >>> from convcost.ops import BatchNorm, Relu
    >>> statement(BatchNorm, built_in_draft("paper")), statement(Relu, draft_of("onnx-tool"))
    ('nothing', 'output')
    """
    if op in draft.counts:
        padding = "" if draft.padding else " without padding"
        return " + ".join(_term(name, factor) for name, factor in draft.counts[op].items()) + padding
    return NOTHING if op in draft.ignored or draft.others_ignored else UNKNOWN


def _term(name: str, factor: object) -> str:
    if isinstance(factor, Expression):
        return f"({factor.text}) × {name}"
    return name if factor == 1 else f"{exact_text(factor)} × {name}"  # type: ignore[arg-type] # a number


def amount_lines(width: int) -> Iterator[str]:
    """Yield what the amounts are."""
    from convcost.cost.amounts import AMOUNTS

    yield "Amounts"
    names = max(map(len, AMOUNTS))
    for name, amount in AMOUNTS.items():
        head = f"  {pad(name, names)}  "
        yield from paragraph(amount.doc, width, head, " " * len(head))
    yield from paragraph("mul, add, cmp, ...: primitive operations", width, "  ", "  ")


def explained(name: str, width: int = 80) -> str:
    """Return what is known of a convention."""
    draft = draft_of(name)
    lines = [draft.name, *paragraph(_capital(draft.says), width, "  ", "  ")]
    facts = {
        "Of": draft.title,
        "Version": draft.version,
        "Unit": draft.calls,
        "Padding": "" if draft.version else "counted" if draft.padding else "excluded",
        "Parameters": PARAMETERS[draft.parameters],
        "Source": draft.source,
    }
    lines += [""]
    for key, text in facts.items():
        if text:
            lines += paragraph(text, width, f"  {pad(key, 10)}  ", " " * 14)
    counted = {op.name: statement(op, draft) for op in OPS.values() if op in draft.counts}
    lines += _listing("Counted", counted, width)
    every = [op for op in OPS.values() if op.inputs != 0]
    for title, wanted, among in (("Ignored", NOTHING, every), ("Not known", UNKNOWN, ops())):
        named = [op.name for op in among if statement(op, draft) == wanted]
        if named:
            lines += ["", title, *paragraph(", ".join(named), width, "  ", "  ")]
    if draft.missed:
        missed = ", ".join(op.name for op in OPS.values() if op in draft.missed)
        lines += ["", "Parameters not counted", *paragraph(missed, width, "  ", "  ")]
    ways = {key: f"{' or '.join(each.choices)}: {each.doc}" for key, each in draft.written.items()}
    lines += _listing("Depends on how the network is written", ways, width)
    lines += _listing("Bugs that are reproduced", draft.bugs, width)
    lines += _listing("Notes", draft.notes, width)
    return "\n".join(lines) + "\n"


def _listing(title: str, entries: Mapping[str, str], width: int) -> list[str]:
    entries = {key: text for key, text in entries.items() if text}
    if not entries:
        return []
    names = max(map(len, entries))
    lines = ["", title]
    for key, text in entries.items():
        head = f"  {pad(key, names)}  "
        lines += paragraph(text, width, head, " " * len(head))
    return lines


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
