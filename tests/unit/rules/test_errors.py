"""What does not fit is an error, by its full text."""

from fractions import Fraction

import pytest

from convcost.errors import ShapeError, UnsupportedError
from convcost.ops import (
    AdaptiveAvgPool,
    Add,
    Attention,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Crop,
    Experts,
    Flatten,
    GlobalAvgPool,
    GroupNorm,
    Input,
    LayerNorm,
    Linear,
    LocalResponseNorm,
    LpPool,
    MatMul,
    Maxout,
    MaxPool,
    Mul,
    Pad,
    Reshape,
    Scale,
    Softmax,
    Split,
    Transpose,
    TransposedConv,
    Upsample,
)
from convcost.rules import rule_of
from convcost.symbols.floordiv import free_symbol

X = (1, 8, 5, 6)
R = free_symbol("R", integer=True)
SMALLER = "(a smaller kernel, more padding, or fewer strides before it)"
AXES = "(1 to 3, or -1 to -3 from the end)"

SHAPES = [
    # E401: rank
    (Conv((3, 3), 8), [(1, 8)], "E401 conv 3×3 takes (N, C, H, W), not a tensor of 2 axes (1, 8)"),
    (Conv((3,), 8), [X], "E401 conv 3 takes (N, C, L), not a tensor of 4 axes (1, 8, 5, 6)"),
    (MaxPool((2, 2, 2)), [X], "E401 maxpool 2×2×2 takes (N, C, D, H, W), not a tensor of 4 axes (1, 8, 5, 6)"),
    (Conv((1, 1, 1, 1), 8), [X], "E401 pointwise takes (N, C and 4 axes), not a tensor of 4 axes (1, 8, 5, 6)"),
    (TransposedConv((2, 2), 8), [(1, 8)], "E401 transposed conv 2×2 takes (N, C, H, W), not a tensor of 2 axes (1, 8)"),
    (GlobalAvgPool(), [(1, 8)], "E401 global_avgpool takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (AdaptiveAvgPool((7,)), [X], "E401 adaptive avgpool 7 takes (N, C, L), not a tensor of 4 axes (1, 8, 5, 6)"),
    (BatchNorm(), [(8,)], "E401 batch_norm takes (N, C, ...), not a tensor of 1 axis (8)"),
    (Flatten(), [(8,)], "E401 flatten takes (N, C, ...), not a tensor of 1 axis (8)"),
    (Crop((7,), count=2), [X], "E401 crop 7 takes (N, C, L), not a tensor of 4 axes (1, 8, 5, 6)"),
    (MatMul(), [(1, 8), (1, 8)], "E401 matmul takes (N, ..., rows, columns), not a tensor of 2 axes (1, 8)"),
    (MatMul(), [X, (8, 6)], "E401 matmul takes (N, ..., rows, columns), not a tensor of 2 axes (8, 6)"),
    (Attention(), [X, (1, 8), X], "E401 attention takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (Attention(), [X, X, (1, 8)], "E401 attention takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (Attention(), [(1, 8), X, X], "E401 attention takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (Experts(4, 2, 8, 8), [(8,)], "E401 experts takes (N, C, ...), not a tensor of 1 axis (8)"),
    (Scale(), [(8,)], "E401 scale takes (N, C, ...), not a tensor of 1 axis (8)"),
    # E402: whole and large enough
    (Crop((7, 7), count=0), [X], "E402 0 regions are less than 1"),
    (Crop((7, 0), count=2), [X], "E402 an output extent of 0 is less than 1"),
    (
        Crop((7, Fraction(7, 2)), count=2),
        [X],
        "E402 an output extent of 3.5 is not a whole number (floor(...) would give 3)",
    ),
    (
        Conv((3, 3), Fraction(408, 25)),
        [X],
        "E402 16.32 output channels are not a whole number (floor(...) would give 16)",
    ),
    (Conv((3, 3), Fraction(16, 3)), [X], "E402 16/3 output channels are not a whole number (floor(...) would give 5)"),
    (Conv((3, 3), 0), [X], "E402 0 output channels are less than 1"),
    (
        Conv((3, 3), 8),
        [(1, Fraction(17, 2), 5, 6)],
        "E402 8.5 input channels are not a whole number (floor(...) would give 8)",
    ),
    (Conv((3, 3), 8), [(1, 8, 5, -6)], "E402 an input extent of -6 is less than 1"),
    (Conv((3, 3), 8, stride=0), [X], "E402 a stride of 0 is less than 1"),
    (
        Conv((3, 3), 8, stride=Fraction(3, 2)),
        [X],
        "E402 a stride of 1.5 is not a whole number (floor(...) would give 1)",
    ),
    (Conv((3, 3), 8, dilation=0), [X], "E402 a dilation of 0 is less than 1"),
    (Conv((0, 3), 8), [X], "E402 a kernel of 0 is less than 1"),
    (Conv((3, 3), 8, padding=-1), [X], "E402 a padding of -1 is less than 0"),
    (
        MaxPool((2, 2), padding=Fraction(1, 2)),
        [X],
        "E402 a padding of 0.5 is not a whole number (floor(...) would give 0)",
    ),
    (Conv((3, 3), 8, groups=0), [X], "E402 0 groups are less than 1"),
    (TransposedConv((2, 2), 8, output_padding=-1), [X], "E402 an output padding of -1 is less than 0"),
    (Linear(Fraction(1, 2)), [X], "E402 0.5 output features are not a whole number (floor(...) would give 0)"),
    (AdaptiveAvgPool((0, 7)), [X], "E402 an output extent of 0 is less than 1"),
    (
        Upsample((Fraction(3, 2), 2)),
        [X],
        "E402 an upsampling factor of 1.5 is not a whole number (floor(...) would give 1)",
    ),
    (Pad((Fraction(-1, 4), 0, 0, 0)), [X], "E402 a padding of 0.25 is not a whole number (floor(...) would give 0)"),
    (LocalResponseNorm(0), [X], "E402 a size of 0 is less than 1"),
    (Reshape((0, -1)), [X], "E402 a reshape extent of 0 is less than 1"),
    (Split(0, parts=0), [X], "E402 0 parts are less than 1"),
    (
        Input((3, Fraction(7, 2), 7)),
        [],
        "E402 an input extent of 3.5 is not a whole number (floor(...) would give 3)",
    ),
    (Attention(heads=0), [X, X, X], "E402 0 heads are less than 1"),
    (Experts(0, 2, 8, 8), [X], "E402 0 experts are less than 1"),
    (Experts(4, 0, 8, 8), [X], "E402 0 active experts are less than 1"),
    (Experts(4, 2, 0, 8), [X], "E402 0 hidden features are less than 1"),
    (Experts(4, 2, 8, 0), [X], "E402 0 output channels are less than 1"),
    # E403: division
    (Attention(heads=3), [X, X, X], "E403 8 query channels cannot be divided into 3 heads"),
    (Attention(heads=4), [X, X, (1, 6, 5, 6)], "E403 6 value channels cannot be divided into 4 heads"),
    (Conv((3, 3), 9, groups=3), [X], "E403 8 input channels cannot be divided into 3 groups"),
    (Conv((3, 3), 9, groups=4), [X], "E403 9 output channels cannot be divided into 4 groups"),
    (TransposedConv((2, 2), 9, groups=2), [X], "E403 9 output channels cannot be divided into 2 groups"),
    (GroupNorm(3), [X], "E403 8 channels cannot be divided into 3 groups"),
    (ChannelShuffle(5), [X], "E403 8 channels cannot be divided into 5 groups"),
    (Maxout(3), [X], "E403 8 channels cannot be divided into 3 pieces"),
    (Split(0, parts=4, axis=2), [X], "E403 5 places of axis 2 (height) cannot be divided into 4 parts"),
    # E404: a window that does not fit
    (Conv((7, 7), 8), [X], f"E404 the window of conv 7×7 spans 7×7 and does not fit into its input of 5×6 {SMALLER}"),
    (
        Conv((7, 7), 8, padding=(0, 0, 1, 0)),
        [X],
        f"E404 the window of conv 7×7 spans 7×7 and does not fit into its input of 5×6 (6×6 with its padding) {SMALLER}",
    ),
    (
        Conv((3, 3), 8, dilation=(4, 1)),
        [X],
        f"E404 the window of conv 3×3 spans 9×3 and does not fit into its input of 5×6 {SMALLER}",
    ),
    (
        MaxPool((2, 7)),
        [(1, 8, R, 6)],
        f"E404 the window of maxpool 2×7 spans 2×7 and does not fit into its input of R×6 {SMALLER}",
    ),
    # E405: merges
    (
        Add(),
        [X, X, (1, 8, 5, 3)],
        "E405 the inputs of add differ on axis 3 (width): input 1 has 6 (8×5×6), input 3 has 3 (8×5×3)",
    ),
    (
        Add(),
        [(1, 8, R, 6), X, (1, 8, 7, 6)],
        "E405 the inputs of add differ on axis 2 (height): input 2 has 5 (8×5×6), input 3 has 7 (8×7×6)",
    ),
    (
        Add(),
        [(1, 16 * R), (1, 8 * R)],
        "E405 the inputs of add differ on axis 1 (features): input 1 has 16*R (16*R), input 2 has 8*R (8*R)",
    ),
    (
        Add(),
        [X, (1, 8, 5)],
        "E405 the inputs of add differ in rank: input 1 has 4 axes (8×5×6), input 2 has 3 (8×5)",
    ),
    (MatMul(), [X, X], "E405 matrices of 5×6 and 5×6 have no product"),
    (MatMul(), [(1, R, 2 * R), (1, R, 3)], "E405 matrices of R×2*R and R×3 have no product"),
    (
        MatMul(transpose_left=True, transpose_right=True),
        [X, (1, 8, 6, 4)],
        "E405 matrices of 6×5 and 4×6 have no product",
    ),
    (
        MatMul(),
        [X, (1, 4, 6, 7)],
        "E405 the inputs of matmul differ on axis 1 (channels): input 1 has 8 (8×5×6), input 2 has 4 (4×6×7)",
    ),
    (
        MatMul(),
        [X, (1, 4, 6, 7)],
        "E405 the inputs of matmul differ on axis 1 (channels): input 1 has 8 (8×5×6), input 2 has 4 (4×6×7)",
    ),
    (
        MatMul(),
        [X, (1, 6, 7)],
        "E405 the inputs of matmul differ in rank: input 1 has 4 axes (8×5×6), input 2 has 3 (6×7)",
    ),
    (Attention(), [X, X, (1, 8, 5, 7)], "E405 attention has keys at 5×6 places and values at 5×7"),
    (Attention(), [X, X, (1, 8, 5)], "E405 attention has keys at 5×6 places and values at 5"),
    (Attention(), [X, X, (1, 8, 30)], "E405 attention has keys at 5×6 places and values at 30"),
    (
        Attention(causal=True),
        [X, (1, 8, 29), (1, 8, 29)],
        "E405 causal attention takes as many queries as keys, not 5×6 and 29",
    ),
    (
        Attention(),
        [X, (1, 4, 5, 6), X],
        "E405 the inputs of attention differ on axis 1 (channels): input 1 has 8 (8×5×6), input 2 has 4 (4×5×6)",
    ),
    (
        Attention(),
        [X, X, (2, 8, 5, 6)],
        "E405 the inputs of attention differ on axis 0 (batch): input 1 has 1 (8×5×6), input 3 has 2 (8×5×6)",
    ),
    (
        Mul(),
        [(1, 8, 1, 6), (1, 8, 5, 1), (1, 8, 4, 6)],
        "E405 the inputs of mul differ on axis 2 (height): input 2 has 5 (8×5×1), input 3 has 4 (8×4×6)",
    ),
    (
        Mul(),
        [(2, 8, 3), (3, 8, 3)],
        "E405 the inputs of mul differ on axis 0 (batch): input 1 has 2 (8×3), input 2 has 3 (8×3)",
    ),
    (
        Concat(),
        [X, (1, 4, 5, 7)],
        "E405 the inputs of concat differ on axis 3 (width): input 1 has 6 (8×5×6), input 2 has 7 (4×5×7)",
    ),
    (
        Concat(axis=3),
        [(1, 8, 1, 1, 1, 1), (1, 7, 1, 1, 1, 1)],
        "E405 the inputs of concat differ on axis 1: input 1 has 8 (8×1×1×1×1), input 2 has 7 (7×1×1×1×1)",
    ),
    # E406: axes
    (
        Linear(4, axis=4),
        [X],
        f"E406 axis 4 of linear does not exist: its input has 4 axes (1, 8, 5, 6) {AXES}",
    ),
    (Softmax(axis=0), [X], f"E406 axis 0 of softmax is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (LayerNorm((-5,)), [X], f"E406 axis -5 of layer_norm does not exist: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (
        LayerNorm((1, -3)),
        [X],
        "E406 the axes 1, -3 of layer_norm name one twice ([1] are the channels, [1, 2, 3] a whole image)",
    ),
    (LayerNorm(()), [X], "E406 layer_norm without axes ([1] are the channels, [1, 2, 3] a whole image)"),
    (LpPool((2, 2), p=0), [X], "E402 the exponent p = 0 of lppool is not positive"),
    (Concat(axis=-4), [X, X], f"E406 axis -4 of concat is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (Transpose((1, 2)), [X], "E406 the order 1, 2 does not name each axis of 8×5×6 once (the axes are 1, 2, 3)"),
    # E407: parts
    (Split(2, parts=2), [X], "E407 split has no part 2 (2 parts, 0 to 1)"),
    (Split(-1, sizes=(4, 4)), [X], "E407 split has no part -1 (2 parts, 0 to 1)"),
    (Split(0, sizes=(3, 4)), [X], "E407 the parts of split make 3 + 4 = 7, but axis 1 (channels) has 8"),
    (Split(0), [X], "E407 split takes either parts or sizes"),
    (Split(0, parts=2, sizes=(4, 4)), [X], "E407 split takes either parts or sizes"),
    # E408: elements
    (Reshape((8, 31)), [X], "E408 the 240 elements of 8×5×6 do not fit into 8×31"),
    (Reshape((7, -1)), [X], "E408 the 240 elements of 8×5×6 do not fit into 7×-1"),
    (Reshape((-1, -1)), [X], "E408 reshape has 2 extents of -1 (one takes what is left)"),
    (Reshape((3, R)), [(1, 2, R)], "E408 the 2*R elements of 2×R do not fit into 3×R"),
    # E409: a value for each axis
    (Conv((3, 3), 8, stride=(1, 2, 3)), [X], "E409 the stride of conv 3×3 has 3 extents, its kernel 2"),
    (
        Conv((3, 3), 8, padding=(1, 2)),
        [X],
        "E409 the padding of conv 3×3 has 2 amounts, not 4: all the beginnings, then all the ends",
    ),
    (
        TransposedConv((2, 2), 8, output_padding=(1,)),
        [X],
        "E409 the output_padding of transposed conv 2×2 has 1 extents, its kernel 2",
    ),
    (Pad((1, 2, 3, 4, 5)), [X], "E409 the padding of pad has 5 amounts: all the beginnings, then all the ends"),
    # E410: nothing left
    (
        TransposedConv((2, 2), 8, padding=3),
        [X],
        "E410 the padding of transposed conv 2×2 cuts off all of its output (0×1 is left)",
    ),
    (Pad((1, -5, 0, -1)), [X], "E410 pad cuts off all of its input of 5×6 (6×0 is left)"),
    (Pad((-3, 0, -3, 0)), [X], "E410 pad cuts 6 off an extent of 5"),
    (Pad((-6, 0, 9, 0)), [X], "E410 pad cuts 6 off an extent of 5"),
    (Pad((9, 0, -6, 0)), [X], "E410 pad cuts 6 off an extent of 5"),
    (Experts(4, 5, 8, 8), [X], "E413 5 of 4 experts cannot be active"),
    (
        MaxPool((3, 2), padding=(1, 2, 0, 0)),
        [X],
        "E412 a window of maxpool 3×2 would lie in a padding of 2 and see no element of the input (padding below 2)",
    ),
]


@pytest.mark.parametrize(("op", "inputs", "message"), SHAPES, ids=[message for _, _, message in SHAPES])
def test_a_shape_that_does_not_fit(op, inputs, message):
    with pytest.raises(ShapeError) as error:
        rule_of(op).output(op, *inputs)
    assert str(error.value) == message


REAL = "on real elements have no closed form in its"
ONE_BY_ONE = "on real elements have to be counted one by one, and its"

QUESTIONS = [
    (Conv((R, 3), 8, padding="same"), "valid", f"E611 the operations of conv R×3 {REAL} kernel R (bind R)"),
    (
        MaxPool((3, 3), stride=2 * R, padding=1),
        "valid",
        f"E611 the operations of maxpool 3×3 {REAL} stride 2*R (bind R)",
    ),
    (
        TransposedConv((3, 3), 8, dilation=R, padding=1),
        "valid",
        f"E611 the operations of transposed conv 3×3 {REAL} dilation R (bind R)",
    ),
    (
        Conv((3, 20_001), 8, padding="same"),
        "valid",
        f"E612 the operations of conv 3×20001 {ONE_BY_ONE} kernel 20001 is beyond 10000",
    ),
    (
        LocalResponseNorm(10**9),
        "valid",
        f"E612 the operations of local_response_norm {ONE_BY_ONE} size 1000000000 is beyond 10000",
    ),
    (
        Upsample((R, 2), mode="linear"),
        "counts",
        "E611 the passes of upsample linear have no closed form in its factor R (bind R)",
    ),
    (
        AdaptiveAvgPool((R, 2)),
        "counts",
        "E611 the windows of adaptive avgpool R×2 have no closed form in its output R (bind R)",
    ),
]


@pytest.mark.parametrize(("op", "asked", "message"), QUESTIONS, ids=[message for _, _, message in QUESTIONS])
def test_a_question_without_a_closed_form(op, asked, message):
    with pytest.raises(UnsupportedError) as error:
        getattr(rule_of(op), asked)(op, X)
    assert str(error.value) == message


def test_what_cannot_be_decided_passes_until_it_is_bound():
    symbolic = [
        (Conv((3, 3), 8), [(1, 8, R, R)]),
        (Conv((3, 3), 9, groups=3), [(1, R, 5, 6)]),
        (Conv((3, 3), R / 2), [X]),
        (Add(), [(1, 8, R), (1, 8, 7)]),
        (Reshape((8, 31)), [(1, R)]),
        (Split(0, sizes=(3, R)), [X]),
        (Pad((-R, 0, 0, 0)), [X]),
        (MatMul(), [(1, 5, R), (1, 7, 3)]),
        (Attention(heads=R, causal=True), [X, (1, 8, R), (1, R, R)]),
        (Experts(4, R, 8, 8), [X]),
        (Experts(R, 4, 8, 8), [X]),
    ]
    for op, inputs in symbolic:
        assert rule_of(op).output(op, *inputs)[0] == 1
