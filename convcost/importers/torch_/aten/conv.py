"""Convolutions."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Images, Operand, Site, Stored, each_axis
from convcost.ops import Conv, TransposedConv

Extents = int | Sequence[int]


def held(operand: Operand, what: str = "weight") -> Stored:
    """Return an operand that has to be a tensor of the module.

    Raises
    ------
    ModelError
        E742 where it is computed.
    """
    if isinstance(operand, Stored):
        return operand
    raise ModelError(
        "E742",
        f"its {what} is computed from other tensors",
        hint="take parametrizations off first: torch.nn.utils.parametrize.remove_parametrizations",
    )


@operator("conv1d", "conv2d", "conv3d")
def conv(
    site: Site,
    input: Operand,  # noqa: A002 - the names are those of ATen
    weight: Operand,
    bias: Operand | None = None,
    stride: Extents = 1,
    padding: Extents | str = 0,
    dilation: Extents = 1,
    groups: int = 1,
) -> Tensor:
    """``conv2d``: weights (out, C / groups, K_h, K_w); ``same`` has the odd element at the end."""
    kernel = held(weight)
    images = site.images(input)
    rank = len(kernel.shape) - 2
    taps, dilations = kernel.shape[2:], each_axis(dilation, rank)
    if isinstance(padding, str):
        whole = [d * (k - 1) if padding == "same" else 0 for k, d in zip(taps, dilations, strict=True)]
        begin, end = tuple(each // 2 for each in whole), tuple(each - each // 2 for each in whole)
    else:
        begin = end = each_axis(padding, rank)
    op = Conv(
        images.size(taps),
        kernel.shape[0],
        images.size(each_axis(stride, rank)),
        images.pads(begin, end),
        images.size(dilations),
        groups,
        bias is not None,
        depthwise=groups > 1 and groups == images.channels,
    )
    return images.add(op, (weight, bias))


@operator("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def conv_transpose(
    site: Site,
    input: Operand,  # noqa: A002
    weight: Operand,
    bias: Operand | None = None,
    stride: Extents = 1,
    padding: Extents = 0,
    output_padding: Extents = 0,
    groups: int = 1,
    dilation: Extents = 1,
) -> Tensor:
    """``conv_transpose2d``: weights (C, out / groups, K_h, K_w)."""
    kernel = held(weight)
    rank = len(kernel.shape) - 2
    return _transposed(
        site.images(input),
        kernel,
        bias,
        each_axis(stride, rank),
        each_axis(padding, rank),
        each_axis(output_padding, rank),
        each_axis(dilation, rank),
        groups,
    )


def _transposed(
    images: Images,
    kernel: Stored,
    bias: Operand | None,
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    output_padding: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> Tensor:
    op = TransposedConv(
        images.size(kernel.shape[2:]),
        kernel.shape[1] * groups,
        images.size(stride),
        images.pads(padding),
        images.size(output_padding, 0),
        images.size(dilation),
        groups,
        bias is not None,
    )
    return images.add(op, (kernel, bias))


@operator("convolution")
def convolution(
    site: Site,
    input: Operand,  # noqa: A002
    weight: Operand,
    bias: Operand | None,
    stride: Extents,
    padding: Extents,
    dilation: Extents,
    transposed: bool,
    output_padding: Extents,
    groups: int,
) -> Tensor:
    """``convolution``: what the others are made of."""
    if transposed:
        return conv_transpose(site, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return conv(site, input, weight, bias, stride, padding, dilation, groups)
