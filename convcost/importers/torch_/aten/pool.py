"""Pooling, resampling and padding."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site, each_axis, rational
from convcost.ops import (
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    AvgPool,
    DepthToSpace,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool,
    Pad,
    Resize,
    Upsample,
)

Extents = int | Sequence[int]

MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}


def _places(operand: Operand) -> int:
    """Return how many axes of places the images have in PyTorch."""
    return len(operand.shape) - 2 if len(operand.shape) > 2 else 1


@operator("max_pool1d", "max_pool2d", "max_pool3d")
def max_pool(
    site: Site,
    self: Operand,
    kernel_size: Extents,
    stride: Extents = (),
    padding: Extents = 0,
    dilation: Extents = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """``max_pool2d``; without a stride, that of the window."""
    rank = _places(self)
    images = site.images(self)
    kernel = each_axis(kernel_size, rank)
    op = MaxPool(
        images.size(kernel),
        images.size(each_axis(stride, rank) if stride else kernel),
        images.pads(each_axis(padding, rank)),
        images.size(each_axis(dilation, rank)),
        ceil=ceil_mode,
    )
    return images.add(op)


@operator("max_pool1d_with_indices", "max_pool2d_with_indices", "max_pool3d_with_indices")
def max_pool_with_indices(
    site: Site,
    self: Operand,
    kernel_size: Extents,
    stride: Extents = (),
    padding: Extents = 0,
    dilation: Extents = 1,
    ceil_mode: bool = False,
) -> tuple[Tensor, None]:
    """``max_pool2d_with_indices``: the places of the maxima have no tensor here."""
    return max_pool(site, self, kernel_size, stride, padding, dilation, ceil_mode), None


@operator("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(
    site: Site,
    self: Operand,
    kernel_size: Extents,
    stride: Extents = (),
    padding: Extents = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """``avg_pool2d``; where nothing is padded, whether padding counts makes no difference."""
    if divisor_override is not None:
        raise ModelError("E743", f"its divisor is set to {divisor_override}")
    rank = _places(self)
    images = site.images(self)
    kernel, pads = each_axis(kernel_size, rank), each_axis(padding, rank)
    op = AvgPool(
        images.size(kernel),
        images.size(each_axis(stride, rank) if stride else kernel),
        images.pads(pads),
        ceil=ceil_mode,
        count_padding=count_include_pad and any(pads),
    )
    return images.add(op)


@operator("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d")
def adaptive_avg_pool(site: Site, self: Operand, output_size: Extents) -> Tensor:
    """``adaptive_avg_pool2d``; to one place, the mean of all."""
    output = each_axis(output_size, _places(self))
    tensor = site.builder.with_batch(site.tensor(self))
    return site.add(GlobalAvgPool() if set(output) == {1} else AdaptiveAvgPool(output), tensor)


@operator("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
def adaptive_max_pool(site: Site, self: Operand, output_size: Extents) -> tuple[Tensor, None]:
    """``adaptive_max_pool2d``, which also tells places; they have no tensor here."""
    output = each_axis(output_size, _places(self))
    tensor = site.builder.with_batch(site.tensor(self))
    return site.add(GlobalMaxPool() if set(output) == {1} else AdaptiveMaxPool(output), tensor), None


@operator("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d")
def upsample_nearest(site: Site, input: Operand | None = None, **arguments: object) -> Tensor:  # noqa: A002
    """``upsample_nearest2d``."""
    return _resized(site, input or arguments["self"], "nearest", align_corners=False)


@operator("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d")
def upsample_linear(
    site: Site,
    input: Operand | None = None,  # noqa: A002
    align_corners: bool = False,
    **arguments: object,
) -> Tensor:
    """``upsample_bilinear2d``."""
    return _resized(site, input or arguments["self"], "linear", align_corners=align_corners)


@operator("upsample_bicubic2d")
def upsample_cubic(
    site: Site,
    input: Operand | None = None,  # noqa: A002
    align_corners: bool = False,
    **arguments: object,
) -> Tensor:
    """``upsample_bicubic2d``."""
    return _resized(site, input or arguments["self"], "cubic", align_corners=align_corners)


def _resized(site: Site, operand: Operand | object, mode: str, *, align_corners: bool) -> Tensor:
    """Return images of the size that PyTorch gives; by a whole factor they are upsampled."""
    tensor = site.builder.with_batch(site.tensor(operand))  # type: ignore[arg-type]
    output, places = site.shape[2:], tensor.own[1:]
    if mode != "cubic" and not align_corners and all(o % i == 0 for o, i in zip(output, places, strict=True)):
        return site.add(Upsample(tuple(o // i for o, i in zip(output, places, strict=True)), mode), tensor)
    return site.add(Resize(output, mode, align_corners), tensor)


@operator("pad", "constant_pad_nd")
def pad(
    site: Site,
    self: Operand,
    pad: Sequence[int],
    mode: str = "constant",
    value: float | None = None,
) -> Tensor:
    """``pad``: amounts of the last axis first, beginning and end of each."""
    tensor = site.tensor(self)
    if not any(pad):
        return tensor
    if mode not in MODES:
        raise ModelError("E743", f"it pads in the mode {mode!r}")
    rank = len(tensor.own)
    begin, end = [0] * rank, [0] * rank
    for place in range(len(pad) // 2):
        if pad[2 * place] or pad[2 * place + 1]:
            axis = tensor.axis(-1 - place) - 1
            begin[axis], end[axis] = pad[2 * place], pad[2 * place + 1]
    number = rational(value or 0)
    if begin[0] or end[0]:  # the first axis is padded, too: all are places of one channel
        whole = site.reshaped(tensor, (1, *tensor.own), tensor.layout)
        wide = site.add(Pad((*begin, *end), number, MODES[mode]), whole, layout=tensor.layout)
        return site.reshaped(wide, wide.own[1:], tensor.layout)
    return site.add(Pad((*begin[1:], *end[1:]), number, MODES[mode]), tensor)


@operator("reflection_pad1d", "reflection_pad2d", "reflection_pad3d")
def reflection_pad(site: Site, self: Operand, padding: Sequence[int]) -> Tensor:
    """``reflection_pad2d``."""
    return pad(site, self, padding, "reflect")


@operator("replication_pad1d", "replication_pad2d", "replication_pad3d")
def replication_pad(site: Site, self: Operand, padding: Sequence[int]) -> Tensor:
    """``replication_pad2d``."""
    return pad(site, self, padding, "replicate")


@operator("pixel_shuffle")
def pixel_shuffle(site: Site, self: Operand, upscale_factor: int) -> Tensor:
    """``pixel_shuffle``: channels are read as output channels before the places of a block."""
    tensor = site.builder.with_batch(site.tensor(self))
    return site.add(DepthToSpace(upscale_factor, "crd"), tensor)


@operator("pixel_unshuffle")
def pixel_unshuffle(site: Site, self: Operand, downscale_factor: int) -> Tensor:
    """``pixel_unshuffle``: input channels before the places of a block, unlike ONNX; three moves."""
    tensor = site.builder.with_batch(site.tensor(self))
    channels, height, width = tensor.own
    block = downscale_factor
    blocks = site.reshaped(tensor, (channels, height // block, block, width // block, block), Layout())
    moved = site.builder.transpose(blocks, (0, 1, 3, 5, 2, 4), site.name)
    return site.reshaped(moved, (channels * block * block, height // block, width // block), Layout())
