"""Where the batch goes when axes move, what is refused, and how nodes are named."""

import pytest

from convcost.cost import infer
from convcost.errors import Diagnostics, ModelError
from convcost.importers.builder import Builder, Tensor
from convcost.importers.constant import Constant
from convcost.importers.layout import Layout
from convcost.ops import BatchNorm, Conv, Linear, Relu, Sigmoid, Softmax


def builder_of(batch=1):
    return Builder("net", infer, batch)


@pytest.mark.parametrize(
    ("shape", "axis", "target", "layout", "own"),
    [
        ((3, 5, 14, 11), 0, (3, 70, 11), Layout(), (70, 11)),
        ((3, 5, 14, 11), 0, (3, 5, -1), Layout(), (5, 154)),
        ((3, 5, 14), 0, (15, 14), Layout(0, after=1), (5, 14)),
        ((3, 5, 14), 0, (21, 10), Layout(0, after=1), (7, 10)),
        ((3, 1, 14), 0, (1, 3, 14), Layout(1), (1, 14)),
        ((5, 3, 14), 1, (15, 14), Layout(1, before=1), (5, 14)),
        ((5, 3, 14), 1, (5, 6, 7), Layout(1, after=1), (5, 2, 7)),
        ((6, 3, 14), 1, (2, 9, 14), Layout(2, before=1), (2, 3, 14)),
        ((6, 3, 14), 1, (18, 2, 7), Layout(1, before=1), (6, 2, 7)),
        ((6, 3, 14), 1, (36, 7), Layout(1, before=1, after=1), (6, 2, 7)),
    ],
)
def test_a_reshape_follows_the_batch(shape, axis, target, layout, own):
    builder = builder_of(3)
    found = builder.reshape(builder.input("x", shape, axis), target)
    assert (found.layout, found.own) == (layout, own)
    back = builder.reshape(found, shape)
    assert back.shape == shape


def test_a_reshape_that_mixes_samples_is_refused():
    builder = builder_of(3)
    with pytest.raises(ModelError) as caught:
        builder.reshape(builder.input("x", (3, 4, 14)), (4, 3, 14))
    assert str(caught.value) == "E716 3×4×14 to 4×3×14 mixes the samples of the batch"


def test_a_single_sample_may_be_reshaped_to_anything():
    builder = builder_of()
    x = builder.input("x", (1, 4, 14))
    flat = builder.reshape(x, (7, 8))
    assert flat.shape == (7, 8)
    assert builder.with_batch(builder.reshape(flat, (1, 56))).own == (56,)


def test_elements_that_do_not_fit_are_refused():
    builder = builder_of()
    with pytest.raises(ModelError) as caught:
        builder.reshape(builder.input("x", (1, 4, 14)), (5, -1))
    assert str(caught.value) == "E717 the elements of 1×4×14 do not fit into 5×-1"


def test_axes_are_transposed_with_the_batch_where_it_is():
    builder = builder_of(3)
    x = builder.input("x", (3, 5, 14))
    first = builder.transpose(x, (1, 0, 2))
    assert (first.index, first.layout, first.shape) == (x.index, Layout(1), (5, 3, 14))
    last = builder.transpose(first, (2, 0, 1))
    assert (last.layout, last.own, last.shape) == (Layout(2), (14, 5), (14, 5, 3))
    assert list(map(last.axis, (0, 1))) == [1, 2]


def test_working_along_the_batch_is_refused():
    builder = builder_of(3)
    folded = builder.reshape(builder.input("x", (3, 5, 14)), (15, 14))
    with pytest.raises(ModelError) as caught:
        folded.axis(0)
    assert str(caught.value) == "E716 it works along axis 0, which holds the batch, and would mix samples"
    with pytest.raises(ModelError) as caught:
        folded.axis(2)
    assert str(caught.value) == "E717 there is no axis 2 in a tensor of 2 axes"
    with pytest.raises(ModelError) as caught:
        builder.with_batch(folded)
    assert str(caught.value) == (
        "E716 it takes its batch from axis 0, and the samples of 15×14 are in axis 0 with something else"
    )
    with pytest.raises(ModelError) as caught:
        builder.without_batch(folded)
    assert str(caught.value) == "E716 it mixes the samples of 15×14"


def test_the_batch_of_one_sample_is_squeezed_away_and_comes_back():
    builder = builder_of()
    x = builder.input("x", (1, 5, 1, 14))
    without = builder.squeeze(x, (0, 2))
    assert (without.layout, without.shape) == (Layout(None), (5, 14))
    sequence = builder.with_batch(builder.unsqueeze(without, (1,)), 1)
    assert (sequence.layout, sequence.shape) == (Layout(1), (5, 1, 14))
    assert builder.unsqueeze(without, (0,)).layout == Layout()
    with pytest.raises(ModelError) as caught:
        builder.squeeze(x, (1,))
    assert str(caught.value) == "E717 axes [1] of 1×5×1×14 cannot be squeezed: they are not 1"


def test_tensors_are_aligned_on_their_batch():
    builder = builder_of(3)
    x, gate = builder.input("x", (3, 5, 14)), builder.input("gate", (3, 1, 1, 14))
    with pytest.raises(ModelError) as caught:
        builder.aligned(x, gate)
    assert str(caught.value) == "E716 it mixes the samples of 1×3×5×14"
    same = builder.aligned(x, x)
    assert [tensor.layout for tensor in same] == [Layout(), Layout()]


def test_a_single_sample_is_aligned_wherever_its_batch_is():
    builder = builder_of()
    x, bare = builder.input("x", (1, 5, 14)), builder.input("bare", (5, 14), None)
    left, right = builder.aligned(x, bare)
    assert (left.own, right.own, right.layout) == ((5, 14), (5, 14), Layout())
    left, right = builder.aligned(builder.transpose(x, (1, 0, 2)), builder.input("y", (5, 2, 14), None))
    assert left.layout == right.layout == Layout(None)


def test_a_constant_is_broadcast_without_a_batch():
    builder = builder_of(3)
    x = builder.input("x", (3, 5, 14))
    assert builder.beside(x, (14,)) == (1, 14)
    assert builder.beside(x, (1, 5, 1)) == (5, 1)
    assert builder.beside(builder.transpose(x, (1, 0, 2)), (5, 1, 14)) == (5, 14)
    assert builder.beside(builder.reshape(x, (15, 14)), (1, 14)) == (1, 14)
    with pytest.raises(ModelError) as caught:
        builder.beside(x, (3, 1, 1))
    assert str(caught.value) == "E716 a constant of 3×1×1 has other values for each sample"


def test_problems_are_collected_with_their_places():
    builder = builder_of()
    x = builder.input("x", (1, 3, 8, 8))
    with builder.node("first"):
        builder.add(Conv((9, 9), out=4), x)
    with builder.node("second"):
        builder.add(Softmax(7), x)
    with pytest.raises(Diagnostics) as caught:
        builder.finish(x)
    assert [error.code for error in caught.value.errors] == ["E404", "E406"]
    assert str(caught.value.errors[0]).startswith("E404 first: ")


def test_what_no_output_needs_is_left_out():
    builder = builder_of()
    x = builder.input("x", (1, 3, 8, 8))
    builder.add(Sigmoid(), x, name="unused")
    conv = builder.add(
        Conv((3, 3), out=4), x, name="conv", weights=(Constant((4, 3, 3, 3), origin="kernel", trained=True),)
    )
    graph = builder.finish(conv)
    assert [node.name for node in graph.nodes] == ["x", "conv"]
    assert (graph.output, list(builder.weights), builder.kept) == (1, [1], {0: 0, 2: 1})


def test_a_layer_is_a_convolution_with_what_stands_behind_it():
    builder = builder_of()
    x = builder.input("x", (1, 3, 8, 8))
    conv = builder.add(Conv((3, 3), out=4), x, name="stem.0")
    norm = builder.add(BatchNorm(), conv, name="stem.1")
    relu = builder.add(Relu(), norm, name="stem.2")
    head = builder.add(Linear(5), relu, name="head")
    shown = builder.add(Sigmoid(), head, name="shown")
    graph = builder.finish(shown, head)
    assert [(node.name, node.layer) for node in graph.nodes] == [
        ("x", "x"),
        ("stem/0/conv", "stem/0"),
        ("stem/0/batch_norm", "stem/0"),
        ("stem/0/relu", "stem/0"),
        ("head", "head"),
        ("shown", "shown"),
    ]


def test_equal_ops_are_one_object():
    builder = builder_of()
    x = builder.input("x", (1, 3, 8, 8))
    y = builder.add(Relu(), builder.add(Relu(), x))
    assert builder.nodes[1].op is builder.nodes[2].op
    assert isinstance(y, Tensor)
