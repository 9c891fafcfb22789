"""Results as notebooks show them; ``convcost.shown`` finds this module by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convcost.report.table import Cell, Document


def _network(model: Any) -> Document:
    from convcost.cost.convention import convention
    from convcost.report.cost import Entry, document

    return document([Entry(model, model.analyze(convention()))], by="layer", formulas=True)


def _formula(formula: Any) -> Document:
    from convcost.report.formula import document

    return document([formula])


def _derivation(derivation: Any) -> Document:
    from convcost.report.derivation import document

    return document(derivation)


def _comparison(comparison: Any) -> Document:
    from convcost.report.comparison import document

    return document(comparison, formulas=True)


def _rewrite(rewrite: Any) -> Document:
    from convcost.report.rewrite import document

    return document(rewrite)


def _sweep(sweep: Any) -> Document:
    from convcost.report.sweep import MOST_SHOWN, document

    return document(sweep, shown=MOST_SHOWN)


def _solved(solved: Any) -> Document:
    from convcost.report.solve import document

    return document(solved)


def _check(check: Any) -> Document:
    from convcost.report.check import check_document

    return check_document(check)


def _audit(audit: Any) -> Document:
    from convcost.report.audit import audit_document

    return audit_document([audit])


def _bench(bench: Any) -> Document:
    from convcost.report.bench import document

    return document(bench)


def _verification(verification: Any) -> Document:
    from convcost.report.verification import verification_document

    return verification_document([verification])


DOCUMENTS: dict[str, Callable[[Any], Document]] = {
    "Network": _network,
    "Formula": _formula,
    "Derivation": _derivation,
    "Comparison": _comparison,
    "Rewrite": _rewrite,
    "Sweep": _sweep,
    "Solved": _solved,
    "Check": _check,
    "Audit": _audit,
    "Bench": _bench,
    "Verification": _verification,
}
"""How each result becomes a document, by the name of its class: importing the classes would cost what is not used."""


def html(result: Any) -> str:
    """Return a result as HTML."""
    from convcost.report.html import render

    return render(DOCUMENTS[type(result).__name__](result))


def text(result: Any) -> str:
    """Return a result as text for a terminal of 80 columns."""
    from convcost.report.layout import plain

    return plain(DOCUMENTS[type(result).__name__](result), 80).rstrip("\n")


def latex(result: Any) -> str | None:
    """Return the formulas of a result as LaTeX between dollar signs; None where it has none."""
    from convcost.report.latex import aligned

    sections = DOCUMENTS[type(result).__name__](result).sections
    formulas = [formula for section in sections for formula in section.formulas]
    return f"$\\displaystyle {aligned(formulas)}$" if formulas else None


def frame(result: Any) -> Any:
    """Return the tables of a result as one pandas DataFrame.

    Raises
    ------
    TypeError
        Where it has no table.
    """
    import pandas as pd

    tables = [section.table for section in DOCUMENTS[type(result).__name__](result).sections if section.table]
    if not tables:
        raise TypeError(f"a {type(result).__name__} has no table")
    frames = []
    for table in tables:
        names = [f"{c.key} {c.title}" if table.shares_key(c) else c.key for c in table.columns]
        changes = {"change": [row.change or "same" for row in table.rows]} if table.compares else {}
        columns = {name: _series([row.cells[i] for row in table.rows]) for i, name in enumerate(names)}
        frames.append(pd.DataFrame({**columns, **changes}))
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _series(cells: Sequence[Cell]) -> Any:
    """Return a column without floats: whole numbers stay whole where some are missing, fractions stay fractions."""
    import pandas as pd

    whole = all(cell is None or (isinstance(cell, int) and abs(cell) < 2**63) for cell in cells)
    known = whole and any(cell is not None for cell in cells)
    return pd.array(cells, dtype="Int64") if known else pd.Series(cells, dtype=object)
