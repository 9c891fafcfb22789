"""The one table model: what is shown, free of how it is drawn.

A ``Document`` names its convention and holds sections; a ``Section`` has a title, a table, notes and formulas.
Renderers turn a document into text, Markdown, CSV, JSON or LaTeX; values stay exact until then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias


class AtLeast(int):
    """A lower bound: a total that lacks what is not known."""


class AtMost(Fraction):
    """An upper bound: a share of such a total."""


Cell: TypeAlias = str | int | Fraction | tuple[int, ...] | None
"""Text, an exact number, the shape of a tensor without its batch, or None: the row has no such value."""

Type = Literal[
    "name",
    "text",
    "shape",
    "value",
    "count",
    "difference",
    "share",
    "growth",
    "ratio",
    "elasticity",
    "measure",
    "remark",
]
"""``name`` may be shortened in the middle; a ``value`` is that of a hyperparameter, exact and not grouped; a
``difference`` shows its sign; ``share``, ``growth`` (a share with its sign), ``ratio`` and ``elasticity`` (what one per
cent more of something costs, in per cent) are rounded; readers see
three digits of a ``measure``; a ``remark``, which is the last column, is a sentence: a table of fixed width sets it
beneath its row."""

ROUNDED: frozenset[Type] = frozenset({"share", "growth", "ratio", "elasticity"})
"""What readers see rounded: CSV has it with six decimals, JSON as an exact fraction."""

Change = Literal["", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable key, its title for readers, and the type that decides on alignment and writing.

    Attributes
    ----------
    over : str
        Title shared with neighbouring columns, set above theirs; empty for none. Columns may share their key too;
        formats for programs then tell them apart by ``title``.
    short : str
        Shown instead of the title where a table has to be narrow.
    """

    key: str
    title: str
    type: Type = "count"
    over: str = ""
    short: str = ""

    @property
    def numeric(self) -> bool:
        """Whether cells are aligned right."""
        return self.type not in {"name", "text", "remark"}


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns; ``change`` says how the row differs between compared models."""

    cells: tuple[Cell, ...]
    change: Change = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, rows, and the totals row beneath them if there is one.

    ``compares`` says that rows carry a change, which every format shows.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: Row | None = None
    compares: bool = False

    def shares_key(self, column: Column) -> bool:
        """Tell whether another column has the same key."""
        return sum(other.key == column.key for other in self.columns) > 1

    def without_last(self) -> Table:
        """Return the table without its last column."""
        return self.only(range(len(self.columns) - 1))

    def only(self, columns: Sequence[int]) -> Table:
        """Return the table with some of its columns."""
        cut = [Row(tuple(row.cells[i] for i in columns), row.change) for row in self.rows]
        totals = Row(tuple(self.totals.cells[i] for i in columns), self.totals.change) if self.totals else None
        return Table(tuple(self.columns[i] for i in columns), tuple(cut), totals, self.compares)

    def column(self, key: str) -> tuple[Cell, ...]:
        """Return the cells of a column, totals left out.

        >>> Table((Column("n", "N"),), (Row((1,)), Row((2,)))).column("n")
        (1, 2)
        """
        at = [c.key for c in self.columns].index(key)
        return tuple(row.cells[at] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Written:
    """A formula as text: its name, its terms in two notations, and where it holds.

    Attributes
    ----------
    key : str
        Name of the metric, "mult_adds".
    terms, latex : tuple of str
        Summands, each but the first with its sign, in Unicode and in LaTeX.
    where : str
        "valid for 32 | R and 32α ∈ ℤ, with r = R/32".
    relation : str
        "=", or "≥" where the formula is a lower bound.
    """

    key: str
    name: str
    terms: tuple[str, ...]
    latex: tuple[str, ...]
    where: str = ""
    relation: str = "="

    @property
    def text(self) -> str:
        """The whole right-hand side on one line."""
        return " ".join(self.terms)


@dataclass(frozen=True, slots=True)
class Aside:
    """A small table next to the main one of a section; CSV, which holds one table, leaves it out."""

    key: str
    title: str
    table: Table


@dataclass(frozen=True, slots=True)
class Section:
    """One model, one comparison, ...: what stands above the table, the table, and what stands beneath.

    Attributes
    ----------
    name : str
        What the user called it; tells the rows of several sections apart in CSV.
    facts : tuple of str
        Lines under the title: bindings, source.
    before, after : tuple of Aside
        Small tables above and beneath the main one.
    notes : tuple of str
        Lines under the table.
    data : mapping
        What formats for programs add to rows and totals: names, bindings, exact numbers.
    """

    name: str
    title: str
    table: Table | None = None
    facts: tuple[str, ...] = ()
    before: tuple[Aside, ...] = ()
    after: tuple[Aside, ...] = ()
    notes: tuple[str, ...] = ()
    formulas: tuple[Written, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """What one command prints.

    Attributes
    ----------
    headline : str
        First line: the convention in words.
    kind : str
        What the sections are, in the plural: the key they stand under in JSON ("models", "comparisons").
    convention : str
        Name of the convention, for formats that have no first line to say it in.
    data : mapping
        What JSON says once for all sections.
    """

    headline: str
    kind: str
    convention: str
    sections: tuple[Section, ...]
    data: Mapping[str, Any] = field(default_factory=dict)
