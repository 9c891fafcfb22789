"""Tensors that a network stores."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, Shape, arg


class Parameter(Op):
    """A stored tensor, the same for every sample of the batch: (N, *shape). It takes no input.

    Position embeddings and class tokens are learned ones; a constant is not trained.
    """

    name: ClassVar[str] = "parameter"
    inputs: ClassVar[int | None] = 0

    shape: Shape = arg("dims", "extents without the batch")
    trainable: bool = arg("flag", "it is learned", default=True)
