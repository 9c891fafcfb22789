"""Whether two graphs are the same network: the same ops in the same wiring, whatever their layers are called."""

from __future__ import annotations

from convcost.graph import Graph
from convcost.ops import Input, Op


def difference(one: Graph, other: Graph) -> str:
    """Return where two graphs differ, in the names of the first; empty where they are equal up to names and order.

    Inputs have to agree in names, shapes and order. Nodes that the output does not depend on are compared, too.

    >>> from convcost.graph import Node
    >>> from convcost.ops import Relu, Tanh
    >>> def chain(op, name):
    ...     return Graph("tiny", (Node("input", Input((3, 8, 8))), Node(name, op, (0,))), 1)
    >>> difference(chain(Relu(), "a"), chain(Relu(), "b")), difference(chain(Relu(), "a"), chain(Tanh(), "a"))
    ('', 'a: relu and tanh')
    """
    if [(n.name, n.op) for n in one.inputs] != [(n.name, n.op) for n in other.inputs]:
        return "the inputs"
    if len(one.nodes) != len(other.nodes):
        return f"{len(one.nodes)} and {len(other.nodes)} nodes"
    numbers: dict[object, int] = {}
    places = (_places(one, numbers), _places(other, numbers))
    pairs = [(one.output, other.output), *zip(_ends(one, places[0]), _ends(other, places[1]), strict=False)]
    there: dict[int, int] = {}
    back: dict[int, int] = {}
    while pairs:
        left, right = pairs.pop()
        if left in there or right in back:
            if there.get(left) != right or back.get(right) != left:
                return f"{one.nodes[left].name}: used elsewhere"
            continue
        there[left], back[right] = right, left
        mine, theirs = one.nodes[left], other.nodes[right]
        if mine.op != theirs.op or len(mine.inputs) != len(theirs.inputs):
            return f"{mine.name}: {_apart(mine.op, theirs.op)}"
        if isinstance(mine.op, Input) and mine.name != theirs.name:
            return f"{mine.name}: {theirs.name} in its place"
        pairs += zip(mine.inputs, theirs.inputs, strict=True)
    for index, node in enumerate(one.nodes):
        shares = None if node.shares is None else there.get(node.shares)
        if index in there and other.nodes[there[index]].shares != shares:
            return f"{node.name}: other stored values"
    missing = [node.name for index, node in enumerate(one.nodes) if index not in there]
    return f"{missing[0]}: not found" if missing else ""


def _apart(one: Op, other: Op) -> str:
    """Return in what two ops differ."""
    if type(one) is not type(other):
        return f"{one.kind} and {other.kind}"
    pairs = ((name, getattr(one, name), getattr(other, name)) for name in one.arguments())
    apart = [f"{name} is {left} and {right}" for name, left, right in pairs if left != right]
    return ", ".join(apart) or f"{one.kind} of other inputs"


def _places(graph: Graph, numbers: dict[object, int]) -> list[int]:
    """Return a number for each node that is the same for nodes that compute the same, in every graph.

    ``numbers`` are those of ops, so that the result does not change from run to run as hashes of texts do.
    """
    result: list[int] = []
    for node in graph.nodes:
        own = numbers.setdefault((node.op, node.name if isinstance(node.op, Input) else ""), len(numbers))
        result.append(hash((own, *(result[i] for i in node.inputs))))
    return result


def _ends(graph: Graph, places: list[int]) -> list[int]:
    """Return the nodes that nothing uses, apart from the output, in an order that does not rest on theirs."""
    used = {tensor for node in graph.nodes for tensor in node.inputs}
    ends = [index for index in range(len(graph.nodes)) if index not in used and index != graph.output]
    return sorted(ends, key=lambda index: places[index])
