"""Pools."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.onnx.call import Call, operator
from convcost.importers.onnx.windows import Windows, windows
from convcost.ops import AvgPool, GlobalAvgPool, GlobalMaxPool, LpPool, MaxPool


def _windows(call: Call, x: Tensor) -> Windows:
    kernel = call.integers("kernel_shape")
    if kernel is None:
        raise call.wrong("kernel_shape is missing")
    return windows(call, x.own[1:], kernel)


@operator("MaxPool")
def maxpool(call: Call) -> Tensor:
    """Return the maximum over windows; where it was is not told."""
    if call.needs(1):
        raise call.wrong("places of maxima (output 2) are not read")
    x = call.image()
    window = _windows(call, x)
    op = MaxPool(
        window.kernel,
        stride=window.stride,
        padding=window.padding,
        dilation=window.dilation,
        ceil=bool(call.integer("ceil_mode", 0)),
    )
    return call.add(op, x)


@operator("AveragePool")
def avgpool(call: Call) -> Tensor:
    """Return the mean over windows."""
    x = call.image()
    window = _windows(call, x)
    if any(step != 1 for step in window.dilation):
        raise call.wrong("dilated windows of AveragePool are not read")
    op = AvgPool(
        window.kernel,
        stride=window.stride,
        padding=window.padding,
        ceil=bool(call.integer("ceil_mode", 0)),
        count_padding=bool(call.integer("count_include_pad", 0)),
    )
    return call.add(op, x)


@operator("LpPool")
def lppool(call: Call) -> Tensor:
    """Return the p-norm over windows."""
    x = call.image()
    window = _windows(call, x)
    if any(step != 1 for step in window.dilation):
        raise call.wrong("dilated windows of LpPool are not read")
    op = LpPool(
        window.kernel,
        stride=window.stride,
        padding=window.padding,
        ceil=bool(call.integer("ceil_mode", 0)),
        p=call.number("p", 2),
    )
    return call.add(op, x)


@operator("GlobalAveragePool")
def global_avgpool(call: Call) -> Tensor:
    """Return the mean over all places."""
    return call.add(GlobalAvgPool(), _places(call))


@operator("GlobalMaxPool")
def global_maxpool(call: Call) -> Tensor:
    """Return the maximum over all places."""
    return call.add(GlobalMaxPool(), _places(call))


@operator("GlobalLpPool")
def global_lppool(call: Call) -> Tensor:
    """Return the p-norm over all places, a window as large as the image."""
    x = _places(call)
    return call.add(LpPool(tuple(x.own[1:]), p=call.number("p", 2)), x)


def _places(call: Call) -> Tensor:
    x = call.image()
    if x.rank < 3:
        raise ModelError("E718", f"there are no places to pool over in {x.rank} axes")
    return x
