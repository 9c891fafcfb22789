"""Ops on inputs that do not fit: the table of error messages, and the edges of what is still allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from convcost.ops import (
    Add,
    InstanceNorm,
    L2Norm,
    Linear,
    LocalResponseNorm,
    MaxPool,
    Mul,
    Op,
    PRelu,
    Reshape,
    Shape,
    TransposedConv,
)


@dataclass(frozen=True)
class Misfit:
    """An op that cannot be on these inputs, or cannot answer a question, and the error that says so."""

    op: Op
    inputs: tuple[Shape, ...]
    message: str
    question: str = "output"

    def ask(self, rule: Any) -> Any:
        return getattr(rule, self.question)(self.op, *self.inputs)


def _table(name: str) -> Any:
    """Load a test of error messages, whose tables are what is wanted here too."""
    spec = spec_from_file_location(f"{name}_of_rules", Path(__file__).parents[2] / f"unit/rules/test_{name}.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_errors, _errors_of_more = _table("errors"), _table("more_errors")
_X, _R = _errors.X, _errors.R


def _more() -> Iterator[Misfit]:
    """Yield what the table does not ask: it has an example of each message, and not of each place that raises it."""
    for op in (Linear(4), PRelu(), LocalResponseNorm(5), L2Norm()):
        yield Misfit(op, ((8,),), f"E401 {op.name} takes (N, C, ...), not a tensor of 1 axis (8)")
    message = "E401 instance_norm takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"
    yield Misfit(InstanceNorm(), ((1, 8),), message)

    yield Misfit(TransposedConv((0, 2), 8), (_X,), "E402 a kernel of 0 is less than 1")
    yield Misfit(TransposedConv((2, 2), 8, stride=(2, 0)), (_X,), "E402 a stride of 0 is less than 1")
    yield Misfit(TransposedConv((2, 2), 8, dilation=(1, -1)), (_X,), "E402 a dilation of -1 is less than 1")
    message = "E402 an input extent of 2.5 is not a whole number (floor(...) would give 2)"
    yield Misfit(TransposedConv((2, 2), 8), ((1, 8, Fraction(5, 2), 6),), message)

    message = "E405 the inputs of mul differ on axis 1 (channels): input 1 has 5 (5×3), input 2 has 2 (2×3)"
    yield Misfit(Mul(), ((1, 5, 3), (1, 2, 3)), message)
    message = "E405 the inputs of mul differ on axis 2 (length): input 2 has 7 (8×7), input 3 has 5 (8×5)"
    yield Misfit(Mul(), ((1, 8, _R), (1, 8, 7), (1, 8, 5)), message)
    for extents, names in (
        ((2, 3), ("batch", "features")),
        ((2, 3, 5), ("batch", "channels", "length")),
        ((2, 3, 5, 7), ("batch", "channels", "height", "width")),
        ((2, 3, 5, 7, 11), ("batch", "channels", "depth", "height", "width")),
    ):
        for axis, name in enumerate(names):
            other = (*extents[:axis], 13, *extents[axis + 1 :])
            shown, shown_other = ("×".join(map(str, shape[1:])) for shape in (extents, other))
            differ = f"input 1 has {extents[axis]} ({shown}), input 2 has 13 ({shown_other})"
            yield Misfit(Add(), (extents, other), f"E405 the inputs of add differ on axis {axis} ({name}): {differ}")

    message = (
        "E412 a window of maxpool 2×3 would lie in a padding of 3 and see no element of the input (padding below 3)"
    )
    yield Misfit(MaxPool((2, 3), padding=(1, 0, 0, 3)), (_X,), message)
    # whether a symbolic window lies in its padding is not asked
    message = "E401 maxpool R×2 takes (N, C, H, W), not a tensor of 2 axes (1, 8)"
    yield Misfit(MaxPool((_R, 2), padding=(1, 0, 1, 0)), ((1, 8),), message)

    yield Misfit(Reshape((2, _R)), ((1, 6, _R),), "E408 the 6*R elements of 6×R do not fit into 2×R")
    yield Misfit(Reshape((-1, 3 * _R)), ((1, 2, _R),), "E408 the 2*R elements of 2×R do not fit into -1×3*R")
    yield Misfit(Reshape((8, 15)), (_X,), "E408 the 240 elements of 8×5×6 do not fit into 8×15")


MISFITS: tuple[Misfit, ...] = (
    *(Misfit(op, tuple(inputs), message) for op, inputs, message in (*_errors.SHAPES, *_errors_of_more.SHAPES)),
    *(
        Misfit(op, (_X,), message, question)
        for op, question, message in (*_errors.QUESTIONS, *_errors_of_more.QUESTIONS)
    ),
    *_more(),
)
