"""Graphs as specs that a person could have written: the same network, in few lines."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from convcost import load, loads
from convcost.cost import infer
from convcost.emission import write as written
from convcost.emission.sameness import difference
from convcost.errors import UnsupportedError
from convcost.graph import Graph, Node
from convcost.ops import Add, BatchNorm, Conv, Input, MaxPool, Relu
from convcost.spec import build, catalog, parse
from convcost.symbols import Dim
from convcost.symbols.floordiv import free_symbol
from convcost.verify.examples import EXAMPLES, Example

sys.path.append(str(Path(__file__).parent))

from graphs import CHANNELS, Builder, anything, forked, residual

write = sys.modules["convcost.emission.write"]

SAID_OTHERWISE = {"faster_rcnn_inception_v2", "inception_v2", "ssd300_inception_v2"}
"""Specs that import their blocks, so that they are shorter than any text without a library."""

RAGGED = {"nasnet_a": 4}
"""Networks whose cells refer to each other: as many times the lines that a person needed."""


def lines(name: str) -> int:
    return len(catalog.path(name).read_text("utf-8").splitlines())


@pytest.mark.parametrize("name", catalog.names())
def test_shipped_specs_are_written_as_the_same_network(name: str) -> None:
    graph = load(name).graph
    text = written(graph)
    assert difference(graph, loads(text).graph) == ""
    assert text == styled(graph, write.STYLES[0])  # nothing had to be written more plainly
    most = 3 if name in SAID_OTHERWISE else RAGGED.get(name, 1.5)
    assert text.count("\n") <= most * lines(name)


def styled(graph: Graph, style: Any, **values: Any) -> str:
    writer = write.Writer(graph, values)
    writer.formulas = write.Functions(graph)
    return str(write._written(graph, style, writer))


@pytest.mark.parametrize(
    "name",
    [
        "resnet:18", "resnet:152_v1", "vgg:11_bn", "densenet:161", "efficientnet:b7", "mobilenet_v3:small",
        "regnet_y:32gf", "shufflenet_v2:x2_0", "efficientnet_v2:l", "mixnet:l", "repvgg:b3",
    ],
)  # fmt: skip
def test_presets(name: str) -> None:
    if name.partition(":")[2] not in load(name.partition(":")[0]).architecture.presets:
        pytest.fail(f"{name} is no preset")
    graph = load(name).graph
    text = styled(graph, write.STYLES[0])
    assert write.changed(graph, text) == ""


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.op.kind}-{e.op!r}"[:80])
def test_every_op(example: Example) -> None:
    shapes = example.inputs or ((1, 3),)  # a spec has an input, also where an op takes none
    inputs = tuple(Node(f"in{i}", Input(shape[1:]), (), f"in{i}") for i, shape in enumerate(shapes))
    middle = Node("middle", Relu(), (0,), "middle")  # a dead end, so that the op does not take the last node by chance
    layer = Node("layer", example.op, tuple(range(len(example.inputs))), "layer")
    graph = Graph("one", (*inputs, middle, layer), len(inputs) + 1)
    for style in write.STYLES:
        assert write.changed(graph, styled(graph, style)) == ""


@pytest.mark.parametrize("seed", range(80))
def test_any_wiring_in_every_style(seed: int) -> None:
    graph = anything(seed, 3 + seed % 58)
    for style in write.STYLES:
        assert write.changed(graph, styled(graph, style)) == ""


@pytest.mark.parametrize("seed", range(30))
def test_layers_that_share_stored_values(seed: int) -> None:
    graph = anything(seed, 4 + seed, sharing=0.5)
    for style in write.STYLES:
        assert write.changed(graph, styled(graph, style)) == ""


def test_what_two_merges_take_has_a_name() -> None:
    text = written(forked())
    assert difference(forked(), loads(text).graph) == ""
    assert text == (
        "convcost: 1\nname: any\ninput: [8, 16, 16]\nlayers:\n"
        "  - {name: n1, relu: {}}\n"
        "  - {name: n2, conv: {kernel: 3, padding: half, out: 8}}\n"
        "  - {name: n3, concat: [n1, []]}\n"
        "  - concat: [n2, []]\n"
        "  - {from: n3, path: []}\n"
    )


@pytest.mark.parametrize("blocks", [150, pytest.param(1500, marks=pytest.mark.slow)])
def test_large_graphs(blocks: int) -> None:
    graph = residual(blocks, seed=3)
    text = written(graph)
    assert difference(graph, loads(text).graph) == ""
    assert text.count("\n") < blocks


MOBILENET_V2 = """\
convcost: 1
name: mobilenet_v2
title: "MobileNet v2"
source: "a file"
input: [3, 224, 224]
defaults: {padding: same, norm: batch, activation: relu6}
blocks:
  inverted_residual:
    args: {expand: 6, stride: 1, out: ~}
    body:
      - add:
          - - {pointwise: {out: expand*cin}, if: expand > 1}
            - depthwise: {kernel: 3, stride: stride}
            - pointwise: {out: out, activation: none}
          - {if: stride == 1 and cin == out, path: []}
layers:
  - conv: {kernel: 3, stride: 2, out: 32}
  - inverted_residual: {expand: 1, out: 16}
  - {inverted_residual: {out: 24}, repeat: 2, first: {stride: 2}}
  - {inverted_residual: {out: 32}, repeat: 3, first: {stride: 2}}
  - {inverted_residual: {out: 64}, repeat: 4, first: {stride: 2}}
  - {inverted_residual: {out: 96}, repeat: 3}
  - {inverted_residual: {out: 160}, repeat: 3, first: {stride: 2}}
  - inverted_residual: {out: 320}
  - pointwise: {out: 1280}
  - global_avgpool
  - dropout: {rate: 1/5}
  - linear: {out: 1000}
"""


def test_a_text_in_full() -> None:
    assert written(load("mobilenet_v2").graph, title="MobileNet v2", source="a file") == MOBILENET_V2


VGG = """\
layers:
  - table:
      columns: [out, n]
      rows:
        - [64, 2]
        - [128, 2]
        - [256, 3]
        - [512, 3]
        - [512, 3]
      each:
        - {conv: {kernel: 3, out: out}, repeat: n}
        - maxpool: {kernel: 2, stride: 2, padding: valid}
"""


def test_rows_of_a_table() -> None:
    assert VGG in written(load("vgg").graph)


def test_names_that_tell_something_stay() -> None:
    def named(*scopes: str) -> str:
        nodes = [Node("input", Input((3, 8, 8)), (), "input")]
        for number, scope in enumerate(scopes):
            nodes.append(Node(scope, Conv((3, 3), out=4 + number, padding=1), (number,), scope))
        return written(Graph("named", tuple(nodes), len(scopes)))

    text = named("stem", "features/0", "conv7", "head", "head_")
    assert [line for line in text.splitlines() if "name:" in line] == [
        "name: named",
        "  - {name: stem, conv: {kernel: 3, out: 4}}",
        "  - {name: head, conv: {kernel: 3, out: 7}}",
        "  - {name: head_, conv: {kernel: 3, out: 8}}",
    ]


A, R = free_symbol("a", integer=True), free_symbol("r", integer=True)
W = free_symbol("alpha", integer=False)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("mobilenet_v1", {"alpha": A / 32, "resolution": 32 * R}),
        ("mobilenet_v1", {"alpha": W}),
        ("mobilenet_v2", {"alpha": W, "resolution": R}),
        ("efficientnet", {"alpha": W}),
        ("ghostnet", {"alpha": W}),
    ],
)
def test_symbolic_graphs(name: str, values: Mapping[str, Dim]) -> None:
    architecture = parse(catalog.path(name).read_bytes(), name)
    graph = build(architecture, values, infer)
    text = written(graph, defaults={"alpha": 1, "resolution": 224}, choices={"alpha": (1, Fraction(1, 2))})
    again = build(parse(text), values, infer)
    assert difference(graph, again) == ""
    assert text.count("\n") < 1.5 * lines(name)
    assert "choices: [1, 1/2]" in text


def test_roundings_that_recur_are_functions() -> None:
    graph = build(parse(catalog.path("mobilenet_v1").read_bytes()), {"alpha": W}, infer)
    text = written(graph)
    assert "let:\n  w(c): floor(alpha*c)\n" in text
    assert "  - conv: {kernel: 3, stride: 2, out: w(32)}\n" in text


def test_a_text_that_would_be_another_network_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = load("resnet:18").graph
    right = write._written
    rich = write.STYLES[0]
    monkeypatch.setattr(
        write,
        "_written",
        lambda g, style, w: (
            right(g, style, w).replace("stride: 2", "stride: 3", 1) if style == rich else right(g, style, w)
        ),
    )
    assert "stride: 3" not in written(graph)
    monkeypatch.setattr(write, "STYLES", (rich,))
    flat = written(graph)
    assert flat.count("\n") > 40
    assert difference(graph, loads(flat).graph) == ""


def test_what_cannot_be_said() -> None:
    nodes = (Node("input", Input((3, 8, 8)), (), "input"), Node("sum", Add(), (0,), "sum"))
    with pytest.raises(UnsupportedError) as caught:
        written(Graph("g", nodes, 1))
    assert str(caught.value) == "E613 sum: add of one tensor cannot be written as a spec"


CHAINS = """\
convcost: 1
name: any
input: [8, 16, 16]
defaults: {padding: half}
blocks:
  unit:
    body:
      - relu
      - conv: {kernel: 3, out: 8}
      - maxpool: {kernel: 3}
layers:
  - batch_norm
  - {name: n5, add: [unit, [], input]}
  - batch_norm
  - {name: n10, add: [unit, [], n5]}
  - batch_norm
  - {name: n15, add: [unit, [], n10]}
  - batch_norm
  - add: [unit, [], n15]
"""


def test_chains_that_recur_in_places_apart_are_blocks() -> None:
    builder, last = Builder(), 0
    for _ in range(4):
        norm = builder.add(BatchNorm(), last)
        conv = builder.add(Conv((3, 3), out=CHANNELS, padding=1), builder.add(Relu(), norm))
        last = builder.add(Add(), builder.add(MaxPool((3, 3), padding=1), conv), norm, last)
    text = written(builder.graph(last))
    assert text == CHAINS
    assert difference(builder.graph(last), loads(text).graph) == ""
