"""Resampling of images to any size."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, Size, arg


class Resize(Op):
    """Resample every spatial axis to a given extent.

    ``nearest`` takes the element that ⌊i · n / out⌋ names. ``linear`` and ``cubic`` work axis by axis, in order, and an
    element of a pass is the sum, from zero, of the 2 or 4 nearest elements times a weight; beyond the rim the outermost
    element is repeated. Centres are those of half pixels, (i + 1/2) · n / out - 1/2, or with ``align_corners`` the
    outermost elements stay where they are, i · (n - 1) / (out - 1). An axis has its pass also where its extent stays.
    The cubic is Keys's with a = -3/4, as in PyTorch and ONNX.
    """

    name: ClassVar[str] = "resize"

    output: Size = arg("size", "output extents")
    mode: str = arg("word", "how new elements are made", default="nearest", choices=("nearest", "linear", "cubic"))
    align_corners: bool = arg("flag", "the outermost elements stay; linear and cubic", default=False)

    @property
    def kind(self) -> str:
        """Return the kind with the mode."""
        return f"resize {self.mode}"
