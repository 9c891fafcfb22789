"""Mistakes in Winograd's filtering: the kernel, its transforms, and what they cost."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

KERNEL, TRANSFORMS, RULE = (
    "execute/kernels/winograd.py",
    "execute/kernels/transforms.py",
    "rules/winograd.py",
)

WINOGRAD: tuple[Mistake, ...] = (
    mistake(KERNEL, "", "v2 = d2 - d1;  v3 = d1 - d3", "v2 = d1 - d2;  v3 = d1 - d3", "a sign of F(2, 3)"),
    mistake(KERNEL, "", "y1 = a - m3", "y1 = a + m3", "a sign of the way back"),
    mistake(KERNEL, "", "u2 = 1/2 * b;  u3", "u2 = 1/2 * a;  u3", "a kernel that is symmetric"),
    mistake(KERNEL, "", "b = 1/12 * g1", "b = 1/6 * g1", "a factor of F(4, 3)"),
    mistake(KERNEL, "", "c = 4 * c;  y3 = a + c;  y3 = y3", "c = 2 * c;  y3 = a + c;  y3 = y3", "8 is 2 · 2"),
    mistake(KERNEL, "", "v5 = d5 - d3", "v5 = d5 - d4", "another place of a tile"),
    mistake(KERNEL, "", "y0 = m0 + a;  y0 = y0 + c;", "b = m0 + a;  y0 = m0 + a;  y0 = y0 + c;", "a sum made twice"),
    mistake(KERNEL, "applies", "(1, 1), (1, 1), 1)", "(1, 1), tuple(op.dilation), 1)", "dilation is overlooked"),
    mistake(KERNEL, "applies", "x.channels >= FEWEST_CHANNELS", "x.channels > FEWEST_CHANNELS", "17 at least"),
    mistake(KERNEL, "_bands", "rows=scheme.tile", "rows=1", "bands that cut tiles"),
    mistake(KERNEL, "_bands", "step.emit(layer.tally.add, made, bias, out=made)", "pass", "the bias is forgotten"),
    mistake(KERNEL, "_bands", "layer.tally.matmul", "np.matmul", "products bypass the tally"),
    mistake(KERNEL, "_data", "before - axis.before", "before", "the padding is skipped"),
    mistake(KERNEL, "_data", "v=np.moveaxis(made, 1, 0)", "v=made", "one axis is transformed twice"),
    mistake(KERNEL, "_data", "slice(left * x.channels, (", "slice(left, (", "columns for numbers"),
    mistake(KERNEL, "_places", "transpose(3, 1, 0, 2, 4)", "transpose(1, 3, 0, 2, 4)", "tiles lie transposed"),
    mistake(KERNEL, "_places", "step.emit(np.copyto, made,", "step.emit(np.empty_like,", "the rim is left out"),
    mistake(
        KERNEL, "_factors", "weight.transpose(2, 3, 0, 1)", "weight.transpose(3, 2, 0, 1)", "the kernel transposed"
    ),
    mistake(KERNEL, "_factors", "layer.weights.prepared = once.all", "pass", "the kernel's transform is not told"),
    mistake(KERNEL, "_tiles", "places[:: scheme.tile]", "places[: -1 : scheme.tile]", "what overhangs is left out"),
    mistake(TRANSFORMS, "perform", '"-": tally.subtract', '"-": tally.add', "a difference is a sum"),
    mistake(TRANSFORMS, "perform", '"*": tally.multiply', '"*": np.multiply', "factors bypass the tally"),
    mistake("execute/algorithms.py", "", '"winograd4": _winograd(F4)', '"winograd4": _winograd(F2)', "the other one"),
    mistake(RULE, "Winograd.counts", "ceil_div(extent, self.tile)", "extent // self.tile", "the rim is not counted"),
    mistake(RULE, "Winograd.counts", "self.tile * across + 2", "self.size * across", "columns are not shared"),
    mistake(RULE, "Winograd.counts", "self.size + self.tile", "2 * self.size", "the second axis back is as long"),
    mistake(RULE, "Winograd.counts", "out[2:]", "x[2:]", "tiles of the input"),
    mistake(RULE, "Winograd.counts", "self.size**2, down", "9, down", "products of the direct way"),
    mistake(RULE, "Winograd.prepared", "3 + self.size", "2 * self.size", "a kernel of m + 2 columns"),
    mistake(RULE, "", "Counts(mul=5, add=12)", "Counts(mul=6, add=12)", "what is shared is counted twice"),
)
"""Caught by verifying convolutions by the algorithm."""
