"""Kernels, strides and paddings as ONNX writes them, for convolutions and pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convcost.errors import ModelError
from convcost.importers.onnx.call import Call
from convcost.ops import Padding, Shape
from convcost.symbols import Dim, ceil_div, floor_div, maximum


class Windows(NamedTuple):
    """The attributes of a window that slides."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Padding
    dilation: tuple[int, ...]


def windows(call: Call, spatial: Shape, kernel: Sequence[int]) -> Windows:
    """Return the windows of a node over an input of these spatial extents."""
    rank = len(spatial)
    stride = sized(call, "strides", rank, 1)
    dilation = sized(call, "dilations", rank, 1)
    if len(kernel) != rank or min(kernel, default=1) < 1:
        raise call.wrong(f"the kernel {list(kernel)} is not one of {rank} axes")
    auto = call.word("auto_pad", "NOTSET")
    if auto == "NOTSET":
        pads = sized(call, "pads", 2 * rank, 0, least=0)
        return Windows(tuple(kernel), stride, pads, dilation)
    if auto == "VALID":
        return Windows(tuple(kernel), stride, (0,) * (2 * rank), dilation)
    if auto == "SAME_UPPER":
        return Windows(tuple(kernel), stride, "same", dilation)
    if auto == "SAME_LOWER":
        totals = [same(n, k, s, d) for n, k, s, d in zip(spatial, kernel, stride, dilation, strict=True)]
        ends = [floor_div(total, 2) for total in totals]
        begins = [total - end for total, end in zip(totals, ends, strict=True)]
        return Windows(tuple(kernel), stride, (*begins, *ends), dilation)
    raise call.wrong(f"auto_pad {auto!r} is not known")


def same(extent: Dim, kernel: int, stride: int, dilation: int) -> Dim:
    """Return how much padding makes ⌈extent / stride⌉ windows.

    >>> same(7, 3, 2, 1), same(8, 3, 2, 1)
    (2, 1)
    """
    return maximum((ceil_div(extent, stride) - 1) * stride + (kernel - 1) * dilation + 1 - extent, 0)


def sized(call: Call, name: str, length: int, default: int, least: int = 1) -> tuple[int, ...]:
    """Return an attribute with one number for each axis, or twice as many."""
    values = call.integers(name)
    if values is None or (not values and length):
        return (default,) * length
    if len(values) != length or min(values, default=least) < least:
        raise call.wrong(f"{name} {list(values)} is not {length} numbers of at least {least}")
    return values


def kernel_of(call: Call, stored: Shape) -> tuple[int, ...]:
    """Return the kernel of a convolution, which its weights have, and its attribute repeats."""
    kernel = tuple(int(extent) for extent in stored)
    said = call.integers("kernel_shape")
    if said is not None and said != kernel:
        raise ModelError("E718", f"kernel_shape is {list(said)}, and the weights have a kernel of {list(kernel)}")
    return kernel
