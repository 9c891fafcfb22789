"""Models of ONNX from text, imported, run, and held against onnxruntime."""

import numpy as np
import onnx
import onnx.parser
import onnxruntime

from convcost.cost import infer
from convcost.execute import run
from convcost.importers.onnx.importer import import_model
from convcost.importers.onnx.model import read_model

HEAD = '<ir_version: 8, opset_import: ["" : {version}, "com.microsoft" : 1]>'


def model_of(text, version=17, **initializers):
    """Return a model from the text of its graph; arrays given by name become initializers."""
    model = onnx.parser.parse_model(f"{HEAD.format(version=version)}\n{text}")
    for name, values in initializers.items():
        model.graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(values), name))
    return model


def import_of(model, **more):
    data = model if isinstance(model, bytes) else model.SerializeToString()
    return import_model(read_model(data), infer, "net", **more)


def own(values, layout):
    """Return the values of a foreign tensor batch first."""
    return values[None] if layout.place is None else np.moveaxis(values, layout.batch_axis, 0)


def both(model, feeds, **values):
    """Return what a model gives in NumPy, imported, and in onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    wanted = dict(zip([each.name for each in session.get_outputs()], session.run(None, feeds), strict=True))
    imported = import_of(model)
    graph = imported.graph
    bound = {**imported.defaults, **values}
    graph = graph.bind({name: bound[name] for name in graph.free})
    inputs, batch = {}, 1
    for port in imported.inputs:
        array = own(np.asarray(feeds[port.name], np.float32), port.layout)
        inputs[graph.nodes[port.index].name], batch = array, len(array)
    seen = run(graph, inputs=inputs, keep=True, batch=batch, weights=imported.present())
    pairs = []
    for port in imported.outputs:
        found = np.asarray(seen[port.index].output)
        if port.layout.place is not None:
            found = np.moveaxis(found, 0, port.layout.place)
        pairs.append((found.reshape(wanted[port.name].shape), wanted[port.name].astype(np.float32)))
    return imported, pairs
