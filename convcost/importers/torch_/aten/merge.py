"""Ops that join tensors."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site
from convcost.ops import Concat


@operator("cat", "concat", "concatenate")
def cat(site: Site, tensors: tuple[Operand, ...], dim: int = 0) -> Tensor:
    """``cat`` along an axis; empty vectors, which PyTorch lets pass, are left out."""
    kept = [each for each in tensors if tuple(each.shape) != (0,)]
    level = site.level(*kept)
    return level[0] if len(level) == 1 else site.add(Concat(level[0].axis(dim)), *level, layout=level[0].layout)


@operator("stack")
def stack(site: Site, tensors: tuple[Operand, ...], dim: int = 0) -> Tensor:
    """``stack``: a new axis, joined along."""
    place = counted(dim, len(tensors[0].shape) + 1)
    level = [site.builder.unsqueeze(each, (place,), site.name) for each in site.level(*tensors)]
    return site.add(Concat(level[0].axis(place)), *level, layout=level[0].layout)


@operator("broadcast_tensors")
def broadcast(site: Site, tensors: tuple[Operand, ...]) -> tuple[Tensor, ...]:
    """``broadcast_tensors``: what takes them repeats them anyway."""
    if not tensors:
        raise ModelError("E743", "it broadcasts nothing")
    return tuple(site.level(*tensors))
