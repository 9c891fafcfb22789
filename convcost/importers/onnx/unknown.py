"""Operators that no op does: all of them in one error, or taken as ops of unknown cost."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.layout import Layout
from convcost.importers.onnx.call import OPERATORS, Answer, Call, Value
from convcost.importers.onnx.model import ModelNode, OnnxModel
from convcost.importers.onnx.order import ordered
from convcost.ops import Unknown

MOST_NAMES = 5


def require_operators(model: OnnxModel, *, allow_unknown: bool) -> None:
    """Refuse operators that no op does, all of them at once, with the names of their nodes (E714)."""
    if allow_unknown:
        return
    graph = model.graph
    known = {*graph.initializers, *graph.inputs}
    found: dict[str, list[str]] = {}
    for node in ordered(graph.nodes, graph.outputs, known):
        _look(model, node, found, 0)
    if not found:
        return
    lines = [f"{name} ({_listed(places)})" for name, places in sorted(found.items())]
    many = "operators have" if len(lines) > 1 else "operator has"
    raise ModelError(
        "E714",
        f"{len(lines)} {many} no op: {'; '.join(lines)}",
        hint="--allow-unknown takes them as ops of unknown cost",
    )


def _look(model: OnnxModel, node: ModelNode, found: dict[str, list[str]], depth: int) -> None:
    key = (node.domain, node.operator)
    if key in OPERATORS:
        return
    function = model.functions.get(key)
    if function is not None and depth < 16:
        for inner in function.nodes:
            _look(model, inner, found, depth + 1)
        return
    shown = f"{node.domain}.{node.operator}" if node.domain else node.operator
    found.setdefault(shown, []).append(node.place)


def _listed(places: Sequence[str]) -> str:
    shown = ", ".join(places[:MOST_NAMES])
    return f"{shown} and {len(places) - MOST_NAMES} more" if len(places) > MOST_NAMES else shown


def taken_as_unknown(call: Call) -> Answer:
    """Return ops of unknown cost with the shapes that the file gives the outputs of a node."""
    importer, node = call.importer, call.node
    tensors = [value for value in call.inputs if isinstance(value, Tensor)]
    answers: list[Value | None] = []
    for name in node.outputs:
        if not name or name not in importer.uses:
            answers.append(None)
            continue
        declared = importer.declared.types.get(name)
        if declared is None or declared.shape is None:
            hint = "a tool that infers shapes can write them into the file"
            raise ModelError("E714", f"{node.operator} is no op, and the file gives {name!r} no shape", hint=hint)
        shape = importer.extents.of_declared(declared.shape, name)
        batch = 0 if shape and shape[0] == call.builder.batch else None
        own = shape if batch is None else shape[1:]
        answers.append(call.builder.add(Unknown(node.operator, own), *tensors, name=name, layout=Layout(batch)))
    return answers
