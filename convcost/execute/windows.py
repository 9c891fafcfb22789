"""Sliding windows and padding, found by sliding: a window moves on until it no longer fits.

Nothing here computes how many windows there will be. Where they stand is enumerated, and the extents of an output are
how many places were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

import numpy as np

from convcost.execute.arithmetic import Array
from convcost.execute.tally import WHOLE, Share, Tally


@dataclass(frozen=True, slots=True)
class Slide:
    """The places of a window along one axis.

    Attributes
    ----------
    extent : int
        Elements of the input.
    before, after : int
        Padding elements at the beginning and the end.
    overhang : int
        Elements beyond the padding that the last window of ceil mode sees.
    starts : range
        Where the windows begin, counted from the first padding element.
    taps : range
        Which elements a window sees, counted from where it begins.
    """

    extent: int
    before: int
    after: int
    overhang: int
    starts: range
    taps: range


def slide(
    extent: int,
    kernel: int,
    stride: int,
    dilation: int,
    *,
    padding: tuple[int, int] | Literal["same"],
    ceil: bool = False,
) -> Slide:
    """Slide a window along one axis.

    ``same``: windows begin at 0, stride, 2·stride, ... while that is inside the input; what the last one overhangs is
    padding, the smaller half before; ``ceil`` changes nothing then. Otherwise a window slides while all of it fits into
    the padded input. With ``ceil`` it slides once more where elements are left over that the last one did not see,
    unless it would begin beyond the input (PyTorch, ONNX).

    >>> slide(6, 3, 2, 1, padding=(0, 0)).starts
    range(0, 4, 2)
    >>> same = slide(6, 3, 2, 1, padding="same")
    >>> list(same.starts), same.before, same.after
    ([0, 2, 4], 0, 1)
    >>> slide(6, 3, 2, 1, padding=(0, 0), ceil=True).overhang
    1
    """
    taps = range(0, kernel * dilation, dilation)
    if padding == "same":
        starts = range(0, extent, stride)
        beyond = max(0, starts[-1] + taps[-1] + 1 - extent)
        return Slide(extent, beyond // 2, beyond - beyond // 2, 0, starts, taps)
    before, after = padding
    if before < 0 or after < 0:
        raise ValueError(f"padding of {before} and {after}: negative amounts are an op of their own (pad)")
    padded = before + extent + after
    starts = range(0, padded - taps[-1], stride)
    if ceil:  # one more step, unless the last window ends with the padded input
        starts = range(0, padded - taps[-1] + stride - 1, stride)
        if starts and starts[-1] >= before + extent:
            starts = starts[:-1]
    if not starts:
        raise ValueError(f"a window of {taps[-1] + 1} does not fit into {padded}")
    return Slide(extent, before, after, max(0, starts[-1] + taps[-1] + 1 - padded), starts, taps)


class Windows:
    """The places of a window along all spatial axes.

    Parameters
    ----------
    extents : sequence of int
        The input's spatial extents.
    kernel, stride, dilation : sequence of int
        One an axis.
    padding : "same" or sequence of int
        All the axes' beginnings before all their ends.

    Examples
    --------
    A 2×2 window on 3×3 with one row of padding on top: 6 places see 24 elements, of which the two places on top see two
    padding elements each.

    >>> windows = Windows((3, 3), (2, 2), (1, 1), padding=(1, 0, 0, 0))
    >>> windows.extents, windows.share()
    ((3, 2), Share(real=20, of=24))
    """

    def __init__(
        self,
        extents: Sequence[int],
        kernel: Sequence[int],
        stride: Sequence[int],
        *,
        padding: Any,
        dilation: Sequence[int] | None = None,
        ceil: bool = False,
    ) -> None:
        rank = len(extents)
        sides = [padding] * rank if padding == "same" else list(zip(padding[:rank], padding[rank:], strict=True))
        dilation = dilation or (1,) * rank
        self.axes = tuple(
            slide(*axis, padding=side, ceil=ceil)
            for *axis, side in zip(extents, kernel, stride, dilation, sides, strict=True)
        )
        self.stride = tuple(stride)
        self.extents = tuple(len(axis.starts) for axis in self.axes)
        self.taps: tuple[tuple[int, ...], ...] = tuple(product(*(range(len(axis.taps)) for axis in self.axes)))
        self.borderless = all(axis.before == axis.after == axis.overhang == 0 for axis in self.axes)
        self._real = self.mask()
        self._seen: Array | None = None

    def mask(self, padding: bool = False) -> Array:
        """Mark what the windows may see: the input's elements, and on request its padding, but never the overhang."""
        whole = np.zeros([axis.before + axis.extent + axis.after + axis.overhang for axis in self.axes], bool)
        if padding:
            whole[tuple(slice(0, axis.before + axis.extent + axis.after) for axis in self.axes)] = True
        else:
            whole[self._inner()] = True
        return whole

    def _inner(self) -> tuple[Any, ...]:
        return (..., *(slice(axis.before, axis.before + axis.extent) for axis in self.axes))

    def pad(self, x: Array, value: float, tally: Tally) -> Array:
        """Put padding, and the overhang of ceil mode, around the spatial axes of (N, C, ...)."""
        if self.borderless:
            return x
        whole = tally.full((*x.shape[:2], *self._real.shape), tally.padding(value))
        whole[self._inner()] = x
        return whole

    def see(self, tap: tuple[int, ...], rows: slice = slice(None)) -> tuple[Any, ...]:
        """Return where in the padded input one tap looks from all windows, or from some rows of windows."""
        seen: list[slice] = []
        for place, axis, stride in zip(tap, self.axes, self.stride, strict=True):
            starts = axis.starts if seen else axis.starts[rows]
            seen.append(slice(starts[0] + axis.taps[place], starts[-1] + axis.taps[place] + 1, stride))
        return (..., *seen)

    def share(self, tap: tuple[int, ...] | None = None, rows: slice = slice(None)) -> Share:
        """Send the mask of real elements through the windows: how many of those seen by a tap, or by all, are real."""
        if self.borderless:
            return WHOLE
        views = [self._real[self.see(one, rows)] for one in (self.taps if tap is None else [tap])]
        return Share(sum(int(np.count_nonzero(view)) for view in views), sum(view.size for view in views))

    def share_of_rows(self, rows: slice) -> Share:
        """Return ``share`` of all taps and some rows of windows, from the mask sent through all windows once."""
        if self.borderless:
            return WHOLE
        if self._seen is None:
            self._seen = self.seen(self._real).reshape(self.extents[0], -1)
        some = self._seen[rows]
        return Share(int(some.sum()), some.size * len(self.taps))

    def counted(self, padding: bool = False) -> Array:
        """Return how many elements count in each window: at least 1, for a mean of nothing but padding is 0."""
        return np.maximum(self.seen(self.mask(padding=padding)), 1)

    def seen(self, mask: Array) -> Array:
        """Return how many marked elements each window sees: bookkeeping on masks, not arithmetic of the layer."""
        found = np.zeros(self.extents, np.int64)
        for tap in self.taps:
            found += mask[self.see(tap)]
        return found

    def rows(self, size: int) -> Iterator[slice]:
        """Cut the first axis of windows into runs of at most ``size``."""
        for first in range(0, self.extents[0], size):
            yield slice(first, first + size)
