"""Moves of axes that follow each other, taken together."""

from __future__ import annotations

from convcost.graph import Node
from convcost.importers.builder import Builder
from convcost.ops import Flatten, Reshape


def straighten(builder: Builder) -> None:
    """Take each reshape from where a chain of reshapes begins; those in between are needed by nobody then.

    Examples
    --------
    >>> from convcost.cost import infer
    >>> from convcost.ops import Relu
    >>> builder = Builder("tiny", infer)
    >>> x = builder.add(Relu(), builder.input("x", (1, 12)))
    >>> out = builder.add(Reshape((2, 6)), builder.add(Reshape((3, 4)), x))
    >>> straighten(builder)
    >>> [node.op.name for node in builder.finish(out).nodes]
    ['input', 'relu', 'reshape']
    """
    for index, node in enumerate(builder.nodes):
        if not isinstance(node.op, Reshape | Flatten):
            continue
        (source,) = node.inputs
        if isinstance(builder.nodes[source].op, Reshape | Flatten):
            beginning = builder.nodes[source].inputs
            builder.nodes[index] = Node(node.name, node.op, beginning, node.layer, node.origin)
