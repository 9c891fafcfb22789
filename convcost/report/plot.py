"""Pictures of sweeps with matplotlib, the extra ``plot``: fit for a paper, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError
from convcost.report.cost import TITLES
from convcost.studies.sweep import Axis, Sweep

if TYPE_CHECKING:
    import numpy as np

FORMATS = ("svg", "png", "pdf")

SIZE = (5.2, 3.6)
"""Width and height in inches: one column and a half of a paper."""

DOTS = 200
"""Dots an inch of a bitmap."""

MOST_POINTS = 50_000
"""Points of a cloud: more cannot be told apart, and make a file nobody can open."""

MOST_LABELS = 12
"""Points of a front that are labelled."""

MOST_TICKS = 9
"""Values of an axis that are all written beside a heat map."""

Axes = Any


def check_plot(path: str) -> str:
    """Return the format of a picture by the ending of its file.

    Raises
    ------
    UsageError
        E028 for another ending, without matplotlib, and where the directory does not exist.
    """
    format_ = Path(path).suffix.removeprefix(".").lower()
    if format_ not in FORMATS:
        raise UsageError("E028", f"{path!r} is no file for a picture", hint="its name ends in .svg, .png or .pdf")
    if not Path(path).parent.is_dir():
        raise UsageError("E027", f"there is no directory {str(Path(path).parent)!r} to write {Path(path).name!r} in")
    try:
        import matplotlib  # noqa: F401, ICN001 - is it there?
    except ImportError:
        raise UsageError("E028", "a picture needs matplotlib", hint="pip install 'convcost[plot]'") from None
    return format_


def picture(sweep: Sweep, format: str = "svg") -> bytes:  # noqa: A002
    """Draw a sweep: a cloud of two metrics with the front marked, a heat map of one over a grid, or curves.

    Parameters
    ----------
    format : {"svg", "png", "pdf"}

    Raises
    ------
    UsageError
        E028 where there is nothing to draw.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if not len(sweep):
        raise UsageError("E028", "there is nothing to draw: no point is kept")
    style = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "convcost"}
    with rc_context(style):
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        numeric = [i for i, axis in enumerate(sweep.axes) if not axis.presets]
        whole = sweep.grid and sweep.kept == "all"
        if len(sweep.metrics) > 1:
            _cloud(axes, sweep)
        elif whole and len(sweep.axes) == 2 and len(numeric) == 2:
            _heat_map(figure, axes, sweep)
        else:
            _curves(axes, sweep)
        axes.set_title(_title(sweep), fontsize=9)
        out = BytesIO()
        # no date: the same sweep makes the same file
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format, {})
        figure.savefig(out, format=format, dpi=DOTS, metadata=metadata)
    return out.getvalue()


def write_plot(sweep: Sweep, path: str) -> None:
    """Draw a sweep into a file."""
    data = picture(sweep, check_plot(path))
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise UsageError("E021", f"cannot write {path!r}: {error.strerror}") from None


def _cloud(axes: Axes, sweep: Sweep) -> None:
    """Draw the second metric over the first, and mark the points that no other is as good as."""
    import numpy as np

    from convcost.studies.sweep.front import undominated

    x, y = (sweep.figures[i].astype(float) for i in (0, 1))
    every = np.arange(len(sweep))
    is_front = sweep.kept == "front"
    if is_front:
        front = np.argsort(x, kind="stable")
    else:
        front = np.sort(undominated(sweep.figures[:2].T, every))
        front = front[np.argsort(x[front], kind="stable")]
        shown = every if len(every) <= MOST_POINTS else every[:: -(-len(every) // MOST_POINTS)]
        axes.scatter(x[shown], y[shown], s=6, color="0.65", linewidths=0, rasterized=len(shown) > 5000)
    if len(front) > 1 or is_front:
        label = "front" if is_front else "least of both"
        axes.plot(x[front], y[front], "o-", ms=3.5, lw=1, color="#b3261e", label=label)
        axes.legend(frameon=False)
        for row in front[:: max(1, -(-len(front) // MOST_LABELS))]:
            text = _configuration(sweep, int(row))
            axes.annotate(text, (x[row], y[row]), textcoords="offset points", xytext=(4, -9), fontsize=6, color="0.3")
    axes.set_xlabel(_name(sweep.metrics[0]))
    axes.set_ylabel(_name(sweep.metrics[1]))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(_units())


def _heat_map(figure: Any, axes: Axes, sweep: Sweep) -> None:
    """Draw one metric over two hyperparameters."""
    import numpy as np

    down, across = sweep.axes
    values = np.full(len(down) * len(across), np.nan)
    values[np.arange(len(sweep)) if sweep.numbers is None else sweep.numbers] = sweep.figures[0]
    table = values.reshape(len(down), len(across))
    rows, columns = (np.argsort(_values(axis)) for axis in (down, across))
    edges = [_edges(np.sort(_values(axis))) for axis in (across, down)]
    mesh = axes.pcolormesh(*edges, table[rows][:, columns], cmap="viridis", rasterized=True)
    for axis, ticks in ((across, axes.set_xticks), (down, axes.set_yticks)):
        if len(axis) <= MOST_TICKS:
            ticks([float(axis.value(i)) for i in range(len(axis))], [str(axis.value(i)) for i in range(len(axis))])
    axes.set_xlabel(_axis_name(across))
    axes.set_ylabel(_axis_name(down))
    bar = figure.colorbar(mesh, ax=axes, format=_units())
    bar.set_label(_name(sweep.metrics[0]))


def _curves(axes: Axes, sweep: Sweep) -> None:
    """Draw one metric over the last hyperparameter, a curve for each value of the others."""
    import numpy as np

    at = sweep.axes[-1]
    names = [axis.name for axis in sweep.axes[:-1]]
    curves: dict[tuple[Any, ...], list[int]] = {}
    columns = [sweep.array(name) for name in names]
    for row in range(len(sweep)):
        curves.setdefault(tuple(column[row] for column in columns), []).append(row)
    x = sweep.array(at.name)
    labelled = 1 < len(curves) <= MOST_LABELS
    for key, rows in curves.items():
        order = np.array(rows)
        xs = [str(x[row]) if at.presets else float(x[row]) for row in order]
        label = ", ".join(f"{axis.letter} = {value}" for axis, value in zip(sweep.axes, key, strict=False))
        axes.plot(xs, sweep.figures[0][order].astype(float), "o-", ms=3, lw=1, label=label if labelled else None)
    if labelled:
        axes.legend(frameon=False, fontsize=7)
    axes.set_xlabel(_axis_name(at))
    axes.set_ylabel(_name(sweep.metrics[0]))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(_units())


def _values(axis: Axis) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.array([float(axis.value(i)) for i in range(len(axis))])


def _edges(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the borders between rising values."""
    import numpy as np

    middle = (values[1:] + values[:-1]) / 2
    if not len(middle):
        return np.array([values[0] * 0.9, values[0] * 1.1])
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def _configuration(sweep: Sweep, row: int) -> str:
    values = sweep[row].values
    return ", ".join(f"{axis.letter} {values[axis.name]}" for axis in sweep.axes)


def _units() -> Any:
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: _short(value))


def _short(value: float) -> str:
    """Write a number of an axis.

    >>> _short(1.5e8), _short(2e9), _short(0)
    ('150 M', '2 B', '0')
    """
    for size, unit in ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _name(metric: str) -> str:
    return TITLES.get(metric, metric)


def _axis_name(axis: Axis) -> str:
    return axis.name if axis.letter == axis.name else f"{axis.name} {axis.letter}"


def _title(sweep: Sweep) -> str:
    conditions: Sequence[str] = [where.text for where in sweep.where]
    name = sweep.model.label or sweep.model.architecture.name
    return f"{name}, {' and '.join(conditions)}" if conditions else name
