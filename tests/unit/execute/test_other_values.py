"""Norms, activations, merges and moves hold against onnxruntime, or against NumPy where it lacks the op."""

import math
from fractions import Fraction

import numpy as np
import pytest

from convcost.execute import WitnessError, execute_op
from convcost.execute.arithmetic import interpolated_erf
from convcost.ops import (
    Add,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Dropout,
    Flatten,
    Gelu,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    Identity,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    LocalResponseNorm,
    Maxout,
    Mul,
    PRelu,
    Relu,
    Relu6,
    Reshape,
    Scale,
    Sigmoid,
    Silu,
    Softmax,
    Split,
    Tanh,
    Transpose,
)

SHAPE = (2, 6, 5, 7)
EPSILON = Fraction(1, 1000)


@pytest.mark.parametrize("shape", [SHAPE, (2, 3, 11), (3, 5)])
def test_batch_norm(shape, onnx_op, normal, given, close):
    x = normal(*shape)
    scale, shift, mean, variance = normal(shape[1]), normal(shape[1]), normal(shape[1]), np.abs(normal(shape[1]))
    ours, seen = execute_op(BatchNorm(epsilon=EPSILON), x, draw=given(scale, shift, mean, variance))
    close(ours, onnx_op("BatchNormalization", x, scale, shift, mean, variance, epsilon=1e-3))
    assert (seen.affine, seen.running, seen.trainable) == (2 * shape[1], 2 * shape[1], 2 * shape[1])


@pytest.mark.parametrize(("has_scale", "has_shift"), [(False, True), (True, False), (False, False)])
def test_batch_norm_without_all_of_its_parameters(has_scale, has_shift, onnx_op, normal, given, close):
    x, mean, variance = normal(*SHAPE), normal(6), np.abs(normal(6))
    scale = normal(6) if has_scale else np.ones(6, np.float32)
    shift = normal(6) if has_shift else np.zeros(6, np.float32)
    learned = [scale] * has_scale + [shift] * has_shift
    ours, seen = execute_op(BatchNorm(has_scale, has_shift), x, draw=given(*learned, mean, variance))
    close(ours, onnx_op("BatchNormalization", x, scale, shift, mean, variance))
    assert seen.affine == 6 * (has_scale + has_shift)
    assert seen.all == execute_op(BatchNorm(), x)[1].all


@pytest.mark.parametrize("axes", [(1, 2, 3), (-1,), (2, 3), (3, 2)])
def test_layer_norm(axes, onnx_op, normal, given, close):
    x = normal(*SHAPE)
    first = min(axis % 4 for axis in axes)
    scale, shift = normal(*SHAPE[first:]), normal(*SHAPE[first:])
    lead = (1,) * first
    draw = given(scale.reshape(lead + scale.shape), shift.reshape(lead + shift.shape))
    ours, seen = execute_op(LayerNorm(axes, epsilon=EPSILON), x, draw=draw)
    close(ours, onnx_op("LayerNormalization", x, scale, shift, axis=first, epsilon=1e-3))
    assert seen.affine == 2 * scale.size


def test_layer_norm_of_channels(onnx_op, normal, given, close):
    x, scale, shift = normal(*SHAPE), normal(6), normal(6)
    draw = given(scale.reshape(1, 6, 1, 1), shift.reshape(1, 6, 1, 1))
    ours, _ = execute_op(LayerNorm((1,)), x, draw=draw)
    theirs = onnx_op("LayerNormalization", np.moveaxis(x, 1, -1), scale, shift, axis=-1)
    close(ours, np.moveaxis(theirs, -1, 1))


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_group_norm(groups, onnx_op, normal, given, close):
    x, scale, shift = normal(*SHAPE), normal(6), normal(6)
    ours, _ = execute_op(GroupNorm(groups, epsilon=EPSILON), x, draw=given(scale, shift))
    close(ours, onnx_op("GroupNormalization", x, scale, shift, num_groups=groups, epsilon=1e-3))


def test_instance_norm(onnx_op, normal, given, close):
    x, scale, shift = normal(*SHAPE), normal(6), normal(6)
    ours, seen = execute_op(InstanceNorm(affine=True), x, draw=given(scale, shift))
    close(ours, onnx_op("InstanceNormalization", x, scale, shift))
    assert seen.affine == 12
    assert execute_op(InstanceNorm(), x)[1].affine == 0


@pytest.mark.parametrize("size", [1, 3, 5, 9])
def test_local_response_norm(size, onnx_op, normal, close):
    x = normal(*SHAPE)
    op = LocalResponseNorm(size, Fraction(1, 3), Fraction(3, 4), Fraction(2))
    close(execute_op(op, x)[0], onnx_op("LRN", x, size=size, alpha=1 / 3, beta=0.75, bias=2.0))


def test_local_response_norm_over_an_even_number_of_channels(normal, close):
    x = normal(*SHAPE)
    op = LocalResponseNorm(4, Fraction(1, 3), Fraction(3, 4), Fraction(2))
    total = np.stack([(x[:, max(0, c - 1) : c + 3] ** 2).sum(1) for c in range(6)], axis=1)
    close(execute_op(op, x)[0], x / (2 + total / 12) ** 0.75)


def test_l2_norm(onnx_op, normal, given, close):
    x, scale = normal(*SHAPE), normal(6)
    theirs = onnx_op("LpNormalization", x, axis=1, p=2)
    close(execute_op(L2Norm(scale=False), x)[0], theirs)
    close(execute_op(L2Norm(), x, draw=given(scale))[0], theirs * scale.reshape(6, 1, 1))


@pytest.mark.parametrize("shape", [SHAPE, (3, 6)])
def test_scale(shape, onnx_op, normal, given, close):
    x, factor, term = normal(*shape), normal(6), normal(6)
    along = (6, *(1,) * (len(shape) - 2))
    theirs = onnx_op("Mul", x, factor.reshape(along))
    ours, seen = execute_op(Scale(), x, draw=given(factor))
    close(ours, theirs)
    assert (seen.affine, seen.trainable) == (6, 6)
    ours, seen = execute_op(Scale(shift=True), x, draw=given(factor, term))
    close(ours, onnx_op("Add", theirs, term.reshape(along)))
    assert (seen.affine, seen.trainable) == (12, 12)


ACTIVATIONS = [
    (Relu(), "Relu", {}),
    (LeakyRelu(Fraction(1, 5)), "LeakyRelu", {"alpha": 0.2}),
    (Sigmoid(), "Sigmoid", {}),
    (HardSigmoid(), "HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    (HardSwish(), "HardSwish", {}),
    (Gelu(), "Gelu", {}),
    (Tanh(), "Tanh", {}),
    (Softmax(), "Softmax", {"axis": 1}),
    (Softmax(-1), "Softmax", {"axis": -1}),
]


@pytest.mark.parametrize(("op", "operator", "attributes"), ACTIVATIONS)
def test_activation(op, operator, attributes, onnx_op, normal, close):
    x = 4 * normal(*SHAPE)
    close(execute_op(op, x)[0], onnx_op(operator, x, **attributes))


def test_relu6(onnx_op, normal, close):
    x = 8 * normal(*SHAPE)
    close(execute_op(Relu6(), x)[0], onnx_op("Clip", x, np.float32(0).reshape(()), np.float32(6).reshape(())))


def test_silu(onnx_op, normal, close):
    x = 4 * normal(*SHAPE)
    close(execute_op(Silu(), x)[0], onnx_op("Mul", x, onnx_op("Sigmoid", x)))


def test_sigmoid_far_from_zero():
    output, _ = execute_op(Sigmoid(), np.array([[-1000.0, 1000.0]]))
    assert output.tolist() == [[0, 1]]


@pytest.mark.parametrize("shared", [False, True])
def test_prelu(shared, onnx_op, normal, given, close):
    x, slope = normal(*SHAPE), normal(1 if shared else 6)
    ours, seen = execute_op(PRelu(shared), x, draw=given(slope))
    close(ours, onnx_op("PRelu", x, slope.reshape(-1, 1, 1)))
    assert seen.affine == slope.size


def test_maxout(normal, close):
    x = normal(*SHAPE)
    close(execute_op(Maxout(3), x)[0], np.stack([x[:, :3].max(1), x[:, 3:].max(1)], axis=1))


def test_add_and_mul_one_after_the_other(onnx_op, normal, close):
    x, y, gate = normal(*SHAPE), normal(*SHAPE), normal(2, 6, 1, 1)
    close(execute_op(Add(), x, y, x)[0], onnx_op("Sum", x, y, x))
    ours, seen = execute_op(Mul(), gate, gate, x)
    close(ours, onnx_op("Mul", onnx_op("Mul", gate, gate), x))
    assert seen.all["mul"] == gate.size + x.size
    assert seen.input_elements == 2 * gate.size + x.size


def test_tensors_that_do_not_join(normal):
    with pytest.raises(WitnessError, match="could not be broadcast"):
        execute_op(Add(), normal(1, 2, 3, 3), normal(1, 2, 2, 1))
    with pytest.raises(WitnessError, match="the ranks differ"):
        execute_op(Mul(), normal(1, 2, 3, 3), normal(2, 1, 1))
    with pytest.raises(WitnessError, match="dimensions"):
        execute_op(Concat(), normal(1, 2, 3, 3), normal(1, 2, 3, 4))


@pytest.mark.parametrize("axis", [1, 2, -1])
def test_concat_and_split(axis, onnx_op, normal, close):
    x, y = normal(*SHAPE), normal(*SHAPE)
    joined, _ = execute_op(Concat(axis), x, y)
    close(joined, onnx_op("Concat", x, y, axis=axis))
    close(execute_op(Split(1, parts=2, axis=axis), joined)[0], y)


def test_split_into_given_sizes(onnx_op, normal, close):
    x = normal(*SHAPE)
    theirs = onnx_op("Split", x, np.array([1, 2, 3]), outputs=3, axis=1)
    for index, part in enumerate(theirs):
        close(execute_op(Split(index, sizes=(1, 2, 3)), x)[0], part)


def test_split_that_does_not_come_out_even(normal):
    with pytest.raises(WitnessError, match="equal division"):
        execute_op(Split(0, parts=4), normal(*SHAPE))
    with pytest.raises(WitnessError, match="the parts make 5 and not 6"):
        execute_op(Split(0, sizes=(2, 3)), normal(*SHAPE))
    with pytest.raises(WitnessError, match="neither parts nor sizes"):
        execute_op(Split(0), normal(*SHAPE))
    with pytest.raises(WitnessError, match="out of range"):
        execute_op(Split(2, parts=2), normal(*SHAPE))


def test_moves(onnx_op, normal, close):
    x = normal(*SHAPE)
    close(execute_op(Flatten(), x)[0], onnx_op("Flatten", x, axis=1))
    close(execute_op(Reshape((7, -1, 3)), x)[0], onnx_op("Reshape", x, np.array([2, 7, -1, 3])))
    close(execute_op(Transpose((3, 1, 2)), x)[0], onnx_op("Transpose", x, perm=[0, 3, 1, 2]))
    close(execute_op(Identity(), x)[0], x)
    close(execute_op(Dropout(), x)[0], x)


def test_channel_shuffle(normal, close):
    x = normal(*SHAPE)
    shuffled = np.empty_like(x)
    for i in range(3):  # channel i·(C/g) + j goes to place j·g + i
        for j in range(2):
            shuffled[:, j * 3 + i] = x[:, i * 2 + j]
    close(execute_op(ChannelShuffle(3), x)[0], shuffled)


def test_the_interpolated_error_function_is_that_of_python():
    x = np.concatenate([np.linspace(-7, 7, 20011), [0.0, 1e-30, 5.9999999, 6.0, np.inf, -np.inf]])
    exact = np.array([math.erf(value) for value in x])
    np.testing.assert_allclose(interpolated_erf(x), exact, rtol=0, atol=2e-9)
