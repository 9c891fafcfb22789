"""Asks an installed tool what it counts of single layers; run by hand, one tool a process.

    python tests/peers/toys.py thop >> tests/figures/convention_layers.csv

The input is 2 x 8 x 6 x 6, of ptflops one sample of it, for it builds its own. What each name stands for as a spec is in ``tests/figures/test_conventions.py``. onnx-tool is
asked by the exporter of ``collect.py``.
"""

from __future__ import annotations

import csv
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from collect import TOOLS
from torch import nn


class Call(nn.Module):
    """A function as a module without a rule of its own."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Any) -> Any:
        return self.function(x)


LAYERS: dict[str, Callable[[], nn.Module]] = {
    "conv": lambda: nn.Conv2d(8, 12, 3, padding=1),
    "depthwise": lambda: nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False),
    "transposed": lambda: nn.ConvTranspose2d(8, 12, 2, stride=2),
    "transposed_grouped": lambda: nn.ConvTranspose2d(8, 12, 3, stride=2, groups=4, bias=False),
    "transposed_depthwise": lambda: nn.ConvTranspose2d(8, 8, 2, stride=2, groups=8, bias=False),
    "linear": lambda: nn.Linear(6, 5),
    "batch_norm": lambda: nn.BatchNorm2d(8),
    "batch_norm_plain": lambda: nn.BatchNorm2d(8, affine=False),
    "layer_norm": lambda: nn.LayerNorm(6),
    "group_norm": lambda: nn.GroupNorm(2, 8),
    "instance_norm": lambda: nn.InstanceNorm2d(8, affine=True),
    "relu": nn.ReLU,
    "relu_functional": lambda: Call(lambda x: nn.functional.relu(x)),
    "relu6": nn.ReLU6,
    "leaky_relu": nn.LeakyReLU,
    "prelu": lambda: nn.PReLU(8),
    "sigmoid": nn.Sigmoid,
    "hard_sigmoid": nn.Hardsigmoid,
    "silu": nn.SiLU,
    "hard_swish": nn.Hardswish,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "softmax": lambda: nn.Softmax(1),
    "maxpool": lambda: nn.MaxPool2d(3, 2, 1),
    "maxpool_functional": lambda: Call(lambda x: nn.functional.max_pool2d(x, 3, 2, 1)),
    "avgpool": lambda: nn.AvgPool2d(2, 2),
    "avgpool_functional": lambda: Call(lambda x: nn.functional.avg_pool2d(x, 2, 2)),
    "adaptive_avgpool": lambda: nn.AdaptiveAvgPool2d(3),
    "global_avgpool": lambda: nn.AdaptiveAvgPool2d(1),
    "global_functional": lambda: Call(lambda x: nn.functional.adaptive_avg_pool2d(x, 1)),
    "global_mean": lambda: Call(lambda x: x.mean((2, 3))),
    "nearest": lambda: nn.Upsample(scale_factor=2),
    "bilinear": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
    "bilinear_functional": lambda: Call(lambda x: nn.functional.interpolate(x, scale_factor=2, mode="bilinear")),
    "add": lambda: Call(lambda x: x + x),
    "add_function": lambda: Call(lambda x: torch.add(x, x)),
    "mul": lambda: Call(lambda x: x * x),
    "mul_function": lambda: Call(lambda x: torch.mul(x, x)),
    "concat": lambda: Call(lambda x: torch.cat([x, x], 1)),
    "matmul": lambda: Call(lambda x: torch.matmul(x, x)),
    "attention": lambda: Call(lambda x: nn.functional.scaled_dot_product_attention(x, x, x)),
    "local_response_norm": lambda: nn.LocalResponseNorm(5),
    "lppool": lambda: nn.LPPool2d(2, 2, 2),
}


class Whole(nn.Module):
    """A network of one layer: tools treat the outermost module in their own way."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer
        self.anchor = nn.Parameter(torch.zeros(0))  # calflops takes the device from the first parameter

    def forward(self, x: Any) -> Any:
        return self.layer(x)


def main(name: str) -> None:
    """Print a line for each layer, in the columns of ``tests/figures/convention_layers.csv``."""
    distribution, count, _ = TOOLS[name]
    printed = sys.stdout
    write = csv.writer(printed, lineterminator="\n").writerow
    for layer, build in LAYERS.items():
        sys.stdout = sys.stderr
        try:
            total, params = count(Whole(build()).eval(), torch.rand(2, 8, 6, 6))
        except Exception as error:
            print(f"{name} {layer}: {type(error).__name__}: {error}", file=sys.stderr)
            continue
        finally:
            sys.stdout = printed
        batch = 1 if distribution == "ptflops" and name != "ptflops-aten" else 2
        write((name, version(distribution), layer, batch, total, "" if params is None else params))


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    main(sys.argv[1])
