"""Operators that join the elements along axes."""

from __future__ import annotations

from convcost.importers.builder import Tensor, counted
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import Answer, Call, operator
from convcost.importers.onnx.folding import folded_reduce
from convcost.ops import ArgMax, CumSum, GlobalAvgPool, GlobalMaxPool, Op, Reduce, Unary

REDUCTIONS = {
    "ReduceMean": "mean",
    "ReduceSum": "sum",
    "ReduceMax": "max",
    "ReduceMin": "min",
    "ReduceProd": "prod",
    "ReduceL1": "l1",
    "ReduceL2": "l2",
    "ReduceSumSquare": "sum_square",
    "ReduceLogSumExp": "logsumexp",
}


@operator(*REDUCTIONS)
def reduce(call: Call) -> Answer:
    """Return a tensor joined along axes; the mean and the maximum over all places of an image are pools."""
    value = call.value(0)
    rank = len(value.shape)
    axes = call.axes()
    if not axes:
        if call.integer("noop_with_empty_axes", 0):
            return value
        axes = tuple(range(rank))
    places = sorted({counted(axis, rank) for axis in axes})
    keep = bool(call.integer("keepdims", 1))
    name = call.node.operator
    if isinstance(value, Constant):
        return folded_reduce(name, value, places, keep=keep)
    return reduced(call, value, REDUCTIONS[name], places, keep=keep)


def reduced(call: Call, x: Tensor, function: str, places: list[int], *, keep: bool) -> Tensor:
    """Return a tensor joined along foreign axes; the batch of a single sample is joined with nothing."""
    builder = call.builder
    batch = x.layout.batch_axis
    dropped = list(places)
    if batch in places and builder.batch == 1 and not x.layout.folded:
        places = [place for place in places if place != batch]
    if batch in places and builder.batch == 1:
        x = builder.without_batch(x)
    own = tuple(x.axis(place) for place in places)
    y = x
    if own:
        spatial = tuple(range(2, len(x.own) + 1))
        plain = x.layout.batch_axis == 0 and not x.layout.folded
        pools: dict[str, Op] = {"mean": GlobalAvgPool(), "max": GlobalMaxPool()}
        pooled = plain and spatial and own == spatial and len(spatial) > 1 and function in pools
        y = call.add(pools[function] if pooled else Reduce(function, own), x)
    return y if keep else builder.squeeze(y, dropped, name=f"{call.node.place}/squeeze")


@operator("ReduceLogSum")
def log_sum(call: Call) -> Tensor:
    """Return the logarithm of a sum."""
    axes = call.axes() or tuple(range(call.tensor(0).rank))
    places = sorted({counted(axis, call.tensor(0).rank) for axis in axes})
    y = reduced(call, call.tensor(0), "sum", places, keep=bool(call.integer("keepdims", 1)))
    return call.builder.add(Unary("log"), y, name=f"{call.node.place}/log")


@operator("ArgMax", "ArgMin")
def argmax(call: Call) -> Tensor:
    """Return where the largest element is, or the smallest, which is the largest of the negated."""
    x = call.tensor(0)
    axis = call.integer("axis", 0)
    if call.integer("select_last_index", 0):
        raise call.wrong("the last of several places is not read")
    if call.node.operator == "ArgMin":
        x = call.builder.add(Unary("neg"), x, name=f"{call.node.place}/neg")
    y = call.add(ArgMax(x.axis(axis)), x)
    return y if call.integer("keepdims", 1) else call.builder.squeeze(y, (axis,), name=f"{call.node.place}/squeeze")


@operator("CumSum")
def cumsum(call: Call) -> Tensor:
    """Return sums up to each element along an axis."""
    if call.integer("exclusive", 0) or call.integer("reverse", 0):
        raise call.wrong("sums without the element itself, or from the end, are not read")
    x = call.tensor(0)
    (axis,) = call.extents(1, "an axis")
    return call.add(CumSum(x.axis(int(axis))), x)
