"""Other shapes and orders of the same elements, and repetitions of them."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted, written
from convcost.importers.layout import Layout, layout_of
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site, Stored, free, located
from convcost.ops import Expand, Flatten, Shape, Tile


@operator(
    "view",
    "reshape",
    "flatten",
    "unflatten",
    "_unsafe_view",
    "view_as",
    "reshape_as",
    "_reshape_alias",
)
def reshape(site: Site, self: Operand, **arguments: object) -> Operand:
    """Another shape: the one that PyTorch gives."""
    del arguments
    if isinstance(self, Stored):
        return _stored(site, self)
    tensor = site.tensor(self)
    images = tensor.layout == Layout() and len(tensor.own) > 1
    if images and len(site.shape) == 2 and site.shape[0] == site.batch:
        return site.add(Flatten(), tensor)
    return site.builder.reshape(tensor, site.shape, site.name)


def _stored(site: Site, operand: Stored) -> Operand:
    """Return a tensor of the module in another shape; it is none of the graph yet."""
    if operand.turned:
        return site.builder.reshape(site.tensor(operand), site.shape, site.name)
    return Stored(operand.leaf, site.shape)


@operator("squeeze")
def squeeze(site: Site, self: Operand, dim: int | Sequence[int] | None = None) -> Operand:
    """``squeeze`` of one axis, of several, or of all that have one element; others stay."""
    if isinstance(self, Stored):
        return _stored(site, self)
    shape = self.shape
    asked = range(len(shape)) if dim is None else (dim,) if isinstance(dim, int) else dim
    axes = [axis for each in asked if shape[axis := counted(each, len(shape))] == 1]
    return site.builder.squeeze(self, axes, site.name) if axes else self


@operator("unsqueeze")
def unsqueeze(site: Site, self: Operand, dim: int) -> Operand:
    """``unsqueeze``."""
    if isinstance(self, Stored):
        return _stored(site, self)
    return site.builder.unsqueeze(self, (dim,), site.name)


@operator("permute")
def permute(site: Site, self: Operand, dims: Sequence[int]) -> Operand:
    """``permute``."""
    rank = len(self.shape)
    order = [counted(each, rank) for each in dims]
    if isinstance(self, Stored) and rank == 2:
        return _turned(self) if order == [1, 0] else self
    return site.builder.transpose(site.tensor(self), order, site.name)


def _turned(operand: Stored) -> Stored:
    return Stored(operand.leaf, operand.shape[::-1], not operand.turned)


@operator("transpose", "swapaxes", "swapdims")
def transpose(site: Site, self: Operand, dim0: int | None = None, dim1: int | None = None, **axes: int) -> Operand:
    """``transpose`` of two axes."""
    rank = len(self.shape)
    first = counted(axes["axis0"] if dim0 is None else dim0, rank)
    second = counted(axes["axis1"] if dim1 is None else dim1, rank)
    order = list(range(rank))
    order[first], order[second] = second, first
    return permute(site, self, order)


@operator("t", "numpy_T", "mT", "matrix_H", "adjoint")
def t(site: Site, self: Operand) -> Operand:
    """``t``: the last two axes exchanged."""
    return self if len(self.shape) < 2 else transpose(site, self, -2, -1)


@operator("movedim", "moveaxis")
def movedim(site: Site, self: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Operand:
    """``movedim``."""
    rank = len(self.shape)
    old = [counted(each, rank) for each in ((source,) if isinstance(source, int) else source)]
    new = [counted(each, rank) for each in ((destination,) if isinstance(destination, int) else destination)]
    placed = dict(zip(new, old, strict=True))
    others = iter(axis for axis in range(rank) if axis not in old)
    return permute(site, self, [placed[axis] if axis in placed else next(others) for axis in range(rank)])


@operator("copy")
def copy(site: Site, self: Operand, src: Operand, non_blocking: bool = False) -> Operand:
    """``copy_``: what is copied, in the shape of what it is copied into."""
    del self, non_blocking
    return src if tuple(src.shape) == site.shape else expand(site, src)


@operator("expand", "expand_as", "broadcast_to")
def expand(site: Site, self: Operand, **arguments: object) -> Tensor:
    """``expand`` to the shape that PyTorch gives; what is expanded over the samples is the same for each anyway."""
    del arguments
    rank = len(site.shape)
    layout, wide = located(site.shape, site.batch)
    if layout.place is not None and (isinstance(self, Stored) or free(self)):
        return _for_each_sample(site, self, layout, wide)
    tensor = site.tensor(self)
    if tensor.rank < rank:
        tensor = site.builder.unsqueeze(tensor, range(rank - tensor.rank), site.name)
    own = _own(tensor, site.shape)
    return tensor if own == tensor.own else site.add(Expand(own), tensor)


def _own(tensor: Tensor, shape: Sequence[int]) -> tuple[int, ...]:
    """Return the own extents of a tensor after its foreign ones are those given."""
    own = []
    for axes, extent in zip(tensor.layout.axes(len(tensor.own)), shape, strict=True):
        own += [int(tensor.own[axis - 1]) for axis in axes if axis] if 0 in axes or len(axes) > 1 else [extent]
    return tuple(own)


def _for_each_sample(site: Site, operand: Operand, layout: Layout, wide: Shape) -> Tensor:
    """Return what is the same for every sample as a tensor that has the batch in a place of its layout."""
    moved = site.reshaped(*_narrow(site, operand, layout))
    return moved if wide == moved.own else site.add(Expand(wide), moved)


def _narrow(site: Site, operand: Operand, layout: Layout) -> tuple[Tensor, Shape, Layout]:
    """Return an operand, and its extents without the axis of one element where the batch is to be."""
    place = layout.batch_axis
    assert place is not None
    shape = (*(1,) * (len(site.shape) - len(operand.shape)), *operand.shape)
    if shape[place] != 1:
        raise ModelError("E716", f"it repeats {written(operand.shape)} to {written(site.shape)}, over the samples")
    own = (*shape[:place], *(1,) * layout.after, *shape[place + 1 :])
    return site.tensor(operand, own), own, layout


@operator("repeat", "tile")
def repeat(site: Site, self: Operand, repeats: Sequence[int] | None = None, dims: Sequence[int] = ()) -> Tensor:
    """``repeat``: the tensor behind itself along each axis."""
    times = tuple(dims if repeats is None else repeats)
    rank = len(site.shape)
    times = (*(1,) * (rank - len(times)), *times)
    place = located(site.shape, site.batch)[0].batch_axis
    if place is not None and times[place] == site.batch and (isinstance(self, Stored) or free(self)):
        moved = site.reshaped(*_narrow(site, self, Layout(place)))
        left = (*times[:place], *times[place + 1 :])
        return moved if set(left) <= {1} else site.add(Tile(left), moved)
    tensor = site.tensor(self)
    if tensor.rank < rank:
        tensor = site.builder.unsqueeze(tensor, range(rank - tensor.rank), site.name)
    own_times: list[int] = []
    for axes, time in zip(tensor.layout.axes(len(tensor.own)), times, strict=True):
        if 0 in axes and time != 1:
            raise ModelError("E716", "it repeats the samples of the batch")
        own_times += [1 if 0 in axes else time for axis in axes if axis]
    return tensor if set(own_times) <= {1} else site.add(Tile(tuple(own_times)), tensor)


@operator("repeat_interleave")
def repeat_interleave(site: Site, self: Operand, repeats: int, dim: int | None = None, **arguments: object) -> Tensor:
    """``repeat_interleave``: each element of an axis so many times."""
    del arguments
    if dim is None or not isinstance(repeats, int):
        raise ModelError("E743", "it repeats other than so many times along one axis")
    tensor = site.tensor(self)
    axis = tensor.axis(dim)
    own = tensor.own
    apart = site.reshaped(tensor, (*own[:axis], 1, *own[axis:]), tensor.layout)
    wide = site.add(Expand((*own[:axis], repeats, *own[axis:])), apart)
    return site.reshaped(wide, (*own[: axis - 1], own[axis - 1] * repeats, *own[axis:]), tensor.layout)


def dropped(tensor: Tensor, axis: int) -> Layout:
    """Return the layout of a tensor that loses one axis of its own."""
    return layout_of([each for each in tensor.layout.axes(len(tensor.own)) if each != (axis,)])
