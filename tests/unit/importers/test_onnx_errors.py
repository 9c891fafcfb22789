"""What is wrong with a model is said in full: one message each."""

import numpy as np
import onnx
import pytest
from onnx_models import import_of, model_of

from convcost.errors import ConvcostError, Diagnostics

IMAGE = "float[1, 6, 11, 13] x"
W = {"w": np.zeros((5, 6, 3, 3), np.float32)}

WRONG = {
    "operators without an op": (
        f"g ({IMAGE}) => (float[1] y, float[1] z) {{ a = Frob (x) y = Frob (a) z = com.microsoft.Nob (x) }}",
        {},
        (
            "E714 2 operators have no op: Frob (a, y); com.microsoft.Nob (z) "
            "(--allow-unknown takes them as ops of unknown cost)"
        ),
    ),
    "a tensor that nobody gives": (
        f"g ({IMAGE}) => (float[1] y) {{ y = Conv (x, w) }}",
        {},
        "E712 y: 'w' is no input, initializer or output of a node",
    ),
    "nodes in a circle": (
        f"g ({IMAGE}) => (float[1] y) {{ a = Add (x, b) b = Relu (a) y = Relu (b) }}",
        {},
        "E713 a needs what is computed from its own output",
    ),
    "a shape that depends on data": (
        "g (float[1, 6] x, int64[1, 2] s) => (float[a, b] y) { y = Reshape (x, s) }",
        {},
        "E715 y: a shape is computed from the network's input",
    ),
    "samples that are mixed": (
        "g (float[3, 6, 11, 13] x) => (float[3, 5, 9, 11] y) { a = Conv (x, w) y = Softmax <axis = 0> (a) }",
        W,
        "E716 y: it works along axis 0, which holds the batch, and would mix samples",
    ),
    "weights for other channels": (
        "g (float[1, 4, 11, 13] x) => (float[1] y) { y = Conv (x, w) }",
        W,
        "E718 y: the weights are for 6 input channels, and the input has 4",
    ),
    "a kernel that is said otherwise": (
        f"g ({IMAGE}) => (float[1] y) {{ y = Conv <kernel_shape = [5, 5]> (x, w) }}",
        W,
        "E718 y: kernel_shape is [5, 5], and the weights have a kernel of [3, 3]",
    ),
    "a shape that is said otherwise": (
        f"g ({IMAGE}) => (float[1, 5, 9, 12] y) {{ y = Conv (x, w) }}",
        W,
        "E718 y: 'y' is 1×5×9×11, and the file says 1×5×9×12",
    ),
    "a branch of data": (
        (
            "g (float[1, 6] x, bool c) => (float[1, 6] y) { y = If (c) <then_branch = a () => (float[1, 6] t) "
            "{ t = Relu (x) }, else_branch = b () => (float[1, 6] e) { e = Sigmoid (x) }> }"
        ),
        {},
        (
            "E720 y: which branch is taken is computed from the network's input "
            "(an input that is a single integer can be bound: model.onnx@NAME=VALUE)"
        ),
    ),
    "an attribute that is none": (
        f"g ({IMAGE}) => (float[1] y) {{ y = Conv <strides = [2, 0]> (x, w) }}",
        W,
        "E717 y: strides [2, 0] is not 2 numbers of at least 1",
    ),
    "nothing computed": (
        f"g ({IMAGE}) => (int64[4] y) {{ y = Shape (x) }}",
        {},
        "E717 the network computes nothing: its outputs do not depend on its inputs",
    ),
    "an extent beyond all": (
        f"g ({IMAGE}) => (float[1] y) {{ y = Range (a, b, c) }}",
        {"a": np.array(0), "b": np.array(10**9), "c": np.array(1)},
        "E719 y: a range of 1000000000 numbers is beyond 100000",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name):
    text, given, message = WRONG[name]
    with pytest.raises(ConvcostError) as caught:
        import_of(model_of(text, **given))
    assert str(caught.value) == message


def test_several_problems_are_reported_at_once():
    text = (
        f"g ({IMAGE}) => (float[1] y, float[1] z) {{ y = Conv <strides = [0, 1]> (x, w) z = Softmax <axis = 9> (x) }}"
    )
    with pytest.raises(Diagnostics) as caught:
        import_of(model_of(text, **W))
    assert [error.code for error in caught.value.errors] == ["E717", "E717"]


def test_what_hangs_on_a_problem_is_not_reported_again():
    text = f"g ({IMAGE}) => (float[1] y) {{ a = Conv <strides = [0, 1]> (x, w) b = Relu (a) y = Add (b, x) }}"
    with pytest.raises(ConvcostError) as caught:
        import_of(model_of(text, **W))
    assert not isinstance(caught.value, Diagnostics)


def test_an_input_without_a_shape():
    model = model_of(f"g ({IMAGE}) => (float[1] y) {{ y = Relu (x) }}")
    model.graph.input[0].type.tensor_type.ClearField("shape")
    with pytest.raises(ConvcostError) as caught:
        import_of(model)
    assert str(caught.value) == "E721 the input 'x' has no shape (set its shape where the model is exported)"


def test_another_version():
    with pytest.raises(ConvcostError) as caught:
        import_of(model_of(f"g ({IMAGE}) => (float[1] y) {{ y = Relu (x) }}", 99))
    assert str(caught.value) == "E722 the file uses version 99 of the operators of ONNX (versions 7 to 28 are read)"


def test_no_model():
    with pytest.raises(ConvcostError) as caught:
        import_of(b"convcost: 1\nname: tiny\n")
    assert str(caught.value).startswith("E711 the file is damaged: ")
    with pytest.raises(ConvcostError) as caught:
        import_of(b"")
    assert str(caught.value) == "E711 the file is no ONNX model: there is no graph in it"


def test_weights_in_another_file_are_not_needed_and_are_told_to_be_missing():
    model = model_of(f"g ({IMAGE}) => (float[1, 5, 9, 11] y) {{ y = Conv (x, w) }}", **W)
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "weights.bin")
    model.graph.initializer[0].ClearField("raw_data")
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    imported = import_of(model)
    assert imported.present() == {}
    with pytest.raises(ConvcostError) as caught:
        imported.weights[1][0].array()
    assert str(caught.value) == "E723 the values of 'w' are in 'weights.bin', not here"


def test_an_unknown_operator_can_be_allowed():
    text = "g (float[1, 6, 11, 13] x) => (float[1, 6] y) { a = Frob (x) b = Flatten (a) y = Gemm (b, w) }"
    model = model_of(text, w=np.zeros((30, 6), np.float32))
    with pytest.raises(ConvcostError) as caught:
        import_of(model, allow_unknown=True)
    assert str(caught.value) == (
        "E714 a: Frob is no op, and the file gives 'a' no shape (a tool that infers shapes can write them into the file)"
    )
    model.graph.value_info.append(onnx.helper.make_tensor_value_info("a", 1, [1, 5, 2, 3]))
    graph = import_of(model, allow_unknown=True).graph
    assert [node.op.kind for node in graph.nodes] == ["input", "unknown Frob", "flatten", "linear"]
