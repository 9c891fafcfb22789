"""A witness that makes a mistake is caught by a tier that trusts less."""

import numpy as np
import pytest

from convcost.counts import Counts
from convcost.errors import UnsupportedError
from convcost.execute import EXECUTORS, WitnessError, audit_op, count_scalars, execute_op, ones_probe, windows
from convcost.execute.arithmetic import Arithmetic
from convcost.execute.intercept import Intercepted, Interception
from convcost.execute.tally import WHOLE, Tally
from convcost.ops import BatchNorm, Conv, MaxPool, Relu, Sigmoid, TransposedConv

PADDED = Conv((3, 5), out=6, stride=(2, 3), padding=(1, 2, 0, 1), dilation=(2, 1), groups=3)
SHAPE = (2, 3, 7, 11)


@pytest.fixture
def image():
    return np.random.default_rng(1).standard_normal(SHAPE).astype(np.float32)


def performed(op, image, code):
    with pytest.raises(WitnessError) as caught:
        audit_op(op, image)
    assert caught.value.code == code
    return caught.value.message


@pytest.mark.parametrize("step", ["multiply", "add", "sqrt", "divide", "subtract"])
def test_a_tally_that_misses_a_step_is_caught(step, image, monkeypatch):
    def uncounted(self, *operands, out=None, **_):
        return getattr(Arithmetic, step)(*operands, **({} if out is None else {"out": out}))

    monkeypatch.setattr(Tally, step, uncounted)
    assert "batch_norm tallied" in performed(BatchNorm(), image, "E606")


def test_an_executor_that_bypasses_the_tally_is_caught(image, monkeypatch):
    monkeypatch.setitem(EXECUTORS, Relu, lambda layer, x: layer.tally.maximum(x, 0.0) * 1.0)
    message = performed(Relu(), image, "E606")
    assert message == "relu tallied Counts(cmp=462), and NumPy performed Counts(mul=462, cmp=462)"


def test_an_executor_that_counts_twice_is_caught(image, monkeypatch):
    def twice(layer, x):
        layer.tally.count("cmp", x.size)
        return layer.tally.maximum(x, 0.0)

    monkeypatch.setitem(EXECUTORS, Relu, twice)
    performed(Relu(), image, "E606")


def test_an_executor_that_strips_interception_off_is_caught(image, monkeypatch):
    monkeypatch.setitem(EXECUTORS, Relu, lambda _, x: np.maximum(np.asarray(x), 0.0))
    assert performed(Relu(), image, "E604") == "the output of relu escaped interception"


UNKNOWN = {
    "numpy.einsum": lambda x: np.einsum("nchw->nc", x),
    "numpy.dot": lambda x: np.dot(x, 2.0),  # computes without a ufunc
    "log2.__call__()": np.log2,
    "multiply.accumulate()": np.multiply.accumulate,
    "add.__call__(where)": lambda x: np.add(x, x, out=x.copy(), where=np.ones(SHAPE, bool)),
    "add.reduce(axis, initial)": lambda x: np.add.reduce(x, axis=0, initial=0.0),
    "logaddexp.reduce(axis)": lambda x: np.logaddexp.reduce(x, axis=0),
    "matmul.__call__()": lambda x: x @ x[0, 0, 0],
    "remainder.__call__()": lambda x: x % 2,
    "the array method dot": lambda x: x.dot(x[0, 0].transpose()),
    "the array method sum": lambda x: x.sum(),
    "the array method cumsum": lambda x: x.cumsum(),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_interception_refuses_what_it_does_not_know(what, image):
    x = Interception().wrap(np.abs(image))
    with pytest.raises(WitnessError) as caught:
        UNKNOWN[what](x)
    assert caught.value.message.endswith(f"{what} costs") or "vector" in caught.value.message
    assert caught.value.code == "E604"


def test_views_stay_intercepted(image):
    arithmetic = Interception()
    x = arithmetic.wrap(image)
    tiles = np.lib.stride_tricks.as_strided(x, (2, 3, 4, 5), subok=True)
    for view in (x[0, ..., ::2], x.reshape(-1), x.transpose(3, 2, 1, 0), np.moveaxis(x, 1, 2), tiles, x[:, [0, 2]]):
        assert isinstance(view, Intercepted)
        arithmetic.reset()
        _ = view * 2.0
        assert arithmetic.seen == Counts(mul=view.size)


def test_a_share_that_forgets_padding_is_caught_by_scalars_and_ones(image, monkeypatch):
    monkeypatch.setattr(windows.Windows, "share", lambda self, tap=None, rows=None: WHOLE)
    for op in (PADDED, Conv((3, 5), out=4, padding=2), Conv((1, 1), out=2, padding=1)):
        _, seen = execute_op(op, image)
        assert count_scalars(op, SHAPE)[1] != seen.valid
        assert ones_probe(op, SHAPE)[1] != seen.valid["mul"]
    _, seen = execute_op(MaxPool((3, 3), padding=1), image)
    assert count_scalars(MaxPool((3, 3), padding=1), SHAPE)[1] != seen.valid


def test_a_transposed_convolution_that_forgets_the_crop_is_caught(image, monkeypatch):
    op = TransposedConv((3, 5), out=2, stride=(2, 3), padding=(1, 2, 0, 1))
    original = Tally.multiply_accumulate

    def unshared(self, *operands, share):
        original(self, *operands)

    monkeypatch.setattr(Tally, "multiply_accumulate", unshared)
    _, seen = execute_op(op, image)
    assert ones_probe(op, SHAPE)[1] != seen.valid["mul"]
    assert count_scalars(op, SHAPE)[1] != seen.valid


def test_a_wrong_sum_of_products_is_caught_by_ones(image, monkeypatch):
    def doubled(self, left, right, **share):
        return Tally.add(self, tally_matmul(self, left, right, **share), 1.0)

    tally_matmul = Tally.matmul
    op = Conv((3, 5), out=4)
    _, seen = execute_op(op, image)
    monkeypatch.setattr(Tally, "matmul", doubled)
    assert ones_probe(op, SHAPE)[0] != seen.all["mul"]


def test_the_ones_probe_refuses_what_is_no_sum_of_products():
    with pytest.raises(UnsupportedError, match="sigmoid is not a sum of products") as caught:
        ones_probe(Sigmoid(), SHAPE)
    assert caught.value.code == "E602"
