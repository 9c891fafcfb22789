"""Normalisations."""

from __future__ import annotations

from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import MICROSOFT, Answer, Call, operator
from convcost.ops import (
    Add,
    BatchNorm,
    Div,
    GroupNorm,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LocalResponseNorm,
    Mul,
    Op,
    Reduce,
    RmsNorm,
)
from convcost.symbols import Dim, is_symbolic

EPSILON = Fraction(1, 100_000)


def _each(value: Constant, channels: Dim, what: str) -> Constant:
    """Return stored values, one a channel (E718)."""
    if value.size != channels and not is_symbolic(channels):
        raise ModelError("E718", f"the {what} of {value.size} elements are not one for each of {channels} channels")
    return value.reshaped((value.size,))


@operator("BatchNormalization")
def batch_norm(call: Call) -> Tensor:
    """Return batch normalisation with stored statistics."""
    if call.integer("training_mode", 0) or any(call.needs(place) for place in range(1, len(call.node.outputs))):
        raise call.wrong("batch normalisation in training takes its statistics from the batch")
    if call.version < 9 and not call.integer("spatial", 1):
        raise call.wrong("statistics for each place (spatial = 0) are not read")
    x = call.image()
    names = ("factors", "terms", "means", "variances")
    stored = [_each(call.weights(place, 1), x.own[0], what) for place, what in enumerate(names, 1)]
    return call.add(BatchNorm(epsilon=Fraction(call.number("epsilon", EPSILON))), x, weights=stored)


@operator("InstanceNormalization")
def instance_norm(call: Call) -> Tensor:
    """Return instance normalisation with a factor and a term for each channel."""
    x = call.image()
    stored = [_each(call.weights(place, 1), x.own[0], what) for place, what in ((1, "factors"), (2, "terms"))]
    return call.add(InstanceNorm(affine=True, epsilon=Fraction(call.number("epsilon", EPSILON))), x, weights=stored)


@operator("GroupNormalization")
def group_norm(call: Call) -> Tensor:
    """Return group normalisation; version 18 has a factor and a term for each group, later ones for each channel."""
    x = call.image()
    groups = call.integer("num_groups", 1)
    epsilon = Fraction(call.number("epsilon", EPSILON))
    stored = [call.weights(1, 1), call.weights(2, 1)]
    if all(value.size == x.own[0] for value in stored):
        return call.add(GroupNorm(groups, epsilon=epsilon), x, weights=stored)
    if any(value.size != groups for value in stored):
        raise ModelError("E718", f"factors and terms are for {stored[0].size} channels, and there are {x.own[0]}")
    y = call.add(GroupNorm(groups, affine=False, epsilon=epsilon), x)
    own = (groups, x.own[0] // groups, *x.own[1:])
    y = call.builder.reshape(y, (call.builder.batch, *own))
    wide = [value.reshaped((groups, *(1,) * (len(own) - 1))) for value in stored]
    y = _affine(call, y, wide[0], wide[1])
    return call.builder.reshape(y, (call.builder.batch, *x.own))


def _affine(call: Call, y: Tensor, factor: Constant | None, term: Constant | None) -> Tensor:
    """Return y · factor + term with stored tensors."""
    place = call.node.place
    if factor is not None:
        y = call.builder.add(Mul(), y, call.beside(y, factor), name=f"{place}/factor")
    if term is not None:
        y = call.builder.add(Add(), y, call.beside(y, term), name=f"{place}/term")
    return y


def _last_axes(call: Call, x: Tensor, default: int = -1) -> tuple[int, ...]:
    """Return the own axes from the attribute ``axis`` to the last, counted from the end."""
    first = counted(call.integer("axis", default), x.rank)
    own = [x.axis(axis) for axis in range(first, x.rank)]
    return tuple(axis - len(x.own) - 1 for axis in own)


@operator("LayerNormalization")
def layer_norm(call: Call) -> Answer:
    """Return layer normalisation over the last axes."""
    if call.needs(1) or call.needs(2):
        raise call.wrong("mean and deviation (outputs 2 and 3) are not read")
    x = call.tensor(0)
    axes = _last_axes(call, x)
    factor = call.weights(1) if call.has(1) else None
    term = call.weights(2) if call.has(2) else None
    return normalised(call, x, axes, factor, term)


def normalised(call: Call, x: Tensor, axes: tuple[int, ...], factor: Constant | None, term: Constant | None) -> Tensor:
    """Return layer normalisation; one with a factor alone, or a single one for all places, is two ops."""
    epsilon = Fraction(call.number("epsilon", EPSILON))
    extents = tuple(x.own[axis] for axis in axes)
    wide = tuple(x.own[axis] if axis - len(x.own) in axes else 1 for axis in range(len(x.own)))
    size = 1
    for extent in extents:
        size = size * extent
    if factor is not None and term is not None and factor.size == size and term.size == size:
        stored = [value.reshaped((1, *wide)) for value in (factor, term)]
        return call.add(LayerNorm(axes, epsilon=epsilon), x, weights=stored)
    y = call.add(LayerNorm(axes, affine=False, epsilon=epsilon), x)
    return _affine(call, y, factor, term)


@operator("RMSNormalization")
@operator("SimplifiedLayerNormalization")
@operator("SimplifiedLayerNormalization", domain=MICROSOFT)
def rms_norm(call: Call) -> Tensor:
    """Return division by the root of the mean square over the last axes, times stored factors."""
    if call.needs(1):
        raise call.wrong("the inverse deviation (output 2) is not read")
    x = call.tensor(0)
    return _rms(call, x, _last_axes(call, x))


def _rms(call: Call, x: Tensor, axes: tuple[int, ...]) -> Tensor:
    epsilon = Fraction(call.number("epsilon", EPSILON))
    factor = call.weights(1) if call.has(1) else None
    wide = tuple(x.own[axis] if axis - len(x.own) in axes else 1 for axis in range(len(x.own)))
    size = 1
    for extent in wide:
        size = size * extent
    if factor is not None and factor.size == size:
        return call.add(RmsNorm(axes, epsilon=epsilon), x, weights=(factor.reshaped((1, *wide)),))
    y = call.add(RmsNorm(axes, scale=False, epsilon=epsilon), x)
    return _affine(call, y, factor, None)


@operator("SkipLayerNormalization", "SkipSimplifiedLayerNormalization", domain=MICROSOFT)
def skip_layer_norm(call: Call) -> Answer:
    """Return layer normalisation of a sum, and the sum itself where it is asked for."""
    if call.needs(1) or call.needs(2):
        raise call.wrong("mean and deviation (outputs 2 and 3) are not read")
    builder, place = call.builder, call.node.place
    x = builder.add(Add(), *builder.aligned(call.tensor(0), call.tensor(1)), name=f"{place}/add")
    simple = call.node.operator == "SkipSimplifiedLayerNormalization"
    bias = 3 if simple else 4
    if call.has(bias):
        x = builder.add(Add(), x, call.beside(x, call.weights(bias)), name=f"{place}/bias")
    axes = (-1,)
    epsilon = Fraction(call.number("epsilon", EPSILON))
    factor = call.weights(2) if call.has(2) else None
    if simple:
        stored = (factor.reshaped((1, *(1,) * (len(x.own) - 1), factor.size)),) if factor is not None else ()
        y = call.add(RmsNorm(axes, scale=bool(stored), epsilon=epsilon), x, weights=stored)
    else:
        y = normalised(call, x, axes, factor, call.weights(3) if call.has(3) else None)
    return (y, None, None, x)


@operator("LRN")
def local_response_norm(call: Call) -> Tensor:
    """Return local response normalisation."""
    op = LocalResponseNorm(
        call.integer("size", 5),
        alpha=Fraction(call.number("alpha", Fraction(1, 10_000))),
        beta=Fraction(call.number("beta", Fraction(3, 4))),
        k=Fraction(call.number("bias", 1)),
    )
    return call.add(op, call.image())


@operator("MeanVarianceNormalization")
def mean_variance(call: Call) -> Tensor:
    """Return (x - mean) / deviation over given axes; the batch may not be among them."""
    x = call.tensor(0)
    given = call.integers("axes") or (0, 2, 3)
    if call.builder.batch == 1 and x.layout.batch_axis in {counted(axis, x.rank) for axis in given}:
        given = tuple(axis for axis in given if counted(axis, x.rank) != x.layout.batch_axis)
    axes = tuple(x.axis(axis) for axis in given)
    return call.add(LayerNorm(axes, affine=False, epsilon=Fraction(1, 10**9)), x)


@operator("LpNormalization")
def lp_norm(call: Call) -> Tensor:
    """Return division by the norm along an axis."""
    x = call.tensor(0)
    axis = x.axis(call.integer("axis", -1))
    p = call.integer("p", 2)
    if p == 2 and axis == 1:
        return call.add(L2Norm(scale=False), x)
    if p not in {1, 2}:
        raise call.wrong(f"a norm of p = {p} is not read")
    op: Op = Reduce("l1" if p == 1 else "l2", (axis,))
    norm = call.builder.add(op, x, name=f"{call.node.place}/norm")
    return call.add(Div(), x, norm)
