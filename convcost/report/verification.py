"""Verification as tables: each layer with its verdict, or a line for each network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.counts import Counts
from convcost.report.table import Column, Document, Row, Section, Table
from convcost.units import exact_text, memory
from convcost.verify import LayerVerdict, Verdict, Verification
from convcost.verify.check import TOLERANCE

HEADLINE = "Every layer run in NumPy; shape, parameters and counts (all and valid) held against the rules"

COLUMNS = (
    Column("name", "Layer", "name"),
    Column("output", "Output", "shape"),
    Column("params", "Params"),
    Column("mult_adds", "all", over="Mult-adds performed"),
    Column("mult_adds_valid", "valid", over="Mult-adds performed"),
    Column("verdict", "Verdict", "text"),
)


BY_ALGORITHM = (
    *COLUMNS[:3],
    Column("multiplications", "performed", over="Multiplications"),
    Column("multiplications_directly", "directly", over="Multiplications"),
    Column("algorithm", "Algorithm", "text"),
    COLUMNS[-1],
)
"""Where convolutions are performed otherwise, padding is multiplied together with what is real."""


def verification_document(verifications: Sequence[Verification]) -> Document:
    """Return the tables of one or more verified networks; what was measured stands in them, not what was derived."""
    titles = _distinct([each.title for each in verifications if each.title])
    also = [f"dense 3×3 convolutions with steps of 1 by {title}, counted all only" for title in titles]
    headline = "; ".join([HEADLINE, *also])
    return Document(headline, "verifications", "", tuple(_section(each) for each in verifications))


def verdict_line(verification: Verification) -> str:
    """Return the verdict in one line.

    UNVERIFIED counts layers that could not be run, with the reason of the first.
    """
    nodes = len(verification.layers)
    passed = verification.count(Verdict.PASS)
    line = f"{verification.verdict} {verification.name}: {passed} of {nodes} ops as derived"
    if verification.title:
        line += f"; {verification.title}"
    if verification.verdict is Verdict.PASS and verification.title:
        performed, directly = exact_text(verification.mult_adds), exact_text(verification.directly)
        line += f": {performed} multiplications performed instead of {directly}"
    elif verification.verdict is Verdict.PASS:
        line += f", {exact_text(verification.mult_adds)} mult-adds performed"
    for verdict in (Verdict.FAIL, Verdict.UNVERIFIED):
        first = next((layer for layer in verification.layers if layer.verdict is verdict), None)
        if first:
            line += f"; {verification.count(verdict)} {verdict}, first {first.name}: {_why(first)}"
    return line


def used(verification: Verification) -> str:
    """Return what a verification took: time, and the most memory where that is known."""
    memory_used = "" if verification.peak is None else f", {memory(verification.peak, 0)}"
    return f"{elapsed(verification.seconds)}{memory_used}"


def elapsed(seconds: float) -> str:
    """Write a duration.

    >>> elapsed(0.1234), elapsed(61.2), elapsed(3725)
    ('0.12 s', '1:01 min', '1:02:05 h')
    """
    whole = int(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02} h"
    return f"{whole // 60}:{whole % 60:02} min" if whole >= 60 else f"{seconds:.2f} s"


def _why(layer: LayerVerdict) -> str:
    return layer.reason or "; ".join(map(str, layer.mismatches))


def _section(verification: Verification) -> Section:
    layers: dict[str, list[LayerVerdict]] = {}
    for each in verification.layers:
        layers.setdefault(each.layer, []).append(each)
    by_algorithm = bool(verification.title)
    rows = tuple(_row(name, members, by_algorithm=by_algorithm) for name, members in layers.items())
    totals = _row("Total", list(verification.layers), by_algorithm=by_algorithm)
    failures = [f"FAIL {each.name}: {_why(each)}" for each in verification.layers if each.verdict is Verdict.FAIL]
    failures += [f"UNVERIFIED: {each.reason}" for each in verification.layers if each.verdict is Verdict.UNVERIFIED]
    return Section(
        verification.name,
        verdict_line(verification),
        Table(BY_ALGORITHM if by_algorithm else COLUMNS, rows, totals),
        notes=(*_notes(verification), *_distinct(failures)),
        data={
            "name": verification.name,
            "verdict": str(verification.verdict),
            "algorithm": verification.title or "direct",
            "ops": len(verification.layers),
            "seconds": round(verification.seconds, 3),
            "peak_bytes": verification.peak,
            **_differences(verification),
            "mismatches": [
                {"op": each.name, "quantity": m.quantity, "derived": _plain(m.derived), "measured": _plain(m.measured)}
                for each in verification.layers
                for m in each.mismatches
            ],
        },
    )


def _differences(verification: Verification) -> dict[str, object]:
    """Return how far values are from those of direct convolution, for each op that was not performed so."""
    if not verification.title:
        return {}
    by_it = [each for each in verification.layers if each.scheme]
    return {"differences": [{"op": each.name, "relative": each.difference} for each in by_it]}


def _notes(verification: Verification) -> Iterator[str]:
    by_it = [each for each in verification.layers if each.scheme and each.executed]
    if by_it and verification.verdict is Verdict.PASS:
        within = TOLERANCE[by_it[0].scheme.tile] if by_it[0].scheme else 0.0
        prepared = sum((each.executed.prepared for each in by_it if each.executed), Counts())
        yield (
            f"{len(by_it)} of the convolutions by {verification.title}, their values within {within:g} of those of "
            "direct convolution. Kernels are transformed once for all inputs, by "
            f"{exact_text(prepared['mul'])} multiplications that are not among those performed."
        )
    elif verification.title and not by_it:
        yield f"No convolution is performed by {verification.title}."


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _distinct(lines: Sequence[str], most: int = 20) -> list[str]:
    kept = list(dict.fromkeys(lines))
    return kept if len(kept) <= most else [*kept[:most], f"... and {len(kept) - most} more"]


def _row(name: str, members: Sequence[LayerVerdict], *, by_algorithm: bool) -> Row:
    """Sum what was measured over the ops of a layer; its verdict is the worst of theirs."""
    verdicts = {member.verdict for member in members}
    worst = next((v for v in (Verdict.FAIL, Verdict.UNVERIFIED) if v in verdicts), Verdict.PASS)
    run = [member.executed for member in members if member.executed]
    measured = len(run) == len(members)
    all_, valid = (sum(part) for part in zip(*(member.mult_adds for member in members), strict=True))
    multiplied: tuple[int | str | None, ...] = (all_, valid) if measured else (None, None)
    if by_algorithm:
        schemes = [member.scheme.name for member in members if member.scheme]
        label = schemes[0] if schemes else "direct" if any(member.directly for member in members) else None
        multiplied = (all_ if measured else None, sum(member.directly for member in members), label)
    return Row(
        (
            name,
            run[-1].shape[1:] if measured and name != "Total" else None,
            sum(each.trainable for each in run) if measured else None,
            *multiplied,
            str(worst),
        ),
        "" if worst is Verdict.PASS else "changed",
    )
