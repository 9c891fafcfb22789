"""Fully connected layers."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg
from convcost.symbols import Dim


class Linear(Op):
    """Fully connected layer: y = W x + b, weights (out, features).

    Without ``axis`` everything but the batch is one vector of features: (N, C, H, W) to (N, out). With ``axis`` the
    matrix works along that axis at every place of the others: axis -1 takes (N, T, C) to (N, T, out).
    """

    name: ClassVar[str] = "linear"

    out: Dim = arg("dim", "output features")
    bias: bool = arg("flag", "add a learned value to each output feature", default=True)
    axis: int | None = arg("int", "axis of the features, batch being 0; absent: all but the batch", default=None)
