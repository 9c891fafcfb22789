"""Sweeps as tables: a row for each point, or two hyperparameters against each other as papers print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from convcost.errors import UsageError, one_of
from convcost.report.cost import TITLES, of_convention, of_model
from convcost.report.table import Cell, Column, Document, Row, Section, Table
from convcost.studies.sweep import Axis, Extent, Sweep
from convcost.studies.sweep.elasticity import elasticities
from convcost.symbols.arith import exact
from convcost.units import scaled

MOST_ROWS = 200_000
"""Rows of a document; CSV has any number."""

MOST_SHOWN = 50
"""Rows of a table for readers unless more are asked for."""

MOST_CELLS = 20_000
"""Cells of tables with two hyperparameters."""


def document(
    sweep: Sweep, *, sensitivity: bool = False, rows: str = "", columns: str = "", shown: int | None = None
) -> Document:
    """Return the tables of a sweep.

    Parameters
    ----------
    sensitivity : bool
        Add what 1 % more of each hyperparameter costs.
    rows, columns : str
        Two axes for a table of each metric; further axes make a table for each combination of their values.
    shown : int, optional
        Rows for a table that is read; the notes say what is left out. Absent: all.

    Raises
    ------
    UsageError
        E847 for too many rows, E849 for axes that there are not.
    """
    title = sweep.model.label or sweep.model.architecture.name
    data = {"model": of_model(sweep.model) | {"label": title}, **_data(sweep)}
    if rows or columns:
        sections = tuple(_two_way(sweep, *_chosen(sweep, rows, columns), title))
        sections = (*sections[:-1], _with_notes(sections[-1], notes(sweep)))
    elif sweep.kept == "none":
        sections = (_summary(sweep, title),)
    else:
        sections = (_listed(sweep, title, sensitivity=sensitivity, shown=shown),)
    convention = sweep.convention
    head = {"convention": of_convention(convention), **data}
    return Document(convention.describe(), "sweeps", convention.name, sections, head)


def _listed(sweep: Sweep, title: str, *, sensitivity: bool, shown: int | None) -> Section:
    """Return a row for each point."""
    count = len(sweep) if shown is None else min(shown, len(sweep))
    if count > MOST_ROWS:
        message = f"{len(sweep):,} rows; a table has at most {MOST_ROWS:,}"
        raise UsageError("E847", message, hint="--format csv has all; --where, --pareto and --top choose")
    columns = [_axis_column(axis) for axis in sweep.axes]
    columns += [Column(metric, TITLES.get(metric, metric)) for metric in sweep.metrics]
    slopes = elasticities(sweep) if sensitivity else {}
    letters = {axis.name: axis.letter for axis in sweep.axes}
    for metric, by_axis in slopes.items():
        over = f"{TITLES.get(metric, metric)}, 1 % more"
        columns += [Column(f"{metric}_elasticity", letters[name], "elasticity", over=over) for name in by_axis]
    table_rows = []
    for i in range(count):
        at = sweep[i]
        more = [column[i] for by_axis in slopes.values() for column in by_axis.values()]
        table_rows.append(Row((*_cells(at.values), *at.figures.values(), *more)))
    left_out = (
        (f"{len(sweep) - count:,} more rows; --format csv has all of them, --shown more",) if count < len(sweep) else ()
    )
    return Section(
        title, headline(sweep, title), Table(tuple(columns), tuple(table_rows)), notes=(*left_out, *notes(sweep))
    )


def _summary(sweep: Sweep, title: str) -> Section:
    """Return the least and the most of each metric."""
    columns = (
        Column("metric", "Metric", "text"),
        Column("which", "", "text"),
        *(_axis_column(axis) for axis in sweep.axes),
        Column("value", "Value"),
    )
    rows = []
    for metric, extent in sweep.extents.items():
        for word, values, value in _ends(extent):
            rows.append(Row((TITLES.get(metric, metric), word, *_cells(values), value)))
    return Section(title, headline(sweep, title), Table(columns, tuple(rows)), notes=notes(sweep))


def _ends(extent: Extent) -> Iterable[tuple[str, Mapping[str, Any], int]]:
    return ("least", extent.least_at, extent.least), ("most", extent.most_at, extent.most)


def _two_way(sweep: Sweep, down: int, across: int, title: str) -> Iterable[Section]:
    """Yield a table for each metric and each combination of values of the other axes."""
    axes = sweep.axes
    others = [i for i in range(len(axes)) if i not in {down, across}]
    found = {tuple(int(p) for p in at): row for row, at in enumerate(zip(*sweep.positions(), strict=True))}
    columns = (
        _axis_column(axes[down]),
        *(Column("", str(axes[across].shown(i)), over=axes[across].letter) for i in range(len(axes[across]))),
    )
    for metric, figures in zip(sweep.metrics, sweep.figures, strict=True):
        for fixed in product(*(range(len(axes[i])) for i in others)):
            at = [0] * len(axes)
            for i, position in zip(others, fixed, strict=True):
                at[i] = position
            rows = []
            for i in range(len(axes[down])):
                cells: list[Cell] = [_cell(axes[down].shown(i))]
                for j in range(len(axes[across])):
                    at[down], at[across] = i, j
                    row = found.get(tuple(at))
                    cells.append(None if row is None else int(figures[row]))
                rows.append(Row(tuple(cells)))
            named = tuple(c if c.key else Column(metric, c.title, over=c.over) for c in columns)
            where = ", ".join(f"{axes[i].name}={axes[i].shown(p)}" for i, p in zip(others, fixed, strict=True))
            heading = f"{TITLES.get(metric, metric)} of {title}{f' at {where}' if where else ''}"
            section = f"{title}@{where}" if where else title
            values = {axes[i].name: axes[i].shown(p) for i, p in zip(others, fixed, strict=True)}
            yield Section(section, heading, Table(named, tuple(rows)), data={"metric": metric, "at": values})


def _chosen(sweep: Sweep, rows: str, columns: str) -> tuple[int, int]:
    """Return the numbers of two axes; one that is not named is the other one of two."""
    if not sweep.grid or len(sweep.axes) < 2:
        raise UsageError("E849", "a table of rows and columns needs a grid of two hyperparameters")
    names = [axis.name for axis in sweep.axes]
    for name in filter(None, (rows, columns)):
        if name not in names:
            raise UsageError("E849", f"{name!r} is not swept over", hint=one_of(name, names))
    if not rows or not columns:
        rest = [name for name in names if name != (rows or columns)]
        rows, columns = (rows or rest[0]), (columns or rest[0])
    if rows == columns:
        raise UsageError("E849", f"{rows} cannot be rows and columns")
    if sweep.count * len(sweep.metrics) > MOST_CELLS:
        raise UsageError("E849", f"a table of {sweep.count:,} cells", hint=f"at most {MOST_CELLS:,}")
    return names.index(rows), names.index(columns)


def headline(sweep: Sweep, title: str) -> str:
    """Say what was swept, and what is shown of it."""
    over = " × ".join(f"{len(axis)} {axis.letter}" for axis in sweep.axes) if sweep.grid else "as given"
    points = f"{sweep.count:,} point{'' if sweep.count == 1 else 's'} ({over})"
    if sweep.kept == "front":
        wanted = ", ".join(f"{'most' if o.largest else 'least'} {_name(o.name)}" for o in sweep.objectives)
        found = f"front of {wanted}: {len(sweep):,} of "
    elif sweep.kept == "top":
        found = f"the {len(sweep):,} with most {_name(sweep.metrics[0])} of "
    else:
        found = ""
    return f"{title}, {found}{points}"


def notes(sweep: Sweep) -> tuple[str, ...]:
    """Say what conditions left, what could not be built, and between what the metrics lie."""
    said = []
    if sweep.where:
        asked = " and ".join(where.text for where in sweep.where)
        said.append(f"{sweep.within:,} of {sweep.count:,} points fulfil {asked}")
    if sweep.missing:
        why = f": {sweep.reason.code} {sweep.reason.message}" if sweep.reason is not None else ""
        some = (
            "1 point has no network" if sweep.missing == 1 else f"{sweep.missing:,} points have no network, one of them"
        )
        said.append(f"{some}{why}")
    if sweep.kept == "front" and len(sweep) == 1 and sweep.within > 1:
        said.append(
            "one point is best in all of them: a front needs a condition (--where) or something to be large "
            f"({sweep.objectives[0].name}:max)"
        )
    if sweep.kept != "none":
        for metric, extent in sweep.extents.items():
            if extent.most >= 1000 and extent.least != extent.most:
                said.append(f"{_name(metric)} from {scaled(extent.least)} to {scaled(extent.most)}")
    return tuple(said)


def csv_text(sweep: Sweep) -> str:
    """Return the rows of a sweep as CSV, any number of them, as the document's CSV has them."""
    title = sweep.model.label or sweep.model.architecture.name
    header = ["convention", "sweep", *(axis.name for axis in sweep.axes), *sweep.metrics]
    columns = [map(str, sweep.array(name).tolist()) for name in header[2:]]
    first = f"{sweep.convention.name},{_quoted(title)},"
    lines = [",".join(header), *(first + ",".join(cells) for cells in zip(*columns, strict=True))]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text


def _with_notes(section: Section, said: Sequence[str]) -> Section:
    return Section(section.name, section.title, section.table, notes=tuple(said), data=section.data)


def _name(metric: str) -> str:
    return TITLES.get(metric, metric).lower()


def _axis_column(axis: Axis) -> Column:
    return Column(axis.name, axis.letter, "name" if axis.presets else "value")


def _cell(value: Any) -> Cell:
    return value if isinstance(value, str) else exact(Fraction(value))


def _cells(values: Mapping[str, Any]) -> list[Cell]:
    return [_cell(value) for value in values.values()]


def _data(sweep: Sweep) -> dict[str, Any]:
    extents = {
        metric: {word: {"value": value, "at": dict(values)} for word, values, value in _ends(extent)}
        for metric, extent in sweep.extents.items()
    }
    return {
        "over": [
            {"name": axis.name, "values": len(axis), "first": axis.shown(0), "last": axis.shown(len(axis) - 1)}
            for axis in sweep.axes
            if len(axis)
        ],
        "where": [where.text for where in sweep.where],
        "points": sweep.count,
        "within": sweep.within,
        "without_network": sweep.missing,
        "kept": sweep.kept,
        "objectives": [{"name": o.name, "sense": "max" if o.largest else "min"} for o in sweep.objectives],
        "extents": extents,
    }
