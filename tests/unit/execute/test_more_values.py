"""The ops of imported networks hold against onnxruntime on every example, or against NumPy where it lacks the case.

What an op should compute is a function of the op, its inputs and its weights, with the operators of ONNX at hand.
"""

import numpy as np
import pytest
from onnx import TensorProto

from convcost.execute import WitnessError, execute_op
from convcost.execute.weights import uniform
from convcost.ops import (
    AdaptiveMaxPool,
    Affine,
    ArgMax,
    Celu,
    Clip,
    Compare,
    CumSum,
    DepthToSpace,
    Div,
    Einsum,
    Elu,
    Embedding,
    Expand,
    Gather,
    Gelu,
    GlobalMaxPool,
    Gru,
    HardSigmoid,
    LogSoftmax,
    Lstm,
    Maximum,
    Minimum,
    Mish,
    Pad,
    Parameter,
    Power,
    Reduce,
    Resize,
    RmsNorm,
    Rnn,
    Selu,
    Slice,
    Softplus,
    Softsign,
    SpaceToDepth,
    Sub,
    Tile,
    Unary,
    Where,
)
from convcost.verify.examples import EXAMPLES

BOOL = TensorProto.BOOL
FUNCTIONS = {
    "exp": "Exp",
    "log": "Log",
    "sqrt": "Sqrt",
    "abs": "Abs",
    "neg": "Neg",
    "reciprocal": "Reciprocal",
    "erf": "Erf",
    "sin": "Sin",
    "cos": "Cos",
    "floor": "Floor",
    "ceil": "Ceil",
    "round": "Round",
    "sign": "Sign",
}
RELATIONS = {
    "equal": "Equal",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
}
REDUCTIONS = {
    "mean": "ReduceMean",
    "sum": "ReduceSum",
    "max": "ReduceMax",
    "min": "ReduceMin",
    "prod": "ReduceProd",
    "l1": "ReduceL1",
    "l2": "ReduceL2",
    "sum_square": "ReduceSumSquare",
    "logsumexp": "ReduceLogSumExp",
}


def scalar(value):
    return None if value is None else np.array(float(value), np.float32)


def unary(onnx, op, x):
    if op.function == "not":
        return onnx("Not", x != 0, result=BOOL)
    return onnx(FUNCTIONS[op.function], x)


def affine(onnx, op, x):
    x = x if op.factor is None else onnx("Mul", x, scalar(op.factor))
    return x if op.term is None else onnx("Add", x, scalar(op.term))


def compare(onnx, op, left, right):
    if op.relation == "not_equal":
        return onnx("Not", onnx("Equal", left, right, result=BOOL), result=BOOL)
    return onnx(RELATIONS[op.relation], left, right, result=BOOL)


def einsum(onnx, op, *arrays):
    inputs, output = op.equation.split("->")
    with_batch = ",".join(f"z{letters}" for letters in inputs.split(","))
    return onnx("Einsum", *arrays, equation=f"{with_batch}->z{output}")


def softmax(onnx, op, x):
    return onnx("LogSoftmax", x, axis=op.axis)


def reduce(onnx, op, x):
    return onnx(REDUCTIONS[op.function], x, np.array(op.axes), keepdims=int(op.keep))


def argmax(onnx, op, x):
    return onnx("ArgMax", x, axis=op.axis, keepdims=int(op.keep), result=TensorProto.INT64)


def adaptive_maxpool(_onnx, op, x):
    """Take the maximum of the elements between rounded ends, cell by cell."""
    y = np.empty((*x.shape[:2], *op.output), np.float32)
    for cell in np.ndindex(*op.output):
        ends = [(i * n // o, -(-(i + 1) * n // o)) for i, n, o in zip(cell, x.shape[2:], op.output, strict=True)]
        seen = x[(..., *(slice(*end) for end in ends))]
        y[(..., *cell)] = seen.reshape(*x.shape[:2], -1).max(-1)
    return y


def pad(onnx, op, x):
    rank = x.ndim - 2
    pads = np.array([0, 0, *op.padding[:rank], 0, 0, *op.padding[rank:]])
    value = scalar(op.value) if op.mode == "constant" else None
    return onnx("Pad", x, pads, value, mode=op.mode)


def resize(onnx, op, x):
    how = {"coordinate_transformation_mode": "align_corners" if op.align_corners else "half_pixel"}
    if op.mode == "nearest":
        how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    return onnx("Resize", x, None, None, np.array([*x.shape[:2], *op.output]), mode=op.mode, **how)


def slice_(onnx, op, x):
    stop = x.shape[op.axis] if op.stop is None else op.stop
    return onnx("Slice", x, *(np.array([each]) for each in (op.start, stop, op.axis, op.step)))


def depth_to_space(onnx, op, x):
    if x.ndim == 4:
        return onnx("DepthToSpace", x, blocksize=op.block, mode=op.mode.upper())
    assert x.ndim == 3  # one axis: by hand
    groups = [x[:, :: op.block], x[:, 1 :: op.block], x[:, 2 :: op.block]]
    if op.mode == "dcr":
        groups = np.split(x, op.block, 1)
    return np.stack(groups, -1).reshape(len(x), x.shape[1] // op.block, -1)


def space_to_depth(onnx, op, x):
    if x.ndim == 4:
        return onnx("SpaceToDepth", x, blocksize=op.block)
    parts = [x[(..., *(slice(start, None, op.block) for start in starts))] for starts in np.ndindex(*[op.block] * 3)]
    return np.concatenate(parts, 1)


def rms_norm(_onnx, op, x, scale=None):
    y = x / np.sqrt(np.mean(x.astype(float) ** 2, axis=op.axes, keepdims=True) + float(op.epsilon))
    return y.astype(np.float32) if scale is None else (y * scale).astype(np.float32)


def turned(weights, order):
    """Put the parts of the gates in another order."""
    parts = np.split(weights, len(order))
    return np.concatenate([parts[i] for i in order])


def recurrent(operator, order, **attributes):
    """Return a reference that is one ONNX operator for each layer."""

    def reference(onnx, op, x, *weights):
        each, directions = 4 if op.bias else 2, 2 if op.direction == "both" else 1
        way = {"forward": "forward", "backward": "reverse", "both": "bidirectional"}[op.direction]
        for layer in range(op.layers):
            first = layer * each * directions
            cells = [weights[first + d * each : first + (d + 1) * each] for d in range(directions)]
            w, r, *b = (np.stack([turned(cell[i], order) for cell in cells]) for i in range(each))
            given = (np.ascontiguousarray(x.swapaxes(0, 1)), w, r, np.concatenate(b, -1) if b else None)
            y, *_ = onnx(operator, *given, outputs=2, hidden_size=op.hidden, direction=way, **attributes)
            x = y.transpose(2, 0, 1, 3).reshape(*x.shape[:2], -1)
        return x

    return reference


def operator(name, **attributes):
    """Return the reference that is one operator, with attributes taken from the op."""
    return lambda onnx, op, *arrays: onnx(
        name, *arrays, **{key: float(getattr(op, value)) for key, value in attributes.items()}
    )


REFERENCES = {
    Unary: unary,
    Affine: affine,
    Sub: operator("Sub"),
    Div: operator("Div"),
    Maximum: operator("Max"),
    Minimum: operator("Min"),
    Power: operator("Pow"),
    Compare: compare,
    Where: lambda onnx, _op, condition, left, right: onnx("Where", condition != 0, left, right),
    Einsum: einsum,
    Elu: operator("Elu", alpha="alpha"),
    Celu: operator("Celu", alpha="alpha"),
    Selu: operator("Selu"),
    Softplus: operator("Softplus"),
    Mish: operator("Mish"),
    Softsign: operator("Softsign"),
    Gelu: lambda onnx, op, x: onnx("Gelu", x, approximate=op.approximate),
    HardSigmoid: operator("HardSigmoid", alpha="slope", beta="offset"),
    Clip: lambda onnx, op, x: onnx("Clip", x, scalar(op.min), scalar(op.max)),
    LogSoftmax: softmax,
    Reduce: reduce,
    ArgMax: argmax,
    CumSum: lambda onnx, op, x: onnx("CumSum", x, np.array(op.axis)),
    GlobalMaxPool: operator("GlobalMaxPool"),
    AdaptiveMaxPool: adaptive_maxpool,
    Pad: pad,
    Resize: resize,
    Slice: slice_,
    Gather: lambda onnx, op, x: onnx("Gather", x, np.array(op.indices), axis=op.axis),
    Expand: lambda onnx, op, x: onnx("Expand", x, np.array([1, *op.shape])),
    Tile: lambda onnx, op, x: onnx("Tile", x, np.array([1, *op.repeats])),
    DepthToSpace: depth_to_space,
    SpaceToDepth: space_to_depth,
    Embedding: lambda onnx, op, x, table: onnx("Gather", table, np.floor(x).astype(np.int64) % op.entries, axis=0),
    RmsNorm: rms_norm,
    Lstm: recurrent("LSTM", (0, 3, 1, 2)),
    Gru: recurrent("GRU", (1, 0, 2), linear_before_reset=1),
    Rnn: recurrent("RNN", (0,)),
}

CASES = [example for example in EXAMPLES if type(example.op) in REFERENCES]


@pytest.mark.parametrize("example", CASES, ids=str)
def test_an_example_holds_against_an_implementation_that_is_not_ours(example, onnx_op, close):
    draw = uniform(np.random.default_rng(8))
    arrays, weights = [draw(shape, -4.0, 4.0) for shape in example.inputs], []

    def recorded(shape, low, high):
        weights.append(draw(shape, low, high))
        return weights[-1].copy()

    ours, seen = execute_op(example.op, *arrays, draw=recorded)
    close(ours, REFERENCES[type(example.op)](onnx_op, example.op, *arrays, *weights))
    assert seen.trainable + seen.running == sum(each.size for each in weights)


def test_comparisons_of_equal_numbers(onnx_op, close):
    x, y = np.array([[0.0, 1.0, 2.0]], np.float32), np.array([[1.0, 1.0, 1.0]], np.float32)
    for relation in (*RELATIONS, "not_equal"):
        op = Compare(relation)
        close(execute_op(op, x, y)[0], compare(onnx_op, op, x, y))
    for function in ("sign", "not", "round"):
        numbers = np.array([[-1.5, -0.5, 0.0, 0.5, 1.5, 2.5]], np.float32)
        close(execute_op(Unary(function), numbers)[0], unary(onnx_op, Unary(function), numbers))


def test_extremes_are_finite(normal):
    x = 1000 * normal(2, 3, 5)
    for op in (Softplus(), Mish(), Elu(), Selu(), LogSoftmax(), Reduce("logsumexp", (1,))):
        assert np.isfinite(execute_op(op, x)[0]).all()


def test_a_parameter_is_the_same_for_every_sample(normal, given):
    value = normal(3, 5)
    for trainable in (True, False):
        told = np.empty((2, 0), np.float32)
        output, seen = execute_op(Parameter((3, 5), trainable), told, draw=given(value))
        assert (output == value).all()
        assert output.shape == (2, 3, 5)
        assert (seen.weight, seen.running) == ((15, 0) if trainable else (0, 15))
        assert execute_op(Parameter((3, 5), trainable))[0].shape == (1, 3, 5)


def test_the_first_vectors_of_a_table(normal, given):
    table = normal(5, 3)
    output, _ = execute_op(Embedding(5, 3), np.array([[0, 4, -1, 6]]), draw=given(table))
    np.testing.assert_array_equal(output[0], table[[0, 4, 4, 1]])


@pytest.mark.parametrize(
    ("op", "shapes", "why"),
    [
        (Sub(), [(2, 3), (2, 3, 1)], "the ranks differ"),
        (Where(), [(2, 3), (2, 3, 1), (2, 3)], "the ranks differ"),
        (Slice(1, start=3, stop=3), [(2, 5)], "3 to 3 is not within 5 places"),
        (Slice(1, start=-6), [(2, 5)], "-1 to 5 is not within 5 places"),
        (Slice(1, stop=6), [(2, 5)], "0 to 6 is not within 5 places"),
        (Gather(1, ()), [(2, 5)], "no places are given"),
        (Gather(1, (5,)), [(2, 5)], "index 5 is out of bounds"),
        (Expand((3,)), [(2, 1, 1)], "the ranks differ"),
        (Expand((3,)), [(2, 2)], "could not be broadcast"),
        (Tile((3,)), [(2, 1, 1)], "the ranks differ"),
        (Pad((3, 0), mode="reflect"), [(2, 1, 3)], "there are not as many elements to reflect"),
        (DepthToSpace(2), [(2, 6, 3, 3)], "cannot reshape"),
        (SpaceToDepth(2), [(2, 1, 3, 4)], "cannot reshape"),
        (Einsum("ij,jk"), [(2, 3, 4), (2, 4, 5)], "the equation is for other tensors"),
        (Einsum("ij->i"), [(2, 3)], "the equation is for other tensors"),
        (Einsum("ii->i"), [(2, 3, 3)], "a letter stands twice"),
        (Einsum("ij,jk->ik"), [(2, 3, 4), (2, 5, 6)], "j has two extents"),
        (Lstm(3), [(2, 3)], "a sequence has three axes"),
    ],
)
def test_tensors_that_do_not_fit(op, shapes, why, normal):
    with pytest.raises(WitnessError, match=why):
        execute_op(op, *(normal(*shape) for shape in shapes))
