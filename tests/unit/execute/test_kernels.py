"""Fast kernels against plain executors: same values, same evidence, also when intercepted and probed with ones."""

import numpy as np
import pytest

from convcost.execute import audit_op, execute_op, ones_probe
from convcost.ops import Conv, Linear, MatMul, TransposedConv
from convcost.verify.examples import EXAMPLES


def arrays(example):
    random = np.random.default_rng(11)
    return [random.standard_normal(shape, dtype=np.float32) for shape in example.inputs]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_kernel_computes_and_counts_what_the_plain_executor_does(example):
    plain, seen = execute_op(example.op, *arrays(example))
    fast, also = execute_op(example.op, *arrays(example), plain=False)
    np.testing.assert_allclose(fast, plain, rtol=2e-5, atol=2e-5)
    assert also == seen
    audited, reported = audit_op(example.op, *arrays(example), plain=False)
    assert audited == seen
    assert reported == seen.all
    if isinstance(example.op, Conv | TransposedConv | Linear | MatMul):
        assert ones_probe(example.op, *example.inputs, plain=False) == (seen.all["mul"], seen.valid["mul"])
