"""Normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from convcost.importers.builder import Tensor
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.elementwise import mul
from convcost.importers.torch_.site import Operand, Site, rational
from convcost.ops import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RmsNorm


@operator("batch_norm")
def batch_norm(
    site: Site,
    input: Operand,  # noqa: A002 - the names are those of ATen
    weight: Operand | None,
    bias: Operand | None,
    running_mean: Operand | None,
    running_var: Operand | None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """``batch_norm`` at inference."""
    del training, momentum, cudnn_enabled
    images = site.images(input)
    op = BatchNorm(weight is not None, bias is not None, Fraction(rational(eps)))
    return images.add(op, (weight, bias, running_mean, running_var))


@operator("layer_norm")
def layer_norm(
    site: Site,
    input: Operand,  # noqa: A002
    normalized_shape: Sequence[int],
    weight: Operand | None = None,
    bias: Operand | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """``layer_norm`` over the last axes."""
    del cudnn_enable
    tensor = site.tensor(input)
    for place in range(-len(normalized_shape), 0):
        tensor.axis(place)
    axes = tuple(range(-len(normalized_shape), 0))
    affine = weight is not None and bias is not None
    op = LayerNorm(axes, affine=affine, epsilon=Fraction(rational(eps)))
    out = site.add(op, tensor, weights=(weight, bias) if affine else ())
    return out if affine or weight is None else mul(site, out, weight)


@operator("rms_norm")
def rms_norm(
    site: Site,
    input: Operand,  # noqa: A002
    normalized_shape: Sequence[int],
    weight: Operand | None = None,
    eps: float | None = None,
) -> Tensor:
    """``rms_norm`` over the last axes; without ``eps``, that of float32."""
    tensor = site.tensor(input)
    for place in range(-len(normalized_shape), 0):
        tensor.axis(place)
    epsilon = Fraction(rational(1.1920928955078125e-07 if eps is None else eps))
    op = RmsNorm(tuple(range(-len(normalized_shape), 0)), scale=weight is not None, epsilon=epsilon)
    return site.add(op, tensor, weights=(weight,))


@operator("group_norm")
def group_norm(
    site: Site,
    input: Operand,  # noqa: A002
    num_groups: int,
    weight: Operand | None = None,
    bias: Operand | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """``group_norm``."""
    del cudnn_enabled
    tensor = site.builder.with_batch(site.tensor(input))
    return site.add(GroupNorm(num_groups, weight is not None, Fraction(rational(eps))), tensor, weights=(weight, bias))


@operator("instance_norm")
def instance_norm(
    site: Site,
    input: Operand,  # noqa: A002
    weight: Operand | None = None,
    bias: Operand | None = None,
    running_mean: Operand | None = None,
    running_var: Operand | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """``instance_norm``; with running statistics it is a batch norm."""
    if not use_input_stats:
        return batch_norm(site, input, weight, bias, running_mean, running_var, False, momentum, eps, cudnn_enabled)
    tensor = site.builder.with_batch(site.tensor(input))
    return site.add(InstanceNorm(weight is not None, Fraction(rational(eps))), tensor, weights=(weight, bias))
