"""Verification as tables: each layer with its verdict, or a line for each network."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.report.table import Column, Document, Row, Section, Table
from convcost.units import exact_text
from convcost.verify import LayerVerdict, Verdict, Verification

HEADLINE = "Every layer run in NumPy; shape, parameters and counts (all and valid) held against the rules"

COLUMNS = (
    Column("name", "Layer", "name"),
    Column("output", "Output", "shape"),
    Column("params", "Params"),
    Column("mult_adds", "all", over="Mult-adds performed"),
    Column("mult_adds_valid", "valid", over="Mult-adds performed"),
    Column("verdict", "Verdict", "text"),
)


def verification_document(verifications: Sequence[Verification]) -> Document:
    """Return the tables of one or more verified networks; what was measured stands in them, not what was derived."""
    return Document(HEADLINE, "verifications", "", tuple(_section(each) for each in verifications))


def verdict_line(verification: Verification) -> str:
    """Return the verdict in one line.

    UNVERIFIED counts layers that could not be run, with the reason of the first.
    """
    nodes = len(verification.layers)
    passed = verification.count(Verdict.PASS)
    line = f"{verification.verdict} {verification.name}: {passed} of {nodes} ops as derived"
    if verification.verdict is Verdict.PASS:
        line += f", {exact_text(verification.mult_adds)} mult-adds performed"
    for verdict in (Verdict.FAIL, Verdict.UNVERIFIED):
        first = next((layer for layer in verification.layers if layer.verdict is verdict), None)
        if first:
            line += f"; {verification.count(verdict)} {verdict}, first {first.name}: {_why(first)}"
    return line


def _why(layer: LayerVerdict) -> str:
    return layer.reason or "; ".join(map(str, layer.mismatches))


def _section(verification: Verification) -> Section:
    layers: dict[str, list[LayerVerdict]] = {}
    for each in verification.layers:
        layers.setdefault(each.layer, []).append(each)
    rows = tuple(_row(name, members) for name, members in layers.items())
    totals = _row("Total", list(verification.layers))
    failures = [f"FAIL {each.name}: {_why(each)}" for each in verification.layers if each.verdict is Verdict.FAIL]
    failures += [f"UNVERIFIED: {each.reason}" for each in verification.layers if each.verdict is Verdict.UNVERIFIED]
    return Section(
        verification.name,
        verdict_line(verification),
        Table(COLUMNS, rows, totals),
        notes=tuple(_distinct(failures)),
        data={
            "name": verification.name,
            "verdict": str(verification.verdict),
            "ops": len(verification.layers),
            "seconds": round(verification.seconds, 3),
            "mismatches": [
                {"op": each.name, "quantity": m.quantity, "derived": _plain(m.derived), "measured": _plain(m.measured)}
                for each in verification.layers
                for m in each.mismatches
            ],
        },
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _distinct(lines: Sequence[str], most: int = 20) -> list[str]:
    kept = list(dict.fromkeys(lines))
    return kept if len(kept) <= most else [*kept[:most], f"... and {len(kept) - most} more"]


def _row(name: str, members: Sequence[LayerVerdict]) -> Row:
    """Sum what was measured over the ops of a layer; its verdict is the worst of theirs."""
    verdicts = {member.verdict for member in members}
    worst = next((v for v in (Verdict.FAIL, Verdict.UNVERIFIED) if v in verdicts), Verdict.PASS)
    run = [member.executed for member in members if member.executed]
    measured = len(run) == len(members)
    return Row(
        (
            name,
            run[-1].shape[1:] if measured and name != "Total" else None,
            sum(each.trainable for each in run) if measured else None,
            *((sum(part) for part in zip(*(m.mult_adds for m in members), strict=True)) if measured else (None, None)),
            str(worst),
        ),
        "" if worst is Verdict.PASS else "changed",
    )
