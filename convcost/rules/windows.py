"""A window that slides along one axis: how many places it takes, and how many of its taps meet real elements.

Notation: n elements, a kernel of k taps a dilation d apart that spans d(k-1) + 1 elements, a stride s, and ``before``
and ``after`` elements of padding. Everything is exact on numbers and on symbols; results are remembered, for height
and width mostly agree and networks repeat themselves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

from convcost.rules.checks import settled, whole
from convcost.symbols import Dim, ceil_div, floor_div, is_symbolic, maximum, minimum

Pads: TypeAlias = Literal["same"] | tuple[Dim, Dim]
"""``"same"``, or the padding before and after."""


def span(kernel: Dim, dilation: Dim) -> Dim:
    """Return how many elements a kernel reaches over, d(k-1) + 1.

    >>> span(3, 2)
    5
    """
    return dilation * (kernel - 1) + 1


@lru_cache(maxsize=8192, typed=True)
def places(n: Dim, kernel: Dim, stride: Dim, dilation: Dim, padding: Pads) -> Dim:
    """Return how many places the window takes: ⌊(n + before + after - span) / s⌋ + 1, and ⌈n / s⌉ for ``same``.

    Below 1 the window does not fit. Raises E402 where a number is not whole or too small.

    >>> places(224, 3, 2, 1, (1, 1)), places(225, 3, 2, 1, "same")
    (112, 113)
    """
    whole(n, "an input extent of {}")
    whole(kernel, "a kernel of {}")
    whole(stride, "a stride of {}")
    whole(dilation, "a dilation of {}")
    if padding == "same":
        return n if stride == 1 else settled(ceil_div(n, stride))
    before, after = (whole(amount, "a padding of {}", 0) for amount in padding)
    free = settled(n + before + after - span(kernel, dilation))
    return settled((free if stride == 1 else floor_div(free, stride)) + 1)


def same_padding(n: Dim, kernel: Dim, stride: Dim, dilation: Dim) -> tuple[Dim, Dim]:
    """Return the padding that ``same`` stands for: as little as the ⌈n/s⌉ windows need, the odd one at the end.

    The rule of TensorFlow's SAME and of ONNX's SAME_UPPER.

    >>> same_padding(224, 3, 2, 1), same_padding(225, 3, 2, 1), same_padding(224, 1, 2, 1)
    ((0, 1), (1, 1), (0, 0))
    """
    reach = span(kernel, dilation)
    # What the last stride steps over the end, s⌈n/s⌉ - n, first: it is a number whenever s is known to divide n.
    beyond = 0 if stride == 1 else settled(stride * ceil_div(n, stride) - n)
    total = settled(beyond + reach - stride)
    if is_symbolic(reach - stride) or reach < stride:  # otherwise it cannot be negative
        total = 0 if reach == 1 else settled(maximum(total, 0))
    before = settled(floor_div(total, 2))
    return before, settled(total - before)


def ceil_padding(kernel: Dim, stride: Dim, dilation: Dim, padding: Pads) -> Pads:
    """Return the padding under which rounding down gives what ceil mode gives with ``padding``.

    Ceil mode keeps a last window that ends beyond the padded input, provided that it begins inside the input or the
    padding before it: as if the end had s - 1 elements more, but none that only the padding's own windows would reach.
    ``same`` leaves nothing over, so it stays.

    >>> ceil_padding(3, 2, 1, (0, 0)), ceil_padding(2, 3, 1, (0, 0)), ceil_padding(3, 2, 1, "same")
    ((0, 1), (0, 1), 'same')
    """
    if padding == "same":
        return padding
    before, after = padding
    return before, maximum(after, minimum(after + stride - 1, span(kernel, dilation) - 1))


@lru_cache(maxsize=8192, typed=True)
def real_taps(n: Dim, kernel: Dim, stride: Dim, dilation: Dim, padding: Pads) -> Dim:
    """Return Σ over taps j of #{places i : 0 ≤ i·s + j·d - before < n}: the taps that meet a real element.

    Kernel, stride and dilation are numbers.

    >>> real_taps(5, 3, 1, 1, (1, 1)), real_taps(5, 3, 1, 1, (0, 0))
    (13, 9)
    """
    windows = places(n, kernel, stride, dilation, padding)
    if padding == "same":
        return meetings(windows, kernel, stride, dilation, *same_padding(n, kernel, stride, dilation))
    before, after = padding
    if before == 0 and after == 0:
        return kernel * windows
    # The last window rarely ends where the padding does: what counts is how far it reaches beyond the input.
    overhang = settled((windows - 1) * stride + span(kernel, dilation) - before - n)
    if not is_symbolic(overhang):
        return meetings(windows, kernel, stride, dilation, before, overhang)
    symbolic = is_symbolic(before) or is_symbolic(after)
    taps: Dim = 0
    for tap in range(kernel):
        first = maximum(0, ceil_div(before - tap * dilation, stride))
        # Windows end at ⌊(n + before + after - span)/s⌋, the tap leaves the input at ⌊(n - 1 + before - j·d)/s⌋. The
        # smaller of two floors is the floor of the smaller, and their difference does not depend on n.
        ahead = after - (kernel - 1 - tap) * dilation
        end = ceil_div(n + before - tap * dilation, stride) if symbolic or ahead > 0 else windows
        if symbolic:
            taps += maximum(0, minimum(end, windows) - first)
        elif tap * dilation - before > stride if ahead > 0 else first > 1:
            taps += maximum(0, end - first)  # so far out that it may meet nothing
        else:
            taps += end - first
    return settled(taps)


def meetings(windows: Dim, kernel: Dim, stride: Dim, dilation: Dim, before: Dim, beyond: Dim) -> Dim:
    """Return how many taps meet a real element when the first window begins ``before`` it and the last ends ``beyond``.

    Tap j of a window misses ⌈(before - j·d)/s⌉ times in front and ⌈(beyond - (k-1-j)·d)/s⌉ times at the end, each at
    least 0; what is left of the windows meets. There is at least one window and one real element.

    >>> meetings(5, 3, 1, 1, 1, 1)
    13
    """
    if not is_symbolic(before) and not is_symbolic(beyond):
        front, end = -(-before // dilation), -(-beyond // dilation)  # taps further in never miss
        if front <= 0 and end <= 0:
            return kernel * windows
        inner = range(max(0, front), min(kernel, kernel - end))
        taps = [*range(min(inner.start, kernel)), *range(max(inner.stop, inner.start), kernel)]
    else:
        inner, taps = range(0), list(range(kernel))
    met, whole_taps, missed = 0, len(inner), 0
    for tap in taps:
        misses = _steps(before - tap * dilation, stride) + _steps(beyond - (kernel - 1 - tap) * dilation, stride)
        if is_symbolic(misses) or misses > 1:
            met += maximum(0, windows - misses)
        else:  # one miss leaves no less than no window: no need to ask
            whole_taps, missed = whole_taps + 1, missed + misses
    return settled(whole_taps * windows - missed + met)


def _steps(distance: Dim, stride: Dim) -> Dim:
    """Return how many strides it takes to cover a distance: none for one that is not positive."""
    return maximum(0, settled(ceil_div(distance, stride)))
