"""The executor computes through the tally: what else of NumPy it may name is listed."""

import importlib.util
import sys
from pathlib import Path

import pytest

import convcost

ROOT = Path(convcost.__file__).parent / "execute"

_spec = importlib.util.spec_from_file_location("numpy_calls", Path(__file__).with_name("numpy_calls.py"))
numpy_calls = importlib.util.module_from_spec(_spec)
sys.modules["numpy_calls"] = numpy_calls
_spec.loader.exec_module(numpy_calls)


def test_the_executor_names_nothing_of_numpy_that_is_on_no_list():
    assert list(numpy_calls.violations(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("kernels/conv.py", "y = np.matmul(a, b)", "kernels/conv.py:1: np.matmul is on no list"),
        ("kernels/conv.py", "y = np.add.reduce(a)", "kernels/conv.py:1: np.add.reduce is on no list"),
        ("kernels/conv.py", "y = a @ b", "kernels/conv.py:1: @ bypasses the tally"),
        ("conv.py", "a @= b", "conv.py:1: @ bypasses the tally"),
        ("conv.py", "y = a.dot(b)", "conv.py:1: the method dot bypasses the tally"),
        ("conv.py", "y = np.clip(a, 0, 1)", "conv.py:1: np.clip is on no list"),
        ("conv.py", "f = np._core.umath.multiply", "conv.py:1: np._core.umath.multiply is private"),
        ("conv.py", "from numpy._core import umath", "conv.py:1: numpy._core may not be imported"),
        ("conv.py", "import numpy.linalg", "conv.py:1: numpy.linalg may not be imported"),
        ("conv.py", "from numpy.linalg import norm", "conv.py:1: numpy.linalg may not be imported"),
    ],
)
def test_a_planted_bypass_is_seen(tmp_path, file, source, says):
    path = tmp_path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    assert next(iter(numpy_calls.violations(tmp_path))) == says


def test_the_lists_say_no_more_than_is_so():
    names = {name for path in ROOT.rglob("*.py") for name in _named(path)}
    assert (numpy_calls.MAKES | numpy_calls.MOVES | numpy_calls.NAMES) - names == set()
    for file, extra in numpy_calls.BOOKKEEPING.items():
        assert extra - set(_named(ROOT / file)) == set()


def _named(path):
    return {
        numpy_calls._name(node)
        for node in numpy_calls.ast.walk(numpy_calls.ast.parse(path.read_text()))
        if isinstance(node, numpy_calls.ast.Attribute)
    }
