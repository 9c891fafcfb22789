"""Names of layers that tell more than their ops: ``stem``, ``layer1``, ``classifier``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from convcost.emission.script import Item
from convcost.graph import Graph
from convcost.spec.vocabulary import KEYS

SILENT = frozenset(
    {*KEYS, "node", "op", "layer", "block", "features", "model", "module", "backbone", "branch", "bn", "act"}
)
"""Names that tell nothing, numbers apart."""

OPERATORS = frozenset(
    {
        "gemm",
        "matmul",
        "clip",
        "globalaveragepool",
        "globalmaxpool",
        "averagepool",
        "reducemean",
        "squeeze",
        "unsqueeze",
        "gather",
        "constant",
        "layernormalization",
        "batchnormalization",
        "instancenormalization",
        "groupnormalization",
        "hardswish",
        "hardsigmoid",
    }
)
"""What exporters call layers that have no name, numbers apart."""


def tell(root: list[Item], graph: Graph, free_name: Callable[[str], str]) -> None:
    """Name the items of the outermost path by the scope that all of their layers share, where it tells something."""
    found = {id(item): said(_scope(item, graph)) for item in root if item.key not in {"table", "path"}}
    counts = Counter(found.values())
    for item in root:
        name = found.get(id(item), "")
        if name and counts[name] == 1 and telling(name):
            item.name = free_name(name)


def telling(name: str) -> bool:
    """Tell whether a name says more than which op it is.

    >>> telling("stem"), telling("layer1"), telling("conv2"), telling("features/0")
    (True, True, False, False)
    """
    word = _word(name)
    return (len(word) > 1 and word not in SILENT) or (name.startswith("layer") and "/" not in name)


def said(name: str) -> str:
    """Return a name without the operator at its end, which is what an exporter adds.

    >>> said("encoder/ln/LayerNormalization"), said("head")
    ('encoder/ln', 'head')
    """
    scope, _, _ = name.rpartition("/")
    return scope if _word(name) in OPERATORS else name


def _word(name: str) -> str:
    """Return the last part of a name, without numbers."""
    return name.rpartition("/")[2].rstrip("0123456789").rstrip("_.-").lower()


def _scope(item: Item, graph: Graph) -> str:
    layers = [graph.nodes[index].layer.split("/") for index in item.covers]
    shared = []
    for parts in zip(*layers, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared)
