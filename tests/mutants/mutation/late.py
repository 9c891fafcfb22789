"""Examples whose extents are symbols: what is derived for all extents at once is bound and held against a run.

The run is that of the first world: late binding is a way to catch mistakes in rules, not in the executor.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np

from convcost.errors import ConvcostError
from convcost.execute import Executed, execute_op
from convcost.ops import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Add,
    Affine,
    ArgMax,
    Attention,
    AvgPool,
    BatchNorm,
    Clip,
    Compare,
    Concat,
    Conv,
    Crop,
    CumSum,
    DepthToSpace,
    Div,
    Einsum,
    Embedding,
    Expand,
    Experts,
    Flatten,
    Gather,
    Gelu,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    Gru,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    LogSoftmax,
    LpPool,
    Lstm,
    MatMul,
    Maximum,
    MaxPool,
    Mul,
    Op,
    Pad,
    Parameter,
    PRelu,
    Reduce,
    Reshape,
    Resize,
    RmsNorm,
    Rnn,
    Scale,
    Shape,
    Slice,
    SpaceToDepth,
    Split,
    Sub,
    Tile,
    TransposedConv,
    Unary,
    Upsample,
    Where,
)
from convcost.symbols.floordiv import decide, free_symbol, substitution
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


def _of_imported() -> Iterator[Example]:
    image = (2, C, H, W)
    yield from _on(
        image,
        RmsNorm((1, 3)),
        Gelu("tanh"),
        Clip(0, 6),
        LogSoftmax(-1),
        Unary("sign"),
        Affine(2, 1),
        Affine(term=1),
        Reduce("mean", (2, 3)),
        Reduce("logsumexp", (1, -1), keep=False),
        ArgMax(2, keep=False),
        CumSum(),
        GlobalMaxPool(),
        AdaptiveMaxPool((3, 5)),
        AdaptiveMaxPool((H, 1)),
        Resize((P, 2 * W), "linear"),
        Resize((H, P), "cubic"),
        Slice(1, start=P),
        Slice(2, start=-3, stop=H, step=2),
        Slice(3, stop=W - 1, step=P),
        Slice(3, start=1, stop=-P),
        Gather(1, (0, -2, 5)),
        Tile((P, 1, 2)),
        DepthToSpace(P),
        SpaceToDepth(P),
        Pad((P, 1, 0, 2), mode="edge"),
        Pad((P, 1, 0, 2), mode="reflect"),
        Embedding(entries=C, width=P),
    )
    yield from _on((2, 1, H, W), Expand((C, H, W)), Expand((1, 11, W)), Expand((1, H + 1, W)))
    yield from _on((2, H, C), Lstm(P, "both", layers=2), Gru(P), Rnn(C, layers=3, bias=False))
    yield from _on((2, 6, H, 17), Slice(3, stop=P))
    yield Example(Parameter((C, P)), ())
    yield Example(Parameter((C, P), trainable=False), ((2, 0),))
    yield Example(Sub(), (image, (2, 1, 11, 17)))
    yield Example(Div(), ((2, C, 11, 1), (1, 1, H, W)))
    yield Example(Maximum(), ((2, 6, H, 5), (2, 6, W, 5), (2, 1, H, 1)))
    yield Example(Where(), ((2, 1, H, W), image, (2, C, 1, 17)))
    yield Example(Compare("less"), (image, image))
    yield Example(MatMul(), ((2, 1, H, 17), (1, C, W, P)))
    yield Example(Einsum("chw,kc->khw"), (image, (2, P, 6)))
    yield Example(Einsum("abc,bd->da"), ((2, C, H, W), (2, 11, P)))
    yield Example(Einsum("ij,jk,kl->il"), ((2, C, H), (2, 11, W), (2, 17, P)))
    yield Example(Einsum("ijk->ki"), (image,))


LATE: tuple[Example, ...] = (*_windows(), *_others(), *_of_imported())


@cache
def witness(op: Op, inputs: tuple[Shape, ...]) -> Executed | None:
    """Run an op on ones; None where it cannot be run."""
    try:
        return execute_op(op, *(np.ones(shape, np.float32) for shape in inputs))[1]
    except (ConvcostError, ValueError):
        return None


GRANTED: tuple[tuple[Op, tuple[Shape, ...]], ...] = (
    (Conv((3, 3), out=4 * P, groups=P), ((2, C, 5, 5),)),
    (Conv((3, 3), out=4 * P, groups=2), ((2, 6 * C, 5, 5),)),
    (Add(), ((2, C, H), (2, 3, H), (2, C, H))),
    (Concat(), ((2, C, H), (2, 3, W))),
    (Mul(), ((2, C, H), (2, P, H))),
    (Mul(), ((2, C, H), (2, 3, 1))),
    (MatMul(), ((2, C, H), (2, P, W))),
    (Attention(heads=P), ((2, C, H), (2, C, W), (2, 6, W))),
    (Attention(causal=True), ((2, 6, H), (2, 6, W), (2, 6, W))),
    (Attention(), ((2, 6, H), (2, 6, W), (2, 6, P))),
    (Reshape((C, -1)), ((2, 6, H),)),
    (Reshape((C, P)), ((2, 6, H),)),
    (Split(sizes=(C, P), index=0), ((2, 6, H),)),
    (Split(parts=P, index=0), ((2, C, H),)),
    (Pad((-C, -P)), ((2, 6, H),)),
    (Pad((1, 2)), ((2, 6, H),)),  # always possible: nothing is granted
    (MaxPool((2, 3), padding=(C, P, P, C)), ((2, 6, 9, 9),)),
    (Experts(experts=C, active=P, hidden=2, out=3), ((2, 4),)),
    (Sub(), ((2, C, H), (2, P, 1))),
    (Where(), ((2, C, 1), (2, P, H), (2, 1, 3))),
    (Slice(1, stop=P), ((2, C, H),)),
    (Slice(2, start=P, stop=C), ((2, 6, H),)),
    (Gather(1, (2, -1)), ((2, C, H),)),
    (Gather(1, (1, -3)), ((2, C, H),)),
    (Expand((C, 6)), ((2, P, 6),)),
    (DepthToSpace(P), ((2, C, 5),)),
    (SpaceToDepth(2), ((2, 6, C),)),
    (Pad((P, C), mode="reflect"), ((2, 6, H),)),
    (Einsum("ij,jk->ik"), ((2, 3, C), (2, P, 5))),
)
"""Ops that no rule can decide to be possible for all values of the symbols."""


def assumptions(w: SimpleNamespace) -> Iterator[str]:
    """Yield what is wrong with what rules take for granted: it holds exactly where an op on numbers is possible."""
    for op, inputs in (*GRANTED, *GRANTED[:1]):  # twice: nothing is left over from the first time
        rule = w.rules.rule_of(op)
        with w.rules.checks.granted() as found:
            rule.output(op, *inputs)
        if any(decide(*each) for each in found):
            yield f"{op} takes for granted what is always so: {list(found)}"
        free = sorted({s for g in (op, *inputs) for s in _symbols(g)}, key=str)
        for numbers in product((1, 2, 3, 6), repeat=len(free)):
            at = substitution(dict(zip(free, numbers, strict=True)))
            granted = all(_RELATIONS[relation](at(left), at(right)) for left, relation, right in found)
            try:
                shape = rule.output(op.substitute(at), *(tuple(map(at, shape)) for shape in inputs))
                possible = all(extent >= 1 for extent in shape)
            except ConvcostError:
                possible = False
            extents = [at(extent) for extent in rule.output(op, *inputs)]
            if possible != (granted and all(extent >= 1 for extent in extents)):
                yield f"{op} on {inputs} at {numbers} is {'' if possible else 'not '}possible, and {found} is {granted}"
                break
    if w.rules.checks._COLLECTORS:
        yield "a collector is left behind"


_RELATIONS = {"==": operator.eq, ">=": operator.ge, "<=": operator.le, "<": operator.lt}


def _symbols(each: Any) -> set[Any]:
    """Return the symbols in an op, a shape or a condition."""
    if isinstance(each, Op):
        each = tuple(each.__dict__.values())
    if isinstance(each, tuple | list):
        return set().union(*map(_symbols, each)) if each else set()
    return getattr(each, "free_symbols", set())


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
