"""What every executor is: a function from arrays to an array that computes through the tally; and their registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

import numpy as np

from convcost.counts import Counts
from convcost.errors import UnsupportedError
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally, WitnessError
from convcost.execute.weights import Weights
from convcost.ops import Op

O = TypeVar("O", bound=Op)  # noqa: E741 - an op


@dataclass(frozen=True, slots=True)
class Layer(Generic[O]):
    """What an executor works with: the op, where its weights come from, and the tally it computes through."""

    op: O
    weights: Weights
    tally: Tally


Executor: TypeAlias = Callable[..., Array]
E = TypeVar("E", bound=Executor)

EXECUTORS: dict[type[Op], Executor] = {}
"""What each op does: a function of the layer and its input arrays."""

_EXTENTS = {"dim", "size", "dims", "padding", "int", "ints"}


@dataclass(frozen=True, slots=True)
class Executed:
    """The evidence on one node.

    Attributes
    ----------
    shape : tuple of int
        Of the output, batch first.
    trainable, running : int
        Stored values that are trained, and running statistics.
    weight, bias, affine : int
        The trained ones by role.
    all, valid : Counts
        Primitive operations with and without those on padding.
    input_elements, output_elements : int
        Sizes of the arrays that went in (together) and came out; an input of the network takes nothing in.
    prepared : Counts
        Primitive operations on weights, once for all runs.
    output : array, optional
        The values, where the run was asked to keep them.
    """

    shape: tuple[int, ...]
    trainable: int
    running: int
    weight: int
    bias: int
    affine: int
    all: Counts
    valid: Counts
    input_elements: int
    output_elements: int
    prepared: Counts = field(default_factory=Counts)
    output: Array | None = field(default=None, compare=False, repr=False)


def executor(op: type[Op]) -> Callable[[E], E]:
    """Register the executor of an op."""

    def register(function: E) -> E:
        EXECUTORS[op] = function
        return function

    return register


def executor_of(op: Op) -> Executor:
    """Return the executor of an op.

    Raises
    ------
    UnsupportedError
        E602 where it has none.
    """
    try:
        return EXECUTORS[type(op)]
    except KeyError:
        raise UnsupportedError("E602", f"{op.name or type(op).__name__} has no executor") from None


def perform(op: Op, arrays: Sequence[Array], weights: Weights, tally: Tally) -> Array:
    """Run one op.

    Raises
    ------
    UnsupportedError
        E602 where the op has no executor, E603 where an extent is not an integer.
    WitnessError
        E605 where the tensors do not fit the op.
    """
    check(op, len(arrays))
    with refusing(op, *(x.shape for x in arrays)):
        return executor_of(op)(Layer(op, weights, tally), *arrays)


def check(op: Op, tensors: int) -> None:
    """Refuse an op that has no executor (E602), extents other than integers (E603) or too many tensors (E605)."""
    executor_of(op)
    check_bound(op)
    if op.inputs and tensors != op.inputs:
        expected = "1 tensor" if op.inputs == 1 else f"{op.inputs} tensors"
        raise WitnessError("E605", f"{op.name} takes {expected} and is given {tensors}")


@contextmanager
def refusing(op: Op, *shapes: tuple[int, ...]) -> Iterator[None]:
    """Say of which op and tensors it was when NumPy, or who calls it, refuses arrays (E605)."""
    try:
        yield
    except (ValueError, IndexError, ZeroDivisionError, MemoryError) as error:
        given = ", ".join(str(tuple(shape)) for shape in shapes)
        raise WitnessError("E605", f"{op.name} cannot be run on {given}: {error or 'out of memory'}") from error


def check_bound(op: Op) -> None:
    """Refuse an op that has extents other than integers (E603)."""
    for name, argument in op.arguments().items():
        if argument.type not in _EXTENTS:
            continue
        value = getattr(op, name)
        for extent in value if isinstance(value, tuple) else (value,):
            if extent is not None and not isinstance(extent, int | str):
                raise UnsupportedError(
                    "E603",
                    f"{name} of {op.name} is {extent}, and only layers whose extents are integers can be run",
                    hint="bind every hyperparameter first",
                )


def evidence(arrays: Sequence[Array], output: Array, weights: Weights, tally: Tally, *, keep: bool = False) -> Executed:
    """Write down what was seen when an op ran."""
    sizes = weights.sizes
    return Executed(
        shape=tuple(output.shape),
        trainable=sizes["weight"] + sizes["bias"] + sizes["affine"],
        running=sizes["running"],
        weight=sizes["weight"],
        bias=sizes["bias"],
        affine=sizes["affine"],
        all=tally.all,
        valid=tally.valid,
        input_elements=sum(x.size for x in arrays),
        output_elements=output.size,
        prepared=weights.prepared,
        output=np.asarray(output) if keep else None,
    )
