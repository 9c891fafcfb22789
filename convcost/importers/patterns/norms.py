"""Norms that an export has taken apart."""

from __future__ import annotations

from convcost.importers.constant import Constant
from convcost.importers.patterns.view import Found, View
from convcost.ops import GroupNorm, InstanceNorm, LayerNorm, Mul, Op, Reduce, Reshape, RmsNorm, Sub, Unary


def layer_norm(view: View, index: int) -> Found | None:
    """Recognise (x - mean) / √(mean of (x - mean)² + ε)."""
    distance, deviation = view.nodes[index].inputs
    root = view.inner(deviation, Unary)
    if root is None or view.op(deviation) != Unary("sqrt"):
        return None
    shifted = view.term(root[0])
    if shifted is None:
        return None
    mean, epsilon = shifted
    squares = view.inner(mean, Reduce)
    if squares is None:
        return None
    reduced = view.op(mean)
    assert isinstance(reduced, Reduce)
    if reduced.function != "mean" or not reduced.keep:
        return None
    square = view.inner(squares[0], Mul)
    if square is None or len(square) != 2 or square[0] != square[1]:
        return None
    axes = tuple(axis if axis < 0 else axis - len(view.shape(distance)) for axis in reduced.axes)
    if square[0] == distance and _is_distance(view, distance, reduced, users=3):
        return Found(LayerNorm(axes, affine=False, epsilon=epsilon), (view.nodes[distance].inputs[0],))
    x = view.nodes[square[0]].inputs[0] if isinstance(view.op(square[0]), Sub) else None
    apart = view.op(distance) == view.op(square[0]) and view.nodes[distance].inputs == view.nodes[square[0]].inputs
    used = (view.users[distance], view.users[square[0]]) == (1, 2)
    if x is not None and apart and used and _is_mean(view, view.nodes[distance].inputs[1], x, reduced, users=2):
        return Found(LayerNorm(axes, affine=False, epsilon=epsilon), (x,))
    if square[0] == distance and not isinstance(view.op(distance), Sub):
        return Found(RmsNorm(axes, scale=False, epsilon=epsilon), (distance,))
    return None


def _is_distance(view: View, index: int, reduced: Reduce, users: int) -> bool:
    """Tell whether a node is x - mean of x, along the same axes."""
    if not isinstance(view.op(index), Sub) or view.users[index] != users:
        return False
    x, mean = view.nodes[index].inputs
    return _is_mean(view, mean, x, reduced, users=1)


def _is_mean(view: View, index: int, x: int, reduced: Reduce, users: int) -> bool:
    return view.op(index) == reduced and view.nodes[index].inputs == (x,) and view.users[index] == users


def factors_of_norm(view: View, index: int) -> Found | None:
    """Recognise a norm without factors times stored factors, plus stored terms: the norm with both."""
    for product, term in view.either(index):
        if view.inner(product, Mul) is None or view.stored(term) is None:
            continue
        for norm, factor in view.either(product):
            op = view.op(norm)
            if view.users[norm] != 1 or view.stored(factor) is None:
                continue
            found = _with_factors(view, norm, op, factor, term)
            if found is not None:
                return found
    return None


def _with_factors(view: View, norm: int, op: Op, factor: int, term: int) -> Found | None:
    values = [view.stored(factor), view.stored(term)]
    shape = view.shape(norm)
    stored = [value for value in values if value is not None]
    if isinstance(op, LayerNorm) and not op.affine:
        wide = tuple(extent if axis - len(shape) in op.axes else 1 for axis, extent in enumerate(shape))
        size = 1
        for extent in wide:
            size = size * extent  # type: ignore[operator]
        if all(value.size == size for value in stored):
            weights = [value.reshaped(wide) for value in stored]
            return Found(op.replaced(affine=True), view.nodes[norm].inputs, weights)
    if isinstance(op, GroupNorm | InstanceNorm) and not op.affine and each_channel(view, norm, factor, term):
        weights = [value.reshaped((value.size,)) for value in stored]
        return Found(op.replaced(affine=True), view.nodes[norm].inputs, weights)
    return None


def each_channel(view: View, norm: int, *stored: int) -> bool:
    """Tell whether stored tensors have one value for each channel of a norm's output."""
    shape = view.shape(norm)
    wanted = (1, shape[1], *(1,) * (len(shape) - 2))
    return all(view.shape(index) == wanted for index in stored)


def factor_of_rms(view: View, index: int) -> Found | None:
    """Recognise division by the root of the mean square times stored factors."""
    for norm, factor in view.either(index):
        op, stored = view.op(norm), view.stored(factor)
        if stored is None or view.users[norm] != 1:
            continue
        if isinstance(op, RmsNorm) and not op.scale:
            shape = view.shape(norm)
            wide = tuple(extent if axis - len(shape) in op.axes else 1 for axis, extent in enumerate(shape))
            if view.shape(factor)[1:] == wide[1:]:
                return Found(op.replaced(scale=True), view.nodes[norm].inputs, [stored.reshaped(wide)])
    return None


def group_norm(view: View, index: int) -> Found | None:
    """Recognise instance norm of groups: (C, ...) as (groups, rest), normalised, and back."""
    (norm,) = view.nodes[index].inputs
    inner = view.inner(norm, InstanceNorm)
    op = view.op(norm)
    if inner is None or not isinstance(op, InstanceNorm) or view.inner(inner[0], Reshape) is None:
        return None
    (x,) = view.nodes[inner[0]].inputs
    shape, grouped = view.shape(x), view.shape(norm)
    if view.shape(index) != shape or len(shape) < 3 or len(grouped) < 3:
        return None
    weights = view.builder.weights.get(norm, ())
    if op.affine and not all(_is_filled(value, wanted) for value, wanted in zip(weights, (1, 0), strict=True)):
        return None
    return Found(GroupNorm(grouped[1], affine=False, epsilon=op.epsilon), (x,))


def _is_filled(value: Constant, wanted: int) -> bool:
    return value.small and all(each == wanted for each in value.exact)
