"""Small networks in which wiring, repetition and sharing matter, and what their totals have to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce
from itertools import product
from operator import add
from types import SimpleNamespace
from typing import Any

from convcost.counts import PRIMITIVES
from convcost.errors import ShapeError, UnsupportedError
from convcost.graph import Graph, Node
from convcost.ops import (
    Add,
    Attention,
    BatchNorm,
    Concat,
    Conv,
    Crop,
    Einsum,
    Embedding,
    Experts,
    GlobalAvgPool,
    Gru,
    Input,
    Linear,
    Lstm,
    MatMul,
    MaxPool,
    Mul,
    Op,
    Parameter,
    PRelu,
    Reduce,
    Relu,
    Rnn,
    Scale,
    Sigmoid,
    Slice,
    Split,
    Sub,
    TransposedConv,
    Unknown,
)
from convcost.symbols.floordiv import free_symbol


def _graph(name: str, *layers: tuple[str, Op, tuple[int, ...]], **hyperparameters: Any) -> Graph:
    nodes = tuple(Node(scope, op, inputs, scope.rpartition("/")[0]) for scope, op, inputs in layers)
    return Graph(name, nodes, len(nodes) - 1, hyperparameters)


PADS = (1, 2, 0, 1)
_JOIN = Concat()
_BLOCK = Conv((3, 5), out=6, padding="same", groups=3, bias=True)
_HALVE = MaxPool((2, 3), stride=2, padding=(0, 1, 1, 0))
_NORM = BatchNorm()

CHAIN = _graph(
    "chain",
    ("image", Input((3, 23, 17)), ()),
    ("stem/conv", Conv((3, 5), out=6, stride=(2, 1), padding=PADS), (0,)),
    ("stem/norm", _NORM, (1,)),
    ("stem/act", PRelu(), (2,)),
    # one op object: three times on one shape, then on another
    ("stage/a/conv", _BLOCK, (3,)),
    ("stage/b/conv", _BLOCK, (4,)),
    ("stage/c/conv", _BLOCK, (5,)),
    ("stage/c/norm", _NORM, (6,)),
    ("stage/c/half", _HALVE, (7,)),
    ("other/conv", _BLOCK, (8,)),
    ("quarter", _HALVE, (9,)),
    ("pool", GlobalAvgPool(), (10,)),
    ("head", Linear(5), (11,)),
)
"""Repeated layers, and shared ops on different shapes."""

BRANCHES = _graph(
    "branches",
    ("left", Input((4, 7, 11)), ()),
    ("right", Input((6, 7, 11)), ()),
    ("narrow", Conv((1, 1), out=4), (1,)),
    ("sum", Add(), (0, 2)),
    ("pair", _JOIN, (1, 0)),
    ("join", _JOIN, (1, 0, 3)),
    ("squeeze", GlobalAvgPool(), (5,)),
    ("gate", Sigmoid(), (6,)),
    ("gated", Mul(), (5, 7)),
    ("part", Split(0, sizes=(5, 9)), (8,)),
    ("rest", Split(1, sizes=(5, 9)), (8,)),
    ("up", TransposedConv((3, 2), out=3, stride=(2, 3), padding=PADS), (9,)),
    ("other", Conv((2, 3), out=3, padding=(0, 0, 1, 2), bias=True), (10,)),
    ("act", Relu(), (12,)),
)
"""Several inputs and outputs of different shapes, whose order matters."""

DETECTOR = _graph(
    "detector",
    ("image", Input((3, 11, 13)), ()),
    ("features", Conv((3, 2), out=6, stride=(2, 1), padding=PADS, bias=True), (0,)),
    ("proposals", Conv((1, 1), out=12), (1,)),
    ("regions", Crop((3, 5), count=4), (1, 2)),
    ("regions/scale", Scale(shift=True), (3,)),
    ("head/query", Conv((1, 1), out=6, bias=True), (4,)),
    ("head/key", MaxPool((2, 3), stride=2), (4,)),
    ("head/seen", Attention(heads=2), (5, 6, 6)),
    ("head/past", Attention(causal=True), (5, 7, 7)),
    ("head/scores", MatMul(transpose_right=True), (5, 8)),
    ("experts", Experts(experts=5, active=2, hidden=7, out=6, bias=True), (9,)),
    ("classes", Linear(3), (10,)),
)
"""A part that runs for each region, and matrix products."""

SEQUENCE = _graph(
    "sequence",
    ("tokens", Input((5,)), ()),
    ("vectors", Embedding(entries=11, width=6), (0,)),
    ("places", Parameter((5, 6)), ()),
    ("sum", Add(), (1, 2)),
    ("memory/long", Lstm(7, "both"), (3,)),
    ("memory/gated", Gru(3, layers=2), (4,)),
    ("memory/plain", Rnn(4, bias=False), (5,)),
    ("last", Slice(1, start=-1), (6,)),
    ("scores", Einsum("tc,sc->ts"), (6, 7)),
    ("mask", Parameter((5, 1), trainable=False), ()),
    ("masked", Sub(), (8, 9)),
    ("mean", Reduce("mean", (1,)), (10,)),
    ("classes", Linear(3), (11,)),
)
"""Stored tensors beside those that are computed, and recurrent layers."""

DETECTED = _graph(
    "detected",
    ("image", Input((3, 5, 7)), ()),
    ("features", Conv((3, 3), out=6), (0,)),
    ("boxes", Unknown("NonMaxSuppression", (4, 2)), (1,)),
    ("classes", Linear(3), (2,)),
)
"""An op that nothing is known of."""

_ALPHA, _SIZE = free_symbol("alpha", integer=True), free_symbol("size", integer=True)
_FREE = Conv((3, 2), out=2 * _ALPHA, stride=(2, 1), padding="same", bias=True)

FORMULA = _graph(
    "formula",
    ("image", Input((3, _SIZE, 9)), ()),
    ("stem/conv", Conv((3, 3), out=2 * _ALPHA, stride=2, padding=PADS), (0,)),
    ("stem/norm", _NORM, (1,)),
    ("a", _FREE, (2,)),
    ("b", _FREE, (3,)),
    ("shortcut", Conv((1, 1), out=2 * _ALPHA, stride=(4, 1)), (2,)),
    ("sum", Add(), (4, 5)),
    ("head", Linear(3 * _ALPHA), (6,)),
    alpha=_ALPHA,
    size=_SIZE,
)
"""Free hyperparameters."""

VALUES = ({"alpha": 1, "size": 16}, {"alpha": 3, "size": 21})

NETWORKS = (CHAIN, BRANCHES, DETECTOR, SEQUENCE)

BATCHES = (1, 3)

COUNTED: dict[str, tuple[str, bool]] = {"paper": ("mul", True), "valid": ("mul", False), "with-bias": ("add", True)}
"""What a convention takes for a mult-add of convolutions and fully connected layers, and whether padding counts."""

COUNTED_OPS = (Conv, TransposedConv, Linear, Experts, MatMul, Einsum, Attention)
RECURRENT = (Lstm, Gru, Rnn)


LABELS: dict[str, Callable[[Node], str]] = {
    "op": lambda node: node.name,
    "layer": lambda node: node.layer or node.name,
    "block": lambda node: node.name.split("/")[0],
    "kind": lambda node: node.op.kind,
}
"""What a row of a table puts together."""


def _measured(executed: Any, convention: str, parameters: str, op: Op) -> dict[str, int]:
    """Return what a node of a run amounts to under a convention."""
    primitive, padding = COUNTED[convention]
    counts = executed.all if padding else executed.valid
    stored = executed.trainable + executed.running
    mult_adds = counts[primitive] if isinstance(op, COUNTED_OPS) else 0
    if primitive == "add" and isinstance(op, Experts | Attention):
        mult_adds -= 2 * counts["exp"]  # the additions of a softmax
    if isinstance(op, RECURRENT):  # every weight is used once, and every bias added once, at each step
        steps = executed.shape[0] * executed.shape[1]
        mult_adds = (executed.weight + (executed.bias if primitive == "add" else 0)) * steps
    return {
        "mult_adds": mult_adds,
        "params": {"trainable": executed.trainable, "weights": executed.weight, "all": stored}[parameters],
        "trainable": executed.trainable,
        "weights": executed.weight,
        "running": executed.running,
        "input_elements": executed.input_elements,
        "output_elements": 0 if isinstance(op, Input) else executed.output_elements,
        "weight_elements": stored,
        **{name: counts[name] for name in PRIMITIVES},
    }


def _conventions(w: SimpleNamespace) -> Iterator[tuple[str, str]]:
    for name in COUNTED:
        yield name, "trainable"
    for parameters in ("weights", "all"):
        yield "paper", parameters


def totals(w: SimpleNamespace, graph: Graph) -> Iterator[str]:
    """Yield where figures of an analysis differ from what a run of the network adds up to."""
    for batch in BATCHES:
        run = w.execute.run(graph, batch=batch)
        for node, seen in zip(graph.nodes, run, strict=True):
            if isinstance(node.op, Input):
                given = ((batch,),) if batch != 1 else ()
                if (got := w.rules.rule_of(node.op).output(node.op, *given)) != seen.shape:
                    yield f"an input is {got}, not {seen.shape}"
        for name, parameters in _conventions(w):
            analysis = w.cost.analyze(graph, w.cost.convention(name, parameters), batch)
            yield from _differences(analysis, run, name, parameters)


def bindings(w: SimpleNamespace) -> Iterator[str]:
    """Yield where figures of an analysis that is bound late differ from what a run of the bound network adds up to."""
    for batch, name in product(BATCHES, COUNTED):
        analysis = w.cost.analyze(FORMULA, w.cost.convention(name), batch)
        for values in VALUES:
            run = w.execute.run(FORMULA.bind(values), batch=batch)
            yield from _differences(analysis.bind(values), run, name, "trainable")


def impossible(w: SimpleNamespace) -> Iterator[str]:
    """Yield networks with tensors that cannot be, if nothing refuses them."""
    for extent in (0, -3, Fraction(7, 2)):
        network = _graph("impossible", ("image", Input((3, extent, 5)), ()))
        try:
            w.cost.propagate(network)
        except ShapeError as error:
            if error.code != "E402":
                yield f"an extent of {extent} is refused as {error}"
        else:
            yield f"an extent of {extent} is not refused"


def unknown(w: SimpleNamespace) -> Iterator[str]:
    """Yield what is told of a network whose costs are not all known, if it is told as if they were."""
    analysis = w.cost.analyze(DETECTED, batch=3)
    known = (0, 1, 3)
    if [node.name for node in analysis.incomplete] != ["boxes"]:
        yield f"not known is {analysis.incomplete}"
    if analysis.derived[2].output != (3, 4, 2) or analysis.derived[3].output != (3, 3):
        yield f"the boxes are {analysis.derived[2].output}"
    for metric in ("mult_adds", "params", "mul", "weight_elements", "input_elements", "output_elements"):
        whole = metric.startswith(("input", "output"))
        if analysis.partial(metric) == whole or analysis.partial(metric, (1, 2)) == whole:
            yield f"the total of {metric} is {'not ' if whole else ''}whole"
        if analysis.partial(metric, known):
            yield f"what is known of {metric} is a lower bound"
    try:
        analysis.complete()
    except UnsupportedError as error:
        if error.code != "E653":
            yield f"whole totals are refused as {error}"
    else:
        yield "whole totals are not refused"


def _differences(analysis: Any, run: Any, convention: str, parameters: str) -> Iterator[str]:
    graph = analysis.graph
    rows = [_measured(seen, convention, parameters, node.op) for node, seen in zip(graph.nodes, run, strict=True)]
    for derived, seen in zip(analysis.derived, run, strict=True):
        if derived.output != seen.shape:
            yield f"a shape is {derived.output}, not {seen.shape}"
    twice = reduce(add, (derived.parameters * 2 for derived in analysis.derived))
    for role in ("weight", "bias", "affine", "running"):
        if getattr(twice, role) != (want := 2 * sum(getattr(seen, role) for seen in run)):
            yield f"twice the {role} parameters are {getattr(twice, role)}, not {want}"
    odd = range(1, len(rows), 2)
    for metric in rows[0]:
        for indices in (None, odd):
            want = sum(rows[i][metric] for i in (range(len(rows)) if indices is None else indices))
            if (got := analysis.total(metric, indices)) != want:
                yield f"the total of {metric} under {convention}, {parameters}, is {got}, not {want}"
    for by, label in LABELS.items():
        labelled: dict[str, list[int]] = {}
        for i, node in enumerate(graph.nodes):
            if not isinstance(node.op, Input):
                labelled.setdefault(label(node), []).append(i)
        for group, (name, indices) in zip(analysis.groups(by), labelled.items(), strict=True):
            shape = () if by == "kind" else run[indices[-1]].shape
            want = (name, shape, *(sum(rows[i][m] for i in indices) for m in ("mult_adds", "params")))
            if (got := (group.name, group.output, group.mult_adds, group.params)) != want:
                yield f"a row is {got}, not {want}"
