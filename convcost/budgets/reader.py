"""``budgets:`` of a spec: what the networks that it describes may cost, each at the values it is said for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import partial

from convcost.budgets.figures import limit, metric_named
from convcost.budgets.records import Budget
from convcost.errors import UsageError
from convcost.records import Record
from convcost.spec import Architecture
from convcost.spec.expect import Grammar
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar
from convcost.spec.problems import Enough, Problems
from convcost.spec.target import parse_target
from convcost.symbols.expr.language import quoted

AT = "at"
"""The key of an entry that is no metric."""


class Stated(Record):
    """The budgets that a spec has for one configuration.

    Attributes
    ----------
    at : str
        What stands behind its name in a SPEC: ":b3", "@alpha=1/2"; empty for the defaults.
    values : mapping of str to number
        Of all its hyperparameters.
    """

    at: str
    values: Mapping[str, int | Fraction]
    budgets: tuple[Budget, ...]


def stated(architecture: Architecture, metrics: Sequence[str]) -> tuple[Stated, ...]:
    """Return the budgets of a spec.

    Raises
    ------
    SpecError, Diagnostics
        E012 for an unknown metric, E811 for what is not a budget, E814 for two budgets for one metric, or two entries
        for the same values, and the errors of a SPEC that is no SPEC.
    """
    problems = Problems(architecture.document.source)
    grammar = _BudgetGrammar(problems, architecture, metrics)
    entries: list[Stated | None] = []
    with suppress(Enough):
        entries.extend(grammar.collect(partial(grammar.entry, node)) for node in architecture.budgets)
    problems.check()
    return tuple(entry for entry in entries if entry is not None)


class _BudgetGrammar(Grammar):
    def __init__(self, problems: Problems, architecture: Architecture, metrics: Sequence[str]) -> None:
        super().__init__(problems.source, problems)
        self.architecture = architecture
        self.metrics = metrics
        self.places: dict[tuple[int | Fraction, ...], int] = {}

    def entry(self, node: Node) -> Stated:
        """Return the budgets of one configuration."""
        pairs = self.mapping(node, "an entry of budgets")
        at = self.prose(pairs[AT], AT) if AT in pairs else ""
        values = self.values_at(at, pairs[AT]) if AT in pairs else self.architecture.values()
        key = tuple(values.values())
        if key in self.places:
            message = f"budgets for the values that those in line {self.places[key]} are for"
            raise self.error("E814", message, pairs.get(AT, node), "put them together")
        self.places[key] = node.line
        assert isinstance(node, MappingNode)
        found: dict[str, Budget] = {}
        wrong = False
        for name, figure in node.pairs:
            if name.text == AT:
                continue
            budget = self.collect(partial(self.budget, name, figure, found))
            if budget is None:
                wrong = True
            else:
                found[budget.metric] = budget
        if not found and not wrong:
            raise self.error("E811", "an entry of budgets without a budget", node, "such as params: 4.3 M")
        return Stated(at, values, tuple(found.values()))

    def values_at(self, at: str, node: Node) -> Mapping[str, int | Fraction]:
        """Return the values of the hyperparameters that an ``at:`` stands for."""
        if not at.startswith((":", "@")):
            message = f"{quoted(at)} is neither a preset nor a binding"
            raise self.error("E009", message, node, "write ':b3' or '@alpha=1/2'")
        try:
            target = parse_target(f"spec{at}")
            return self.architecture.values(target.preset, target.bindings)
        except UsageError as error:
            raise self.error(error.code, error.message, node, error.hint) from None

    def budget(self, name: Scalar, figure: Node, found: Mapping[str, Budget]) -> Budget:
        """Return one budget."""
        try:
            metric = metric_named(name.text, self.metrics)
        except UsageError as error:
            cut = "=" in name.text or name.text[:1].isdigit()
            hint = "quote a value that contains a comma" if cut else error.hint
            raise self.error(error.code, error.message, name, hint) from None
        if metric in found:
            raise self.error("E814", f"two budgets for {metric}", name)
        if not isinstance(figure, Scalar) or figure.is_null:
            raise self.another(metric, "a number", figure)
        try:
            most = limit(figure.text, metric)
        except UsageError as error:
            raise self.error(error.code, error.message, figure, error.hint) from None
        return Budget(metric, most, figure.text.strip(), self.source.file, self.source.place(figure))
