"""The tiers that count, one by one, on tiny ops: which of them notices what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace

import numpy as np

from convcost.graph import Node
from convcost.ops import (
    Add,
    Attention,
    AvgPool,
    BatchNorm,
    Conv,
    Crop,
    Experts,
    GlobalAvgPool,
    HardSwish,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LpPool,
    MatMul,
    MaxPool,
    Op,
    Shape,
    TransposedConv,
)
from convcost.verify.examples import Example
from mutation.mistake import Edit, planted
from mutation.values import ELSEWHERE, wrong_values
from mutation.world import world

PADS = (1, 2, 0, 1)


def _on(shape: Shape, *ops: Op) -> Iterator[Example]:
    for op in ops:
        yield Example(op, (shape,))


def _tiny() -> Iterator[Example]:
    yield from _on(
        (2, 2, 5, 7),
        Conv((2, 3), out=3, stride=(1, 2), padding=PADS, dilation=(2, 1), bias=True),
        Conv((3, 2), out=4, stride=(2, 1), padding=PADS, groups=2),
        Conv((3, 4), out=2, stride=(3, 2), padding="same"),
        MaxPool((2, 3), stride=(2, 3), padding=PADS),
        MaxPool((2, 3), stride=(2, 3), padding=(0, 1, 0, 0), ceil=True),
        AvgPool((2, 3), stride=(1, 2), padding=PADS),
        LpPool((2, 3), stride=(2, 1)),
        GlobalAvgPool(),
    )
    yield from _on((2, 2, 3, 5), Conv((1, 1), out=3, padding=(1, 0, 2, 0), bias=True))
    yield from _on((2, 4, 3, 2), TransposedConv((3, 2), out=2, stride=(2, 3), padding=PADS, groups=2, bias=True))
    yield from _on((2, 2, 3), Linear(3), BatchNorm(), LayerNorm((1, 2)), LeakyRelu(), HardSwish())
    yield from _on((2, 5, 2, 3), LocalResponseNorm(3))
    yield Example(Add(), ((2, 2, 3), (2, 2, 3), (2, 2, 3)))
    yield Example(MatMul(transpose_left=True), ((2, 3, 2), (2, 3, 5)))
    yield Example(Attention(heads=2), ((2, 4, 3), (2, 4, 5), (2, 2, 5)))
    yield Example(Attention(causal=True), ((2, 2, 3), (2, 2, 3), (2, 3, 3)))
    yield from _on((2, 3, 2), Experts(experts=3, active=2, hidden=2, out=5, bias=True))
    yield from _on((2, 2, 3, 5), Crop((2, 3), count=2))


TINY: tuple[Example, ...] = tuple(_tiny())


def _derived(w: SimpleNamespace, example: Example) -> object:
    return w.cost.Derived(example.op, example.inputs, w.cost.infer(example.op, *example.inputs))


def _arrays(example: Example) -> list[np.ndarray]:
    random = np.random.default_rng(3)
    return [random.standard_normal(shape, dtype=np.float32) for shape in example.inputs]


def by_tally(w: SimpleNamespace, example: Example) -> bool:
    """Hold what is derived against the executor's own counters."""
    _, executed = w.execute.execute_op(example.op, *_arrays(example))
    return bool(w.verify.check(Node("one", example.op), _derived(w, example), executed).mismatches)


def by_interception(w: SimpleNamespace, example: Example) -> bool:
    """Hold what is derived, and the counters, against what NumPy reports."""
    _, reported = w.execute.audit_op(example.op, *_arrays(example))
    return reported != _derived(w, example).counts


def by_ones(w: SimpleNamespace, example: Example) -> bool:
    """Hold the multiplications that are derived against a sum of ones."""
    if not isinstance(example.op, Conv | TransposedConv | Linear | MatMul):
        return False
    derived = _derived(w, example)
    return w.execute.ones_probe(example.op, *example.inputs) != (derived.counts["mul"], derived.valid["mul"])


def by_scalars(w: SimpleNamespace, example: Example) -> bool:
    """Hold what is derived against numbers that count what is done to them."""
    derived = _derived(w, example)
    return w.execute.count_scalars(example.op, *example.inputs) != (derived.counts, derived.valid)


def by_values(w: SimpleNamespace, example: Example) -> bool:
    """Hold what the executor computes against onnxruntime."""
    elsewhere = ELSEWHERE.get(type(example.op), lambda _: False)
    return not elsewhere(example.op) and any(wrong_values(w, example))


TIERS: Mapping[str, Callable[[SimpleNamespace, Example], bool]] = {
    "tally": by_tally,
    "interception": by_interception,
    "ones": by_ones,
    "scalars": by_scalars,
    "values": by_values,
}


def noticed(edits: tuple[Edit, ...]) -> set[str]:
    """Return the tiers that notice a mistake on any of the tiny ops, by a difference or by an error."""
    found = set()
    with world(planted(edits)) as w, np.errstate(all="ignore"):
        for name, tier in TIERS.items():
            for example in TINY:
                try:
                    differs = tier(w, example)
                except (SyntaxError, NameError, ImportError):
                    raise
                except Exception:  # noqa: BLE001 - a mutant may die of anything
                    differs = True
                if differs:
                    found.add(name)
                    break
    return found
