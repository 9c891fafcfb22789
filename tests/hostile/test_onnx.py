"""A hundred damaged files of ONNX: a clear error each, never a traceback, in bounded time and memory."""

import random

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convcost.cost import infer
from convcost.errors import ConvcostError
from convcost.importers.onnx.importer import import_model
from convcost.importers.onnx.model import read_model

SEED = 20_24


def healthy():
    """Return a small network of several kinds of nodes."""
    weights = np.random.default_rng(0)
    stored = {
        "w1": (8, 3, 3, 3),
        "b1": (8,),
        "s": (8,),
        "t": (8,),
        "m": (8,),
        "v": (8,),
        "w2": (8, 1, 3, 3),
        "w3": (10, 8),
    }
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["c1"], "conv1", pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("BatchNormalization", ["c1", "s", "t", "m", "v"], ["n1"], "norm1"),
        helper.make_node("Relu", ["n1"], ["r1"], "relu1"),
        helper.make_node("Conv", ["r1", "w2"], ["c2"], "conv2", group=8, pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["c2", "r1"], ["a"], "add"),
        helper.make_node("GlobalAveragePool", ["a"], ["p"], "pool"),
        helper.make_node("Flatten", ["p"], ["f"], "flatten"),
        helper.make_node("Gemm", ["f", "w3"], ["y"], "fc", transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 17, 19])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 10])],
        [numpy_helper.from_array(weights.random(shape, np.float32), name) for name, shape in stored.items()],
        value_info=[helper.make_tensor_value_info("c1", TensorProto.FLOAT, [1, 8, 9, 10])],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def read(data):
    return import_model(read_model(data), infer, "net")


def node_of(model, draw):
    return draw.choice(model.graph.node)


def truncated(model, draw):
    data = model.SerializeToString()
    return data[: draw.randrange(len(data) - 60)]


def circular(model, draw):
    nodes = model.graph.node
    later = draw.randrange(1, len(nodes))
    nodes[draw.randrange(later)].input[0] = nodes[later].output[0]
    return model.SerializeToString()


def without_an_initializer(model, draw):
    del model.graph.initializer[draw.randrange(len(model.graph.initializer))]
    return model.SerializeToString()


def lying_value_info(model, draw):
    shape = model.graph.value_info[0].type.tensor_type.shape
    shape.dim[draw.randrange(1, 4)].dim_value += draw.randrange(1, 50)
    return model.SerializeToString()


def lying_output(model, draw):
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = draw.randrange(11, 99)
    return model.SerializeToString()


def lying_initializer(model, draw):
    tensor = model.graph.initializer[draw.randrange(2, len(model.graph.initializer))]
    tensor.dims[draw.randrange(len(tensor.dims))] += draw.randrange(1, 9)
    return model.SerializeToString()


def huge_initializer(model, draw):
    tensor = model.graph.initializer[draw.randrange(len(model.graph.initializer))]
    tensor.dims[0] = draw.randrange(2**40, 2**62)
    return model.SerializeToString()


def negative_extent(model, draw):
    tensor = model.graph.initializer[draw.randrange(len(model.graph.initializer))]
    tensor.dims[0] = -draw.randrange(1, 2**40)
    return model.SerializeToString()


def huge_input(model, draw):
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = draw.randrange(2**52, 2**62)
    return model.SerializeToString()


def wrong_rank_of_input(model, draw):
    dims = model.graph.input[0].type.tensor_type.shape.dim
    del dims[draw.randrange(4) :]
    return model.SerializeToString()


def input_without_shape(model, draw):
    model.graph.input[0].type.tensor_type.ClearField("shape")
    return model.SerializeToString()


def wrong_attribute(model, draw):
    node = model.graph.node[draw.choice([0, 3])]
    wrong = {"group": draw.choice([0, -1, 5, 2**40]), "strides": draw.choice([[0, 1], [1], [-2, 1], [1, 2, 3]])}
    name = draw.choice(list(wrong))
    for attribute in [each for each in node.attribute if each.name == name]:
        node.attribute.remove(attribute)
    node.attribute.append(helper.make_attribute(name, wrong[name]))
    return model.SerializeToString()


def attribute_of_another_kind(model, draw):
    node = model.graph.node[draw.choice([0, 3])]
    for attribute in [each for each in node.attribute if each.name == "pads"]:
        node.attribute.remove(attribute)
    node.attribute.append(helper.make_attribute("pads", draw.choice([1, 2.5, "same", [1.5, 2.5]])))
    return model.SerializeToString()


def unknown_operator(model, draw):
    node_of(model, draw).op_type = draw.choice(["Frobnicate", "NonMaxSuppression2", "conv", "Convolution"])
    return model.SerializeToString()


def two_givers(model, draw):
    nodes = model.graph.node
    nodes[draw.randrange(1, 4)].output[0] = nodes[0].output[0]
    return model.SerializeToString()


def missing_input(model, draw):
    del node_of(model, draw).input[:]
    return model.SerializeToString()


def newer_operators(model, draw):
    model.opset_import[0].version = draw.choice([3, 6, 99, 2**40])
    return model.SerializeToString()


def no_graph(model, draw):
    model.ClearField("graph")
    return model.SerializeToString() + bytes(draw.randrange(3))


def noise(model, draw):
    return draw.randbytes(draw.randrange(1, 500))


DAMAGES = [
    truncated,
    circular,
    without_an_initializer,
    lying_value_info,
    lying_output,
    lying_initializer,
    huge_initializer,
    negative_extent,
    huge_input,
    wrong_rank_of_input,
    input_without_shape,
    wrong_attribute,
    attribute_of_another_kind,
    unknown_operator,
    two_givers,
    missing_input,
    newer_operators,
    no_graph,
    noise,
]


def test_the_model_is_healthy_before_it_is_damaged():
    model = healthy()
    onnx.checker.check_model(model)
    assert len(read(model.SerializeToString()).graph.nodes) == 9


@pytest.mark.parametrize("number", range(114))
def test_a_damaged_file_is_a_clear_error(number):
    damage = DAMAGES[number % len(DAMAGES)]
    data = damage(healthy(), random.Random(SEED + number))
    with pytest.raises(ConvcostError) as caught:
        read(data)
    assert caught.value.code[0] == "E"
    assert str(caught.value).isprintable() or "\n" in str(caught.value)
    assert len(str(caught.value)) < 2000


def test_bits_that_are_flipped_never_end_in_a_traceback():
    data = bytearray(healthy().SerializeToString())
    draw = random.Random(SEED)
    failed = 0
    for _ in range(300):
        copy = bytearray(data)
        for _ in range(draw.randrange(1, 4)):
            copy[draw.randrange(len(copy))] ^= 1 << draw.randrange(8)
        try:
            read(bytes(copy))
        except ConvcostError:
            failed += 1
    assert failed > 30
