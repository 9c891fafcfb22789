"""Attention."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from fractions import Fraction

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Attention, Shape
from convcost.ops._op import per_axis
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import agreed, differ
from convcost.rules.checks import grant, settled, share, spatial, whole
from convcost.symbols import Dim, product


@rule(Attention)
class AttentionRule(Rule[Attention]):
    """A pair of places takes D + Dv products, each added to an accumulator: its score, and its share in the output.

    Each of its scores, one a head, takes two divisions, by √(D / heads) and by the sum, a comparison, a subtraction, an
    exponential and an addition. On real elements, causal attention has L · (L + 1) / 2 pairs instead of L².

    Examples
    --------
    >>> rule, x = AttentionRule(), (1, 64, 14, 14)
    >>> rule.counts(Attention(heads=2), x, x, x)
    Counts(mul=4917248, add=5070912, cmp=76832, div=153664, exp=76832)
    >>> rule.valid(Attention(heads=2, causal=True), x, x, x)["mul"]
    2471168
    """

    def output(self, op: Attention, *inputs: Shape) -> Shape:
        query, key, value = inputs
        places, keys, values = (spatial(op, x) for x in inputs)
        if len(keys) != len(values) or any(map(differ, keys, values)):
            raise ShapeError("E405", f"{op.kind} has keys at {per_axis(keys)} places and values at {per_axis(values)}")
        for one, other in zip(keys, values, strict=True):
            grant(one, "==", other)
        if op.causal:
            grant(product(places), "==", product(keys))
        if op.causal and differ(product(places), product(keys)):
            fit = f"as many queries as keys, not {per_axis(places)} and {per_axis(keys)}"
            raise ShapeError("E405", f"causal {op.kind} takes {fit}")
        heads = whole(op.heads, "{} heads")
        share(agreed(op, (query, key), 1), heads, "query channels", "heads")
        share(value[1], heads, "value channels", "heads")
        return (agreed(op, inputs, 0), value[1], *places)

    def counts(self, op: Attention, *inputs: Shape) -> Counts:
        query, key, _ = inputs
        return self._of_pairs(op, inputs, product((*query[2:], *key[2:])))

    def valid(self, op: Attention, *inputs: Shape) -> Counts:
        if not op.causal:
            return self.counts(op, *inputs)
        query, _, _ = inputs
        places = product(query[2:])
        return self._of_pairs(op, inputs, settled(places * (places + 1) * Fraction(1, 2)))

    def _of_pairs(self, op: Attention, inputs: tuple[Shape, ...], pairs: Dim) -> Counts:
        query, _, _ = inputs
        batch, mixed, *_ = self.output(op, *inputs)
        products = batch * pairs * (query[1] + mixed)
        scores = batch * pairs * op.heads
        return Counts(mul=products, add=products + 2 * scores, cmp=scores, div=2 * scores, exp=scores)
