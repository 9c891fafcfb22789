"""Examples of every op on awkward shapes: they drive verification, round trips, and the hunt for planted mistakes.

Symmetric samples hide this field's bugs: a 3×3 kernel of stride 1 on a square image cannot tell height from width, top
from bottom, or stride from dilation. So extents are distinct primes, kernels and images are not square, the four pads
differ, strides do not divide, and the batch is not 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from convcost.ops import (
    AdaptiveAvgPool,
    Add,
    Attention,
    AvgPool,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Crop,
    Dropout,
    Experts,
    Flatten,
    Gelu,
    GlobalAvgPool,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LpPool,
    MatMul,
    Maxout,
    MaxPool,
    Mul,
    Op,
    Pad,
    PRelu,
    Relu,
    Relu6,
    Reshape,
    Scale,
    Shape,
    Sigmoid,
    Silu,
    Softmax,
    Split,
    Tanh,
    Transpose,
    TransposedConv,
    Upsample,
)


@dataclass(frozen=True, slots=True)
class Example:
    """An op with the shapes of its inputs, batch first."""

    op: Op
    inputs: tuple[Shape, ...]

    def __str__(self) -> str:
        shapes = ", ".join("×".join(map(str, shape)) for shape in self.inputs)
        return f"{self.op.kind} on {shapes}"


IMAGE: Shape = (2, 6, 11, 17)
PADS = (1, 2, 0, 1)


def _on(shape: Shape, *ops: Op) -> Iterator[Example]:
    for op in ops:
        yield Example(op, (shape,))


def _elementwise() -> Iterator[Example]:
    for op in (Relu, Relu6, Sigmoid, HardSigmoid, Silu, HardSwish, Gelu, Tanh):
        yield from _on((2, 3, 5, 7), op())
    yield from _on((2, 3, 5, 7), LeakyRelu(Fraction(1, 10)), PRelu(), PRelu(shared=True), Softmax(), Softmax(axis=-1))
    yield from _on((3, 7), Softmax(), Relu(), PRelu())
    yield from _on((2, 6, 5, 7), Maxout(2), Maxout(3))


def _convolutions() -> Iterator[Example]:
    kernel, stride, dilation = (3, 5), (2, 3), (2, 1)
    yield from _on(
        IMAGE,
        Conv(kernel, out=4, stride=stride, padding=PADS, dilation=dilation, bias=True),
        Conv(kernel, out=10, stride=stride, padding=PADS, groups=2),
        Conv(kernel, out=12, stride=stride, padding=PADS, dilation=dilation, groups=6, depthwise=True),
        Conv(kernel, out=7, stride=stride, padding="same"),
        Conv((2, 7), out=5, stride=(3, 2), padding="same", dilation=(3, 2), bias=True),
        Conv((1, 1), out=5, bias=True),
        Conv((1, 1), out=9, stride=(2, 3), padding=PADS, groups=3),
        Conv((1, 3), out=5, stride=stride, padding="same"),  # a kernel below its stride leaves nothing to pad
        Conv(kernel, out=3, stride=stride, padding=(0, 2, 0, 1)),  # one axis with padding, one without
        Conv((7, 3), out=2, padding=(9, 0, 2, 11)),
        Conv((11, 17), out=3),
    )
    yield from _on((2, 3, 1, 1), Conv((3, 4), out=2, padding=(2, 0, 0, 3)))  # one window, which sees one element
    yield from _on((2, 3, 19), Conv((5,), out=4, stride=(3,), padding=(3, 1), dilation=(2,), bias=True))
    yield from _on((2, 4, 5, 7, 11), Conv((2, 3, 5), out=6, stride=(1, 2, 3), padding=(1, 0, 2, 0, 3, 1), groups=2))
    yield from _on(
        (2, 6, 5, 7),
        TransposedConv(kernel, out=4, stride=stride, padding=PADS, output_padding=(1, 2), bias=True),
        TransposedConv(kernel, out=10, stride=stride, padding=PADS, dilation=dilation, groups=2),
        TransposedConv((3, 5), out=3, stride=(2, 3), padding="same"),
        TransposedConv((2, 2), out=3, stride=(2, 2)),
        TransposedConv((2, 1), out=3, stride=(3, 4), padding="same"),
        TransposedConv((4, 6), out=3, stride=(3, 5), padding="same", dilation=(2, 3), output_padding=(1, 2)),
        TransposedConv((3, 2), out=5, padding=(4, 0, 2, 7)),  # one row and one column are left
    )
    yield from _on((2, 3, 7), TransposedConv((4,), out=5, stride=(3,), padding=(2, 1)))
    yield from _on(IMAGE, Linear(5), Linear(7, bias=False), Linear(5, axis=-1), Linear(4, axis=1))
    yield from _on((3, 11), Linear(7), Experts(experts=5, active=2, hidden=7, out=13))
    yield from _on(
        (2, 6, 5, 7),
        Experts(experts=5, active=3, hidden=7, out=11, bias=True),
        Experts(experts=7, active=1, hidden=5, out=3, noisy=True),
        Experts(experts=2, active=2, hidden=3, out=5),
    )


def _pools() -> Iterator[Example]:
    kernel, stride, pads = (3, 5), (2, 3), (1, 2, 0, 1)
    for ceil in (False, True):
        yield from _on(
            (2, 3, 12, 19),
            MaxPool(kernel, stride=stride, padding=pads, ceil=ceil),
            MaxPool((2, 3), stride=(3, 4), dilation=(2, 3), padding=(0, 1, 1, 2), ceil=ceil),
            AvgPool(kernel, stride=stride, padding=pads, ceil=ceil),
            AvgPool(kernel, stride=stride, padding=pads, ceil=ceil, count_padding=True),
            LpPool(kernel, stride=stride, padding=pads, ceil=ceil),
            MaxPool((5, 7), stride=(2, 3), padding=(4, 0, 1, 5), ceil=ceil),
        )
    yield from _on(
        IMAGE,
        MaxPool((3, 2), stride=(2, 3), padding="same"),
        AvgPool((2, 5), stride=(3, 2), padding="same"),
        LpPool((2, 3), p=3),
        LpPool((3, 2), p=1),
        GlobalAvgPool(),
        AdaptiveAvgPool((3, 5)),
        AdaptiveAvgPool((4, 2)),
        Upsample((2, 3)),
        Upsample((2, 3), "linear"),
        Upsample((1, 3), "linear"),
        Pad((1, 2, 0, 3)),
        Pad((-1, 2, 0, -3), value=Fraction(1, 2)),
        Pad((-4, 0, -6, 2)),  # one row is left
    )
    yield from _on(
        (2, 3, 13), Pad((1, 2)), MaxPool((3,), stride=(2,), padding=(1, 0)), AvgPool((4,), stride=(3,)), GlobalAvgPool()
    )
    yield from _on((2, 3, 12, 10), AdaptiveAvgPool((8, 4)))  # boundaries between elements and within them
    yield from _on((1, 2, 5, 7, 11), MaxPool((2, 3, 2), stride=(1, 2, 3)), GlobalAvgPool())


def _norms() -> Iterator[Example]:
    yield from _on(
        IMAGE,
        BatchNorm(),
        BatchNorm(scale=False),
        BatchNorm(shift=False),
        LayerNorm(),
        LayerNorm((1, 2, 3)),
        LayerNorm((-1,), affine=False),
        GroupNorm(3),
        GroupNorm(2, affine=False),
        InstanceNorm(),
        InstanceNorm(affine=True),
        LocalResponseNorm(),
        LocalResponseNorm(size=4),
        L2Norm(),
        L2Norm(scale=False),
        Scale(),
        Scale(shift=True),
    )
    yield from _on((3, 7), BatchNorm(), Scale())


def _regions() -> Iterator[Example]:
    yield from _on(IMAGE, Crop((3, 5), count=7), Crop((1, 4), count=2))
    yield Example(Crop((5, 3), count=4), (IMAGE, (2, 12, 11, 17), (2, 3)))
    yield from _on((2, 3, 13), Crop((5,), count=3))
    yield from _on((2, 3, 5, 7, 11), Crop((2, 3, 1), count=2))


def _rest() -> Iterator[Example]:
    shape: Shape = (2, 3, 5, 7)
    yield Example(Add(), (shape, shape))
    yield Example(Add(), (shape, shape, shape))
    yield Example(Mul(), (shape, (2, 3, 1, 1)))
    yield Example(Mul(), ((2, 3, 1, 7), (2, 1, 5, 1), shape))
    yield Example(Mul(), ((2, 3, 1, 1), (2, 3, 5, 1), shape))
    yield Example(MatMul(), ((2, 3, 5, 7), (2, 3, 7, 11)))
    yield Example(MatMul(transpose_left=True), ((2, 5, 3), (2, 5, 7)))
    yield Example(MatMul(transpose_right=True), ((2, 3, 5, 7), (2, 3, 11, 7)))
    yield Example(MatMul(transpose_left=True, transpose_right=True), ((2, 5, 3), (2, 7, 5)))
    query, key, value = (2, 6, 5, 7), (2, 6, 3, 11), (2, 4, 3, 11)
    yield Example(Attention(), (query, key, value))
    yield Example(Attention(heads=2), (query, key, value))
    yield Example(Attention(heads=3), ((2, 6, 13), (2, 6, 5, 7), (2, 15, 5, 7)))
    yield Example(Attention(heads=2, causal=True), ((2, 6, 5, 7), (2, 6, 35), (2, 4, 35)))
    yield Example(Concat(), (shape, (2, 4, 5, 7), (2, 1, 5, 7)))
    yield Example(Concat(axis=-1), (shape, (2, 3, 5, 2)))
    yield from _on(
        IMAGE,
        Flatten(),
        Reshape((17, -1, 3)),
        Reshape((17, 66)),
        Transpose((3, 1, 2)),
        ChannelShuffle(2),
        ChannelShuffle(3),
        Split(index=1, parts=3),
        Split(index=1, sizes=(1, 3, 2)),
        Split(index=0, sizes=(5, 12), axis=3),
        Dropout(),
        Identity(),
    )


EXAMPLES: tuple[Example, ...] = (*_convolutions(), *_pools(), *_regions(), *_norms(), *_elementwise(), *_rest())
"""At least one example for each op."""
