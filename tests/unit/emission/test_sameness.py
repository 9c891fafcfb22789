"""When two graphs are the same network."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from convcost.emission.sameness import difference
from convcost.graph import Graph, Node
from convcost.ops import Add, Input, Relu, Sigmoid, Tanh

sys.path.append(str(Path(__file__).parent))

from graphs import anything


def shuffled(graph: Graph, seed: int) -> Graph:
    """Return the same network with other names, its nodes in another order that is possible, too."""
    chance = random.Random(seed)
    place: dict[int, int] = {}
    nodes: list[Node] = []
    left = list(range(len(graph.nodes)))
    while left:
        ready = [i for i in left if all(tensor in place for tensor in graph.nodes[i].inputs)]
        chosen = chance.choice(ready)
        left.remove(chosen)
        node = graph.nodes[chosen]
        name = node.name if isinstance(node.op, Input) else f"other{chosen}"
        place[chosen] = len(nodes)
        nodes.append(Node(name, node.op, tuple(place[i] for i in node.inputs), name))  # nothing is shared here
    return Graph("other", tuple(nodes), place[graph.output])


@pytest.mark.parametrize("seed", range(20))
def test_names_and_order_make_no_difference(seed: int) -> None:
    graph = anything(seed, 30)
    assert difference(graph, shuffled(graph, seed)) == ""


@pytest.mark.parametrize("seed", range(20))
def test_another_op_or_wire_does(seed: int) -> None:
    graph = shuffled(anything(seed, 30), seed)
    chance = random.Random(seed)
    at = chance.choice([i for i, node in enumerate(graph.nodes) if node.inputs])
    node = graph.nodes[at]
    changed = [*graph.nodes]
    changed[at] = node.replaced(op=Tanh(), inputs=node.inputs[:1])
    assert difference(graph, graph.replaced(nodes=tuple(changed))) != ""


def chain(*ops: Relu | Tanh | Sigmoid | Add, wires: tuple[tuple[int, ...], ...] = (), output: int = -1) -> Graph:
    nodes = [Node("input", Input((3, 8, 8)), (), "input")]
    for number, op in enumerate(ops):
        nodes.append(Node(f"n{number + 1}", op, wires[number] if wires else (number,)))
    return Graph("g", tuple(nodes), output % len(nodes))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (chain(Relu()), chain(Relu(), Relu()), "2 and 3 nodes"),
        (chain(Relu(), Tanh()), chain(Relu(), Sigmoid()), "n2: tanh and sigmoid"),
        (chain(Relu(), Tanh()), chain(Relu(), Tanh(), output=1), "n2: tanh and relu"),
        (  # the same sums, of one tensor twice or of two that are alike
            chain(Relu(), Relu(), Add(), wires=((0,), (0,), (1, 2))),
            chain(Relu(), Relu(), Add(), wires=((0,), (0,), (1, 1))),
            "n1: used elsewhere",
        ),
        (  # a dead end from another place
            chain(Relu(), Tanh(), Tanh(), wires=((0,), (1,), (0,)), output=1),
            chain(Relu(), Tanh(), Tanh(), wires=((0,), (1,), (1,)), output=1),
            "input: input and relu",
        ),
    ],
)  # fmt: skip
def test_what_is_said(one: Graph, other: Graph, expected: str) -> None:
    assert difference(one, other) == expected


def test_inputs_have_their_names() -> None:
    def graph(name: str) -> Graph:
        return Graph("g", (Node(name, Input((3, 8, 8))), Node("n", Relu(), (0,))), 1)

    assert difference(graph("left"), graph("right")) == "the inputs"
