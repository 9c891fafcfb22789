"""What every rule checks before it counts, and how the errors write extents and shapes.

Numbers are checked at once. A symbolic extent is checked as far as it can be decided and passes otherwise: binding
its symbols runs the same checks on the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeAlias

from convcost.errors import ShapeError, UnsupportedError
from convcost.ops import Op, Shape
from convcost.symbols import Dim, floor, is_symbolic
from convcost.symbols.arith import exact

MOST = 10_000
"""What is counted one by one (taps of a kernel, places of a stride, windows) is counted up to here."""

REAL = "the operations of {} on real elements have"

_AXES = {
    2: ("batch", "features"),
    3: ("batch", "channels", "length"),
    4: ("batch", "channels", "height", "width"),
    5: ("batch", "channels", "depth", "height", "width"),
}
_LAYOUTS = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


def written(value: Dim) -> str:
    """Write a number the way a spec would: a fraction as a decimal where that ends.

    >>> written(Fraction(408, 25)), written(Fraction(1, 3)), written(64)
    ('16.32', '1/3', '64')
    """
    if not isinstance(value, Fraction):
        return str(value)
    rest, digits = value.denominator, 0
    while rest % 2 == 0 or rest % 5 == 0:
        rest, digits = rest // (10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5), digits + 1
    if rest != 1 or digits == 0:
        return str(value)
    scaled = abs(value.numerator) * 10**digits // value.denominator
    return f"{'-' if value < 0 else ''}{scaled // 10**digits}.{scaled % 10**digits:0{digits}d}"


def written_shape(shape: Sequence[Dim]) -> str:
    """Write a shape without its batch.

    >>> written_shape((1, 64, 28, 28))
    '64×28×28'
    """
    return "×".join(written(extent) for extent in shape[1:]) or "()"


def axis_name(axis: int, rank: int) -> str:
    """Name an axis of a tensor with its usual meaning.

    >>> axis_name(2, 4)
    'axis 2 (height)'
    """
    return f"axis {axis} ({_AXES[rank][axis]})" if rank in _AXES else f"axis {axis}"


def settled(value: Dim) -> Dim:
    """Return a number that came out of symbolic arithmetic as ``int`` or ``Fraction``, and anything else as it is."""
    if not is_symbolic(value):
        return exact(value)
    from convcost.symbols.floordiv import number

    return number(value)


def whole(value: Dim, what: str, least: int = 1) -> Dim:
    """Return an extent after checking that it is a whole number and not below ``least``.

    Parameters
    ----------
    value : Dim
        The extent; a symbolic one passes.
    what : str
        How the error speaks of it, the value in braces: ``"{} groups"`` or ``"a stride of {}"``.

    Raises
    ------
    ShapeError
        E402.
    """
    if type(value) is int and value >= least:
        return value
    value = settled(value)
    if is_symbolic(value):
        return value
    subject = f"{what.format(written(value))} {'are' if what.startswith('{}') else 'is'}"
    if isinstance(value, Fraction):
        raise ShapeError("E402", f"{subject} not a whole number", hint=f"floor(...) would give {floor(value)}")
    if value < least:
        raise ShapeError("E402", f"{subject} less than {least}")
    return value


def numeric(op: Op, name: str, size: Dim, counted: str = REAL) -> int:
    """Return an argument of an op that must be a number, for what is ``counted`` has no closed form in it; E611."""
    if is_symbolic(size):
        what = f"{counted.format(op.kind)} no closed form in its {name} {size}"
        raise UnsupportedError("E611", what, hint=f"bind {', '.join(sorted(map(str, size.free_symbols)))}")
    return int(size)


def few(op: Op, name: str, size: Dim, counted: str = REAL) -> int:
    """Return an argument as ``numeric`` does, if it is small enough to count one by one; else E612."""
    number = numeric(op, name, size, counted)
    if number > MOST:
        what = f"{counted.format(op.kind)} to be counted one by one, and its {name} {number} is beyond {MOST}"
        raise UnsupportedError("E612", what)
    return number


def spatial(op: Op, x: Shape, rank: int | None = None) -> Shape:
    """Return the spatial extents of an input (N, C, *spatial) of ``rank`` of them, or of one and more; E401."""
    if len(x) - 2 != rank if rank else len(x) < 3:
        layout = _LAYOUTS.get(rank, f"(N, C and {rank} axes)") if rank else "(N, C, *spatial)"
        raise ShapeError("E401", f"{op.kind} takes {layout}, not {tensor_of(x)}")
    return x[2:]


def channels(op: Op, x: Shape) -> Dim:
    """Return the channels of an input (N, C, ...); E401."""
    if len(x) < 2:
        raise ShapeError("E401", f"{op.kind} takes (N, C, ...), not {tensor_of(x)}")
    return x[1]


def axis_of(op: Op, x: Shape, axis: int) -> int:
    """Return an axis counted from the front, which is not the batch; E406."""
    place = axis + len(x) if axis < 0 else axis
    if not 0 < place < len(x):
        reason = "is the batch" if place == 0 else "does not exist"
        last = len(x) - 1
        raise ShapeError(
            "E406",
            f"axis {axis} of {op.kind} {reason}: its input has {_all(x)}",
            hint=f"1 to {last}, or -1 to -{last} from the end",
        )
    return place


def axes_of(op: Op, x: Shape, axes: Sequence[int]) -> tuple[int, ...]:
    """Return several axes in their order, counted from the front, none of them the batch and each once; E406."""
    places = [axis_of(op, x, axis) for axis in axes]
    if not places or len(set(places)) < len(places):
        written = ", ".join(map(str, axes))
        problem = f"the axes {written} of {op.name} name one twice" if places else f"{op.name} without axes"
        raise ShapeError("E406", problem, hint="[1] are the channels, [1, 2, 3] a whole image")
    return tuple(sorted(places))


def share(total: Dim, parts: Dim, what: str, parts_are: str) -> Dim:
    """Return total / parts after checking, as far as it can be decided, that it is whole.

    Raises
    ------
    ShapeError
        E403, "10 input channels cannot be divided into 3 groups".
    """
    if parts == 1:
        return total
    if parts == total:
        return 1
    if type(total) is int and type(parts) is int:
        if total % parts:
            raise ShapeError("E403", f"{total} {what} cannot be divided into {parts} {parts_are}")
        return total // parts
    quotient = settled(total / parts)
    if is_symbolic(quotient):
        grant_whole(quotient)
    return quotient


Condition: TypeAlias = tuple[Dim, str, Dim]
"""(left, relation, right)"""

_COLLECTORS: list[dict[Condition, None]] = []


def grant(left: Dim, relation: str, right: Dim) -> None:
    """Say that a comparison is taken for granted, unless it can be decided."""
    if _COLLECTORS:
        from convcost.symbols.floordiv import decide

        if decide(left, relation, right) is not True:
            for granted in _COLLECTORS:
                granted[left, relation, right] = None


def grant_whole(value: Dim) -> None:
    """Say that a symbolic value is taken for whole, unless that can be seen."""
    if _COLLECTORS and not value.is_integer:
        for granted in _COLLECTORS:
            granted[value, "==", floor(value)] = None


@contextmanager
def granted() -> Iterator[dict[Condition, None]]:
    """Collect the comparisons that rules take for granted inside this context because nothing decides them.

    They are keys of the dictionary, in the order in which they came up. A formula holds where they do.
    """
    found: dict[Condition, None] = {}
    _COLLECTORS.append(found)
    try:
        yield found
    finally:
        _COLLECTORS.remove(found)


def tensor_of(x: Shape) -> str:
    """Name a tensor by its extents, as an error does that wants others.

    >>> tensor_of((1, 8))
    'a tensor of 2 axes (1, 8)'
    """
    return f"a tensor of {_all(x)}"


def _all(x: Shape) -> str:
    extents = ", ".join(written(extent) for extent in x)
    return f"{len(x)} {'axis' if len(x) == 1 else 'axes'} ({extents})"
