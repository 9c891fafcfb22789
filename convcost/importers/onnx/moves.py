"""Operators that move elements, choose some, or repeat them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted, written
from convcost.importers.constant import Constant, known
from convcost.importers.onnx.call import Answer, Call, operator
from convcost.importers.onnx.choices import cut
from convcost.importers.onnx.folding import broadcast, joined
from convcost.ops import (
    Concat,
    DepthToSpace,
    Dropout,
    Expand,
    Flatten,
    SpaceToDepth,
    Split,
    Tile,
)
from convcost.symbols import Dim, ceil_div, is_symbolic, product
from convcost.symbols.division import whole_quotient


@operator("Identity")
def identity(call: Call) -> Answer:
    """Return the same."""
    return call.value(0)


@operator("Dropout")
def dropout(call: Call) -> Answer:
    """Return the same: nothing is dropped at inference."""
    if call.needs(1):
        raise call.wrong("the mask of a dropout (output 2) is not read")
    if call.has(2) and any(call.constant(2, "a mode").exact):
        raise call.wrong("a dropout in training drops what chance wants")
    value = call.value(0)
    if isinstance(value, Constant):
        return value
    ratio: int | Fraction = call.number("ratio", Fraction(1, 2))
    if call.has(1):
        ratio = call.constant(1, "a ratio").exact[0]
    return call.add(Dropout(Fraction(ratio)), value)


@operator("Reshape")
def reshape(call: Call) -> Answer:
    """Return the same elements with other extents; 0 takes that of the input, -1 what is left."""
    value = call.value(0)
    wanted = call.integers("shape") if call.given("shape") is not None else call.extents(1, "a shape")
    assert wanted is not None
    if not call.integer("allowzero", 0):
        old = value.shape
        if any(extent == 0 and at >= len(old) for at, extent in enumerate(wanted)):
            raise call.wrong(f"{list(wanted)} takes an extent that {written(old)} does not have")
        wanted = tuple(old[at] if extent == 0 else extent for at, extent in enumerate(wanted))
    if isinstance(value, Constant):
        return value.reshaped(_closed(value, wanted))
    return call.builder.reshape(value, wanted, name=call.node.place)


def _closed(value: Constant, wanted: Sequence[Dim]) -> tuple[Dim, ...]:
    """Return extents with -1 replaced by what is left."""
    rest = product(extent for extent in wanted if extent != -1)
    left = whole_quotient(value.size, rest)
    opened = sum(1 for extent in wanted if extent == -1)
    if left is None or opened > 1 or (not opened and left != 1):
        raise ModelError("E718", f"the elements of {written(value.shape)} do not fit into {written(wanted)}")
    return tuple(left if extent == -1 else extent for extent in wanted)


@operator("Flatten")
def flatten(call: Call) -> Answer:
    """Return a matrix: the axes before one, and those from it on."""
    value = call.value(0)
    shape = value.shape
    axis = call.integer("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    if not 0 <= axis <= len(shape):
        raise call.wrong(f"there is no axis {axis} in {written(shape)}")
    target = (product(shape[:axis]), product(shape[axis:]))
    if isinstance(value, Constant):
        return value.reshaped(target)
    if axis == 1 and value.layout.batch_axis == 0 and not value.layout.folded and value.rank > 2:
        return call.add(Flatten(), value)
    return call.builder.reshape(value, target, name=call.node.place)


@operator("Squeeze")
def squeeze(call: Call) -> Answer:
    """Return the tensor without axes of one element."""
    value, axes = call.value(0), call.axes()
    if axes is None:
        axes = tuple(axis for axis, extent in enumerate(value.shape) if extent == 1)
    if isinstance(value, Constant):
        dropped = {counted(axis, len(value.shape)) for axis in axes}
        if any(value.shape[axis] != 1 for axis in dropped):
            raise ModelError("E718", f"{written(value.shape)} cannot be squeezed at {sorted(dropped)}")
        return value.reshaped(tuple(e for axis, e in enumerate(value.shape) if axis not in dropped))
    return call.builder.squeeze(value, axes, name=call.node.place)


@operator("Unsqueeze")
def unsqueeze(call: Call) -> Answer:
    """Return the tensor with new axes of one element."""
    value, axes = call.value(0), call.axes()
    if axes is None:
        raise call.wrong("axes are missing")
    if isinstance(value, Constant):
        rank = len(value.shape) + len(axes)
        places = {counted(axis, rank) for axis in axes}
        old = iter(value.shape)
        if len(places) != len(axes):
            raise call.wrong(f"axes {list(axes)} name one twice")
        return value.reshaped(tuple(1 if place in places else next(old) for place in range(rank)))
    return call.builder.unsqueeze(value, axes, name=call.node.place)


@operator("Transpose")
def transpose(call: Call) -> Answer:
    """Return the axes in another order."""
    value = call.value(0)
    rank = len(value.shape)
    order = call.integers("perm") or tuple(reversed(range(rank)))
    if sorted(order) != list(range(rank)):
        raise call.wrong(f"the order {list(order)} does not name each of {rank} axes once")
    if isinstance(value, Constant):
        return value.transposed(order)
    return call.builder.transpose(value, order, name=call.node.place)


@operator("Concat")
def concat(call: Call) -> Answer:
    """Return tensors one behind the other."""
    values = [call.value(place) for place in range(len(call.inputs))]
    if not values:
        raise call.wrong("it has no input")
    axis = counted(call.integer("axis", 1), len(values[0].shape))
    values = [value for value in values if value.shape[axis : axis + 1] != (0,)] or values[:1]
    stored = [value for value in values if isinstance(value, Constant)]
    if len(stored) == len(values):
        return joined(stored, axis)
    tensors = call.builder.aligned(*(value for value in values if isinstance(value, Tensor)))
    rest, first = iter(tensors), tensors[0]
    sides = [next(rest) if isinstance(v, Tensor) else _beside_all(call, first, v) for v in values]
    if len(sides) == 1:
        return sides[0]
    place = first.layout.batch_axis
    if place == axis and call.builder.batch == 1:
        bare = [call.builder.without_batch(side) for side in sides]
        return call.add(Concat(bare[0].axis(axis)), *bare)
    return call.add(Concat(first.axis(axis)), *sides)


def _beside_all(call: Call, tensor: Tensor, value: Constant) -> Tensor:
    """Return a constant that is joined to a tensor: it is the same for each sample."""
    place = tensor.layout.batch_axis
    if place is not None and value.shape[place] == call.builder.batch and call.builder.batch > 1:
        raise ModelError("E716", f"a constant of {written(value.shape)} has other values for each sample")
    return call.beside(tensor, value)


@operator("Split")
def split(call: Call) -> Answer:
    """Return the parts of a tensor along an axis."""
    value = call.value(0)
    axis = counted(call.integer("axis", 0), len(value.shape))
    extent, parts = value.shape[axis], len(call.node.outputs)
    sizes = known(call.extents(1, "sizes of parts")) if call.has(1) else call.integers("split")
    if sizes is None:
        parts = call.integer("num_outputs", parts)
        each = ceil_div(extent, parts)
        equal = is_symbolic(extent) or extent % parts == 0
        sizes = None if equal else (*(each,) * (parts - 1), extent - each * (parts - 1))
    if sizes is not None and not is_symbolic(extent) and sum(sizes) != extent:
        raise ModelError("E718", f"parts of {list(sizes)} do not make {written(value.shape)} along axis {axis}")
    places = range(len(call.node.outputs))
    if isinstance(value, Constant):
        even = sizes or (int(extent) // parts,) * parts
        ends = [sum(even[: place + 1]) for place in places]
        return [cut(value, axis, end - even[place], end) for place, end in zip(places, ends, strict=True)]
    if len(places) == 1:
        return value
    own = value.axis(axis)
    same = len(set(sizes or (0,))) == 1
    parts = len(sizes) if sizes is not None else parts
    op = [Split(p, parts=parts, axis=own) if same else Split(p, sizes=sizes, axis=own) for p in places]
    return [call.add(op[p], value) if call.needs(p) else None for p in places]


@operator("Expand")
def expand(call: Call) -> Answer:
    """Return a tensor repeated to a shape, both broadcast."""
    value, wanted = call.value(0), call.extents(1, "a shape")
    target = broadcast(value.shape, wanted)
    if isinstance(value, Constant):
        import numpy as np

        if value.shape == target:
            return value
        shape = known(target)
        return value.moved(shape, lambda values: np.broadcast_to(values, shape))
    builder = call.builder
    if len(target) > value.rank:
        value = builder.unsqueeze(value, range(len(target) - value.rank))
    if value.shape == target:
        return value
    place = value.layout.batch_axis
    if place is not None and target[place] != value.shape[place]:
        value = builder.without_batch(value)
    own = tuple(_own_extents(value, target))
    return call.add(Expand(own), value)


def _own_extents(value: Tensor, target: Sequence[Dim]) -> list[Dim]:
    """Return the own extents that a foreign shape asks for."""
    own: list[Dim] = []
    for axes, extent in zip(value.layout.axes(len(value.own)), target, strict=True):
        own += [value.own[axis - 1] for axis in axes if axis] if 0 in axes else [extent]
    return own


@operator("Tile")
def tile(call: Call) -> Answer:
    """Return the tensor behind itself along each axis."""
    value, repeats = call.value(0), call.extents(1, "repeats")
    if len(repeats) != len(value.shape):
        raise call.wrong(f"{len(repeats)} repeats for {len(value.shape)} axes")
    if isinstance(value, Constant):
        import numpy as np

        times = known(repeats)
        shape = tuple(extent * time for extent, time in zip(value.shape, times, strict=True))
        return value.moved(shape, lambda values: np.tile(values, times))
    if all(time == 1 for time in repeats):
        return value
    place = value.layout.batch_axis
    if place is not None and repeats[place] != 1:
        value = call.builder.without_batch(value)
    own = []
    for axes, time in zip(value.layout.axes(len(value.own)), repeats, strict=True):
        own += [1] * (len(axes) - 1) if 0 in axes else [time]
    return call.add(Tile(tuple(own)), value)


@operator("DepthToSpace")
def depth_to_space(call: Call) -> Tensor:
    """Return channels as blocks of places."""
    mode = call.word("mode", "DCR").lower()
    return call.add(DepthToSpace(call.integer("blocksize", 1), mode=mode), call.image(rank=4))


@operator("SpaceToDepth")
def space_to_depth(call: Call) -> Tensor:
    """Return blocks of places as channels."""
    if call.word("mode", "DCR") != "DCR":
        raise call.wrong("channels before block places (mode CRD) are not read")
    return call.add(SpaceToDepth(call.integer("blocksize", 1)), call.image(rank=4))
