"""Functions that a file defines: their nodes with the attributes of the node that calls them."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.importers.onnx.model import ModelNode, Reference


def with_attributes(nodes: Sequence[ModelNode], names: Sequence[str], caller: ModelNode) -> list[ModelNode]:
    """Return the nodes of a function with references to its attributes replaced by what the caller gives."""
    known = {name: caller.attributes[name] for name in names if name in caller.attributes}
    result = []
    for node in nodes:
        copy = ModelNode()
        copy.operator, copy.domain = node.operator, node.domain
        copy.name = f"{caller.place}/{node.name}" if node.name else ""
        copy.inputs, copy.outputs = node.inputs, node.outputs
        copy.attributes = {
            name: known.get(value.name) if isinstance(value, Reference) else value
            for name, value in node.attributes.items()
            if not isinstance(value, Reference) or value.name in {**known, **caller.attributes}
        }
        result.append(copy)
    return result
