"""A window that slides along one axis: how many places it takes, and how many of its taps meet real elements.

Notation: n elements, a kernel of k taps a dilation d apart that spans d(k-1) + 1 elements, a stride s, and ``before``
and ``after`` elements of padding. Everything is exact on numbers and on symbols; results are remembered, for height
and width mostly agree and networks repeat themselves.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple, NoReturn, TypeAlias

from convcost.errors import ShapeError
from convcost.ops import AvgPool, Conv, LpPool, MaxPool, Shape, Size, TransposedConv
from convcost.ops._op import per_axis
from convcost.rules.checks import few, settled, spatial, whole
from convcost.symbols import Dim, ceil_div, floor_div, is_symbolic, maximum, minimum

Pads: TypeAlias = Literal["same"] | tuple[Dim, Dim]
"""``"same"``, or the padding before and after."""

Sliding: TypeAlias = Conv | TransposedConv | MaxPool | AvgPool | LpPool
"""The ops that have a window."""


class Window(NamedTuple):
    """The window along one axis."""

    kernel: Dim
    stride: Dim
    dilation: Dim
    padding: Pads


def span(kernel: Dim, dilation: Dim) -> Dim:
    """Return how many elements a kernel reaches over, d(k-1) + 1.

    >>> span(3, 2)
    5
    """
    return dilation * (kernel - 1) + 1


@lru_cache(maxsize=1024)
def windows_of(op: Sliding) -> tuple[Window, ...]:
    """Return the window of an op along each spatial axis; E409 where it is not told for each axis.

    >>> windows_of(MaxPool((3, 2), stride=2, padding=(1, 0, 1, 0)))[1]
    Window(kernel=2, stride=2, dilation=1, padding=(0, 0))
    """
    rank = len(op.kernel)
    dilations = (1,) * rank if isinstance(op, AvgPool | LpPool) else op.dilation
    sizes: dict[str, Size] = {"stride": op.stride, "dilation": dilations}
    if isinstance(op, TransposedConv):
        sizes["output_padding"] = op.output_padding
    for name, size in sizes.items():
        if len(size) != rank:
            raise ShapeError("E409", f"the {name} of {op.kind} has {len(size)} extents, its kernel {rank}")
    pads: list[Pads]
    if op.padding == "same":
        pads = ["same"] * rank
    elif len(op.padding) == 2 * rank:
        pads = [*zip(op.padding[:rank], op.padding[rank:], strict=True)]
    else:
        amounts = f"has {len(op.padding)} amounts, not {2 * rank}: all the beginnings, then all the ends"
        raise ShapeError("E409", f"the padding of {op.kind} {amounts}")
    if isinstance(op, MaxPool | AvgPool | LpPool) and op.ceil:
        pads = [*map(ceil_padding, op.kernel, op.stride, dilations, pads)]
    return tuple(map(Window, op.kernel, op.stride, dilations, pads))


def slide(op: Sliding, x: Shape) -> Shape:
    """Return how many places the window of an op takes along each spatial axis.

    Raises
    ------
    ShapeError
        E401 for another rank than the kernel's, E402 for sizes that are not whole, E404 for a window that does not fit.
    """
    extents = spatial(op, x, len(op.kernel))
    windows = windows_of(op)
    out = tuple([places(n, *window) for n, window in zip(extents, windows, strict=True)])
    for extent in out:
        if type(extent) is int and extent < 1:
            _fail(op, extents)
    return out


def real(op: Sliding, x: Shape) -> Shape | None:
    """Return how many taps meet a real element along each axis; None where all do, for there is no padding.

    Raises
    ------
    UnsupportedError
        E611 for a kernel, stride or dilation that is not a number.
    """
    windows = windows_of(op)
    if all(window.padding == (0, 0) for window in windows):
        return None
    return tuple([real_taps(n, *steps(op, w), w.padding) for n, w in zip(x[2:], windows, strict=True)])


def steps(op: Sliding, window: Window) -> tuple[int, int, int]:
    """Return kernel, stride and dilation of a window as numbers; E611."""
    return (
        few(op, "kernel", window.kernel),
        few(op, "stride", window.stride),
        few(op, "dilation", window.dilation),
    )


def _fail(op: Sliding, extents: Shape) -> NoReturn:
    rank = len(extents)
    pads = (0,) * (2 * rank) if op.padding == "same" else op.padding
    padded = tuple(n + pads[axis] + pads[axis + rank] for axis, n in enumerate(extents))
    with_padding = f" ({per_axis(padded)} with its padding)" if any(pads) else ""
    spans = per_axis(tuple(span(window.kernel, window.dilation) for window in windows_of(op)))
    raise ShapeError(
        "E404",
        f"the window of {op.kind} spans {spans} and does not fit into its input of {per_axis(extents)}{with_padding}",
        hint="a smaller kernel, more padding, or fewer strides before it",
    )


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
    # What the strides step over the end, s⌈n/s⌉ - n, is a number whenever s is known to divide n.
    return _shared(0 if stride == 1 else settled(stride * ceil_div(n, stride) - n), kernel, stride, dilation)


def _shared(step_over: Dim, kernel: Dim, stride: Dim, dilation: Dim) -> tuple[Dim, Dim]:
    """Share the padding of ``same`` out before and after, given how far ⌈n/s⌉ strides step over the end."""
    reach = span(kernel, dilation)
    amount = 0 if reach == 1 else settled(maximum(0, step_over + reach - stride))
    before = settled(floor_div(amount, 2))
    return before, settled(amount - before)


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
def real_taps(n: Dim, kernel: int, stride: int, dilation: int, padding: Pads) -> Dim:
    """Return Σ over taps j of #{places i : 0 ≤ i·s + j·d - before < n}: the taps that meet a real element.

    >>> real_taps(5, 3, 1, 1, (1, 1)), real_taps(5, 3, 1, 1, (0, 0))
    (13, 9)
    """
    windows = places(n, kernel, stride, dilation, padding)
    window = (kernel, stride, dilation)
    before, after = same_padding(n, *window) if padding == "same" else padding
    if padding == "same":
        return _same_taps(n, windows, window) if is_symbolic(after) else meetings(windows, window, before, after)
    if before == 0 and after == 0:
        return kernel * windows
    # The last window rarely ends where the padding does: what counts is how far it reaches beyond the input.
    overhang = settled((windows - 1) * stride + span(kernel, dilation) - before - n)
    if not is_symbolic(overhang):
        return meetings(windows, window, before, overhang)
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


def _same_taps(n: Dim, windows: Dim, window: tuple[int, int, int]) -> Dim:
    """Return ``real_taps`` for ``same`` where n mod s is not known, and the padding with it.

    The strides step u = s⌈n/s⌉ - n over the end, 0 ≤ u < s. So Σ_t [u ≥ t]·(f(t) - f(t-1)) from f(0) on is f(u), and
    [u ≥ t] = ⌈n/s⌉ + 1 - ⌈(n + t)/s⌉.
    """
    _, stride, _ = window
    known = [meetings(windows, window, *_shared(step_over, *window)) for step_over in range(stride)]
    taps = known[0]
    for step_over in range(1, stride):
        change = settled(known[step_over] - known[step_over - 1])
        if change != 0:
            taps += change * (windows + 1 - ceil_div(n + step_over, stride))
    return settled(taps)


def meetings(windows: Dim, window: tuple[int, int, int], before: Dim, beyond: Dim) -> Dim:
    """Return how many taps meet a real element, when windows begin ``before`` the elements and end ``beyond`` them.

    ``window`` is (kernel, stride, dilation). Tap j misses ⌈(before - j·d)/s⌉ times in front, ⌈(beyond - (k-1-j)·d)/s⌉
    times at the end, neither less than 0, and meets in what is left of the windows. There is a window and an element.

    >>> meetings(5, (3, 1, 1), 1, 1)
    13
    """
    kernel, stride, dilation = window
    if is_symbolic(before) or is_symbolic(beyond):
        inner = range(0)
    else:
        front, end = -(-int(before) // dilation), -(-int(beyond) // dilation)
        inner = range(max(0, front), min(kernel, kernel - end))  # the taps that never miss
    met: Dim = 0
    sure, missed = len(inner), 0
    for tap in (*range(min(inner.start, kernel)), *range(max(inner.start, inner.stop), kernel)):
        misses = _misses(before - tap * dilation, stride) + _misses(beyond - (kernel - 1 - tap) * dilation, stride)
        if is_symbolic(misses) or misses > 1:
            met += maximum(0, windows - misses)
        else:  # there is a window to miss: no need to ask
            sure, missed = sure + 1, missed + int(misses)
    return settled(sure * windows - missed + met)


def _misses(distance: Dim, stride: int) -> Dim:
    """Return how many windows begin within a distance, none if it is not positive."""
    return maximum(0, settled(ceil_div(distance, stride)))
