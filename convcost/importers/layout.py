"""Where the batch is in a tensor of another framework, and what moving its axes does to it.

A tensor here is batch first: (N, a, b, c). A foreign one may have its batch elsewhere (sequence first), folded into
another axis (N·T samples, or N·heads), or not at all (one sample, its axis squeezed away). The other axes are in one
order on both sides, so the place of the batch says everything.
"""

from __future__ import annotations

from collections.abc import Sequence

from convcost.ops import Shape
from convcost.records import Record
from convcost.symbols import Dim, product
from convcost.symbols.division import whole_quotient


class Layout(Record):
    """The place of the batch among the axes of a foreign tensor.

    Attributes
    ----------
    place : int, optional
        How many of the tensor's own axes stand before the batch; None where the foreign tensor has no batch axis.
    before, after : int
        How many own axes on either side are folded into the foreign axis of the batch: (N·T, C) is place 0, after 1.

    Examples
    --------
    >>> Layout().foreign((2, 3, 5), batch=7), Layout(1).foreign((2, 3, 5), batch=7)
    ((7, 2, 3, 5), (2, 7, 3, 5))
    >>> Layout(0, after=1).foreign((2, 3, 5), batch=7), Layout(None).foreign((2, 3, 5), batch=1)
    ((14, 3, 5), (2, 3, 5))
    """

    place: int | None = 0
    before: int = 0
    after: int = 0

    @property
    def batch_axis(self) -> int | None:
        """The foreign axis that holds the batch."""
        return None if self.place is None else self.place - self.before

    @property
    def folded(self) -> bool:
        """Whether that axis holds something else, too."""
        return self.before + self.after > 0

    def foreign(self, own: Sequence[Dim], batch: Dim) -> Shape:
        """Return the extents of the foreign tensor from the tensor's own, which are without the batch."""
        if self.place is None:
            return tuple(own)
        first, last = self.place - self.before, self.place + self.after
        return (*own[:first], product(own[first:last]) * batch, *own[last:])

    def axes(self, rank: int) -> tuple[tuple[int, ...], ...]:
        """Return the own axes that each foreign axis consists of, the batch being 0; ``rank`` counts own axes.

        >>> Layout(1, before=1).axes(3)
        ((1, 0), (2,), (3,))
        """
        if self.place is None:
            return tuple((axis,) for axis in range(1, rank + 1))
        first, last = self.place - self.before, self.place + self.after
        folded = (*range(first + 1, self.place + 1), 0, *range(self.place + 1, last + 1))
        alone = [(axis,) for axis in range(1, rank + 1)]
        return (*alone[:first], folded, *alone[last:])


def layout_of(axes: Sequence[Sequence[int]]) -> Layout:
    """Return the layout of foreign axes given as in ``Layout.axes``, whatever the numbers of the other axes are.

    >>> layout_of([(3,), (1, 0), (2,)])
    Layout(place=2, before=1, after=0)
    """
    before = 0
    for axis in axes:
        if 0 in axis:
            at = list(axis).index(0)
            return Layout(before + at, at, len(axis) - at - 1)
        before += len(axis)
    return Layout(None)


def refolded(own: Sequence[Dim], layout: Layout, batch: Dim, target: Sequence[Dim]) -> tuple[Layout, Shape] | None:
    """Return where the batch is after a reshape, with the tensor's own extents; None where samples would be mixed.

    Parameters
    ----------
    own : sequence of Dim
        Extents without the batch.
    target : sequence of Dim
        The foreign extents asked for, none of them open.

    Examples
    --------
    >>> refolded((5, 6), Layout(1), 7, (5, 7 * 2, 3))  # sequence first, heads folded into the batch
    (Layout(place=1, before=0, after=1), (5, 2, 3))
    >>> refolded((5, 6), Layout(), 7, (5, 7, 6)) is None
    True
    """
    if layout.place is None:
        return Layout(None), tuple(target)
    before = product(own[: layout.place])
    passed: Dim = 1
    new: list[Dim] = []
    for index, extent in enumerate(target):
        rest = target[index + 1 :]
        if passed == before:
            if extent == batch:
                return Layout(len(new)), (*new, *rest)
            inside = whole_quotient(extent, batch)
            if inside is not None:
                return Layout(len(new), 0, 1), (*new, inside, *rest)
            if extent != 1:
                return None
            new.append(extent)
            continue
        left = whole_quotient(before, passed)
        if left is None:
            return None
        if whole_quotient(left, extent) is not None:
            passed = passed * extent
            new.append(extent)
            continue
        inside = whole_quotient(extent, left * batch)
        if inside is None:
            return None
        folded = (left,) if inside == 1 else (left, inside)
        return Layout(len(new) + 1, 1, len(folded) - 1), (*new, *folded, *rest)
    return (Layout(None), tuple(new)) if batch == 1 and passed == before else None
