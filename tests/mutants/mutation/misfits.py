"""Ops on inputs that do not fit: the table of error messages, and the edges of what is still allowed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from convcost.ops import Op, Shape


@dataclass(frozen=True)
class Misfit:
    """An op that cannot be on these inputs, or cannot answer a question, and the error that says so."""

    op: Op
    inputs: tuple[Shape, ...]
    message: str
    question: str = "output"

    def ask(self, rule: Any) -> Any:
        return getattr(rule, self.question)(self.op, *self.inputs)


def _table() -> Any:
    """Load the test of error messages, whose tables are what is wanted here too."""
    spec = spec_from_file_location("errors_of_rules", Path(__file__).parents[2] / "unit/rules/test_errors.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_errors = _table()

MISFITS: tuple[Misfit, ...] = (
    *(Misfit(op, tuple(inputs), message) for op, inputs, message in _errors.SHAPES),
    *(Misfit(op, (_errors.X,), message, question) for op, question, message in _errors.QUESTIONS),
)
