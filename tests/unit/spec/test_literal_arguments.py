"""Arguments that stand for themselves, ops that take no tensor, and tensors named like ops."""

import pytest

from convcost.cost import infer
from convcost.errors import ConvcostError
from convcost.model import loads
from convcost.ops import Add, Einsum, Expand, Parameter, Reduce, Unary, Unknown
from convcost.spec import build, parse

HEAD = "convcost: 1\nname: net\ninput: [3, 8, 8]\nlayers:\n"


def graph(body):
    return build(parse(HEAD + body, "net.yaml"), {}, infer)


def error(body):
    with pytest.raises(ConvcostError) as caught:
        graph(body)
    return str(caught.value)


def test_words_are_no_expressions():
    """Floor and not are words of the expression language; sum, max and abs would be names."""
    found = graph(
        "  - unary: {function: floor}\n  - unary: {function: not}\n  - reduce: {function: max, axes: [2, 3]}\n"
        "  - {einsum: {equation: 'chw -> hc'}, from: -1}\n"
    )
    ops = [node.op for node in found.nodes[1:]]
    assert ops == [Unary("floor"), Unary("not"), Reduce("max", (2, 3)), Einsum("chw -> hc")]
    assert infer(ops[3], (1, 3, 1, 1)) == (1, 1, 3)


def test_such_a_word_may_be_the_name_of_a_value():
    spec = "convcost: 1\nname: n\nhyperparameters: {sum: 4, mean: 2}\ninput: [sum, mean]\nlayers: [relu]\n"
    assert loads(spec).graph.nodes[0].op.shape == (4, 2)


def test_a_word_that_is_none_of_them():
    assert "E314 function is exp or log or sqrt or abs or neg" in error("  - unary: {function: flor}\n")
    assert "did you mean 'floor'?" in error("  - unary: {function: flor}\n")
    assert "E123 equation is a text, not a list" in error("  - einsum: {equation: [i, j]}\n")
    assert "E314" in error("  - gelu: {approximate: 2}\n")


def test_a_text_of_a_terminal_is_refused():
    assert "E105 the character U+0007 in op" in error('  - unknown: {op: "\\x07", shape: [3]}\n')


def test_a_parameter_takes_no_tensor():
    found = graph("  - {name: places, parameter: {shape: [3, 1, 8]}}\n  - add: [input, places]\n")
    assert [(node.op, node.inputs) for node in found.nodes[1:]] == [(Parameter((3, 1, 8)), ()), (Add(), (0, 1))]
    message = error("  - {from: input, parameter: {shape: [3]}}\n")
    assert "E308 parameter takes 0 inputs, not 1 (leave out from:)" in message


def test_a_parameter_in_the_path_of_a_merge():
    found = graph("  - add: [[], {parameter: {shape: [3, 8, 8]}}]\n")
    assert found.nodes[-1].inputs == (0, 1)


def test_tensors_may_be_named_like_ops_that_need_more():
    found = graph("  - {name: expand, relu: {}}\n  - {name: reduce, tanh: {}}\n  - add: [expand, reduce]\n")
    assert found.nodes[-1].inputs == (1, 2)
    assert isinstance(graph("  - pointwise: {out: 1}\n  - expand: {shape: [4, 8, 8]}\n").nodes[-1].op, Expand)


def test_an_op_that_needs_more_is_still_an_error_where_no_tensor_has_its_name():
    assert "E128 expand needs the argument 'shape'" in error("  - add: [expand, input]\n")


def test_an_unknown_op_takes_several():
    found = graph("  - {name: a, relu: {}}\n  - {from: [input, a], unknown: {op: Roi Align, shape: [4, 2]}}\n")
    assert (found.nodes[-1].op, found.nodes[-1].inputs) == (Unknown("Roi Align", (4, 2)), (0, 1))


def test_slices_take_negative_places_and_expressions():
    spec = HEAD.replace("[3, 8, 8]", "[3, 8, size]").replace("input", "hyperparameters: {size: 8}\ninput")
    model = loads(spec + "  - slice: {axis: 3, start: -3, stop: size - 1, step: 2}\n")
    assert model.analyze().derived[-1].output == (1, 3, 8, 1)
