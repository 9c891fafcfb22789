"""Rewrites as tables: what each layer gained, where a rule does not pay, and the ratio as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.report.cost import of_convention, of_model
from convcost.report.table import Aside, Cell, Column, Document, Row, Section, Table
from convcost.studies.rewrite import Cost, Rewrite, Rewritten, described
from convcost.units import decimal, factor, scaled

MOST = 10
"""Layers that notes name one by one."""

COLUMNS = (
    Column("layer", "Layer", "name"),
    Column("mult_adds", "before", over="Mult-adds"),
    Column("mult_adds_after", "after", over="Mult-adds"),
    Column("mult_adds_ratio", "", "ratio", over="Mult-adds"),
    Column("params", "before", over="Params"),
    Column("params_after", "after", over="Params"),
    Column("moved_ratio", "Moved", "ratio"),
    Column("losses", "", "remark"),
)


def document(rewrite: Rewrite) -> Document:
    """Return what a rewrite gained: totals, each layer that was rewritten, and what was left as it is."""
    convention = rewrite.analyses[0].convention
    layers = rewrite.layers
    table = Table(COLUMNS, tuple(map(_row, layers)), _total(layers) if layers else None)
    how = described(rewrite.rule, rewrite.settings, rewrite.selector)
    section = Section(
        rewrite.model.label or rewrite.model.architecture.name,
        f"{rewrite.before.architecture.title}: {how}",
        table,
        before=(Aside("networks", "", _networks(rewrite)),),
        notes=tuple(_notes(rewrite)),
        data={
            "rule": rewrite.rule.name,
            "settings": dict(rewrite.settings),
            "where": rewrite.selector.where,
            "only": list(rewrite.selector.only),
            "ratio": rewrite.rule.ratio,
            "before": of_model(rewrite.before),
            "after": of_model(rewrite.model),
            "left": [{"layer": name, "reason": reason} for name, reason in rewrite.left],
            "in_libraries": rewrite.library,
            "rewritten": [_data(layer) for layer in layers],
        },
    )
    data = {"convention": of_convention(convention)}
    return Document(convention.describe(), "rewrites", convention.name, (section,), data)


def summary(rewrite: Rewrite) -> str:
    """Return a rewrite in one line.

    >>> import convcost
    >>> print(summary(convcost.rewrite("mobilenet_v1", "separable-to-standard")))
    13 layers rewritten; mult-adds 568.74 M → 4.87 B (× 8.558); params 4.23 M → 29.29 M
    """
    before, after = rewrite.analyses
    count = len(rewrite.layers)
    ratio = Fraction(after.total()) / Fraction(before.total()) if before.total() else None
    shown = "" if ratio is None else f" ({factor(ratio, 3)})"
    adds, params = ([scaled(each.total(metric)) for each in (before, after)] for metric in ("mult_adds", "params"))
    layers = f"{count} layer{'s' if count != 1 else ''} rewritten"
    values = _values(rewrite)
    at = f"; at {values}, and not at the defaults of the spec" if values else ""
    return f"{layers}; mult-adds {adds[0]} → {adds[1]}{shown}; params {params[0]} → {params[1]}{at}"


def _values(rewrite: Rewrite) -> str:
    """Return the values of the network that are not the defaults of its spec, which the new spec keeps."""
    defaults = rewrite.before.architecture.values()
    return ",".join(f"{name}={value}" for name, value in rewrite.before.values.items() if value != defaults[name])


def _networks(rewrite: Rewrite) -> Table:
    """Return a row for the network before, and one for it afterwards."""
    columns = (
        Column("network", "Network", "name"),
        Column("params", "Params"),
        Column("params_ratio", "", "ratio"),
        Column("mult_adds", "Mult-adds"),
        Column("mult_adds_ratio", "", "ratio"),
    )
    before, after = rewrite.analyses
    rows = []
    for label, analysis in (("before", before), ("after", after)):
        cells: list[Cell] = [label]
        for metric in ("params", "mult_adds"):
            value, base = analysis.total(metric), before.total(metric)
            cells += [value, Fraction(value) / Fraction(base) if analysis is after and base else None]
        rows.append(Row(tuple(cells)))
    return Table(columns, tuple(rows))


def _row(layer: Rewritten) -> Row:
    return Row((layer.name, *_cells(layer.before, layer.after), ", ".join(layer.losses)))


def _cells(before: Cost, after: Cost) -> tuple[Cell, ...]:
    ratio = Fraction(after.mult_adds, before.mult_adds) if before.mult_adds else None
    moved = Fraction(after.moved, before.moved) if before.moved else None
    return before.mult_adds, after.mult_adds, ratio, before.params, after.params, moved


def _total(layers: Sequence[Rewritten]) -> Row:
    before, after = (
        Cost(*(sum(getattr(cost, name) for cost in costs) for name in ("mult_adds", "params", "moved")))
        for costs in zip(*((layer.before, layer.after) for layer in layers), strict=True)
    )
    return Row(("Rewritten", *_cells(before, after), ""))


def _notes(rewrite: Rewrite) -> list[str]:
    layers, rule, notes = rewrite.layers, rewrite.rule, list[str]()
    known = [layer for layer in layers if layer.expected is not None]
    if rule.ratio and known:
        exact = sum(layer.ratio == layer.expected for layer in known)
        where = "each layer" if exact == len(layers) else f"{exact} of {len(layers)} layers"
        ratios = [layer.ratio for layer in layers if layer.ratio is not None]
        low, high = decimal(min(ratios), 3), decimal(max(ratios), 3)
        values = low if low == high else f"{low} to {high}"
        notes.append(f"ratio of mult-adds = {rule.ratio}, exactly, in {where}: {values}")
    values = _values(rewrite)
    if layers and values:
        notes.append(f"the new spec keeps the defaults of the old one: this is its network at {values}")
    if layers:
        notes.append("moved: input, parameters and output of each layer, norm and activation on the way")
    worse = [layer for layer in layers if layer.losses]
    if worse:
        notes.append(f"does not pay everywhere: {_losses(worse)}")
    notes += [f"left as it is: {name}, for {reason}" for name, reason in rewrite.left[:MOST]]
    if len(rewrite.left) > MOST:
        notes.append(f"left as they are: {len(rewrite.left) - MOST} more")
    if rewrite.library:
        notes.append(f"left as they are: {rewrite.library} layers in blocks of imported libraries")
    return notes


def _losses(layers: Sequence[Rewritten]) -> str:
    """Return what is worse, each with the number of layers."""
    kinds = dict.fromkeys(loss for layer in layers for loss in layer.losses)
    counts = [(kind, sum(kind in layer.losses for layer in layers)) for kind in kinds]
    return ", ".join(f"{kind} in {count} layer{'s' if count != 1 else ''}" for kind, count in counts)


def _data(layer: Rewritten) -> dict[str, object]:
    ratio, expected = layer.ratio, layer.expected
    return {
        "layer": layer.name,
        "became": list(layer.became),
        "before": {"mult_adds": layer.before.mult_adds, "params": layer.before.params, "moved": layer.before.moved},
        "after": {"mult_adds": layer.after.mult_adds, "params": layer.after.params, "moved": layer.after.moved},
        "ratio": None if ratio is None else str(ratio),
        "expected_ratio": None if expected is None else str(expected),
        "losses": list(layer.losses),
    }
