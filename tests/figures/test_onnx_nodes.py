"""The tests of single operators that the onnx package ships: what is read computes what they say."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx.backend.test.loader import load_model_tests

from convcost.cost import infer
from convcost.errors import ConvcostError
from convcost.execute import run
from convcost.importers.onnx.importer import import_model
from convcost.importers.onnx.model import read_model

READ = Path(__file__).with_name("onnx_nodes.txt")
"""The names of the tests that are read and agree."""

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


def own(values, layout):
    return values[None] if layout.place is None else np.moveaxis(values, layout.batch_axis, 0)


def difference(case, *, stored):
    """Return the largest difference to what a test says; the inputs after the first are stored, or all come from outside."""
    model = onnx.ModelProto()
    model.CopyFrom(case.model)
    inputs, outputs = case.data_sets[0]
    names = [each.name for each in model.graph.input]
    if stored:
        for name, values in list(zip(names, inputs, strict=True))[1:]:
            model.graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(values), name))
        del model.graph.input[1:]
    imported = import_model(read_model(model.SerializeToString()), infer, "net")
    graph = imported.graph.bind({name: imported.defaults[name] for name in imported.graph.free})
    feeds, batch = {}, 1
    for port in imported.inputs:
        values = own(np.asarray(inputs[names.index(port.name)], np.float32), port.layout)
        feeds[graph.nodes[port.index].name], batch = values, len(values)
    seen = run(graph, inputs=feeds, keep=True, batch=batch, weights=imported.present())
    worst = 0.0
    for port in imported.outputs:
        wanted = np.asarray(outputs[[each.name for each in model.graph.output].index(port.name)], np.float32)
        found = np.asarray(seen[port.index].output)
        found = found if port.layout.place is None else np.moveaxis(found, 0, port.layout.place)
        if wanted.size:
            worst = max(
                worst, float(np.abs(found.reshape(wanted.shape) - wanted).max() / max(np.abs(wanted).max(), 1e-6))
            )
    return worst


def agrees(case):
    for stored in (True, False):
        try:
            if difference(case, stored=stored) < 1e-4:
                return True
        except (ConvcostError, NotImplementedError, TypeError, ValueError):  # the last three are NumPy's of odd types
            continue
    return False


def test_what_is_read_computes_what_the_tests_say():
    names = set(READ.read_text().split())
    cases = [case for case in load_model_tests(kind="node") if case.name in names]
    assert len(cases) >= 0.9 * len(names)
    assert [case.name for case in cases if not agrees(case)] == []
