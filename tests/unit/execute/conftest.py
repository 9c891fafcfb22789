"""An implementation that is not ours, and weights that both sides know."""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import TensorProto, helper

sys.path.append(str(Path(__file__).parent))  # under ``importlib`` mode nothing is on the path: for ``exported``

onnxruntime.set_default_logger_severity(3)
TYPES = {
    np.dtype(np.float32): TensorProto.FLOAT,
    np.dtype(np.int64): TensorProto.INT64,
    np.dtype(np.bool_): TensorProto.BOOL,
}


def run_onnx(operator, *arrays, opset=21, outputs=1, result=TensorProto.FLOAT, **attributes):
    """Run one ONNX operator in onnxruntime on arrays; None leaves an optional input out."""
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(arrays)]
    node = helper.make_node(operator, names, [f"y{i}" for i in range(outputs)], **attributes)
    feeds = {name: np.ascontiguousarray(array) for name, array in zip(names, arrays, strict=True) if name}
    inputs = [helper.make_tensor_value_info(name, TYPES[x.dtype], x.shape) for name, x in feeds.items()]
    results = [helper.make_tensor_value_info(f"y{i}", result, None) for i in range(outputs)]
    graph = helper.make_graph([node], "one", inputs, results)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found = session.run(None, feeds)
    return found[0] if outputs == 1 else found


@pytest.fixture
def onnx_op():
    return run_onnx


@pytest.fixture
def normal():
    """Random float32 arrays of a shape, the same in every run."""
    random = np.random.default_rng(20170417)
    return lambda *shape: random.standard_normal(shape).astype(np.float32)


@pytest.fixture
def given():
    """A source of weights that hands out known arrays in turn, and checks their shapes."""

    def source(*arrays):
        remaining = list(arrays)

        def draw(shape, low, high):
            array = remaining.pop(0)
            assert array.shape == shape
            return array

        return draw

    return source


@pytest.fixture
def close():
    def check(ours, theirs):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5)

    return check
