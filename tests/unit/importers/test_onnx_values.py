"""Imported graphs compute what onnxruntime computes, on awkward shapes, and are the ops they should be."""

import numpy as np
import pytest

from convcost.ops import (
    Add,
    Affine,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Div,
    Embedding,
    Flatten,
    Gelu,
    GlobalAvgPool,
    GroupNorm,
    HardSigmoid,
    HardSwish,
    LayerNorm,
    Linear,
    Lstm,
    MatMul,
    Mish,
    Mul,
    Pad,
    Parameter,
    Reduce,
    Relu6,
    Resize,
    RmsNorm,
    Scale,
    Silu,
    Slice,
    Softmax,
    Split,
    TransposedConv,
    Upsample,
)

RANDOM = np.random.default_rng(7)


def array(*shape):
    return RANDOM.uniform(-1, 1, shape).astype(np.float32)


def positive(*shape):
    return RANDOM.uniform(0.5, 1.5, shape).astype(np.float32)


def kinds(ops):
    return [type(op) for op in ops[1:]]


IMAGE = "float[2, 6, 11, 13] x"
CASES = {
    "conv with four pads": (
        (
            f"g ({IMAGE}) => (float[2, 10, 6, 4] y) "
            "{ y = Conv <pads = [1, 2, 0, 1], strides = [2, 3], dilations = [1, 2], group = 2> (x, w, b) }"
        ),
        {"w": array(10, 3, 2, 3), "b": array(10)},
        [Conv],
    ),
    "conv with the padding at the beginning": (
        f'g ({IMAGE}) => (float[2, 5, 6, 5] y) {{ y = Conv <auto_pad = "SAME_LOWER", strides = [2, 3]> (x, w) }}',
        {"w": array(5, 6, 2, 4)},
        [Conv],
    ),
    "transposed conv": (
        (
            f"g ({IMAGE}) => (float[2, 8, a, b] y) "
            "{ y = ConvTranspose <strides = [2, 3], pads = [1, 0, 0, 1], output_padding = [1, 0], group = 2> (x, w) }"
        ),
        {"w": array(6, 4, 3, 2)},
        [TransposedConv],
    ),
    "transposed conv to a shape": (
        (
            f"g ({IMAGE}) => (float[2, 8, 24, 27] y) "
            "{ y = ConvTranspose <strides = [2, 2], output_shape = [24, 27]> (x, w) }"
        ),
        {"w": array(6, 8, 3, 3)},
        [TransposedConv],
    ),
    "batch norm": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ y = BatchNormalization (x, s, b, m, v) }}",
        {"s": array(6), "b": array(6), "m": array(6), "v": positive(6)},
        [BatchNorm],
    ),
    "gemm transposed and scaled": (
        "g (float[2, 7] x) => (float[2, 5] y) { y = Gemm <alpha = 0.5, beta = 2.0> (x, w, b) }",
        {"w": array(7, 5), "b": array(5)},
        [Linear],
    ),
    "matmul and a bias": (
        "g (float[2, 3, 7] x) => (float[2, 3, 5] y) { h = MatMul (x, w) y = Add (b, h) }",
        {"w": array(7, 5), "b": array(5)},
        [Linear],
    ),
    "matmul with the stored matrix on the left": (
        "g (float[2, 3, 7] x) => (float[2, 5, 7] y) { y = MatMul (w, x) }",
        {"w": array(5, 3)},
        [Linear],
    ),
    "matmul of two tensors with heads": (
        (
            "g (float[2, 4, 3, 7] a, float[2, 4, 5, 7] b) => (float[2, 4, 3, 5] y) "
            "{ t = Transpose <perm = [0, 1, 3, 2]> (b) y = MatMul (a, t) }"
        ),
        {},
        None,
    ),
    "einsum with the batch in the middle": (
        (
            "g (float[2, 3, 5] x, float[2, 5, 7] z) => (float[3, 2, 7] y) { t = Transpose <perm = [1, 0, 2]> (x) "
            'y = Einsum <equation = "tbc,bcd->tbd"> (t, z) }'
        ),
        {},
        None,
    ),
    "pools": (
        (
            f"g ({IMAGE}) => (float[2, 6, 1, 1] y) {{ "
            "h = MaxPool <kernel_shape = [3, 2], strides = [2, 2], pads = [1, 0, 1, 1], ceil_mode = 1> (x) "
            "k = AveragePool <kernel_shape = [2, 3], pads = [1, 1, 0, 1], count_include_pad = 1> (h) "
            "y = GlobalAveragePool (k) }"
        ),
        {},
        None,
    ),
    "mean over places is a pool": (
        f"g ({IMAGE}) => (float[2, 6] y) {{ y = ReduceMean <axes = [2, 3], keepdims = 0> (x) }}",
        {},
        None,
    ),
    "sum over channels": (
        f"g ({IMAGE}) => (float[2, 11, 13] y) {{ y = ReduceSum <keepdims = 0> (x, a) }}",
        {"a": np.array([1])},
        None,
    ),
    "clip is relu6": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ y = Clip (x, low, high) }}",
        {"low": np.float32(0), "high": np.float32(6)},
        [Relu6],
    ),
    "silu": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ s = Sigmoid (x) y = Mul (x, s) }}",
        {},
        [Silu],
    ),
    "mish": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ p = Softplus (x) t = Tanh (p) y = Mul (x, t) }}",
        {},
        [Mish],
    ),
    "hard swish, divided at the end": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) "
            "{ a = Add (x, three) c = Clip (a, zero, six) m = Mul (x, c) y = Div (m, six) }"
        ),
        {"three": np.float32(3), "zero": np.float32(0), "six": np.float32(6)},
        [HardSwish],
    ),
    "hard sigmoid, and hard swish of it": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) "
            "{ a = Add (x, three) c = Clip (a, zero, six) s = Div (c, six) y = Mul (x, s) }"
        ),
        {"three": np.float32(3), "zero": np.float32(0), "six": np.float32(6)},
        [HardSwish],
    ),
    "hard sigmoid": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ y = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x) }}",
        {},
        [HardSigmoid],
    ),
    "gelu by erf": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) "
            "{ d = Div (x, root) e = Erf (d) p = Add (e, one) m = Mul (x, p) y = Mul (m, half) }"
        ),
        {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)},
        [Gelu],
    ),
    "gelu by erf, halved first": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) "
            "{ d = Div (x, root) e = Erf (d) p = Add (e, one) h = Mul (x, half) y = Mul (h, p) }"
        ),
        {"root": np.float32(2**0.5), "one": np.float32(1), "half": np.float32(0.5)},
        [Gelu],
    ),
    "layer norm taken apart": (
        (
            "g (float[2, 5, 7] x) => (float[2, 5, 7] y) { m = ReduceMean <axes = [-1]> (x) d = Sub (x, m) "
            "q = Pow (d, two) v = ReduceMean <axes = [-1]> (q) p = Add (v, eps) r = Sqrt (p) n = Div (d, r) "
            "f = Mul (n, w) y = Add (f, b) }"
        ),
        {"two": np.float32(2), "eps": np.float32(1e-5), "w": array(7), "b": array(7)},
        [LayerNorm],
    ),
    "root mean square norm taken apart": (
        (
            "g (float[2, 5, 7] x) => (float[2, 5, 7] y) { q = Pow (x, two) v = ReduceMean <axes = [-1]> (q) "
            "p = Add (v, eps) r = Sqrt (p) n = Div (x, r) y = Mul (n, w) }"
        ),
        {"two": np.float32(2), "eps": np.float32(1e-5), "w": array(7)},
        [RmsNorm],
    ),
    "group norm taken apart": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ r = Reshape (x, s) n = InstanceNormalization (r, one, zero) "
            "h = Shape (x) k = Reshape (n, h) f = Mul (k, w) y = Add (f, b) }"
        ),
        {
            "s": np.array([0, 3, -1]),
            "one": np.ones(3, np.float32),
            "zero": np.zeros(3, np.float32),
            "w": array(6, 1, 1),
            "b": array(6, 1, 1),
        },
        [GroupNorm],
    ),
    "factors and terms of channels": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ m = Mul (x, w) y = Add (m, b) }}",
        {"w": array(6, 1, 1), "b": array(1, 6, 1, 1)},
        [Scale],
    ),
    "channel shuffle": (
        (
            f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ a = Reshape (x, s) "
            "b = Transpose <perm = [0, 2, 1, 3, 4]> (a) y = Reshape (b, back) }"
        ),
        {"s": np.array([2, 3, 2, 11, 13]), "back": np.array([2, 6, 11, 13])},
        [ChannelShuffle],
    ),
    "numbers added and multiplied": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ a = Mul (x, c) b = Sub (a, d) y = Div (b, c) }}",
        {"c": np.float32(3), "d": np.float32(0.25)},
        [Affine, Affine, Affine],
    ),
    "a number divided": (
        "g (float[2, 5] x) => (float[2, 5] y) { e = Exp (x) y = Div (one, e) }",
        {"one": np.float32(1)},
        None,
    ),
    "a sum of two tensors with a broadcast axis": (
        f"g ({IMAGE}, float[2, 6, 1, 13] z) => ({IMAGE.replace('x', 'y')}) {{ y = Add (x, z) }}",
        {},
        None,
    ),
    "shape arithmetic": (
        (
            f"g ({IMAGE}) => (float[2, 66, 13] y) {{ s = Shape (x) n = Gather (s, zero) c = Gather (s, one) "
            "h = Gather (s, two) p = Mul (c, h) un = Unsqueeze (n, axis) up = Unsqueeze (p, axis) "
            "t = Concat <axis = 0> (un, up, last) y = Reshape (x, t) }"
        ),
        {
            "zero": np.array(0),
            "one": np.array(1),
            "two": np.array(2),
            "axis": np.array([0]),
            "last": np.array([-1]),
        },
        None,
    ),
    "parts of equal size, joined again": (
        f"g ({IMAGE}) => ({IMAGE.replace('x', 'y')}) {{ a, b, c = Split <axis = 1> (x) y = Concat <axis = 1> (c, a, b) }}",
        {},
        [Split, Split, Split, Concat],
    ),
    "slices of two axes": (
        f"g ({IMAGE}) => (float[2, 6, 4, 9] y) {{ y = Slice (x, starts, ends, axes, steps) }}",
        {
            "starts": np.array([1, -11]),
            "ends": np.array([9, -2]),
            "axes": np.array([2, 3]),
            "steps": np.array([2, 1]),
        },
        [Slice, Slice],
    ),
    "the class token of a sequence": (
        "g (float[2, 5, 7] x) => (float[2, 7] y) { y = Gather <axis = 1> (x, i) }",
        {"i": np.array(0)},
        None,
    ),
    "reflected padding": (
        f'g ({IMAGE}) => (float[2, 6, 14, 16] y) {{ y = Pad <mode = "reflect"> (x, p) }}',
        {"p": np.array([0, 0, 1, 2, 0, 0, 2, 1])},
        [Pad],
    ),
    "channels padded": (
        f"g ({IMAGE}) => (float[2, 9, 11, 13] y) {{ y = Pad (x, p) }}",
        {"p": np.array([0, 1, 0, 0, 0, 2, 0, 0])},
        None,
    ),
    "enlarged by whole factors": (
        f"g ({IMAGE}) => (float[2, 6, 22, 39] y) {{ y = Resize (x, , s) }}",
        {"s": np.array([1, 1, 2, 3], np.float32)},
        [Upsample],
    ),
    "resampled between corners": (
        (
            f'g ({IMAGE}) => (float[2, 6, 17, 19] y) {{ y = Resize <mode = "linear", '
            'coordinate_transformation_mode = "align_corners"> (x, , , n) }'
        ),
        {"n": np.array([2, 6, 17, 19])},
        [Resize],
    ),
    "flattened": (f"g ({IMAGE}) => (float[2, 858] y) {{ y = Flatten (x) }}", {}, [Flatten]),
    "softmax over several axes, as before version 13": (
        "g (float[2, 5, 7] x) => (float[2, 5, 7] y) { y = Softmax (x) }",
        {"version": 11},
        None,
    ),
    "softmax of the last axis": (
        "g (float[2, 5, 7] x) => (float[2, 5, 7] y) { y = Softmax (x) }",
        {},
        [Softmax],
    ),
    "a sequence with its batch in the middle": (
        "g (float[2, 5, 7] x) => (float[5, 2, 3] y) { t = Transpose <perm = [1, 0, 2]> (x) y = MatMul (t, w) }",
        {"w": array(7, 3)},
        [Linear],
    ),
    "both directions of a recurrent layer": (
        (
            "g (float[2, 5, 7] x) => (float[5, 2, 2, 3] y, float[2, 2, 3] h) { t = Transpose <perm = [1, 0, 2]> (x) "
            'y, h = LSTM <hidden_size = 3, direction = "bidirectional"> (t, w, r, b) }'
        ),
        {"w": array(2, 12, 7), "r": array(2, 12, 3), "b": array(2, 24)},
        None,
    ),
    "a norm of joined tensors": (
        (
            "g (float[2, 5, 7] x, float[2, 5, 7] z) => (float[2, 5, 7] y) "
            "{ y = com.microsoft.SkipLayerNormalization (x, z, w, b) }"
        ),
        {"w": array(7), "b": array(7)},
        None,
    ),
    "a conv with its activation": (
        (
            f"g ({IMAGE}) => (float[2, 5, 11, 13] y) "
            '{ y = com.microsoft.FusedConv <kernel_shape = [1, 1], activation = "Relu"> (x, w, b) }'
        ),
        {"w": array(5, 6, 1, 1), "b": array(5)},
        None,
    ),
    "scaled product of matrices": (
        (
            "g (float[2, 3, 7] x, float[2, 5, 7] z) => (float[2, 3, 5] y) "
            "{ y = com.microsoft.FusedMatMul <alpha = 0.5, transB = 1> (x, z) }"
        ),
        {},
        None,
    ),
    "a branch whose condition is known": (
        (
            "g (float[2, 5] x) => (float[2, 5] y) { c = Constant <value = bool {1}> () y = If (c) "
            "<then_branch = a () => (float[2, 5] t) { t = Relu (x) }, "
            "else_branch = b () => (float[2, 5] e) { e = Sigmoid (x) }> }"
        ),
        {},
        None,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_imported_graph_computes_what_onnxruntime_does(name, agrees):
    text, given, wanted = CASES[name]
    ops = agrees(text, **given)
    if wanted is not None:
        assert kinds(ops) == wanted


def test_words_become_vectors(agrees):
    text = "g (int64[2, 5] x) => (float[2, 5, 3] y) { y = Gather (w, x) }"
    ops = agrees(text, {"x": RANDOM.integers(0, 11, (2, 5))}, w=array(11, 3))
    assert ops[1:] == [Embedding(11, 3)]


def test_what_others_are_made_of(agrees):
    attention = (
        "g (float[2, 5, 12] x) => (float[2, 5, 12] y) { q = MatMul (x, wq) k = MatMul (x, wk) v = MatMul (x, wv) "
        "qs = Reshape (q, s) ks = Reshape (k, s) vs = Reshape (v, s) qt = Transpose <perm = [0, 2, 1, 3]> (qs) "
        "kt = Transpose <perm = [0, 2, 3, 1]> (ks) vt = Transpose <perm = [0, 2, 1, 3]> (vs) p = MatMul (qt, kt) "
        "d = Div (p, two) a = Softmax (d) o = MatMul (a, vt) ot = Transpose <perm = [0, 2, 1, 3]> (o) "
        "y = Reshape (ot, back) }"
    )
    weights = {name: array(12, 12) for name in ("wq", "wk", "wv")}
    shapes = {"s": np.array([0, 0, 3, 4]), "back": np.array([0, 0, 12])}
    ops = agrees(attention, two=np.float32(2), **weights, **shapes)
    assert [op.name for op in ops].count("linear") == 3
    assert [op.name for op in ops].count("matmul") == 2
    assert MatMul() in ops


def test_a_position_embedding_is_a_stored_tensor(agrees):
    ops = agrees("g (float[2, 5, 7] x) => (float[2, 5, 7] y) { y = Add (x, p) }", p=array(1, 5, 7))
    assert ops[1:] == [Parameter((5, 7)), Add()]


def test_a_constant_over_a_tensor(agrees):
    ops = agrees("g (float[2, 5] x) => (float[2, 5] y) { y = Div (one, x) }", one=np.float32(1))
    assert kinds(ops) == [Parameter, Div]


def test_pools_by_other_names(agrees):
    text = "g (float[2, 6, 11, 13] x) => (float[2, 6, 1, 1] y) { y = ReduceMean <axes = [2, 3]> (x) }"
    assert kinds(agrees(text)) == [GlobalAvgPool]
    text = "g (float[2, 6, 11] x) => (float[2, 6, 1] y) { y = ReduceMean <axes = [2]> (x) }"
    assert kinds(agrees(text)) == [Reduce]


def test_a_square_is_a_product_and_a_recurrent_layer_one_op(agrees):
    assert kinds(agrees("g (float[2, 5] x) => (float[2, 5] y) { y = Pow (x, two) }", two=np.float32(2))) == [Mul]
    text = (
        "g (float[2, 5, 7] x) => (float[5, 1, 2, 3] y) { t = Transpose <perm = [1, 0, 2]> (x) "
        "y = LSTM <hidden_size = 3> (t, w, r) }"
    )
    assert Lstm in kinds(agrees(text, w=array(1, 12, 7), r=array(1, 12, 3)))
