"""Ops of imported networks that do not fit are errors, by their full text."""

from fractions import Fraction

import pytest

from convcost.errors import ShapeError, UnsupportedError
from convcost.ops import (
    AdaptiveMaxPool,
    ArgMax,
    Compare,
    CumSum,
    DepthToSpace,
    Einsum,
    Embedding,
    Expand,
    Gather,
    GlobalMaxPool,
    Gru,
    LogSoftmax,
    Lstm,
    MatMul,
    Maximum,
    Pad,
    Parameter,
    Reduce,
    Resize,
    RmsNorm,
    Rnn,
    Slice,
    SpaceToDepth,
    Sub,
    Tile,
    Unknown,
    Where,
)
from convcost.rules import rule_of
from convcost.symbols.floordiv import free_symbol

X = (1, 8, 5, 6)
R = free_symbol("R", integer=True)
AXES = "(1 to 3, or -1 to -3 from the end)"
LETTERS = "(the batch has no letter: 'ij,jk->ik')"

SHAPES = [
    (GlobalMaxPool(), [(1, 8)], "E401 global_maxpool takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (AdaptiveMaxPool((7,)), [X], "E401 adaptive maxpool 7 takes (N, C, L), not a tensor of 4 axes (1, 8, 5, 6)"),
    (AdaptiveMaxPool((0, 7)), [X], "E402 an output extent of 0 is less than 1"),
    (Resize((7,)), [X], "E401 resize nearest takes (N, C, L), not a tensor of 4 axes (1, 8, 5, 6)"),
    (Resize((0, 7)), [X], "E402 an output extent of 0 is less than 1"),
    (RmsNorm(()), [X], "E406 rms_norm without axes ([1] are the channels, [1, 2, 3] a whole image)"),
    (
        RmsNorm((1, -3)),
        [X],
        "E406 the axes 1, -3 of rms_norm name one twice ([1] are the channels, [1, 2, 3] a whole image)",
    ),
    (RmsNorm((4,)), [X], f"E406 axis 4 of rms_norm does not exist: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (LogSoftmax(0), [X], f"E406 axis 0 of log_softmax is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (Reduce("sum", ()), [X], "E406 reduce without axes ([1] are the channels, [1, 2, 3] a whole image)"),
    (Reduce("sum", (0,)), [X], f"E406 axis 0 of reduce sum is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (
        Reduce("mean", (2, -2)),
        [X],
        "E406 the axes 2, -2 of reduce name one twice ([1] are the channels, [1, 2, 3] a whole image)",
    ),
    (ArgMax(4), [X], f"E406 axis 4 of argmax does not exist: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (CumSum(-4), [X], f"E406 axis -4 of cumsum is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (Sub(), [X, (1, 8, 5)], "E405 the inputs of sub differ in rank: input 1 has 4 axes (8×5×6), input 2 has 3 (8×5)"),
    (
        Maximum(),
        [X, (1, 4, 5, 6)],
        "E405 the inputs of maximum differ on axis 1 (channels): input 1 has 8 (8×5×6), input 2 has 4 (4×5×6)",
    ),
    (
        Compare("less"),
        [X, (1, 8, 5, 3)],
        "E405 the inputs of less differ on axis 3 (width): input 1 has 6 (8×5×6), input 2 has 3 (8×5×3)",
    ),
    (
        Where(),
        [X, X, (1, 8, 4, 6)],
        "E405 the inputs of where differ on axis 2 (height): input 1 has 5 (8×5×6), input 3 has 4 (8×4×6)",
    ),
    (
        Where(),
        [(1, 8, 5), X, X],
        "E405 the inputs of where differ in rank: input 1 has 3 axes (8×5), input 2 has 4 (8×5×6)",
    ),
    (
        MatMul(),
        [(2, 3, 4), (3, 4, 5)],
        "E405 the inputs of matmul differ on axis 0 (batch): input 1 has 2 (3×4), input 2 has 3 (4×5)",
    ),
    (Slice(0), [X], f"E406 axis 0 of slice is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (Slice(2, start=5), [X], "E650 slice from 5 to the end does not lie in axis 2 (height) with 5 places"),
    (Slice(2, start=3, stop=3), [X], "E650 slice from 3 to 3 does not lie in axis 2 (height) with 5 places"),
    (Slice(2, stop=7), [X], "E650 slice from 0 to 7 does not lie in axis 2 (height) with 5 places"),
    (Slice(2, start=-6), [X], "E650 slice from -6 to the end does not lie in axis 2 (height) with 5 places"),
    (Slice(2, stop=-5), [X], "E650 slice from 0 to -5 does not lie in axis 2 (height) with 5 places"),
    (Slice(2, step=0), [X], "E402 a step of 0 is less than 1"),
    (
        Slice(2, start=Fraction(1, 2)),
        [X],
        "E402 a place of 0.5 is not a whole number (floor(...) would give 0)",
    ),
    (
        Slice(2, stop=Fraction(-1, 2)),
        [X],
        "E402 a place of 0.5 is not a whole number (floor(...) would give 0)",
    ),
    (Slice(2, start=R + 6), [X], "E650 slice from R + 6 to the end does not lie in axis 2 (height) with 5 places"),
    (Slice(2, stop=R + 1), [(1, 8, R)], "E650 slice from 0 to R + 1 does not lie in axis 2 (length) with R places"),
    (Gather(0, (1,)), [X], f"E406 axis 0 of gather is the batch: its input has 4 axes (1, 8, 5, 6) {AXES}"),
    (Gather(1, ()), [X], "E650 gather names no place of axis 1 (channels)"),
    (Gather(1, (8,)), [X], "E650 gather takes place 8 of axis 1 (channels) with 8 places"),
    (Gather(-1, (-7,)), [X], "E650 gather takes place -7 of axis 3 (width) with 6 places"),
    (Gather(1, (0,)), [(1, 0)], "E650 gather takes place 0 of axis 1 (features) with 0 places"),
    (Expand((8, 5)), [X], "E409 expand has 2 numbers for the 3 axes of 8×5×6"),
    (Expand((8, 7, 6)), [X], "E405 expand cannot repeat 8×5×6 to 8×7×6"),
    (Expand((8, 0, 6)), [X], "E402 0 places of a shape are less than 1"),
    (Expand((8, 7, R)), [X], "E405 expand cannot repeat 8×5×6 to 8×7×R"),
    (Tile((1, 2)), [X], "E409 tile has 2 numbers for the 3 axes of 8×5×6"),
    (Tile((1, 0, 2)), [X], "E402 0 repeats are less than 1"),
    (DepthToSpace(3), [X], "E403 8 channels cannot be divided into 9 parts, one for each place of a block"),
    (DepthToSpace(0), [X], "E402 a block of 0 is less than 1"),
    (DepthToSpace(2), [(1, 8)], "E401 depth_to_space takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (
        SpaceToDepth(2),
        [X],
        "E403 5 places of axis 2 (height) cannot be divided into 2 parts, one for each place of a block",
    ),
    (SpaceToDepth(0), [X], "E402 a block of 0 is less than 1"),
    (SpaceToDepth(2), [(1, 8)], "E401 space_to_depth takes (N, C, *spatial), not a tensor of 2 axes (1, 8)"),
    (Pad((5, 0, 0, 0), mode="reflect"), [X], "E651 pad reflects 5 elements of an extent of 5"),
    (Pad((0, 0, 0, 6), mode="reflect"), [X], "E651 pad reflects 6 elements of an extent of 6"),
    (Pad((0, 0, -1, 0), mode="edge"), [X], "E402 a padding of -1 is less than 0"),
    (Embedding(0, 4), [X], "E402 0 entries are less than 1"),
    (Embedding(4, 0), [X], "E402 a width of 0 is less than 1"),
    (Parameter((3, 0)), [(1,)], "E402 an extent of 0 is less than 1"),
    (Unknown("TopK", (3, 0)), [X], "E402 an extent of 0 is less than 1"),
    (Lstm(0), [(1, 5, 3)], "E402 0 hidden features are less than 1"),
    (Gru(4, layers=0), [(1, 5, 3)], "E402 0 layers are less than 1"),
    (Rnn(4), [X], "E401 rnn takes (N, T, C), not a tensor of 4 axes (1, 8, 5, 6)"),
    (Lstm(4), [(1, 8)], "E401 lstm takes (N, T, C), not a tensor of 2 axes (1, 8)"),
    (
        Einsum("ij,jk"),
        [(1, 3, 4), (1, 4, 5)],
        f"E652 the equation ij,jk is not made of letters, commas and an arrow {LETTERS}",
    ),
    (Einsum("i1->i"), [(1, 3, 4)], f"E652 the equation i1->i is not made of letters, commas and an arrow {LETTERS}"),
    (Einsum("i,->i"), [(1, 3), (1,)], f"E652 the equation i,->i is not made of letters, commas and an arrow {LETTERS}"),
    (Einsum("ij->i1"), [(1, 3, 4)], f"E652 the equation ij->i1 is not made of letters, commas and an arrow {LETTERS}"),
    (Einsum("ii->i"), [(1, 3, 3)], f"E652 the equation ii->i has a letter twice in one tensor {LETTERS}"),
    (Einsum("ij->ii"), [(1, 3, 3)], f"E652 the equation ij->ii has a letter twice in one tensor {LETTERS}"),
    (Einsum("ij->ik"), [(1, 3, 4)], f"E652 the equation ij->ik has an output letter that no input has {LETTERS}"),
    (Einsum("ij,jk->ik"), [(1, 3, 4)], f"E652 the equation ij,jk->ik has 2 inputs and is given 1 {LETTERS}"),
    (
        Einsum("ij,jk->ik"),
        [(1, 3, 4), (1, 4)],
        f"E652 the equation ij,jk->ik does not name the axes of 3×4 and 4 {LETTERS}",
    ),
    (Einsum("ij,jk->ik"), [(1, 3, 4), (1, 5, 6)], "E405 j of ij,jk->ik is 4 and 5"),
    (
        Einsum("ij,jk->ik"),
        [(1, 3, 4), (2, 4, 6)],
        "E405 the inputs of einsum differ on axis 0 (batch): input 1 has 1 (3×4), input 2 has 2 (4×6)",
    ),
]


@pytest.mark.parametrize(("op", "inputs", "message"), SHAPES, ids=[message for _, _, message in SHAPES])
def test_a_shape_that_does_not_fit(op, inputs, message):
    with pytest.raises(ShapeError) as error:
        rule_of(op).output(op, *inputs)
    assert str(error.value) == message


QUESTIONS = [
    (Slice(1, start=R - 2), "output", "E611 the places of slice have no closed form in its start R - 2 (bind R)"),
    (Slice(1, stop=3 - R), "output", "E611 the places of slice have no closed form in its stop 3 - R (bind R)"),
]


@pytest.mark.parametrize(("op", "asked", "message"), QUESTIONS, ids=[message for _, _, message in QUESTIONS])
def test_a_question_without_a_closed_form(op, asked, message):
    with pytest.raises(UnsupportedError) as error:
        getattr(rule_of(op), asked)(op, X)
    assert str(error.value) == message


def test_what_cannot_be_decided_passes_until_it_is_bound():
    symbolic = [
        (Sub(), [(1, 8, R), (1, 8, 7)]),
        (Slice(2, start=R), [X]),
        (Slice(2, stop=R), [X]),
        (Slice(1, start=3), [(1, R)]),
        (Gather(1, (3, -5)), [(1, R)]),
        (Expand((8, R, 6)), [X]),
        (Expand((8, 5, 6)), [(1, 8, R, 6)]),
        (DepthToSpace(R), [X]),
        (SpaceToDepth(R), [X]),
        (SpaceToDepth(2), [(1, 8, R, R)]),
        (Pad((R, 0, 0, 0), mode="reflect"), [X]),
        (Einsum("ij,jk->ik"), [(1, 5, R), (1, 7, 3)]),
    ]
    for op, inputs in symbolic:
        assert rule_of(op).output(op, *inputs)[0] == 1
