"""Normalised floors, maxima and roundings mean the same as the arithmetic they stand for."""

from fractions import Fraction

from hypothesis import example, given, settings
from hypothesis import strategies as st

from convcost.symbols import (
    ceil_div,
    floor_div,
    is_symbolic,
    make_divisible,
    maximum,
    minimum,
    round_half_even,
    round_to,
)
from convcost.symbols.floordiv import decide, free_symbol, substitution, total

SYMBOLS = {
    "n": free_symbol("n", integer=True),
    "m": free_symbol("m", integer=True),
    "a": free_symbol("a", integer=False),
}

OPERATIONS = {
    "+": lambda x, y, _: x + y,
    "-": lambda x, y, k: x - y,
    "*": lambda x, y, k: x * y,
    "k*": lambda x, y, k: k * x - y,
    "floor": lambda x, y, k: floor_div(x, k) + y,
    "ceil": lambda x, y, k: ceil_div(x, k) - y,
    "ceil 3/2": lambda x, y, k: ceil_div(x + y, Fraction(3, 2)),
    "max": lambda x, y, k: maximum(x, y),
    "min": lambda x, y, k: minimum(x, y, k),
    "round": lambda x, y, _: round_half_even(x * Fraction(1, 2)) + y,
    "round_to": lambda x, y, k: round_to(x, k) + y,
    "make_divisible": lambda x, y, k: make_divisible(maximum(x, 1), k) + y,
}

leaves = st.sampled_from(["n", "m", "8a", "3a"]) | st.fractions(-9, 9, max_denominator=5)
trees = st.recursive(
    leaves, lambda t: st.tuples(st.sampled_from(sorted(OPERATIONS)), t, t, st.integers(1, 7)), max_leaves=8
)
values = st.fixed_dictionaries(
    {"n": st.integers(1, 40), "m": st.integers(1, 40), "a": st.fractions(Fraction(1, 9), 9, max_denominator=32)}
)


def evaluate(tree, of):
    if isinstance(tree, tuple):
        operation, left, right, k = tree
        return OPERATIONS[operation](evaluate(left, of), evaluate(right, of), k)
    if isinstance(tree, str):
        return int(tree[0]) * of["a"] if tree[-1] == "a" else of[tree]
    return tree


@settings(max_examples=300, deadline=None)
@given(trees, values)
def test_late_binding_equals_early_binding(tree, point):
    expression = evaluate(tree, SYMBOLS)
    late = substitution({SYMBOLS[name]: value for name, value in point.items()})(expression)
    assert late == evaluate(tree, point)
    assert not is_symbolic(late)


@settings(max_examples=300, deadline=None)
@given(trees, trees, values, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]))
@example(  # a floor of a floor that may be negative
    "n",
    ("*", "n", ("ceil 3/2", Fraction(0), ("ceil", "8a", "n", 1), 1), 1),
    {"n": 1, "m": 1, "a": Fraction(2, 9)},
    "==",
)
def test_what_is_decided_is_true_everywhere(left, right, point, relation):
    decided = decide(evaluate(left, SYMBOLS), relation, evaluate(right, SYMBOLS))
    x, y = evaluate(left, point), evaluate(right, point)
    truth = {"==": x == y, "!=": x != y, "<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[relation]
    assert decided in (None, truth)


@settings(max_examples=100, deadline=None)
@given(st.lists(trees, max_size=6), values)
def test_a_total_is_the_sum(parts, point):
    late = substitution({SYMBOLS[name]: value for name, value in point.items()})(
        total(evaluate(part, SYMBOLS) for part in parts)
    )
    assert late == sum(evaluate(part, point) for part in parts)
