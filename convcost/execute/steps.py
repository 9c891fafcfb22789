"""A step of a compiled plan: a flat list of calls on arrays that are already there, for one node or several.

Nodes whose outputs only the next one takes run together, band by band: what a convolution has made of some rows is
normalised and activated while it is in the cache.

    rows of the input        band          rows of the output
    ================                       ................
    ================  conv -> norm -> relu ****************   one band: some rows of one sample
    ================                       ................

Each node keeps its own layer with its own tally, and performs what it performs alone.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Arithmetic, Array
from convcost.execute.intercept import Interception
from convcost.execute.memory import Band, Form, Reach, Store, Tensor, bare

BAND_PLACES = 560
"""Places of a band at least: a product of so many rows is near the speed of a large one."""

BAND_BYTES = 1 << 20
"""More places are taken where what a band reads and makes is less than this, and stays in the cache."""


LANE_NUMBERS = 32 << 10
"""Numbers that a lane reads and makes at least, if there is to be another: two threads whose calls of NumPy are shorter
than about ten microseconds spend more time handing the interpreter to each other."""


class Making(NamedTuple):
    """What a kernel says before anything is allocated: the form of its output, and how to make it.

    Attributes
    ----------
    form : Form
        Of the output.
    emit : callable
        Given the step, adds its calls.
    banded : bool
        Whether it makes its output band by band, so that other nodes can follow.
    """

    form: Form
    emit: Callable[[Step], None]
    banded: bool = True


Call: TypeAlias = Callable[[], object]

Tail: TypeAlias = Callable[[Array, Array, Band], None]
"""What a node does to a band: adds calls that compute from one array into another, maybe the same."""


class Scratch:
    """Memory for what lives within a band, the same for all bands and all steps, so that it stays in the cache."""

    def __init__(self, arithmetic: Arithmetic) -> None:
        self.arithmetic = arithmetic
        self._arrays: dict[str, Array] = {}
        self._constants: dict[tuple[float, int], Array] = {}

    def __call__(self, role: str, shape: Sequence[int]) -> Array:
        """Return an array for a role; the next call for that role returns the same memory."""
        size = math.prod(shape)
        whole = self._arrays.get(role)
        if whole is None or whole.size < size:
            whole = self._arrays[role] = self.arithmetic.empty((size,))
        return whole[:size].reshape(shape)

    def constant(self, value: float, size: int) -> Array:
        """Return a row of one number: NumPy combines two arrays faster than an array and a number."""
        key = (value, size)
        if key not in self._constants:
            self._constants[key] = self.arithmetic.full((size,), value)
        return self._constants[key]


class Step:
    """Calls that run one or several nodes.

    Attributes
    ----------
    layers : dict of int to Layer
        What the nodes compute with, in the order of the band.
    values : dict of int to array
        Inputs and outputs of the nodes, as the ops see them; nodes that run together have one output.
    prepared : list of callable
        What depends on weights alone, and is done first in each run.
    calls : list of callable
        What is done, in order; nothing is decided any more.
    out : Tensor
        Where the output of the last node lies.
    again : bool
        Whether there will be further runs, for which it pays to lay weights out otherwise.
    """

    def __init__(
        self,
        layers: dict[int, Layer[Any]],
        out: Tensor,
        values: dict[int, Array],
        store: Store,
        lanes: Sequence[Scratch],
        *,
        again: bool,
    ) -> None:
        self.layers = layers
        self.out = out
        self.values = values
        self.store = store
        self.lanes = lanes
        self.again = again
        self.scratch = lanes[0]
        self.prepared: list[Call] = []
        self.calls: list[Call] = []
        self.parts_of: list[list[Call]] = [[] for _ in lanes]
        self.bands_of: list[list[Call]] = [[] for _ in lanes]
        self._into = self.calls
        self.reported: dict[int, Counter[str]] = {}
        self.tails: list[tuple[int, Tail]] = []
        self.temporary: list[Tensor] = []

    @property
    def nodes(self) -> tuple[int, ...]:
        """Which nodes run, in the order of the band."""
        return tuple(self.layers)

    def emit(self, function: Callable[..., object], *arguments: object, **options: object) -> None:
        """Add a call."""
        self._into.append(partial(function, *arguments, **options))

    def prepare(self, function: Callable[..., object], *arguments: object, **options: object) -> None:
        """Add a call that depends on weights alone."""
        self.prepared.append(partial(function, *arguments, **options))

    def settle(self, node: int, into: list[Call] | None = None) -> None:
        """Charge a node with what NumPy reports of the calls since the last one, where it is intercepted."""
        if isinstance(self.store.arithmetic, Interception):
            call = partial(self.store.arithmetic.charge, self.reported.setdefault(node, Counter()))
            (self._into if into is None else into).append(call)

    def packed(self, x: Tensor, need: Reach | None = None) -> Tensor:
        """Return a tensor in rows with the border needed: itself, or a copy that is made first."""
        need = need or bare(x.form)
        if x.covers(need):
            return x
        copy = self.store.tensor(x.form, need)
        self.temporary.append(copy)
        self.emit(np.copyto, copy.inner, x.inner)
        return copy

    @property
    def row(self) -> int:
        """How many numbers a row of the output has, all channels of its places."""
        return int(self.out.rows(Band(0, slice(0, 1))).shape[-1])

    def bands(self, width: float, *, rows: int = 1, places: int = BAND_PLACES) -> Iterator[Band]:
        """Cut the output into bands of some rows of a sample; for each place, so many numbers are read and made.

        A band begins at a multiple of so many rows, and has so many places at least, unless there are no more. Each
        lane has the same share of all rows. Every other lane goes upwards, so that two neighbours come to the rows
        between them last.
        """
        batch, (first, *rest), *_ = self.out.form
        places = max(places, int(BAND_BYTES // (width * self.store.arithmetic.bytes)))
        groups, most = -(-first // rows), max(1, places // (math.prod(rest) * rows))
        numbers = width * batch * first * math.prod(rest)
        for lane, (begin, end) in enumerate(self._shares(batch * groups, numbers)):
            bands = []
            for sample in range(begin // groups, -(-end // groups)):
                low, high = max(0, begin - sample * groups), min(groups, end - sample * groups)
                parts = -(-(high - low) // most)
                cuts = [min(first, (low + (high - low) * part // parts) * rows) for part in range(parts + 1)]
                bands += [Band(sample, slice(*cut)) for cut in pairwise(cuts)]
            self.scratch, self._into = self.lanes[lane], self.bands_of[lane]
            yield from reversed(bands) if lane % 2 else bands
        self.scratch, self._into = self.lanes[0], self.calls

    def _shares(self, size: int, numbers: float) -> Iterator[tuple[int, int]]:
        """Yield where the share of each lane begins and ends, if so many numbers are read and made."""
        lanes = max(1, min(len(self.lanes), int(numbers // LANE_NUMBERS)))
        return pairwise(size * lane // lanes for lane in range(lanes + 1))

    def parts(self, size: int, numbers: int) -> Iterator[slice]:
        """Cut something all bands wait for, that reads and makes so many numbers, into a part for each lane."""
        for lane, (start, stop) in enumerate(self._shares(size, numbers)):
            self.scratch, self._into = self.lanes[lane], self.parts_of[lane]
            if start < stop:
                yield slice(start, stop)
        self.scratch, self._into = self.lanes[0], self.calls

    def place(self, band: Band) -> Array:
        """Return where the first node of a band puts its values, (rows, ..., W·C) without gaps."""
        target = self.out.rows(band)
        if not self.tails and target.flags.c_contiguous:
            return target
        return self.scratch("band", target.shape)

    def finish(self, band: Band, made: Array, *, borrowed: bool = False, elsewhere: bool = False) -> None:
        """Let the other nodes follow; the last one writes where the output lies.

        What was made in ``place`` may be there already, what was made elsewhere is not. What is borrowed, an input, is
        not written to.
        """
        target = self.out.rows(band)
        if not self.tails and (borrowed or elsewhere or not target.flags.c_contiguous):
            self.emit(np.copyto, target, made)
        self.settle(self.nodes[0])
        for number, (node, tail) in enumerate(self.tails, start=1):
            into = target
            if number < len(self.tails):
                into = self.scratch("band", made.shape) if borrowed else made
            tail(made, into, band)
            self.settle(node)
            made, borrowed = into, False
