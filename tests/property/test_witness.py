"""Laws of the witness: four tiers and plain loops agree on any geometry, and families of layers contain each other."""

import itertools

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.counts import Counts
from convcost.execute import WitnessError, audit_op, count_scalars, execute_op, ones_probe, run
from convcost.execute.plan import Plan
from convcost.execute.weights import Tiles
from convcost.graph import Graph, Node
from convcost.ops import (
    Add,
    AvgPool,
    BatchNorm,
    Conv,
    Input,
    Linear,
    LpPool,
    MaxPool,
    Relu,
    Relu6,
    Sigmoid,
    Silu,
    TransposedConv,
)

quick = settings(max_examples=150, deadline=None)


@st.composite
def geometries(draw, rank=2, most=7):
    """Extents of an image and the arguments of a window that fits into it, as a convolution takes them."""
    extents = draw(st.tuples(*[st.integers(1, most)] * rank))
    dilation = draw(st.tuples(*[st.integers(1, 2)] * rank))
    stride = draw(st.tuples(*[st.integers(1, 3)] * rank))
    if draw(st.integers(0, 4)) == 0:
        kernel = draw(st.tuples(*[st.integers(1, 4)] * rank))
        return extents, {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": "same"}
    padding = draw(st.tuples(*[st.integers(0, 2)] * (2 * rank)))
    kernel = tuple(
        draw(st.integers(1, min(4, (extent + before + after - 1) // step + 1)))
        for extent, before, after, step in zip(extents, padding[:rank], padding[rank:], dilation, strict=True)
    )
    return extents, {"kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding}


def image(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def places(extent, kernel, stride, dilation, before, after):
    """Where windows begin and what each of them sees, a step at a time: positions in the input, some outside."""
    found, start = [], -before
    while start + (kernel - 1) * dilation < extent + after:
        found.append([start + tap * dilation for tap in range(kernel)])
        start += stride
    return found


def seen_by_loops(extents, arguments):
    """Count what the windows see, and how much of it is real, one element at a time."""
    rank = len(extents)
    axes = []
    for axis, extent in enumerate(extents):
        kernel, stride, dilation = (arguments[name][axis] for name in ("kernel", "stride", "dilation"))
        if arguments["padding"] == "same":
            starts = [start for start in range(extent) if start % stride == 0]
            overhang = max(0, starts[-1] + (kernel - 1) * dilation - (extent - 1))
            axes.append([[s - overhang // 2 + t * dilation for t in range(kernel)] for s in starts])
        else:
            before, after = arguments["padding"][axis], arguments["padding"][axis + rank]
            axes.append(places(extent, kernel, stride, dilation, before, after))
    windows = total = real = 0
    for window in itertools.product(*axes):
        windows += 1
        for at in itertools.product(*window):
            total += 1
            real += all(0 <= place < extent for place, extent in zip(at, extents, strict=True))
    return windows, total, real


@quick
@given(geometries(), st.integers(1, 3), st.integers(1, 2), st.integers(1, 2), st.booleans(), st.integers(1, 2))
def test_all_tiers_and_plain_loops_agree_on_convolutions(geometry, groups, width, multiplier, bias, batch):
    extents, arguments = geometry
    op = Conv(out=groups * multiplier, groups=groups, bias=bias, **arguments)
    shape = (batch, groups * width, *extents)
    seen, reported = audit_op(op, image(*shape))
    windows, total, real = seen_by_loops(extents, arguments)
    pairs = batch * op.out * width
    biases = batch * op.out * windows if bias else 0
    assert seen.output_elements == batch * op.out * windows
    assert seen.all == reported == Counts(mul=pairs * total, add=pairs * total + biases)
    assert seen.valid == Counts(mul=pairs * real, add=pairs * real + biases)
    assert ones_probe(op, shape) == (seen.all["mul"], seen.valid["mul"])
    assert count_scalars(op, shape) == (seen.all, seen.valid)


@quick
@given(geometries(most=4), st.integers(1, 2), st.tuples(st.integers(0, 1), st.integers(0, 1)), st.booleans())
def test_all_tiers_and_plain_loops_agree_on_transposed_convolutions(geometry, groups, output_padding, bias):
    extents, arguments = geometry
    if arguments["padding"] != "same":
        arguments["padding"] = (0, 1, 0, 0)
        arguments["kernel"] = (arguments["kernel"][0], arguments["kernel"][1] + 1)
    op = TransposedConv(out=2 * groups, groups=groups, bias=bias, output_padding=output_padding, **arguments)
    shape = (1, groups, *extents)
    seen, reported = audit_op(op, image(*shape))
    cut = (0, 0)
    if op.padding == "same":
        sizes = zip(extents, op.stride, op.kernel, op.dilation, output_padding, strict=True)
        cut = tuple(max(0, (n - 1) * s + (k - 1) * d + 1 + more - n * s) // 2 for n, s, k, d, more in sizes)
    else:
        cut = op.padding[:2]
    total = kept = 0
    for at in itertools.product(*(range(extent) for extent in extents)):
        for tap in itertools.product(*(range(size) for size in op.kernel)):
            hit = [a * s + t * d - c for a, s, t, d, c in zip(at, op.stride, tap, op.dilation, cut, strict=True)]
            total += 1
            kept += all(0 <= place < extent for place, extent in zip(hit, seen.shape[2:], strict=True))
    biases = seen.output_elements if bias else 0
    assert seen.all == reported == Counts(mul=total * op.out, add=total * op.out + biases)
    assert seen.valid == Counts(mul=kept * op.out, add=kept * op.out + biases)
    assert ones_probe(op, shape) == (seen.all["mul"], seen.valid["mul"])
    assert count_scalars(op, shape) == (seen.all, seen.valid)


@quick
@given(st.data(), st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.booleans())
def test_kernels_are_plain_executors_that_are_fast_on_convolutions(data, groups, width, multiplier, bias):
    extents, arguments = data.draw(geometries(rank=data.draw(st.integers(1, 3))))
    op = Conv(out=groups * multiplier, groups=groups, bias=bias, **arguments)
    same_by_kernel(op, image(2, groups * width, *extents))


@quick
@given(st.data(), st.sampled_from([MaxPool, AvgPool]), st.booleans(), st.booleans())
def test_kernels_are_plain_executors_that_are_fast_on_pools(data, kind, ceil, counted):
    extents, arguments = data.draw(geometries(rank=data.draw(st.integers(1, 3))))
    if kind is AvgPool:
        arguments["dilation"] = (1,) * len(extents)
        arguments["count_padding"] = counted
    op = kind(**{k: v for k, v in arguments.items() if kind is MaxPool or k != "dilation"}, ceil=ceil)
    try:
        execute_op(op, image(2, 3, *extents))
    except WitnessError:  # every window of ceil mode would begin beyond the input
        assume(False)
    same_by_kernel(op, image(2, 3, *extents))


def same_by_kernel(op, x):
    """Hold values, evidence, what NumPy reports and the ones probe of a kernel against the plain executor."""
    plain, seen = execute_op(op, x)
    fast, also = execute_op(op, x, plain=False)
    np.testing.assert_allclose(fast, plain, rtol=1e-4, atol=1e-5)
    assert also == seen
    assert audit_op(op, x, plain=False) == (seen, seen.all)
    if isinstance(op, Conv):
        assert ones_probe(op, x.shape, plain=False) == (seen.all["mul"], seen.valid["mul"])


@quick
@given(
    geometries(),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from([Relu6, Silu, Sigmoid]),
)
def test_nodes_that_run_together_make_what_they_make_alone(geometry, groups, width, threads, batch, activation):
    extents, arguments = geometry
    nodes = (
        Node("image", Input((groups * width, *extents))),
        Node("conv", Conv(out=2 * groups, groups=groups, **arguments), (0,)),
        Node("norm", BatchNorm(), (1,)),
        Node("act", activation(), (2,)),
        Node("next", Conv((3, 2), out=5, padding=(2, 1, 0, 0), bias=True), (3,)),
        Node("sum", Add(), (4, 4)),
        Node("end", Relu(), (5,)),
    )
    graph = Graph("chain", nodes, output=6)
    apart = run(graph, batch=batch, keep=True, plain=True)
    assert run(graph, batch=batch, threads=threads) == apart
    plan = Plan(graph, Tiles(0), batch=batch, threads=threads)
    for _ in range(2):
        assert plan.run() == apart
        np.testing.assert_allclose(plan.output, apart[-1].output, rtol=1e-4, atol=1e-5)


@quick
@given(geometries(), st.sampled_from([MaxPool, AvgPool, LpPool]))
def test_all_tiers_and_plain_loops_agree_on_pools(geometry, kind):
    extents, arguments = geometry
    if kind is not MaxPool:
        arguments["dilation"] = (1, 1)
    windows, total, real = seen_by_loops(extents, arguments)
    op = kind(**{name: value for name, value in arguments.items() if kind is MaxPool or name != "dilation"})
    shape = (2, 3, *extents)
    seen, reported = audit_op(op, image(*shape))
    step = "cmp" if kind is MaxPool else "add"
    assert (seen.all[step], seen.valid[step]) == (6 * total, 6 * real)
    assert seen.output_elements == 6 * windows
    assert seen.all == reported
    assert count_scalars(op, shape) == (seen.all, seen.valid)


@quick
@given(geometries())
def test_ceil_mode_keeps_every_window_and_adds_at_most_one_an_axis(geometry):
    extents, arguments = geometry
    op = MaxPool(**arguments)
    floor, ceil = (execute_op(op.replaced(ceil=keep), image(1, 1, *extents))[0] for keep in (False, True))
    more = [b - a for a, b in zip(floor.shape, ceil.shape, strict=True)]
    if op.padding != "same" and any(pad >= size for pad, size in zip(op.padding[2:], op.kernel, strict=True)):
        assert set(more) <= {-1, 0, 1}  # a window wholly inside the padding at the end is dropped
        return
    assert set(more) <= {0, 1}
    np.testing.assert_array_equal(ceil[:, :, : floor.shape[2], : floor.shape[3]], floor)


@quick
@given(geometries(), st.integers(1, 3), st.integers(1, 2))
def test_a_grouped_convolution_is_dense_ones_side_by_side(geometry, groups, width):
    extents, arguments = geometry
    x = image(1, groups * width, *extents)
    kernel = image(2 * groups, width, *arguments["kernel"], seed=1)
    grouped, seen = execute_op(Conv(out=2 * groups, groups=groups, **arguments), x, draw=lambda *_: kernel)
    parts = [
        execute_op(Conv(out=2, **arguments), part, draw=lambda *_, weight=weight: weight)
        for part, weight in zip(np.split(x, groups, 1), np.split(kernel, groups), strict=True)
    ]
    np.testing.assert_allclose(grouped, np.concatenate([output for output, _ in parts], 1), rtol=1e-4, atol=1e-4)
    assert seen.all == sum((part.all for _, part in parts), Counts())
    assert seen.weight == sum(part.weight for _, part in parts)


@quick
@given(geometries())
def test_height_and_width_may_change_places(geometry):
    extents, arguments = geometry
    x, kernel = image(1, 2, *extents), image(3, 2, *arguments["kernel"], seed=1)
    upright, seen = execute_op(Conv(out=3, **arguments), x, draw=lambda *_: kernel)
    turned = {name: value if value == "same" else value[::-1] for name, value in arguments.items()}
    if turned["padding"] != "same":
        top, left, bottom, right = arguments["padding"]
        turned["padding"] = (left, top, right, bottom)
    lying, also = execute_op(Conv(out=3, **turned), x.swapaxes(2, 3), draw=lambda *_: kernel.swapaxes(2, 3))
    np.testing.assert_allclose(upright, lying.swapaxes(2, 3), rtol=1e-4, atol=1e-4)
    assert (seen.all, seen.valid, seen.weight) == (also.all, also.valid, also.weight)


@quick
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
def test_a_pointwise_convolution_is_a_fully_connected_layer_along_the_channels(channels, out, batch):
    x, kernel = image(batch, channels, 3, 2), image(out, channels, seed=1)
    conv, seen = execute_op(Conv((1, 1), out=out), x, draw=lambda *_: kernel.reshape(out, channels, 1, 1))
    linear, also = execute_op(Linear(out, bias=False, axis=1), x, draw=lambda *_: kernel)
    np.testing.assert_allclose(conv, linear, rtol=1e-4, atol=1e-4)
    assert seen == also


@quick
@given(geometries(), st.integers(2, 3))
def test_a_transposed_convolution_is_the_adjoint_of_a_convolution(geometry, out):
    extents, arguments = geometry
    assume(arguments["padding"] != "same")
    x, kernel = image(1, 2, *extents), image(out, 2, *arguments["kernel"], seed=1)
    forward, there = execute_op(Conv(out=out, **arguments), x, draw=lambda *_: kernel)
    y = image(*forward.shape, seed=2)
    spans = [(k - 1) * d + 1 for k, d in zip(arguments["kernel"], arguments["dilation"], strict=True)]
    reach = [(n - 1) * s + span for n, s, span in zip(forward.shape[2:], arguments["stride"], spans, strict=True)]
    padded = [n + a + b for n, a, b in zip(extents, arguments["padding"][:2], arguments["padding"][2:], strict=True)]
    more = tuple(whole - touched for whole, touched in zip(padded, reach, strict=True))
    op = TransposedConv(out=2, output_padding=more, **arguments)
    backward, back = execute_op(op, y, draw=lambda *_: kernel)
    assert backward.shape == x.shape
    np.testing.assert_allclose(np.vdot(forward, y), np.vdot(x, backward), rtol=1e-3, atol=1e-3)
    assert (there.all["mul"], there.valid["mul"]) == (back.all["mul"], back.valid["mul"])
