"""Division that comes out whole, of numbers and of symbols."""

from __future__ import annotations

from convcost.symbols.arith import Dim, is_symbolic


def whole_quotient(total: Dim, part: Dim) -> Dim | None:
    """Return total / part where that is whole, or is a polynomial of symbols; else None.

    >>> whole_quotient(12, 4), whole_quotient(12, 5), whole_quotient(12, 0)
    (3, None, None)
    >>> from convcost.symbols.floordiv import free_symbol
    >>> n = free_symbol("n", integer=True)
    >>> whole_quotient(12 * n, 4), whole_quotient(12 * n, 5 * n), whole_quotient(4, n)
    (3*n, None, None)
    """
    if isinstance(total, int) and isinstance(part, int):
        return total // part if part and total % part == 0 else None
    if part == 0:
        return None
    from sympy import cancel, fraction

    from convcost.symbols.floordiv import number

    quotient = number(cancel(total / part))
    if is_symbolic(quotient):
        return quotient if fraction(quotient)[1].is_number else None
    return quotient if isinstance(quotient, int) else None
