"""Convolutions and fully connected layers hold against onnxruntime on awkward shapes."""

import numpy as np
import pytest

from convcost.execute import WitnessError, conv, execute_op
from convcost.ops import Conv, Linear, TransposedConv

AWKWARD = {"stride": (2, 3), "padding": (1, 2, 0, 1), "dilation": (2, 1)}

CONVOLUTIONS = {
    "dense": ((2, 3, 11, 17), Conv((3, 5), out=7, **AWKWARD, bias=True)),
    "grouped": ((2, 6, 11, 17), Conv((3, 5), out=9, **AWKWARD, groups=3)),
    "depthwise": ((2, 3, 11, 17), Conv((3, 5), out=3, **AWKWARD, groups=3, bias=True)),
    "depthwise with multiplier": ((2, 3, 11, 17), Conv((3, 5), out=6, **AWKWARD, groups=3)),
    "pointwise": ((2, 5, 7, 11), Conv((1, 1), out=3, bias=True)),
    "pointwise strided and padded": ((2, 5, 7, 11), Conv((1, 1), out=3, stride=(2, 3), padding=(1, 0, 2, 3))),
    "pointwise grouped": ((2, 6, 7, 11), Conv((1, 1), out=4, groups=2)),
    "stride beyond the kernel": ((1, 2, 13, 17), Conv((2, 3), out=3, stride=(5, 4))),
    "kernel as large as the input": ((2, 3, 5, 7), Conv((5, 7), out=4)),
    "one axis": ((2, 4, 19), Conv((5,), out=6, stride=(3,), padding=(2, 1), dilation=(2,), groups=2, bias=True)),
    "three axes": (
        (2, 4, 5, 7, 11),
        Conv((2, 3, 5), out=6, stride=(1, 2, 3), padding=(1, 0, 2, 0, 2, 1), dilation=(2, 1, 1), groups=2),
    ),
    "three axes depthwise": ((1, 3, 5, 7, 11), Conv((2, 3, 5), out=3, stride=(1, 2, 3), padding=1, groups=3)),
    "same": ((2, 3, 11, 17), Conv((4, 5), out=7, stride=(2, 3), padding="same")),
    "same, stride beyond the kernel": ((2, 3, 11, 17), Conv((1, 2), out=7, stride=(3, 4), padding="same")),
    "same depthwise": ((2, 3, 12, 7), Conv((3, 3), out=3, stride=2, padding="same", groups=3)),
}


def attributes(op):
    padding = {"auto_pad": "SAME_UPPER"} if op.padding == "same" else {"pads": op.padding}
    return {"strides": op.stride, "dilations": op.dilation, "group": op.groups, **padding}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution(name, onnx_op, normal, given, close):
    shape, op = CONVOLUTIONS[name]
    x, weight, bias = normal(*shape), normal(op.out, shape[1] // op.groups, *op.kernel), normal(op.out)
    arrays = [weight, bias] if op.bias else [weight]
    ours, seen = execute_op(op, x, draw=given(*arrays))
    close(ours, onnx_op("Conv", x, *arrays, **attributes(op)))
    assert (seen.weight, seen.bias, seen.running) == (weight.size, bias.size if op.bias else 0, 0)
    assert seen.trainable == seen.weight + seen.bias


def test_same_padding_of_a_dilated_kernel_is_split_with_the_smaller_half_before(onnx_op, normal, given, close):
    op = Conv((4, 2), out=7, dilation=(2, 3), padding="same")  # overhangs 6 rows and 3 columns
    x, weight = normal(2, 3, 11, 17), normal(7, 3, 4, 2)
    theirs = onnx_op("Conv", x, weight, dilations=(2, 3), pads=(3, 1, 3, 2))
    close(execute_op(op, x, draw=given(weight))[0], theirs)


def test_columns_gathered_in_pieces_are_the_same_convolution(monkeypatch, normal):
    op = Conv((3, 5), out=7, **AWKWARD, bias=True)
    x = normal(2, 3, 29, 17)
    whole = execute_op(op, x)
    monkeypatch.setattr(conv, "COLUMN_BYTES", 3000)
    pieces = execute_op(op, x)
    np.testing.assert_allclose(pieces[0], whole[0], rtol=1e-5)
    assert pieces[1] == whole[1]


TRANSPOSED = {
    "dense": ((2, 3, 5, 7), TransposedConv((3, 5), out=4, stride=(2, 3), padding=(1, 2, 0, 1), bias=True)),
    "dilated": ((2, 3, 5, 7), TransposedConv((3, 2), out=4, stride=(2, 3), dilation=(2, 5))),
    "grouped": ((2, 6, 5, 7), TransposedConv((3, 5), out=4, stride=(2, 3), padding=(1, 2, 0, 1), groups=2, bias=True)),
    "depthwise": ((2, 3, 5, 7), TransposedConv((4, 4), out=3, stride=2, padding=1, groups=3)),
    "output padding": ((2, 3, 5, 7), TransposedConv((3, 5), out=4, stride=(2, 3), output_padding=(1, 2), bias=True)),
    "output padding less than padding": (
        (2, 3, 5, 7),
        TransposedConv((3, 5), out=4, stride=(2, 3), padding=(1, 2, 2, 3), output_padding=(1, 2), bias=True),
    ),
    "stride beyond the kernel": ((2, 3, 5, 7), TransposedConv((2, 1), out=4, stride=(3, 4), bias=True)),
    "same": ((2, 3, 5, 7), TransposedConv((4, 6), out=4, stride=(2, 3), padding="same", bias=True)),
    "same odd": ((2, 3, 5, 7), TransposedConv((3, 5), out=4, stride=(2, 2), padding="same")),
    "one axis": ((2, 3, 11), TransposedConv((5,), out=4, stride=(3,), padding=(1, 2), output_padding=(2,))),
    "three axes": ((1, 2, 3, 4, 5), TransposedConv((2, 3, 2), out=3, stride=(2, 1, 3), padding=(0, 1, 0, 1, 1, 1))),
}


@pytest.mark.parametrize("name", TRANSPOSED)
def test_transposed_convolution(name, onnx_op, normal, given, close):
    shape, op = TRANSPOSED[name]
    x, weight, bias = normal(*shape), normal(shape[1], op.out // op.groups, *op.kernel), normal(op.out)
    arrays = [weight, bias] if op.bias else [weight]
    ours, seen = execute_op(op, x, draw=given(*arrays))
    more = {"output_padding": op.output_padding}
    close(ours, onnx_op("ConvTranspose", x, *arrays, **attributes(op), **more))
    assert seen.weight == weight.size


def test_transposed_convolution_narrower_than_its_stride_keeps_stride_times_the_input(normal):
    output, seen = execute_op(TransposedConv((2, 2), out=3, stride=3, padding="same"), normal(1, 2, 5, 7))
    assert output.shape == (1, 3, 15, 21)
    assert seen.all == seen.valid


def test_fully_connected(onnx_op, normal, given, close):
    x, weight, bias = normal(2, 3, 5, 7), normal(11, 105), normal(11)
    ours, seen = execute_op(Linear(11), x, draw=given(weight, bias))
    close(ours, onnx_op("Gemm", x.reshape(2, -1), weight, bias, transB=1))
    assert (seen.all["mul"], seen.all["add"]) == (2 * 105 * 11, 2 * 105 * 11 + 2 * 11)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_fully_connected_along_an_axis(axis, onnx_op, normal, given, close):
    x = normal(2, 3, 5, 7)
    weight, bias = normal(11, x.shape[axis]), normal(11)
    ours, _ = execute_op(Linear(11, axis=axis), x, draw=given(weight, bias))
    moved = np.moveaxis(x, axis, -1)
    close(ours, np.moveaxis(onnx_op("MatMul", moved, weight.T) + bias, -1, axis))


@pytest.mark.parametrize(
    ("op", "shape", "reason"),
    [
        (Conv((5, 5), out=2), (1, 1, 4, 9), "a window of 5 does not fit into 4"),
        (Conv((3, 3), out=4, groups=2), (1, 3, 8, 8), "cannot reshape"),
        (Conv((3, 3), out=5, groups=2), (1, 4, 8, 8), "cannot reshape"),
        (Conv((3, 3), out=2, padding=-1), (1, 1, 8, 8), "negative amounts are an op of their own"),
        (Conv((3, 3), out=2), (1, 1, 8), "zip"),
        (TransposedConv((3, 3), out=5, groups=2), (1, 4, 8, 8), "2 groups do not divide 5 output channels"),
        (TransposedConv((3, 3), out=2, padding=5), (1, 1, 8, 8), "5 and 5 cannot be cut off 10"),
    ],
)
def test_tensors_that_do_not_fit(op, shape, reason):
    with pytest.raises(WitnessError, match=reason) as caught:
        execute_op(op, np.ones(shape))
    assert caught.value.code == "E605"
