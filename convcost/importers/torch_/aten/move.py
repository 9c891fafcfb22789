"""Operators that change nothing at inference, and those that put elements elsewhere along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.site import Operand, Site, located, rational
from convcost.ops import ChannelShuffle, Concat, Dropout, Gather, Parameter, Slice


@operator(
    "contiguous",
    "clone",
    "detach",
    "alias",
    "to",
    "_to_copy",
    "type_as",
    "lift_fresh_copy",
    "float",
    "identity",
    "_assert_tensor_metadata",
)
def same(site: Site, self: Operand | None = None, **arguments: object) -> Operand:
    """Return the same elements: a copy, another type or another order in memory."""
    del site
    found = self if self is not None else arguments.get("input", arguments.get("a"))
    assert found is not None
    return found  # type: ignore[return-value]


@operator("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout")
def dropout(
    site: Site,
    input: Operand | None = None,  # noqa: A002 - the names are those of ATen
    p: float = 0.5,
    train: bool = False,
    *,
    self: Operand | None = None,
) -> Tensor:
    """``dropout``; a rate of zero leaves no trace."""
    del train
    found = self if input is None else input
    assert found is not None
    tensor = site.tensor(found)
    return site.add(Dropout(Fraction(rational(p))), tensor) if p else tensor


@operator("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(site: Site, self: Operand, groups: int) -> Tensor:
    """``channel_shuffle``."""
    return site.add(ChannelShuffle(groups), site.builder.with_batch(site.tensor(self)))


@operator("roll")
def roll(site: Site, self: Operand, shifts: Sequence[int], dims: Sequence[int] = ()) -> Tensor:
    """``roll``: the end of an axis before its beginning."""
    if not dims:
        raise ModelError("E743", "it rolls all axes as one")
    tensor = site.tensor(self)
    for shift, dim in zip(shifts, dims, strict=True):
        axis = tensor.axis(dim)
        extent = int(tensor.own[axis - 1])
        cut = -shift % extent
        if not cut:
            continue
        end = site.add(Slice(axis, cut, extent), tensor, part="end")
        beginning = site.add(Slice(axis, 0, cut), tensor, part="beginning")
        tensor = site.add(Concat(axis), end, beginning)
    return tensor


@operator("flip")
def flip(site: Site, self: Operand, dims: Sequence[int]) -> Tensor:
    """``flip``: an axis from its end."""
    tensor = site.tensor(self)
    for dim in dims:
        axis = tensor.axis(dim)
        tensor = site.add(Gather(axis, tuple(range(int(tensor.own[axis - 1]) - 1, -1, -1))), tensor)
    return tensor


@operator("fill", "zero")
def fill(site: Site, self: Operand, value: object = None) -> Tensor:
    """``fill_`` and ``zero_``: one value everywhere, whatever was there."""
    del self, value
    layout, own = located(site.shape, site.batch)
    return site.add(Parameter(own, trainable=False), layout=layout, part="filled")
