"""Pooling, padding and upsampling hold against onnxruntime, or against plain loops where it lacks the case."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from convcost.execute import WitnessError, execute_op
from convcost.ops import AdaptiveAvgPool, AvgPool, GlobalAvgPool, LpPool, MaxPool, Pad, Upsample

SHAPE = (2, 3, 11, 17)
AWKWARD = {"stride": (2, 3), "padding": (1, 2, 0, 1)}


def attributes(op):
    padding = {"auto_pad": "SAME_UPPER"} if op.padding == "same" else {"pads": op.padding}
    return {"kernel_shape": op.kernel, "strides": op.stride, "ceil_mode": int(op.ceil), **padding}


MAXPOOLS = [
    (SHAPE, MaxPool((3, 5), **AWKWARD)),
    (SHAPE, MaxPool((3, 4), **AWKWARD, ceil=True)),
    (SHAPE, MaxPool((3, 4), **AWKWARD, dilation=(2, 3))),
    (SHAPE, MaxPool((2, 3), **AWKWARD, dilation=(3, 2), ceil=True)),
    (SHAPE, MaxPool((4, 3), stride=(3, 2), padding="same")),
    ((2, 3, 19), MaxPool((4,), stride=(3,), padding=(1, 2), ceil=True)),
    ((1, 2, 5, 7, 9), MaxPool((2, 3, 2), stride=(2, 1, 3), padding=(1, 0, 1, 0, 2, 0), ceil=True)),
]


@pytest.mark.parametrize(("shape", "op"), MAXPOOLS)
def test_maxpool(shape, op, onnx_op, normal, close):
    x = normal(*shape)
    close(execute_op(op, x)[0], onnx_op("MaxPool", x, **attributes(op), dilations=op.dilation))


@pytest.mark.parametrize("ceil", [False, True])
def test_same_needs_no_padding_where_the_stride_is_beyond_the_window(ceil, onnx_op, normal, close):
    x = normal(*SHAPE)
    theirs = onnx_op("MaxPool", x, kernel_shape=(1, 2), strides=(4, 5))
    close(execute_op(MaxPool((1, 2), stride=(4, 5), padding="same", ceil=ceil), x)[0], theirs)


@pytest.mark.parametrize("ceil", [False, True])
@pytest.mark.parametrize("extent", range(3, 10))
@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2), (2, 3), (3, 5), (3, 1)])
def test_places_of_a_window_in_ceil_mode(extent, kernel, stride, ceil, onnx_op, normal, close):
    for before, after in itertools.product(range(kernel), repeat=2):
        op = MaxPool((kernel,), stride=(stride,), padding=(before, after), ceil=ceil)
        x = normal(1, 1, extent)
        close(execute_op(op, x)[0], onnx_op("MaxPool", x, **attributes(op)))


def naive_mean(x, op):
    """Average pooling of one image (H, W), a window and an element at a time (PyTorch's rules)."""
    top, left, bottom, right = op.padding
    height, width = x.shape

    def places(extent, kernel, stride, before, after):
        found, start = [], 0
        while start + kernel <= before + extent + after:
            found.append(start)
            start += stride
        leftover = found[-1] + kernel < before + extent + after
        return [*found, start] if op.ceil and leftover and start < before + extent else found

    rows = places(height, op.kernel[0], op.stride[0], top, bottom)
    columns = places(width, op.kernel[1], op.stride[1], left, right)
    mean = np.zeros((len(rows), len(columns)))
    for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns)):
        total, divisor = 0.0, 0
        for h, w in itertools.product(range(op.kernel[0]), range(op.kernel[1])):
            at = (row + h - top, column + w - left)
            if 0 <= at[0] < height and 0 <= at[1] < width:
                total += x[at]
            real = 0 <= at[0] < height and 0 <= at[1] < width
            inside = -top <= at[0] < height + bottom and -left <= at[1] < width + right
            divisor += inside if op.count_padding else real
        mean[i, j] = total / divisor
    return mean


AVGPOOLS = [
    AvgPool((3, 5), **AWKWARD),
    AvgPool((3, 5), **AWKWARD, count_padding=True),
    AvgPool((3, 4), **AWKWARD, ceil=True),
    AvgPool((3, 4), **AWKWARD, ceil=True, count_padding=True),
    AvgPool((4, 5), stride=(3, 4), padding=(2, 1, 1, 2), ceil=True, count_padding=True),
]


@pytest.mark.parametrize("op", AVGPOOLS)
def test_avgpool(op, onnx_op, normal, close):
    x = normal(*SHAPE)
    ours, _ = execute_op(op, x)
    close(ours, onnx_op("AveragePool", x, **attributes(op), count_include_pad=int(op.count_padding)))
    close(ours, np.array([[naive_mean(image, op) for image in sample] for sample in x]))


def test_avgpool_same(onnx_op, normal, close):
    x, op = normal(*SHAPE), AvgPool((4, 3), stride=(3, 2), padding="same")
    close(execute_op(op, x)[0], onnx_op("AveragePool", x, **attributes(op)))


def test_the_mean_of_nothing_but_padding_is_zero():
    output, _ = execute_op(AvgPool((1, 2), padding=(0, 2, 0, 0)), np.ones((1, 1, 1, 2)))
    assert output.ravel().tolist() == [0, 1, 1]


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("ceil", [False, True])
def test_lppool(p, ceil, onnx_op, normal, close):
    x, op = normal(*SHAPE), LpPool((3, 4), **AWKWARD, p=p, ceil=ceil)
    close(execute_op(op, x)[0], onnx_op("LpPool", x, **attributes(op), p=p))


def test_lppool_with_a_broken_exponent(normal, close):
    x = normal(1, 1, 2, 2)
    expected = (np.abs(x).astype(float) ** 1.5).sum() ** (2 / 3)
    close(execute_op(LpPool((2, 2), p=Fraction(3, 2)), x)[0], np.full((1, 1, 1, 1), expected))


@pytest.mark.parametrize("shape", [SHAPE, (2, 3, 7), (2, 3, 5, 7, 2)])
def test_global_avgpool(shape, onnx_op, normal, close):
    x = normal(*shape)
    close(execute_op(GlobalAvgPool(), x)[0], onnx_op("GlobalAveragePool", x))


@pytest.mark.parametrize("output", [(3, 5), (11, 17), (7, 4), (13, 2), 1])
def test_adaptive_avgpool(output, normal, close):
    x = normal(*SHAPE)
    rows, columns = output if isinstance(output, tuple) else (output, output)

    def cell(i, extent, out):
        return slice(math.floor(i * extent / out), math.ceil((i + 1) * extent / out))

    means = [
        [x[:, :, cell(i, 11, rows), cell(j, 17, columns)].mean((2, 3)) for j in range(columns)] for i in range(rows)
    ]
    close(execute_op(AdaptiveAvgPool(output), x)[0], np.array(means).transpose(2, 3, 0, 1))


@pytest.mark.parametrize("factor", [(2, 3), (1, 4), 2, (1, 1)])
@pytest.mark.parametrize("mode", ["nearest", "linear"])
def test_upsample(factor, mode, onnx_op, normal, close):
    x = normal(2, 3, 5, 7)
    scales = np.array([1, 1, *(factor if isinstance(factor, tuple) else (factor,) * 2)], np.float32)
    how = {"coordinate_transformation_mode": "half_pixel"}
    if mode == "nearest":
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    theirs = onnx_op("Resize", x, None, scales, mode=mode, **how)
    close(execute_op(Upsample(factor, mode), x)[0], theirs)


@pytest.mark.parametrize("factor", [5, 4])
def test_upsample_one_axis(factor, onnx_op, normal, close):
    x = normal(2, 3, 7)
    theirs = onnx_op("Resize", x, None, np.array([1, 1, factor], np.float32), mode="linear")
    close(execute_op(Upsample((factor,), "linear"), x)[0], theirs)


@pytest.mark.parametrize("padding", [(1, 2, 0, 3), (-1, 2, 3, -4), (-2, -3, -1, 0), 2])
def test_pad(padding, onnx_op, normal, close):
    x = normal(2, 3, 5, 11)
    top, left, bottom, right = padding if isinstance(padding, tuple) else (padding,) * 4
    pads = np.array([0, 0, top, left, 0, 0, bottom, right])
    ours, seen = execute_op(Pad(padding, Fraction(3, 2)), x)
    close(ours, onnx_op("Pad", x, pads, np.array(1.5, np.float32)))
    assert not seen.all


def test_nothing_left_to_pad():
    with pytest.raises(WitnessError, match="nothing is left of 5 with -2 and -3 around it"):
        execute_op(Pad((-2, 0, -3, 0)), np.ones((1, 1, 5, 5)))
