"""Runs a graph, node by node, and writes down what was seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from convcost.counts import Counts
from convcost.errors import ConvcostError
from convcost.execute._executor import Executed, check_bound, evidence, perform
from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.given import Given
from convcost.execute.intercept import Intercepted, Interception
from convcost.execute.plan import Plan, run_alone
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.weights import Draw, Tiles, Weights, uniform
from convcost.graph import Graph, Node
from convcost.ops import Input, Op


def run(
    graph: Graph,
    *,
    seed: int = 0,
    batch: int = 1,
    audit: bool = False,
    on_node: Callable[[Node, Executed], None] | None = None,
    keep: bool = False,
    inputs: Mapping[str, Array] | None = None,
    weights: Mapping[int, Sequence[Callable[[], Array]]] | None = None,
    plain: bool = False,
    threads: int = 1,
    algorithm: str = "direct",
) -> list[Executed]:
    """Run a network on random values and return the evidence on each node, in the order of the graph.

    Parameters
    ----------
    graph : Graph
        With every hyperparameter bound.
    seed : int
        Of inputs and weights.
    batch : int
        Samples at once.
    audit : bool
        Run on intercepted arrays and hold the tally of each node against what NumPy reported.
    on_node : callable, optional
        Told each node as soon as it has run.
    keep : bool
        Keep each node's output values in its evidence; otherwise arrays are freed after their last use.
    inputs : mapping of str to array, optional
        Values of the inputs, batch first, by the name of their node; the others are random.
    weights : mapping of int to sequence of callable, optional
        Stored values of nodes by their indices, in the order the executor takes them; the others are random.
    plain : bool
        Run each node by itself, by the plain executors, which are slow and obvious.
    threads : int
        How many run at once, if it is not the plain executors.
    algorithm : str
        How the kernels convolve: "direct", or "winograd" and "winograd4" where they apply; the plain executors do it
        directly.

    Raises
    ------
    WitnessError
        E604 for a primitive interception does not know, E605 for tensors that do not fit, E606 where tally and
        interception disagree.
    UnsupportedError
        E602 for an op without executor, E603 for an extent that is not an integer.

    Examples
    --------
    >>> from convcost.ops import Conv
    >>> graph = Graph("tiny", (Node("image", Input((3, 8, 8))), Node("conv", Conv((3, 3), out=4), (0,))), output=1)
    >>> [(seen.shape, seen.weight, seen.all["mul"]) for seen in run(graph)]
    [((1, 3, 8, 8), 0, 0), ((1, 4, 6, 6), 108, 3888)]
    """
    arithmetic, source = Interception() if audit else Arithmetic(), Given(weights or {}, Tiles(seed))
    if not plain:
        threads = 1 if audit else threads  # interception has one ledger
        plan = Plan(
            graph,
            source,
            batch=batch,
            arithmetic=arithmetic,
            fuse=not keep,
            once=True,
            threads=threads,
            algorithm=algorithm,
        )
        return plan.run(inputs, on_node=on_node, keep=keep)
    given = dict(inputs or {})
    last_use = {before: index for index, node in enumerate(graph.nodes) for before in node.inputs}
    alive: dict[int, Array] = {}
    found = []
    for index, node in enumerate(graph.nodes):
        draw = source(index)
        try:
            arrays = [alive[before] for before in node.inputs]
            if isinstance(node.op, Input):
                output, seen = _take(node.op, given.pop(node.name, None), batch, draw, arithmetic, keep=keep)
            else:
                # an op without inputs is told how many samples there are, by an array without elements
                arrays = arrays or [arithmetic.wrap(np.empty((batch, 0)))]
                output, seen = _run(node.op, arrays, Weights(draw, arithmetic), arithmetic, keep=keep)
        except ConvcostError as error:
            error.span = error.span or node.origin.span
            error.trail = error.trail or node.origin.trail
            error.message = f"{node.name}: {error.message}"
            raise
        alive[index] = output
        del output, arrays
        for spent in {index, *node.inputs}:
            if last_use.get(spent, index) == index:
                del alive[spent]
        found.append(seen)
        if on_node:
            on_node(node, seen)
    if given:
        raise WitnessError("E605", f"{next(iter(given))!r} is not an input of {graph.name}")
    return found


def execute_op(
    op: Op,
    *arrays: Array,
    seed: int = 0,
    draw: Draw | None = None,
    plain: bool = True,
    algorithm: str = "direct",
) -> tuple[Array, Executed]:
    """Run one op on given arrays and return its output and the evidence.

    Parameters
    ----------
    op : Op
        With integer extents.
    *arrays : array
        Its inputs, batch first; they are taken as float32.
    seed : int
        Of the weights.
    draw : callable, optional
        Where the weights come from, if they are to be known ones: called with a shape and two bounds for each array.
    plain : bool
        By the plain executor, or else as a network runs it, by the fast kernel if there is one.
    algorithm : str
        How the kernel of a convolution does it.

    Examples
    --------
    >>> from convcost.ops import GlobalAvgPool
    >>> output, seen = execute_op(GlobalAvgPool(), np.ones((1, 2, 3, 5)))
    >>> output.ravel(), seen.all
    (array([1., 1.], dtype=float32), Counts(add=30, div=2))
    """
    arithmetic = Arithmetic()
    draw = draw or uniform(np.random.default_rng(seed))
    wrapped = [arithmetic.wrap(x) for x in arrays]
    if plain:
        return _run(op, wrapped, Weights(draw, arithmetic), arithmetic)
    plan, seen = run_alone(op, *wrapped, draw=draw, arithmetic=arithmetic, algorithm=algorithm)
    return plan.output, seen


def audit_op(
    op: Op, *arrays: Array, seed: int = 0, plain: bool = True, algorithm: str = "direct"
) -> tuple[Executed, Counts]:
    """Run one op on intercepted arrays and return the evidence beside what NumPy reported; both must agree.

    >>> from convcost.ops import Relu6
    >>> seen, reported = audit_op(Relu6(), np.ones((1, 2, 3, 5)))
    >>> seen.all, reported
    (Counts(cmp=60), Counts(cmp=60))
    """
    arithmetic, draw = Interception(), uniform(np.random.default_rng(seed))
    wrapped = [arithmetic.wrap(x) for x in arrays]
    if plain:
        return _run(op, wrapped, Weights(draw, arithmetic), arithmetic)[1], arithmetic.seen
    plan, seen = run_alone(op, *wrapped, draw=draw, arithmetic=arithmetic, algorithm=algorithm)
    return seen, plan.reported[len(arrays)]


def _run(
    op: Op, arrays: Sequence[Array], weights: Weights, arithmetic: Arithmetic, *, keep: bool = False
) -> tuple[Array, Executed]:
    if isinstance(arithmetic, Interception):
        arithmetic.reset()
    tally = Tally(arithmetic)
    with np.errstate(over="ignore", under="ignore"):  # exp(0 - x) overflows to infinity far from zero: 1 / ∞ is right
        output = perform(op, arrays, weights, tally)
    if isinstance(arithmetic, Interception):
        if not isinstance(output, Intercepted):
            raise WitnessError("E604", f"the output of {op.name} escaped interception")
        if arithmetic.seen != tally.all:
            raise WitnessError("E606", f"{op.name} tallied {tally.all}, and NumPy performed {arithmetic.seen}")
    return output, evidence(arrays, output, weights, tally, keep=keep)


def _take(
    op: Input, given: Any, batch: int, draw: Draw, arithmetic: Arithmetic, *, keep: bool
) -> tuple[Array, Executed]:
    """Take what comes from outside: given values, or random ones with mean 0 and variance 1."""
    check_bound(op)
    shape = (batch, *op.shape)
    bound = math.sqrt(3)
    tensor = arithmetic.wrap(draw(shape, -bound, bound) if given is None else given)
    if tensor.shape != shape:
        raise WitnessError("E605", f"the input has the shape {tensor.shape} and not {shape}")
    weights, tally = Weights(draw, arithmetic), Tally(arithmetic)
    output = perform(op, [tensor], weights, tally)
    return output, evidence([], output, weights, tally, keep=keep)
