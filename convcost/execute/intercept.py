"""Interception: an ``ndarray`` subclass that NumPy itself reports every primitive to.

The tally trusts that no call bypasses it. This tier does not: whatever an executor does to such an array arrives at
``__array_ufunc__`` or ``__array_function__``, whether through the tally or past it. It trusts a tariff for each
primitive, and that nobody strips the subclass off; an output that lost it
is an error. What is on no list is an error too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convcost.counts import Counts
from convcost.execute.arithmetic import ERF, RELATIONS, Arithmetic, Array, multiply_accumulate
from convcost.execute.tally import WitnessError

ELEMENTWISE: dict[np.ufunc, str] = {
    np.multiply: "mul",
    np.add: "add",
    np.subtract: "add",
    np.maximum: "cmp",
    np.minimum: "cmp",
    np.divide: "div",
    np.exp: "exp",
    np.sqrt: "sqrt",
    np.power: "pow",
    np.tanh: "tanh",
    np.absolute: "abs",
    ERF: "erf",
    np.log: "log",
    np.sin: "sin",
    np.cos: "cos",
    np.floor: "round",
    np.ceil: "round",
    np.rint: "round",
    **dict.fromkeys(RELATIONS.values(), "cmp"),
}
"""One for each element that comes out."""

REDUCTIONS: dict[np.ufunc, str] = {np.add: "add", np.multiply: "mul", np.maximum: "cmp", np.minimum: "cmp"}
"""One for each element that goes in, the accumulator starting at the identity."""

FUNCTIONS: frozenset[Callable[..., Any]] = frozenset(
    {
        np.concatenate,
        np.copyto,
        np.moveaxis,
        np.repeat,
        np.split,
        np.array_split,
        np.swapaxes,
        np.broadcast_to,
        np.flip,
        np.pad,
        np.take,
        np.tile,
        np.where,
        sliding_window_view,
    }
)
"""NumPy functions that only move elements."""

METHODS = frozenset({"astype", "copy", "repeat", "reshape", "setflags", "swapaxes", "take", "transpose", "view"})
"""Methods that only move elements, or none; the others are refused, for some compute without telling (``dot``)."""


class Intercepted(np.ndarray[Any, Any]):
    """An array that charges every primitive performed on it to its ledger."""

    __array_priority__ = 1.0  # what is joined of such and ordinary arrays is such an array
    ledger: Counter[str]

    def __array_finalize__(self, source: Any) -> None:
        ledger: Any = getattr(source, "ledger", None)
        self.ledger = Counter() if ledger is None else ledger

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = (), **options: Any) -> Any:
        operands = [_plain(operand) for operand in inputs]
        if out:
            options["out"] = tuple(_plain(target) for target in out)
        result = np.asarray(getattr(ufunc, method)(*operands, **options))
        primitives, times = _charge(ufunc, method, options, operands, result)
        for primitive in primitives:
            self.ledger[primitive] += times
        return out[0] if out else _intercepted(result, self.ledger)

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        if function is multiply_accumulate:
            accumulator, left, _ = arguments
            multiply_accumulate(*(_plain(operand) for operand in arguments))
            for primitive in ("mul", "add"):
                self.ledger[primitive] += accumulator.size * left.shape[-1]
            return accumulator
        if function is np.einsum and len(arguments) == 3 and options.keys() == {"out"}:
            return self._einsum(*arguments, **options)
        if function not in FUNCTIONS:
            raise WitnessError("E604", f"interception does not know what numpy.{function.__name__} costs")
        result = super().__array_function__(function, types, arguments, options)
        return _intercepted(result, self.ledger) if isinstance(result, np.ndarray) else result

    def _einsum(self, equation: str, *operands: Any, out: Any) -> Any:
        """Charge a product for each element of the left operand, if it has all the indices, each once."""
        terms, result = equation.split("->")
        left, right = terms.split(",")
        if set(left) != set(left + right + result) or len(set(left)) != len(left):
            raise WitnessError("E604", f"interception does not know what einsum({equation}) costs")
        np.einsum(equation, *(_plain(operand) for operand in operands), out=_plain(out))
        for primitive in ("mul", "add"):
            self.ledger[primitive] += operands[0].size
        return out


def _refused(name: str) -> Any:
    def refuse(_self: Intercepted, *_arguments: Any, **_options: Any) -> Any:
        raise WitnessError("E604", f"interception does not know what the array method {name} costs")

    return refuse


for _name in dir(np.ndarray):
    if not _name.startswith("_") and callable(getattr(np.ndarray, _name)) and _name not in METHODS:
        setattr(Intercepted, _name, _refused(_name))


def _plain(operand: Any) -> Any:
    return operand.view(np.ndarray) if isinstance(operand, Intercepted) else operand


def _intercepted(array: Array, ledger: Counter[str]) -> Array:
    view = array.view(Intercepted)
    view.ledger = ledger
    return view


def _charge(
    ufunc: np.ufunc, method: str, options: dict[str, Any], operands: Sequence[Any], result: Array
) -> tuple[tuple[str, ...], int]:
    """Return the primitives a call is charged, and how often each; anything unknown is refused."""
    given = options.keys() - {"out"}
    if method == "__call__" and not given:
        if ufunc in ELEMENTWISE:
            return (ELEMENTWISE[ufunc],), result.size
        if ufunc is np.matmul and all(operand.ndim >= 2 for operand in operands):
            return ("mul", "add"), result.size * operands[0].shape[-1]
    if method == "accumulate" and given <= {"axis"} and ufunc is np.add:
        return ("add",), operands[0].size
    if method == "reduce" and given <= {"axis", "keepdims"} and ufunc in REDUCTIONS:
        return (REDUCTIONS[ufunc],), operands[0].size
    how = ", ".join(sorted(given))
    raise WitnessError("E604", f"interception does not know what {ufunc.__name__}.{method}({how}) costs")


class Interception(Arithmetic):
    """Intercepted arrays of floats, all charging one ledger.

    Examples
    --------
    >>> arithmetic = Interception()
    >>> x = arithmetic.wrap(np.ones((2, 3)))
    >>> y = (x + 1) * x
    >>> arithmetic.seen
    Counts(mul=6, add=6)
    """

    def __init__(self) -> None:
        super().__init__()
        self._ledger: Counter[str] = Counter()

    @property
    def seen(self) -> Counts:
        """Everything charged since the last ``reset``."""
        return Counts(**self._ledger)

    def reset(self) -> None:
        """Begin a new node."""
        self._ledger.clear()

    def charge(self, counter: Counter[str]) -> None:
        """Move everything charged so far to the counter of a node: what it did ends here."""
        counter.update(self._ledger)
        self.reset()

    def wrap(self, array: Array) -> Array:
        """Return the array as one that is intercepted; one that is already stays what it is."""
        return array if isinstance(array, Intercepted) else _intercepted(super().wrap(array), self._ledger)
