"""Regions of a feature map, each of which the layers that follow see as a sample of its own."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, Size, arg, per_axis
from convcost.symbols import Dim


class Crop(Op):
    """``count`` regions of each image, resampled to one size: (N, C, H, W) to (N · count, C, size_h, size_w).

    What follows runs once for each region: the regions are its batch, those of the first image first. The places of a
    region are a grid from corner to corner, as in TensorFlow's crop_and_resize. Each is the sum, from zero, of the four
    nearest elements times a weight, the product of how near they are on each axis; where a place lies outside the map,
    the weights are 0. RoIAlign takes means of denser samples: a larger crop and a pool.

    The first input is the map. Further ones (what a region proposal network puts out) only say where the regions lie:
    neither the cost nor the run depends on what they hold, for the executor cuts out boxes of its own.
    """

    name: ClassVar[str] = "crop"
    inputs: ClassVar[int | None] = None

    size: Size = arg("size", "output extents")
    count: Dim = arg("dim", "regions of each image")

    @property
    def kind(self) -> str:
        """Return the kind with the output."""
        return f"crop {per_axis(self.size)}"
