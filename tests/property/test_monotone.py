"""What is proven never to fall never falls."""

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from convcost.symbols import floor, is_symbolic, make_divisible, maximum, round_half_even
from convcost.symbols.floordiv import free_symbol, substitution
from convcost.symbols.monotone import never_falls

N, M = free_symbol("n", integer=True), free_symbol("m", integer=True)

numbers = st.integers(-6, 6)
leaves = st.one_of(
    st.just(N), st.just(M), numbers.map(lambda k: k * N), st.builds(lambda a, b: a * N + b, numbers, numbers)
)
divisors = st.integers(1, 9)


def grown(inner):
    return st.one_of(
        st.builds(lambda x, d: floor(x / d) if is_symbolic(x) else floor(Fraction(x, d)), inner, divisors),
        st.builds(lambda x, d: make_divisible(x, d) if is_symbolic(x) else x, inner, divisors),
        st.builds(lambda x: round_half_even(x / 2) if is_symbolic(x) else x, inner),
        st.builds(lambda x, y: maximum(x, y), inner, inner),
        st.builds(lambda x, y: x + y, inner, inner),
        st.builds(lambda x, y: x * y, inner, inner),
        st.builds(lambda x, k: x + k, inner, numbers),
        st.builds(lambda x, y: x - y, inner, inner),
    )


expressions = st.recursive(leaves, grown, max_leaves=6)


@given(expressions, st.integers(1, 9))
@example(9 * N**2 - 12 * N + 4, 1)
@example(make_divisible(5 * N, 8) * floor((N + 3) / 4), 1)
@example(floor(N / 2) * (M - 3), 1)
def test_what_is_proven_is_true(expression, m):
    if not is_symbolic(expression) or not never_falls(expression, N):
        return
    values = [substitution({N: n, M: m})(expression) for n in range(1, 40)]
    assert values == sorted(values)


def test_costs_of_convolutions_are_proven():
    assert never_falls(9 * floor((N + 1) / 2) ** 2 * make_divisible(8 * N, 8) + 100 * N, N)
    assert never_falls((N - 1) * (M + 2) + N**2, N)
    assert not never_falls(N * (5 - M), N)
    assert not never_falls(7 * N - floor(N / 2) * 14, N)
    assert not never_falls(-N, N)
    assert never_falls(-N, M)
