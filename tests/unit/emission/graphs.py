"""Graphs of nothing in particular: any wiring of ops that keep the shape."""

from __future__ import annotations

import random

from convcost.graph import Graph, Node
from convcost.ops import Add, BatchNorm, Concat, Conv, Input, Mul, Op, Relu

CHANNELS = 8


class Builder:
    """Adds nodes one after the other."""

    def __init__(self) -> None:
        self.nodes = [Node("input", Input((CHANNELS, 16, 16)), (), "input")]

    def add(self, op: Op, *inputs: int, shares: int | None = None) -> int:
        name = f"n{len(self.nodes)}"
        self.nodes.append(Node(name, op, inputs, name, shares=shares))
        return len(self.nodes) - 1

    def graph(self, output: int) -> Graph:
        return Graph("any", tuple(self.nodes), output)


def anything(seed: int, size: int, sharing: float = 0) -> Graph:
    """Return a graph in which every op takes some of the nodes just before it; most have dead ends.

    ``sharing`` is how often a convolution has the stored values of one before it.
    """
    chance = random.Random(seed)
    builder = Builder()
    ops = (
        (3, Conv((3, 3), out=CHANNELS, padding=1)),
        (1, Conv((1, 1), out=CHANNELS)),
        (1, Conv((3, 3), out=CHANNELS, padding=1, groups=CHANNELS, depthwise=True)),
        (1, BatchNorm()),
        (2, Relu()),
        (2, Add()),
        (1, Mul()),
    )
    weights = [weight for weight, _ in ops]
    while len(builder.nodes) < size:
        op = chance.choices([op for _, op in ops], weights)[0]
        number = {Add: 2, Mul: 3}.get(type(op), 1)
        latest = range(max(0, len(builder.nodes) - 6), len(builder.nodes))
        same = [i for i, node in enumerate(builder.nodes) if node.op == op and node.shares is None]
        shares = chance.choice(same) if same and isinstance(op, Conv) and chance.random() < sharing else None
        builder.add(op, *(chance.choice(latest) for _ in range(number)), shares=shares)
    return builder.graph(chance.choice(range(size // 2, size)))


def residual(blocks: int, seed: int = 0) -> Graph:
    """Return a chain of residual blocks whose kernels are drawn."""
    chance = random.Random(seed)
    builder, last = Builder(), 0
    for _ in range(blocks):
        kernel = chance.choice((1, 3, 5, 7))
        body = builder.add(Conv((kernel, kernel), out=CHANNELS, padding=kernel // 2), last)
        body = builder.add(Relu(), builder.add(BatchNorm(), body))
        body = builder.add(BatchNorm(), builder.add(Conv((3, 3), out=CHANNELS, padding=1), body))
        last = builder.add(Relu(), builder.add(Add(), body, last))
    return builder.graph(last)


def forked() -> Graph:
    """Return a graph with a tensor that two merges take, and a dead end."""
    builder = Builder()
    one = builder.add(Relu(), 0)
    two = builder.add(Conv((3, 3), out=CHANNELS, padding=1), one)
    three = builder.add(Concat(), one, two)
    builder.add(Concat(), two, three)
    return builder.graph(three)
