"""A whole network: every layer is run in NumPy on a real input and held against what is derived."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from convcost.cost import Derived, infer, propagate
from convcost.errors import UnsupportedError
from convcost.execute import EXECUTORS, Executed, WitnessError, execute_op, ones_probe, run
from convcost.execute.algorithms import algorithm_named
from convcost.execute.arithmetic import Array
from convcost.graph import Graph, Node
from convcost.ops import Conv, Input, Linear, MatMul, Op, Shape, TransposedConv
from convcost.rules.winograd import WINOGRAD, Winograd
from convcost.shown import Shown
from convcost.symbols import product
from convcost.units import memory
from convcost.verify.check import LayerVerdict, Verdict, check
from convcost.verify.memory import available, forget_peak, needed, peak

PROBED: tuple[type[Op], ...] = (Conv, TransposedConv, Linear, MatMul)
"""Ops whose multiplications the ones probe can measure: sums of products of inputs and weights, or of two inputs."""

LARGEST_TENSOR = 2**28
"""Elements of the largest tensor that is run, 1 GiB of float32: beyond it a verdict is UNVERIFIED, not a crash."""

Probes: TypeAlias = dict[tuple[Op, tuple[tuple[int, ...], ...]], tuple[int, int]]
"""What the ones probe found of ops on inputs of given shapes; each is probed once."""

LARGE = 2 << 30
"""Bytes from which on a network says how much memory it needs before it starts."""


@dataclass(frozen=True, repr=False)
class Verification(Shown):
    """The verdicts on all nodes of a network, inputs apart.

    Attributes
    ----------
    seconds : float
        How long it took.
    peak : int, optional
        Bytes of memory that the process held at most meanwhile; None where the system does not tell.
    algorithm : str
        By which convolutions were performed.
    """

    name: str
    layers: tuple[LayerVerdict, ...]
    seconds: float = field(compare=False, default=0.0)
    peak: int | None = field(compare=False, default=None)
    algorithm: str = "direct"

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

    @property
    def directly(self) -> int:
        """Mult-adds that performing all layers directly takes."""
        return sum(layer.directly for layer in self.layers)

    @property
    def title(self) -> str:
        """What the algorithm is called in a report; empty for direct convolution."""
        return WINOGRAD[self.algorithm].title if self.algorithm in WINOGRAD else ""


def verify(
    graph: Graph,
    *,
    name: str = "",
    seed: int = 0,
    batch: int = 1,
    audit: bool = False,
    threads: int = 1,
    algorithm: str = "direct",
    progress: Callable[[Node], None] | None = None,
    large: Callable[[int], None] | None = None,
    weights: Mapping[int, Sequence[Callable[[], Array]]] | None = None,
    probes: Probes | None = None,
) -> Verification:
    """Run every layer of a bound graph and compare shape, parameters and counts, all and valid.

    Parameters
    ----------
    name : str
        What to call it; that of the graph if empty.
    seed : int
        Of the random input and weights.
    batch : int
        Samples at once.
    audit : bool
        Also count by intercepting every NumPy call, which does not rely on the executor's own counters.
    threads : int
        How many run the layers.
    algorithm : str
        How dense 3×3 convolutions with steps of 1 are performed: "direct", or by "winograd", F(2×2, 3×3), or
        "winograd4", F(4×4, 3×3). Then what they perform is held against the scheme's own counts, their values against
        direct convolution.
    progress : callable, optional
        Called with each node when it has been run.
    large : callable, optional
        Called before anything is allocated with the bytes that will be needed, about, if they are more than ``LARGE``.
    weights : mapping of int to sequence of callable, optional
        Stored values of nodes by their indices, in the order the executor takes them; the others are random.
    probes : dict, optional
        What the ones probe found before, and will find now: networks that have layers in common share it.

    Returns
    -------
    Verification
        A node is UNVERIFIED where it has no executor, a tensor has more than ``LARGEST_TENSOR`` elements or the
        network needs more memory than there is; then nothing that needs its output can be run either.

    Raises
    ------
    UsageError
        E690 for an unknown algorithm.
    """
    algorithm_named(algorithm)
    started = time.perf_counter()
    label = name or graph.name
    forget_peak()
    derived = propagate(graph, batch)
    obstacle = _obstacle(graph, derived)
    if not obstacle:
        size = needed(graph, derived, algorithm=algorithm)
        if size > LARGE and large:
            large(size)
        obstacle = _short_of_memory(size)
    if obstacle:
        layers = _unverified(graph, obstacle)
        return Verification(label, layers, time.perf_counter() - started, peak(), algorithm)

    def done(node: Node, _: Executed) -> None:
        if progress:
            progress(node)

    try:
        executed = run(
            graph,
            seed=seed,
            batch=batch,
            audit=audit,
            threads=threads,
            algorithm=algorithm,
            on_node=done,
            weights=weights,
        )
        found = {} if probes is None else probes
        layers = tuple(_verdicts(graph, derived, executed, found, seed=seed, algorithm=algorithm))
    except (MemoryError, WitnessError) as error:
        if not isinstance(error, MemoryError) and not isinstance(error.__cause__, MemoryError):
            raise
        layers = _unverified(graph, f"ran out of memory, and was thought to need about {memory(size)}")
    return Verification(label, layers, time.perf_counter() - started, peak(), algorithm)


def _verdicts(
    graph: Graph,
    derived: Sequence[Derived],
    executed: Sequence[Executed],
    probes: Probes,
    *,
    seed: int,
    algorithm: str,
) -> Iterator[LayerVerdict]:
    """Hold each node against its evidence, and against the ones probe or direct convolution where that applies."""
    differences: dict[tuple[Op, tuple[tuple[int, ...], ...]], float] = {}
    for node, each, evidence in zip(graph.nodes, derived, executed, strict=True):
        shapes = tuple(executed[i].shape for i in node.inputs)  # those that were run, not those derived
        scheme = _scheme(each, algorithm)
        if scheme and (each.op, shapes) not in differences:
            differences[each.op, shapes] = _difference(each.op, shapes[0], seed, algorithm)
        elif isinstance(each.op, PROBED) and not scheme and (each.op, shapes) not in probes:
            probes[each.op, shapes] = ones_probe(each.op, *shapes, plain=False)
        if not isinstance(each.op, Input):
            probe = None if scheme else probes.get((each.op, shapes))
            difference = differences.get((each.op, shapes), 0.0)
            yield check(node, each, evidence, probe, scheme=scheme, difference=difference)


def _unverified(graph: Graph, reason: str) -> tuple[LayerVerdict, ...]:
    return tuple(
        LayerVerdict(node.name, node.layer or node.name, node.op, Verdict.UNVERIFIED, reason=reason)
        for node in graph.nodes
        if not isinstance(node.op, Input)
    )


def _scheme(derived: Derived, algorithm: str) -> Winograd | None:
    """Return the scheme that a layer is performed by; None if directly."""
    scheme = WINOGRAD.get(algorithm)
    return scheme if scheme and isinstance(derived.op, Conv) and scheme.applies(derived.op, *derived.inputs) else None


def _difference(op: Op, shape: tuple[int, ...], seed: int, algorithm: str) -> float:
    """Return how far an op by an algorithm is from performing it directly, as a part of the largest value."""
    x = np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)
    by_it, directly = (execute_op(op, x, seed=seed, plain=False, algorithm=how)[0] for how in (algorithm, "direct"))
    return float(np.abs(by_it - directly).max() / np.abs(directly).max())


def _obstacle(graph: Graph, derived: tuple[Derived, ...]) -> str:
    """Return why a graph cannot be run, however much memory there is; empty if it can."""
    for node, each in zip(graph.nodes, derived, strict=True):
        if type(node.op) not in EXECUTORS and not isinstance(node.op, Input):
            return f"no executor runs the op '{node.op.name}' ({node.name})"
        largest = max(product(each.output), each.weight_elements)
        if largest > LARGEST_TENSOR:
            return f"{node.name} has a tensor of {largest:,} elements, more than {LARGEST_TENSOR:,}"
    return ""


def _short_of_memory(size: int) -> str:
    """Return why so many bytes cannot be had; empty if they can, or nobody knows."""
    there = available()
    if there is None or size <= there:
        return ""
    return f"needs about {memory(size)} of memory, and {memory(there)} are available"


def verify_op(op: Op, *shapes: Shape, seed: int = 0, algorithm: str = "direct") -> LayerVerdict:
    """Verify one op on a random input of given shapes, batch first, also by the ones probe where it applies.

    Both ways of running it are verified: the plain executor, and the fast kernel that a network is run with, if there
    is one. The verdict is on the plain executor, unless only the kernel fails. By another algorithm than direct
    convolution there is a kernel only, and where it applies the verdict is on that.

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
    scheme = _scheme(derived, algorithm)
    if scheme:
        _, executed = execute_op(op, *arrays, seed=seed, plain=False, algorithm=algorithm)
        difference = _difference(op, shapes[0], seed, algorithm)
        return check(node, derived, executed, scheme=scheme, difference=difference)
    verdicts = []
    for plain in (False, True):
        _, executed = execute_op(op, *arrays, seed=seed, plain=plain, algorithm=algorithm)
        probe = ones_probe(op, *shapes, plain=plain) if isinstance(op, PROBED) else None
        verdicts.append(check(node, derived, executed, probe))
    fast, slow = verdicts
    return fast if slow.verdict is Verdict.PASS else slow
