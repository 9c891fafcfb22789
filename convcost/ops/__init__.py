"""What a layer is: one frozen record an op, one file a family; ``OPS`` is the registry that drives the rest."""

from convcost.ops._op import Argument, Op, Padding, Shape, Size
from convcost.ops.activation import (
    Gelu,
    HardSigmoid,
    HardSwish,
    LeakyRelu,
    Maxout,
    PRelu,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    Softmax,
    Tanh,
)
from convcost.ops.conv import Conv, TransposedConv
from convcost.ops.linear import Linear
from convcost.ops.merge import Add, Concat, Mul
from convcost.ops.norm import BatchNorm, GroupNorm, InstanceNorm, L2Norm, LayerNorm, LocalResponseNorm
from convcost.ops.pool import AdaptiveAvgPool, AvgPool, GlobalAvgPool, LpPool, MaxPool, Pad, Upsample
from convcost.ops.reshape import (
    ChannelShuffle,
    Dropout,
    Flatten,
    Identity,
    Input,
    Reshape,
    Split,
    Transpose,
)
from convcost.records import MISSING as REQUIRED

CONVOLUTIONS: tuple[type[Op], ...] = (Conv, TransposedConv)
POOLS: tuple[type[Op], ...] = (MaxPool, AvgPool, LpPool, GlobalAvgPool, AdaptiveAvgPool)
NORMS: tuple[type[Op], ...] = (BatchNorm, LayerNorm, GroupNorm, InstanceNorm, LocalResponseNorm, L2Norm)
ACTIVATIONS: tuple[type[Op], ...] = (
    Relu,
    Relu6,
    LeakyRelu,
    PRelu,
    Sigmoid,
    HardSigmoid,
    Silu,
    HardSwish,
    Gelu,
    Tanh,
    Softmax,
    Maxout,
)
MERGES: tuple[type[Op], ...] = (Add, Concat, Mul)
MOVES: tuple[type[Op], ...] = (
    Flatten,
    Reshape,
    Transpose,
    ChannelShuffle,
    Split,
    Pad,
    Upsample,
    Dropout,
    Identity,
)

_ALL: tuple[type[Op], ...] = (*CONVOLUTIONS, Linear, *POOLS, *NORMS, *ACTIVATIONS, *MERGES, *MOVES, Input)

OPS: dict[str, type[Op]] = {op.name: op for op in _ALL}
"""Every op by its name in a spec; ``input`` is written as the key ``input:`` of the document."""

__all__ = [
    "ACTIVATIONS",
    "CONVOLUTIONS",
    "MERGES",
    "MOVES",
    "NORMS",
    "OPS",
    "POOLS",
    "REQUIRED",
    "AdaptiveAvgPool",
    "Add",
    "Argument",
    "AvgPool",
    "BatchNorm",
    "ChannelShuffle",
    "Concat",
    "Conv",
    "Dropout",
    "Flatten",
    "Gelu",
    "GlobalAvgPool",
    "GroupNorm",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "Input",
    "InstanceNorm",
    "L2Norm",
    "LayerNorm",
    "LeakyRelu",
    "Linear",
    "LocalResponseNorm",
    "LpPool",
    "MaxPool",
    "Maxout",
    "Mul",
    "Op",
    "PRelu",
    "Pad",
    "Padding",
    "Relu",
    "Relu6",
    "Reshape",
    "Shape",
    "Sigmoid",
    "Silu",
    "Size",
    "Softmax",
    "Split",
    "Tanh",
    "Transpose",
    "TransposedConv",
    "Upsample",
]
