"""Operators that pad images or make them larger or smaller."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted
from convcost.importers.constant import Constant, known
from convcost.importers.onnx.call import Answer, Call, operator
from convcost.importers.onnx.folding import filled
from convcost.ops import Concat, Pad, Parameter, Reshape, Resize, Transpose, Upsample
from convcost.symbols import Dim, floor, is_symbolic

MODES = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "cubic": "cubic"}


@operator("Pad")
def pad(call: Call) -> Answer:
    """Return a tensor with something around it; negative amounts cut."""
    x = call.value(0)
    rank = len(x.shape)
    amounts, value = _amounts(call, rank)
    mode = call.word("mode", "constant")
    if mode not in {"constant", "reflect", "edge"}:
        raise call.wrong(f"the mode {mode!r} is not read")
    if isinstance(x, Constant):
        return _padded(x, known(amounts), mode, value)
    if all(amount == 0 for amount in amounts):
        return x
    begins, ends = amounts[:rank], amounts[rank:]
    padded = [axis for axis in range(rank) if begins[axis] != 0 or ends[axis] != 0]
    place = x.layout.batch_axis
    if place in padded and call.builder.batch == 1:
        x = call.builder.without_batch(x)
    own = [x.axis(axis) for axis in padded]
    if all(axis >= 2 for axis in own):
        spatial = range(2, len(x.own) + 1)
        at = dict(zip(own, padded, strict=True))
        sides = [[side[at[axis]] if axis in at else 0 for axis in spatial] for side in (begins, ends)]
        return call.add(Pad((*sides[0], *sides[1]), value=value, mode=mode), x)
    if mode != "constant" and own == [1]:
        return _mirrored(call, x, (begins[padded[0]], ends[padded[0]]), mode)
    if mode != "constant":
        raise call.wrong(f"{mode} padding of channels is not read")
    for axis, foreign in zip(own, padded, strict=True):
        x = _joined(call, x, axis, begins[foreign], ends[foreign])
    return x


def _mirrored(call: Call, x: Tensor, amounts: tuple[Dim, Dim], mode: str) -> Tensor:
    """Return a tensor padded along its first own axis, which becomes the last one for that."""
    builder, place, rank = call.builder, call.node.place, len(x.own)
    if rank == 1:
        signal = builder.add(Reshape((1, *x.own)), x, name=f"{place}/signal")
        y = call.add(Pad(amounts, mode=mode), signal)
        return builder.add(Reshape(y.own[1:]), y, layout=x.layout, name=f"{place}/back")
    moved = builder.add(Transpose((*range(2, rank + 1), 1)), x, name=f"{place}/moved")
    zeros = (0,) * (rank - 2)
    y = call.add(Pad((*zeros, amounts[0], *zeros, amounts[1]), mode=mode), moved)
    return builder.add(Transpose((rank, *range(1, rank))), y, layout=x.layout, name=f"{place}/back")


def _amounts(call: Call, rank: int) -> tuple[tuple[Dim, ...], int | Fraction]:
    """Return what is put before and behind each axis, and the value."""
    value: int | Fraction = call.number("value", 0)
    if call.version < 11:
        amounts = tuple(call.integers("pads") or call.integers("paddings") or ())
    else:
        amounts = call.extents(1, "paddings")
        if call.has(2):
            found = call.constant(2, "a padded value").exact
            value = found[0] if found and isinstance(found[0], int | Fraction) else 0
    if call.version >= 18 and call.has(3):
        axes = [counted(axis, rank) for axis in known(call.extents(3, "axes"))]
        if len(amounts) != 2 * len(axes):
            raise call.wrong(f"{len(amounts)} paddings for {len(axes)} axes")
        wide: list[Dim] = [0] * (2 * rank)
        for at, axis in enumerate(axes):
            wide[axis], wide[axis + rank] = amounts[at], amounts[at + len(axes)]
        amounts = tuple(wide)
    if len(amounts) != 2 * rank:
        raise call.wrong(f"{len(amounts)} paddings for {rank} axes")
    return amounts, value


def _joined(call: Call, x: Tensor, axis: int, begin: Dim, end: Dim) -> Tensor:
    """Return a tensor with constants before and behind it along an axis that is no place of an image."""
    if any(not is_symbolic(amount) and amount < 0 for amount in (begin, end)):
        raise call.wrong("channels are cut off by a negative padding")
    parts = [x]
    for amount, first in ((begin, True), (end, False)):
        if amount != 0:
            own = tuple(amount if at + 1 == axis else extent for at, extent in enumerate(x.own))
            zeros = filled(known(own), 0)
            stored = call.builder.add(
                Parameter(own, trainable=False), layout=x.layout, weights=(zeros,), name=f"{call.node.place}/constant"
            )
            parts = [stored, *parts] if first else [*parts, stored]
    return call.add(Concat(axis), *parts, layout=x.layout)


def _padded(x: Constant, amounts: Sequence[int], mode: str, value: int | Fraction) -> Constant:
    import numpy as np

    rank = len(x.shape)
    pairs = [(amounts[axis], amounts[axis + rank]) for axis in range(rank)]
    if any(amount < 0 for pair in pairs for amount in pair):
        raise ModelError("E717", "a constant is cut by a negative padding")
    shape = tuple(extent + sum(pair) for extent, pair in zip(x.shape, pairs, strict=True))
    how = {"constant_values": x.exact[0] * 0 + value if x.small and x.size else float(value)}
    more = how if mode == "constant" else {}
    return x.moved(shape, lambda values: np.pad(values, pairs, mode=mode, **more))  # type: ignore[call-overload]


@operator("Resize", "Upsample")
def resize(call: Call) -> Answer:
    """Return an image resampled to given extents, or by given factors."""
    x = call.image()
    word = call.word("mode", "nearest")
    if word not in MODES:
        raise call.wrong(f"the mode {word!r} is not read")
    extents, factors = _target(call, x)
    if any(extents[axis] != x.own[axis - 1] for axis in range(1, 2)):
        raise call.wrong("channels are resampled")
    if call.integer("antialias", 0) or call.integer("exclude_outside", 0):
        raise call.wrong("antialiased resampling, and one that leaves out what is beyond the rim, are not read")
    spatial, factors = extents[2:], factors[2:]
    if tuple(spatial) == tuple(x.own[1:]):
        return x
    how = call.word("coordinate_transformation_mode", "half_pixel")
    how = "asymmetric" if call.node.operator == "Upsample" or call.version < 11 else how
    if how == "tf_crop_and_resize":
        raise call.wrong("parts of images (tf_crop_and_resize) are not resampled")
    whole = all(isinstance(factor, int) and factor >= 1 for factor in factors)
    mode = MODES[word]
    centred = mode == "nearest" or how in {"half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"}
    if whole and mode != "cubic" and centred:
        return call.add(Upsample(tuple(factors), mode=mode), x)
    corners = how == "align_corners" and mode != "nearest"
    return call.add(Resize(tuple(spatial), mode=mode, align_corners=corners), x)


def _target(call: Call, x: Tensor) -> tuple[list[Dim], list[Dim | None]]:
    """Return extents of the output, batch included, and the factors, where they are known to be such."""
    shape = x.shape
    scales: tuple[Dim, ...] | None = None
    sizes: tuple[Dim, ...] | None = None
    if call.node.operator == "Upsample" or call.version < 11:
        given = call.given("scales")
        if given is not None:
            from convcost.importers.constant import exact_float

            scales = tuple(map(exact_float, given))
        else:
            scales = call.extents(1, "factors")
    else:
        if call.has(2):
            scales = call.extents(2, "factors") or None
        if call.has(3):
            sizes = call.extents(3, "sizes")
    axes = [counted(axis, x.rank) for axis in call.integers("axes") or range(x.rank)]
    if call.word("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise call.wrong("an aspect ratio that is kept is not read")
    chosen = scales if scales is not None else sizes
    if chosen is None or len(chosen) != len(axes):
        raise call.wrong("it has neither a factor nor a size for each axis")
    extents, factors = list(shape), list[Dim | None]([1] * x.rank)
    for axis, number in zip(axes, chosen, strict=True):
        extent = shape[axis]
        if sizes is not None and scales is None:
            extents[axis] = number
            ratio = number / extent if is_symbolic(number) or is_symbolic(extent) else Fraction(number, extent or 1)
            factors[axis] = _settled(ratio)
        else:
            extents[axis], factors[axis] = floor(extent * number), _settled(number)
    return extents, factors


def _settled(value: Dim) -> Dim:
    from convcost.symbols.arith import exact

    if not is_symbolic(value):
        return exact(Fraction(value))
    from convcost.symbols.floordiv import number

    return number(value)
