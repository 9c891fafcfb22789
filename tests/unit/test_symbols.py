"""The normal forms that closed forms are printed in."""

import subprocess
import sys

import pytest
from sympy import Integer

from convcost.symbols import ceil_div, floor, floor_div, is_symbolic, make_divisible, maximum
from convcost.symbols.floordiv import FloorDiv, MakeDivisible, Maximum, free_symbol, substitution

n = free_symbol("n", integer=True)
a = free_symbol("a", integer=False)


def test_five_halvings_are_one_ceiling():
    x = n
    for _ in range(5):
        x = ceil_div(x, 2)
    assert x == FloorDiv(n + 31, 32)
    assert x.args == (n + 31, Integer(32))


def test_on_multiples_floors_vanish():
    x = 32 * n
    for _ in range(5):
        x = ceil_div(x, 2)
    assert x == n


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (lambda: floor_div(6 * n + 3, 2), lambda: 3 * n + 1),
        (lambda: floor_div(2 * n + 4, 4), lambda: FloorDiv(n, 2) + 1),
        (lambda: floor(24 * a), lambda: FloorDiv(48 * a, 2)),
        (lambda: floor_div(floor(32 * a) + 3, 2), lambda: FloorDiv(32 * a + 1, 2) + 1),
        (lambda: -floor_div(-n, 4), lambda: FloorDiv(n + 3, 4)),
        (lambda: floor_div(n * (n + 1), n), lambda: n + 1),
    ],
)
def test_equal_floors_have_one_form(written, normal):
    assert written() == normal()


def test_a_floor_by_a_symbol_waits_for_its_value():
    m = free_symbol("m", integer=True)
    x = floor_div(7 * n, m)
    assert is_symbolic(x)
    assert substitution({n: 3, m: 4})(x) == 5


def test_roundings_that_change_nothing_vanish():
    assert make_divisible(32 * n, 8) == 32 * n
    assert isinstance(make_divisible(24 * a, 8), MakeDivisible)
    assert maximum(0, 2 * n - 1) == 2 * n - 1
    assert maximum(0, n - 3) == Maximum(n - 3, 0)


def test_floats_are_refused():
    with pytest.raises(TypeError, match="a dimension is exact"):
        is_symbolic(0.75)


def test_numbers_do_not_import_sympy():
    program = (
        "import sys\n"
        "from convcost.symbols import floor_div, make_divisible, maximum, round_to\n"
        "assert (floor_div(7, 2), make_divisible(33, 8), maximum(1, 2), round_to(27, 8)) == (3, 32, 2, 24)\n"
        "print('sympy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
