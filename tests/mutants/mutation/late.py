"""Examples whose extents are symbols: what is derived for all extents at once is bound and held against a run.

The run is that of the first world: late binding is a way to catch mistakes in rules, not in the executor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from convcost.errors import ConvcostError
from convcost.execute import Executed, execute_op
from convcost.ops import (
    AdaptiveAvgPool,
    Add,
    Attention,
    AvgPool,
    BatchNorm,
    Concat,
    Conv,
    Crop,
    Experts,
    Flatten,
    GlobalAvgPool,
    GroupNorm,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    LpPool,
    MatMul,
    MaxPool,
    Mul,
    Op,
    Pad,
    PRelu,
    Reshape,
    Scale,
    Shape,
    Split,
    TransposedConv,
    Upsample,
)
from convcost.symbols.floordiv import free_symbol, substitution
from convcost.verify.examples import Example

C, H, W, P = (free_symbol(name, integer=True) for name in "CHWP")

POINTS: tuple[Mapping[Any, int], ...] = tuple(
    {C: c, H: h, W: w, P: p}
    for c, h, w, p in (
        (6, 11, 17, 1),
        (12, 11, 17, 6),
        (12, 12, 16, 3),
        (6, 13, 19, 2),
        (18, 10, 15, 3),
        (6, 14, 8, 5),
        (6, 5, 7, 1),
        (12, 3, 4, 4),
        (6, 2, 1, 2),
        (6, 1, 2, 7),
        (6, 5, 5, 8),
    )
)
"""Values of the symbols; those that an op cannot be run on are passed over."""


def _on(shape: Shape, *ops: Op) -> Iterator[Example]:
    for op in ops:
        yield Example(op, (shape,))


def _windows() -> Iterator[Example]:
    kernel, stride, dilation, pads = (3, 5), (2, 3), (2, 1), (1, 2, 0, 1)
    yield from _on(
        (2, C, H, W),
        Conv(kernel, out=4, stride=stride, padding=pads, dilation=dilation, bias=True),
        Conv((2, 7), out=5, stride=(3, 2), padding="same", dilation=(3, 2)),
        Conv((7, 3), out=2, padding=(9, 0, 2, 11)),
        Conv((4, 2), out=2, stride=(3, 4), padding=(0, 9, 8, 0), dilation=(2, 3)),
        Conv((2, 2), out=C, stride=(3, 1), padding=(0, 1, 1, 0), groups=C),
        Conv((3, 2), out=4 * C, groups=C / 2),
        Conv((3, 2), out=6, groups=P),
        TransposedConv(kernel, out=4, stride=stride, padding=pads, output_padding=(1, 2), bias=True),
        TransposedConv(kernel, out=4, stride=stride, padding="same", dilation=dilation),
    )
    yield from _on((2, 6, 6 * H, 6 * W + 1), Conv((3, 5), out=4, stride=(2, 3), padding="same"))
    yield from _on((2, 6, 2 * H, 3 * W + 1), Conv((3, 5), out=4, stride=(2, 3), padding=(1, 2, 0, 1)))
    yield from _on((2, 6, 11, 17), Conv(kernel, out=4, stride=stride, padding=(P, 1, 0, P), dilation=dilation))
    yield from _on((2, 6, H, 17), Conv(kernel, out=4, stride=stride, padding=(P, P, 1, 2)))
    yield from _on((2, 6, 11, W), Conv(kernel, out=4, stride=stride, padding=(1, P, 0, 3)))
    # so much padding that some taps meet nothing
    yield from _on((2, 6, H, W), Conv((4, 2), out=2, stride=(2, 2), padding=(3, 0, 0, 9), dilation=(1, 4)))
    yield from _on((2, 6, H, 17), Conv((2, 3), out=2, padding=(0, 1, 5, 1), dilation=(3, 4)))
    yield from _on((2, 6, H, 17), TransposedConv(kernel, out=4, stride=stride, padding=(P, 0, 1, P)))
    yield from _on((2, 6, H, 17), MaxPool((9, 5), stride=(2, 3), padding=(P, 1, 0, P)))
    # as long a step as real elements are counted for
    yield from _on((2, 6, 11, 17), Conv((2, 1), out=2, stride=(10_000, 1), padding=(0, 0, 1, 0)))
    for ceil in (False, True):
        yield from _on(
            (2, 3, H, W),
            MaxPool((2, 3), stride=(3, 4), dilation=(2, 3), padding=(0, 1, 1, 2), ceil=ceil),
            AvgPool(kernel, stride=stride, padding=pads, ceil=ceil),
            LpPool((4, 2), stride=(2, 3), padding="same", ceil=ceil),
        )
    yield from _on(
        (2, C, H, W), GlobalAvgPool(), AdaptiveAvgPool((3, 5)), AdaptiveAvgPool((1, 4)), Upsample((2, 3), "linear")
    )
    yield from _on((2, C, H, W), Crop((P, 3), count=C / 2))
    yield Example(Crop((2,), count=P), ((2, C, H), (2, W)))
    yield from _on((2, 6, H, W), AdaptiveAvgPool((H, 2)), Pad((P, -1, 0, 2)), Pad((-2, 0, 1, 0)))


def _others() -> Iterator[Example]:
    image = (2, C, H, W)
    yield from _on(
        image,
        Linear(5),
        Linear(C, axis=-1),
        Linear(C / C),  # a number that SymPy made
        BatchNorm(),
        LayerNorm((1, 3)),
        GroupNorm(3),
        GroupNorm(C / 2),
        LocalResponseNorm(5),
        LocalResponseNorm(4),
        PRelu(),
        Scale(shift=True),
        Experts(experts=C, active=P, hidden=H, out=5, bias=True),
        Experts(experts=C, active=2, hidden=3, out=5),
        Experts(experts=5, active=P, hidden=3, out=5),
        Flatten(),
        Reshape((-1, W)),
        Reshape((H, W, C)),
        Split(1, parts=2),
        Split(1, sizes=(C - 1, 1)),
        Split(1, sizes=(2, 4)),
    )
    yield from _on((2, 6, H, W), Split(0, sizes=(P, 4)))
    yield from _on((2, C, H), Reshape((-1, 4)))
    yield from _on((2, 6, 5, 2), Reshape((-1, P)))
    yield from _on((2, C, 3, H), Reshape((-1, C, H)))
    yield Example(Concat(), (image,))
    yield Example(Add(), (image, (2, C, 11, 17), image))
    yield Example(Add(), ((2, C, 11, 17), image))
    yield Example(Mul(), (image, (2, C, 1, 1), (2, 6, 1, W)))
    yield Example(Mul(), ((2, C, 11, 1), (2, 1, H, W)))
    yield Example(Mul(), ((2, 6, H, 5), (2, 6, W, 5)))
    yield Example(Mul(), ((2, 6, 2 * H, 5), (2, 6, 2 * W, 5)))
    yield Example(Mul(), ((2, 6, H, 5), (2, 6, H + 1, 5)))
    yield Example(Mul(), ((2, 6, H + 1, 5), (2, 6, H, 5)))
    yield Example(MatMul(transpose_right=True), (image, (2, 6, P, W)))
    yield Example(MatMul(), ((2, C, H, 17), (2, 6, W, P)))
    yield Example(Attention(heads=3), ((2, C, H, W), (2, 6, P), (2, C, P)))
    yield Example(Attention(heads=C / 3, causal=True), ((2, 6, H, 17), (2, C, 17 * H), (2, 2 * C, 17 * H)))
    yield Example(Attention(causal=True), ((2, C, H), (2, 6, 11), (2, 5, H)))
    yield Example(Concat(), (image, (2, 5, H, 17), (2, C, H, W)))
    yield Example(Concat(axis=-1), ((2, 6, H, W), (2, C, H, 3)))


LATE: tuple[Example, ...] = (*_windows(), *_others())


@cache
def witness(op: Op, inputs: tuple[Shape, ...]) -> Executed | None:
    """Run an op on ones; None where it cannot be run."""
    try:
        return execute_op(op, *(np.ones(shape, np.float32) for shape in inputs))[1]
    except (ConvcostError, ValueError):
        return None


def divisions(w: SimpleNamespace) -> Iterator[str]:
    """Yield what is wrong with the quotients that rules take for whole: a formula says that it rests on them."""
    for op, channels, wanted in (
        (Conv((3, 3), out=4 * P, groups=P), C, [C / P]),
        (Conv((3, 3), out=4 * P, groups=P), C, [C / P]),  # twice: nothing is left over from the first time
        (Conv((3, 3), out=4 * P, groups=2), 6 * C, []),  # always whole
    ):
        with w.rules.checks.granted() as found:
            w.rules.rule_of(op).output(op, (2, channels, H, W))
        if list(found) != wanted:
            yield f"{op} takes {', '.join(map(str, found)) or 'nothing'} for whole, not {wanted}"
    if w.rules.checks._COLLECTORS:
        yield "a collector is left behind"


def differences(w: SimpleNamespace, example: Example) -> Iterator[str]:
    """Derive formulas by the rules of a world and yield where, bound, they differ from a run."""
    op, inputs = example.op, example.inputs
    rule = w.rules.rule_of(op)
    output, parameters = rule.output(op, *inputs), rule.parameters(op, *inputs)
    everything, valid = rule.counts(op, *inputs), rule.valid(op, *inputs)
    for point in POINTS:
        at = substitution(point)
        seen = witness(op.substitute(at), tuple(tuple(map(at, shape)) for shape in inputs))
        if seen is None:
            continue
        if tuple(map(at, output)) != seen.shape:
            yield f"the output {output} at {point}, not {seen.shape}"
        for role in ("weight", "bias", "affine", "running"):
            if at(getattr(parameters, role)) != getattr(seen, role):
                yield f"the {role} {getattr(parameters, role)} at {point}, not {getattr(seen, role)}"
        for kind, counts, measured in (("all", everything, seen.all), ("valid", valid, seen.valid)):
            for primitive in {*counts, *measured}:
                if at(counts[primitive]) != measured[primitive]:
                    yield f"{primitive}, {kind}, {counts[primitive]} at {point}, not {measured[primitive]}"
