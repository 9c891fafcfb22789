"""Convolutions by Winograd's algorithm: what is performed, what it costs on symbols, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
from sympy import Symbol

from convcost.errors import ConvcostError
from convcost.graph import Graph, Node
from convcost.ops import Add, Conv, Input
from convcost.verify.examples import Example

EXAMPLES: tuple[Example, ...] = (
    Example(Conv((3, 3), out=5, padding=(1, 2, 0, 1), bias=True), ((2, 17, 11, 13),)),
    Example(Conv((3, 3), out=7, padding="same"), ((1, 16, 9, 6),)),
    Example(Conv((3, 3), out=2, padding=(0, 1, 1, 0)), ((1, 16, 403, 18),)),
    Example(Conv((3, 3), out=3, padding="same"), ((1, 15, 5, 7),)),
    Example(Conv((3, 5), out=3), ((1, 17, 5, 7),)),
    Example(Conv((3, 3), out=3, stride=(1, 2)), ((1, 17, 5, 7),)),
    Example(Conv((3, 3), out=3, dilation=(2, 1)), ((1, 17, 5, 7),)),
    Example(Conv((3, 3), out=4, groups=2), ((1, 34, 5, 7),)),
)
BY_IT = EXAMPLES[:3]
"""What it applies to, the last in several bands; the others have too few channels, another kernel, steps or groups."""

FEW = EXAMPLES[3]

NETWORK = Graph(
    "two around one",
    (
        Node("image", Input((16, 7, 5))),
        Node("three", Conv((3, 3), out=17, padding=1), (0,)),
        Node("five", Conv((5, 5), out=17, padding=2), (0,)),
        Node("sum", Add(), (1, 2)),
        Node("last", Conv((3, 3), out=3, padding=(0, 1, 2, 0)), (3,)),
    ),
    output=4,
)
"""Convolutions that like different borders around one map."""

NAMES = ("winograd", "winograd4")


def wrong(w: SimpleNamespace) -> Iterator[str]:
    """Yield what verification notices in a world."""
    schemes = w.verify.network.WINOGRAD
    facts = [(scheme.title, scheme.saving) for scheme in schemes.values()]
    if facts != [("winograd F(2×2, 3×3)", (16, 36)), ("winograd F(4×4, 3×3)", (36, 144))]:
        yield f"schemes are {facts}"
    for name in NAMES:
        for example in EXAMPLES:
            verdict = w.verify.verify_op(example.op, *example.inputs, algorithm=name)
            if verdict.verdict != "PASS":
                yield f"{name}, {example}: {verdict.mismatches[0]}"
            applies = example in BY_IT
            if (verdict.scheme is not None) != applies:
                yield f"{name}, {example}: by a scheme or not"
            if applies:
                yield from _on_symbols(schemes[name], example)
            elif example != FEW:
                yield from _refused(schemes[name], example)
        yield from _values(w, name)


def _values(w: SimpleNamespace, name: str) -> Iterator[str]:
    """Hold the values of a network against those of performing it directly."""
    by_it, directly = (w.execute.run(NETWORK, algorithm=how, keep=True)[-1].output for how in (name, "direct"))
    if not np.allclose(by_it, directly, rtol=1e-4, atol=1e-4):
        yield f"{name}: values of a network are off by {np.abs(by_it - directly).max():.2g}"


def _on_symbols(scheme: object, example: Example) -> Iterator[str]:
    """Hold counts on symbols, bound late, against those on numbers."""
    (x,) = example.inputs
    symbols = [Symbol(name, integer=True, positive=True) for name in "nchw"]
    values = dict(zip(symbols, x, strict=True))
    for count in (scheme.counts, scheme.prepared):
        early, late = count(example.op, x), count(example.op, tuple(symbols))
        for primitive in ("mul", "add"):
            if late[primitive].subs(values) != early[primitive]:
                yield f"{example}: {late[primitive]} is not {early[primitive]}"


def _refused(scheme: object, example: Example) -> Iterator[str]:
    says = f"E691 {example.op.kind} is not performed by F(m×m, 3×3) (dense 3×3 with steps of 1 are)"
    for count in (scheme.counts, scheme.prepared):
        try:
            count(example.op, *example.inputs)
        except ConvcostError as error:
            if str(error) != says:
                yield f"{error}, not {says}"
        else:
            yield f"{example} is not refused"
