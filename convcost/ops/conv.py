"""Convolutions in one, two and three dimensions: dense, grouped, depthwise, dilated, asymmetric, transposed."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, Padding, Size, arg, per_axis
from convcost.symbols import Dim


class Conv(Op):
    """Convolution: (N, C, *spatial) to (N, out, *spatial'), weights (out, C / groups, *kernel).

    A depthwise convolution has as many groups as input channels, a pointwise one a kernel of ones.
    """

    name: ClassVar[str] = "conv"

    kernel: Size = arg("size", "kernel extents (K_h, K_w)")
    out: Dim = arg("dim", "output channels")
    stride: Size = arg("size", "step of the window along each axis", default=1)
    padding: Padding = arg("padding", "same, valid, half, a number, or [top, left, bottom, right]", default=0)
    dilation: Size = arg("size", "distance between kernel taps", default=1)
    groups: Dim = arg("dim", "groups of channels convolved apart; the input's channels make it depthwise", default=1)
    bias: bool = arg("flag", "add a learned value to each output channel", default=False)
    depthwise: bool = arg("internal", "a label: groups equal the channels of the input", default=False)

    @property
    def kind(self) -> str:
        """Return depthwise, pointwise, grouped or plain convolution, with the kernel."""
        if self.depthwise:
            return f"depthwise {per_axis(self.kernel)}"
        grouped = self.groups != 1
        if all(extent == 1 for extent in self.kernel):
            return "grouped pointwise" if grouped else "pointwise"
        return f"{'grouped ' if grouped else ''}conv {per_axis(self.kernel)}"


class TransposedConv(Op):
    """Transposed convolution: every input element is multiplied by the kernel and added into the output.

    (N, C, *spatial) to (N, out, *spatial'), weights (C, out / groups, *kernel). ``padding`` is cut off the output's
    rim; ``same`` cuts so that the output is stride times the input (beginning and end as even as possible, the end the
    larger).
    """

    name: ClassVar[str] = "transposed_conv"

    kernel: Size = arg("size", "kernel extents (K_h, K_w)")
    out: Dim = arg("dim", "output channels")
    stride: Size = arg("size", "distance between the places two neighbouring input elements write to", default=1)
    padding: Padding = arg(
        "padding", "what is cut off the output's rim: same, valid, half, a number or a list", default=0
    )
    output_padding: Size = arg("size", "extra rows and columns at the end of each axis", default=0)
    dilation: Size = arg("size", "distance between kernel taps", default=1)
    groups: Dim = arg("dim", "groups of channels convolved apart", default=1)
    bias: bool = arg("flag", "add a learned value to each output channel", default=False)

    @property
    def kind(self) -> str:
        """Return the kind with the kernel."""
        return f"transposed conv {per_axis(self.kernel)}"
