"""A bound graph with the executor's weights as an ONNX model, so that others can run what the executor runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from convcost.execute.plan import Plan
from convcost.execute.weights import Tiles
from convcost.execute.windows import Windows
from convcost.graph import Graph
from convcost.ops import (
    AdaptiveAvgPool,
    Add,
    AvgPool,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Gelu,
    GlobalAvgPool,
    HardSigmoid,
    HardSwish,
    Identity,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LpPool,
    MaxPool,
    Mul,
    Op,
    Pad,
    PRelu,
    Relu,
    Relu6,
    Reshape,
    Scale,
    Sigmoid,
    Silu,
    Softmax,
    Split,
    Tanh,
    Transpose,
    TransposedConv,
    Upsample,
)

Array = Any


class Model:
    """Collects nodes and values; ``add`` returns the name of an output."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.values: list[Any] = []

    def add(self, operator: str, *inputs: str | Array, **attributes: Any) -> str:
        names = [x if isinstance(x, str) else self.value(x) for x in inputs]
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [output], **attributes))
        return output

    def value(self, array: Array) -> str:
        name = f"w{len(self.values)}"
        self.values.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name


def _window(op: Any, extents: tuple[int, ...]) -> dict[str, Any]:
    dilation = getattr(op, "dilation", (1,) * len(op.kernel))
    windows = Windows(extents, op.kernel, op.stride, padding=op.padding, dilation=dilation)
    pads = [axis.before for axis in windows.axes] + [axis.after for axis in windows.axes]
    more = {"dilations": dilation} if hasattr(op, "dilation") else {}
    ceil = {"ceil_mode": int(op.ceil)} if hasattr(op, "ceil") else {}
    return {"kernel_shape": op.kernel, "strides": op.stride, "pads": pads, **more, **ceil}


def _along(values: Array, rank: int) -> Array:
    return values.reshape(-1, *(1,) * (rank - 2))


Writer = Callable[..., str]
WRITERS: dict[type[Op], Writer] = {}


def _writes(*ops: type[Op]) -> Callable[[Writer], Writer]:
    def register(writer: Writer) -> Writer:
        WRITERS.update(dict.fromkeys(ops, writer))
        return writer

    return register


@_writes(Conv)
def _conv(model: Model, op: Conv, x: str, shape: tuple[int, ...], *weights: Array) -> str:
    return model.add("Conv", x, *weights, **_window(op, shape[2:]), group=op.groups)


@_writes(Linear)
def _linear(model: Model, op: Linear, x: str, shape: tuple[int, ...], weight: Array, *bias: Array) -> str:
    if op.axis is None:
        return model.add("Gemm", model.add("Flatten", x) if len(shape) > 2 else x, weight, *bias, transB=1)
    axes = [axis for axis in range(len(shape)) if axis != op.axis % len(shape)] + [op.axis % len(shape)]
    y = model.add("MatMul", model.add("Transpose", x, perm=axes), weight.T)
    y = model.add("Add", y, *bias) if op.bias else y
    return model.add("Transpose", y, perm=[int(axis) for axis in np.argsort(axes)])


@_writes(BatchNorm)
def _batch_norm(model: Model, op: BatchNorm, x: str, _shape: Any, *weights: Array) -> str:
    learned, (mean, variance) = list(weights[:-2]), weights[-2:]
    scale = learned.pop(0) if op.scale else np.ones_like(mean)
    shift = learned.pop(0) if op.shift else np.zeros_like(mean)
    return model.add("BatchNormalization", x, scale, shift, mean, variance, epsilon=float(op.epsilon))


@_writes(Scale)
def _scale(model: Model, _op: Scale, x: str, shape: Any, *weights: Array) -> str:
    for operator, values in zip(("Mul", "Add"), weights, strict=False):
        x = model.add(operator, x, _along(values, len(shape)))
    return x


@_writes(LayerNorm)
def _layer_norm(model: Model, op: LayerNorm, x: str, shape: Any, *weights: Array) -> str:
    moved = [axis for axis in range(len(shape)) if axis not in {a % len(shape) for a in op.axes}]
    order = moved + [axis % len(shape) for axis in op.axes]
    extents = [shape[axis] for axis in op.axes]
    given = [w.reshape(extents) for w in weights] or [np.ones(extents, np.float32)]
    x = model.add("Transpose", x, perm=order)
    x = model.add("LayerNormalization", x, *given, axis=len(moved), epsilon=float(op.epsilon))
    return model.add("Transpose", x, perm=[int(axis) for axis in np.argsort(order)])


@_writes(LocalResponseNorm)
def _lrn(model: Model, op: LocalResponseNorm, x: str, _shape: Any) -> str:
    return model.add("LRN", x, size=op.size, alpha=float(op.alpha), beta=float(op.beta), bias=float(op.k))


@_writes(L2Norm)
def _l2norm(model: Model, _op: L2Norm, x: str, shape: Any, *weights: Array) -> str:
    y = model.add("LpNormalization", x, axis=1, p=2)
    return model.add("Mul", y, _along(weights[0], len(shape))) if weights else y


@_writes(MaxPool, LpPool)
def _pool(model: Model, op: Any, x: str, shape: tuple[int, ...]) -> str:
    more = {"p": int(op.p)} if isinstance(op, LpPool) else {}
    return model.add("MaxPool" if isinstance(op, MaxPool) else "LpPool", x, **_window(op, shape[2:]), **more)


@_writes(AvgPool)
def _avgpool(model: Model, op: AvgPool, x: str, shape: tuple[int, ...]) -> str:
    return model.add("AveragePool", x, **_window(op, shape[2:]), count_include_pad=int(op.count_padding))


@_writes(AdaptiveAvgPool)
def _adaptive(model: Model, op: AdaptiveAvgPool, x: str, shape: tuple[int, ...]) -> str:
    """Where cells are whole elements it is an average pool; others are not written."""
    size = op.output if isinstance(op.output, tuple) else (op.output,) * len(shape[2:])
    kernel = [extent // out for extent, out in zip(shape[2:], size, strict=True)]
    assert all(extent == out * step for extent, out, step in zip(shape[2:], size, kernel, strict=True))
    return model.add("AveragePool", x, kernel_shape=kernel, strides=kernel)


@_writes(Upsample)
def _upsample(model: Model, op: Upsample, x: str, shape: Any) -> str:
    factor = op.factor if isinstance(op.factor, tuple) else (op.factor,) * len(shape[2:])
    how = {"coordinate_transformation_mode": "half_pixel"}
    if op.mode == "nearest":
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return model.add("Resize", x, "", np.array([1, 1, *factor], np.float32), mode=op.mode, **how)


@_writes(Pad)
def _pad(model: Model, op: Pad, x: str, shape: Any) -> str:
    rank = len(shape) - 2
    amounts = op.padding if isinstance(op.padding, tuple) else (op.padding,) * (2 * rank)
    pads = np.array([0, 0, *amounts[:rank], 0, 0, *amounts[rank:]])
    return model.add("Pad", x, pads, np.array(float(op.value), np.float32))


@_writes(TransposedConv)
def _transposed(model: Model, op: TransposedConv, x: str, _shape: Any, *weights: Array) -> str:
    padding = {"auto_pad": "SAME_UPPER"} if op.padding == "same" else {"pads": op.padding}
    more = {"dilations": op.dilation, "group": op.groups, "output_padding": op.output_padding}
    return model.add("ConvTranspose", x, *weights, kernel_shape=op.kernel, strides=op.stride, **padding, **more)


@_writes(Relu, Sigmoid, Tanh, HardSwish, GlobalAvgPool, Flatten, Identity, Dropout)
def _one_operator(model: Model, op: Op, x: str, _shape: Any) -> str:
    names = {GlobalAvgPool: "GlobalAveragePool", Dropout: "Identity"}
    return model.add(names.get(type(op), type(op).__name__), x)


@_writes(Relu6)
def _relu6(model: Model, _op: Relu6, x: str, _shape: Any) -> str:
    return model.add("Clip", x, *(np.array(end, np.float32) for end in (0, 6)))


@_writes(LeakyRelu)
def _leaky_relu(model: Model, op: LeakyRelu, x: str, _shape: Any) -> str:
    return model.add("LeakyRelu", x, alpha=float(op.slope))


@_writes(PRelu)
def _prelu(model: Model, _op: PRelu, x: str, shape: Any, slope: Array) -> str:
    return model.add("PRelu", x, _along(slope, len(shape)))


@_writes(HardSigmoid)
def _hard_sigmoid(model: Model, _op: HardSigmoid, x: str, _shape: Any) -> str:
    return model.add("HardSigmoid", x, alpha=1 / 6, beta=0.5)


@_writes(Silu)
def _silu(model: Model, _op: Silu, x: str, _shape: Any) -> str:
    return model.add("Mul", x, model.add("Sigmoid", x))


@_writes(Gelu)
def _gelu(model: Model, _op: Gelu, x: str, _shape: Any) -> str:
    return model.add("Gelu", x)


@_writes(Softmax)
def _softmax(model: Model, op: Softmax, x: str, _shape: Any) -> str:
    return model.add("Softmax", x, axis=op.axis)


@_writes(Reshape)
def _reshape(model: Model, op: Reshape, x: str, _shape: Any) -> str:
    return model.add("Reshape", x, np.array([0, *op.shape], np.int64))


@_writes(Transpose)
def _transpose(model: Model, op: Transpose, x: str, _shape: Any) -> str:
    return model.add("Transpose", x, perm=(0, *op.order))


@_writes(ChannelShuffle)
def _shuffle(model: Model, op: ChannelShuffle, x: str, shape: Any) -> str:
    apart = model.add("Reshape", x, np.array([0, op.groups, -1, *shape[2:]], np.int64))
    turned = model.add("Transpose", apart, perm=(0, 2, 1, *range(3, len(shape) + 1)))
    return model.add("Reshape", turned, np.array([0, shape[1], *shape[2:]], np.int64))


@_writes(Split)
def _split(model: Model, op: Split, x: str, shape: Any) -> str:
    extent = shape[op.axis]
    sizes = op.sizes or (extent // op.parts,) * op.parts
    begin = sum(sizes[: op.index])
    bounds = (np.array([end], np.int64) for end in (begin, begin + sizes[op.index], op.axis))
    return model.add("Slice", x, *bounds)


@_writes(Add, Mul, Concat)
def _merge(model: Model, op: Op, *inputs: Any) -> str:
    names = inputs[: len(inputs) // 2]
    if isinstance(op, Concat):
        return model.add("Concat", *names, axis=op.axis)
    first, *others = names
    for other in others:
        first = model.add(type(op).__name__, first, other)
    return first


def exported(graph: Graph, *, seed: int = 0, batch: int = 1) -> tuple[ModelProto, dict[str, Array], Array]:
    """Return the model, its inputs and what the executor makes of them.

    A graph with an op that has no writer raises KeyError.
    """
    drawn: dict[int, list[Array]] = {}
    tiles = Tiles(seed)

    def source(index: int) -> Any:
        draw = tiles(index)

        def recorded(*arguments: Any) -> Array:
            drawn.setdefault(index, []).append(draw(*arguments))
            return drawn[index][-1]

        return recorded

    plan = Plan(graph, source, batch=batch)
    shapes = [seen.shape for seen in plan.run()]
    model, names, inputs = Model(), list[str](), dict[str, Array]()
    for index, node in enumerate(graph.nodes):
        if node.op.name == "input":
            names.append(node.name)
            inputs[node.name] = drawn[index][0]
            continue
        sources = [names[i] for i in node.inputs]
        before = [shapes[i] for i in node.inputs]
        names.append(WRITERS[type(node.op)](model, node.op, *sources, *before, *drawn.get(index, [])))
    ends = [helper.make_tensor_value_info(names[graph.output], TensorProto.FLOAT, shapes[graph.output])]
    begins = [helper.make_tensor_value_info(name, TensorProto.FLOAT, x.shape) for name, x in inputs.items()]
    made = helper.make_graph(model.nodes, "network", begins, ends, model.values)
    proto = helper.make_model(made, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return proto, inputs, plan.output.copy()


def writable(graph: Graph) -> Iterator[str]:
    """Yield the ops of a graph that have no writer."""
    for node in graph.nodes:
        if node.op.name != "input" and type(node.op) not in WRITERS:
            yield node.op.name
