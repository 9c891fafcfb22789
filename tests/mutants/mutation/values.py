"""What the executor computes, held against onnxruntime: counts cannot tell a wrong value from a right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from convcost.execute import execute_op
from convcost.execute.region import boxes
from convcost.execute.weights import uniform
from convcost.ops import (
    Add,
    Attention,
    AvgPool,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Crop,
    Experts,
    GlobalAvgPool,
    GroupNorm,
    HardSwish,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LpPool,
    MatMul,
    MaxPool,
    Mul,
    Op,
    PRelu,
    Relu,
    Relu6,
    Reshape,
    Scale,
    Sigmoid,
    Silu,
    Softmax,
    Tanh,
    Transpose,
    TransposedConv,
    Upsample,
)
from convcost.verify.examples import EXAMPLES, Example

Array = Any


def _loaded(file: str) -> Any:
    """Load a file of the executor's tests, which know how to compute what an op should."""
    spec = spec_from_file_location(f"{file}_of_execute", Path(__file__).parents[2] / f"unit/execute/{file}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_onnx = _loaded("conftest").run_onnx
_regions = _loaded("test_region_values")
_products = _loaded("test_product_values")
_more = _loaded("test_more_values")


def _window(op: Any) -> dict[str, Any]:
    padding = {"auto_pad": "SAME_UPPER"} if op.padding == "same" else {"pads": op.padding}
    ceil = {"ceil_mode": int(op.ceil)} if hasattr(op, "ceil") else {}
    dilations = {"dilations": op.dilation} if hasattr(op, "dilation") else {}
    return {"kernel_shape": op.kernel, "strides": op.stride, **dilations, **padding, **ceil}


def _conv(op: Conv, x: Array, *weights: Array) -> Array:
    return _onnx("Conv", x, *weights, **_window(op), group=op.groups)


def _transposed_conv(op: TransposedConv, x: Array, *weights: Array) -> Array:
    return _onnx("ConvTranspose", x, *weights, **_window(op), group=op.groups, output_padding=op.output_padding)


def _linear(op: Linear, x: Array, weight: Array, bias: Array | float = 0.0) -> Array:
    x = x.reshape(len(x), -1) if op.axis is None else np.moveaxis(x, op.axis, -1)
    y = _onnx("MatMul", x, np.ascontiguousarray(weight.T)) + bias
    return y if op.axis is None else np.moveaxis(y, -1, op.axis)


def _avgpool(op: AvgPool, x: Array) -> Array:
    return _onnx("AveragePool", x, **_window(op), count_include_pad=int(op.count_padding))


def _upsample(op: Upsample, x: Array) -> Array:
    how = {"coordinate_transformation_mode": "half_pixel"}
    if op.mode == "nearest":
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return _onnx("Resize", x, None, np.array([1, 1, *op.factor], np.float32), mode=op.mode, **how)


def _affine(extents: Any, weights: Sequence[Array]) -> Sequence[Array]:
    return weights or (np.ones(extents, np.float32), np.zeros(extents, np.float32))


def _batch_norm(op: BatchNorm, x: Array, *weights: Array) -> Array:
    learned, (mean, variance) = list(weights[:-2]), weights[-2:]
    scale = learned.pop(0) if op.scale else np.ones_like(mean)
    shift = learned.pop(0) if op.shift else np.zeros_like(mean)
    return _onnx("BatchNormalization", x, scale, shift, mean, variance, epsilon=float(op.epsilon))


def _layer_norm(op: LayerNorm, x: Array, *weights: Array) -> Array:
    last = np.moveaxis(x, op.axes, range(-len(op.axes), 0))
    extents = last.shape[-len(op.axes) :]
    scale, shift = (w.reshape(extents) for w in _affine(extents, weights))
    y = _onnx("LayerNormalization", last, scale, shift, axis=-len(op.axes), epsilon=float(op.epsilon))
    return np.moveaxis(y, range(-len(op.axes), 0), op.axes)


def _group_norm(op: GroupNorm, x: Array, *weights: Array) -> Array:
    given = _affine(x.shape[1], weights)
    return _onnx("GroupNormalization", x, *given, num_groups=op.groups, epsilon=float(op.epsilon))


def _instance_norm(op: InstanceNorm, x: Array, *weights: Array) -> Array:
    return _onnx("InstanceNormalization", x, *_affine(x.shape[1], weights), epsilon=float(op.epsilon))


def _local_response_norm(op: LocalResponseNorm, x: Array) -> Array:
    return _onnx("LRN", x, size=op.size, alpha=float(op.alpha), beta=float(op.beta), bias=float(op.k))


def _l2norm(_op: L2Norm, x: Array, scale: Array | None = None) -> Array:
    y = _onnx("LpNormalization", x, axis=1, p=2)
    return y if scale is None else y * scale.reshape(-1, *(1,) * (x.ndim - 2))


def _scale(_op: Scale, x: Array, *weights: Array) -> Array:
    factor, *terms = (each.reshape(-1, *(1,) * (x.ndim - 2)) for each in weights)
    return _onnx("Add", _onnx("Mul", x, factor), *terms) if terms else _onnx("Mul", x, factor)


def _crop(op: Crop, x: Array, *_: Array) -> Array:
    regions = [_regions.sampled(image, box, op.size) for image in x for box in boxes(op.count, x.ndim - 2)]
    return np.stack(regions).astype(np.float32)


def _experts(op: Experts, x: Array, gate: Array, *weights: Array) -> Array:
    first, second, *biases = weights[op.noisy :]
    pairs = list(zip(biases[::2], biases[1::2], strict=True))
    return _products.gated(op, x, gate, first, second, pairs).astype(np.float32)


def _matmul(op: MatMul, left: Array, right: Array) -> Array:
    turned = ((left, op.transpose_left), (right, op.transpose_right))
    return _onnx("MatMul", *(x.swapaxes(-1, -2) if turn else x for x, turn in turned))


def _operator(name: str, **attributes: str) -> Callable[..., Array]:
    """Return the reference that is one operator, with attributes taken from the op."""

    def reference(op: Op, *arrays: Array) -> Array:
        return _onnx(name, *arrays, **{key: _plain(getattr(op, value)) for key, value in attributes.items()})

    return reference


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else float(value)


def _product(_op: Mul, *arrays: Array) -> Array:
    first, *others = arrays
    for other in others:
        first = _onnx("Mul", first, other)
    return first


REFERENCES: dict[type[Op], Callable[..., Array]] = {
    Conv: _conv,
    TransposedConv: _transposed_conv,
    Linear: _linear,
    MaxPool: lambda op, x: _onnx("MaxPool", x, **_window(op)),
    AvgPool: _avgpool,
    LpPool: lambda op, x: _onnx("LpPool", x, **_window(op), p=int(op.p)),
    GlobalAvgPool: _operator("GlobalAveragePool"),
    Upsample: _upsample,
    BatchNorm: _batch_norm,
    LayerNorm: _layer_norm,
    GroupNorm: _group_norm,
    InstanceNorm: _instance_norm,
    LocalResponseNorm: _local_response_norm,
    L2Norm: _l2norm,
    Scale: _scale,
    # in loops, as TensorFlow documents it: onnxruntime has crop_and_resize for boxes inside the map only
    Crop: _crop,
    Relu: _operator("Relu"),
    Relu6: lambda _, x: _onnx("Clip", x, *(np.array(end, np.float32) for end in (0, 6))),
    LeakyRelu: _operator("LeakyRelu", alpha="slope"),
    PRelu: lambda _, x, slope: _onnx("PRelu", x, slope.reshape(-1, *(1,) * (x.ndim - 2))),
    Sigmoid: _operator("Sigmoid"),
    Silu: lambda _, x: _onnx("Mul", x, _onnx("Sigmoid", x)),
    HardSwish: _operator("HardSwish"),
    Tanh: _operator("Tanh"),
    Softmax: _operator("Softmax", axis="axis"),
    Add: _operator("Sum"),
    Mul: _product,
    Concat: _operator("Concat", axis="axis"),
    MatMul: _matmul,
    Attention: lambda op, *arrays: _products.attended(op, *arrays, _onnx),
    Experts: _experts,  # in loops
    Reshape: lambda op, x: _onnx("Reshape", x, np.array([len(x), *op.shape])),
    Transpose: lambda op, x: _onnx("Transpose", x, perm=(0, *op.order)),
    # the definition in the op's docstring: channel i·(C/g) + j goes to place j·g + i
    ChannelShuffle: lambda op, x: np.concatenate(
        [x[:, j :: x.shape[1] // op.groups] for j in range(x.shape[1] // op.groups)], 1
    ),
}

REFERENCES |= {op: lambda op, *arrays, of=of: of(_onnx, op, *arrays) for op, of in _more.REFERENCES.items()}

ELSEWHERE: Mapping[type[Op], Callable[[Any], bool]] = {
    Conv: lambda op: op.padding == "same" and max(op.dilation) > 1,
    TransposedConv: lambda op: op.padding == "same",
    LocalResponseNorm: lambda op: op.size % 2 == 0,
    AvgPool: lambda op: op.ceil,
}
"""What onnxruntime computes otherwise or not at all; the executor's own tests hold it against loops."""


def _known(example: Example) -> bool:
    op = example.op
    return type(op) in REFERENCES and not ELSEWHERE.get(type(op), lambda _: False)(op)


VALUED: tuple[Example, ...] = tuple(filter(_known, EXAMPLES))


@cache
def _expected(example: Example) -> tuple[list[Array], list[Array], Array]:
    """Return inputs, weights and the output they should have."""
    draw = uniform(np.random.default_rng(1704))
    arrays = [draw(shape, -8.0, 8.0) for shape in example.inputs]
    weights: list[Array] = []

    def recorded(shape: tuple[int, ...], low: float, high: float) -> Array:
        weights.append(draw(shape, low, high))
        return weights[-1].copy()

    execute_op(example.op, *arrays, draw=recorded)
    return arrays, weights, REFERENCES[type(example.op)](example.op, *arrays, *weights)


def wrong_values(w: SimpleNamespace, example: Example) -> Iterator[str]:
    """Yield how outputs of an executor and its kernel differ from the reference, given the same weights."""
    arrays, weights, expected = _expected(example)
    for plain in (False, True):
        remaining = iter(weights)

        def known(shape: tuple[int, ...], _low: float, _high: float, left: Iterator[Array] = remaining) -> Array:
            return next(left).reshape(shape).copy()

        output, _ = w.execute.execute_op(example.op, *(x.copy() for x in arrays), draw=known, plain=plain)
        if output.shape != expected.shape:
            yield f"the output is {output.shape}, not {expected.shape}"
        elif not np.allclose(output, expected, rtol=1e-3, atol=1e-3, equal_nan=True):
            yield f"a value is off by {np.abs(output - expected).max():.3g}"
