"""What conventions say that tools count against what the installed tools did count.

``convention_table.csv`` and ``convention_toys.csv`` have networks and single layers that were measured before there were
conventions here. ``convention_layers.csv`` and ``conventions.csv`` are written by ``tests/peers/toys.py`` and
``tests/peers/collect.py``, by hand, with the tools installed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import convcost
from convcost import Analysis, Convention, Model, load, loads
from convcost.conventions import convention
from convcost.shipped import file_of

HERE = Path(__file__).parent

LAYERS = {
    "conv": "conv: {kernel: 3, out: 12, padding: 1, bias: true}",
    "depthwise": "depthwise: {kernel: 3, padding: 1}",
    "transposed": "transposed_conv: {kernel: 2, out: 12, stride: 2, bias: true}",
    "transposed_grouped": "transposed_conv: {kernel: 3, out: 12, stride: 2, groups: 4}",
    "transposed_depthwise": "transposed_conv: {kernel: 2, out: 8, stride: 2, groups: 8}",
    "linear": "linear: {out: 5, axis: -1}",
    "batch_norm": "batch_norm",
    "batch_norm_plain": "batch_norm: {scale: false, shift: false}",
    "layer_norm": "layer_norm: {axes: [-1]}",
    "group_norm": "group_norm: {groups: 2}",
    "instance_norm": "instance_norm: {affine: true}",
    "maxpool": "maxpool: {kernel: 3, stride: 2, padding: 1}",
    "avgpool": "avgpool: {kernel: 2, stride: 2}",
    "adaptive_avgpool": "adaptive_avgpool: {output: 3}",
    "nearest": "upsample: {factor: 2}",
    "bilinear": "upsample: {factor: 2, mode: linear}",
    "add": "add: [[], []]",
    "mul": "mul: [[], []]",
    "concat": "concat: [[], []]",
    "matmul": "matmul: [[], []]",
    "attention": "attention: {heads: 8, paths: [[], [], []]}",
    "lppool": "lppool: {kernel: 2, stride: 2}",
}
"""The layers that more is to be said of than their name; the others are ops without arguments."""

WRITTEN = {
    "relu_functional": ("relu", "activations=functional"),
    "maxpool_functional": ("maxpool", "pools=functional"),
    "avgpool_functional": ("avgpool", "pools=functional"),
    "global_functional": ("global_avgpool", "global_pool=functional"),
    "global_mean": ("global_avgpool", "global_pool=mean"),
    "bilinear_functional": ("bilinear", "resizing=functional"),
    "add_function": ("add", "sums=function"),
    "mul_function": ("mul", "products=function"),
}
"""Layers that are written in another way than the usual one."""

NOT_SAID = {
    ("onnx-tool", "attention"): "exported as products, a softmax and scalings that depend on the exporter",
    ("onnx-tool", "lppool"): "LpPool is not among what the convention speaks of",
}
"""What was measured and no convention says."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a file of this directory without its comments."""
    lines = (HERE / name).read_text("utf-8").splitlines()
    yield from csv.DictReader(line for line in lines if not line.startswith("#"))


@cache
def way(name: str, written: str = "") -> Convention:
    """Return a convention for networks written in a way, as far as it tells that apart."""
    return convention(name, written=dict(each.split("=") for each in written.split(",") if each))


@cache
def derived(spec: str, resolution: str = "") -> Analysis:
    """Return the analysis of a network, whose layers are derived once for all conventions."""
    at = {"resolution": resolution} if resolution else {}
    return model(spec).with_values(**at).analyze()


def under(analysis: Analysis, how: Convention) -> Analysis:
    return analysis.replaced(convention=how, _memo={})


@cache
def model(spec: str) -> Model:
    if spec == "mobilenet_v1 with relu6":
        return loads(file_of("mobilenet_v1").read_text("utf-8").replace("activation: relu}", "activation: relu6}"))
    return load(spec)


@cache
def layer(name: str) -> Model:
    shape = "[48, 6]" if name == "attention" else "[8, 6, 6]"
    item = LAYERS.get(name, name)
    text = item if ":" not in item else f"{{{item}}}"
    return loads(f"{{convcost: 1, name: {name}, input: {shape}, layers: [{text}]}}")


TABLE = list(rows("convention_table.csv"))
TOOLS = tuple(TABLE[0])[6:]


@pytest.mark.parametrize("row", TABLE, ids=[row["model"] for row in TABLE])
def test_networks_that_were_measured_before(row: dict[str, str]) -> None:
    analysis = derived(row["spec"])
    assert (analysis.total(), analysis.total("params")) == (int(row["paper"]), int(row["params"]))
    assert analysis.total("running") == int(row["running"])
    found = {name: under(analysis, way(name, row["written"])).total() for name in TOOLS}
    assert found == {name: int(row[name]) for name in TOOLS}


TOYS = list(rows("convention_toys.csv"))


@pytest.mark.parametrize("row", TOYS, ids=[row["layer"] for row in TOYS])
def test_layers_that_were_measured_before(row: dict[str, str]) -> None:
    name, written = WRITTEN.get(row["layer"], (row["layer"], ""))
    measured = {tool: int(count) for tool, count in row.items() if tool != "layer" and count}
    found = {tool: layer(name).analyze(way(tool, written), 2).total() for tool in measured}
    assert found == measured


def test_gemm_of_onnx_tool() -> None:
    gemm = loads("{convcost: 1, name: gemm, input: [8], layers: [{linear: {out: 5}}]}")
    assert gemm.analyze(convention("onnx-tool"), 2).total() == 90


MEASURED = list(rows("convention_layers.csv"))


@pytest.mark.parametrize("tool", dict.fromkeys(row["convention"] for row in MEASURED))
def test_layers_of_installed_tools(tool: str) -> None:
    found, measured = {}, {}
    for row in MEASURED:
        if row["convention"] == tool and (tool, row["layer"]) not in NOT_SAID:
            name, written = WRITTEN.get(row["layer"], (row["layer"], ""))
            if (tool, name) == ("torch", "attention"):
                written = "device=cpu"  # where it was measured
            analysis = layer(name).analyze(way(tool, written), int(row["batch"]))
            params = analysis.total("params") if row["params"] else ""
            found[row["layer"]] = (analysis.total(), str(params))
            measured[row["layer"]] = (int(row["counted"]), row["params"])
    assert found == measured
    assert len(found) >= 39


NETWORKS = list(rows("conventions.csv"))

WRITTEN_AS = {
    "mobilenet_v2": "global_pool=functional",
    "densenet": "global_pool=functional",
    "mnasnet": "global_pool=mean",
    "shufflenet_v2": "global_pool=mean",
    "googlenet": "activations=functional",
    "inception_v3": "activations=functional,pools=functional",
}
"""How torchvision writes the families: what it calls as a function, or where it takes a mean, instead of a module."""

MIXED = {
    "densenet": "its last relu is a function, the others are modules",
    "inception_v3": "the max pools of its stem are modules, those of its branches functions",
    "convnext": "its blocks have linear layers in the place of pointwise convolutions, and layer norms of images are functions",
    "shufflenet_v2": "the exporter writes the extents of a channel shuffle as operations on numbers, 91 in all",
}
"""Families that are written in several ways at once, or as other layers than those of the spec: why a tool differs."""

DIFFERS = {
    "ptflops": {"densenet", "inception_v3", "convnext"},
    "ptflops-legacy": {"densenet", "inception_v3", "convnext"},
    "thop": {"convnext"},
    "torchinfo": {"convnext"},
    "calflops": {"convnext"},
    "deepspeed": {"convnext"},
    "onnx-tool": {"convnext", "shufflenet_v2"},
}
"""The tools whose figure depends on that."""


def family(row: dict[str, str]) -> str:
    return row["spec"].partition("@")[0].partition(":")[0]


def measured(row: dict[str, str]) -> tuple[int, int]:
    """Return what the convention says of a network at the resolution it was measured at, and its parameters."""
    how = way(row["convention"], WRITTEN_AS.get(family(row), ""))
    analysis = under(derived(row["spec"], row["resolution"]), how)
    return analysis.total(), analysis.total("params")


@pytest.mark.parametrize("tool", dict.fromkeys(row["convention"] for row in NETWORKS))
def test_networks_of_torchvision(tool: str) -> None:
    asked = [row for row in NETWORKS if row["convention"] == tool]
    wanted = [row for row in asked if family(row) not in DIFFERS.get(tool, ())]
    found = {row["spec"]: measured(row) for row in wanted}
    params = {row["spec"]: int(row["params"]) if row["params"] else found[row["spec"]][1] for row in wanted}
    assert found == {row["spec"]: (int(row["counted"]), params[row["spec"]]) for row in wanted}
    assert len(found) >= 30


def test_what_differs_does_differ_and_is_explained() -> None:
    for row in NETWORKS:
        if family(row) in DIFFERS.get(row["convention"], ()):
            assert family(row) in MIXED
            assert measured(row)[0] != int(row["counted"])


def test_parameters_of_keras() -> None:
    assert model("mobilenet_v1").analyze(convention("keras")).total("params") == 4_231_976 + 21_888


def test_mobilenet_of_keras_in_the_profiler_of_tensorflow() -> None:
    """Keras 3.15.1, TensorFlow 2.21.0: MobileNet and MobileNetV2 end in a softmax, which the specs do not have."""
    for spec, counted, params in (("mobilenet_v1", 1_147_687_920, 4_253_864), ("mobilenet_v2", 615_292_208, 3_538_984)):
        analysis = model(spec).analyze(convention("tf-profiler"))
        assert analysis.total() + 5 * 1000 == counted
        assert analysis.total("params") == params


XLA = {
    "conv": 99_168,
    "depthwise": 8192,
    "transposed": 55_296 + 2 * 12 * 12 * 12,
    "linear": 6240,
    "batch_norm": 1744,
    "relu": 576,
    "sigmoid": 1728,
    "tanh": 0,
    "silu": 2304,
    "hard_sigmoid": 2304,
    "hard_swish": 2880,
    "leaky_relu": 1728,
    "softmax": 2232,
    "maxpool": 1152,
    "avgpool": 576,
    "global_avgpool": 576,
    "add": 576,
    "mul": 576,
    "concat": 0,
}
"""``jax.jit(f).lower(...).cost_analysis()`` of jax 0.10.2, the bias of the transposed convolution added by hand."""


@pytest.mark.parametrize("name", XLA)
def test_layers_of_xla(name: str) -> None:
    assert layer(name).analyze(convention("xla"), 2).total() == XLA[name]


TENSORFLOW = {
    "conv": 125_280,
    "depthwise": 10_368,
    "transposed": 55_296 + 2 * 12 * 12 * 12,
    "linear": 5760 + 480,
    "batch_norm": 1200,
    "relu": 0,
    "relu6": 0,
    "sigmoid": 0,
    "silu": 1152,
    "softmax": 2880,
    "maxpool": 1296,
    "avgpool": 576,
    "global_avgpool": 576,
    "add": 576,
    "mul": 576,
    "concat": 0,
    "local_response_norm": 0,
    "bilinear": 0,
}
"""``tf.compat.v1.profiler`` of TensorFlow 2.21.0 on graphs of single operations, biases by ``bias_add``."""


@pytest.mark.parametrize("name", TENSORFLOW)
def test_layers_of_the_profiler_of_tensorflow(name: str) -> None:
    assert layer(name).analyze(convention("tf-profiler"), 2).total() == TENSORFLOW[name]


def test_the_paper_and_thop_on_resnet() -> None:
    thop = convcost.conventions_of("resnet:50", ["thop"]).readings[0]
    assert thop.figure == 4_133_742_592 == 4_089_184_256 + 4 * 11_113_984 + 100_352 + 2048
