"""What an expression is evaluated in: values, functions, and how symbolic comparisons are decided."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from convcost.symbols.arith import Dim
from convcost.symbols.expr.language import ExpressionError, Value, quoted


class Evaluation:
    """What the expressions of one run share: counters, words, and the way symbolic comparisons are decided.

    Attributes
    ----------
    words : collection of str
        Names that stand for themselves where nothing else has the name: ``relu``, ``same``.
    touched : bool
        Set when a value is used that comes from the shape of a tensor.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = frozenset(words)
        self.calls = 0
        self.depth = 0
        self.touched = False

    def decide(self, left: Dim, relation: str, right: Dim) -> bool:
        """Decide a comparison in which a symbol occurs; E214 where it does not come out the same for all values."""
        from convcost.symbols.floordiv import decide

        truth = decide(left, relation, right)
        if truth is None:
            raise ExpressionError("E214", f"{left} {relation} {right} holds for some values and not for others")
        return truth


class Environment:
    """The names an expression may use.

    Attributes
    ----------
    shaped : collection of str
        Those of ``values`` that come from a shape.
    """

    __slots__ = ("functions", "run", "shaped", "values")

    def __init__(
        self,
        run: Evaluation,
        values: Mapping[str, Value] | None = None,
        functions: Mapping[str, Defined] | None = None,
        shaped: Collection[str] = (),
    ) -> None:
        self.run = run
        self.values: Mapping[str, Value] = {} if values is None else values
        self.functions: Mapping[str, Defined] = {} if functions is None else functions
        self.shaped = shaped

    def extent(self, function: str, tensor: str) -> Dim:
        """Return ``channels``, ``height`` or ``width`` of a named tensor."""
        raise ExpressionError("E306", f"there is no tensor {quoted(tensor)} to take the {function} of")

    def call(self, function: Defined, arguments: list[Value]) -> Value:
        """Return the value of a function that the spec defines, which is evaluated where it was defined."""
        inner = function.environment.inner(dict(zip(function.parameters, arguments, strict=True)))
        return function.body(inner)

    def inner(self, values: Mapping[str, Value]) -> Environment:
        """Return the environment with more values, which hide others of the same name."""
        shaped = [name for name in self.shaped if name not in values] if self.shaped else ()
        return Environment(self.run, {**self.values, **values}, self.functions, shaped)


class Defined(NamedTuple):
    """A function that a spec defines; ``place`` is where its body stands."""

    name: str
    parameters: tuple[str, ...]
    body: Callable[[Environment], Value]
    environment: Environment
    place: object = None
