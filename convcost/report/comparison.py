"""Comparisons as tables: totals with ratios, the aligned layers, and where the difference comes from."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.cost.closed_form import Variable
from convcost.report.cost import TITLES, lower_bounds, of_convention, of_model, of_unknown, total_cell
from convcost.report.table import Aside, AtLeast, Cell, Change, Column, Document, Row, Section, Table, Written
from convcost.studies.compare import Aligned, Comparison, Reason, SymbolicRatio

HEADLINES = ("params", "mult_adds")

ENOUGH = Fraction(95, 100)
"""Reasons are listed until they account for this share of all differences, and not more than ``MOST``."""

MOST = 6

SHORT = 50
"""Characters of a sum in brackets that is not broken over two lines."""

SHOWN: dict[str, Change] = {"same": "", "changed": "changed", "added": "added", "removed": "removed"}


def document(
    comparison: Comparison,
    *,
    metrics: Sequence[str] = ("mult_adds",),
    formulas: bool = False,
    changes: bool = False,
) -> Document:
    """Return a comparison: totals of each model, the layers side by side, and why they differ.

    Parameters
    ----------
    metrics : sequence of str
        What the layers are compared by.
    formulas : bool
        Add the ratios of the closed forms where both models are free in the same hyperparameters.
    changes : bool
        Only the rows that changed, and nothing of why.
    """
    labels, convention = comparison.labels, comparison.convention
    two = len(labels) == 2
    shown = _weighty(comparison, metrics) if changes else comparison.rows
    data = {
        "models": [
            of_model(model) | {"label": label} | of_unknown(analysis)
            for model, label, analysis in zip(comparison.models, labels, comparison.analyses, strict=True)
        ],
        "by": comparison.by,
        "batch": comparison.analyses[0].batch,
        "closely_aligned": comparison.closely,
        "aligned": [[None if group is None else group.name for group in row.groups] for row in comparison.rows],
    }
    section = Section(
        " : ".join(labels),
        " against ".join(labels) if two else ", ".join(labels),
        _rows(comparison, metrics, shown),
        () if changes else _facts(comparison),
        before=(Aside("models_totals", "", (_movement if changes and two else _totals)(comparison, metrics)),),
        after=() if changes else tuple(filter(None, (_why(comparison, metric) for metric in metrics))),
        formulas=_ratios(comparison) if formulas else (),
        notes=_notes(comparison, metrics, shown if changes else None),
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
    sides = [list(zip(_whole(comparison, metric), comparison.ratios(metric), strict=True)) for metric in chosen]
    rows = []
    for i, label in enumerate(comparison.labels):
        cells: list[Cell] = [label]
        for side in sides:
            value, ratio = side[i]
            cells += [value, ratio if i else None]
        rows.append(Row(tuple(cells)))
    return Table(tuple(columns), tuple(rows))


def _movement(comparison: Comparison, metrics: Sequence[str]) -> Table:
    """Return a row for each metric of two models: its total before and after, and by how much it has changed."""
    columns = (
        Column("metric", "", "text"),
        *(
            Column("total", label, short=short)
            for label, short in zip(comparison.labels, short_labels(comparison), strict=True)
        ),
        Column("difference", "Difference", "difference"),
        Column("growth", "Growth", "growth"),
    )
    rows = []
    for metric in dict.fromkeys((*HEADLINES, *metrics)):
        before, after = comparison.totals(metric)
        known = not any(analysis.partial(metric) for analysis in comparison.analyses)
        change = (after - before, Fraction(after - before) / before if before else None) if known else (None, None)
        rows.append(Row((TITLES.get(metric, metric), *_whole(comparison, metric), *change)))
    return Table(columns, tuple(rows))


def _weighty(comparison: Comparison, metrics: Sequence[str]) -> tuple[Aligned, ...]:
    """Return the rows that changed and in which something is counted."""
    return tuple(
        row
        for row in comparison.rows
        if comparison.change(row, metrics) != "same"
        and any(value is not None for metric in metrics for value in _values(comparison, row, metric))
    )


def _whole(comparison: Comparison, metric: str) -> list[Cell]:
    """Return a metric of each whole model; a lower bound where some costs are not known."""
    return [
        AtLeast(total) if analysis.partial(metric) else total
        for analysis, total in zip(comparison.analyses, comparison.totals(metric), strict=True)
    ]


def short_labels(comparison: Comparison) -> tuple[str, ...]:
    """Return labels for narrow columns: of one architecture under several values, the values."""
    names = {model.architecture.name for model in comparison.models}
    if len(names) > 1:
        return comparison.labels
    (name,) = names
    return tuple(label.removeprefix(name).lstrip("@:") or label for label in comparison.labels)


def _rows(comparison: Comparison, metrics: Sequence[str], shown: Sequence[Aligned]) -> Table | None:
    """Return the rows that are shown, and the totals; None for no row."""
    if not shown:
        return None
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
    for row in shown:
        cells: list[Cell] = [row.first.name, *([_kind(row)] if kinds else [])]
        for metric in metrics:
            values = _values(comparison, row, metric)
            cells += [*values, *([_ratio(values)] if two else [])]
        rows.append(Row(tuple(cells), SHOWN[comparison.change(row, metrics)]))
    totals: list[Cell] = ["Total", *([None] if kinds else [])]
    for metric in metrics:
        values = _whole(comparison, metric)
        totals += [*values, *([_ratio(values)] if two else [])]
    return Table(tuple(columns), tuple(rows), Row(tuple(totals)), compares=True)


def _values(comparison: Comparison, row: Aligned, metric: str) -> list[Cell]:
    """Return the values of a row; None where a model lacks it or the convention does not count it."""
    values: list[Cell] = []
    for group, analysis, value in zip(row.groups, comparison.analyses, comparison.values(row, metric), strict=True):
        values.append(None if group is None or value is None else total_cell(analysis, metric, group.indices))
    return values


def _kind(row: Aligned) -> str:
    kinds = dict.fromkeys(group.kind or "mixed" for group in row.groups if group is not None)
    return " → ".join(kinds) if set(kinds) != {"mixed"} else ""


def _ratio(values: Sequence[Cell]) -> Fraction | None:
    base, other = values
    if isinstance(base, AtLeast) or isinstance(other, AtLeast):
        return None
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
    by = comparison.other_grouping
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


def _notes(comparison: Comparison, metrics: Sequence[str], shown: Sequence[Aligned] | None) -> tuple[str, ...]:
    changes: dict[str, int] = {}
    for row in comparison.rows:
        change = comparison.change(row, metrics)
        changes[change] = changes.get(change, 0) + 1
    changed = len(comparison.rows) - changes.get("same", 0)
    words = {"added": "added (+)", "removed": "removed (-)", "changed": "changed (~)", "same": "the same"}
    counts = ", ".join(f"{changes[change]} {word}" for change, word in words.items() if change in changes)
    notes = [f"{counts}; ratios are against {comparison.labels[0]}"]
    others = comparison.differing if not changed else ()
    if others:
        compared = ", ".join(dict.fromkeys(TITLES[metric].lower() for metric in (*HEADLINES, *metrics)))
        notes = [f"no difference in {compared}: {len(comparison.rows)} the same"]
        notes.append(f"but the totals of {', '.join(others)} differ; --metric compares by them")
    elif not changed:
        notes = [f"no difference: {len(comparison.rows)} the same"]
    elif shown is not None and len(shown) < changed:
        uncounted = changed - len(shown)
        have = "have nothing that is counted, and are" if uncounted > 1 else "has nothing that is counted, and is"
        notes.append(f"{uncounted} of them {have} not shown")
    if not comparison.closely:
        notes.append("these networks are so long and so different that layers of one name were taken to correspond")
    if "mult_adds" in metrics:
        notes.append("– no such row in this model, or nothing that the convention counts")
    return (*notes, *lower_bounds(comparison.analyses))
