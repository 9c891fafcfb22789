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
from convcost.execute.intercept import Intercepted, Interception
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.weights import Draw, Weights, uniform
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
    arithmetic = Interception() if audit else Arithmetic()
    draw = uniform(np.random.default_rng(seed))
    given = dict(inputs or {})
    last_use = {source: index for index, node in enumerate(graph.nodes) for source in node.inputs}
    alive: dict[int, Array] = {}
    found = []
    for index, node in enumerate(graph.nodes):
        try:
            arrays = [alive[source] for source in node.inputs]
            if isinstance(node.op, Input):
                output, seen = _take(node.op, given.pop(node.name, None), batch, draw, arithmetic, keep=keep)
            else:
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


def execute_op(op: Op, *arrays: Array, seed: int = 0, draw: Draw | None = None) -> tuple[Array, Executed]:
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

    Examples
    --------
    >>> from convcost.ops import GlobalAvgPool
    >>> output, seen = execute_op(GlobalAvgPool(), np.ones((1, 2, 3, 5)))
    >>> output.ravel(), seen.all
    (array([1., 1.], dtype=float32), Counts(add=30, div=2))
    """
    arithmetic = Arithmetic()
    weights = Weights(draw or uniform(np.random.default_rng(seed)), arithmetic)
    return _run(op, [arithmetic.wrap(x) for x in arrays], weights, arithmetic)


def audit_op(op: Op, *arrays: Array, seed: int = 0) -> tuple[Executed, Counts]:
    """Run one op on intercepted arrays and return the evidence beside what NumPy reported; both must agree.

    >>> from convcost.ops import Relu6
    >>> seen, reported = audit_op(Relu6(), np.ones((1, 2, 3, 5)))
    >>> seen.all, reported
    (Counts(cmp=60), Counts(cmp=60))
    """
    arithmetic = Interception()
    weights = Weights(uniform(np.random.default_rng(seed)), arithmetic)
    _, seen = _run(op, [arithmetic.wrap(x) for x in arrays], weights, arithmetic)
    return seen, arithmetic.seen


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
