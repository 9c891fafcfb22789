"""How long each step of a plan takes, by a clock that is read around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from convcost.execute._executor import Executed
from convcost.execute.plan import Plan
from convcost.execute.steps import Step
from convcost.execute.weights import Tiles
from convcost.graph import Graph

Clock: TypeAlias = Callable[[], int]
"""Says the time in nanoseconds."""


class Timed(NamedTuple):
    """A step: the nodes that run together, and the nanoseconds that they took in each run."""

    nodes: tuple[int, ...]
    nanoseconds: tuple[int, ...]


class Timing(NamedTuple):
    """What was seen of a network that ran several times: the evidence on each node, and the steps in their order."""

    executed: tuple[Executed, ...]
    steps: tuple[Timed, ...]


def time_network(
    graph: Graph,
    repeat: int,
    *,
    seed: int = 0,
    batch: int = 1,
    threads: int = 1,
    clock: Clock = time.perf_counter_ns,
    on_run: Callable[[int], None] | None = None,
) -> Timing:
    """Run a network on random values so many times, and once before, which compiles the plan and is not timed.

    Parameters
    ----------
    graph : Graph
        With every hyperparameter bound.
    clock : callable
        Read before and after each step.
    on_run : callable, optional
        Told after each run how many have been timed, first 0.

    Examples
    --------
    >>> from itertools import count
    >>> from convcost.graph import Node
    >>> from convcost.ops import Conv, Input, Relu
    >>> nodes = (Node("image", Input((3, 8, 8))), Node("conv", Conv((3, 3), out=4), (0,)), Node("act", Relu(), (1,)))
    >>> timing = time_network(Graph("tiny", nodes, output=2), 2, clock=count(step=7).__next__)
    >>> timing.steps
    (Timed(nodes=(0,), nanoseconds=(7, 7)), Timed(nodes=(1, 2), nanoseconds=(7, 7)))
    """
    plan = Plan(graph, Tiles(seed), batch=batch, threads=threads)
    plan.run()
    taken: dict[tuple[int, ...], list[int]] = {step.nodes: [] for step in plan.steps}

    def note(step: Step, nanoseconds: int) -> None:
        taken[step.nodes].append(nanoseconds)

    executed: list[Executed] = []
    for number in range(repeat):
        if on_run:
            on_run(number)
        executed = plan.run(clock=clock, on_step=note)
    if on_run:
        on_run(repeat)
    return Timing(tuple(executed), tuple(Timed(nodes, tuple(times)) for nodes, times in taken.items()))
