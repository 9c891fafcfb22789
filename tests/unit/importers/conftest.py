import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.append(str(Path(__file__).parent))

from onnx_models import both, model_of


@pytest.fixture(name="agrees")
def _agrees():
    """Return a function that holds a model against onnxruntime and returns the ops it became."""

    def agrees(text, feeds=None, version=17, seed=0, **initializers):
        random = np.random.default_rng(seed)
        model = model_of(text, version, **initializers)
        given = dict(feeds or {})
        for each in model.graph.input:
            shape = [d.dim_value or 2 for d in each.type.tensor_type.shape.dim]
            given.setdefault(each.name, random.uniform(-2, 2, shape).astype(np.float32))
        imported, pairs = both(model, given)
        for found, wanted in pairs:
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5 * max(1, np.abs(wanted).max()))
        return [node.op for node in imported.graph.nodes]

    return agrees
