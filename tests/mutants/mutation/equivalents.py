"""Systematic mutants that nothing can catch, because they are right: by the reason why, and by their text.

A mutant that is caught after all, or that is not made any more, does not belong here; the tests say so.
"""

from __future__ import annotations

from collections.abc import Mapping

Key = tuple[str, str, str, str]

WINDOWS, CONV, POOL = "rules/windows.py", "rules/conv.py", "rules/pool.py"

EQUIVALENT: Mapping[str, tuple[Key, ...]] = {
    "a short cut: the long way gives the same": (
        (
            "rules/checks.py",
            "whole",
            "type(value) is int and value >= least",
            "type(value) is int and value > least",
        ),
        ("rules/checks.py", "share", "parts == 1", "parts == 0"),
        ("rules/checks.py", "grant_whole", "_COLLECTORS and (not value.is_integer)", "not value.is_integer"),
        (POOL, "_held", "windows in (1, n)", "windows in (n,)"),
        (POOL, "_held", "(1, n)", "(0, n)"),
        (WINDOWS, "real", "window.padding == (0, 0)", "window.padding == (0,)"),
        (WINDOWS, "real", "(0, 0)", "(0, 1)"),
        (WINDOWS, "places", "n if stride == 1 else settled(ceil_div(n, stride))", "settled(ceil_div(n, stride))"),
        (WINDOWS, "places", "stride == 1", "stride == 0"),
        (WINDOWS, "places", "(free if stride == 1 else floor_div(free, stride)) + 1", "floor_div(free, stride) + 1"),
        (
            WINDOWS,
            "same_padding",
            "_shared(0 if stride == 1 else settled(stride * ceil_div(n, stride) - n), kernel, stride, dilation)",
            "_shared(settled(stride * ceil_div(n, stride) - n), kernel, stride, dilation)",
        ),
        (WINDOWS, "same_padding", "stride == 1", "stride == 0"),
        (
            WINDOWS,
            "_shared",
            "0 if reach == 1 else settled(maximum(0, step_over + reach - stride))",
            "settled(maximum(0, step_over + reach - stride))",
        ),
        (WINDOWS, "_shared", "reach == 1", "reach == 0"),
        # the padding that same stands for, by what it is or by what the strides step over the end
        (
            WINDOWS,
            "real_taps",
            "_same_taps(n, windows, window) if is_symbolic(after) else meetings(windows, window, before, after)",
            "_same_taps(n, windows, window)",
        ),
        (
            WINDOWS,
            "real_taps",
            "_same_taps(n, windows, window) if is_symbolic(after) else meetings(windows, window, before, after)",
            "meetings(windows, window, before, after)",
        ),
        (WINDOWS, "real_taps", "is_symbolic(after)", "is_symbolic(before)"),
        # tap by tap from the padding, or from the overhang
        (WINDOWS, "real_taps", "not is_symbolic(overhang)", "is_symbolic(overhang)"),
        # taps that never miss, counted together or one by one
        (WINDOWS, "meetings", "-(-int(before) // dilation)", "--int(before)"),
        (WINDOWS, "meetings", "-(-int(beyond) // dilation)", "--int(beyond)"),
        (WINDOWS, "meetings", "max(0, front)", "max(1, front)"),
    ),
    "a maximum with zero that is not needed there": (
        (
            WINDOWS,
            "real_taps",
            "tap * dilation - before > stride if ahead > 0 else first > 1",
            "tap * dilation - before >= stride if ahead > 0 else first > 1",
        ),
        (WINDOWS, "real_taps", "tap * dilation - before > stride", "tap * dilation + before > stride"),
        (WINDOWS, "real_taps", "tap * dilation - before > stride", "tap * dilation > stride"),
        (
            WINDOWS,
            "real_taps",
            "tap * dilation - before > stride if ahead > 0 else first > 1",
            "tap * dilation - before > stride if ahead > 0 else first >= 1",
        ),
        (WINDOWS, "real_taps", "first > 1", "first > 0"),
        (
            WINDOWS,
            "meetings",
            "is_symbolic(misses) or misses > 1",
            "is_symbolic(misses) or misses >= 1",
        ),
        (WINDOWS, "meetings", "misses > 1", "misses > 0"),
    ),
    "where the last window ends with the padding, or one element before, no tap can be left without a window": (
        (WINDOWS, "real_taps", "symbolic or ahead > 0", "symbolic or ahead >= 0"),
        (
            WINDOWS,
            "real_taps",
            "tap * dilation - before > stride if ahead > 0 else first > 1",
            "tap * dilation - before > stride if ahead >= 0 else first > 1",
        ),
        (WINDOWS, "real_taps", "ahead > 0", "ahead > 1"),
    ),
    "more padding never meets more real elements, so the difference is never 1": (
        (WINDOWS, "_same_taps", "change != 0", "change != 1"),
    ),
    "same padding mirrored meets as many real elements; only values tell": (
        (WINDOWS, "_shared", "settled(floor_div(amount, 2))", "settled(ceil_div(amount, 2))"),
    ),
    "half of 1, rounded down, is 0": ((CONV, "_rim", "maximum(0, written - stride)", "maximum(1, written - stride)"),),
    "batch and channels are the same before and after": (
        (CONV, "ConvRule.valid", "x[0]", "out[0]"),
        (CONV, "TransposedConvRule.counts", "x[0]", "out[0]"),
        (CONV, "TransposedConvRule.valid", "x[0]", "out[0]"),
    ),
    "what is cut off before does not depend on the extent": (
        (CONV, "TransposedConvRule.valid", "_rims(op, x)", "_rims(op, out)"),
    ),
    "no remainder: checked before or right after": (
        ("rules/checks.py", "share", "total // parts", "-(-total // parts)"),
        ("rules/reshape.py", "ReshapeRule.output", "elements // known", "-(-elements // known)"),
    ),
    "extents are positive, so a quotient of them is": (
        (
            "rules/reshape.py",
            "ReshapeRule.output",
            "is_symbolic(left) or left == 1 or (bool(open_axes) and isinstance(left, int) and (left > 0))",
            "is_symbolic(left) or left == 1 or (bool(open_axes) and isinstance(left, int))",
        ),
        (
            "rules/reshape.py",
            "ReshapeRule.output",
            "bool(open_axes) and isinstance(left, int) and (left > 0)",
            "bool(open_axes) and isinstance(left, int) and (left >= 0)",
        ),
        ("rules/reshape.py", "ReshapeRule.output", "left > 0", "left > 1"),
    ),
    "how many axes are open matters, and not which": (
        ("rules/reshape.py", "ReshapeRule.output", "enumerate(op.shape, 1)", "enumerate(op.shape, 2)"),
        ("rules/reshape.py", "ReshapeRule.output", "enumerate(op.shape, 1)", "enumerate(op.shape, 0)"),
    ),
}

KEYS: frozenset[Key] = frozenset(key for keys in EQUIVALENT.values() for key in keys)
