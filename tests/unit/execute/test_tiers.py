"""Four ways to count, each held against the next: tally, interception, ones probe, counting scalars."""

from fractions import Fraction

import numpy as np
import pytest

from convcost.errors import UnsupportedError
from convcost.execute import EXECUTORS, audit_op, count_scalars, execute_op, ones_probe
from convcost.execute._executor import perform
from convcost.execute.scalars import ScalarArithmetic
from convcost.execute.tally import Tally
from convcost.execute.weights import Weights, uniform
from convcost.ops import (
    OPS,
    AdaptiveAvgPool,
    AdaptiveMaxPool,
    Add,
    Affine,
    ArgMax,
    Attention,
    AvgPool,
    BatchNorm,
    Celu,
    ChannelShuffle,
    Clip,
    Compare,
    Concat,
    Conv,
    Crop,
    CumSum,
    DepthToSpace,
    Div,
    Dropout,
    Einsum,
    Elu,
    Embedding,
    Expand,
    Experts,
    Flatten,
    Gather,
    Gelu,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    Gru,
    HardSigmoid,
    HardSwish,
    Identity,
    Input,
    InstanceNorm,
    L2Norm,
    LayerNorm,
    LeakyRelu,
    Linear,
    LocalResponseNorm,
    LogSoftmax,
    LpPool,
    Lstm,
    MatMul,
    Maximum,
    Maxout,
    MaxPool,
    Minimum,
    Mish,
    Mul,
    Pad,
    Parameter,
    Power,
    PRelu,
    Reduce,
    Relu,
    Relu6,
    Reshape,
    Resize,
    RmsNorm,
    Rnn,
    Scale,
    Selu,
    Sigmoid,
    Silu,
    Slice,
    Softmax,
    Softplus,
    Softsign,
    SpaceToDepth,
    Split,
    Sub,
    Tanh,
    Tile,
    Transpose,
    TransposedConv,
    Unary,
    Unknown,
    Upsample,
    Where,
)
from convcost.ops.elementwise import FUNCTIONS, RELATIONS
from convcost.ops.reduce import REDUCTIONS

SHAPE = (2, 4, 5, 7)
AWKWARD = {"stride": (2, 3), "padding": (1, 2, 0, 1)}

PRODUCTS = [
    (Conv((3, 2), out=6, **AWKWARD, dilation=(2, 1), bias=True), SHAPE),
    (Conv((3, 2), out=6, **AWKWARD, groups=2), SHAPE),
    (Conv((3, 5), out=8, **AWKWARD, groups=4, bias=True), SHAPE),
    (Conv((1, 1), out=3, **AWKWARD, bias=True), SHAPE),
    (Conv((4, 3), out=3, stride=(3, 2), padding="same"), SHAPE),
    (Conv((3,), out=3, stride=(2,), padding=(2, 1)), (2, 4, 7)),
    (Conv((2, 1, 3), out=3, padding=(1, 0, 0, 0, 0, 2)), (1, 2, 3, 4, 5)),
    (TransposedConv((3, 2), out=6, **AWKWARD, output_padding=(1, 2), bias=True), SHAPE),
    (TransposedConv((3, 5), out=6, **AWKWARD, dilation=(2, 1), groups=2), SHAPE),
    (TransposedConv((4, 4), out=4, stride=(2, 3), padding="same", groups=4), SHAPE),
    (TransposedConv((3,), out=4, stride=(2,), padding=(1, 2)), (2, 4, 5)),
    (Linear(5), SHAPE),
    (Linear(5, bias=False), (3, 7)),
    (Linear(5, axis=-1), (2, 3, 7)),
    (Linear(5, axis=1), SHAPE),
    (MatMul(), (2, 3, 4, 5), (2, 3, 5, 7)),
    (MatMul(transpose_left=True), (2, 4, 3), (2, 4, 5)),
    (MatMul(transpose_right=True), SHAPE, (2, 4, 3, 7)),
]

OTHERS = [
    (MaxPool((3, 2), **AWKWARD, dilation=(2, 1)), SHAPE),
    (MaxPool((3, 2), **AWKWARD, ceil=True), SHAPE),
    (MaxPool((3, 4), stride=2, padding="same"), SHAPE),
    (AvgPool((3, 4), **AWKWARD, ceil=True), SHAPE),
    (AvgPool((3, 4), **AWKWARD, count_padding=True), SHAPE),
    (LpPool((3, 2), **AWKWARD, p=3), SHAPE),
    (LpPool((2, 3), stride=2, ceil=True, p=Fraction(3, 2)), SHAPE),
    (GlobalAvgPool(), SHAPE),
    (AdaptiveAvgPool((3, 4)), SHAPE),
    (AdaptiveAvgPool(2), SHAPE),
    (Upsample((2, 3), "linear"), SHAPE),
    (Upsample((1, 2), "linear"), SHAPE),
    (Upsample(2), SHAPE),
    (Pad((1, -2, 0, 3), Fraction(1, 2)), SHAPE),
    (Crop((3, 2), count=3), SHAPE),
    (Crop((1, 4), count=2), SHAPE, (2, 3)),
    (Scale(), SHAPE),
    (Scale(shift=True), (3, 5)),
    (BatchNorm(), SHAPE),
    (BatchNorm(scale=False, shift=False), (3, 5)),
    (LayerNorm(), SHAPE),
    (LayerNorm((-1, 2)), SHAPE),
    (LayerNorm((1, 2, 3), affine=False), SHAPE),
    (GroupNorm(2), SHAPE),
    (InstanceNorm(affine=True), SHAPE),
    (LocalResponseNorm(5), SHAPE),
    (LocalResponseNorm(2), SHAPE),
    (L2Norm(), SHAPE),
    (L2Norm(scale=False), SHAPE),
    (Relu(), SHAPE),
    (Relu6(), SHAPE),
    (LeakyRelu(), SHAPE),
    (PRelu(), SHAPE),
    (PRelu(shared=True), SHAPE),
    (Sigmoid(), SHAPE),
    (HardSigmoid(), SHAPE),
    (Silu(), SHAPE),
    (HardSwish(), SHAPE),
    (Gelu(), SHAPE),
    (Tanh(), SHAPE),
    (Softmax(), SHAPE),
    (Softmax(-1), SHAPE),
    (Maxout(2), SHAPE),
    (Add(), SHAPE, SHAPE, SHAPE),
    (Mul(), SHAPE, (2, 4, 1, 1)),
    (Attention(), (2, 4, 3, 5), (2, 4, 2, 3), (2, 6, 2, 3)),
    (Attention(heads=2, causal=True), (2, 4, 2, 3), (2, 4, 6), (2, 2, 6)),
    (Experts(experts=5, active=2, hidden=3, out=2, bias=True), SHAPE),
    (Experts(experts=3, active=3, hidden=2, out=4, noisy=True), (3, 5)),
    (Concat(-1), SHAPE, SHAPE),
    (Flatten(), SHAPE),
    (Reshape((7, -1)), SHAPE),
    (Transpose((3, 1, 2)), SHAPE),
    (ChannelShuffle(2), SHAPE),
    (Split(1, parts=2), SHAPE),
    (Split(1, sizes=(1, 3, 1), axis=2), SHAPE),
    (Dropout(), SHAPE),
    (Identity(), SHAPE),
    (Input(SHAPE[1:]), SHAPE),
    (RmsNorm(), SHAPE),
    (RmsNorm((1, 3), scale=False), SHAPE),
    (Gelu("tanh"), SHAPE),
    (HardSigmoid(Fraction(1, 5), Fraction(1, 4)), SHAPE),
    (Elu(Fraction(1, 2)), SHAPE),
    (Celu(Fraction(1, 2)), SHAPE),
    (Selu(), SHAPE),
    (Softplus(), SHAPE),
    (Mish(), SHAPE),
    (Softsign(), SHAPE),
    (Clip(Fraction(-1, 2), Fraction(1, 4)), SHAPE),
    (Clip(), SHAPE),
    (LogSoftmax(2), SHAPE),
    *((Unary(function), SHAPE) for function in FUNCTIONS),
    (Affine(Fraction(1, 2), 3), SHAPE),
    (Affine(), SHAPE),
    *((op, SHAPE, (1, 4, 1, 7)) for op in (Add(), Mul(), Sub(), Div(), Maximum(), Minimum(), Power())),
    *((Compare(relation), SHAPE, (2, 1, 5, 1)) for relation in RELATIONS),
    (Where(), SHAPE, (2, 4, 1, 7), (1, 1, 5, 1)),
    *((Reduce(function, (1, -1)), SHAPE) for function in REDUCTIONS),
    (Reduce("mean", (2,), keep=False), SHAPE),
    (ArgMax(-1), SHAPE),
    (CumSum(-1), SHAPE),
    (GlobalMaxPool(), SHAPE),
    (AdaptiveMaxPool((3, 4)), SHAPE),
    (Pad((1, 2, 0, 3), mode="reflect"), SHAPE),
    (Pad((1, 9, 0, 3), mode="edge"), SHAPE),
    (Resize((3, 11)), SHAPE),
    (Resize((3, 11), "linear"), SHAPE),
    (Resize((7, 1), "cubic", align_corners=True), SHAPE),
    (Slice(2, start=1, step=3), SHAPE),
    (Gather(-1, (3, 0, -1)), SHAPE),
    (Expand((4, 5, 7)), (2, 1, 5, 1)),
    (Tile((1, 2, 3)), SHAPE),
    (DepthToSpace(2), SHAPE),
    (DepthToSpace(2, "crd"), SHAPE),
    (SpaceToDepth(3), (2, 1, 6, 9)),
    (Embedding(entries=5, width=3), (2, 7)),
    (Parameter((3, 5)), (2, 0)),
    (Parameter((3, 5), trainable=False), (2, 0)),
    (Einsum("chw,kc->hkw"), (2, 3, 2, 5), (2, 4, 3)),
    (Einsum("abc,bd->da"), (2, 2, 3, 2), (2, 3, 4)),
    (Einsum("ij,j->ji"), (2, 3, 4), (2, 4)),
    (Lstm(3, bias=False), (2, 4, 2)),
    (Lstm(2, "both", layers=2), (2, 3, 2)),
    (Gru(3, "backward"), (2, 4, 2)),
    (Gru(2, "both", bias=False, layers=2), (2, 3, 2)),
    (Rnn(3), (2, 4, 2)),
    (MatMul(), (1, 3, 2, 4), (2, 1, 4, 3)),
]


def label(case):
    return case[0].name


def inputs(shapes):
    draw = uniform(np.random.default_rng(5))
    return [draw(shape, -1.0, 1.0) for shape in shapes]


def test_every_op_has_an_executor_and_a_sample():
    assert set(EXECUTORS) == set(OPS.values()) - {Unknown} == {type(op) for op, *_ in PRODUCTS + OTHERS}


@pytest.mark.parametrize("case", PRODUCTS + OTHERS, ids=label)
def test_numpy_performed_what_was_tallied(case):
    op, *shapes = case
    seen, reported = audit_op(op, *inputs(shapes))
    assert seen.all == reported


@pytest.mark.parametrize("case", PRODUCTS + OTHERS, ids=label)
def test_counting_scalars_saw_what_was_tallied(case):
    op, *shapes = case
    _, seen = execute_op(op, *inputs(shapes))
    assert count_scalars(op, *shapes) == (seen.all, seen.valid)


@pytest.mark.parametrize("case", PRODUCTS + OTHERS, ids=label)
def test_counting_scalars_compute_the_same_values(case):
    op, *shapes = case
    output, _ = execute_op(op, *inputs(shapes), seed=3)
    arithmetic = ScalarArithmetic()
    weights = Weights(uniform(np.random.default_rng(3)), arithmetic)
    numbers = perform(op, [arithmetic.wrap(x) for x in inputs(shapes)], weights, Tally(arithmetic))
    np.testing.assert_allclose(output, numbers.astype(float), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("case", PRODUCTS, ids=label)
def test_a_sum_of_ones_is_what_was_tallied(case):
    op, *shapes = case
    _, seen = execute_op(op, *inputs(shapes))
    assert ones_probe(op, *shapes) == (seen.all["mul"], seen.valid["mul"])


@pytest.mark.parametrize("case", PRODUCTS, ids=label)
def test_each_product_is_added_and_each_bias_too(case):
    op, *shapes = case
    _, seen = execute_op(op, *inputs(shapes))
    biases = seen.output_elements if getattr(op, "bias", False) else 0
    assert seen.all["add"] - seen.all["mul"] == seen.valid["add"] - seen.valid["mul"] == biases
    assert set(seen.all) == {"mul", "add"}


def test_the_ones_probe_is_exact_where_single_floats_are_not():
    features = (1 << 24) + 3
    assert ones_probe(Linear(1, bias=False), (1, features)) == (features, features)


@pytest.mark.parametrize("op", [Attention(), Experts(2, 1, 3, 4), Mul(), Relu()], ids=lambda op: op.name)
def test_the_ones_probe_does_not_apply_where_the_output_is_no_sum_of_products(op):
    with pytest.raises(UnsupportedError) as error:
        ones_probe(op, *[(1, 2, 3)] * (op.inputs or 2))
    assert str(error.value) == f"E602 {op.name} is not a sum of products, so the ones probe does not apply to it"


def test_the_first_convolution_by_hand():
    # 3×3 on 4×4 with a border of one: 16 places see 9 each; the 4 corners lack 5 of them, the 8 edges 3.
    _, seen = execute_op(Conv((3, 3), out=1, padding=1), np.ones((1, 1, 4, 4)))
    assert (seen.all["mul"], seen.valid["mul"]) == (144, 144 - 4 * 5 - 8 * 3)


def test_the_first_transposed_convolution_by_hand():
    # Each of 4 elements writes 2×2 values; the 3×3 canvas loses its first row, which two elements write 2 values to.
    _, seen = execute_op(TransposedConv((2, 2), out=1, padding=(1, 0, 0, 0)), np.ones((1, 1, 2, 2)))
    assert seen.shape == (1, 1, 2, 3)
    assert (seen.all["mul"], seen.valid["mul"]) == (16, 12)
