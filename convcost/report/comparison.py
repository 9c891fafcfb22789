"""Comparisons as tables: totals with ratios, the aligned layers, and where the difference comes from."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.cost.closed_form import Variable
from convcost.report.cost import TITLES, counted, of_convention, of_model
from convcost.report.table import Aside, Cell, Change, Column, Document, Row, Section, Table, Written
from convcost.studies.compare import Aligned, Comparison, Reason, SymbolicRatio

HEADLINES = ("params", "mult_adds")

ENOUGH = Fraction(95, 100)
"""Reasons are listed until they account for this share of all differences, and not more than ``MOST``."""

MOST = 6

SHORT = 50
"""Characters of a sum in brackets that is not broken over two lines."""

SHOWN: dict[str, Change] = {"same": "", "changed": "changed", "added": "added", "removed": "removed"}


def document(comparison: Comparison, *, metrics: Sequence[str] = ("mult_adds",), formulas: bool = False) -> Document:
    """Return a comparison: totals of each model, the layers side by side, and why they differ.

    Parameters
    ----------
    metrics : sequence of str
        What the layers are compared by.
    formulas : bool
        Add the ratios of the closed forms where both models are free in the same hyperparameters.
    """
    labels, convention = comparison.labels, comparison.convention
    data = {
        "models": [of_model(model) | {"label": label} for model, label in zip(comparison.models, labels, strict=True)],
        "by": comparison.by,
        "batch": comparison.analyses[0].batch,
        "aligned": [[None if group is None else group.name for group in row.groups] for row in comparison.rows],
    }
    section = Section(
        " : ".join(labels),
        " against ".join(labels) if len(labels) == 2 else ", ".join(labels),
        _rows(comparison, metrics),
        _facts(comparison),
        before=(Aside("models_totals", "", _totals(comparison, metrics)),),
        after=tuple(filter(None, (_why(comparison, metric) for metric in metrics))),
        formulas=_ratios(comparison) if formulas else (),
        notes=_notes(comparison, metrics),
        data=data,
    )
    return Document(
        convention.describe(), "comparisons", convention.name, (section,), {"convention": of_convention(convention)}
    )


def _facts(comparison: Comparison) -> tuple[str, ...]:
    facts = []
    for label, model in zip(comparison.labels, comparison.models, strict=True):
        values = ", ".join(f"{name}={value}" for name, value in model.values.items())
        title = model.architecture.title or model.architecture.name
        facts.append(f"{label}: {title}{f', {values}' if values else ''}")
    return tuple(facts)


def _totals(comparison: Comparison, metrics: Sequence[str]) -> Table:
    """Return a row for each model: its totals, and how they stand to the first."""
    chosen = tuple(dict.fromkeys((*HEADLINES, *metrics)))
    columns = [Column("model", "Model", "name")]
    for metric in chosen:
        columns += [Column(metric, TITLES[metric]), Column(f"{metric}_ratio", "", "ratio")]
    sides = [list(zip(comparison.totals(metric), comparison.ratios(metric), strict=True)) for metric in chosen]
    rows = []
    for i, label in enumerate(comparison.labels):
        cells: list[Cell] = [label]
        for side in sides:
            value, ratio = side[i]
            cells += [value, ratio if i else None]
        rows.append(Row(tuple(cells)))
    return Table(tuple(columns), tuple(rows))


def short_labels(comparison: Comparison) -> tuple[str, ...]:
    """Return labels for narrow columns: of one architecture under several values, the values."""
    names = {model.architecture.name for model in comparison.models}
    if len(names) > 1:
        return comparison.labels
    (name,) = names
    return tuple(label.removeprefix(name).lstrip("@:") or label for label in comparison.labels)


def _rows(comparison: Comparison, metrics: Sequence[str]) -> Table:
    two = len(comparison.models) == 2
    by = comparison.by
    columns = [Column(by, by.capitalize(), "name")]
    kinds = by in {"layer", "op", "block"}
    if kinds:
        columns.append(Column("kind", "Kind", "text"))
    for metric in metrics:
        columns += [
            Column(metric, label, over=TITLES[metric], short=short)
            for label, short in zip(comparison.labels, short_labels(comparison), strict=True)
        ]
        if two:
            columns.append(Column(f"{metric}_ratio", "", "ratio"))
    rows = []
    for row in comparison.rows:
        cells: list[Cell] = [row.first.name, *([_kind(row)] if kinds else [])]
        for metric in metrics:
            values = _values(comparison, row, metric)
            cells += [*values, *([_ratio(values)] if two else [])]
        rows.append(Row(tuple(cells), SHOWN[row.change]))
    totals: list[Cell] = ["Total", *([None] if kinds else [])]
    for metric in metrics:
        values = list(comparison.totals(metric))
        totals += [*values, *([_ratio(values)] if two else [])]
    return Table(tuple(columns), tuple(rows), Row(tuple(totals)), compares=True)


def _values(comparison: Comparison, row: Aligned, metric: str) -> list[Cell]:
    """Return the values of a row; None where a model lacks it or the convention does not count it."""
    values: list[Cell] = []
    for group, analysis, value in zip(row.groups, comparison.analyses, comparison.values(row, metric), strict=True):
        absent = group is None or (metric == "mult_adds" and not counted(analysis, group.indices))
        values.append(None if absent else value)
    return values


def _kind(row: Aligned) -> str:
    kinds = dict.fromkeys(group.kind or "mixed" for group in row.groups if group is not None)
    return " → ".join(kinds) if set(kinds) != {"mixed"} else ""


def _ratio(values: Sequence[Cell]) -> Fraction | None:
    base, other = values
    if not isinstance(base, int | Fraction) or not isinstance(other, int | Fraction) or not base or base == other:
        return None
    return Fraction(other) / Fraction(base)


def _why(comparison: Comparison, metric: str) -> Aside | None:
    """Return the few groups that account for most of the difference; None where there is none."""
    reasons = comparison.reasons(metric)
    whole = sum(reason.weight for reason in reasons)
    if not whole:
        return None
    kept: list[Reason] = []
    for reason in reasons:
        if len(kept) == MOST or sum(r.weight for r in kept) >= ENOUGH * whole:
            break
        kept.append(reason)
    if len(kept) == len(reasons) - 1:
        kept = list(reasons)
    by = "stage" if comparison.by == "kind" else "kind"
    columns = [Column(by, by.capitalize(), "name")]
    columns += [
        Column(metric, label, short=short)
        for label, short in zip(comparison.labels, short_labels(comparison), strict=True)
    ]
    two = len(comparison.models) == 2
    if two:
        columns.append(Column("difference", "Difference", "difference"))
    rows = []
    for reason in kept:
        difference = [reason.values[1] - reason.values[0]] if two else []
        rows.append(Row((reason.name, *reason.values, *difference)))
    rest = [r for r in reasons if r not in kept]
    if rest:
        values = [sum(r.values[i] for r in rest) for i in range(len(comparison.models))]
        rows.append(Row((f"{len(rest)} more", *values, *([values[1] - values[0]] if two else []))))
    return Aside(f"why_{metric}", f"Where the {TITLES[metric].lower()} differ", Table(tuple(columns), tuple(rows)))


def _ratios(comparison: Comparison) -> tuple[Written, ...]:
    ratios = [(metric, comparison.symbolic_ratio(metric)) for metric in ("mult_adds", "params")]
    return tuple(_quotient(metric, ratio) for metric, ratio in ratios if ratio is not None)


def _quotient(metric: str, ratio: SymbolicRatio) -> Written:
    from convcost.report.formula import latex_letter, terms, where
    from convcost.report.math import LATEX, UNICODE
    from convcost.symbols.floordiv import number

    variables: tuple[Variable, ...] = ratio.numerator.variables
    above, below = (ratio.value, 1) if isinstance(ratio.value, int | Fraction) else ratio.value.as_numer_denom()
    above, below = (value if isinstance(value, int | Fraction) else number(value) for value in (above, below))
    shown = {v.symbol_name: v.shown for v in variables}
    set_as = {v.symbol_name: latex_letter(v.shown) for v in variables}
    text: tuple[str, ...] = terms(above, shown, UNICODE)
    latex = " ".join(terms(above, set_as, LATEX))
    if below != 1:
        text = (*_bracketed(text), "/", *_bracketed(terms(below, shown, UNICODE)))
        latex = rf"\frac{{{latex}}}{{{' '.join(terms(below, set_as, LATEX))}}}"
    name = f"ratio of {TITLES[metric].lower()}"
    return Written(f"{metric}_ratio", name, text, (latex,), where(ratio.numerator))


def _bracketed(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Put a sum in brackets; one that is short stays on one line."""
    if len(terms) == 1:
        return terms
    whole = f"({' '.join(terms)})"
    return (whole,) if len(whole) <= SHORT else (f"({terms[0]}", *terms[1:-1], f"{terms[-1]})")


def _notes(comparison: Comparison, metrics: Sequence[str]) -> tuple[str, ...]:
    changes: dict[str, int] = {}
    for row in comparison.rows:
        changes[row.change] = changes.get(row.change, 0) + 1
    words = {"added": "added (+)", "removed": "removed (-)", "changed": "changed (~)", "same": "the same"}
    counts = ", ".join(f"{changes[change]} {word}" for change, word in words.items() if change in changes)
    notes = [f"{counts}; ratios are against {comparison.labels[0]}"]
    if "mult_adds" in metrics:
        notes.append("– no such row in this model, or nothing that the convention counts")
    return tuple(notes)
