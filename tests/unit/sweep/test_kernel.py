"""From expressions to tapes to NumPy: the same exact numbers as SymPy gives, at every point, in every shape of space."""

import itertools
import random

import numpy as np
import pytest

from convcost.studies.sweep import kernel, space
from convcost.studies.sweep.formula import Writer
from convcost.studies.sweep.kernel import Kernel, flat
from convcost.studies.sweep.space import Space, shape
from convcost.studies.sweep.tape import Tape
from convcost.symbols import floor, is_symbolic, make_divisible, maximum, round_half_even
from convcost.symbols.floordiv import free_symbol, substitution

A, B, C = (free_symbol(name, integer=True) for name in "abc")
SYMBOLS = [A, B, C]

EXPRESSIONS = (
    7,
    A,
    3 * A**2 * B - 5 * B + 1,
    floor(A / 3) * floor((B + 1) / 2) ** 2 + 9 * floor(A / 3),
    floor(A * B / 7) + C,
    make_divisible(A / 4, 8) * make_divisible(B, 4),
    make_divisible(A * B / 3, 8),
    round_half_even(A / 2) + round_half_even(B / 4) * C,
    maximum(A - 5, B - 7, 0) * 3,
    maximum(A / 2, 3) * 2,
    A**3 * B**2 * C / 2 + A**3 * B**2 * C / 2,
    (A**2 + A) / 2 * B,
    floor(-A / 2) + 100,
    floor(A / B) * B,
    12 * A * B / B,
    A**2 * B**2 + A**2 * B + A * B**2 + A * B + A + B,
)


def compiled(expressions, points):
    tape = Tape()
    writer = Writer(tape, {symbol: i for i, symbol in enumerate(SYMBOLS)})
    outputs = [tape.whole(writer.write(expression)) for expression in expressions]
    return tape, outputs, Kernel(tape, outputs, points)


def everything(points, engine, outputs):
    found = np.zeros((len(outputs), *points.sizes), object)
    for number in range(points.boxes):
        box = points.box(number)
        for row, values in zip(found, engine.run(box), strict=True):
            row[box] = flat(values, shape(box)).reshape(shape(box))
    return found


def exact(expression, a, b, c):
    return substitution({A: a, B: b, C: c})(expression) if is_symbolic(expression) else expression


@pytest.fixture(params=[1, 4, 7, 64, 1 << 14])
def block(request, monkeypatch):
    monkeypatch.setattr(space, "BLOCK", request.param)
    monkeypatch.setattr(kernel, "BLOCK", request.param)


@pytest.mark.parametrize("line", [0, 3, 1 << 20])
def test_every_point_of_a_grid(block, line, monkeypatch):
    monkeypatch.setattr(kernel, "LONGEST_LINE", line)
    inputs = [np.array(values) for values in ([1, 2, 3, 17], [1, 5, 6, 31, 8], [2, 3])]
    points = Space.grid(inputs)
    _, outputs, engine = compiled(EXPRESSIONS, points)
    found = everything(points, engine, outputs)
    for at in itertools.product(*(range(len(values)) for values in inputs)):
        values = [int(column[i]) for column, i in zip(inputs, at, strict=True)]
        assert [int(x) for x in found[(slice(None), *at)]] == [exact(e, *values) for e in EXPRESSIONS]


def test_points_as_they_come(block):
    chance = random.Random(3)
    columns = [np.array([chance.randint(1, 400) for _ in range(40)]) for _ in SYMBOLS]
    points = Space.points(columns, 40)
    _, outputs, engine = compiled(EXPRESSIONS, points)
    found = everything(points, engine, outputs)
    for i in range(40):
        values = [int(column[i]) for column in columns]
        assert [int(x) for x in found[:, i]] == [exact(e, *values) for e in EXPRESSIONS]


def test_what_might_not_fit_into_64_bits_is_computed_with_long_integers():
    """The product is beyond 64 bits in between, and its floor is not."""
    expression = floor(A**4 * B**4 / 2**60) + maximum(A - B, B - A)
    points = Space.grid([np.array([3, 60_000, 5]), np.array([50_000, 2]), np.array([1])])
    _, outputs, engine = compiled([expression, make_divisible(A**5 / 3, 8)], points)
    assert engine.wide
    found = everything(points, engine, outputs)
    for i, a in enumerate((3, 60_000, 5)):
        for j, b in enumerate((50_000, 2)):
            assert found[0, i, j, 0] == exact(expression, a, b, 1)
            assert found[1, i, j, 0] == make_divisible(exact(A**5 / 3, a, b, 1), 8)


def test_intervals_hold_every_value():
    chance = random.Random(7)
    inputs = [np.array(sorted(chance.sample(range(1, 60), 5))) for _ in SYMBOLS]
    points = Space.grid(inputs)
    tape, outputs, engine = compiled(EXPRESSIONS, points)
    found = everything(points, engine, outputs)
    intervals = tape.intervals(points.ranges())
    for output, values in zip(outputs, found, strict=True):
        low, high = intervals[output]
        assert low <= values.min() <= values.max() <= high


def test_equal_parts_are_computed_once():
    tape = Tape()
    writer = Writer(tape, {A: 0, B: 1})
    first = writer.write(floor(A / 3) * floor(B / 2) ** 2)
    before = len(tape.steps)
    assert writer.write(floor(A / 3) * floor(B / 2) ** 2) == first
    assert len(tape.steps) == before


def test_a_grid_takes_one_product_a_point_for_each_power_of_the_axis_it_is_collected_along():
    h = floor((B + 1) / 2)
    total = sum(h**2 * floor(A * k / 5) * floor(A * (k + 1) / 5) for k in range(1, 20)) + floor(A / 7)
    tape = Tape()
    output = Writer(tape, {A: 0, B: 1}).write(total).above
    both = [tape.steps[i].operation for i in tape.needed([output]) if len(tape.depends([])[i]) == 2]
    assert sorted(both) == ["add", "mul"]


@pytest.mark.parametrize("sizes", [(5,), (3, 4), (2, 3, 4), (1, 7), (7, 1), (1,)])
def test_boxes_have_every_point_once_and_in_order(block, sizes):
    points = Space.grid([np.arange(size) for size in sizes])
    numbers = np.arange(len(points)).reshape(sizes)
    seen = [int(n) for i in range(points.boxes) for n in numbers[points.box(i)].reshape(-1)]
    assert seen == list(range(len(points)))


def test_functions_that_no_tape_has_are_refused():
    from sympy import sqrt

    with pytest.raises(ValueError, match="no tape has"):
        Writer(Tape(), {A: 0}).write(sqrt(A))


def plus_one(name, monkeypatch):
    original = getattr(Writer, name)

    def wrong(self, *arguments):
        result = original(self, *arguments)
        one = self.tape.constant(1)
        return (
            result._replace(above=self.tape.add(result.above, one))
            if name == "_make_divisible"
            else self.tape.add(result, one)
        )

    monkeypatch.setattr(Writer, name, wrong)


@pytest.mark.parametrize("name", ["_floor", "_round_half_even", "_make_divisible", "_horner", "_product"])
def test_planted_mistakes_in_the_compiler_show(name, monkeypatch):
    plus_one(name, monkeypatch)
    with pytest.raises(AssertionError):
        test_every_point_of_a_grid(None, 1 << 20, monkeypatch)


def test_a_planted_mistake_in_a_function_of_the_kernel_shows(monkeypatch):
    monkeypatch.setitem(kernel._FUNCTIONS, "floor", lambda a, b, out=None: np.add(np.floor_divide(a, b), 1, out=out))
    with pytest.raises(AssertionError):
        test_every_point_of_a_grid(None, 1 << 20, monkeypatch)
