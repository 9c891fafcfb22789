"""Mistakes in the fast kernels, and in the steps and the memory they work with."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

CONV, DEPTHWISE, POOL = "execute/kernels/conv.py", "execute/kernels/depthwise.py", "execute/kernels/pool.py"
ELEMENTWISE, MERGE, SHARED = (f"execute/kernels/{name}.py" for name in ("elementwise", "merge", "_kernel"))
LINEAR, MOVES, STEPS = "execute/kernels/linear.py", "execute/kernels/moves.py", "execute/steps.py"

COUNTED: tuple[Mistake, ...] = (
    mistake(CONV, "_bands", ", share=windows.share_of_rows(band.rows)", "", "padding of patches is taken for real"),
    mistake(CONV, "conv", "extents=windows.extents", "extents=windows.extents[::-1]", "width before height"),
    mistake(CONV, "_kernel", "op.out, width,", "op.out, width * op.groups,", "weights without groups"),
    mistake(CONV, "_bands", "step.emit(tally.add, made, bias, out=made)", "pass", "the bias is forgotten"),
    mistake(CONV, "_bands", "made.reshape(-1, op.groups,", "made.reshape(op.groups, -1,", "groups before places"),
    mistake(CONV, "conv", "layer.op.groups == layer.op.out > 1", "layer.op.groups > 1", "a multiplier is overlooked"),
    mistake(
        DEPTHWISE, "_runs", "share_of_rows(band.rows)", "share_of_rows(slice(1))", "the first row has all the padding"
    ),
    mistake(
        DEPTHWISE, "_places", ", share=windows.share_of_rows(band.rows)", "", "padding of places is taken for real"
    ),
    mistake(DEPTHWISE, "depthwise", "starts.step == 1", "starts.step >= 1", "every row is one run"),
    mistake(DEPTHWISE, "_rows", ":: x.channels * wide.taps.step", ":: x.channels", "dilation along a row is forgotten"),
    mistake(
        DEPTHWISE, "_kernel", "(op.out, 1, *op.kernel)", "(op.out, op.out, *op.kernel)", "a dense kernel is stored"
    ),
    mistake(POOL, "_taps", "windows.share(tap, band.rows)", "windows.share(None, band.rows)", "one share for all taps"),
    mistake(
        POOL, "maxpool", "_taps(packed, windows, band)", "[*_taps(packed, windows, band)][1:]", "a tap is left out"
    ),
    mistake(POOL, "avgpool", "step.emit(tally.divide,", "step.emit(tally.multiply,", "the sum is multiplied"),
    mistake(POOL, "global_avgpool", "range(1, inner.ndim - 1)", "range(2, inner.ndim - 1)", "the rows stay"),
    mistake(ELEMENTWISE, "batch_norm", "step.prepare(tally.sqrt, factor, out=factor)", "pass", "no root is taken"),
    mistake(ELEMENTWISE, "batch_norm", "weights.mean(channels)", "weights.term(channels)", "the mean is trained"),
    mistake(ELEMENTWISE, "_affine", "if terms is not None", "if terms is None", "the term is forgotten"),
    mistake(ELEMENTWISE, "relu6", "step.emit(layer.tally.minimum, out, six, out=out)", "pass", "no upper bound"),
    mistake(ELEMENTWISE, "prelu", "if layer.op.shared", "if not layer.op.shared", "one slope for all, and the reverse"),
    mistake(
        ELEMENTWISE,
        "_sigmoid",
        "step.emit(layer.tally.add, out, one, out=out)",
        "step.emit(out.__iadd__, one)",
        "a sum bypasses the tally",
    ),
    mistake(ELEMENTWISE, "silu", "_sigmoid(", "_hard_sigmoid(", "the hard one"),
    mistake(ELEMENTWISE, "hard_swish", "_hard_sigmoid(", "_sigmoid(", "the soft one"),
    mistake(MERGE, "_combine", "in tensors:", "in tensors[:1]:", "two summands at most"),
    mistake(MERGE, "concat", "sum(x.channels for x in tensors)", "first.channels", "channels of the first alone"),
    mistake(LINEAR, "linear", "weights.bias(op.out)", "weights.term(op.out)", "a bias that is none"),
    mistake(LINEAR, "linear", "x.value[0].size", "x.channels", "the places are forgotten"),
    mistake(MOVES, "flatten", "x.value[0].size, 0)", "x.value[0].size, 2)", "places stay places"),
    mistake(
        SHARED, "windows_over", "(0, padding[0], 0, padding[1])", "(padding[0], 0, padding[1], 0)", "the other axis"
    ),
    mistake(SHARED, "windows_over", 'getattr(op, "ceil", False)', "False", "ceil mode is overlooked"),
    mistake(SHARED, "windows_over", "ones + tuple(dilation)", "None", "dilation is overlooked"),
    mistake(SHARED, "bias_row", "weights.bias(", "weights.factor(", "a bias that is a factor"),
    mistake(STEPS, "Step.bands", "range(parts + 1)", "range(parts)", "the last band is left out"),
    mistake(
        STEPS,
        "Step.bands",
        "self._shares(batch * groups, numbers)",
        "self._shares(groups, numbers)",
        "the first sample alone",
    ),
    mistake("execute/memory.py", "seen", "before - axis.before", "before", "the padding is skipped"),
    mistake("execute/memory.py", "seen", "axis.taps.step", "1", "dilation is forgotten"),
    mistake("execute/memory.py", "seen", "axis.starts.step", "1", "the stride is forgotten"),
    mistake("execute/windows.py", "Windows.share_of_rows", "self.borderless", "True", "padding is taken for real"),
)
"""Caught by verifying the examples."""

VALUED: tuple[Mistake, ...] = (
    mistake(CONV, "_kernel", ".swapaxes(2, 3)", "[..., ::-1].swapaxes(2, 3)", "the kernel turned around"),
    mistake(DEPTHWISE, "_kernel", ".swapaxes(0, 1)", "[:, ::-1].swapaxes(0, 1)", "the kernel turned around"),
    mistake(DEPTHWISE, "_rows", ":: high.starts.step", "::", "the stride along a column is forgotten"),
    mistake(DEPTHWISE, "_runs", "kernel[..., None, :]", "kernel[::-1, :, None, :]", "the kernel upside down"),
    mistake(
        SHARED,
        "repeated",
        "np.copyto, row.reshape(-1, values.size), values",
        "np.copyto, row, values[0]",
        "one for all",
    ),
    mistake(POOL, "maxpool", "reach(windows, -np.inf)", "reach(windows, 0.0)", "padding takes part in the maximum"),
    mistake(POOL, "maxpool", "step.scratch.constant(-np.inf", "step.scratch.constant(0.0", "nothing is below zero"),
    mistake(POOL, "avgpool", "padding=op.count_padding", "padding=not op.count_padding", "the other divisor"),
    mistake(POOL, "global_avgpool", "x.inner[0, ..., 0]", "x.inner[0, 0, ..., 0]", "a row divides the sum"),
    mistake(ELEMENTWISE, "batch_norm", "tally.subtract, shift, term", "tally.add, shift, term", "the mean is added"),
    mistake(ELEMENTWISE, "batch_norm", "float(op.epsilon)", "1.0", "another epsilon"),
    mistake(ELEMENTWISE, "relu", "constant(0.0", "constant(-1.0", "another bound"),
    mistake(
        ELEMENTWISE, "leaky_relu", "tally.maximum, x, scaled", "tally.maximum, scaled, scaled", "the slope for all"
    ),
    mistake(ELEMENTWISE, "_sigmoid", "tally.divide, one, out", "tally.divide, out, one", "the fraction turned"),
    mistake(MERGE, "_combine", "            x = out\n", "", "the last summand alone"),
    mistake(MERGE, "mul", "rows[band.sample]", "rows[0]", "the gate of the first sample for all"),
    mistake(MERGE, "concat", "inner[..., begin:end]", "inner[..., ::-1][..., begin:end]", "channels from behind"),
    mistake(LINEAR, "linear", "weight.swapaxes(0, 1)", "weight.reshape(features, -1)", "another matrix"),
    mistake(MOVES, "channel_shuffle", "groups, -1).swapaxes", "-1, groups).swapaxes", "the other shuffle"),
)
"""Caught by an implementation that is not ours, and by nothing that counts."""
