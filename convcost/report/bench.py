"""Benchmarks as tables: where the time goes beside where the mult-adds are, and what the machine would allow."""

from __future__ import annotations

from fractions import Fraction

from convcost.report.table import Cell, Column, Document, Row, Section, Table
from convcost.units import digits, memory, percent, scaled
from convcost.verify.bench import Bench, Share

HEADLINE = "Run in NumPy and timed: what this machine makes of the network, not what the network costs"

MILLISECOND = 10**6

BILLION = 10**9

TITLES = {"layer": "Layer", "block": "Block", "stage": "Stage", "kind": "Kind", "op": "Op"}

WORTH_TELLING = Fraction(1, 100)
"""Share of the mult-adds from which on the notes speak of a row."""


def columns(by: str) -> tuple[Column, ...]:
    """Return the columns of a benchmark."""
    return (
        Column(by, TITLES[by], "name"),
        Column("milliseconds", "ms", "measure"),
        Column("mult_adds_share", "mult-adds", "share", over="Share of", short="mult-add"),
        Column("time_share", "time", "share", over="Share of"),
        Column("billions_a_second", "B/s", "measure"),
        Column("peak_share", "peak", "share", over="Reached of"),
        Column("roof_share", "roof", "share", over="Reached of"),
        Column("mult_adds_a_byte", "/byte", "measure"),
        Column("bound", "Bound", "text"),
    )


def document(bench: Bench, by: str = "layer") -> Document:
    """Return the table of a benchmark.

    Parameters
    ----------
    by : {"layer", "block", "stage", "kind", "op"}
        What a row is.

    Raises
    ------
    UsageError
        E013 for another word.
    """
    rows, total, machine = bench.by(by), bench.total, bench.machine
    runs = sorted(bench.runs)
    images = "1 image" if bench.batch == 1 else f"{bench.batch} images"
    times = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    middle = digits(Fraction(runs[len(runs) // 2], MILLISECOND))
    least, most = (digits(Fraction(end, MILLISECOND)) for end in (runs[0], runs[-1]))
    section = Section(
        bench.label,
        f"{bench.label}: {middle} ms, {least} to {most}; {times} of {images} on {_threads(bench.threads)}",
        Table(columns(by), tuple(_row(each, bench) for each in rows), _row(total, bench)),
        facts=(
            (
                f"Matrix products reach {scaled(machine.peak)} mult-adds/s here, copies {memory(machine.bandwidth)}/s; "
                f"from {digits(machine.ridge)} mult-adds a byte on multiplying is what takes time."
            ),
        ),
        notes=tuple(_notes(rows, bench)),
        data={
            "name": bench.label,
            "batch": bench.batch,
            "threads": bench.threads,
            "nanoseconds_of_runs": list(bench.runs),
            "peak_mult_adds_a_second": round(machine.peak),
            "copied_bytes_a_second": round(machine.bandwidth),
            "mult_adds": total.mult_adds,
            "bytes": total.bytes,
        },
    )
    return Document(HEADLINE, "benchmarks", "paper", (section,), {"convention": "paper"})


def _threads(number: int) -> str:
    return "1 thread" if number == 1 else f"{number} threads"


def _row(share: Share, bench: Bench) -> Row:
    total, machine = bench.total, bench.machine
    cells: tuple[Cell, ...] = (
        share.name,
        Fraction(share.nanoseconds, MILLISECOND),
        Fraction(share.mult_adds, total.mult_adds) if total.mult_adds else None,
        Fraction(share.nanoseconds, total.nanoseconds) if total.nanoseconds else None,
        None if share.rate is None else share.rate / BILLION,
        share.of_peak(machine),
        share.of_roof(machine),
        share.intensity,
        share.bound(machine),
    )
    return Row(cells)


def _notes(rows: tuple[Share, ...], bench: Bench) -> list[str]:
    """Say which row takes longer than its mult-adds say, and what the rows hold."""
    total, machine = bench.total, bench.machine
    told = [row for row in rows if row.mult_adds >= WORTH_TELLING * total.mult_adds and row.nanoseconds]
    notes = []
    if len(told) > 1:
        slowest = max(told, key=lambda row: Fraction(row.nanoseconds, row.mult_adds))
        products, spent = (
            slowest.mult_adds / Fraction(total.mult_adds),
            slowest.nanoseconds / Fraction(total.nanoseconds),
        )
        if spent > products:
            allowed = min(Fraction(1), slowest.intensity / machine.ridge)
            notes.append(
                f"{slowest.name} has {percent(products)} of the mult-adds and takes {percent(spent)} of the time, "
                f"{digits(spent / products)} times as much; at {digits(slowest.intensity)} mult-adds a byte the "
                f"roofline allows {percent(allowed)} of the peak"
            )
    notes.append(
        "Norms, activations and sums that run together with the layer before are timed with it. Bytes are what has to "
        "be read and written; what a cache holds moves faster, so that the roof can be exceeded."
    )
    return notes
