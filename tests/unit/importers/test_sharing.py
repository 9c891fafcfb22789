"""Stored values that several layers use are counted once, in totals, formulas and specs."""

import numpy as np
import pytest
from onnx_models import import_of, model_of

import convcost
from convcost.emission import write
from convcost.errors import ShapeError, SpecError
from convcost.spec.writer import to_yaml

HEADS = (
    "g (float[1, 6, 11, 13] x, float[1, 6, 5, 7] z) => (float[1, 8, 11, 13] y, float[1, 8, 5, 7] t) "
    "{ y = Conv <pads = [1, 1, 1, 1]> (x, w, b) t = Conv <pads = [1, 1, 1, 1]> (z, w, b) }"
)
STORED = {"w": np.zeros((8, 6, 3, 3), np.float32), "b": np.zeros(8, np.float32)}
ONCE = 8 * 6 * 9 + 8

SPEC = """
convcost: 1
name: heads
input:
  x: [6, 11, 13]
  z: [6, 5, 7]
layers:
  - {name: one, from: x, conv: {kernel: 3, out: 8, bias: true}}
  - {name: two, from: z, share: one, conv: {kernel: 3, out: 8, bias: true}}
"""


def test_a_file_that_uses_an_initializer_twice_stores_it_once():
    graph = import_of(model_of(HEADS, **STORED)).graph
    assert [node.shares for node in graph.nodes] == [None, None, None, 2]
    analysis = convcost.loads(to_yaml(graph)).analyze()
    assert analysis.total("params") == ONCE
    assert analysis.total("mult_adds") == 8 * 6 * 9 * (11 * 13 + 5 * 7)


@pytest.mark.parametrize("writer", [to_yaml, write])
def test_a_spec_says_what_is_shared(writer):
    graph = import_of(model_of(HEADS, **STORED)).graph
    again = convcost.loads(writer(graph)).graph
    assert [node.shares for node in again.nodes] == [None, None, None, 2]


def test_a_share_is_written_in_a_spec():
    model = convcost.loads(SPEC)
    assert model.analyze().total("params") == ONCE
    assert [group.params for group in model.analyze().groups()][-2:] == [ONCE, 0]


def test_other_values_cannot_be_shared():
    with pytest.raises(ShapeError) as caught:
        convcost.loads(SPEC.replace("share: one, conv: {kernel: 3,", "share: one, conv: {kernel: 1,")).analyze()
    assert caught.value.message == "two cannot share the stored values of one: they are others"
    assert caught.value.code == "E725"


def test_only_a_layer_of_the_same_op_can_be_shared_with():
    with pytest.raises(SpecError) as caught:
        convcost.loads(SPEC.replace("share: one", "share: x")).analyze()
    assert caught.value.code == "E724"
    assert caught.value.message == "share: 'x' is no layer of conv"
    with pytest.raises(SpecError) as caught:
        convcost.loads(SPEC + "  - {share: one, add: [one, one]}\n").analyze()
    assert (caught.value.code, caught.value.message) == ("E132", "share: add is no single op")


def test_layers_that_share_verify():
    model = convcost.loads(SPEC)
    assert convcost.verify(model).verdict.value == "PASS"
