"""Operators that join the elements along axes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.reshape import dropped
from convcost.importers.torch_.site import Operand, Site, rational
from convcost.ops import Affine, ArgMax, CumSum, GlobalAvgPool, Reduce, Sub, Unary

Axes = int | Sequence[int] | None

FUNCTIONS = {
    "mean": "mean",
    "sum": "sum",
    "amax": "max",
    "amin": "min",
    "prod": "prod",
    "logsumexp": "logsumexp",
}
NORMS = {1: "l1", 2: "l2"}


def own_axes(tensor: Tensor, dim: Axes) -> tuple[int, ...]:
    """Return own axes from foreign ones; all of them where none is given.

    Raises
    ------
    ModelError
        E716 where the batch is among them.
    """
    places = range(tensor.rank) if dim is None or dim == () else (dim,) if isinstance(dim, int) else dim
    return tuple(sorted(tensor.axis(place) for place in places))


def reduced(site: Site, tensor: Tensor, function: str, axes: tuple[int, ...], *, keep: bool) -> Tensor:
    """Return the elements along own axes as one."""
    layout = tensor.layout
    if not keep:
        shrunk = tensor
        for axis in reversed(axes):
            layout = dropped(shrunk, axis)
            shrunk = Tensor(0, (*shrunk.own[: axis - 1], *shrunk.own[axis:]), layout, site.batch)
    return site.add(Reduce(function, axes, keep), tensor, layout=layout)


@operator(*FUNCTIONS)
def reduce(
    site: Site,
    self: Operand,
    dim: Axes = None,
    keepdim: bool = False,
    dtype: object = None,
) -> Tensor:
    """``mean``, ``sum`` and others over axes."""
    del dtype
    tensor = site.tensor(self)
    axes = own_axes(tensor, dim)
    images = tensor.layout == Layout() and axes == tuple(range(2, len(tensor.own) + 1)) and axes
    if images and keepdim and site.call.operator == "mean":
        return site.add(GlobalAvgPool(), tensor)
    return reduced(site, tensor, FUNCTIONS[site.call.operator], axes, keep=keepdim)


@operator("max.dim", "min.dim")
def extreme(site: Site, self: Operand, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor | None]:
    """``max`` along an axis, and where it is; where a minimum is has no op."""
    tensor = site.tensor(self)
    axes = own_axes(tensor, dim)
    if site.call.operator == "min":
        return reduced(site, tensor, "min", axes, keep=keepdim), None
    return reduced(site, tensor, "max", axes, keep=keepdim), argmax(site, self, dim, keepdim)


@operator("max", "min")
def extreme_of_all(site: Site, self: Operand) -> Tensor:
    """``max`` of everything, which mixes the samples."""
    tensor = site.tensor(self)
    return reduced(site, tensor, site.call.operator, own_axes(tensor, None), keep=False)


@operator("argmax")
def argmax(site: Site, self: Operand, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """``argmax`` along an axis."""
    tensor = site.tensor(self)
    (axis,) = own_axes(tensor, dim)
    layout = tensor.layout if keepdim else dropped(tensor, axis)
    return site.add(ArgMax(axis, keepdim), tensor, layout=layout)


@operator("cumsum")
def cumsum(site: Site, self: Operand, dim: int, dtype: object = None) -> Tensor:
    """``cumsum`` along an axis."""
    del dtype
    tensor = site.tensor(self)
    return site.add(CumSum(tensor.axis(dim)), tensor)


@operator("linalg_vector_norm", "norm")
def norm(
    site: Site,
    self: Operand,
    ord: float = 2,  # noqa: A002 - the name is that of ATen
    dim: Axes = None,
    keepdim: bool = False,
    dtype: object = None,
    p: float | None = None,
) -> Tensor:
    """``linalg_vector_norm`` of order 1 or 2."""
    del dtype
    order = ord if p is None else p
    if order not in NORMS:
        raise ModelError("E743", f"it is a norm of order {order}")
    tensor = site.tensor(self)
    return reduced(site, tensor, NORMS[int(order)], own_axes(tensor, dim), keep=keepdim)


@operator("var", "std")
def variance(
    site: Site,
    self: Operand,
    dim: Axes = None,
    correction: float | None = None,
    keepdim: bool = False,
    unbiased: bool = True,
) -> Tensor:
    """``var`` and ``std``: the mean, differences from it, the sum of their squares, and a division."""
    tensor = site.tensor(self)
    axes = own_axes(tensor, dim)
    count = prod(int(tensor.own[axis - 1]) for axis in axes)
    lost = int(unbiased) if correction is None else rational(correction)
    if count <= lost:
        raise ModelError("E743", f"it divides the squares of {count} elements by {count - lost}")
    mean = reduced(site, tensor, "mean", axes, keep=True)
    apart = site.add(Sub(), tensor, mean, part="difference")
    squares = reduced(site, apart, "sum_square", axes, keep=keepdim)
    out = site.add(Affine(factor=1 / Fraction(count - lost)), squares, part="variance")
    return out if site.call.operator == "var" else site.add(Unary("sqrt"), out)
