"""Where values lie in memory: channels last, with a border around the places for those who look beyond the rim.

    the ops see      (N, C, H, W)
    memory holds     (N, top + H + bottom, left + W + right, C)

The channels of a place are neighbours, a row of places is one run of W·C numbers, and a convolution that pads reads
its padding from the border, which was filled once, instead of copying the whole map to put zeros around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.windows import Windows

Border: TypeAlias = tuple[tuple[int, int], ...]
"""Elements before and after the places, for each axis of them."""


class Reach(NamedTuple):
    """How far windows look beyond the rim of a map, and what they are to find there."""

    border: Border
    fill: float


class Form(NamedTuple):
    """The shape of a tensor, in the terms of memory.

    Attributes
    ----------
    batch, channels : int
        Samples, and numbers at each place of one.
    extents : tuple of int
        Places along each axis.
    rank : int
        How many axes of places the ops see.
    """

    batch: int
    extents: tuple[int, ...]
    channels: int
    rank: int


class Band(NamedTuple):
    """Some rows of a sample: a run of places along the first axis, with all places along the others."""

    sample: int
    rows: slice


def reach(windows: Windows, fill: float) -> Reach:
    """Return the border that windows need around a map.

    >>> reach(Windows((5, 6), (3, 3), (2, 2), padding=(1, 1, 1, 1)), 0.0)
    Reach(border=((1, 1), (1, 0)), fill=0.0)
    """
    ends = (axis.starts[-1] + axis.taps[-1] + 1 - axis.before - axis.extent for axis in windows.axes)
    return Reach(tuple((axis.before, max(0, end)) for axis, end in zip(windows.axes, ends, strict=True)), fill)


def bare(form: Form) -> Reach:
    """Return no border at all."""
    return Reach(((0, 0),) * len(form.extents), 0.0)


class Tensor:
    """A value of the network and the memory it lies in.

    Maps have at least two axes of places here, the first ones of extent 1 if the ops see fewer: (N, F) lies as
    (N, 1, 1, F).

    Attributes
    ----------
    data : array
        (N, *places with their border, C).
    border : Border
        What of it is not the value.
    rank : int
        How many axes of places the ops see.
    fill : float
        What the border holds.
    parents : tuple of Tensor, optional
        Those in whose memory it may lie; None where it has memory of a store.
    """

    __slots__ = ("border", "data", "fill", "flat", "parents", "rank")

    def __init__(self, data: Array, border: Border, rank: int, fill: float = 0.0) -> None:
        self.data = data
        self.border = border
        self.rank = rank
        self.fill = fill
        self.parents: tuple[Tensor, ...] | None = None
        self.flat: Array | None = data.reshape(*data.shape[:-2], -1) if data.flags.c_contiguous else None

    @classmethod
    def of(cls, array: Array) -> Tensor:
        """Return an array (N, C, *places) as a tensor that lies where the array does."""
        rank = array.ndim - 2
        data = np.moveaxis(array, 1, -1) if rank > 0 else array.reshape(len(array), -1)
        data = data.reshape(len(data), *(1,) * (2 - max(rank, 0)), *data.shape[1:]) if rank < 2 else data
        return cls(data, ((0, 0),) * (data.ndim - 2), rank)

    @property
    def form(self) -> Form:
        """Its shape, the border apart."""
        batch, *whole, channels = self.data.shape
        extents = (extent - sum(sides) for extent, sides in zip(whole, self.border, strict=True))
        return Form(batch, tuple(extents), channels, self.rank)

    @property
    def channels(self) -> int:
        """How many numbers there are at each place."""
        return int(self.data.shape[-1])

    @property
    def inner(self) -> Array:
        """The value with channels last, (N, *places, C)."""
        sides = zip(self.data.shape[1:-1], self.border, strict=True)
        places: tuple[Any, ...] = tuple(slice(before, extent - after) for extent, (before, after) in sides)
        return self.data[:, *places]

    @property
    def value(self) -> Array:
        """The value as the ops see it, (N, C, *places)."""
        lone: tuple[Any, ...] = (0,) * (2 - max(self.rank, 0))
        inner = self.inner[:, *lone]
        if self.rank < 0:
            return inner[:, 0]
        return np.moveaxis(inner, -1, 1) if self.rank else inner

    @property
    def borderless(self) -> bool:
        """Whether nothing but the value lies in the memory, place after place."""
        return self.flat is not None and not any(before or after for before, after in self.border)

    def covers(self, need: Reach) -> bool:
        """Whether the border is as wide as needed and holds what it should, and rows are runs of memory."""
        sides = list(zip(chain(*self.border), chain(*need.border), strict=True))
        filled = self.fill == need.fill or not any(their for _, their in sides)
        return self.flat is not None and filled and all(mine >= their for mine, their in sides)

    def rows(self, band: Band) -> Array:
        """Return the rows of a band, (rows, ..., W·C): a row of places and their channels is one run."""
        assert self.flat is not None
        (top, _), *middle, (left, right) = self.border
        extents = zip(self.data.shape[2:-2], middle, strict=True)
        between: tuple[Any, ...] = tuple(slice(before, extent - after) for extent, (before, after) in extents)
        some = slice(top + band.rows.start, top + band.rows.stop)
        run = slice(left * self.channels, self.flat.shape[-1] - right * self.channels)
        return self.flat[band.sample, some, *between, run]


def seen(x: Tensor, windows: Windows) -> Array:
    """Return what all windows see, (N, *places, *kernel, C), without moving anything.

    rows of the map        a window of 3×3 at place (0, 1)
    . a b c d e            view[0, 0, 1] = a b c     and, the axes of kernel and channels
    . f g h i j                            f g h     being neighbours in memory,
    . k l m n o                            k l m     three runs of 3·C numbers
    """
    axes = list(zip(windows.axes, x.border, strict=True))
    begins = [before - axis.before for axis, (before, _) in axes]
    spans = [axis.taps[-1] + 1 for axis in windows.axes]
    ends = (at + axis.starts[-1] + span for at, span, axis in zip(begins, spans, windows.axes, strict=True))
    region: tuple[Any, ...] = tuple(map(slice, begins, ends))
    places = tuple(range(1, 1 + len(spans)))
    every: Array = np.lib.stride_tricks.sliding_window_view(x.data[:, *region], spans, places, subok=True)
    steps: tuple[Any, ...] = tuple(slice(None, None, axis.starts.step) for axis in windows.axes)
    taps: tuple[Any, ...] = tuple(slice(None, None, axis.taps.step) for axis in windows.axes)
    return np.moveaxis(every[:, *steps, :, *taps], len(spans) + 1, -1)


class Store:
    """Memory for tensors, used again by others of the same form when nobody looks at them any more.

    Attributes
    ----------
    bytes : int
        Allocated so far.
    """

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self.bytes = 0
        self._free: dict[tuple[Any, ...], list[Array]] = {}

    def tensor(self, form: Form, need: Reach | None = None) -> Tensor:
        """Return a tensor whose border is filled and whose value is not."""
        rank, need = form.rank, need or bare(form)
        places = (sum(sides, extent) for extent, sides in zip(form.extents, need.border, strict=True))
        whole = (form.batch, *places, form.channels)
        free = self._free.get((whole, need))
        if free:
            return Tensor(free.pop(), need.border, rank, need.fill)
        data = self.arithmetic.empty(whole)
        self.bytes += data.nbytes
        hold = self.arithmetic.padding(need.fill)
        for axis, (before, after) in enumerate(need.border, start=1):
            ends = [slice(0, before), slice(whole[axis] - after, None)]
            for end in ends:
                data[(slice(None),) * axis + (end,)] = hold
        return Tensor(data, need.border, rank, need.fill)

    def free(self, tensors: Iterable[Tensor]) -> None:
        """Take the memory of tensors back, to be used by later ones."""
        for x in tensors:
            self._free.setdefault((x.data.shape, Reach(x.border, x.fill)), []).append(x.data)
