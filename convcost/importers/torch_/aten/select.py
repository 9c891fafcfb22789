"""Operators that choose elements along axes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted, written
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.conv import held
from convcost.importers.torch_.aten.reshape import dropped
from convcost.importers.torch_.site import Operand, Site, Stored, free
from convcost.ops import Embedding, Gather, Slice, Split

LARGEST_LIST = 64
"""Places that are written out one by one; a longer list is a constant, and what it looks up an embedding."""


@operator("slice")
def cut(
    site: Site,
    self: Operand,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Operand:
    """``slice`` of an axis; the whole of it is the tensor itself."""
    extent = int(self.shape[counted(dim, len(self.shape))])
    first, last, _ = slice(start, end).indices(extent)
    if (first, last, step) == (0, extent, 1):
        return self
    tensor = site.tensor(self)
    return site.add(Slice(tensor.axis(dim), first, last, step), tensor)


@operator("narrow")
def narrow(site: Site, self: Operand, dim: int, start: int, length: int) -> Operand:
    """``narrow``: a slice by its length."""
    return cut(site, self, dim, start, start + length)


@operator("select")
def select(site: Site, self: Operand, dim: int, index: int) -> Tensor:
    """``select``: one place of an axis, which is gone."""
    tensor = site.tensor(self)
    axis = tensor.axis(dim)
    place = counted(index, int(tensor.own[axis - 1]))
    one = site.add(Slice(axis, place, place + 1), tensor)
    return site.reshaped(one, (*one.own[: axis - 1], *one.own[axis:]), dropped(one, axis))


@operator("split", "split_with_sizes", "chunk", "tensor_split", "unsafe_chunk", "unsafe_split")
def split(site: Site, self: Operand, *, dim: int = 0, **arguments: object) -> tuple[Operand, ...]:
    """``split`` and ``chunk``: parts of an axis, as large as PyTorch makes them."""
    del arguments
    place = counted(dim, len(self.shape))
    sizes = tuple(shape[place] for shape in site.shape)
    if len(sizes) == 1:
        return (self,)
    tensor = site.tensor(self)
    axis = tensor.axis(dim)
    if len(set(sizes)) == 1:
        parts = [Split(index, parts=len(sizes), axis=axis) for index in range(len(sizes))]
    else:
        parts = [Split(index, sizes=sizes, axis=axis) for index in range(len(sizes))]
    return tuple(site.add(op, tensor) for op in parts)


@operator("unbind")
def unbind(site: Site, self: Operand, dim: int = 0) -> tuple[Tensor, ...]:
    """``unbind``: every place of an axis, which is gone."""
    return tuple(select(site, self, dim, index) for index in range(len(site.shape)))


@operator("index_select")
def index_select(site: Site, self: Operand, dim: int, index: Operand) -> Tensor:
    """``index_select`` by a table of the module."""
    tensor = site.tensor(self)
    return site.add(Gather(tensor.axis(dim), _table(index)), tensor)


@operator("index")
def index(site: Site, self: Operand, indices: tuple[Operand | None, ...]) -> Tensor:
    """``x[:, table]``: by tables of the module for neighbouring axes, which are looked at as one."""
    places = [place for place, each in enumerate(indices) if each is not None]
    if places != list(range(places[0], places[-1] + 1)):
        raise ModelError("E743", "it is indexed along axes that are not neighbours")
    if isinstance(self, Stored) and self.trainable and len(self.shape) == 2 and len(indices) == 1:
        rows = indices[0]
        if isinstance(rows, Stored) and prod(rows.shape) > LARGEST_LIST:
            return embedding(site, self, rows)
    tensor = site.tensor(self)
    axes = [tensor.axis(place) for place in places]
    tables = [each for each in indices if each is not None]
    extents = [int(tensor.own[axis - 1]) for axis in axes]
    shape = _broadcast([tuple(table.shape) for table in tables])
    flat = [0] * prod(shape)
    for table, extent in zip(tables, extents, strict=True):
        values = _spread(_table(table), tuple(table.shape), shape)
        flat = [base * extent + counted(value, extent) for base, value in zip(flat, values, strict=True)]
    first, last = axes[0], axes[-1]
    joined = (*tensor.own[: first - 1], prod(extents), *tensor.own[last:])
    layout = tensor.layout
    if layout.place is not None and layout.place >= first:
        raise ModelError("E716", f"it is indexed along axes before the batch of {written(tensor.shape)}")
    chosen = site.add(Gather(first, tuple(flat)), site.reshaped(tensor, joined, layout))
    return site.reshaped(chosen, (*chosen.own[: first - 1], *shape, *chosen.own[first:]), layout)


def _table(operand: Operand) -> tuple[int, ...]:
    """Return the whole numbers of a constant.

    Raises
    ------
    ModelError
        E739 where they are worked out from the input.
    """
    if isinstance(operand, Stored) and operand.leaf.values is not None:
        values = operand.leaf.values
        if all(isinstance(value, bool) for value in values):
            return tuple(place for place, value in enumerate(values) if value)
        return tuple(int(value) for value in values)
    raise ModelError("E739", "it is indexed by values that are not known: they depend on the input, or are too many")


def _broadcast(shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    rank = max(len(shape) for shape in shapes)
    padded = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    return tuple(max(extents) for extents in zip(*padded, strict=True))


def _spread(values: Sequence[int], shape: tuple[int, ...], wide: tuple[int, ...]) -> list[int]:
    """Return values of a shape, row by row, repeated to a wider one.

    >>> _spread([1, 2], (2, 1), (2, 3))
    [1, 1, 1, 2, 2, 2]
    """
    padded = (*(1,) * (len(wide) - len(shape)), *shape)
    result, size = list(values), prod(padded)
    for axis in range(len(wide) - 1, -1, -1):
        if padded[axis] == wide[axis]:
            continue
        block = size // prod(padded[: axis + 1])
        block *= prod(wide[axis + 1 :]) // prod(padded[axis + 1 :])
        rows = [result[i : i + block] for i in range(0, len(result), block)]
        result = [value for row in rows for value in row * wide[axis]]
    return result


@operator("embedding")
def embedding(site: Site, weight: Operand, indices: Operand, padding_idx: int = -1, **arguments: object) -> Tensor:
    """``embedding``: a vector for each whole number; for a table of the module, its rows."""
    del padding_idx, arguments
    table = held(weight, "table")
    if isinstance(indices, Stored) and prod(indices.shape) <= LARGEST_LIST:
        return index(site, table, (indices,))
    tensor = site.tensor(indices)
    layout = tensor.layout if not free(tensor) else Layout(None)
    op = Embedding(table.shape[0], table.shape[1])
    return site.add(op, tensor, layout=layout, weights=(table,))
