"""Operators that choose some elements of an axis."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted, written
from convcost.importers.constant import Constant, known
from convcost.importers.onnx.call import Answer, Call, operator
from convcost.ops import Embedding, Gather, Slice
from convcost.symbols import Dim, is_symbolic, maximum, minimum

FAR = 2**31 - 1
"""Places beyond this stand for the end of an axis."""


def cut(value: Constant, axis: int, start: int, stop: int, step: int = 1) -> Constant:
    """Return some places of an axis of a constant."""
    where = (*(slice(None),) * axis, slice(start, stop if stop >= 0 else None, step))
    extent = len(range(start, stop, step))
    shape = tuple(extent if at == axis else e for at, e in enumerate(value.shape))
    part = "" if extent == value.shape[axis] else f"[{axis}:{start}:{stop}]"
    return value.moved(shape, lambda values: values[where], part)


@operator("Slice")
def slices(call: Call) -> Answer:
    """Return places of some axes, from, up to, and at distances that are constant."""
    value = call.value(0)
    if call.version < 10:
        starts, ends = call.integers("starts") or (), call.integers("ends") or ()
        axes, steps = call.integers("axes"), None
    else:
        starts, ends = call.extents(1, "places to start"), call.extents(2, "places to end")
        axes = known(call.extents(3, "axes")) if call.has(3) else None
        steps = known(call.extents(4, "steps")) if call.has(4) else None
    axes = axes if axes is not None else tuple(range(len(starts)))
    steps = steps if steps is not None else (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise call.wrong(f"{len(starts)} starts do not go with {len(ends)} ends, {len(axes)} axes, {len(steps)} steps")
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        place = counted(axis, len(value.shape))
        extent = value.shape[place]
        if step == 0:
            raise call.wrong("a slice with a step of 0")
        first, last = _place(start, extent), _place(end, extent)
        if isinstance(value, Constant):
            value = _sliced_constant(value, place, start, end, step)
        elif step < 0:
            low, high = known((start, end))
            value = _backwards(call, value, place, slice(low, None if high < -FAR else high, step))
        elif first == 0 and step == 1 and not is_symbolic(last - extent) and last == extent:
            continue
        else:
            value = _sliced(call, value, place, (first, last, step))
    return value


def _place(place: Dim, extent: Dim) -> Dim:
    """Return a place of an axis, negative ones counted from its end, none beyond it."""
    if not is_symbolic(place):
        if place > FAR - 1:
            return extent
        if place < -FAR:
            return 0
        if place < 0:
            return maximum(extent + place, 0)
        return minimum(place, extent) if not is_symbolic(extent) else place
    return place


def _sliced(call: Call, value: Tensor, place: int, cuts: tuple[Dim, Dim, int]) -> Tensor:
    """Return places of an axis, in their order."""
    extent, (first, last, step) = value.shape[place], cuts
    axes = value.layout.axes(len(value.own))[place]
    if 0 in axes and call.builder.batch == 1 and len(axes) == 1:
        value = call.builder.without_batch(value)
    stop = None if last == extent else last
    return call.add(Slice(value.axis(place), start=first, stop=stop, step=step), value)


def _backwards(call: Call, value: Tensor, place: int, cuts: slice) -> Tensor:
    """Return places in the opposite order, which is a choice of places."""
    (number,) = known((value.shape[place],))
    places = tuple(range(number)[cuts])
    return call.add(Gather(value.axis(place), places), value)


def _sliced_constant(value: Constant, axis: int, start: Dim, end: Dim, step: int) -> Constant:
    low, high = known((start, end))
    extent = int(value.shape[axis])
    chosen = range(extent)[slice(low, None if step < 0 and high < -FAR else high, step)]
    return cut(value, axis, chosen.start, chosen.stop, chosen.step) if len(chosen) else cut(value, axis, 0, 0)


@operator("Gather")
def gather(call: Call) -> Answer:
    """Return chosen places of an axis; of stored vectors, those that a tensor of numbers names."""
    table, indices = call.value(0), call.value(1)
    axis = counted(call.integer("axis", 0), max(1, len(table.shape)))
    if isinstance(table, Constant):
        if isinstance(indices, Constant):
            return _gathered(table, indices, axis)
        if axis == 0 and len(table.shape) == 2:
            entries, width = table.shape
            return call.add(Embedding(entries, width), indices, weights=(table,))
        if len(table.shape) == 1:
            y = call.add(Embedding(table.size, 1), indices, weights=(table.reshaped((table.size, 1)),))
            return call.builder.squeeze(y, (-1,))
        raise call.wrong(f"a table of {written(table.shape)} is not read by places computed from the input")
    if isinstance(indices, Tensor):
        raise ModelError("E715", "which places are taken is computed from the network's input")
    chosen = known(indices.exact)
    return _chosen(call, table, indices, axis, chosen)


def _chosen(call: Call, table: Tensor, indices: Constant, axis: int, chosen: tuple[int, ...]) -> Tensor:
    builder = call.builder
    axes = table.layout.axes(len(table.own))[axis]
    extent = table.shape[axis]
    if isinstance(extent, int) and any(not -extent <= place < extent for place in chosen):
        raise ModelError("E718", f"place {max(chosen, key=abs)} is beyond axis {axis} of {written(table.shape)}")
    if 0 in axes:
        if extent == 1 and set(chosen) <= {0, -1} and indices.shape in {(), (1,)}:
            return builder.squeeze(table, (axis,)) if not indices.shape else table
        table = builder.without_batch(table)
    own = table.axis(axis)
    if not indices.shape:
        (place,) = chosen
        start, stop = (place, place + 1) if place != -1 else (-1, None)
        part = table if extent == 1 else call.add(Slice(own, start=start, stop=stop), table)
        return builder.squeeze(part, (axis,), name=f"{call.node.place}/squeeze")
    y = call.add(Gather(own, chosen), table)
    if len(indices.shape) == 1:
        return y
    shape = table.shape
    return builder.reshape(y, (*shape[:axis], *indices.shape, *shape[axis + 1 :]), name=f"{call.node.place}/reshape")


def _gathered(table: Constant, indices: Constant, axis: int) -> Constant:
    import numpy as np

    if not indices.small:
        raise ModelError("E719", "a choice of so many places is not worked out")
    places = np.array(known(indices.exact), np.int64).reshape(indices.shape)
    extent = int(table.shape[axis]) if table.shape else 0
    if places.size and (places.min() < -extent or places.max() >= extent):
        raise ModelError("E718", f"place {int(places.max())} is beyond axis {axis} of {written(table.shape)}")
    shape = (*table.shape[:axis], *indices.shape, *table.shape[axis + 1 :])
    part = f"[{axis}:{','.join(map(str, places.reshape(-1)[:8]))}]"
    return table.moved(shape, lambda values: np.take(values, places, axis), part)
