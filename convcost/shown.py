"""Results that notebooks can show: as HTML, as LaTeX, as a pandas DataFrame.

What a result *is* stands below what it looks like (``report``), so the renderer is found by its name when it is asked.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

RENDERER = "convcost.report.notebook"


class Shown:
    """Base of results that show themselves in notebooks."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Say what it is, and of which network; all that a result holds would fill pages."""
        label = getattr(self, "label", "") or getattr(getattr(self, "model", None), "label", "")
        return f"<{type(self).__name__} of {label}>" if label else f"<{type(self).__name__}>"

    def _repr_html_(self) -> str:
        """Return tables and formulas as HTML."""
        return import_module(RENDERER).html(self)  # type: ignore[no-any-return]

    def _repr_latex_(self) -> str | None:
        """Return formulas as LaTeX; None where there are none."""
        return import_module(RENDERER).latex(self)  # type: ignore[no-any-return]

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """Print tables as text: what a terminal of IPython shows."""
        printer.text("" if cycle else import_module(RENDERER).text(self))

    def to_pandas(self) -> Any:
        """Return the table as a pandas DataFrame, exact numbers as they are: totals are left out.

        Raises
        ------
        ImportError
            Without pandas.
        TypeError
            For a result without a table.
        """
        return import_module(RENDERER).frame(self)
