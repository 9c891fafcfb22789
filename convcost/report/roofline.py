"""Benchmarks as pictures with matplotlib, the extra ``plot``: a roofline, and where the time goes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from convcost.errors import UsageError
from convcost.report.plot import DOTS, check_plot
from convcost.units import memory
from convcost.verify.bench import Bench, Share

SIZE = (7.2, 3.4)
"""Width and height in inches: the text of a paper."""

BILLION = 10**9

KINDS = 6
"""Kinds that are shown, those that take most of the time; the steps of the others are grey dots."""

MARKS = ("o", "s", "^", "D", "v", "P", ".")

COLOURS = ("#1f4e79", "#b3261e", "#2e7d32", "#8e5bb5", "#c77700", "#00838f", "0.6")

AREA = 900
"""Area in square points of a mark that stands for all of the time."""

Axes = Any


def picture(bench: Bench, format: str = "svg") -> bytes:  # noqa: A002
    """Draw a benchmark: each step under its roofline, as large as its time, and the shares of each kind.

    Parameters
    ----------
    format : {"svg", "png", "pdf"}
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    style = {"font.size": 8, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "convcost"}
    with rc_context(style):
        figure = Figure(figsize=SIZE, layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        kinds = sorted(bench.by("kind"), key=lambda kind: -kind.nanoseconds)
        kinds = [kind for kind in kinds if kind.nanoseconds][:KINDS]
        _roofline(left, bench, kinds)
        _shares(right, bench, kinds)
        figure.suptitle(bench.label, fontsize=9)
        out = BytesIO()
        metadata = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(format, {})
        figure.savefig(out, format=format, dpi=DOTS, metadata=metadata)
    return out.getvalue()


def write_plot(bench: Bench, path: str) -> None:
    """Draw a benchmark into a file."""
    data = picture(bench, check_plot(path))
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise UsageError("E021", f"cannot write {path!r}: {error.strerror}") from None


def _roofline(axes: Axes, bench: Bench, kinds: list[Share]) -> None:
    """Draw what each step reaches over what it multiplies for each byte; what multiplies nothing has no place."""
    machine, total = bench.machine, bench.total
    kind_of = {op: number for number, kind in enumerate(kinds) for op in kind.ops}
    drawn = [step for step in bench.steps if step.mult_adds and step.nanoseconds]
    for number in range(KINDS + 1):
        steps = [step for step in drawn if kind_of.get(step.ops[0], KINDS) == number]
        if steps:
            axes.scatter(
                [float(step.intensity) for step in steps],
                [float(step.rate or 0) / BILLION for step in steps],
                s=[max(6.0, AREA * step.nanoseconds / total.nanoseconds) for step in steps],
                marker=MARKS[number],
                color=COLOURS[number],
                alpha=0.7,
                linewidths=0,
            )
    ridge = float(machine.ridge)
    ends = [ridge, *(float(step.intensity) for step in drawn)]
    low, high = min(ends) / 2, max(ends) * 2
    slope = float(machine.bandwidth) / BILLION
    axes.plot([low, ridge, high], [low * slope, ridge * slope, ridge * slope], color="0.3", lw=1, zorder=0)
    peak = f"{ridge * slope:.3g} B/s in matrix products"
    copied = f"{memory(bench.machine.bandwidth)}/s copied"
    axes.annotate(copied, (low, low * slope), xytext=(8, 0), textcoords="offset points", va="top", fontsize=7)
    axes.annotate(peak, (high, ridge * slope), xytext=(0, 3), textcoords="offset points", ha="right", fontsize=7)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("mult-adds a byte")
    axes.set_ylabel("billion mult-adds a second")


def _shares(axes: Axes, bench: Bench, kinds: list[Share]) -> None:
    """Draw for each kind its share of the mult-adds above its share of the time."""
    total = bench.total
    places = range(len(kinds))
    time = [100 * kind.nanoseconds / total.nanoseconds for kind in kinds]
    products = [100 * kind.mult_adds / total.mult_adds if total.mult_adds else 0.0 for kind in kinds]
    colours = [COLOURS[number] for number in places]
    axes.barh([place - 0.19 for place in places], products, 0.34, color="0.82", label="mult-adds")
    axes.barh([place + 0.19 for place in places], time, 0.34, color=colours, label="time")
    for place, (first, second) in enumerate(zip(products, time, strict=True)):
        axes.text(first + 1, place - 0.19, f"{first:.1f} % of mult-adds", va="center", fontsize=6, color="0.35")
        axes.text(second + 1, place + 0.19, f"{second:.1f} % of time", va="center", fontsize=6)
    axes.set_yticks(list(places), [kind.name for kind in kinds])
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlim(0, 1.6 * max((*time, *products, 1)))
    axes.set_xticks([tick for tick in axes.get_xticks() if tick <= 100])
    axes.set_xlabel("share in %")
