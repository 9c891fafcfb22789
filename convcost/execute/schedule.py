"""Which call waits for which: lanes run down the plan by themselves, and wait only where they share memory.

    lane 0    conv, upper rows     | depthwise, upper rows ... boundary |   pointwise, upper rows
    lane 1    conv, lower rows     | depthwise, lower rows ... boundary |   pointwise, lower rows
                                                             ^
                   a row of the other lane is read here: wait for the call that makes it, if it has not yet

A barrier after each step would make every lane wait for the slowest, again and again. Nothing here knows what a call
does: the arrays that it is given tell where it reads and where it writes. A call that does not show its arrays waits
for everything before it, and everything behind it waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from convcost.execute.arithmetic import Array
from convcost.execute.steps import Call, Step
from convcost.execute.tally import Tally

EFFORT: Any = 1000
"""How hard NumPy tries to find out whether two arrays have an element in common; beyond it they might."""


class Signal:
    """Given once in each run by the lane that has come so far, and awaited once by another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lock.acquire()
        self.wait: Call = self._lock.acquire

    def __call__(self) -> None:
        """Give it."""
        self._lock.release()

    def give_up(self) -> None:
        """Give it if it is not given yet: what was to come before has failed."""
        with suppress(RuntimeError):
            self._lock.release()


class Access(NamedTuple):
    """That a call of a lane, the so-manieth, reads or writes an array."""

    lane: int
    number: int
    array: Array
    writes: bool


def programs(steps: Iterable[Step], lanes: int) -> list[list[Call]]:
    """Return what each lane does, from the first step to the last, with its signals and waits in between.

    >>> from convcost.execute.steps import Step
    >>> programs([], 2)
    [[], []]
    """
    steps, schedule = list(steps), Schedule(lanes)
    for number, step in enumerate(steps):
        for call in step.prepared:
            schedule.add(number % lanes, call)
    for step in steps:
        for call in step.calls:
            schedule.add(0, call)
        for kind in (step.parts_of, step.bands_of):
            for lane, calls in enumerate(kind):
                for call in calls:
                    schedule.add(lane, call)
    return [list(schedule.program(lane)) for lane in range(lanes)]


def shown(call: Call) -> tuple[list[Array], list[Array]] | None:
    """Return the arrays that a call reads, and those that it writes; None if it does not show them."""
    if not isinstance(call, partial):
        return None
    arrays = [x for x in call.args if isinstance(x, np.ndarray)]
    if call.func is np.copyto:
        return arrays[1:], arrays[:1]
    out = call.keywords.get("out")
    if isinstance(getattr(call.func, "__self__", None), Tally) and out is not None:
        return arrays, [out]
    return None


class Schedule:
    """The calls of all lanes, added in an order in which one thread could make them."""

    def __init__(self, lanes: int) -> None:
        self.calls: list[list[Call]] = [[] for _ in range(lanes)]
        self.waits: list[dict[int, list[Signal]]] = [{} for _ in range(lanes)]
        self.signals: list[dict[int, list[Signal]]] = [{} for _ in range(lanes)]
        self.known = [[-1] * lanes for _ in range(lanes)]  # the last call of each other that a lane has waited for
        self.hidden = [-1] * lanes  # the last call of each that shows no arrays
        self.accesses: dict[int, list[Access]] = {}

    def add(self, lane: int, call: Call) -> None:
        """Add a call to a lane, behind those of others that it has to wait for."""
        number, arrays = len(self.calls[lane]), shown(call)
        last = [len(calls) - 1 for calls in self.calls] if arrays is None else list(self.hidden)
        for writes, touched in enumerate(arrays or ()):
            for array in touched:
                self._after(lane, number, array, bool(writes), last)
        if arrays is None:
            self.hidden[lane] = number
        for other, there in enumerate(last):
            if other != lane and there > self.known[lane][other]:
                self.known[lane][other] = there
                signal = Signal()
                self.signals[other].setdefault(there, []).append(signal)
                self.waits[lane].setdefault(number, []).append(signal)
        self.calls[lane].append(call)

    def _after(self, lane: int, number: int, array: Array, writes: bool, last: list[int]) -> None:
        """Put off an access until others of the same memory are done, unless both only read."""
        accesses = self.accesses.setdefault(id(_memory(array)), [])
        for other, there, theirs, wrote in accesses:
            late = other != lane and there > max(last[other], self.known[lane][other])
            if late and (writes or wrote) and np.may_share_memory(array, theirs, EFFORT):
                last[other] = there
        accesses.append(Access(lane, number, array, writes))

    def program(self, lane: int) -> Iterable[Call]:
        """Yield what a lane does."""
        for number, call in enumerate(self.calls[lane]):
            yield from (signal.wait for signal in self.waits[lane].get(number, ()))
            yield call
            yield from self.signals[lane].get(number, ())


def follow(program: Sequence[Call]) -> None:
    """Do what a lane does; if it fails, all the same give the signals that others wait for."""
    number = 0
    try:
        for number, call in enumerate(program):  # noqa: B007 - it is used where it ends
            call()
    except BaseException:
        for later in program[number:]:
            if isinstance(later, Signal):
                later.give_up()
        raise


def _memory(array: Any) -> Any:
    """Return the array, or what else it is, in whose memory one lies."""
    while getattr(array, "base", None) is not None:
        array = array.base
    return array
