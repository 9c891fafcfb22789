"""Turns a graph into steps: which kernel, which nodes run together, where everything lies."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from convcost.errors import ConvcostError
from convcost.execute._executor import Layer, check, perform, refusing
from convcost.execute.algorithms import DIRECT, Algorithm
from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.intercept import Intercepted, Interception
from convcost.execute.kernels import TAILS, joins
from convcost.execute.memory import Form, Reach, Store, Tensor, bare
from convcost.execute.steps import Making, Scratch, Step
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.weights import Draw, Weights
from convcost.graph import Graph, Node
from convcost.ops import Dropout, Identity, Input, Op

Source: TypeAlias = Callable[[int], Draw]
"""Where the values of a node come from, by its index."""

SAME: tuple[type[Op], ...] = (Dropout, Identity)
"""Ops that hand on what they are given, in the same memory."""


class Compiler:
    """Compiles the nodes of a graph in turn.

    What an executor without a kernel returns is known when it has returned it, so each step has to be run before the
    next is compiled.
    """

    def __init__(
        self,
        graph: Graph,
        source: Source,
        *,
        batch: int,
        arithmetic: Arithmetic,
        fuse: bool,
        lanes: int,
        again: bool,
        algorithm: Algorithm = DIRECT,
    ) -> None:
        self.graph = graph
        self.source = source
        self.batch = batch
        self.arithmetic = arithmetic
        self.fuse = fuse
        self.again = again
        self.algorithm = algorithm
        self.store = Store(arithmetic)
        self.lanes = [Scratch(arithmetic) for _ in range(lanes)]
        self.tensors: dict[int, Tensor] = {}
        self.users: list[list[int]] = [[] for _ in graph.nodes]
        self.holders: Counter[int] = Counter()
        self.given: Mapping[str, Array] = {}
        self.batches: Mapping[str, int] = {}  # of inputs that have another one, which is repeated
        for index, node in enumerate(graph.nodes):
            with naming(node):
                check(node.op, 1 if isinstance(node.op, Input) else len(node.inputs))
            for used in node.inputs:
                self.users[used].append(index)
        self.left = [len(users) for users in self.users]

    def steps(self) -> Iterator[Step]:
        """Yield the steps one by one."""
        done: set[int] = set()
        for index, node in enumerate(self.graph.nodes):
            if index in done:
                continue  # it runs together with an earlier one
            with naming(node):
                step = self._step(index, node)
            done.update(step.nodes)
            yield step
            self._release(step)

    def _step(self, index: int, node: Node) -> Step:
        if isinstance(node.op, Input):
            return self._input(index, node.op)
        inputs = [self.tensors[source] for source in node.inputs]
        layer = self._layer(index)
        if isinstance(node.op, SAME):
            return self._open([index], inputs[0], [layer])
        with refusing(node.op, *(x.value.shape for x in inputs)):
            making = self._making(node, inputs, layer)
            if making is None:
                return self._plain(index, inputs, layer)
            chain = self._chain(index, making)
            out = self.store.tensor(making.form, self._need(chain[-1], making.form))
            step = self._open(chain, out, [layer, *map(self._layer, chain[1:])])
            self._tails(step)
            making.emit(step)
            step.tails.clear()  # they hold the step: what is done with would stay until garbage is looked for
            if not making.banded:
                step.settle(index, step.bands_of[0])
        return step

    def _layer(self, index: int) -> Layer[Any]:
        weights = Weights(self.source(index), self.arithmetic)
        return Layer(self.graph.nodes[index].op, weights, Tally(self.arithmetic))

    def _open(self, nodes: list[int], out: Tensor, layers: list[Layer[Any]]) -> Step:
        """Begin a step whose nodes all have their output in one place."""
        for index in nodes:
            self._hold(index, out)
        sources = {source for index in nodes for source in self.graph.nodes[index].inputs}
        values = {index: self.tensors[index].value for index in (*nodes, *sources)}
        return Step(dict(zip(nodes, layers, strict=True)), out, values, self.store, self.lanes, again=self.again)

    def _input(self, index: int, op: Input) -> Step:
        """Take what comes from outside: given values, or random ones with mean 0 and variance 1."""
        name, draw, bound = self.graph.nodes[index].name, self.source(index), math.sqrt(3)
        shape = (self.batches.get(name, self.batch), *(int(extent) for extent in op.shape))
        form = Tensor.of(np.broadcast_to(np.float32(0), shape)).form
        out = self.store.tensor(form, self._need(index, form))
        drawn: list[Array] = []

        def take() -> None:
            with naming(self.graph.nodes[index]):
                given = self.given.get(name)
                if given is None and not drawn:
                    drawn.append(draw(shape, -bound, bound))
                tensor = np.asarray(drawn[0] if given is None else given)
                if tensor.shape != shape:
                    raise WitnessError("E605", f"the input has the shape {tensor.shape} and not {shape}")
                # of a map, one channel after the other: otherwise NumPy's loop runs along them, and they are few
                for part in range(out.channels) if out.rank > 1 else [slice(None)]:
                    out.value[:, part] = tensor[:, part]

        step = self._open([index], out, [self._layer(index)])
        step.emit(take)
        return step

    # -------------------------------------------------------------------------------------------- kernels and chains

    def _making(self, node: Node, inputs: list[Tensor], layer: Layer[Any]) -> Making | None:
        """Return how the kernel of an op makes its output; None if there is none, or none for such tensors."""
        if type(node.op) in self.algorithm.kernels:
            return self.algorithm.kernels[type(node.op)](layer, *inputs)
        base = self._base(node.op, inputs) if type(node.op) in TAILS else None
        # vectors and sequences from a plain executor stay as they lie: no kernel will read them in rows
        if base is None or (inputs[base].flat is None and inputs[base].rank < 2):
            return None
        return Making(inputs[base].form, partial(_read, x=inputs[base]))

    def _base(self, op: Op, inputs: list[Tensor]) -> int | None:
        """Return the input whose bands can be combined with the others."""
        places = range(len(inputs))
        return next((i for i in places if joins(op, inputs[i].form, inputs[:i] + inputs[i + 1 :])), None)

    def _chain(self, index: int, making: Making) -> list[int]:
        """Return the nodes that run together: each next one takes the output of the last, which no other takes."""
        chain = [index]
        while self.fuse and making.banded and chain[-1] != self.graph.output and len(self.users[chain[-1]]) == 1:
            (user,) = self.users[chain[-1]]
            node = self.graph.nodes[user]
            others = [source for source in node.inputs if source != chain[-1]]
            if type(node.op) not in TAILS or any(source not in self.tensors for source in others):
                break
            if not joins(node.op, making.form, [self.tensors[source] for source in others]):
                break
            chain.append(user)
        return chain

    def _tails(self, step: Step) -> None:
        """Let the nodes of a step follow each other; the first is followed, unless it is no kernel but a tail."""
        last: int | None = None
        for index, layer in step.layers.items():
            node = self.graph.nodes[index]
            inputs = [self.tensors[source] for source in node.inputs if source != last]
            if last is None and type(node.op) in TAILS:
                inputs.pop(self._base(node.op, inputs) or 0)
            if last is not None or type(node.op) in TAILS:
                step.tails.append((index, TAILS[type(node.op)](step, layer, *inputs)))
                step.settle(index, step.prepared)
            last = index

    def _need(self, index: int, form: Form) -> Reach:
        """Return the border around an output that those who take it like; the first of them says what it holds."""
        needs = [bare(form)]
        for user in self.users[index]:
            op = self.graph.nodes[user].op
            if type(op) in self.algorithm.needs:
                with suppress(ValueError):  # one that does not fit says so itself
                    needs.append(self.algorithm.needs[type(op)](op, form))
        fill = next((need.fill for need in needs if need.border != needs[0].border), 0.0)
        sides = zip(*(need.border for need in needs if need.fill == fill or need is needs[0]), strict=True)
        return Reach(tuple((max(b for b, _ in axis), max(a for _, a in axis)) for axis in sides), fill)

    # ----------------------------------------------------------------------------------------------- plain executors

    def _plain(self, index: int, inputs: list[Tensor], layer: Layer[Any]) -> Step:
        """Let the plain executor of an op run: now, and again where its output lies."""
        # an op without inputs is told how many samples there are, by an array without elements
        arrays = [x.value for x in inputs] or [self.arithmetic.wrap(np.empty((self.batch, 0)))]
        draws = Replay(self.source(index))
        layer.weights.draw = draws
        output = perform(layer.op, arrays, layer.weights, layer.tally)
        if isinstance(self.arithmetic, Interception) and not isinstance(output, Intercepted):
            raise WitnessError("E604", f"the output of {layer.op.name} escaped interception")
        shared = any(np.may_share_memory(np.asarray(output), np.asarray(x)) for x in arrays)
        if not shared and not output.flags.writeable:
            output = output.copy()
        out = Tensor.of(output)
        out.parents = tuple(inputs) if shared else ()
        step = self._open([index], out, [layer])
        fresh = [True]

        def again() -> None:
            if fresh:
                fresh.clear()
                return
            result = perform(layer.op, arrays, draws.weights(self.arithmetic), layer.tally)
            if not shared:
                np.copyto(output, result)

        step.emit(again)
        step.settle(index)
        return step

    # ------------------------------------------------------------------------------------------------------- lifetime

    def _hold(self, index: int, tensor: Tensor) -> None:
        self.tensors[index] = tensor
        self.holders[id(tensor)] += 1
        if self.holders[id(tensor)] == 1:
            for parent in tensor.parents or ():
                self.holders[id(parent)] += 1

    def _release(self, step: Step) -> None:
        """Take back the memory of what nobody looks at any more."""
        self.store.free(step.temporary)
        sources = [source for index in step.nodes for source in self.graph.nodes[index].inputs]
        for source in sources:
            self.left[source] -= 1
        for index in dict.fromkeys((*step.nodes, *sources)):
            if not self.left[index] and index != self.graph.output and index in self.tensors:
                self._drop(self.tensors.pop(index))

    def _drop(self, tensor: Tensor) -> None:
        self.holders[id(tensor)] -= 1
        if self.holders[id(tensor)]:
            return
        del self.holders[id(tensor)]
        if tensor.parents is None:
            self.store.free([tensor])
        for parent in tensor.parents or ():
            self._drop(parent)


class Replay:
    """A source of values that remembers what it handed out, for the runs that follow."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.drawn: list[Array] = []

    def __call__(self, shape: tuple[int, ...], low: float, high: float) -> Array:
        """Draw values."""
        self.drawn.append(self.draw(shape, low, high))
        return self.drawn[-1]

    def weights(self, arithmetic: Arithmetic) -> Weights:
        """Return weights that hand out the same values in the same order."""
        values = iter(self.drawn)
        return Weights(lambda *_: next(values), arithmetic)


def _read(step: Step, x: Tensor) -> None:
    """Begin each band with the rows of an input."""
    x = step.packed(x)
    for band in step.bands(2 * x.channels):
        step.finish(band, x.rows(band), borrowed=True)


@contextmanager
def naming(node: Node) -> Iterator[None]:
    """Say in an error which node it was about."""
    try:
        yield
    except ConvcostError as error:
        error.span = error.span or node.origin.span
        error.trail = error.trail or node.origin.trail
        if not error.message.startswith(f"{node.name}: "):
            error.message = f"{node.name}: {error.message}"
        raise
