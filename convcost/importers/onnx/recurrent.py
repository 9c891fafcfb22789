"""Recurrent layers: sequence first in ONNX, with the gates in another order."""

from __future__ import annotations

from typing import Any

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.constant import Constant
from convcost.importers.layout import Layout
from convcost.importers.onnx.call import Answer, Call, operator
from convcost.ops import Concat, Gru, Input, Lstm, Op, Reshape, Rnn, Slice

GATES = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""ONNX has i, o, f, g and z, r, n; i, f, g, o and r, z, n are what the executor takes."""
OPS: dict[str, type[Lstm | Gru | Rnn]] = {"LSTM": Lstm, "GRU": Gru, "RNN": Rnn}
DIRECTIONS = {"forward": "forward", "reverse": "backward", "bidirectional": "both"}
DEFAULTS = {"LSTM": [b"Sigmoid", b"Tanh", b"Tanh"], "GRU": [b"Sigmoid", b"Tanh"], "RNN": [b"Tanh"]}
ENDS: dict[str, list[tuple[int, int | None]]] = {
    "forward": [(-1, None)],
    "reverse": [(0, 1)],
    "bidirectional": [(-1, None), (0, 1)],
}
"""Where the last step of each direction is in the sequence."""


@operator("LSTM", "GRU", "RNN")
def recurrent(call: Call) -> Answer:
    """Return the outputs of a recurrent layer at each step, and at the last one.

    States that it begins with are taken for zero, and the inner state that it ends with for its output: neither changes
    what is counted.
    """
    name = call.node.operator
    _usual(call, name)
    first = bool(call.integer("layout", 0))
    x = call.builder.with_batch(call.tensor(0), 0 if first else 1)
    if x.rank != 3:
        raise ModelError("E718", f"a sequence has 3 axes and not {x.rank}")
    word = call.word("direction", "forward")
    if word not in DIRECTIONS:
        raise call.wrong(f"the direction {word!r} is not known")
    both = word == "bidirectional"
    kernel, state = call.weights(1, 3), call.weights(2, 3)
    gates, directions = len(GATES[name]), 2 if both else 1
    hidden = call.integer("hidden_size", int(state.shape[2]))
    wanted = ((directions, gates * hidden, x.own[1]), (directions, gates * hidden, hidden))
    for what, stored, shape in zip(("input", "state"), (kernel, state), wanted, strict=True):
        if stored.shape != shape:
            raise ModelError("E718", f"the weights of the {what} are {stored.shape}, and {shape} are needed")
    _begins(call, (5, 6) if name == "LSTM" else (5,))
    biases = call.weights(3, 2) if call.has(3) else None
    op: Op = OPS[name](hidden, direction=DIRECTIONS[word], bias=biases is not None)
    y = call.add(op, x, layout=Layout(), weights=_stored(name, kernel, state, biases, hidden))
    ends = _last(call, y, hidden, word, first=first) if call.needs(1) or call.needs(2) else None
    return (_steps(call, y, hidden, directions, first=first) if call.needs(0) else None, ends, ends)


def _usual(call: Call, name: str) -> None:
    """Refuse what the ops do not have: other activations, clipping, peepholes, coupled gates."""
    given = call.given("activations")
    usual = DEFAULTS[name] * (2 if call.word("direction", "forward") == "bidirectional" else 1)
    if given is not None and [word.lower() for word in given] != [word.lower() for word in usual]:
        raise call.wrong("other activations than the usual ones are not read")
    if call.given("clip") is not None or call.integer("input_forget", 0) or call.has(7):
        raise call.wrong("clipping, coupled gates and peepholes are not read")


def _begins(call: Call, places: tuple[int, ...]) -> None:
    """Refuse states to begin with that are computed: the layer begins at zero, and their cost would be lost."""
    for place in places:
        value = call.inputs[place] if call.has(place) else None
        if isinstance(value, Tensor) and not _is_moved_input(call, value.index):
            raise call.wrong("it begins with a state that is computed")


def _is_moved_input(call: Call, index: int) -> bool:
    nodes = call.builder.nodes
    while isinstance(nodes[index].op, (Reshape, Slice)):
        (index,) = nodes[index].inputs
    return isinstance(nodes[index].op, Input)


def _stored(name: str, kernel: Constant, state: Constant, bias: Constant | None, hidden: int) -> list[Constant]:
    """Return the weights of each direction in the order of the executor: of the input, of the state, two biases."""
    order = GATES[name]
    rows = [gate * hidden + at for gate in order for at in range(hidden)]
    found = []
    for direction in range(int(kernel.shape[0])):
        found += [_rows(value, direction, rows) for value in (kernel, state)]
        if bias is not None:
            half = len(rows)
            found += [_rows(bias, direction, [base + row for row in rows]) for base in (0, half)]
    return found


def _rows(value: Constant, direction: int, rows: list[int]) -> Constant:
    def move(values: Any) -> Any:
        return values[direction][rows]

    return value.moved((len(rows), *value.shape[2:]), move, f"[{direction}:{rows[0]}:{len(rows)}]")


def _steps(call: Call, y: Tensor, hidden: int, directions: int, *, first: bool) -> Tensor:
    """Return all steps as ONNX has them: (steps, directions, N, hidden), or the batch first."""
    steps = y.own[0]
    if first:
        return call.builder.reshape(y, (call.builder.batch, steps, directions, hidden), name=f"{call.node.place}/steps")
    own = (steps, directions, hidden)
    return call.builder.add(Reshape(own), y, layout=Layout(2), name=f"{call.node.place}/steps")


def _last(call: Call, y: Tensor, hidden: int, word: str, *, first: bool) -> Tensor:
    """Return the last step of each direction: that of the backward one is the first of the sequence."""
    builder, place = call.builder, call.node.place
    ends = ENDS[word]
    parts = [builder.add(Slice(1, start=start, stop=stop), y, name=f"{place}/last") for start, stop in ends]
    if word == "bidirectional":
        cuts: list[tuple[int, int | None]] = [(0, hidden), (hidden, None)]
        parts = [
            builder.add(Slice(2, start=start, stop=stop), part, name=f"{place}/half")
            for part, (start, stop) in zip(parts, cuts, strict=True)
        ]
        parts = [builder.add(Concat(1), *parts, name=f"{place}/both")]
    (last,) = parts
    return Tensor(last.index, last.own, Layout(0 if first else 1), last.batch)
