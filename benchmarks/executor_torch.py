"""A torch module that runs an ONNX file as eager code would, one call of a module or function for each node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from onnx import ModelProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

Attributes = dict[str, Any]


def _tensor(x: Any) -> torch.Tensor:
    return torch.from_numpy(x.copy())


def _conv(w: list[Any], a: Attributes) -> nn.Module:
    weight, *bias = w
    top, left, bottom, right = a["pads"]
    even = (top, left) == (bottom, right)
    conv = nn.Conv2d(
        weight.shape[1] * a["group"],
        weight.shape[0],
        tuple(a["kernel_shape"]),
        tuple(a["strides"]),
        (top, left) if even else 0,
        tuple(a["dilations"]),
        a["group"],
        bias=bool(bias),
    )
    conv.weight.data = _tensor(weight)
    if bias:
        conv.bias.data = _tensor(bias[0])
    return conv if even else nn.Sequential(nn.ZeroPad2d((left, right, top, bottom)), conv)


def _batch_norm(w: list[Any], a: Attributes) -> nn.Module:
    scale, shift, mean, variance = map(_tensor, w)
    norm = nn.BatchNorm2d(len(scale), eps=a["epsilon"])
    norm.weight.data, norm.bias.data = scale, shift
    norm.running_mean, norm.running_var = mean, variance
    return norm


def _gemm(w: list[Any], _: Attributes) -> nn.Module:
    weight, *bias = w
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bool(bias))
    linear.weight.data = _tensor(weight)
    if bias:
        linear.bias.data = _tensor(bias[0])
    return linear


def _maxpool(_: list[Any], a: Attributes) -> Any:
    top, left, bottom, right = a["pads"]
    ceil = bool(a.get("ceil_mode", 0))
    if (top, left) == (bottom, right):
        return nn.MaxPool2d(tuple(a["kernel_shape"]), tuple(a["strides"]), (top, left), ceil_mode=ceil)
    pool = nn.MaxPool2d(tuple(a["kernel_shape"]), tuple(a["strides"]), ceil_mode=ceil)
    return nn.Sequential(nn.ConstantPad2d((left, right, top, bottom), float("-inf")), pool)


def _avgpool(_: list[Any], a: Attributes) -> nn.Module:
    top, left, bottom, right = a.get("pads", (0, 0, 0, 0))
    if (top, left) != (bottom, right):
        raise SystemExit("torch pads a mean the same on both sides")
    counted = bool(a.get("count_include_pad", 0))
    return nn.AvgPool2d(
        tuple(a["kernel_shape"]), tuple(a.get("strides", (1, 1))), (top, left), count_include_pad=counted
    )


WITH_WEIGHTS: dict[str, Callable[[list[Any], Attributes], Any]] = {
    "Conv": _conv,
    "BatchNormalization": _batch_norm,
    "Gemm": _gemm,
    "MaxPool": _maxpool,
    "AveragePool": _avgpool,
    "Relu": lambda *_: functional.relu,
    "Clip": lambda *_: functional.relu6,
    "Sigmoid": lambda *_: torch.sigmoid,
    "HardSigmoid": lambda *_: functional.hardsigmoid,
    "HardSwish": lambda *_: functional.hardswish,
    "Add": lambda *_: torch.add,
    "Mul": lambda *_: torch.mul,
    "Concat": lambda *_: lambda *x: torch.cat(x, 1),
    "GlobalAveragePool": lambda *_: nn.AdaptiveAvgPool2d(1),
    "Flatten": lambda *_: nn.Flatten(),
    "Identity": lambda *_: nn.Identity(),
}


class Network(nn.Module):
    def __init__(self, nodes: list[tuple[Any, list[str], str]], output: str) -> None:
        super().__init__()
        self.parts = nn.ModuleList(part for part, *_ in nodes if isinstance(part, nn.Module))
        self.steps = nodes
        self.last = output
        uses: dict[str, int] = {}
        for index, (_, sources, _) in enumerate(nodes):
            for source in sources:
                uses[source] = index
        self.spent = [[name for name, last in uses.items() if last == index] for index in range(len(nodes))]

    def forward(self, values: dict[str, torch.Tensor]) -> torch.Tensor:
        values = dict(values)
        for (part, sources, output), spent in zip(self.steps, self.spent, strict=True):
            values[output] = part(*[values[source] for source in sources])
            for name in spent:  # memory is given back as it is in code that names nothing twice
                del values[name]
        return values[self.last]


def _silu(nodes: list[Any]) -> dict[str, str]:
    """Return the products x · sigmoid(x), which eager code writes as one function, with the sigmoids they make void."""
    sigmoids = {node.output[0]: node.input[0] for node in nodes if node.op_type == "Sigmoid"}
    return {
        node.output[0]: node.input[1]
        for node in nodes
        if node.op_type == "Mul" and sigmoids.get(node.input[1]) == node.input[0]
    }


def module_of(proto: ModelProto, *, folded: bool) -> nn.Module:
    """Return the module, with each batch norm behind a convolution folded into it on request."""
    weights = {each.name: numpy_helper.to_array(each) for each in proto.graph.initializer}
    silu = _silu(list(proto.graph.node))
    nodes: list[tuple[Any, list[str], str]] = []
    makers: dict[str, int] = {}
    for node in proto.graph.node:
        sources = [name for name in node.input if name and name not in weights]
        if node.output[0] in silu.values():
            continue
        if node.output[0] in silu:
            part: Any = functional.silu
            sources = sources[:1]
        else:
            attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
            part = WITH_WEIGHTS[node.op_type]([weights[name] for name in node.input if name in weights], attributes)
        before = makers.get(sources[0], -1)
        if folded and isinstance(part, nn.BatchNorm2d) and before >= 0 and isinstance(nodes[before][0], nn.Conv2d):
            fused = nn.utils.fusion.fuse_conv_bn_eval(nodes[before][0].eval(), part.eval())
            nodes[before] = (fused, nodes[before][1], node.output[0])
            makers[node.output[0]] = before
            continue
        makers[node.output[0]] = len(nodes)
        nodes.append((part, sources, node.output[0]))
    return Network(nodes, proto.graph.output[0].name).eval()
