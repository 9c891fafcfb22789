"""Linear, pools, norms, activations, merges and moves: small figures that can be counted on paper."""

from fractions import Fraction

import pytest

from convcost.counts import Counts
from convcost.ops import (
    AdaptiveAvgPool,
    Add,
    Attention,
    AvgPool,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Crop,
    Dropout,
    Experts,
    Flatten,
    Gelu,
    GlobalAvgPool,
    GroupNorm,
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
    LpPool,
    MatMul,
    Maxout,
    MaxPool,
    Mul,
    Pad,
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
    Upsample,
)
from convcost.rules import Parameters, rule_of
from convcost.symbols.floordiv import FloorDiv, free_symbol

X = (2, 6, 3, 5)  # 180 elements, 15 places, 12 channels of samples

LINEAR = [
    (Linear(7), X, (2, 7), Parameters(weight=630, bias=7), Counts(mul=1260, add=1274)),
    (Linear(7, bias=False), (2, 90), (2, 7), Parameters(weight=630), Counts(mul=1260, add=1260)),
    (Linear(4, axis=-1), X, (2, 6, 3, 4), Parameters(weight=20, bias=4), Counts(mul=720, add=864)),
    (Linear(4, bias=False, axis=1), X, (2, 4, 3, 5), Parameters(weight=24), Counts(mul=720, add=720)),
]

POOLS = [
    (MaxPool((3, 2), stride=(1, 2)), X, (2, 6, 1, 2), Parameters(), Counts(cmp=144)),
    (MaxPool((3, 2), stride=(1, 2), ceil=True), X, (2, 6, 1, 3), Parameters(), Counts(cmp=216)),
    (AvgPool((3, 5), count_padding=True), X, (2, 6, 1, 1), Parameters(), Counts(add=180, div=12)),
    (LpPool((1, 5)), X, (2, 6, 3, 1), Parameters(), Counts(add=180, pow=216, abs=180)),
    (GlobalAvgPool(), X, (2, 6, 1, 1), Parameters(), Counts(add=180, div=12)),
    (GlobalAvgPool(), (1, 4, 10), (1, 4, 1), Parameters(), Counts(add=40, div=4)),
    (AdaptiveAvgPool((2, 1)), X, (2, 6, 2, 1), Parameters(), Counts(add=12 * 4 * 5, div=24)),
    (Upsample((2, 3)), X, (2, 6, 6, 15), Parameters(), Counts()),
    # rows first, 12·6·5 elements, then columns, 12·6·15
    (Upsample((2, 3), mode="linear"), X, (2, 6, 6, 15), Parameters(), Counts(mul=2880, add=2880)),
    (Upsample((1, 2), mode="linear"), X, (2, 6, 3, 10), Parameters(), Counts(mul=720, add=720)),
    (Pad((1, 2, 3, -4)), X, (2, 6, 7, 3), Parameters(), Counts()),
]

# 3 rows of 4 elements: 3·4 + 1 additions, 4 products, 4 + 2 divisions and a root each
NORMS = [
    (BatchNorm(), X, X, Parameters(affine=12, running=12), Counts(mul=186, add=192, div=6, sqrt=6)),
    (BatchNorm(scale=False), X, X, Parameters(affine=6, running=12), Counts(mul=186, add=192, div=6, sqrt=6)),
    (BatchNorm(), (2, 6), (2, 6), Parameters(affine=12, running=12), Counts(mul=18, add=24, div=6, sqrt=6)),
    (LayerNorm((-1,), affine=False), (1, 3, 4), (1, 3, 4), Parameters(), Counts(mul=12, add=39, div=18, sqrt=3)),
    (LayerNorm((-1,)), (1, 3, 4), (1, 3, 4), Parameters(affine=8), Counts(mul=24, add=51, div=18, sqrt=3)),
    (LayerNorm((1, 2, 3)), X, X, Parameters(affine=180), Counts(mul=360, add=722, div=184, sqrt=2)),
    (LayerNorm((1,)), X, X, Parameters(affine=12), Counts(mul=360, add=750, div=240, sqrt=30)),
    (GroupNorm(3), X, X, Parameters(affine=12), Counts(mul=360, add=726, div=192, sqrt=6)),
    (InstanceNorm(), X, X, Parameters(), Counts(mul=180, add=552, div=204, sqrt=12)),
    (InstanceNorm(affine=True), X, X, Parameters(affine=12), Counts(mul=360, add=732, div=204, sqrt=12)),
    (LocalResponseNorm(3), X, X, Parameters(), Counts(mul=360, add=720, div=180, pow=180)),
    (L2Norm(), X, X, Parameters(affine=6), Counts(mul=360, add=210, div=180, sqrt=30)),
    (L2Norm(scale=False), X, X, Parameters(), Counts(mul=180, add=210, div=180, sqrt=30)),
    (Scale(), X, X, Parameters(affine=6), Counts(mul=180)),
    (Scale(shift=True), (2, 6), (2, 6), Parameters(affine=12), Counts(mul=12, add=12)),
]

# each of the 2·3·6·2·7 places of all regions has four neighbours on an image, two on a line
REGIONS = [
    (Crop((2, 7), count=3), X, (6, 6, 2, 7), Parameters(), Counts(mul=2016, add=2016)),
    (Crop((7,), count=1), (2, 3, 9), (2, 3, 7), Parameters(), Counts(mul=84, add=84)),
]

ACTIVATIONS = [
    (Relu(), X, X, Parameters(), Counts(cmp=180)),
    (Relu6(), X, X, Parameters(), Counts(cmp=360)),
    (LeakyRelu(Fraction(1, 10)), X, X, Parameters(), Counts(mul=180, cmp=180)),
    (PRelu(), X, X, Parameters(affine=6), Counts(mul=180, add=180, cmp=360)),
    (PRelu(shared=True), X, X, Parameters(affine=1), Counts(mul=180, add=180, cmp=360)),
    (Sigmoid(), X, X, Parameters(), Counts(add=360, div=180, exp=180)),
    (HardSigmoid(), X, X, Parameters(), Counts(mul=180, add=180, cmp=360)),
    (Silu(), X, X, Parameters(), Counts(mul=180, add=360, div=180, exp=180)),
    (HardSwish(), X, X, Parameters(), Counts(mul=360, add=180, cmp=360)),
    (Gelu(), X, X, Parameters(), Counts(mul=540, add=180, erf=180)),
    (Tanh(), X, X, Parameters(), Counts(tanh=180)),
    (Softmax(), X, X, Parameters(), Counts(add=360, cmp=180, div=180, exp=180)),
    (Softmax(axis=-1), X, X, Parameters(), Counts(add=360, cmp=180, div=180, exp=180)),
    (Maxout(3), X, (2, 2, 3, 5), Parameters(), Counts(cmp=180)),
]

MOVES = [
    (Flatten(), X, (2, 90), Parameters(), Counts()),
    (Reshape((3, 30)), X, (2, 3, 30), Parameters(), Counts()),
    (Reshape((-1, 9)), X, (2, 10, 9), Parameters(), Counts()),
    (Transpose((3, 1, 2)), X, (2, 5, 6, 3), Parameters(), Counts()),
    (ChannelShuffle(3), X, X, Parameters(), Counts()),
    (Split(2, parts=3), X, (2, 2, 3, 5), Parameters(), Counts()),
    (Split(1, sizes=(1, 4), axis=-1), X, (2, 6, 3, 4), Parameters(), Counts()),
    (Dropout(), X, X, Parameters(), Counts()),
    (Identity(), X, X, Parameters(), Counts()),
]


@pytest.mark.parametrize(
    ("op", "x", "output", "parameters", "counts"),
    LINEAR + POOLS + REGIONS + NORMS + ACTIVATIONS + MOVES,
    ids=[case[0].name for case in LINEAR + POOLS + REGIONS + NORMS + ACTIVATIONS + MOVES],
)
def test_shape_parameters_and_counts(op, x, output, parameters, counts):
    rule = rule_of(op)
    assert rule.output(op, x) == output
    assert rule.parameters(op, x) == parameters
    assert rule.counts(op, x) == counts
    # where nothing is padded, every operation is on real elements; the window ops have tests of their own
    if not isinstance(op, LocalResponseNorm) and not getattr(op, "ceil", False):
        assert rule.valid(op, x) == counts


@pytest.mark.parametrize(
    ("op", "x", "counts"),
    [(op, x, counts) for op, x, _, _, counts in LINEAR + POOLS + REGIONS + ACTIVATIONS if x[0] == 2],
    ids=lambda value: getattr(value, "name", ""),
)
def test_counts_are_linear_in_the_batch(op, x, counts):
    assert rule_of(op).counts(op, (1, *x[1:])) * 2 == counts


def test_folding_a_batch_norm_does_not_depend_on_the_batch():
    once = rule_of(BatchNorm()).counts(BatchNorm(), (1, 6, 3, 5))
    assert once == Counts(mul=96, add=102, div=6, sqrt=6)


def test_what_says_where_regions_lie_costs_nothing():
    op = Crop((2, 7), count=3)
    for guides in ([(2, 12, 3, 5)], [(2, 12, 3, 5), (2, 4)]):
        assert rule_of(op).output(op, X, *guides) == (6, 6, 2, 7)
        assert rule_of(op).counts(op, X, *guides) == Counts(mul=2016, add=2016)


def test_an_addition_joins_one_by_one():
    rule = rule_of(Add())
    assert rule.output(Add(), X, X, X) == X
    assert rule.counts(Add(), X, X, X) == Counts(add=360)
    assert rule.counts(Add(), X) == Counts()


def test_a_product_repeats_extents_of_one():
    rule, gate = rule_of(Mul()), (2, 6, 1, 1)
    for inputs in ((X, gate), (gate, X), (X, X)):
        assert rule.output(Mul(), *inputs) == X
        assert rule.counts(Mul(), *inputs) == Counts(mul=180)
    # a column times a row, then the image: 2·15 and 180 products
    assert rule.counts(Mul(), (2, 1, 3, 1), (2, 1, 1, 5), X) == Counts(mul=210)


def test_a_concatenation_adds_extents():
    rule = rule_of(Concat())
    assert rule.output(Concat(), X, (2, 1, 3, 5), (2, 4, 3, 5)) == (2, 11, 3, 5)
    assert rule.output(Concat(axis=-1), X, (2, 6, 3, 2)) == (2, 6, 3, 7)
    assert rule.counts(Concat(), X, X) == Counts()


def test_a_product_of_matrices():
    # 2·6 pairs of a 3×5 and a 5×4 matrix: 12 · 3·4 sums of 5 products
    want = Counts(mul=720, add=720)
    left, right, turned, swapped = X, (2, 6, 5, 4), (2, 6, 4, 5), (2, 6, 5, 3)
    for op, inputs in (
        (MatMul(), (left, right)),
        (MatMul(transpose_right=True), (left, turned)),
        (MatMul(transpose_left=True), (swapped, right)),
        (MatMul(transpose_left=True, transpose_right=True), (swapped, turned)),
    ):
        assert rule_of(op).output(op, *inputs) == (2, 6, 3, 4)
        assert rule_of(op).counts(op, *inputs) == rule_of(op).valid(op, *inputs) == want
        assert rule_of(op).parameters(op, *inputs) == Parameters()
    assert rule_of(MatMul()).output(MatMul(), (2, 3, 5), (2, 5, 7)) == (2, 3, 7)


def test_attention():
    # 2 samples, 15 places, 4 keys: 120 pairs; 6 + 8 products each; with 2 heads 240 scores of six steps
    query, key, value = X, (2, 6, 2, 2), (2, 8, 2, 2)
    op = Attention(heads=2)
    assert rule_of(op).output(op, query, key, value) == (2, 8, 3, 5)
    assert rule_of(op).parameters(op, query, key, value) == Parameters()
    assert rule_of(op).counts(op, query, key, value) == Counts(mul=1680, add=2160, cmp=240, div=480, exp=240)
    assert rule_of(op).valid(op, query, key, value) == rule_of(op).counts(op, query, key, value)
    # heads divide what there is: they change the number of scores, not that of products
    one = rule_of(Attention()).counts(Attention(), query, key, value)
    assert one == Counts(mul=1680, add=1920, cmp=120, div=240, exp=120)


def test_causal_attention_works_all_pairs_out_and_sees_half_of_them():
    # 3 places: 9 pairs, 6 of them a key with itself or one before it; 4 + 5 products a pair
    op, inputs = Attention(causal=True), ((1, 4, 3), (1, 4, 3), (1, 5, 3))
    assert rule_of(op).counts(op, *inputs) == Counts(mul=81, add=99, cmp=9, div=18, exp=9)
    assert rule_of(op).valid(op, *inputs) == Counts(mul=54, add=66, cmp=6, div=12, exp=6)


def test_experts():
    # 4 places of 6 channels; gate 6·5; 2 experts of 6·7 + 7·3, and 3 weighted
    x, op = (2, 6, 1, 2), Experts(experts=5, active=2, hidden=7, out=3)
    assert rule_of(op).output(op, x) == (2, 3, 1, 2)
    assert rule_of(op).parameters(op, x) == Parameters(weight=5 * 63 + 30)
    products = 4 * (30 + 2 * (63 + 3))
    assert rule_of(op).counts(op, x) == Counts(mul=products, add=products + 16, cmp=4 * (10 + 14), div=8, exp=8)
    assert rule_of(op).valid(op, x) == rule_of(op).counts(op, x)
    biased = op.replaced(bias=True)
    assert rule_of(biased).parameters(biased, x) == Parameters(weight=345, bias=5 * 10)
    assert rule_of(biased).counts(biased, x)["add"] == products + 16 + 4 * 2 * 10
    noisy = op.replaced(noisy=True)
    assert rule_of(noisy).parameters(noisy, x) == Parameters(weight=375)
    assert rule_of(noisy).counts(noisy, x) == rule_of(op).counts(op, x)
    assert rule_of(op).output(op, (2, 6)) == (2, 3)


def test_the_experts_of_the_paper():
    """Shazeer et al. 2017, arXiv:1701.06538, appendix C.1: 512 to 1024 to 512, 1M parameters an expert, 4 active."""
    op, token = Experts(experts=256, active=4, hidden=1024, out=512), (1, 512)
    assert rule_of(op).parameters(op, token).weight == 256 * 1_048_576 + 512 * 256
    assert rule_of(op).counts(op, token)["mul"] == 4 * 1_048_576 + 512 * 256 + 4 * 512


def test_an_input_has_the_batch_it_is_given():
    op = Input((3, 224, 224))
    assert rule_of(op).output(op) == (1, 3, 224, 224)
    assert rule_of(op).output(op, (8,)) == (8, 3, 224, 224)


R = free_symbol("R", integer=True)
A = free_symbol("a", integer=True)


def test_formulas_in_an_extent():
    x = (1, 32 * A, R, R)
    assert rule_of(Linear(10)).counts(Linear(10), x)["mul"] == 320 * A * R**2
    assert rule_of(BatchNorm()).parameters(BatchNorm(), x) == Parameters(affine=64 * A, running=64 * A)
    assert rule_of(Flatten()).output(Flatten(), x) == (1, 32 * A * R**2)
    assert rule_of(Reshape((-1, R))).output(Reshape((-1, R)), x) == (1, 32 * A * R, R)
    assert rule_of(Reshape((8 * A, -1, R, R))).output(Reshape((8 * A, -1, R, R)), x) == (1, 8 * A, 4, R, R)
    assert rule_of(Split(0, parts=4)).output(Split(0, parts=4), x) == (1, 8 * A, R, R)
    assert rule_of(Maxout(2)).output(Maxout(2), x) == (1, 16 * A, R, R)
    crop = Crop((2, A), count=R)
    assert rule_of(crop).output(crop, (2, 32 * A, R, 7)) == (2 * R, 32 * A, 2, A)
    assert rule_of(crop).counts(crop, (2, 32 * A, R, 7)) == Counts(mul=512 * A**2 * R, add=512 * A**2 * R)
    attention, tokens = Attention(heads=A, causal=True), (1, 32 * A, R, R)
    assert rule_of(attention).counts(attention, tokens, tokens, tokens)["mul"] == 64 * A * R**4
    seen = rule_of(attention).valid(attention, tokens, tokens, tokens)["mul"]
    assert (seen - 32 * A * R**2 * (R**2 + 1)).expand() == 0
    matmul, scores = MatMul(transpose_right=True), (1, A, R, 7)
    assert rule_of(matmul).counts(matmul, scores, scores)["mul"] == 7 * A * R**2
    sparse = Experts(experts=8 * A, active=A, hidden=R, out=3)
    assert rule_of(sparse).parameters(sparse, (1, 5)).weight == 8 * A * (8 * R + 5)
    pool = MaxPool((2, 2), stride=2)
    assert rule_of(pool).output(pool, x) == (1, 32 * A, FloorDiv(R, 2), FloorDiv(R, 2))


def test_merges_take_what_can_be_decided():
    half = FloorDiv(R + 1, 2)
    assert rule_of(Add()).output(Add(), (1, 8, half, 7), (1, 8, 7, half)) == (1, 8, 7, 7)
    assert rule_of(Mul()).output(Mul(), (1, 8 * A, R), (1, 8 * A, 1)) == (1, 8 * A, R)
    assert rule_of(Mul()).output(Mul(), (1, 8, R), (1, 8, 7)) == (1, 8, 7)
    joined = rule_of(Concat()).output(Concat(), (1, 8 * A, R), (1, 5, R), (1, 2 * A, R))
    assert joined == (1, 10 * A + 5, R)


@pytest.mark.parametrize(("a", "b"), [(1, 7), (7, 1), (7, 7)])
def test_a_product_of_two_symbols_is_as_large_as_the_larger(a, b):
    from convcost.symbols.floordiv import substitution

    other = free_symbol("S", integer=True)
    at = substitution({R: a, other: b})
    formula = rule_of(Mul()).counts(Mul(), (1, 3, R), (1, 3, other))["mul"]
    assert at(formula) == rule_of(Mul()).counts(Mul(), (1, 3, a), (1, 3, b))["mul"]
