"""Control flow: a branch whose condition is known is followed."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.onnx.call import Answer, Call, operator


@operator("If")
def branch(call: Call) -> Answer:
    """Return what the branch gives that is taken."""
    condition = call.value(0)
    if isinstance(condition, Tensor) or condition.size != 1:
        hint = "an input that is a single integer can be bound: model.onnx@NAME=VALUE"
        raise ModelError("E720", "which branch is taken is computed from the network's input", hint=hint)
    return call.importer.branch(call.subgraph("then_branch" if condition.exact[0] else "else_branch"))


@operator("Loop", "Scan", "SequenceMap")
def loop(call: Call) -> Answer:
    """Refuse a loop: how often it runs is a matter of data, or of a graph inside the graph."""
    raise ModelError("E720", f"{call.node.operator} repeats a graph, and loops are not read")
