"""Mixtures of experts."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Experts, Shape
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import channels, grant, whole, written
from convcost.symbols import is_symbolic, product


@rule(Experts)
class ExpertsRule(Rule[Experts]):
    """At each place the gate, C · experts products, and of each active expert C · hidden + hidden · out + out.

    The last ``out`` multiply what it gives by its weight. Every product is added to an accumulator, a bias is one
    addition. Choosing takes active · experts comparisons, the ReLU ``hidden`` an expert, the softmax two additions, an
    exponential and a division for each active one. All experts are stored, and the gate: with ``noisy`` twice.

    Not counted: which places an expert runs on, and losses that balance the load, which are training.

    Shazeer et al. 2017, arXiv:1701.06538, sections 2 and 2.1.

    Examples
    --------
    >>> rule, op = ExpertsRule(), Experts(experts=4, active=2, hidden=1024, out=512)
    >>> rule.parameters(op, (1, 512, 1)).weight
    4196352
    >>> rule.counts(op, (1, 512, 1))
    Counts(mul=2100224, add=2100228, cmp=2056, div=2, exp=2)
    """

    def output(self, op: Experts, *inputs: Shape) -> Shape:
        (x,) = inputs
        channels(op, x)
        experts, active = whole(op.experts, "{} experts"), whole(op.active, "{} active experts")
        whole(op.hidden, "{} hidden features")
        grant(active, "<=", experts)
        if not is_symbolic(experts) and not is_symbolic(active) and active > experts:
            raise ShapeError("E413", f"{written(active)} of {written(experts)} experts cannot be active")
        return (x[0], whole(op.out, "{} output channels"), *x[2:])

    def parameters(self, op: Experts, *inputs: Shape) -> Parameters:
        (x,) = inputs
        each = op.hidden * (channels(op, x) + op.out)
        gates = 2 if op.noisy else 1
        return Parameters(op.experts * (each + gates * x[1]), op.experts * (op.hidden + op.out) if op.bias else 0)

    def counts(self, op: Experts, *inputs: Shape) -> Counts:
        (x,) = inputs
        places = product((x[0], *x[2:]))
        chosen = places * op.active
        products = places * x[1] * op.experts + chosen * (op.hidden * (x[1] + op.out) + op.out)
        biases = chosen * (op.hidden + op.out) if op.bias else 0
        return Counts(
            mul=products,
            add=products + biases + 2 * chosen,
            cmp=chosen * (op.experts + op.hidden),
            exp=chosen,
            div=chosen,
        )
