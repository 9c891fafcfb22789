"""A network compiled once into steps: flat lists of calls on arrays that are already there.

The first run compiles as it goes, for what an executor returns is known when it has returned it. Later runs only make
the calls again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from convcost.counts import Counts
from convcost.execute._executor import Executed, evidence
from convcost.execute.algorithms import algorithm_named
from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.compiler import Compiler, Source, naming
from convcost.execute.intercept import Interception
from convcost.execute.schedule import programs
from convcost.execute.steps import Call, Step
from convcost.execute.tally import WitnessError
from convcost.execute.team import QUIET, Team
from convcost.execute.weights import Draw
from convcost.graph import Graph, Node
from convcost.ops import Input, Op

OnNode: TypeAlias = Callable[[Node, Executed], None]
OnStep: TypeAlias = Callable[[Step, int], None]


class Plan:
    """A bound graph, ready to run, again and again.

    Parameters
    ----------
    graph : Graph
        With every hyperparameter bound.
    source : callable
        Where the values of each node's weights, or of an input, come from, by its index.
    batch : int
        Samples at once.
    arithmetic : Arithmetic
        Of all arrays.
    fuse : bool
        Run nodes together, band by band, whose outputs only the next one takes.
    once : bool
        Forget each step when it has run: there will be no second run.
    threads : int
        How many run the bands of a step at once. With more than one, BLAS should have one thread only.
    algorithm : str
        How convolutions are performed: "direct", "winograd" or "winograd4".

    Attributes
    ----------
    steps : list of Step
        What is done, in order; empty before the first run.
    threads : int
        How many run it.
    reported : dict of int to Counts
        What NumPy reported of each node in the last run, if it was intercepted.

    Examples
    --------
    >>> from convcost.execute.weights import Tiles
    >>> from convcost.ops import Conv, Input, Relu
    >>> nodes = (Node("image", Input((3, 8, 8))), Node("conv", Conv((3, 3), out=4), (0,)), Node("act", Relu(), (1,)))
    >>> plan = Plan(Graph("tiny", nodes, output=2), Tiles(seed=0))
    >>> [seen.shape for seen in plan.run()], [step.nodes for step in plan.steps]
    ([(1, 3, 8, 8), (1, 4, 6, 6), (1, 4, 6, 6)], [(0,), (1, 2)])
    """

    def __init__(
        self,
        graph: Graph,
        source: Source,
        *,
        batch: int = 1,
        arithmetic: Arithmetic | None = None,
        fuse: bool = True,
        once: bool = False,
        threads: int = 1,
        algorithm: str = "direct",
    ) -> None:
        self.graph = graph
        self.once = once
        self.threads = threads
        self.steps: list[Step] = []
        self.reported: dict[int, Counts] = {}
        self._before: dict[int, tuple[list[Any], Executed]] = {}
        self._programs: list[list[Call]] = []
        self._team = Team(threads)
        self._arithmetic = arithmetic or Arithmetic()
        self.compiler = Compiler(
            graph,
            source,
            batch=batch,
            arithmetic=self._arithmetic,
            fuse=fuse,
            lanes=threads,
            again=not once,
            algorithm=algorithm_named(algorithm),
        )

    @property
    def output(self) -> Array:
        """The output of the last run, until the next one overwrites it."""
        return self.compiler.tensors[self.graph.output].value

    def run(
        self,
        inputs: Mapping[str, Array] | None = None,
        *,
        on_node: OnNode | None = None,
        on_step: OnStep | None = None,
        clock: Callable[[], int] = time.perf_counter_ns,
        keep: bool = False,
    ) -> list[Executed]:
        """Run all steps and return the evidence on each node, in the order of the graph.

        Parameters
        ----------
        inputs : mapping of str to array, optional
            Values of the inputs, batch first, by the name of their node; the others are random.
        on_node : callable, optional
            Told each node as soon as its step has run.
        on_step : callable, optional
            Told each step when it has run, and how long it took by the clock. All threads have to end a step before
            the next begins then; otherwise they wait for each other only where they have to.
        clock : callable
            Says the time in nanoseconds.
        keep : bool
            Keep each node's output values in its evidence; that of nodes which run together is what the last one made.
        """
        given = dict(inputs or {})
        unknown = given.keys() - {node.name for node in self.graph.inputs}
        if unknown:
            raise WitnessError("E605", f"{min(unknown)!r} is not an input of {self.graph.name}")
        self.compiler.given = given
        for step in self.steps:
            for layer in step.layers.values():
                layer.tally.reset()  # a run that failed may have left something
        found: dict[int, Executed] = {}
        with QUIET():
            for step in self._freely() if self.steps and not on_step else self._step_by_step(on_step, clock):
                for index in step.nodes:
                    node = self.graph.nodes[index]
                    with naming(node):
                        found[index] = self._evidence(step, index, keep=keep)
                    if on_node:
                        on_node(node, found[index])
        return [found[index] for index in range(len(self.graph.nodes))]

    def _freely(self) -> list[Step]:
        """Let every lane run down the plan by itself."""
        self._programs = self._programs or programs(self.steps, self.threads)
        try:
            self._team.race(self._programs)
        except BaseException:
            self._programs = []  # some of its signals are given, and nobody waits for them any more
            raise
        return self.steps

    def _step_by_step(self, on_step: OnStep | None, clock: Callable[[], int]) -> Iterator[Step]:
        for step in self.steps or self._compiled():
            with naming(self.graph.nodes[step.nodes[0]]):
                started = clock()
                self._team.run(step)
                taken = clock() - started
            if on_step:
                on_step(step, taken)
            yield step

    def _compiled(self) -> Iterator[Step]:
        """Compile step after step; they are kept when all of them have run."""
        steps = []
        for step in self.compiler.steps():
            if not self.once:
                steps.append(step)
            yield step
        self.steps = steps

    def _evidence(self, step: Step, index: int, *, keep: bool) -> Executed:
        """Write down what was seen when a node ran, and hold it against what NumPy reported, if it did."""
        node, layer = self.graph.nodes[index], step.layers[index]
        if isinstance(self._arithmetic, Interception):
            counter = step.reported.get(index, Counter())
            self.reported[index] = reported = Counts(**counter)
            counter.clear()
            if reported != layer.tally.all:
                raise WitnessError("E606", f"{node.op.name} tallied {layer.tally.all}, and NumPy performed {reported}")
        log, (before, seen) = sorted(layer.tally.recorded), self._before.get(index, (None, None))
        if seen is None or keep or log != before:  # what is tallied as before, on the same arrays, is the same evidence
            output = step.values[index]
            arrays = [step.values[source] for source in node.inputs]
            seen = evidence(arrays, output.copy() if keep else output, layer.weights, layer.tally, keep=keep)
            if not keep:
                self._before[index] = log, seen
        return seen


def run_alone(
    op: Op, *arrays: Array, draw: Draw, arithmetic: Arithmetic, algorithm: str = "direct"
) -> tuple[Plan, Executed]:
    """Run one op on given arrays, as a network of its own, and return the plan and the evidence on the op."""
    inputs = {f"input {place}": array for place, array in enumerate(arrays)}
    nodes = [Node(name, Input(x.shape[1:])) for name, x in inputs.items()]
    alone = Node(op.name, op, tuple(range(len(nodes))))
    graph = Graph(op.name, (*nodes, alone), output=len(nodes))
    samples = max(map(len, arrays), default=1)
    plan = Plan(graph, lambda _: draw, batch=samples, arithmetic=arithmetic, algorithm=algorithm)
    plan.compiler.batches = {name: len(array) for name, array in inputs.items()}
    return plan, plan.run(inputs)[-1]
