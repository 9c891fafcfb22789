"""Programs as PyTorch is captured to, written by hand: what they become, without PyTorch."""

from __future__ import annotations

import pytest

from convcost import ConvcostError
from convcost.cost import analyze, infer
from convcost.importers.torch_.program import CONSTANT, INPUT, STORED, Call, Leaf, Program, Ref
from convcost.importers.torch_.reader import read
from convcost.verify import verify

N = 1009


def leaf(name, kind, *shape, values=None):
    return Leaf(name, kind, shape, f"model.{name}", values)


def call(name, target, shape, place="", reaches=False, **arguments):
    """Write a call; a text that begins with @ is a tensor, and a list of such are several."""
    plain = {
        key.rstrip("_"): Ref(value[1:])
        if isinstance(value, str) and value.startswith("@")
        else tuple(Ref(each[1:]) if isinstance(each, str) else each for each in value)
        if isinstance(value, list)
        else value
        for key, value in arguments.items()
    }
    return Call(name, f"aten.{target}", plain, shape, place, bool(place), reaches)


def program(leaves, calls, *outputs):
    return Program("net", N, tuple(leaves), tuple(calls), outputs or (calls[-1].name,))


IMAGE = leaf("x", INPUT, N, 3, 7, 5)
TOKENS = leaf("x", INPUT, N, 11, 6)


def kinds(graph):
    return " ".join(node.op.name for node in graph.nodes)


def test_a_convolution_with_its_norm_and_activation_is_one_layer():
    weights = [leaf("w", STORED, 4, 3, 3, 3), leaf("g", STORED, 4), leaf("b", STORED, 4)]
    running = [leaf("m", CONSTANT, 4), leaf("v", CONSTANT, 4)]
    shape = (N, 4, 7, 5)
    graph = read(
        program(
            [IMAGE, *weights, *running],
            [
                call("c", "conv2d.default", shape, "stem.0", input="@x", weight="@w", bias=None, padding=(1, 1)),
                call(
                    "n", "batch_norm.default", shape, "stem.1",
                    input="@c", weight="@g", bias="@b", running_mean="@m", running_var="@v", training=False, eps=0.001,
                ),
                call("r", "relu_.default", shape, "stem.2", self="@n"),
            ],
        ),
        infer,
    )  # fmt: skip
    assert [(node.name, node.layer) for node in graph.nodes] == [
        ("input", "input"),
        ("stem/0/conv", "stem/0"),
        ("stem/0/batch_norm", "stem/0"),
        ("stem/0/relu", "stem/0"),
    ]
    assert analyze(graph).total("params") == 4 * 27 + 8
    assert verify(graph).verdict.name == "PASS"


def test_images_folded_into_the_batch_are_an_axis_of_places():
    graph = read(
        program(
            [leaf("x", INPUT, N, 2, 3, 5, 5), leaf("w", STORED, 4, 3, 3, 2)],
            [
                call("f", "view.default", (2 * N, 3, 5, 5), self="@x"),
                call("c", "conv2d.default", (2 * N, 4, 3, 4), "conv", input="@f", weight="@w", bias=None),
                call("y", "view.default", (N, 2, 4, 3, 4), self="@c"),
            ],
        ),
        infer,
    )
    assert kinds(graph) == "input transpose conv transpose"
    assert graph.nodes[2].op.kernel == (1, 3, 2)
    assert analyze(graph).total("mult_adds") == 2 * 3 * 4 * 4 * 3 * 6
    assert verify(graph).verdict.name == "PASS"


def test_a_token_is_stored_once_and_stands_before_each_sample():
    graph = read(
        program(
            [TOKENS, leaf("token", STORED, 1, 1, 6), leaf("places", STORED, 1, 12, 6)],
            [
                call("e", "expand.default", (N, 1, 6), self="@token", size=(N, -1, -1)),
                call("c", "cat.default", (N, 12, 6), tensors=["@e", "@x"], dim=1),
                call("y", "add.Tensor", (N, 12, 6), self="@c", other="@places"),
            ],
        ),
        infer,
    )
    assert kinds(graph) == "input parameter concat parameter add"
    assert analyze(graph).total("params") == 6 + 72
    assert verify(graph).verdict.name == "PASS"


def test_a_write_into_a_slice_is_put_together_again():
    graph = read(
        program(
            [IMAGE],
            [
                call("d", "mul.Tensor", (N, 3, 7, 5), self="@x", other=2.0),
                call("s", "slice.Tensor", (N, 3, 4, 5), self="@d", dim=2, start=1, end=5),
                call("a", "add_.Tensor", (N, 3, 4, 5), reaches=True, self="@s", other=1),
                call("y", "relu.default", (N, 3, 7, 5), self="@d"),
            ],
        ),
        infer,
    )
    assert kinds(graph) == "input affine slice affine slice slice concat relu"
    assert graph.nodes[-1].inputs == (6,)
    assert verify(graph).verdict.name == "PASS"


def test_a_call_in_place_exchanges_the_tensor_under_its_old_name():
    graph = read(
        program(
            [IMAGE],
            [
                call("a", "neg.default", (N, 3, 7, 5), self="@x"),
                call("b", "relu_.default", (N, 3, 7, 5), self="@a"),
                call("y", "add.Tensor", (N, 3, 7, 5), self="@a", other="@x"),
            ],
        ),
        infer,
    )
    assert [node.inputs for node in graph.nodes] == [(), (0,), (1,), (2, 0)]


def test_attention_is_two_products_and_a_softmax():
    shape = (N, 2, 11, 3)
    graph = read(
        program(
            [leaf("q", INPUT, *shape)],
            [
                call("y", "scaled_dot_product_attention.default", shape, "attn", query="@q", key="@q", value="@q"),
            ],
        ),
        infer,
    )
    assert kinds(graph) == "input matmul affine softmax matmul"
    assert analyze(graph).total("mult_adds") == 2 * (2 * 11 * 11 * 3)
    assert verify(graph).verdict.name == "PASS"


def test_letters_of_the_batch_leave_an_einsum():
    graph = read(
        program(
            [leaf("x", INPUT, N, 4, 3, 5)],
            [
                call("f", "view.default", (4 * N, 3, 5), self="@x", size=(-1, 3, 5)),
                call("y", "einsum.default", (4 * N, 3, 3), equation="bik, bjk -> bij", tensors=["@f", "@f"]),
            ],
        ),
        infer,
    )
    assert graph.nodes[1].op.equation == "aik,ajk->aij"
    assert verify(graph).verdict.name == "PASS"


def test_rows_of_a_short_table_are_gathered_and_those_of_a_long_one_embedded():
    def table(*shape):
        rows = tuple(i % 4 for i in range(shape[0] * shape[1]))
        return read(
            program(
                [leaf("x", INPUT, N, *shape, 3), leaf("t", STORED, 4, 3), leaf("i", CONSTANT, *shape, values=rows)],
                [
                    call("r", "index.Tensor", (*shape, 3), self="@t", indices=["@i"]),
                    call("y", "add.Tensor", (N, *shape, 3), self="@x", other="@r"),
                ],
            ),
            infer,
        )

    short, long = table(3, 2), table(11, 7)
    assert kinds(short) == "input parameter gather reshape add"
    assert short.nodes[2].op.indices == (0, 1, 2, 3, 0, 1)
    assert kinds(long) == "input parameter embedding add"
    for graph in (short, long):
        assert analyze(graph).total("params") == 12
        assert verify(graph).verdict.name == "PASS"


def test_layers_of_one_module_share_what_they_store():
    calls = [
        call("a", "conv2d.default", (N, 3, 7, 5), "head", input="@x", weight="@w", bias="@b"),
        call("y", "conv2d.default", (N, 3, 7, 5), "head", input="@a", weight="@w", bias="@b"),
    ]
    graph = read(program([IMAGE, leaf("w", STORED, 3, 3, 1, 1), leaf("b", STORED, 3)], calls), infer)
    assert [node.shares for node in graph.nodes] == [None, None, 1]
    assert analyze(graph).total("params") == 12
    assert verify(graph).verdict.name == "PASS"


def test_several_outputs_are_kept_and_unused_ones_need_no_tensor():
    graph = read(
        program(
            [IMAGE],
            [
                call("m", "adaptive_max_pool2d.default", ((N, 3, 2, 2), (N, 3, 2, 2)), self="@x", output_size=(2, 2)),
                Call("v", "getitem", {"input": Ref("m"), "index": 0}, (N, 3, 2, 2)),
                Call("i", "getitem", {"input": Ref("m"), "index": 1}, (N, 3, 2, 2)),
                call("y", "relu.default", (N, 3, 7, 5), self="@x"),
            ],
            "v",
            "y",
        ),
        infer,
    )
    assert (kinds(graph), graph.output) == ("input adaptive_maxpool relu", 1)


def test_unknown_operators_have_the_shape_that_pytorch_gives():
    calls = [
        call("u", "erfinv.default", (N, 3, 7, 5), "a.b", self="@x"),
        call("y", "relu.default", (N, 3, 7, 5), self="@u"),
    ]
    graph = read(program([IMAGE], calls), infer, allow_unknown=True)
    assert kinds(graph) == "input unknown relu"
    assert (graph.nodes[1].name, graph.nodes[1].op.op, graph.nodes[1].op.shape) == (
        "a/b",
        "aten.erfinv.default",
        (3, 7, 5),
    )


REFUSED = {
    "E716": (
        [call("y", "softmax.int", (N, 3, 7, 5), "head", self="@x", dim=0)],
        "E716 head (aten.softmax.int): it works along axis 0, which holds the batch, and would mix samples",
    ),
    "E731": (
        [
            call("a", "erfinv.default", (N, 3, 7, 5), "body.0", self="@x"),
            call("b", "erfinv.default", (N, 3, 7, 5), "body.1", self="@a"),
            call("y", "sinc.default", (N, 3, 7, 5), self="@x"),
        ],
        ("E731 2 operators without a rule: aten.erfinv.default (in body.0), aten.sinc.default (in the module) "
        "(--allow-unknown reports the rest)"),
    ),
    "E741": (
        [
            call("d", "mul.Tensor", (N, 3, 7, 5), self="@x", other=2),
            call("s", "transpose.int", (N, 3, 5, 7), "body", self="@d", dim0=2, dim1=3),
            call("a", "relu_.default", (N, 3, 5, 7), "body", reaches=True, self="@s"),
            call("y", "relu.default", (N, 3, 7, 5), self="@d"),
        ],
        ("E741 body (aten.relu_.default): body writes into a part of a tensor that is used as a whole "
        "(aten.transpose.int) (write the result into a new tensor)"),
    ),
    "E742": (
        [
            call("v", "exp.default", (4, 3, 1, 1), self="@w"),
            call("y", "conv2d.default", (N, 4, 7, 5), "conv", input="@x", weight="@v", bias=None),
        ],
        ("E742 conv (aten.conv2d.default): its weight is computed from other tensors (take parametrizations off first: "
        "torch.nn.utils.parametrize.remove_parametrizations)"),
    ),
    "E743": (
        [call("y", "linalg_vector_norm.default", (N, 7, 5), "norm", self="@x", ord=3, dim=(1,))],
        "E743 norm (aten.linalg_vector_norm.default): it is a norm of order 3",
    ),
    "E744": (
        [call("y", "relu.default", (N, 3, 7, 6), "act", self="@x")],
        "E744 act (aten.relu.default): it gives 1009×3×7×6 in PyTorch and 1009×3×7×5 here",
    ),
    "E745": (
        [
            call("a", "conv2d.default", (N, 4, 7, 5), "conv", input="@x", weight="@w", bias=None),
            call("k", "view.default", (4, 3), self="@w"),
            call("p", "permute.default", (N, 7, 5, 3), self="@x", dims=(0, 2, 3, 1)),
            call("l", "linear.default", (N, 7, 5, 4), "fc", input="@p", weight="@k"),
            call("q", "permute.default", (N, 4, 7, 5), self="@l", dims=(0, 3, 1, 2)),
            call("y", "add.Tensor", (N, 4, 7, 5), self="@a", other="@q"),
        ],
        "E745 model.w is stored by conv and by fc, which are other ops",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", [code for code in REFUSED if REFUSED[code][1]])
def test_what_cannot_be_read_is_refused(code):
    calls, message = REFUSED[code]
    with pytest.raises(ConvcostError) as caught:
        read(program([IMAGE, leaf("w", STORED, 4, 3, 1, 1)], calls), infer)
    assert str(caught.value) == message


def test_a_program_that_returns_nothing_of_its_input_is_refused():
    with pytest.raises(ConvcostError) as caught:
        read(Program("net", N, (IMAGE, leaf("k", CONSTANT, 3)), (), ("k",)), infer)
    assert str(caught.value) == "E740 the module returns nothing that depends on its input"
