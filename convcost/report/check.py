"""Checks as tables: a line for each budget with what is left of it, and the layers to look at where nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from convcost.budgets import Budget, Growth
from convcost.errors import Span
from convcost.report.cost import NAMED, of_convention, of_model
from convcost.report.table import AtLeast, AtMost, Column, Document, Row, Section, Table
from convcost.studies.check import Check, Checked, Held, Weight
from convcost.units import percent, scaled

UNDECIDED = "UNKNOWN"
"""The verdict where what is known keeps a budget, and some costs are not known."""

FORMATS = ("table", "md", "json", "github")

COLUMNS = (
    Column("spec", "Network", "name"),
    Column("metric", "Metric", "text"),
    Column("value", "Value"),
    Column("budget", "Budget"),
    Column("headroom", "Headroom", "difference"),
    Column("verdict", "", "text"),
    Column("why", "Why", "remark"),
)


def check_document(check: Check) -> Document:
    """Return the table of a check, for readers."""
    rows = tuple(_row(network, held) for network in check.networks for held in network.held)
    table = Table(COLUMNS if any(row.cells[-1] for row in rows) else COLUMNS[:-1], rows)
    if len(table.columns) < len(COLUMNS):
        table = Table(table.columns, tuple(Row(row.cells[:-1], row.change) for row in rows))
    notes = tuple(new_line(network, check.baseline) for network in check.networks if network.is_new)
    section = Section("check", verdict_line(check), table, notes=notes)
    return Document(check.convention.describe(), "checks", check.convention.name, (section,))


def check_data(check: Check) -> Document:
    """Return a check for programs: exact numbers, an object for each network."""
    sections = tuple(
        Section(network.label, network.label, data=_network(network), notes=_notes(network, check.baseline))
        for network in check.networks
    )
    data = {
        "convention": of_convention(check.convention),
        "baseline": check.baseline or None,
        "passed": check.passed,
    }
    return Document(check.convention.describe(), "checks", check.convention.name, sections, data)


def verdict_line(check: Check) -> str:
    """Return the verdict of a check in one line."""
    count, crossed, undecided = len(check.held), len(check.crossed), len(check.undecided)
    if not count:
        return "Nothing is held against a budget"
    if count == 1:
        return f"The budget {'cannot be decided' if undecided else 'is crossed' if crossed else 'is kept'}"
    if not crossed and not undecided:
        return f"All {count} budgets are kept"
    verb = "is" if crossed == 1 else "are"
    if not undecided:
        return f"{crossed} of {count} budgets {verb} crossed"
    return f"Of {count} budgets {f'{crossed} {verb} crossed and ' if crossed else ''}{undecided} cannot be decided"


def new_line(network: Checked, baseline: str) -> str:
    """Return what is to be said of a network that a baseline does not have."""
    return f"{network.label} is new: {baseline} does not have it, so its growth is not checked."


def allowed(held: Held) -> str:
    """Return what is allowed, as it was said: "600 M (--max)", "2% more than 568,740,352"."""
    if isinstance(held.said, Growth):
        return f"{held.said.written} more than {held.before:,}"
    return f"{held.said.written} ({held.said.source})"


def excess_line(held: Held) -> str:
    """Return by how much a budget is crossed, and where it comes from."""
    over = -held.headroom
    by = f"{_share(over, held.limit)} or {over:,}" if held.limit else f"{over:,}"
    return f"Over by {by}, with {allowed(held)} allowed. {weights_line(held)}".rstrip()


def unknown_line(held: Held) -> str:
    """Return why a budget cannot be decided."""
    more = f" and {len(held.unknown) - NAMED} more" if len(held.unknown) > NAMED else ""
    return f"At least {held.value:,}: the costs of {', '.join(held.unknown[:NAMED])}{more} are not known."


def weights_line(held: Held) -> str:
    """Return the layers that grew most, or those that weigh most."""
    if not held.weights:
        return ""
    if any(weight.growth for weight in held.weights):
        return f"Grew most: {', '.join(f'{w.name} by {scaled(w.growth)}{_from(w)}' for w in held.weights)}."
    shares = (f"{w.name} with {scaled(w.value)} ({percent(Fraction(w.value, held.value))})" for w in held.weights)
    return f"Weigh most: {', '.join(shares)}."


def metric_title(held: Held) -> str:
    """Return what a line is about: "mult_adds", or "mult_adds +2%" for growth."""
    return held.metric if isinstance(held.said, Budget) else f"{held.metric} +{held.said.written.replace(' ', '')}"


def place(held: Held) -> Span | None:
    """Return the place to look at where a budget is crossed: the line of the first layer that has one."""
    return next((weight.span for weight in held.weights if weight.span is not None), None)


def _from(weight: Weight) -> str:
    return f" to {scaled(weight.value)}" if weight.before else " (new)"


def _share(part: int, whole: int) -> str:
    """Write a share in per cent with as many places as it takes to tell it from none."""
    share = Fraction(part, whole)
    return percent(share, 1 if share >= Fraction(1, 1000) or not share else 3)


def _row(network: Checked, held: Held) -> Row:
    value = AtLeast(held.value) if held.unknown else held.value
    headroom = AtMost(held.headroom) if held.unknown else held.headroom
    cells = (network.label, metric_title(held), value, held.limit, headroom)
    if held.crossed:
        return Row((*cells, "OVER", excess_line(held)), "removed")
    if held.undecided:
        return Row((*cells, UNDECIDED, unknown_line(held)), "changed")
    room = _share(held.headroom, held.limit) if held.limit else ""
    return Row((*cells, f"ok {room}".rstrip(), ""))


def _notes(network: Checked, baseline: str) -> tuple[str, ...]:
    return (new_line(network, baseline),) if network.is_new else ()


def _network(network: Checked) -> dict[str, Any]:
    return {
        **of_model(network.model),
        "spec": network.label,
        "passed": network.passed,
        "new": network.is_new,
        "budgets": [_budget(held) for held in network.held],
    }


def _budget(held: Held) -> dict[str, Any]:
    growth = isinstance(held.said, Growth)
    return {
        "metric": held.metric,
        "kind": "growth" if growth else "max",
        "written": held.said.written,
        "source": None if isinstance(held.said, Growth) else held.said.source,
        "share": str(held.said.share) if isinstance(held.said, Growth) else None,
        "value": held.value,
        "budget": held.limit,
        "headroom": held.headroom,
        "before": held.before,
        "crossed": held.crossed,
        **({"undecided": held.undecided, "incomplete": list(held.unknown)} if held.unknown else {}),
        "layers": _layers(held.weights),
    }


def _layers(weights: Sequence[Weight]) -> list[dict[str, Any]]:
    return [
        {
            "layer": weight.name,
            "kind": weight.kind,
            "value": weight.value,
            "before": weight.before,
            "file": weight.span.file if weight.span else None,
            "line": weight.span.line if weight.span else None,
        }
        for weight in weights
    ]
