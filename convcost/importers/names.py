"""Names of nodes from the names of other frameworks: dotted or slashed paths to scopes, each name once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from convcost.graph import Node
from convcost.ops import ACTIVATIONS, CONVOLUTIONS, NORMS, Linear

_FOREIGN = re.compile(r"[^\w-]+", re.ASCII)
LONGEST = 150


class Names:
    """Gives names that the spec language can write, and none of them twice.

    >>> names = Names()
    >>> names.unique("/layer1/layer1.0/conv1/Conv", "conv"), names.unique("layer1.0.conv1", "conv")
    ('layer1/0/conv1', 'layer1/0/conv1_2')
    >>> names.unique("", "relu"), names.unique("", "relu"), names.unique("123", "add")
    ('relu1', 'relu2', 'add_123')
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def unique(self, foreign: str, kind: str) -> str:
        """Return a new name like the foreign one; one from the kind of op where there is none."""
        wanted = scoped(foreign, kind)
        name = wanted or f"{kind}1"
        while name in self._taken:
            number = self._numbers[wanted] = self._numbers.get(wanted, 1) + 1
            name = f"{wanted}_{number}" if wanted else f"{kind}{number}"
        self._taken.add(name)
        return name


def scoped(foreign: str, kind: str) -> str:
    """Return a foreign name as scopes and a name; a last part that only repeats the operator is left out.

    >>> scoped("features.0.conv", "conv"), scoped("model/conv1/Conv2D", "conv"), scoped("", "relu")
    ('features/0/conv', 'model/conv1', '')
    """
    path: list[str] = []
    parts = [part for part in foreign.split("/") if part]
    if len(parts) > 1 and parts[-1].lower().replace("_", "") in _words(kind):
        parts.pop()
    for part in parts:
        dotted = [clean for each in re.split(r"\.|::", part) if (clean := _FOREIGN.sub("_", each).strip("_"))]
        if path and len(dotted) > 1 and path[-1:] == dotted[:1]:
            dotted = dotted[1:]  # /layer1/layer1.0: the second part repeats where it is
        elif path and len(dotted) > 1 and dotted[: len(path)] == path:
            dotted = dotted[len(path) :]
        path += dotted
    if not path:
        return ""
    name = "/".join(path)[-LONGEST:].lstrip("/")
    return name if name[0].isalpha() or name[0] == "_" else f"{kind}_{name}"


def _words(kind: str) -> set[str]:
    plain = kind.replace("_", "")
    return {plain, f"{plain}2d", "conv", "gemm", "matmul", "batchnormalization", "clip", "averagepool", "convtranspose"}


def grouped(nodes: Sequence[Node], ends: set[int]) -> tuple[Node, ...]:
    """Return the nodes with convolutions, and the norms and activations behind them, as layers.

    ``ends`` are the nodes whose outputs are asked for: nothing is hidden behind them.
    """
    users: dict[int, int] = {}
    for node in nodes:
        for index in node.inputs:
            users[index] = users.get(index, 0) + 1
    names = {node.name for node in nodes}
    result = list(nodes)
    shared = {node.shares for node in nodes} | {index for index, node in enumerate(nodes) if node.shares is not None}
    for index, head in enumerate(nodes):
        if not isinstance(head.op, (*CONVOLUTIONS, Linear)) or index in shared:
            continue
        members = [index]
        for kinds in (NORMS, ACTIVATIONS):
            last, after = members[-1], members[-1] + 1
            follows = after < len(nodes) and isinstance(nodes[after].op, kinds) and nodes[after].inputs == (last,)
            if follows and users.get(last) == 1 and last not in ends and after not in shared:
                members.append(after)
        if len(members) == 1 or any(f"{head.name}/{nodes[i].op.name}" in names for i in members):
            continue
        for i in members:
            node = nodes[i]
            result[i] = node.replaced(name=f"{head.name}/{node.op.name}", layer=head.name)
    return tuple(result)
