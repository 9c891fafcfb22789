"""A whole network: every layer is run in NumPy on a real input and held against what is derived."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from convcost.cost import Derived, infer, propagate
from convcost.errors import UnsupportedError
from convcost.execute import EXECUTORS, Executed, execute_op, ones_probe, run
from convcost.graph import Graph, Node
from convcost.ops import Conv, Input, Linear, MatMul, Op, Shape, TransposedConv
from convcost.symbols import product
from convcost.verify.check import LayerVerdict, Verdict, check

PROBED: tuple[type[Op], ...] = (Conv, TransposedConv, Linear, MatMul)
"""Ops whose multiplications the ones probe can measure: sums of products of inputs and weights, or of two inputs."""

LARGEST_TENSOR = 2**28
"""Elements of the largest tensor that is run, 1 GiB of float32: beyond it a verdict is UNVERIFIED, not a crash."""


@dataclass(frozen=True)
class Verification:
    """The verdicts on all nodes of a network, inputs apart."""

    name: str
    layers: tuple[LayerVerdict, ...]
    seconds: float = field(compare=False, default=0.0)

    @property
    def verdict(self) -> Verdict:
        """FAIL if anything fails, else UNVERIFIED if anything could not be run, else PASS."""
        verdicts = {layer.verdict for layer in self.layers}
        for verdict in (Verdict.FAIL, Verdict.UNVERIFIED):
            if verdict in verdicts:
                return verdict
        return Verdict.PASS

    def count(self, verdict: Verdict) -> int:
        """Return how many nodes have a verdict."""
        return sum(layer.verdict is verdict for layer in self.layers)

    @property
    def mult_adds(self) -> int:
        """Mult-adds of the convention ``paper`` that were really performed, those on padding included."""
        return sum(layer.mult_adds[0] for layer in self.layers)


def verify(
    graph: Graph,
    *,
    name: str = "",
    seed: int = 0,
    audit: bool = False,
    progress: Callable[[Node], None] | None = None,
) -> Verification:
    """Run every layer of a bound graph and compare shape, parameters and counts, all and valid.

    Parameters
    ----------
    name : str
        What to call it; that of the graph if empty.
    seed : int
        Of the random input and weights.
    audit : bool
        Also count by intercepting every NumPy call, which does not rely on the executor's own counters.
    progress : callable, optional
        Called with each node when it has been run.

    Returns
    -------
    Verification
        A node is UNVERIFIED where it has no executor or a tensor has more than ``LARGEST_TENSOR`` elements; then
        nothing that needs its output can be run either.
    """
    started = time.perf_counter()
    derived = propagate(graph)
    obstacle = _obstacle(graph, derived)
    if obstacle:
        layers = tuple(
            LayerVerdict(node.name, node.layer or node.name, node.op, Verdict.UNVERIFIED, reason=obstacle)
            for node in graph.nodes
            if not isinstance(node.op, Input)
        )
        return Verification(name or graph.name, layers, time.perf_counter() - started)

    def done(node: Node, _: Executed) -> None:
        if progress:
            progress(node)

    executed = run(graph, seed=seed, audit=audit, on_node=done)
    probes: dict[int, tuple[int, int]] = {}  # repeated layers share what is derived, and are probed once
    verdicts = []
    for node, each, evidence in zip(graph.nodes, derived, executed, strict=True):
        if isinstance(each.op, PROBED) and id(each) not in probes:
            # the probe is given the shapes that were run, not those derived
            probes[id(each)] = ones_probe(each.op, *(executed[i].shape for i in node.inputs))
        if not isinstance(each.op, Input):
            verdicts.append(check(node, each, evidence, probes.get(id(each))))
    return Verification(name or graph.name, tuple(verdicts), time.perf_counter() - started)


def _obstacle(graph: Graph, derived: tuple[Derived, ...]) -> str:
    """Return why a graph cannot be run; empty if it can."""
    for node, each in zip(graph.nodes, derived, strict=True):
        if type(node.op) not in EXECUTORS and not isinstance(node.op, Input):
            return f"no executor runs the op '{node.op.name}' ({node.name})"
        largest = max(product(each.output), each.weight_elements)
        if largest > LARGEST_TENSOR:
            return f"{node.name} has a tensor of {largest:,} elements, more than {LARGEST_TENSOR:,}"
    return ""


def verify_op(op: Op, *shapes: Shape, seed: int = 0) -> LayerVerdict:
    """Verify one op on a random input of given shapes, batch first, also by the ones probe where it applies.

    >>> verify_op(Conv((3, 5), out=4, stride=(2, 3), padding=(1, 2, 0, 1)), (2, 3, 11, 17)).verdict
    <Verdict.PASS: 'PASS'>

    Raises
    ------
    UnsupportedError
        E602 for an op without an executor.
    """
    if type(op) not in EXECUTORS:
        raise UnsupportedError("E602", f"no executor runs the op '{op.name}'")
    node = Node(op.name, op, tuple(range(len(shapes))))
    derived = Derived(op, tuple(shapes), infer(op, *shapes))
    random = np.random.default_rng(seed)
    arrays = [random.standard_normal(shape, dtype=np.float32) for shape in shapes]
    _, executed = execute_op(op, *arrays, seed=seed)
    probe = ones_probe(op, *shapes) if isinstance(op, PROBED) else None
    return check(node, derived, executed, probe)
