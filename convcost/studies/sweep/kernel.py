"""Runs a tape on the boxes of a space: 64-bit integers, in buffers that are allocated once a thread."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convcost.studies.sweep.space import BLOCK, Box, Space, shape
from convcost.studies.sweep.tape import ADD, CONSTANT, FLOOR, INT64, MAXIMUM, MUL, NEGATIVE, SYMBOL, Interval, Tape

LONGEST_LINE = 1 << 20
"""Along dimensions of at most so many values, what depends on one of them alone is computed once for all boxes."""

Call = tuple[Callable[..., Any], tuple[int, ...], int]
"""A function, the slots of its arguments and that of its result."""

Array = np.ndarray[Any, Any]


class Kernel:
    """The outputs of a tape everywhere in a space.

    Every step is exact: its least and largest value over the whole space are known beforehand; where one might not fit
    into 64 bits, boxes for which that is so are computed with Python's integers.

    Parameters
    ----------
    outputs : sequence of int
        Places on the tape.
    """

    def __init__(self, tape: Tape, outputs: Sequence[int], space: Space) -> None:
        self._tape, self._space, self.outputs = tape, space, tuple(outputs)
        needed = tape.needed(outputs)
        dimensions = [frozenset(space.dimension[i] for i in symbols) for symbols in tape.depends([])]
        self._dimensions = dimensions
        short = {d for d, size in enumerate(space.sizes) if size <= LONGEST_LINE and len(space.sizes) > 1}
        self._steps = [i for i in needed if not (len(dimensions[i]) == 1 and dimensions[i] <= short)]
        inside = {argument for i in self._steps for argument in tape.steps[i].arguments} | set(outputs)
        intervals = tape.intervals(space.ranges())
        self.wide = any(_too_wide(intervals[i]) for i in needed)
        kind = object if self.wide else np.int64
        line_steps = [i for i in needed if i not in set(self._steps)]
        self._lines = self._along_lines(line_steps, inside, kind)
        self._intervals = intervals
        self._local = threading.local()

    def interval(self, output: int) -> Interval:
        """Return between which numbers an output lies."""
        return self._intervals[self.outputs[output]]

    def run(self, box: Box) -> list[Array]:
        """Return the outputs in a box, with the dimensions of the space: of extent 1 where they depend on none.

        They are valid until the next call in the same thread.
        """
        worker = self._worker(object if self.wide and self._overflows(box) else np.int64)
        return worker.run(box)

    def _worker(self, kind: type) -> _Worker:
        workers: dict[type, _Worker] = self._local.__dict__.setdefault("workers", {})
        if kind not in workers:
            workers[kind] = _Worker(
                self._tape, self._steps, self.outputs, self._dimensions, self._space, self._lines, kind
            )
        return workers[kind]

    def _overflows(self, box: Box) -> bool:
        ranges = [
            (int(values[box[d]].min()), int(values[box[d]].max()))
            for values, d in zip(self._space.inputs, self._space.dimension, strict=True)
        ]
        return any(map(_too_wide, self._tape.intervals(ranges)))

    def _along_lines(self, steps: Sequence[int], wanted: set[int], kind: type) -> dict[int, Array]:
        """Compute what depends on one dimension alone; keep what the other steps need of it."""
        tape, space = self._tape, self._space
        found: dict[int, Array] = {}
        last = {argument: i for i in steps for argument in tape.steps[i].arguments}
        for i in steps:
            step = tape.steps[i]
            if step.operation == SYMBOL:
                (d,) = self._dimensions[i]
                extents = [1] * len(space.sizes)
                extents[d] = -1
                found[i] = space.inputs[step.value].astype(kind).reshape(extents)
                continue
            arguments = [found[a] if a in found else _constant(tape.steps[a].value, kind) for a in step.arguments]
            function, arguments = _function(tape, i, arguments, kind)
            found[i] = function(*arguments)
            for a in step.arguments:
                if last.get(a) == i and a not in wanted:
                    found.pop(a, None)
        return found


class _Worker:
    """The buffers of one thread."""

    def __init__(  # noqa: PLR0917 - the kernel's own
        self,
        tape: Tape,
        steps: Sequence[int],
        outputs: Sequence[int],
        dimensions: Sequence[frozenset[int]],
        space: Space,
        lines: dict[int, Array],
        kind: type,
    ) -> None:
        self._space, self._kind = space, kind
        self._rank = len(space.sizes)
        self._slots: list[Any] = []
        self._sliced: list[tuple[int, Array, tuple[int, ...]]] = []
        self._calls: list[Call] = []
        self._shaped: list[tuple[int, int, frozenset[int]]] = []
        self._extents: tuple[int, ...] = ()
        slot_of: dict[int, int] = {}
        for i in sorted({*lines}):
            slot_of[i] = self._slot(None)
            self._sliced.append((slot_of[i], lines[i].astype(kind, copy=False), tuple(dimensions[i])))
        last = {argument: i for i in steps for argument in tape.steps[i].arguments}
        free: list[int] = []
        register: dict[int, int] = {}
        count = 0
        for i in steps:
            step = tape.steps[i]
            if step.operation == CONSTANT:
                slot_of[i] = self._slot(_constant(step.value, kind))
                continue
            if step.operation == SYMBOL:
                (d,) = dimensions[i]
                values = space.inputs[step.value]
                extents = [1] * self._rank
                extents[d] = -1
                slot_of[i] = self._slot(None)
                self._sliced.append((slot_of[i], values.astype(kind, copy=False).reshape(extents), (d,)))
                continue
            # an argument that is not needed again gives its buffer away after this step, not in it
            if free:
                own = free.pop()
            else:
                own, count = count, count + 1
            register[i] = own
            slot_of[i] = self._slot(None)
            self._shaped.append((slot_of[i], own, dimensions[i]))
            names = [slot_of[a] for a in step.arguments]
            values_known = [self._slots[n] for n in names]
            function, chosen = _function(tape, i, values_known, kind)
            replaced = tuple(
                names[n] if n < len(names) and value is values_known[n] else self._slot(value)
                for n, value in enumerate(chosen)
            )
            self._calls.append((function, replaced, slot_of[i]))
            free += [
                register[a] for a in set(step.arguments) if last.get(a) == i and a in register and a not in outputs
            ]
        self._buffers: list[Array] = [np.empty(BLOCK, kind) for _ in range(count)]
        self._outputs = [slot_of[i] for i in outputs]

    def run(self, box: Box) -> list[Array]:
        slots = self._slots
        extents = shape(box)
        if extents != self._extents:
            self._shape(extents)
        for slot, values, along in self._sliced:
            slots[slot] = values[tuple(box[d] if d in along else slice(None) for d in range(self._rank))]
        for function, arguments, result in self._calls:
            function(*[slots[a] for a in arguments], out=slots[result])
        return [slots[i].reshape((1,) * self._rank) if slots[i].ndim == 0 else slots[i] for i in self._outputs]

    def _shape(self, extents: tuple[int, ...]) -> None:
        """Give the buffers the extents of a box."""
        for slot, register, dimensions in self._shaped:
            own = tuple(size if d in dimensions else 1 for d, size in enumerate(extents))
            buffer = self._buffers[register]
            if buffer.size < math.prod(own):  # a box is larger than a block where its last dimension is
                buffer = self._buffers[register] = np.empty(math.prod(own), self._kind)
            self._slots[slot] = buffer[: math.prod(own)].reshape(own)
        self._extents = extents

    def _slot(self, value: Any) -> int:
        self._slots.append(value)
        return len(self._slots) - 1


def _function(tape: Tape, place: int, arguments: list[Any], kind: type) -> tuple[Callable[..., Any], list[Any]]:
    """Return the function of NumPy for a step, and its arguments, changed where another one is faster."""
    step = tape.steps[place]
    if step.operation == FLOOR:
        divisor = tape.known(step.arguments[1])
        if divisor is not None and divisor & (divisor - 1) == 0:
            return np.right_shift, [arguments[0], _constant(divisor.bit_length() - 1, kind)]
    if step.operation == NEGATIVE:
        return (
            (_negative_object, arguments) if kind is object else (np.right_shift, [arguments[0], _constant(63, kind)])
        )
    return _FUNCTIONS[step.operation], arguments


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    ADD: np.add,
    MUL: np.multiply,
    FLOOR: np.floor_divide,
    MAXIMUM: np.maximum,
}


def _negative_object(values: Array, out: Array | None = None) -> Array:
    signs = np.where(values < 0, -1, 0).astype(object)
    if out is None:
        return signs
    out[...] = signs
    return out


def _constant(value: int, kind: type) -> Array:
    """Return a constant as an array without dimensions, which NumPy need not convert at every call."""
    found: Array = np.empty((), kind)
    found[()] = value
    return found


def _too_wide(interval: Interval) -> bool:
    return max(-interval[0], interval[1]) > INT64


def flat(values: Array, extents: tuple[int, ...]) -> Array:
    """Return an output in a box as one line of numbers."""
    return np.broadcast_to(values, extents).reshape(-1)


def threads() -> int:
    """Return how many processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
