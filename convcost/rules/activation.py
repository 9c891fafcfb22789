"""Activations: a table of what one element costs, and the three that look further than one element."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import (
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Maxout,
    Op,
    PRelu,
    Relu,
    Relu6,
    Shape,
    Sigmoid,
    Silu,
    Softmax,
    Tanh,
)
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import axis_of, channels, share, whole
from convcost.symbols import product

_SIGMOID = Counts(add=2, exp=1, div=1)
_HARD_SIGMOID = Counts(mul=1, add=1, cmp=2)

ELEMENT: dict[type[Op], Counts] = {
    Relu: Counts(cmp=1),
    Relu6: Counts(cmp=2),
    LeakyRelu: Counts(mul=1, cmp=1),
    PRelu: Counts(mul=1, add=1, cmp=2),
    Sigmoid: _SIGMOID,
    HardSigmoid: _HARD_SIGMOID,
    Silu: _SIGMOID + Counts(mul=1),
    HardSwish: _HARD_SIGMOID + Counts(mul=1),
    Gelu: Counts(mul=3, add=1, erf=1),
    Tanh: Counts(tanh=1),
}
"""What one element costs, step by step as the op's formula writes it."""


@rule(Relu, Relu6, LeakyRelu, Sigmoid, HardSigmoid, Silu, HardSwish, Gelu, Tanh)
class ElementRule(Rule[Op]):
    """Element by element: what ``ELEMENT`` says, times the elements.

    Examples
    --------
    >>> ElementRule().counts(HardSwish(), (1, 2, 5))
    Counts(mul=20, add=10, cmp=20)
    """

    def counts(self, op: Op, *inputs: Shape) -> Counts:
        return _each(op, inputs[0])


@rule(PRelu)
class PReluRule(Rule[PRelu]):
    """Two comparisons, a product and an addition an element; a slope for each channel, or one.

    Examples
    --------
    >>> PReluRule().parameters(PRelu(), (1, 64, 8, 8)).affine
    64
    """

    def output(self, op: PRelu, *inputs: Shape) -> Shape:
        channels(op, inputs[0])
        return inputs[0]

    def parameters(self, op: PRelu, *inputs: Shape) -> Parameters:
        return Parameters(affine=1 if op.shared else channels(op, inputs[0]))

    def counts(self, op: PRelu, *inputs: Shape) -> Counts:
        return _each(op, inputs[0])


@rule(Softmax)
class SoftmaxRule(Rule[Softmax]):
    """A comparison, a subtraction, an exponential, an addition and a division an element.

    Examples
    --------
    >>> SoftmaxRule().counts(Softmax(), (1, 1000))
    Counts(add=2000, cmp=1000, div=1000, exp=1000)
    """

    def output(self, op: Softmax, *inputs: Shape) -> Shape:
        axis_of(op, inputs[0], op.axis)
        return inputs[0]

    def counts(self, op: Softmax, *inputs: Shape) -> Counts:
        elements = product(self.output(op, *inputs))
        return Counts(cmp=elements, add=2 * elements, exp=elements, div=elements)


@rule(Maxout)
class MaxoutRule(Rule[Maxout]):
    """A comparison for each input element: each output is the maximum of ``pieces`` channels.

    Examples
    --------
    >>> MaxoutRule().output(Maxout(2), (1, 64, 7, 7))
    (1, 32, 7, 7)
    """

    def output(self, op: Maxout, *inputs: Shape) -> Shape:
        (x,) = inputs
        out = share(channels(op, x), whole(op.pieces, "{} pieces"), "channels", "pieces")
        return (x[0], out, *x[2:])

    def counts(self, op: Maxout, *inputs: Shape) -> Counts:
        del op
        return Counts(cmp=product(inputs[0]))


def _each(op: Op, x: Shape) -> Counts:
    counts: Counts = ELEMENT[type(op)] * product(x)
    return counts
