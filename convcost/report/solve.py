"""Solutions of inverse problems as tables: what is largest, what the next value costs, and how that is known."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from convcost.budgets import Budget
from convcost.report.cost import TITLES, of_convention, of_model
from convcost.report.formula import latex_letter, terms, where
from convcost.report.math import LATEX, UNICODE
from convcost.report.table import Cell, Column, Document, Row, Section, Table, Written
from convcost.studies.solve import Axis, Bound, Configuration, Root, Solution, Solved
from convcost.studies.solve.bound import BUDGET
from convcost.symbols.arith import exact
from convcost.units import decimal, scaled


def document(solved: Solved) -> Document:
    """Return the answer to an inverse problem: a solution with its certificate, or the front of all."""
    title = solved.model.label or solved.model.architecture.name
    table = _certified(solved) if len(solved.axes) == 1 and solved.feasible else _front(solved)
    section = Section(
        title,
        headline(solved),
        table,
        _facts(solved),
        formulas=tuple(_formula(b) for b in solved.bounds if b.formula is not None),
        notes=notes(solved),
        data=_data(solved),
    )
    convention = solved.convention
    head = {"convention": of_convention(convention), "model": of_model(solved.model) | {"label": title}}
    return Document(convention.describe(), "solutions", convention.name, (section,), head)


def headline(solved: Solved) -> str:
    """Say what was asked, and the answer in one line."""
    name = solved.model.label or solved.model.architecture.name
    asked = " and ".join(_asked(budget) for budget in solved.budgets)
    if not solved.feasible:
        return f"{name}: nothing has {asked}"
    if len(solved.axes) == 1:
        (axis,) = solved.axes
        return f"{name} with {asked}: {axis.letter} = {solved.solutions[0].values[axis.name]} at most"
    letters = _listed([axis.letter for axis in solved.axes])
    count = len(solved.solutions)
    what = f"{'pair' if len(solved.axes) == 2 else 'choice'}{'' if count == 1 else 's'}"
    return f"{name} with {asked}: {count} largest {what} of {letters}"


def _asked(budget: Budget) -> str:
    return f"{TITLES.get(budget.metric, budget.metric).lower()} ≤ {budget.written}"


def _facts(solved: Solved) -> tuple[str, ...]:
    free = {axis.name for axis in solved.axes}
    fixed = ", ".join(f"{name}={value}" for name, value in solved.model.values.items() if name not in free)
    return (*((fixed,) if fixed else ()), *(f"admissible: {axis}" for axis in solved.axes))


def _columns(solved: Solved) -> tuple[Column, ...]:
    found = []
    limited = {budget.metric for budget in solved.budgets}
    for metric in _metrics(solved):
        found.append(Column(metric, TITLES.get(metric, metric)))
        if metric in limited:
            found.append(Column(f"{metric}_headroom", "left", "difference"))
    return tuple(found)


def _metrics(solved: Solved) -> list[str]:
    return list(solved.smallest.figures)


def _figures(solved: Solved, at: Configuration) -> list[Cell]:
    cells: list[Cell] = []
    limits = {budget.metric: budget for budget in solved.budgets}
    for metric in _metrics(solved):
        cells.append(at.figures[metric])
        if metric in limits:
            cells.append(at.headroom(limits[metric]))
    return cells


def _certified(solved: Solved) -> Table:
    """Return the largest value, and the next one with what it breaks."""
    (axis,), (best, *_) = solved.axes, solved.solutions
    columns = (Column("which", "", "text"), Column(axis.name, axis.letter, "value"), *_columns(solved))
    rows = [Row(("largest", _value(best, axis), *_figures(solved, best)))]
    step = best.nexts[axis.name]
    if step is not None:
        rows.append(Row(("next", _value(step, axis), *_figures(solved, step))))
    return Table(columns, tuple(rows))


def _front(solved: Solved) -> Table:
    """Return all solutions; where there is none, the smallest network and by how much it is too large."""
    shown: Sequence[Configuration] = solved.solutions or (solved.smallest,)
    columns = (*(Column(axis.name, axis.letter, "value") for axis in solved.axes), *_columns(solved))
    rows = [Row((*(_value(each, axis) for axis in solved.axes), *_figures(solved, each))) for each in shown]
    return Table(columns, tuple(rows))


def _value(at: Configuration, axis: Axis) -> Cell:
    return exact(Fraction(at.values[axis.name]))  # type: ignore[no-any-return]


def notes(solved: Solved) -> tuple[str, ...]:
    """Say what the answer rests on."""
    if not solved.feasible:
        return (_smallest(solved), *_how(solved))
    said = []
    if len(solved.axes) == 1:
        said.append(_certificate(solved, solved.axes[0], solved.solutions[0]))
        said += [_bounded(bound) for bound in solved.bounds]
    else:
        most = _maximised(solved)
        said.append(f"in none of them can one value be larger without crossing a budget; those with most {most} first")
    if solved.skipped:
        some = "value has" if len(solved.skipped) == 1 else "values have"
        said.append(f"{len(solved.skipped)} admissible {some} no network: {solved.skipped[0].reason}")
    return (*said, *_how(solved))


def _maximised(solved: Solved) -> str:
    letters = {axis.name: axis.letter for axis in solved.axes}
    return letters.get(solved.maximize) or TITLES.get(solved.maximize, solved.maximize).lower()


def _certificate(solved: Solved, axis: Axis, best: Solution) -> str:
    step = best.nexts[axis.name]
    if step is None:
        return f"there is no larger admissible value than {axis.letter} = {best.values[axis.name]}"
    over = _listed([_excess(step, budget) for budget in step.broken(solved.budgets)])
    return f"the next admissible value, {axis.letter} = {step.values[axis.name]}, has {over}"


def _excess(at: Configuration, budget: Budget) -> str:
    return f"{scaled(-at.headroom(budget))} {TITLES.get(budget.metric, budget.metric).lower()} too many"


def _smallest(solved: Solved) -> str:
    at = ", ".join(f"{axis.letter} = {solved.smallest.values[axis.name]}" for axis in solved.axes)
    over = _listed([_excess(solved.smallest, budget) for budget in solved.smallest.broken(solved.budgets)])
    return f"the smallest network, {at}, has {over}"


def _bounded(bound: Bound) -> str:
    letter, asked = bound.axis.letter, _asked(bound.budget)
    if bound.root is None:
        return f"no positive {letter} has {asked}"
    shown = decimal(bound.root, bound.places)
    return f"as a real number, {asked} for {letter} ≤ {shown}{'' if bound.exact else '…'}"


def _how(solved: Solved) -> tuple[str, ...]:
    """Say why nothing larger can be within."""
    if not solved.tried:
        letters = _listed([axis.letter for axis in solved.axes])
        return (f"the formula is proven never to fall as {letters} grows, so nothing larger is within",)
    letters_of = {axis.name: axis.letter for axis in solved.axes}
    until = _listed([f"{letters_of[name]} = {value}" for name, value in solved.tried.items()])
    return (f"roundings or the wiring change: every admissible value up to {until} was looked at",)


def _formula(bound: Bound) -> Written:
    """Write the largest value as a formula in the budget and the other hyperparameters."""
    root = bound.formula
    assert root is not None  # the caller chose those that have one
    letters = {v.symbol_name: v.shown for v in bound.form.variables} | {BUDGET: BUDGET}
    set_as = {name: latex_letter(letter) for name, letter in letters.items()}
    variable = next(v for v in bound.form.variables if v.name == bound.axis.name)
    text = _text(root, letters)
    latex = _latex(root, set_as)
    asked = TITLES.get(bound.budget.metric, bound.budget.metric).lower()
    condition = where(bound.form)
    return Written(
        f"{bound.axis.name}_by_{bound.budget.metric}",
        f"largest {variable.shown}",
        text,
        (latex,),
        f"for {asked} ≤ {BUDGET}; {condition}",
    )


def _text(root: Root, letters: dict[str, str]) -> tuple[str, ...]:
    def summed(dim: Any) -> str:
        return " ".join(terms(dim, letters, UNICODE))

    def bracketed(dim: Any) -> str:
        parts = terms(dim, letters, UNICODE)
        return parts[0] if len(parts) == 1 else f"({' '.join(parts)})"

    divisor = bracketed(root.divisor)
    if any(c.isalpha() for c in divisor) and not divisor.startswith("("):
        divisor = f"({divisor})"  # a product
    over = () if root.divisor == 1 else ("/", divisor)
    if root.radicand is None:
        quotient = (bracketed(root.rest) if over else summed(root.rest), *over)
        return (f"√({' '.join(quotient)})",) if root.under else quotient
    first = f"√({summed(root.radicand)})"
    if root.rest == 0:
        return (first, *over)
    rest, *more = terms(root.rest, letters, UNICODE)
    signed = (f"- {rest[1:]}" if rest.startswith("-") else f"+ {rest}", *more)
    return (f"({first}", *signed[:-1], f"{signed[-1]})", *over) if over else (first, *signed)


def _latex(root: Root, letters: dict[str, str]) -> str:
    def summed(dim: Any) -> str:
        return " ".join(terms(dim, letters, LATEX))

    if root.radicand is None:
        quotient = (
            summed(root.rest) if root.divisor == 1 else rf"\frac{{{summed(root.rest)}}}{{{summed(root.divisor)}}}"
        )
        return rf"\sqrt{{{quotient}}}" if root.under else quotient
    above = rf"\sqrt{{{summed(root.radicand)}}}"
    if root.rest != 0:
        rest = summed(root.rest)
        above += f" {rest}" if rest.startswith("-") else f" + {rest}"
    return above if root.divisor == 1 else rf"\frac{{{above}}}{{{summed(root.divisor)}}}"


def _listed(items: Sequence[str]) -> str:
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


def _data(solved: Solved) -> dict[str, Any]:
    return {
        "for": [
            {"name": axis.name, "multiple_of": axis.unit, "values": axis.count, "lowest": axis.value(0)}
            for axis in solved.axes
        ],
        "budgets": [{"metric": b.metric, "limit": b.limit, "written": b.written} for b in solved.budgets],
        "maximize": solved.maximize,
        "feasible": solved.feasible,
        "solutions": [
            _configuration(each)
            | {"next": {name: None if step is None else _configuration(step) for name, step in each.nexts.items()}}
            for each in solved.solutions
        ],
        "smallest": _configuration(solved.smallest),
        "proven": not solved.tried,
        "tried_up_to": dict(solved.tried),
        "without_network": [{"at": dict(each.values), "reason": each.reason} for each in solved.skipped],
        "bounds": [
            {
                "metric": bound.budget.metric,
                "hyperparameter": bound.axis.name,
                "real_bound": None if bound.root is None else decimal(bound.root, bound.places),
                "exact": bound.exact,
            }
            for bound in solved.bounds
        ],
    }


def _configuration(at: Configuration) -> dict[str, Any]:
    return {"values": dict(at.values), "figures": dict(at.figures)}
