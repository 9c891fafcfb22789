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
from convcost.ops.attention import Attention
from convcost.ops.conv import Conv, TransposedConv
from convcost.ops.experts import Experts
from convcost.ops.linear import Linear
from convcost.ops.merge import Add, Concat, MatMul, Mul
from convcost.ops.norm import BatchNorm, GroupNorm, InstanceNorm, L2Norm, LayerNorm, LocalResponseNorm, Scale
from convcost.ops.pool import AdaptiveAvgPool, AvgPool, GlobalAvgPool, LpPool, MaxPool, Pad, Upsample
from convcost.ops.region import Crop
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
CONNECTED: tuple[type[Op], ...] = (Linear, Experts)
POOLS: tuple[type[Op], ...] = (MaxPool, AvgPool, LpPool, GlobalAvgPool, AdaptiveAvgPool)
REGIONS: tuple[type[Op], ...] = (Crop,)
NORMS: tuple[type[Op], ...] = (BatchNorm, LayerNorm, GroupNorm, InstanceNorm, LocalResponseNorm, L2Norm, Scale)
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
MERGES: tuple[type[Op], ...] = (Add, Concat, Mul, MatMul, Attention)
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

_ALL: tuple[type[Op], ...] = (*CONVOLUTIONS, *CONNECTED, *POOLS, *REGIONS, *NORMS, *ACTIVATIONS, *MERGES, *MOVES, Input)

OPS: dict[str, type[Op]] = {op.name: op for op in _ALL}
"""Every op by its name in a spec; ``input`` is written as the key ``input:`` of the document."""

__all__ = [
    "ACTIVATIONS",
    "CONNECTED",
    "CONVOLUTIONS",
    "MERGES",
    "MOVES",
    "NORMS",
    "OPS",
    "POOLS",
    "REGIONS",
    "REQUIRED",
    "AdaptiveAvgPool",
    "Add",
    "Argument",
    "Attention",
    "AvgPool",
    "BatchNorm",
    "ChannelShuffle",
    "Concat",
    "Conv",
    "Crop",
    "Dropout",
    "Experts",
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
    "MatMul",
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
    "Scale",
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
