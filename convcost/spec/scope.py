"""Where an item is expanded: the values its expressions see, the tensors it can name, and the names it gives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from convcost.errors import UsageError
from convcost.graph import Guard, Origin
from convcost.graph.graph import Relation
from convcost.graph.graph import compare as compare_numbers
from convcost.ops import Shape
from convcost.spec.vocabulary import WORDS
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.expr import Defined, Environment, Evaluation, ExpressionError, Value, near_miss
from convcost.symbols.expr.language import plural, quoted

POISON = -1
"""The index of a tensor that could not be made; what is made of it cannot be made either, without another error."""


class PoisonedError(Exception):
    """A value depends on a tensor that could not be made; the error that matters was reported there."""


class Structural(Exception):  # noqa: N818 - not an error: these hyperparameters are bound, and the expansion begins anew
    """The structure depends on symbols."""

    def __init__(self, symbols: frozenset[Any]) -> None:
        super().__init__(symbols)
        self.symbols = symbols


class Run(Evaluation):
    """One expansion: the shapes so far, and the comparisons it rests on.

    Parameters
    ----------
    shadow : mapping
        A number for each symbol, at which comparisons are decided that come out differently for different values.
    """

    def __init__(self, shadow: Mapping[Any, Dim]) -> None:
        super().__init__(WORDS)
        self.shapes: list[Shape] = []
        self.asked = False  # set when a named tensor is asked for an extent
        self.guards: dict[tuple[Dim, str, Dim], Guard] = {}
        self.pending: list[tuple[Dim, Relation, Dim, bool]] = []
        self._decided: dict[tuple[Dim, str, Dim], bool | None] = {}
        self._shadow = shadow
        self._at_shadow: Callable[[Dim], Dim] | None = None

    def begin(self) -> None:
        """Begin the evaluation of an expression; ``touched`` is left to those who ask for it."""
        self.calls = 0
        self.pending.clear()

    def decide(self, left: Dim, relation: str, right: Dim) -> bool:
        """Decide a comparison; one that differs from value to value is decided at the shadow and kept for a guard."""
        key = (left, relation, right)
        if key not in self._decided:
            from convcost.symbols.floordiv import decide

            self._decided[key] = decide(left, relation, right)
        truth = self._decided[key]
        if truth is None:
            truth = compare_numbers(self.number(left), relation, self.number(right))  # type: ignore[arg-type]
            self.pending.append((left, relation, right, truth))  # type: ignore[arg-type]
        return truth

    def number(self, value: Dim) -> Dim:
        """Return the value at the shadow."""
        if not is_symbolic(value):
            return value
        if self._at_shadow is None:
            from convcost.symbols.floordiv import substitution

            self._at_shadow = substitution(self._shadow)
        number = self._at_shadow(value)
        if is_symbolic(number):
            raise UsageError(
                "E317", f"no number is known for {number}", hint="give a shadow value for each free symbol"
            )
        return number

    def settle(self, origin: Callable[[], Origin], *, structural: bool) -> None:
        """Make guards of the comparisons that are pending, or say that their symbols are structural."""
        if structural and not self.touched:
            raise Structural(symbols_of(*(side for left, _, right, _ in self.pending for side in (left, right))))
        for left, relation, right, holds in self.pending:
            self.guard(left, relation, right, origin, holds=holds)

    def guard(self, left: Dim, relation: Relation, right: Dim, origin: Callable[[], Origin], *, holds: bool) -> None:
        """Record what the expansion takes for granted; once."""
        key = (left, relation, right)
        if key not in self.guards:
            self.guards[key] = Guard(left, relation, right, holds, origin())


def symbols_of(*values: Value) -> frozenset[Any]:
    """Return the free symbols of some values."""
    found: set[Any] = set()
    for value in values:
        if isinstance(value, tuple):
            found |= symbols_of(*value)
        elif not isinstance(value, bool | str) and is_symbolic(value):
            found |= value.free_symbols
    return frozenset(found)


class Scope(Environment):
    """One path on its way through the expansion.

    Attributes
    ----------
    tensors : dict of str to int
        Items of this path by name, and their nodes.
    outer : Scope, optional
        The enclosing path of the same block or document, whose tensors are seen here, too.
    prefix : str
        What the names of nodes begin with: "add1/branch2/".
    history : list of int
        The inputs of the path and the outputs of its items so far.
    continues : bool
        Whether the path begins where the enclosing one is, so that relative references go on there.
    taken : set of str
        Names given in this scope.
    trail : tuple of str
        The way to the item that is being expanded.
    """

    __slots__ = ("continues", "counters", "history", "outer", "prefix", "taken", "tensors", "trail")

    def __init__(
        self,
        run: Run,
        values: Mapping[str, Value],
        functions: Mapping[str, Defined],
        shaped: Collection[str] = (),
        *,
        prefix: str = "",
        history: list[int] | None = None,
        outer: Scope | None = None,
    ) -> None:
        super().__init__(run, values, functions, shaped)
        self.prefix = prefix
        self.history: list[int] = [] if history is None else history
        self.outer = outer
        self.continues = False
        self.tensors: dict[str, int] = {}
        self.counters: dict[str, int] = {}
        self.taken: set[str] = set()
        self.trail: tuple[str, ...] = ()

    def branch(self, prefix: str, history: list[int], *, continues: bool) -> Scope:
        """Return the scope of a path inside this one."""
        assert isinstance(self.run, Run)
        scope = Scope(self.run, self.values, self.functions, self.shaped, prefix=prefix, history=history, outer=self)
        scope.continues = continues
        return scope

    def row(self, values: Mapping[str, Value], shaped: Collection[str]) -> Scope:
        """Return this scope with more values: the row of a table is no path of its own."""
        assert isinstance(self.run, Run)
        scope = Scope(self.run, {**self.values, **values}, self.functions, {*self.shaped, *shaped}, prefix=self.prefix)
        scope.history, scope.outer, scope.continues = self.history, self.outer, self.continues
        scope.tensors, scope.counters, scope.taken = self.tensors, self.counters, self.taken
        return scope

    def inner(self, values: Mapping[str, Value]) -> Environment:
        """Return the environment of a function's body: its parameters hide what has their names."""
        scope = self.row(values, ())
        scope.shaped = {name for name in self.shaped if name not in values}
        return scope

    def find(self, name: str) -> int | None:
        """Return the node of a named tensor, here or in an enclosing path."""
        scope: Scope | None = self
        while scope is not None:
            index = scope.tensors.get(name)
            if index is not None:
                return index
            scope = scope.outer
        return None

    def names_later(self, name: str) -> bool:
        """Tell whether an item further down, here or in an enclosing path, has a name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.taken:
                return True
            scope = scope.outer
        return False

    def back(self, steps: int) -> int | None:
        """Return the node that many steps back: 1 is the last; None beyond the beginning."""
        scope = self
        while steps > len(scope.history):
            if not scope.continues or scope.outer is None:
                return None
            steps -= len(scope.history) - 1  # a path that continues begins with the last of the enclosing one
            scope = scope.outer
        return scope.history[-steps]

    def known_tensors(self) -> list[str]:
        """Return the names that ``find`` finds."""
        names: list[str] = []
        scope: Scope | None = self
        while scope is not None:
            names.extend(scope.tensors)
            scope = scope.outer
        return names

    def extent(self, function: str, tensor: str) -> Dim:
        """Return the channels, height or width of a named tensor."""
        assert isinstance(self.run, Run)
        self.run.asked = True
        index = self.find(tensor)
        if index is None:
            hint = near_miss(tensor, self.known_tensors())
            raise ExpressionError("E306", f"there is no tensor {quoted(tensor)} here", hint=hint)
        if index == POISON:
            raise PoisonedError
        shape = self.run.shapes[index]
        if function == "channels":
            return shape[1]
        if len(shape) < (4 if function == "height" else 3):
            axes = plural(len(shape) - 2, "spatial axis")
            raise ExpressionError("E320", f"{tensor} has no {function}: it has {axes}")
        return shape[-1] if function == "width" else shape[-2]

    def auto_name(self, key: str) -> str:
        """Return the next free name for a key: conv1, conv2, ..."""
        number = self.counters.get(key, 0)
        while True:
            number += 1
            name = f"{key}_{number}" if key[-1].isdigit() else f"{key}{number}"  # relu6_1, not relu61
            if name not in self.taken:
                self.counters[key] = number
                self.taken.add(name)
                return name
