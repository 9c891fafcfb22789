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
    AdaptiveMaxPool,
    Add,
    Affine,
    ArgMax,
    Attention,
    AvgPool,
    BatchNorm,
    Celu,
    ChannelShuffle,
    Clip,
    Compare,
    Concat,
    Conv,
    Crop,
    CumSum,
    DepthToSpace,
    Div,
    Dropout,
    Einsum,
    Elu,
    Embedding,
    Expand,
    Experts,
    Flatten,
    Gather,
    Gelu,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    Gru,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LogSoftmax,
    LpPool,
    Lstm,
    MatMul,
    Maximum,
    Maxout,
    MaxPool,
    Minimum,
    Mish,
    Mul,
    Op,
    Pad,
    Parameter,
    Power,
    PRelu,
    Reduce,
    Relu,
    Relu6,
    Reshape,
    Resize,
    RmsNorm,
    Rnn,
    Scale,
    Selu,
    Shape,
    Sigmoid,
    Silu,
    Slice,
    Softmax,
    Softplus,
    Softsign,
    SpaceToDepth,
    Split,
    Sub,
    Tanh,
    Tile,
    Transpose,
    TransposedConv,
    Unary,
    Upsample,
    Where,
)
from convcost.ops.elementwise import FUNCTIONS, RELATIONS
from convcost.ops.reduce import REDUCTIONS


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
    for op in (Relu, Relu6, Sigmoid, HardSigmoid, Silu, HardSwish, Gelu, Tanh, Elu, Selu, Softplus, Mish, Softsign):
        yield from _on((2, 3, 5, 7), op())
    yield from _on(
        (2, 3, 5, 7),
        Gelu("tanh"),
        HardSigmoid(Fraction(1, 5), Fraction(1, 4)),
        Elu(Fraction(3, 4)),
        Celu(Fraction(3, 4)),
        Clip(-1, Fraction(3, 2)),
        Clip(min=Fraction(1, 2)),
        Clip(max=2),
        Clip(),
        LogSoftmax(),
        LogSoftmax(axis=-1),
        Affine(Fraction(3, 4), 2),
        Affine(factor=3),
        Affine(term=Fraction(-1, 2)),
        Affine(),
    )
    yield from _on((2, 3, 5, 7), *map(Unary, FUNCTIONS))
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
        Conv(kernel, out=6, stride=stride, padding=PADS, dilation=dilation, groups=6, bias=True),
        Conv(kernel, out=6, stride=(2, 1), padding=PADS, dilation=(1, 2), groups=6, bias=True),
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
        GlobalMaxPool(),
        AdaptiveMaxPool((3, 5)),
        AdaptiveMaxPool((4, 2)),
        AdaptiveAvgPool((3, 5)),
        AdaptiveAvgPool((4, 2)),
        Upsample((2, 3)),
        Upsample((2, 3), "linear"),
        Upsample((1, 3), "linear"),
        Pad((1, 2, 0, 3)),
        Pad((-1, 2, 0, -3), value=Fraction(1, 2)),
        Pad((-4, 0, -6, 2)),  # one row is left
        Pad((1, 2, 0, 3), mode="reflect"),
        Pad((1, 20, 0, 3), mode="edge"),
        Resize((7, 23)),
        Resize((13, 5), "linear"),
        Resize((7, 17), "linear", align_corners=True),
        Resize((23, 1), "cubic"),
        Resize((1, 19), "cubic", align_corners=True),
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
        RmsNorm(),
        RmsNorm((1, 3)),
        RmsNorm((2,), scale=False),
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
    yield Example(Add(), ((2, 3, 1, 7), (1, 1, 5, 1), shape))
    yield Example(MatMul(), ((2, 3, 5, 7), (2, 3, 7, 11)))
    yield Example(MatMul(), ((2, 1, 5, 7), (1, 3, 7, 11)))
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


def _pairs() -> Iterator[Example]:
    gate, shape = (2, 1, 5, 1), (2, 3, 5, 7)
    for op in (Sub(), Div(), Power(), *map(Compare, RELATIONS)):
        yield Example(op, (shape, shape))
        yield Example(op, (gate, (1, 3, 1, 7)))
    for op in (Maximum(), Minimum()):
        yield Example(op, (shape, gate, shape))
        yield Example(op, ((1, 3, 1, 1), (2, 3, 1, 7), gate))
    yield Example(Where(), (gate, shape, (1, 3, 1, 7)))
    yield Example(Einsum("hqd,hkd->hqk"), ((2, 3, 5, 7), (2, 3, 11, 7)))
    yield Example(Einsum("chw,kc->khw"), (shape, (2, 11, 3)))
    yield Example(Einsum("abc,bd->da"), ((2, 3, 5, 7), (2, 5, 11)))  # c is summed over before
    yield Example(Einsum("ab,bcd->ca"), ((2, 3, 5), (2, 5, 7, 11)))  # and d
    yield Example(Einsum("ij,j->ji"), ((2, 3, 5), (2, 5)))  # nothing is summed over
    yield Example(Einsum("i,j->ij"), ((2, 3), (2, 5)))
    yield Example(Einsum("ij,jk,kl->il"), ((2, 3, 5), (2, 5, 7), (2, 7, 11)))
    yield Example(Einsum("ijk->ki"), ((2, 3, 5, 7),))
    yield Example(Einsum("i,i->"), ((2, 3), (2, 3)))


def _sequences() -> Iterator[Example]:
    x: Shape = (2, 5, 3)
    yield from _on(
        x,
        Lstm(7),
        Lstm(2, "both", bias=False),
        Lstm(7, "backward", layers=2),
        Gru(7),
        Gru(2, "both", layers=3),
        Gru(7, bias=False),
        Rnn(7),
        Rnn(2, "both", layers=2),
        Rnn(7, "backward", bias=False),
        Embedding(entries=11, width=7),
    )
    yield from _on((2, 3, 5, 7), *(Reduce(function, (1, -1)) for function in REDUCTIONS))
    yield from _on(
        (2, 3, 5, 7),
        Reduce("mean", (2,), keep=False),
        Reduce("l2", (3, 1), keep=False),
        Reduce("sum", (1, 2, 3), keep=False),
        ArgMax(),
        ArgMax(-1, keep=False),
        CumSum(),
        CumSum(-1),
    )


def _layouts() -> Iterator[Example]:
    yield from _on(
        IMAGE,
        Slice(2, start=1, stop=10, step=2),
        Slice(3, start=3, step=5),
        Slice(-1, start=-7, stop=-2),
        Slice(1, stop=-1),
        Gather(2, (3, 0, -1, 3)),
        Gather(-1, (5, 16)),
        Tile((1, 3, 2)),
    )
    yield from _on((2, 1, 5, 1), Expand((3, 5, 7)), Expand((1, 5, 1)))
    yield from _on((2, 24, 5, 7), DepthToSpace(2), DepthToSpace(2, "crd"))
    yield from _on((2, 27, 5), DepthToSpace(3), DepthToSpace(3, "crd"))
    yield from _on((2, 5, 6, 9), SpaceToDepth(3))
    yield from _on((2, 3, 4, 6, 10), SpaceToDepth(2))
    yield from _on((2, 3, 7), Resize((11,), "linear"), Pad((2, 5), mode="reflect"))
    yield from _on((2, 3, 3, 5, 7), Resize((4, 3, 11), "linear"), AdaptiveMaxPool((2, 3, 5)), GlobalMaxPool())
    yield Example(Parameter((3, 5, 7)), ())
    yield Example(Parameter((7, 11), trainable=False), ())


EXAMPLES: tuple[Example, ...] = (
    *_convolutions(),
    *_pools(),
    *_regions(),
    *_norms(),
    *_elementwise(),
    *_rest(),
    *_pairs(),
    *_sequences(),
    *_layouts(),
)
"""At least one example for each op."""
