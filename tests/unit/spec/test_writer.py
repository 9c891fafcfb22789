"""Graphs written as specs: what is read back has the same ops, wiring, names and layers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from convcost.cost import infer
from convcost.errors import UnsupportedError
from convcost.graph import Graph, Guard, Node
from convcost.ops import Add, BatchNorm, Concat, Conv, Input, LeakyRelu, LocalResponseNorm, Relu
from convcost.spec import build, catalog, parse
from convcost.spec.formulas import MAX_TEXT, Formulas
from convcost.spec.writer import to_yaml
from convcost.symbols import Dim, floor_div, maximum, minimum, round_half_even
from convcost.symbols.expr import Environment, Evaluation
from convcost.symbols.expr import parse as parse_expression
from convcost.symbols.floordiv import FloorDiv, MakeDivisible, free_symbol
from convcost.verify.examples import EXAMPLES, Example

A, R, W = (free_symbol(name, integer=whole) for name, whole in (("a", True), ("r", True), ("w", False)))


def again(graph: Graph, values: Mapping[str, Dim] | None = None, shadow: Mapping[Any, Dim] | None = None) -> Graph:
    """Write a graph and build what was written."""
    return build(parse(to_yaml(graph)), values or {}, infer, shadow)


def nodes(graph: Graph) -> list[tuple[object, ...]]:
    return [(node.name, node.op, node.inputs, node.layer) for node in graph.nodes]


@pytest.mark.parametrize("name", catalog.names())
def test_shipped_specs(name: str) -> None:
    graph = build(parse(catalog.path(name).read_bytes(), name), {}, infer)
    read = again(graph)
    assert nodes(read) == nodes(graph)
    assert (read.name, read.output) == (graph.name, graph.output)


@pytest.mark.parametrize("values", [{"alpha": A / 32, "resolution": 32 * R}, {"alpha": W, "resolution": R}])
def test_symbolic_graphs(values: dict[str, Dim]) -> None:
    architecture = parse(catalog.path("mobilenet_v1").read_bytes())
    graph = build(architecture, values, infer)
    read = build(parse(to_yaml(graph, {"alpha": 1, "resolution": 224})), values, infer)
    assert nodes(read) == nodes(graph)


TWO_WAYS = """
convcost: 1
name: two_ways
hyperparameters: {w: {default: 1, integer: false}}
input: [3, 16, 16]
blocks:
  unit:
    args: {out: ~}
    body:
      - add: [{conv: {kernel: 3, padding: 1, out: out}}, {if: cin == out, path: []}]
layers:
  - conv: {kernel: 1, out: "make_divisible(16*w, 8)"}
  - unit: {out: "make_divisible(24*w, 8)"}
  - unit: {out: "max(round(33*w), 8)"}
  - unit: {out: floor(w*w*7/3 + 5)}
"""


def test_guards_are_written_as_requirements() -> None:
    graph = build(parse(TWO_WAYS), {"w": W}, infer, {W: 2})
    read = again(graph, {"w": W}, {W: 2})
    assert nodes(read) == nodes(graph)
    assert len(graph.guards) == len(read.guards) == 3
    assert all(guard.holds for guard in read.guards)
    assert {(g.left, g.right) for g in graph.guards} == {(g.left, g.right) for g in read.guards}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e.op.kind}-{e.op!r}"[:80])
def test_every_op(example: Example) -> None:
    shapes = example.inputs or ((1, 3),)  # a spec has an input, also where an op takes none
    inputs = tuple(Node(f"in{i}", Input(shape[1:]), (), f"in{i}") for i, shape in enumerate(shapes))
    middle = Node("middle", Relu(), (0,), "middle")  # so that the op does not take the last node by chance
    place = tuple(range(len(example.inputs)))
    graph = Graph("one", (*inputs, middle, Node("layer", example.op, place, "layer")), len(inputs) + 1)
    read = again(graph)
    assert nodes(read) == nodes(graph)


def test_layers_are_folded_only_where_nothing_else_looks_inside() -> None:
    conv, norm = Conv((3, 3), out=3, padding=1), BatchNorm(epsilon=Fraction(1, 1000))
    layer = (
        Node("input", Input((3, 8, 8)), (), "input"),
        Node("l/conv", conv, (0,), "l"),
        Node("l/batch_norm", norm, (1,), "l"),
        Node("l/leaky_relu", LeakyRelu(Fraction(1, 10)), (2,), "l"),
    )
    folded = Graph("g", layer, 3)
    assert to_yaml(folded) == (
        "convcost: 1\nname: g\ninput: [3, 8, 8]\nlayers:\n"
        "  - {name: l, conv: {kernel: 3, out: 3, padding: 1, norm: {batch: {epsilon: 1/1000}},"
        " activation: {leaky_relu: {slope: 1/10}}}}\n"
    )
    assert nodes(again(folded)) == nodes(folded)
    peeking = Graph("g", (*layer, Node("sum", Add(), (3, 1), "sum")), 4)
    read = again(peeking)
    assert [(n.op, n.inputs) for n in read.nodes] == [(n.op, n.inputs) for n in peeking.nodes]
    assert [n.name for n in read.nodes[1:]] == ["l/conv", "l/batch_norm", "l/leaky_relu", "sum"]


def test_an_output_that_is_not_the_last_node() -> None:
    graph = Graph(
        "g", (Node("input", Input((3,)), (), "input"), Node("a", Relu(), (0,), "a"), Node("b", Relu(), (1,), "b")), 1
    )
    read = again(graph)
    assert (nodes(read), read.output) == (nodes(graph), 1)


def test_names_that_the_language_does_not_allow() -> None:
    names = ["/features/features.0/Conv", "conv", "7th", "a b", "a?b", "", "relu"]
    chain = [Node(name, Relu(), (i,), name) for i, name in enumerate(names)]
    graph = Graph("strange: name", (Node("image", Input((3,)), (), "image"), *chain), len(chain))
    read = again(graph)
    assert [n.name for n in read.nodes] == [
        "image",
        "features/features.0/Conv",
        "conv",
        "_7th",
        "a_b",
        "a_b_",
        "layer",
        "relu_",
    ]
    assert read.name == "strange: name"


def test_norms_with_long_names() -> None:
    nodes_ = (
        Node("input", Input((3, 8, 8)), (), "input"),
        Node("l/conv", Conv((1, 1), out=3), (0,), "l"),
        Node("l/local_response_norm", LocalResponseNorm(), (1,), "l"),
    )
    assert nodes(again(Graph("g", nodes_, 2))) == nodes(Graph("g", nodes_, 2))


@pytest.mark.parametrize(
    "value",
    [
        3 * W - 2,
        -W,
        W / 3 + R / 7 - Fraction(1, 2),
        (W + 1) * (R - 1) / (W + 2),
        (W + 1) ** 3 / W**2,
        FloorDiv(R + 31, 32),
        FloorDiv(R * W, W + 1),
        5 - 2 * FloorDiv(3 * R, 7),
        MakeDivisible(40 * W, 8) * 6,
        round_half_even(W * 5),
        maximum(W, R, 3),
        minimum(W, 4) + 1,
        floor_div(R, 2) * floor_div(R + 1, 2),
    ],
)
def test_formulas_are_read_back_as_they_were(value: Dim) -> None:
    text = Formulas({"w": W, "r": R}).text(value)
    assert parse_expression(text).value(Environment(Evaluation(), {"w": W, "r": R})) == value


def test_long_formulas_are_written_in_parts() -> None:
    value = sum(FloorDiv(R + i, 101 + 2 * i) * MakeDivisible((i + 1) * W, 8) for i in range(40))
    formulas = Formulas({"v1": W, "r": R})
    text = formulas.text(value)
    run = Evaluation()
    values: dict[str, Any] = {"v1": W, "r": R}
    assert len(formulas.lets) > 10
    for name, body in formulas.lets.items():
        assert len(body) < 3 * MAX_TEXT
        values[name] = parse_expression(body).value(Environment(run, values))
    assert parse_expression(text).value(Environment(run, values)) == value


@pytest.mark.parametrize(
    ("graph", "error"),
    [
        (
            Graph("g", (Node("input", Input((3,)), (), "input"), Node("c", Concat(), (0,), "c")), 1),
            "E613 c: concat of one tensor cannot be written as a spec",
        ),
        (
            Graph("g", (Node("input", Input((W,)), (), "input"),), 0),
            "E613 w is no hyperparameter of the graph, so no spec can be written",
        ),
        (
            Graph("g", (Node("input", Input((3,)), (), "input"),), 0, {"w": W + 1}),
            "E613 w = w + 1 is not a multiple of one symbol, so no spec can be written",
        ),
        (
            Graph(
                "g",
                (Node("input", Input((3,)), (), "input"),),
                0,
                {"w": W},
                (Guard(W ** Fraction(1, 2), ">", 1, True),),
            ),
            "E613 sqrt(w) cannot be written in the language of specs",
        ),
    ],
)
def test_what_cannot_be_written(graph: Graph, error: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        to_yaml(graph)
    assert str(caught.value) == error
