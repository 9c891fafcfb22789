"""Pooling: a window slides and takes the maximum, the mean or the p-norm of what it sees."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from convcost.ops._op import Op, Padding, Size, arg, per_axis
from convcost.symbols import Dim


class MaxPool(Op):
    """Maximum over a window, channel by channel; padding never wins."""

    name: ClassVar[str] = "maxpool"

    kernel: Size = arg("size", "window extents")
    stride: Size = arg("size", "step of the window", default=1)
    padding: Padding = arg("padding", "same, valid, half, a number, or [top, left, bottom, right]", default=0)
    dilation: Size = arg("size", "distance between the window's elements", default=1)
    ceil: bool = arg(
        "flag", "keep a last window that begins inside the (padded) input but ends beyond it", default=False
    )

    @property
    def kind(self) -> str:
        """Return the kind with the window."""
        return f"maxpool {per_axis(self.kernel)}"


class AvgPool(Op):
    """Mean over a window, channel by channel."""

    name: ClassVar[str] = "avgpool"

    kernel: Size = arg("size", "window extents")
    stride: Size = arg("size", "step of the window", default=1)
    padding: Padding = arg("padding", "same, valid, half, a number, or [top, left, bottom, right]", default=0)
    ceil: bool = arg(
        "flag", "keep a last window that begins inside the (padded) input but ends beyond it", default=False
    )
    count_padding: bool = arg("flag", "padding counts in the divisor of the mean", default=False)

    @property
    def kind(self) -> str:
        """Return the kind with the window."""
        return f"avgpool {per_axis(self.kernel)}"


class LpPool(Op):
    """p-norm over a window, channel by channel: (Σ |x|^p)^(1/p).

    |x| and its power are taken once for each input element, before the window slides; the root once for each output.
    """

    name: ClassVar[str] = "lppool"

    kernel: Size = arg("size", "window extents")
    stride: Size = arg("size", "step of the window", default=1)
    padding: Padding = arg("padding", "same, valid, half, a number, or [top, left, bottom, right]", default=0)
    ceil: bool = arg(
        "flag", "keep a last window that begins inside the (padded) input but ends beyond it", default=False
    )
    p: int | Fraction = arg("rational", "exponent of the norm", default=2)

    @property
    def kind(self) -> str:
        """Return the kind with the window."""
        return f"lppool {per_axis(self.kernel)}"


class GlobalAvgPool(Op):
    """Mean over all spatial places, channel by channel: (N, C, H, W) to (N, C, 1, 1)."""

    name: ClassVar[str] = "global_avgpool"


class AdaptiveAvgPool(Op):
    """Mean over windows that divide the input into ``output`` places an axis.

    Window i of an axis of n covers [⌊i·n / out⌋, ⌈(i+1)·n / out⌉): windows may overlap and differ by one element.
    """

    name: ClassVar[str] = "adaptive_avgpool"

    output: Size = arg("size", "output extents")

    @property
    def kind(self) -> str:
        """Return the kind with the output."""
        return f"adaptive avgpool {per_axis(self.output)}"


class GlobalMaxPool(Op):
    """Maximum over all spatial places, channel by channel: (N, C, H, W) to (N, C, 1, 1)."""

    name: ClassVar[str] = "global_maxpool"


class AdaptiveMaxPool(Op):
    """Maximum over the windows of adaptive average pooling, from minus infinity."""

    name: ClassVar[str] = "adaptive_maxpool"

    output: Size = arg("size", "output extents")

    @property
    def kind(self) -> str:
        """Return the kind with the output."""
        return f"adaptive maxpool {per_axis(self.output)}"


class Upsample(Op):
    """Enlarge every spatial axis by an integer factor.

    ``nearest`` repeats elements; ``linear`` interpolates axis by axis, in order, between the two nearest input
    elements with half-pixel centres, clamped at the rim (bilinear on images).
    """

    name: ClassVar[str] = "upsample"

    factor: Size = arg("size", "output extent over input extent")
    mode: str = arg("choice", "how new elements are made", default="nearest", choices=("nearest", "linear"))

    @property
    def kind(self) -> str:
        """Return the kind with the mode."""
        return f"upsample {self.mode}"


class Pad(Op):
    """Put ``value`` around the input; negative amounts cut.

    ``reflect`` puts the input's elements there, mirrored at the outermost ones, and ``edge`` repeats these.

    What it puts there is an ordinary element for the layers that follow: only the padding of a layer itself is told
    apart as padding.
    """

    name: ClassVar[str] = "pad"

    padding: tuple[Dim, ...] = arg("padding", "[top, left, bottom, right] or a number for all sides")
    value: int | Fraction = arg("rational", "what is put there", default=0)
    mode: str = arg("word", "what is put there", default="constant", choices=("constant", "reflect", "edge"))
