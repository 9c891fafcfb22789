"""How long a network takes, step by step, against what the machine could do: a roofline of NumPy.

    attainable rate = min(peak of matrix products, mult-adds a byte · memory bandwidth)

Bytes are those that have to move at least: what the nodes of a step take from others, their weights and what the last
one hands on, each once, 4 bytes a number.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median_low
from typing import Literal

from convcost.cost import CONVENTIONS, propagate
from convcost.cost.grouping import GROUPINGS, By, grouping
from convcost.errors import UsageError, one_of
from convcost.execute import Clock, Executed, Timed, time_network
from convcost.graph import Graph, Node
from convcost.ops import Input
from convcost.shown import Shown
from convcost.units import memory
from convcost.verify.machine import SECOND, Machine, measure
from convcost.verify.memory import FLOAT, available, needed

Bound = Literal["compute", "memory"]


@dataclass(frozen=True, slots=True)
class Share:
    """Some of what was run, and what it took.

    Attributes
    ----------
    name : str
        Of the layer, the kind, ...
    nanoseconds : int
        Medians over the runs, summed over steps.
    mult_adds : int
        Those of the convention ``paper`` that were performed, padding included, for the whole batch.
    bytes : int
        What has to be read and written at least.
    ops : tuple of str
        The names of all ops that are in it.
    """

    name: str
    nanoseconds: int
    mult_adds: int
    bytes: int
    ops: tuple[str, ...] = ()

    @property
    def rate(self) -> Fraction | None:
        """Mult-adds a second; None where the clock saw no time pass."""
        return Fraction(SECOND * self.mult_adds, self.nanoseconds) if self.nanoseconds else None

    @property
    def intensity(self) -> Fraction:
        """Mult-adds a byte."""
        return Fraction(self.mult_adds, self.bytes) if self.bytes else Fraction(0)

    def bound(self, machine: Machine) -> Bound:
        """Return what a roofline says that limits it: multiplying, or moving memory."""
        return "compute" if self.intensity >= machine.ridge else "memory"

    def of_peak(self, machine: Machine) -> Fraction | None:
        """Return the share of the rate that matrix products reach."""
        return None if self.rate is None else self.rate / machine.peak

    def of_roof(self, machine: Machine) -> Fraction | None:
        """Return the share of what the roofline allows: the least time of multiplying and moving by the time taken.

        It can exceed 1: what lies in a cache moves faster than memory.
        """
        if not self.nanoseconds:
            return None
        least = max(self.mult_adds / machine.peak, self.bytes / machine.bandwidth)
        return SECOND * least / self.nanoseconds


@dataclass(frozen=True, repr=False)
class Bench(Shown):
    """A network that was run several times.

    Attributes
    ----------
    label : str
        What it is called.
    steps : tuple of Share
        What runs together, in order; each is called as the layer of its first node.
    machine : Machine
        What this machine can do at most.
    runs : tuple of int
        Nanoseconds of each run, all steps together.
    batch, threads : int
        Samples at once, and threads that ran the steps.
    """

    label: str
    graph: Graph
    steps: tuple[Share, ...]
    machine: Machine
    runs: tuple[int, ...]
    batch: int
    threads: int

    @property
    def total(self) -> Share:
        """Everything."""
        return _sum("Total", self.steps)

    def by(self, by: str = "layer") -> tuple[Share, ...]:
        """Return what each layer, block, stage, kind or op took; a step belongs to what its first node does.

        Raises
        ------
        UsageError
            E013 for another word.
        """
        rows = check_grouping(by)
        first = {step.ops[0]: step for step in self.steps}
        found = []
        for name, indices in grouping(self.graph, propagate(self.graph), rows):
            steps = [first[node.name] for node in (self.graph.nodes[i] for i in indices) if node.name in first]
            if steps:
                found.append(_sum(name, steps))
        return tuple(found)


def check_grouping(by: str) -> By:
    """Return the name of a grouping; E013 for one there is not."""
    if by not in GROUPINGS:
        raise UsageError("E013", f"cannot group by {by!r}", hint=one_of(by, GROUPINGS))
    return by


def _sum(name: str, steps: Sequence[Share]) -> Share:
    return Share(
        name,
        sum(step.nanoseconds for step in steps),
        sum(step.mult_adds for step in steps),
        sum(step.bytes for step in steps),
        tuple(op for step in steps for op in step.ops),
    )


def bench(
    graph: Graph,
    *,
    name: str = "",
    repeat: int = 20,
    seed: int = 0,
    batch: int = 1,
    threads: int = 1,
    clock: Clock = time.perf_counter_ns,
    progress: Callable[[int], None] | None = None,
) -> Bench:
    """Run a bound graph so many times and say how long each step takes, against what the machine can do.

    The machine is measured before and after, in the same process; the better rates count.

    Parameters
    ----------
    name : str
        What to call it; that of the graph if empty.
    repeat : int
        Runs that are timed; one before them is not.
    seed : int
        Of the random input and weights.
    batch, threads : int
        Samples at once, and threads that run the layers.
    clock : callable
        Says the time in nanoseconds.
    progress : callable, optional
        Told after each run how many have been timed.

    Raises
    ------
    UsageError
        E681 where there is not enough memory, E682 for no runs.
    UnsupportedError
        E602 for an op without an executor.
    """
    if repeat < 1:
        raise UsageError("E682", f"{repeat} runs take no time", hint="a network is run at least once")
    label = name or graph.name
    size, there = needed(graph, propagate(graph, batch), kept=True), available()
    if there is not None and size > there:
        message = f"{label} needs about {memory(size)} of memory, and {memory(there)} are available"
        raise UsageError("E681", message, hint="a smaller batch or input needs less")
    before = measure(threads, clock=clock)
    timing = time_network(graph, repeat, seed=seed, batch=batch, threads=threads, clock=clock, on_run=progress)
    machine = before.better(measure(threads, clock=clock))
    timed = [step for step in timing.steps if not isinstance(graph.nodes[step.nodes[0]].op, Input)]
    runs = tuple(sum(times) for times in zip(*(step.nanoseconds for step in timed), strict=True))
    return Bench(label, graph, tuple(_steps(graph, timed, timing.executed)), machine, runs, batch, threads)


def _steps(graph: Graph, timed: Iterable[Timed], executed: Sequence[Executed]) -> Iterable[Share]:
    counted = CONVENTIONS["paper"].tariff
    for step in timed:
        nodes = [graph.nodes[i] for i in step.nodes]
        seen = [executed[i] for i in step.nodes]
        taken = dict.fromkeys(source for node in nodes for source in node.inputs if source not in step.nodes)
        moved = sum(executed[source].output_elements for source in taken) + seen[-1].output_elements
        moved += sum(each.trainable + each.running for each in seen)
        products = (each.all["mul"] for node, each in zip(nodes, seen, strict=True) if type(node.op) in counted)
        yield Share(
            _layer(nodes[0]),
            median_low(step.nanoseconds),
            sum(products),
            FLOAT * moved,
            tuple(node.name for node in nodes),
        )


def _layer(node: Node) -> str:
    return node.layer or node.name
