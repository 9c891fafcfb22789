"""Winograd's minimal filtering: a convolution of 3×3 with fewer multiplications than it has products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from convcost.execute._executor import Layer
from convcost.execute.arithmetic import Array
from convcost.execute.intercept import Interception
from convcost.execute.kernels._kernel import Kernel, bias_row, windows_over, zeros_around
from convcost.execute.kernels.conv import conv
from convcost.execute.kernels.transforms import Program, perform, program
from convcost.execute.memory import Band, Form, Reach, Tensor
from convcost.execute.steps import Making, Step
from convcost.execute.tally import Tally
from convcost.execute.windows import Windows
from convcost.ops import Conv

FEWEST_CHANNELS = 16
"""With fewer, transforms work on runs of memory too short to be fast, and cost as much as they save."""

BAND_TILES = 196
"""Tiles of a band: with fewer the products are slow, with more the transforms leave the cache."""

Parts: TypeAlias = Array | list[Array]
"""Arrays of one shape, as the first axis of one or as a list."""


class Scheme(NamedTuple):
    """F(m×m, 3×3): m×m places of the output at once, from (m+2)×(m+2) of the input.

    Attributes
    ----------
    tile, size : int
        m, and m + 2.
    taps, data, places : Program
        One axis of the transforms: of the kernel, g to u, of the input, d to v, and back, m to y.
    """

    tile: int
    size: int
    taps: Program
    data: Program
    places: Program


F2 = Scheme(
    2,
    4,
    taps=program("""
        s = g0 + g2;  a = s + g1;  b = s - g1
        u0 = g0;  u1 = 1/2 * a;  u2 = 1/2 * b;  u3 = g2
    """),
    data=program("v0 = d0 - d2;  v1 = d1 + d2;  v2 = d2 - d1;  v3 = d1 - d3"),
    places=program("""
        a = m1 + m2;  y0 = m0 + a
        a = m1 - m2;  y1 = a - m3
    """),
)
"""F(2×2, 3×3): interpolates at 0, 1, -1 and ∞."""

F4 = Scheme(
    4,
    6,
    taps=program("""
        s = g0 + g2;  a = s + g1;  b = g1 - s
        u0 = 1/4 * g0;  u1 = -1/6 * a;  u2 = 1/6 * b
        s = u0 + g2;  a = 1/6 * s;  b = 1/12 * g1
        u3 = a + b;  u4 = a - b;  u5 = g2
    """),
    data=program("""
        a = 4 * d2;  a = d4 - a;  b = 4 * d1;  b = d3 - b;  v1 = a + b;  v2 = a - b
        a = d4 - d2;  b = d3 - d1;  c = 2 * b;  v3 = a + c;  v4 = a - c
        v0 = d0 - d2;  v0 = 4 * v0;  v0 = v0 + a
        v5 = d5 - d3;  b = 4 * b;  v5 = v5 - b
    """),
    places=program("""
        a = m1 + m2;  c = m3 + m4;  y0 = m0 + a;  y0 = y0 + c;  c = 4 * c;  y2 = a + c
        a = m1 - m2;  c = m3 - m4;  c = 2 * c;  y1 = a + c;  c = 4 * c;  y3 = a + c;  y3 = y3 + m5
    """),
)
"""F(4×4, 3×3): interpolates at 0, 1, -1, 2, -2 and ∞."""


def transformed(scheme: Scheme) -> Kernel:
    """Return the kernel that convolves by a scheme where it applies, and directly elsewhere."""

    def winograd(layer: Layer[Conv], x: Tensor) -> Making | None:
        if not applies(layer.op, x.form):
            return conv(layer, x)
        windows = windows_over(layer.op, x.form)
        form = x.form._replace(extents=windows.extents, channels=layer.op.out)
        return Making(form, lambda step: _bands(step, layer, x, windows, scheme))

    return winograd


def needs(scheme: Scheme, op: Any, x: Form) -> Reach:
    """Return the border a convolution likes, tiles that overhang the output included."""
    return _reach(windows_over(op, x), scheme) if applies(op, x) else zeros_around(op, x)


def applies(op: Any, x: Form) -> bool:
    """Whether a convolution is one of 3×3, dense and without steps, on enough channels."""
    geometry = (tuple(op.kernel), tuple(op.stride), tuple(op.dilation), op.groups)
    return geometry == ((3, 3), (1, 1), (1, 1), 1) and x.channels >= FEWEST_CHANNELS


def _reach(windows: Windows, scheme: Scheme) -> Reach:
    ends = [_tiles(axis.starts, scheme)[-1] + scheme.size - axis.before - axis.extent for axis in windows.axes]
    return Reach(tuple((axis.before, max(0, end)) for axis, end in zip(windows.axes, ends, strict=True)), 0.0)


def _tiles(places: range, scheme: Scheme) -> range:
    """Lay tiles side by side until all places are covered; the last may overhang."""
    return places[:: scheme.tile]


class Work(NamedTuple):
    """What the transforms of a band need: where calls and spare memory are, and how many tiles it has each way."""

    step: Step
    tally: Tally
    scheme: Scheme
    band: Band
    down: int
    across: int

    def along(self, lines: Program, **arrays: Parts) -> None:
        """Perform a program along one axis, whose places are named d0, d1, ..."""
        named = _named(arrays)
        shape = next(iter(named.values())).shape
        perform(self.step.emit, self.tally, lines, named, lambda name: self.step.scratch(f"spare {name}", shape))


def _bands(step: Step, layer: Layer[Conv], x: Tensor, windows: Windows, scheme: Scheme) -> None:
    """Transform the tiles of a band, multiply, and transform back.

        tiles of the map          transformed            products               band
        (m+2) x (m+2) x C   ->   (m+2)² x tiles x C  @  (m+2)² x C x out  ->  m x m places x out

    Tiles overlap by two rows and columns. The first axis is transformed along whole rows, what tiles of a row share
    only once.
    """
    factors, bias = _factors(layer, x.channels, scheme, step), bias_row(step, layer)
    x = step.packed(x, _reach(windows, scheme))
    across = len(_tiles(windows.axes[1].starts, scheme))
    width = (scheme.size / scheme.tile) ** 2 * (x.channels + layer.op.out)
    for band in step.bands(width, rows=scheme.tile, places=BAND_TILES * scheme.tile**2):
        down = len(range(band.rows.start, band.rows.stop, scheme.tile))
        work = Work(step, layer.tally, scheme, band, down, across)
        tiles = _data(work, x, windows)
        products = step.scratch("products", (*tiles.shape[:2], layer.op.out))
        step.emit(layer.tally.matmul, tiles, factors, out=products)
        made = _places(work, products.reshape(scheme.size, scheme.size, down, across, -1))
        if bias is not None:
            step.emit(layer.tally.add, made, bias, out=made)
        step.finish(band, made)


def _data(work: Work, x: Tensor, windows: Windows) -> Array:
    """Transform what the tiles of a band see, to ((m+2)², tiles, C): first along whole rows, then within them."""
    assert x.flat is not None
    step, size, every = work.step, work.scheme.size, work.scheme.tile
    top, left = (before - axis.before for axis, (before, _) in zip(windows.axes, x.border, strict=True))
    wide = len(range(_tiles(windows.axes[1].starts, work.scheme)[-1] + size))
    run = slice(left * x.channels, (left + wide) * x.channels)
    first = top + work.band.rows.start
    seen = [x.flat[work.band.sample, first + at :: every, run][: work.down] for at in range(size)]
    rows = step.scratch("rows", (size, *seen[0].shape))
    work.along(work.scheme.data, d=seen, v=rows)
    places = rows.reshape(size, work.down, wide, -1)
    made = step.scratch("tiles", (size, size, work.down, work.across, x.channels))
    within = [places[:, :, at::every][:, :, : work.across] for at in range(size)]
    work.along(work.scheme.data, d=within, v=np.moveaxis(made, 1, 0))
    return made.reshape(size * size, -1, x.channels)


def _places(work: Work, products: Array) -> Array:
    """Transform products, (m+2, m+2, tiles down, across, out), back to the rows of a band; cut off what overhangs."""
    step, tile, out = work.step, work.scheme.tile, products.shape[-1]
    half = step.scratch("half", (tile, *products.shape[1:]))
    work.along(work.scheme.places, m=products, y=half)
    made = whole = step.place(work.band)
    covered = (work.down * tile, work.across * tile * out)
    if made.shape != covered:
        whole = step.scratch("whole", covered)
    targets = whole.reshape(work.down, tile, work.across, tile, out).transpose(3, 1, 0, 2, 4)
    work.along(work.scheme.places, m=np.moveaxis(half, 1, 0), y=targets)
    if whole is not made:
        step.emit(np.copyto, made, whole[: made.shape[0], : made.shape[1]])
    return made


def _named(arrays: Mapping[str, Parts]) -> dict[str, Array]:
    return {f"{name}{at}": part for name, parts in arrays.items() for at, part in enumerate(parts)}


def _factors(layer: Layer[Conv], width: int, scheme: Scheme, step: Step) -> Array:
    """Allocate the weights, (out, C, 3, 3), and transform them, once for all runs, to ((m+2)², C, out)."""
    op, arithmetic = layer.op, step.store.arithmetic
    weight = layer.weights.weight((op.out, width, *op.kernel), fan_in=width * 9)
    taps = arithmetic.empty((3, 3, op.out, width))
    np.copyto(taps, weight.transpose(2, 3, 0, 1))
    size, once = scheme.size, Tally(arithmetic)
    half, made = (arithmetic.empty((size, extent, op.out, width)) for extent in (3, size))
    for source, target in ((taps, half), (np.moveaxis(half, 1, 0), np.moveaxis(made, 1, 0))):
        spare = partial(_spare, arithmetic, source.shape[1:])
        perform(_now, once, scheme.taps, _named({"g": source, "u": target}), spare)
    layer.weights.prepared = once.all
    if isinstance(arithmetic, Interception):
        arithmetic.charge(Counter())
    return made.reshape(size * size, op.out, width).swapaxes(1, 2)


def _now(function: Any, *arguments: Any, **options: Any) -> None:
    function(*arguments, **options)


def _spare(arithmetic: Any, shape: tuple[int, ...], _name: str) -> Array:
    made: Array = arithmetic.empty(shape)
    return made
