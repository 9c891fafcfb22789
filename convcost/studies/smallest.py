"""The smallest maps that a network can be built on, for checks that are to be quick."""

from __future__ import annotations

import re
from collections.abc import Iterator

from convcost.errors import ConvcostError
from convcost.model import Model
from convcost.ops import Crop

LEAST = 32
"""Pixels, or words, below which maps would be little more than padding; an input that has fewer stays as it is."""


def smallest(model: Model) -> Model:
    """Return a network on the smallest input that its spec allows, channels and depth as they are.

    What the extents of an input behind its channels say is made as small as it can be: a multiple of what the spec
    declares for it, or any whole number from ``LEAST`` on, on which the network can still be built. The regions of a
    second stage become one. A network without such a hyperparameter is returned as it is.

    Examples
    --------
    >>> from convcost.model import load
    >>> smallest(load("mobilenet_v1")).label, smallest(load("inception_v3")).label
    ('mobilenet_v1@resolution=32', 'inception_v3@resolution=75')
    """
    least: dict[str, int] = {}
    for name in _extents(model):
        found = _least(model, name)
        if found != model.values[name]:
            least[name] = found
            model = model.replaced(values={**model.values, name: found})
    for name in _regions(model):
        least[name] = 1
    return model.at(",".join(f"{name}={value}" for name, value in least.items())) if least else model


def _extents(model: Model) -> Iterator[str]:
    """Yield the hyperparameters that the extents of inputs behind the first speak of."""
    words = {
        word
        for *_, shape in model.architecture.document.inputs
        for extent in shape.items[1:]
        for word in re.findall(r"\w+", getattr(extent, "text", ""))
    }
    yield from (name for name in model.architecture.hyperparameters if name in words)


def _regions(model: Model) -> Iterator[str]:
    """Yield the hyperparameters that only say on how many regions the rest of a network runs."""
    at = _crops(model)
    if not at:
        return
    for name, value in model.values.items():
        if isinstance(value, int) and value in at and _builds(model, name, 1):
            less = model.replaced(values={**model.values, name: 1})
            if _crops(less) == [1] * len(at) and less.analyze().total("params") == model.analyze().total("params"):
                yield name


def _crops(model: Model) -> list[object]:
    return [node.op.count for node in model.graph.nodes if isinstance(node.op, Crop)]


def _least(model: Model, name: str) -> int:
    """Find by bisection the smallest value of a hyperparameter for which the network can be built."""
    h = model.architecture.hyperparameters[name]
    step = h.multiple_of if isinstance(h.multiple_of, int) else 1
    value = int(model.values[name])
    lowest = -(-max(min(LEAST, value), int(h.range[0]) if h.range else 1) // step)
    below, builds = lowest - 1, -(-value // step)
    while builds - below > 1:
        middle = lowest if below < lowest else (below + builds) // 2
        if _builds(model, name, middle * step):
            builds = middle
        else:
            below = middle
    return min(value, builds * step)


def _builds(model: Model, name: str, value: int) -> bool:
    try:
        return bool(model.replaced(values={**model.values, name: value}).graph.nodes)
    except ConvcostError:
        return False
