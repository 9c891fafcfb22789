"""Tables of learned vectors."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.ops import Embedding, Shape
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import whole


@rule(Embedding)
class EmbeddingRule(Rule[Embedding]):
    """A table of entries · width weights. Looking up moves elements: nothing is multiplied.

    Examples
    --------
    >>> rule, op = EmbeddingRule(), Embedding(entries=1000, width=64)
    >>> rule.output(op, (1, 12)), rule.parameters(op, (1, 12)).weight
    ((1, 12, 64), 64000)
    """

    def output(self, op: Embedding, *inputs: Shape) -> Shape:
        whole(op.entries, "{} entries")
        return (*inputs[0], whole(op.width, "a width of {}"))

    def parameters(self, op: Embedding, *inputs: Shape) -> Parameters:
        del inputs
        return Parameters(op.entries * op.width)
