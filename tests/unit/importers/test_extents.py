"""Open extents become hyperparameters, and the batch is followed wherever it is."""

import numpy as np
import pytest
from onnx_models import both, import_of, model_of

from convcost.importers.layout import Layout
from convcost.model import load

OPEN = (
    "g (float[N, 3, height, width] x) => (float[N, 5] y) { a = Conv <strides = [2, 2], pads = [1, 1, 1, 1]> (x, w) "
    "b = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (a) c = GlobalAveragePool (b) d = Flatten (c) "
    "y = Gemm <transB = 1> (d, v) }"
)
STORED = {"w": np.ones((8, 3, 3, 3), np.float32), "v": np.ones((5, 8), np.float32)}


@pytest.fixture(name="file")
def _file(tmp_path):
    path = tmp_path / "open.onnx"
    path.write_bytes(model_of(OPEN, **STORED).SerializeToString())
    return path


def test_open_extents_are_hyperparameters_with_defaults(file):
    model = load(file)
    assert dict(model.values) == {"height": 224, "width": 224}
    assert {name: h.multiple_of for name, h in model.architecture.hyperparameters.items()} == {"height": 4, "width": 4}


def test_a_formula_is_what_binding_gives(file):
    for height, width in ((224, 224), (96, 160), (33, 47)):
        assert load(f"{file}@height={height},width={width}").analyze().total() == (
            27 * 8 * -(-height // 2) * -(-width // 2) + 40
        )


def test_it_computes_at_other_extents():
    feeds = {"x": np.random.default_rng(0).random((1, 3, 33, 47), np.float32)}
    _, pairs = both(model_of(OPEN, **STORED), feeds, height=33, width=47)
    for found, wanted in pairs:
        np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_what_cannot_be_a_formula_is_a_number():
    text = (
        "g (float[N, 4, length] x) => (float[N, k] y) { s = Shape <start = 2> (x) r = ReduceMax <keepdims = 0> (s) "
        "i = Range (zero, r, one) m = Cast <to = 1> (i) a = Add (x, m) b = GlobalAveragePool (a) y = Flatten (b) }"
    )
    given = {"zero": np.array(0), "one": np.array(1)}
    imported = import_of(model_of(text, **given), numbers={"length": 50})
    assert imported.fixed == {"length": 50}
    assert imported.graph.nodes[0].op.shape == (4, 50)
    assert import_of(model_of(text, **given)).fixed == {"length": 224}


def test_a_batch_in_the_middle_is_found():
    text = (
        "g (float[5, N, 7] x) => (float[5, 1, N, 3] y) { y = GRU <hidden_size = 3, linear_before_reset = 1> (x, w, r) }"
    )
    given = {"w": np.zeros((1, 9, 7), np.float32), "r": np.zeros((1, 9, 3), np.float32)}
    imported = import_of(model_of(text, **given))
    assert imported.inputs[0].layout == Layout(1)


def test_a_network_of_one_sample_needs_no_axis_for_it():
    text = "g (float[7, 5] x) => (float[7, 5] y) { m = ReduceMean <axes = [0]> (x) y = Sub (x, m) }"
    imported = import_of(model_of(text))
    assert imported.inputs[0].layout == Layout(None)
    assert imported.graph.nodes[0].op.shape == (7, 5)
