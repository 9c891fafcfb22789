"""Reports of what models cost, layer by layer: analyses turned into the table model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from convcost.cost.analysis import METRICS, Analysis, Group
from convcost.cost.convention import Convention
from convcost.cost.grouping import By
from convcost.counts import PRIMITIVES, Counts
from convcost.errors import DomainError, UnsupportedError, UsageError, one_of
from convcost.model import Model
from convcost.ops import CONVOLUTIONS, Linear
from convcost.report.table import AtLeast, AtMost, Cell, Column, Document, Row, Section, Table, Written
from convcost.units import scaled

TITLES: Mapping[str, str] = {
    "mult_adds": "Mult-adds",
    "params": "Params",
    "trainable": "Trainable",
    "weights": "Weights",
    "running": "Running",
    "input_elements": "Elements in",
    "output_elements": "Elements out",
    "weight_elements": "Elements stored",
    "valid": "Valid",
    "share": "Share",
} | {name: name for name in PRIMITIVES}
"""The columns there are, with their titles; ``valid`` is mult-adds on real elements, whatever the convention."""

SETS: Mapping[str, tuple[str, ...]] = {
    "primitives": PRIMITIVES,
    "elements": ("input_elements", "output_elements", "weight_elements"),
    "parameters": ("trainable", "weights", "running"),
}
"""Names that stand for several columns."""

DEFAULT = ("params", "mult_adds", "share")

NAMED = 5
"""Ops whose costs are not known that a note names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A model and what it costs."""

    model: Model
    analysis: Analysis


SUMS_OF_PRODUCTS = (*CONVOLUTIONS, Linear)
"""Ops without other operations than products and additions."""


def document(
    entries: Sequence[Entry],
    *,
    by: By = "layer",
    depth: int | None = None,
    columns: Sequence[str] = DEFAULT,
    formulas: bool = False,
) -> Document:
    """Return the report of one or more models, all analysed under one convention.

    Parameters
    ----------
    by, depth
        How nodes are put together in rows, as ``Analysis.groups``.
    columns : sequence of str
        What follows the name, kind and output of a row; see ``chosen_columns``.
    formulas : bool
        Add the closed forms of mult-adds and parameters where something is free.
    """
    convention = entries[0].analysis.convention
    sections = tuple(_section(entry, by, depth, columns, formulas=formulas) for entry in entries)
    return Document(
        convention.describe(), "models", convention.name, sections, {"convention": of_convention(convention)}
    )


def of_convention(convention: Convention) -> dict[str, Any]:
    """Return what formats for programs say of a convention."""
    return {
        "name": convention.name,
        "says": convention.says,
        "padding": convention.padding,
        "parameters": convention.parameters,
    }


def chosen_columns(text: str) -> tuple[str, ...]:
    """Read a list of columns: names and sets, separated by commas; a leading "+" adds to the usual ones.

    >>> chosen_columns("mul,add"), chosen_columns("+valid")
    (('mul', 'add'), ('params', 'mult_adds', 'valid', 'share'))

    Raises
    ------
    UsageError
        E022 for a column there is not.
    """
    added = text.startswith("+")
    chosen: list[str] = list(DEFAULT) if added else []
    for word in text.removeprefix("+").replace("-", "_").split(","):
        name = word.strip()
        if name not in SETS and name not in TITLES:
            raise UsageError("E022", f"there is no column {name!r}", hint=one_of(name, (*TITLES, *SETS)))
        chosen.extend(SETS.get(name, (name,)))
    # the bar of shares stands at the end of a line
    return (*(c for c in dict.fromkeys(chosen) if c != "share"), *(["share"] if "share" in chosen else []))


def heading(model: Model, batch: int = 1) -> tuple[str, tuple[str, ...]]:
    """Return the title of a model and the facts beneath it: values of its hyperparameters, source."""
    architecture = model.architecture
    values = [f"{name}={value}" for name, value in model.values.items()]
    if batch != 1:
        values.append(f"batch={batch}")
    return architecture.title or architecture.name, tuple(filter(None, (", ".join(values), architecture.source)))


def of_model(model: Model) -> dict[str, Any]:
    """Return what formats for programs say of a model."""
    architecture = model.architecture
    return {
        "spec": model.label or architecture.name,
        "name": architecture.name,
        "title": architecture.title or architecture.name,
        "source": architecture.source or None,
        "bindings": dict(model.values),
    }


def _section(entry: Entry, by: By, depth: int | None, columns: Sequence[str], *, formulas: bool) -> Section:
    model, analysis = entry.model, entry.analysis
    title, facts = heading(model, analysis.batch)
    left_out = uncounted(analysis)
    notes = (*_notes(left_out), *_bugs(analysis))
    written: tuple[Written, ...] = ()
    if formulas:
        written, refused = _formulas(model, analysis)
        notes += refused
    notes += lower_bounds((analysis,))
    data = of_model(model) | {
        "batch": analysis.batch,
        "by": by,
        "not_counted": {"ops": list(left_out), "operations": _sum(left_out.values())},
        **of_unknown(analysis),
    }
    table = _table(analysis, by, depth, columns)
    return Section(data["spec"], title, table, facts, notes=notes, formulas=written, data=data)


def of_unknown(analysis: Analysis) -> dict[str, Any]:
    """Return what formats for programs say of ops whose costs are not known; nothing where there are none."""
    nodes = [{"name": node.name, "op": node.op.kind} for node in analysis.incomplete]
    return {"incomplete": nodes} if nodes else {}


def lower_bounds(analyses: Iterable[Analysis]) -> tuple[str, ...]:
    """Return a note on what the totals lack, if there is anything."""
    nodes = (node for analysis in analyses for node in analysis.incomplete)
    names = list(dict.fromkeys(f"{node.name} ({node.op.kind})" for node in nodes))
    if not names:
        return ()
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (f"≥ a lower bound: the costs of {', '.join(names[:NAMED])}{more} are not known",)


def counted(analysis: Analysis, indices: Iterable[int]) -> bool:
    """Tell whether the convention counts anything of these nodes: what it does not is shown as absent, not as zero."""
    return any(type(analysis.derived[i].op) in analysis.convention.tariff for i in indices)


def uncounted(analysis: Analysis) -> dict[str, Counts]:
    """Return the primitive operations that the convention does not count, by the op's name.

    Ops that only move elements have none and are not listed.
    """
    occurrences: dict[int, list[int]] = {}
    for index, derived in enumerate(analysis.derived):
        if analysis.graph.nodes[index].inputs:
            occurrences.setdefault(id(derived), []).append(index)
    sums: dict[str, Counts] = {}
    for indices in occurrences.values():
        op = analysis.derived[indices[0]].op
        if isinstance(op, SUMS_OF_PRODUCTS) and type(op) in analysis.convention.tariff:
            continue  # they have no other operations, and there are many of them
        counts = analysis.convention.left_out(op, analysis.counts(indices[0]))
        if counts:
            sums[op.name] = sums.get(op.name, Counts()) + counts * len(indices)
    return sums


def _sum(counts: Iterable[Counts]) -> dict[str, Any]:
    whole = Counts()
    for each in counts:
        whole += each
    return dict(whole)


def _notes(left_out: Mapping[str, Counts]) -> tuple[str, ...]:
    if not left_out:
        return ()
    amounts = ", ".join(f"{scaled(value)} {name}" for name, value in _sum(left_out.values()).items())
    return (f"– not counted under this convention: {', '.join(left_out)} ({amounts})",)


def _bugs(analysis: Analysis) -> tuple[str, ...]:
    """Return what is wrong with how a tool counts the ops of a network, those that share a bug together."""
    there = {derived.op.name for derived in analysis.derived}
    ops: dict[str, list[str]] = {}
    for name, text in analysis.convention.bugs.items():
        if text and name in there:
            ops.setdefault(text, []).append(name)
    return tuple(f"– reproduced as the tool has it: {', '.join(names)}: {text}" for text, names in ops.items())


def _table(analysis: Analysis, by: By, depth: int | None, columns: Sequence[str]) -> Table:
    groups = analysis.groups(by, depth)
    fixed: list[tuple[Column, Callable[[Group], Cell]]] = [(Column(by, by.capitalize(), "name"), lambda g: g.name)]
    if by in {"layer", "op", "block"}:
        fixed.append((Column("kind", "Kind", "text"), lambda g: g.kind))
    if by == "kind":
        fixed.append((Column("ops", "Ops"), lambda g: len(g.indices)))
    else:
        fixed.append((Column("output", "Output", "shape"), lambda g: tuple(g.output[1:])))
    whole = analysis.total("mult_adds")
    metrics = [(_column(name), _cell_of(name, analysis, whole)) for name in columns]
    rows = tuple(
        Row((*(cell(group) for _, cell in fixed), *(cell(group.indices) for _, cell in metrics))) for group in groups
    )
    everything = tuple(range(len(analysis.derived)))
    # a total is a number even where nothing was counted
    sums = (None if column.type == "share" else _or_zero(cell(everything)) for column, cell in metrics)
    totals = Row(("Total", *(None for _ in fixed[1:]), *sums))
    return Table((*(column for column, _ in fixed), *(column for column, _ in metrics)), rows, totals)


def _or_zero(value: Cell) -> Cell:
    """Return a value, and 0 where there is none; a lower bound of 0 stays one."""
    return 0 if value is None else value


def _column(name: str) -> Column:
    return Column(name, TITLES[name], "share" if name == "share" else "count")


def _cell_of(name: str, analysis: Analysis, whole: Any) -> Callable[[tuple[int, ...]], Cell]:
    """Return the function that gives a column's cell for some nodes."""
    if name == "share":
        lower = analysis.partial("mult_adds")  # asked once: it looks at every layer
        return lambda indices: _share(analysis, indices, whole, lower=lower)
    if name == "valid":
        valid = Analysis(analysis.graph, analysis.convention.replaced(padding=False), analysis.derived, analysis.batch)
        return lambda indices: total_cell(valid, "mult_adds", indices)
    assert name in METRICS
    return lambda indices: total_cell(analysis, name, indices)


def total_cell(analysis: Analysis, metric: str, indices: tuple[int, ...]) -> Cell:
    """Return a metric of some nodes: a lower bound where some costs are not known, None where nothing is counted."""
    if analysis.partial(metric, indices):
        return AtLeast(analysis.total(metric, indices))
    if metric == "mult_adds" and not counted(analysis, indices):
        return None
    value: Cell = analysis.total(metric, indices)
    return value


def _share(analysis: Analysis, indices: tuple[int, ...], whole: Any, *, lower: bool) -> Cell:
    """Return the share of the mult-adds; of a total that is a lower bound it is an upper one."""
    if not whole or not counted(analysis, indices) or analysis.partial("mult_adds", indices):
        return None
    share = Fraction(analysis.total("mult_adds", indices)) / whole
    return AtMost(share) if lower else share


def _formulas(model: Model, analysis: Analysis) -> tuple[tuple[Written, ...], tuple[str, ...]]:
    """Return the closed forms of the two headlines, or a note that says why there are none."""
    if not model.variables():
        return (), ()
    from convcost.report.formula import written

    try:
        symbolic = model.symbolic(convention=analysis.convention)
        forms = [(name, symbolic.closed_form(name)) for name in ("mult_adds", "params")]
    except (DomainError, UnsupportedError) as error:
        return (), (f"no closed form: {error.message}",)
    each = " per image" if analysis.batch != 1 else ""
    return tuple(written(form, key, _NAMES[key] + (each if key == "mult_adds" else "")) for key, form in forms), ()


_NAMES = {"mult_adds": "mult-adds", "params": "params"}
