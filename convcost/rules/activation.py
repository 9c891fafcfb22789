"""Activations: a table of what one element costs, and those that look further than one element."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from convcost.counts import Counts
from convcost.ops import (
    Celu,
    Clip,
    Elu,
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    LogSoftmax,
    Maxout,
    Mish,
    Op,
    PRelu,
    Relu,
    Relu6,
    Selu,
    Shape,
    Sigmoid,
    Silu,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from convcost.rules._rule import Parameters, Rule, rule
from convcost.rules.checks import axis_of, channels, share, whole
from convcost.symbols import product

_SIGMOID = Counts(add=2, exp=1, div=1)
_HARD_SIGMOID = Counts(mul=1, add=1, cmp=2)
_ELU = Counts(mul=1, add=2, cmp=2, exp=1)
_SOFTPLUS = Counts(add=3, cmp=1, exp=1, log=1, abs=1)

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
    Elu: _ELU,
    Celu: _ELU + Counts(mul=1),
    Selu: _ELU + Counts(mul=1),
    Softplus: _SOFTPLUS,
    Mish: _SOFTPLUS + Counts(mul=1, tanh=1),
    Softsign: Counts(add=1, div=1, abs=1),
}
"""What one element costs, step by step as the op's formula writes it."""

GELU_BY_TANH = Counts(mul=6, add=2, tanh=1)


@rule(
    Relu,
    Relu6,
    LeakyRelu,
    Sigmoid,
    HardSigmoid,
    Silu,
    HardSwish,
    Gelu,
    Tanh,
    Elu,
    Celu,
    Selu,
    Softplus,
    Mish,
    Softsign,
)
class ElementRule(Rule[Op]):
    """Element by element: what ``ELEMENT`` says, times the elements; gelu by tanh: six products, two additions, a tanh.

    Examples
    --------
    >>> ElementRule().counts(HardSwish(), (1, 2, 5))
    Counts(mul=20, add=10, cmp=20)
    """

    def counts(self, op: Op, *inputs: Shape) -> Counts:
        return _each(op, inputs[0])


@rule(Clip)
class ClipRule(Rule[Clip]):
    """A comparison an element for each bound that is given.

    Examples
    --------
    >>> ClipRule().counts(Clip(0, 6), (1, 2, 5)), ClipRule().counts(Clip(min=0), (1, 2, 5))
    (Counts(cmp=20), Counts(cmp=10))
    """

    def counts(self, op: Clip, *inputs: Shape) -> Counts:
        bounds = [bound for bound in (op.min, op.max) if bound is not None]
        return Counts(cmp=len(bounds) * product(inputs[0]))


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


@rule(LogSoftmax)
class LogSoftmaxRule(Rule[LogSoftmax]):
    """A comparison, two subtractions, an exponential and an addition an element; a logarithm for each sum.

    Examples
    --------
    >>> LogSoftmaxRule().counts(LogSoftmax(), (1, 1000))
    Counts(add=3000, cmp=1000, exp=1000, log=1)
    """

    def output(self, op: LogSoftmax, *inputs: Shape) -> Shape:
        axis_of(op, inputs[0], op.axis)
        return inputs[0]

    def counts(self, op: LogSoftmax, *inputs: Shape) -> Counts:
        (x,) = inputs
        elements, along = product(x), axis_of(op, x, op.axis)
        rows = product(extent for axis, extent in enumerate(x) if axis != along)
        return Counts(cmp=elements, add=3 * elements, exp=elements, log=rows)


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
    by_tanh = isinstance(op, Gelu) and op.approximate == "tanh"
    counts: Counts = (GELU_BY_TANH if by_tanh else ELEMENT[type(op)]) * product(x)
    return counts
