"""The networks that claims are about, their variations, and what is derived for them; each is built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from convcost.claims import Row
from convcost.cost import Analysis
from convcost.cost.grouping import grouping
from convcost.errors import ConvcostError, SpecError, UsageError, near_miss
from convcost.model import Model, load
from convcost.spec import Architecture
from convcost.spec.rounding import RULES, with_rounding
from convcost.studies.audit.classes import FAR, is_a_width, on_the_line
from convcost.studies.audit.ledger import Counting, Ledger, ledger
from convcost.studies.audit.readings import Readings
from convcost.studies.audit.steps import CLASSES, COUNTING, RESOLUTIONS, Step, background, label, rounding

Key = tuple[int, tuple[tuple[str, int | Fraction], ...]]
"""An architecture and the values of its hyperparameters."""

FOLDED = ("mult_adds", "params")
"""Metrics that a convention decides on; the others are what they are."""


class Networks:
    """The networks that claims are about: each is built once, however many rows, metrics and variations ask for it."""

    def __init__(self) -> None:
        self._architectures: dict[tuple[str, str], Architecture] = {}
        self._rounded: dict[tuple[int, str], Architecture | None] = {}
        self._models: dict[str, Model] = {}
        self._variations: dict[Key, tuple[tuple[Step | None, Model], ...]] = {}
        self._ledgers: dict[object, Ledger | None] = {}
        self._analyses: dict[Key, Analysis | None] = {}
        self._readings: dict[object, Readings] = {}
        self._widths: dict[int, bool] = {}

    def open(self, row: Row, base: Model | None) -> Model:
        """Return the model that a row is about.

        Raises
        ------
        SpecError
            With the place of the row, where there is no such spec, preset, or hyperparameter.
        """
        key = f"{'' if base is None else id(base)} {row.spec}"
        if key not in self._models:
            try:
                model = load(row.spec) if base is None else base.unbound().at(row.spec)
            except UsageError as error:
                raise SpecError(error.code, error.message, span=row.place("spec"), hint=error.hint) from None
            source = model.architecture.document.source
            known = self._architectures.setdefault((source.file, source.text), model.architecture)
            self._models[key] = model.replaced(architecture=known)
        return self._models[key]

    def analysis(self, model: Model) -> Analysis | None:
        """Return the analysis of a model; None where it cannot be built at its values."""
        key = network(model)
        if key not in self._analyses:
            try:
                self._analyses[key] = model.analyze().complete()
            except ConvcostError:
                self._analyses[key] = None  # a width of nothing, a map that is too small, ...
        return self._analyses[key]

    def analyzed(self, model: Model, row: Row) -> Analysis:
        """Return the analysis that a row is about.

        Raises
        ------
        SpecError
            E706 for a part or a kind that the network does not have, E707 where it cannot be built.
        """
        analysis = self.analysis(model)
        if analysis is None:
            message = f"{row.spec or model.architecture.name} cannot be built at these values"
            hint = f"'convcost report {row.spec}' says why" if row.spec and row.spec[0] not in ":@" else ""
            raise SpecError("E707", message, span=row.place("spec"), hint=hint)
        selection(analysis, row)
        return analysis

    def ledger(self, model: Model, row: Row) -> Ledger | None:
        """Return the ledger of the part of a network that a row is about; None where it has none."""
        key = (network(model), row.part, row.kind)
        if key not in self._ledgers:
            self._ledgers[key] = self._on_the_line(model, row) or self._built(model, row)
        return self._ledgers[key]

    def _built(self, model: Model, row: Row) -> Ledger | None:
        analysis = self.analysis(model)
        if analysis is None:
            return None
        try:
            return ledger(analysis, selection(analysis, row))
        except SpecError:
            return None  # at other values the part may not be there

    def _on_the_line(self, model: Model, row: Row) -> Ledger | None:
        """Return the ledger from those at other numbers of classes; None where that is not certain or not needed."""
        known = model.architecture.hyperparameters
        wanted = model.values.get("classes")
        if not isinstance(wanted, int) or network(model) in self._analyses:
            return None
        if id(model.architecture) not in self._widths:
            self._widths[id(model.architecture)] = is_a_width(model.architecture)
        usual = known["classes"].default
        others = (usual, usual + 1, FAR)
        if not self._widths[id(model.architecture)] or wanted in others:
            return None
        at: dict[int, Ledger] = {}
        for classes in others:
            for other in _with(model, {"classes": classes}):
                found = self.ledger(other, row)
                if found is not None:
                    at[int(classes)] = found
        return on_the_line(at, wanted) if len(at) == len(others) else None

    def variations(self, model: Model) -> tuple[tuple[Step | None, Model], ...]:
        """Return a model and the other networks that it might be taken for, each with the step that leads there.

        Those that take less to say come first.
        """
        key = network(model)
        if key not in self._variations:
            others = sorted(self._others(model), key=lambda other: other[0].bits)
            self._variations[key] = ((None, model), *others)
        return self._variations[key]

    def _others(self, model: Model) -> Iterator[tuple[Step, Model]]:
        known = model.architecture.hyperparameters
        if "classes" in known and isinstance(model.values["classes"], int):
            own, usual = int(model.values["classes"]), int(known["classes"].default)
            for wanted in dict.fromkeys((*CLASSES, usual, own + 1)):
                for other in _with(model, {"classes": wanted}) if wanted != own else ():
                    yield background(own, wanted, usual), other
        for rule in RULES:
            key = (id(model.architecture), rule)
            if key not in self._rounded:
                self._rounded[key] = with_rounding(model.architecture, rule)
            rounded = self._rounded[key]
            if rounded is not None:
                yield rounding(rule), model.replaced(architecture=rounded)
        labels: dict[Key, tuple[str, Model]] = {}
        for says, values in _labels(model):
            for other in _with(model, values):
                labels.setdefault(network(other), (says, other))
        for says, other in labels.values():
            yield label(says, len(labels)), other

    def readings(self, model: Model, row: Row, metric: str, stated: Counting) -> Readings:
        """Return what a network comes to under all ways of counting, in the unit of the printed number."""
        unit = row.figures[metric].unit
        key = (network(model), row.part, row.kind, metric, unit, stated)
        if key not in self._readings:
            usable: tuple[Step, ...] = ()
            if metric in FOLDED:
                settled = _settled(stated)
                usable = tuple(s for s in COUNTING if metric in s.metrics and s.family not in settled)
            self._readings[key] = Readings(usable, stated, self.counter(model, row, metric))
        return self._readings[key]

    def number(self, model: Model, row: Row, metric: str, counting: Counting) -> Fraction | None:
        """Return what is derived for a figure under a way of counting, in the unit of the printed number.

        None where the network cannot be built, and for a share of nothing.
        """
        counted = self.counter(model, row, metric)
        return None if counted is None else counted(counting)

    def counter(self, model: Model, row: Row, metric: str) -> Callable[[Counting], Fraction | None] | None:
        """Return what is derived for a figure, as a function of the way of counting; None where there is no network."""
        printed = row.figures[metric]
        if printed.unit == "%":
            part, whole = self._total(model, row, metric), self._total(model, row.replaced(part=(), kind=()), metric)
            if part is None or whole is None:
                return None
            return lambda counting: _share(part(counting), whole(counting))
        total = self._total(model, row, metric)
        if total is None:
            return None
        return lambda counting: Fraction(total(counting), printed.binary if counting.binary else printed.size)

    def _total(self, model: Model, row: Row, metric: str) -> Callable[[Counting], int] | None:
        if metric in FOLDED:
            found = self.ledger(model, row)
            if found is None:
                return None
            return found.mult_adds if metric == "mult_adds" else found.params
        analysis = self.analysis(model)
        if analysis is None:
            return None
        try:
            total = int(analysis.total(metric, selection(analysis, row)))
        except SpecError:
            return None
        return lambda _: total


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def network(model: Model) -> Key:
    """Return what tells a network from others, as long as its architecture is kept."""
    return id(model.architecture), tuple(model.values.items())


def selection(analysis: Analysis, row: Row) -> list[int] | None:
    """Return the nodes that a row is about; None for all of them.

    Raises
    ------
    SpecError
        E706 for a part or a kind that the network does not have.
    """
    if not row.part and not row.kind:
        return None
    nodes, name = analysis.graph.nodes, row.spec or analysis.graph.name
    chosen: set[int] = set()
    for part in row.part:
        found = [i for i, node in enumerate(nodes) if node.name == part or node.name.startswith(f"{part}/")]
        if not found:
            scopes = {"/".join(node.name.split("/")[:depth]) for node in nodes for depth in (1, 2, 3)}
            hint = near_miss(part, scopes)
            raise SpecError("E706", f"{name} has no part {part!r}", span=row.place("part"), hint=hint)
        chosen.update(found)
    kinds = dict(grouping(analysis.graph, analysis.derived, "kind")) if row.kind else {}
    of_kinds: set[int] = set()
    for kind in row.kind:
        if kind not in kinds:
            hint = near_miss(kind, kinds) or f"it has {', '.join(kinds)}"
            raise SpecError("E706", f"{name} has no layers of the kind {kind!r}", span=row.place("kind"), hint=hint)
        of_kinds.update(kinds[kind])
    if row.part and row.kind:
        chosen &= of_kinds
        if not chosen:
            raise SpecError("E706", f"these parts of {name} have no layers of this kind", span=row.place("kind"))
    return sorted(chosen or of_kinds)


def _settled(stated: Counting) -> set[str]:
    """Return the families of steps on which the source has spoken."""
    default = Counting()
    changed = {name for name in Counting._fields if getattr(stated, name) != getattr(default, name)}
    return {step.family for step in COUNTING if changed.intersection(step.changes)}


def _labels(model: Model) -> Iterator[tuple[str, Mapping[str, int | Fraction]]]:
    """Yield the other networks of the family that a label might have meant: one hyperparameter, or a preset."""
    for name, hyperparameter in model.architecture.hyperparameters.items():
        if name == "classes":
            continue
        choices = hyperparameter.choices or (RESOLUTIONS if name == "resolution" else ())
        for value in choices:
            if value != model.values[name]:
                yield f"{name} = {value}", {name: value}
    for preset, values in model.architecture.presets.items():
        if any(model.values[name] != value for name, value in values.items()):
            yield f"the preset {preset}", values


def _with(model: Model, values: Mapping[str, int | Fraction]) -> Iterator[Model]:
    try:
        yield model.with_values(**values)
    except ConvcostError:
        return  # values that this network cannot have
