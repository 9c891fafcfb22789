"""Conventions side by side as a table, and what is known of one of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from convcost.report.cost import heading, lower_bounds, of_model, of_unknown
from convcost.report.table import AtLeast, Cell, Column, Document, Row, Section, Table
from convcost.studies.conventions import PADDING, Difference, Reading, SideBySide
from convcost.units import exact_text

HEADLINE = "What each convention counts of a network, and how that follows from the mult-adds of the paper's"

COLUMNS = (
    Column("convention", "Convention", "name"),
    Column("params", "Params"),
    Column("counted", "Counted"),
    Column("ratio", "Of paper", "ratio"),
    Column("reconciled", "Reconciled", "remark"),
)

PHRASES = {
    "input": "elements into {}",
    "output": "elements out of {}",
    "biases": "biases of {}",
    "rows": "rows of {}",
    "parameters": "parameters of {}",
    "samples": "samples of {}",
    "layer": "layers of {}",
    "mul": "products of {}",
    PADDING: "products with padding of {}",
}
"""What amounts are called in a sentence; a primitive operation is called by its name."""


def document(results: list[SideBySide]) -> Document:
    """Return the tables of several networks."""
    return Document(HEADLINE, "models", "", tuple(map(_section, results)))


def _section(result: SideBySide) -> Section:
    title, facts = heading(result.model, result.batch)
    data = of_model(result.model) | {
        "batch": result.batch,
        "conventions": [of_reading(each) for each in result.readings],
    }
    analysis = result.model.analyze()
    notes = lower_bounds([analysis])
    data |= of_unknown(analysis)
    table = Table(COLUMNS, tuple(map(_row, result.readings)))
    return Section(data["spec"], title, table, facts, notes=notes, data=data)


def _row(reading: Reading) -> Row:
    figure: Cell = None if reading.counts_nothing else reading.figure
    ratio = None
    if figure is not None and reading.paper and not reading.partial:
        ratio = Fraction(reading.figure) / reading.paper  # type: ignore[arg-type] # it is a number then
    params: Cell = reading.params
    if reading.partial:
        params = AtLeast(reading.params)
        if figure is not None and reading.figure is not None:
            figure = AtLeast(reading.figure)
    return Row((reading.convention.name, params, figure, ratio, reconciled(reading)))


def of_reading(reading: Reading) -> dict[str, Any]:
    """Return what formats for programs say of a convention and of its terms."""
    how = reading.convention
    return {
        "name": how.name,
        "says": how.says,
        "version": getattr(how, "version", "") or None,
        "parameters": how.parameters,
        "scale": reading.scale,
        "paper": reading.paper,
        "terms": [
            {"factor": each.factor, "amount": each.amount, "ops": list(each.ops), "total": each.total}
            for each in reading.differences
        ],
        "unknown": list(reading.unstated),
    }


def reconciled(reading: Reading) -> str:
    """Return how a figure follows from the paper's, as a sentence of exact numbers."""
    if reading.unstated:
        return f"not known how {reading.convention.name} counts {', '.join(reading.unstated)}"
    if reading.counts_nothing:
        return "counts parameters only"
    assert reading.figure is not None
    if not reading.differences and reading.scale == 1:
        return ""
    scale = "" if reading.scale == 1 else f"{exact_text(reading.scale)} × "
    terms = "".join(map(difference, reading.differences))
    return f"{exact_text(reading.figure)} = {scale}{exact_text(reading.paper)}{terms}"


def difference(each: Difference) -> str:
    """Write a difference with its sign: " + 2 × 5,042,688 elements into batch_norm".

    >>> difference(Difference("biases", ("conv", "linear"), 1, 1000))
    ' + 1,000 biases of conv, linear'
    """
    sign = "-" if each.total < 0 else "+"
    phrase = PHRASES.get(each.amount, f"{each.amount} of {{}}").format(", ".join(each.ops))
    total = max(each.total, -each.total)
    if each.factor is None:
        return f" {sign} {exact_text(total)} from {phrase}"
    size = max(each.factor, -each.factor)
    amount = Fraction(total) / size
    factor = "" if size == 1 else f"{exact_text(size)} × "
    return f" {sign} {factor}{exact_text(amount)} {phrase}"
