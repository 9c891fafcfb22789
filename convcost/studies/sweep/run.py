"""Goes through the boxes of the parts of a sweep in several threads, and keeps what is asked for."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np

from convcost.errors import ConvcostError
from convcost.records import Record
from convcost.studies.sweep.collect import Block, Collector, Extremes
from convcost.studies.sweep.kernel import flat
from convcost.studies.sweep.part import Answer, Part
from convcost.studies.sweep.space import Box, shape

BOXES = 64
"""Boxes that a thread takes at once: about a million points."""

Array = np.ndarray[Any, Any]


class Numbering(Record):
    """Where the points of a part stand in the whole sweep.

    Attributes
    ----------
    offset : int
        Number of its first point.
    strides : sequence of int
        What a step along each dimension of the part adds.
    inputs : mapping of int to int
        From the axes that vary to inputs of the part; ``fixed`` has the units of the others.
    members : array of int, optional
        Numbers of the points, where they follow no strides.
    """

    offset: int
    strides: Sequence[int]
    inputs: Mapping[int, int]
    fixed: Mapping[int, int]
    members: Array | None = None

    def numbers(self, box: Box, places: Array) -> Array:
        """Return the numbers of some points of a box."""
        at = np.unravel_index(places, shape(box)) if box else ()
        if self.members is not None:
            return self.members[at[0] + box[0].start]  # type: ignore[no-any-return]
        total = np.full(len(places), self.offset, np.int64)
        for cut, stride, along in zip(box, self.strides, at, strict=True):
            total += (along + cut.start) * stride
        return total

    def start(self, box: Box) -> int | None:
        """Return the number of the first point of a box, where the others follow one by one."""
        if self.members is not None:
            return None
        step = 1
        for cut, stride in zip(reversed(box), reversed(self.strides), strict=True):
            if cut.stop - cut.start > 1 and stride != step:
                return None
            step *= cut.stop - cut.start
        return self.offset + sum(int(cut.start) * stride for cut, stride in zip(box, self.strides, strict=True))


class _Done(NamedTuple):
    """What came out of some boxes."""

    collector: Any
    extremes: Extremes | None
    missing: int
    points: int


class Run:
    """Collects what is asked for of one part after the other.

    Parameters
    ----------
    extremes : Extremes or None
        Kept besides; None where what is collected tells them.
    progress : callable or None
        Told how many points are done more.

    Attributes
    ----------
    missing : int
        Points at which no network can be built; ``reason`` says why not at one of them.
    """

    def __init__(
        self,
        collector: Collector,
        extremes: Extremes | None,
        threads: int,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        self.collector, self.extremes = collector, extremes
        self.missing = 0
        self.reason: ConvcostError | None = None
        self._threads, self._progress = threads, progress

    def part(self, part: Part, numbering: Numbering) -> None:
        """Go through a part."""
        boxes = part.space.boxes
        step = max(1, min(BOXES, -(-boxes // (4 * self._threads))))
        if boxes <= 2 or self._threads == 1:  # no other thread is worth it
            for begin in range(0, boxes, step):
                self._merge(self._work(part, numbering, range(begin, min(begin + step, boxes))))
        else:
            self._threaded(part, numbering, [range(at, min(at + step, boxes)) for at in range(0, boxes, step)])
        self.reason = self.reason or part.reason

    def _threaded(self, part: Part, numbering: Numbering, tasks: Sequence[range]) -> None:
        """Do tasks in several threads, a few ahead of what has been merged."""
        pool = ThreadPoolExecutor(self._threads)
        pending: deque[Future[_Done]] = deque()
        try:
            for task in tasks:
                pending.append(pool.submit(self._work, part, numbering, task))
                if len(pending) > 2 * self._threads:
                    self._merge(pending.popleft().result())
            while pending:
                self._merge(pending.popleft().result())
        finally:
            pool.shutdown(cancel_futures=True)

    def _work(self, part: Part, numbering: Numbering, boxes: range) -> _Done:
        collector = self.collector.fresh()
        extremes = None if self.extremes is None else self.extremes.fresh()
        missing = points = 0
        for number in boxes:
            box = part.space.box(number)
            answer = part.run(box)
            block = _block(part, numbering, box, answer)
            collector.take(block)
            if extremes is not None:
                extremes.take(block)
            missing += answer.missing
            points += math.prod(shape(box))
        return _Done(collector, extremes, missing, points)

    def _merge(self, done: _Done) -> None:
        self.collector.merge(done.collector)
        if self.extremes is not None and done.extremes is not None:
            self.extremes.merge(done.extremes)
        self.missing += done.missing
        if self._progress is not None:
            self._progress(done.points)


def _block(part: Part, numbering: Numbering, box: Box, answer: Answer) -> Block:
    """Return the points of a box that count."""
    extents = shape(box)
    chosen = None if answer.chosen is None or answer.chosen.all() else np.flatnonzero(answer.chosen)
    figures = answer.figures if chosen is None else [values[chosen] for values in answer.figures]

    def numbers(places: Array) -> Array:
        return numbering.numbers(box, places if chosen is None else chosen[places])

    def units(axis: int) -> Array:
        number = numbering.inputs.get(axis)
        if number is None:
            return np.full(len(figures[0]), numbering.fixed[axis], np.int64)
        dimension = part.space.dimension[number]
        along = [1] * len(extents)
        along[dimension] = -1
        values = flat(part.space.inputs[number][box[dimension]].reshape(along), extents)
        return values if chosen is None else values[chosen]

    return Block(figures, numbers, units, None if chosen is not None else numbering.start(box))
