"""Mistakes for the table of tiers: which of them notices what, and above all what both sides have wrong."""

from __future__ import annotations

from dataclasses import dataclass

from mutation.mistake import Edit, Mistake


@dataclass(frozen=True)
class Row:
    """A mistake, and the tiers that notice it on tiny ops."""

    mistake: Mistake
    by: frozenset[str]


def row(why: str, by: str, *edits: tuple[str, str, str, str]) -> Row:
    """Return a row of the table."""
    return Row(Mistake(why, tuple(Edit(*edit) for edit in edits)), frozenset(by.split()))


ALONE: tuple[Row, ...] = (
    row(
        "the tally misses every division",
        "tally interception",
        (
            "execute/tally.py",
            "Tally.divide",
            'self._each("div", self.arithmetic.divide, left, right, out=out, share=share)',
            "self.arithmetic.divide(left, right, out=out)",
        ),
    ),
    row(
        "the tally counts a step twice",
        "tally interception",
        ("execute/tally.py", "Tally.all", "total.get(primitive, 0) + times", "total.get(primitive, 0) + 2 * times"),
    ),
    row(
        "interception charges a subtraction as a product",
        "interception",
        ("execute/intercept.py", "", 'np.subtract: "add"', 'np.subtract: "mul"'),
    ),
    row(
        "an executor strips interception off",
        "interception",
        (
            "execute/merge.py",
            "one_after_the_other",
            "made, *others = arrays",
            "made, *others = map(np.asarray, arrays)",
        ),
    ),
    row(
        "masked pairs of attention are taken for real",
        "tally",
        ("execute/attention.py", "_masked", "Share(int((~masked).sum()), masked.size)", "Share(1, 1)"),
    ),
    row(
        "counting scalars take padding for real",
        "scalars",
        ("execute/scalars.py", "ScalarArithmetic.padding", "real=False", "real=True"),
    ),
    row(
        "the border of the ones probe never contributes",
        "ones",
        ("execute/arithmetic.py", "Arithmetic.padding", "value if self.border is None else self.border", "value"),
    ),
    row(
        "every tap of a depthwise convolution looks where the first does",
        "ones scalars values",
        ("execute/conv.py", "_depthwise", "windows.see(tap)", "windows.see(windows.taps[0])"),
    ),
    row(
        "a kernel is applied to one channel of the group",
        "values",
        (
            "execute/conv.py",
            "_columns",
            "= x[sample][windows.see(tap, rows)]",
            "= x[sample][windows.see(tap, rows)][:, :1]",
        ),
    ),
)
"""Mistakes of one side or of one tier."""

SHARED: tuple[Row, ...] = (
    row(
        "neither side counts the additions of a bias",
        "interception scalars",
        ("rules/conv.py", "_accumulate", "add=products + product(out) if op.bias else products", "add=products"),
        (
            "execute/conv.py",
            "conv",
            "tally.add(y, along_channels(weights.bias(op.out), y.ndim), out=y)",
            "y + along_channels(weights.bias(op.out), y.ndim)",
        ),
        (
            "execute/conv.py",
            "transposed_conv",
            "tally.add(y, along_channels(weights.bias(op.out), y.ndim))",
            "y + along_channels(weights.bias(op.out), y.ndim)",
        ),
    ),
    row(
        "neither side adds the bias, and both say so",
        "values",
        ("rules/conv.py", "_accumulate", "add=products + product(out) if op.bias else products", "add=products"),
        (
            "execute/conv.py",
            "conv",
            "y = tally.add(y, along_channels(weights.bias(op.out), y.ndim), out=y)",
            "weights.bias(op.out)",
        ),
        (
            "execute/conv.py",
            "transposed_conv",
            "tally.add(y, along_channels(weights.bias(op.out), y.ndim)) if op.bias else y",
            "y if weights.bias(op.out).size or True else y",
        ),
    ),
    row(
        "both take products on padding for real",
        "ones scalars",
        ("rules/conv.py", "ConvRule.valid", "if taps is None:", "if True:"),
        ("execute/conv.py", "_depthwise", "share = windows.share(tap)", "share = WHOLE"),
        ("execute/conv.py", "_pointwise", "share=windows.share()", "share=WHOLE"),
        ("execute/conv.py", "_columns", "share = windows.share(rows=rows)", "share = WHOLE"),
        ("execute/conv.py", "", "import Share, Tally", "import WHOLE, Share, Tally"),
    ),
    row(
        "both take what a transposed convolution cuts off for real",
        "ones scalars",
        (
            "rules/conv.py",
            "TransposedConvRule.valid",
            "meetings(n, (kernel, stride, dilation), before, beyond)",
            "n * kernel",
        ),
        ("execute/conv.py", "transposed_conv", "mask[kept] = True", "mask[...] = True"),
    ),
    row(
        "both take causal attention for half of the square",
        "scalars",
        ("rules/attention.py", "AttentionRule.valid", "places * (places + 1)", "places * (places - 1)"),
        ("execute/attention.py", "_masked", "int((~masked).sum())", "int((~masked).sum()) - len(masked)"),
    ),
    row(
        "both forget that attention divides its scores",
        "values",
        ("rules/attention.py", "AttentionRule._of_pairs", "div=2 * scores", "div=scores"),
        (
            "execute/attention.py",
            "attention",
            "scores = tally.divide(scores, math.sqrt(q.shape[2]), share=share)",
            "scores = scores.copy()",
        ),
    ),
    row(
        "both run all experts everywhere",
        "values",
        ("rules/experts.py", "ExpertsRule.counts", "chosen = places * op.active", "chosen = places * op.experts"),
        (
            "execute/experts.py",
            "experts",
            "tally.matmul(places, gate.T), op.active",
            "tally.matmul(places, gate.T), op.experts",
        ),
    ),
    row(
        "both multiply matrices without counting the sums",
        "interception scalars",
        ("rules/merge.py", "MatMulRule.counts", "Counts(mul=products, add=products)", "Counts(mul=products)"),
        (
            "execute/merge.py",
            "matmul",
            "layer.tally.matmul(left, right)",
            "(y := layer.tally.matmul(left, right), layer.tally.count('add', -y.size * left.shape[-1]))[0]",
        ),
    ),
    row(
        "both let the first product start the accumulator",
        "interception scalars",
        ("rules/linear.py", "LinearRule.counts", "if op.bias else products", "- product(out)"),
        (
            "execute/linear.py",
            "linear",
            "y = tally.matmul(x, kernel.T)\n",
            'y = tally.matmul(x, kernel.T)\n    tally.count("add", -y.size)\n',
        ),
    ),
    row(
        "folding a batch norm is free on both sides",
        "interception scalars",
        (
            "rules/norm.py",
            "BatchNormRule.counts",
            "Counts(add=elements + 2 * c, sqrt=c, div=c, mul=elements + c)",
            "Counts(add=elements, mul=elements)",
        ),
        (
            "execute/norm.py",
            "batch_norm",
            "tally.divide(scale, tally.sqrt(tally.add(variance, float(op.epsilon))))",
            "scale / (variance + float(op.epsilon)) ** 0.5",
        ),
        (
            "execute/norm.py",
            "batch_norm",
            "tally.subtract(shift, tally.multiply(mean, factor))",
            "shift - mean * factor",
        ),
    ),
    row(
        "rules, tally and interception charge k - 1 additions for a sum of k",
        "scalars",
        ("rules/pool.py", "GlobalAvgPoolRule.counts", "add=product(x)", "add=product(x) - product(self.output(op, x))"),
        ("rules/norm.py", "_normalise", "(3 + affine) * elements + rows", "(3 + affine) * elements - rows"),
        (
            "rules/attention.py",
            "AttentionRule._of_pairs",
            "add=products + 2 * scores",
            "add=products + 2 * scores - scores // product(inputs[1][2:])",
        ),
        ("rules/experts.py", "ExpertsRule.counts", "+ 2 * chosen", "+ 2 * chosen - places"),
        ("execute/tally.py", "Tally.sum", '"add", x.size, share', '"add", x.size - result.size, share'),
        (
            "execute/intercept.py",
            "_charge",
            "(REDUCTIONS[ufunc],), operands[0].size",
            "(REDUCTIONS[ufunc],), operands[0].size - (ufunc is np.add) * result.size",
        ),
    ),
    row(
        "both read begin pad for end pad",
        "values",
        (
            "rules/windows.py",
            "windows_of",
            "zip(op.padding[:rank], op.padding[rank:]",
            "zip(op.padding[:rank], op.padding[:rank]",
        ),
        (
            "execute/windows.py",
            "Windows.__init__",
            "zip(padding[:rank], padding[rank:]",
            "zip(padding[:rank], padding[:rank]",
        ),
        ("execute/conv.py", "_crop", "op.padding[axis + rank]", "op.padding[axis]"),
    ),
    row(
        "both forget dilation",
        "values",
        ("rules/windows.py", "windows_of", "else op.dilation", "else (1,) * rank"),
        ("execute/windows.py", "Windows.__init__", "dilation = dilation or (1,) * rank", "dilation = (1,) * rank"),
        (
            "execute/conv.py",
            "transposed_conv",
            "zip(op.kernel, op.dilation, strict=True)",
            "zip(op.kernel, (1, 1), strict=True)",
        ),
    ),
    row(
        "both floor in ceil mode",
        "values",
        ("rules/windows.py", "windows_of", "and op.ceil", "and False"),
        ("execute/windows.py", "slide", "if ceil:", "if False:"),
    ),
    row(
        "both put the odd element of same padding before",
        "values",
        ("rules/windows.py", "_shared", "floor_div(amount, 2)", "ceil_div(amount, 2)"),
        ("execute/windows.py", "slide", "beyond // 2, beyond - beyond // 2", "beyond - beyond // 2, beyond // 2"),
    ),
    row(
        "both multiply the slope of a leaky ReLU without counting",
        "interception scalars",
        ("rules/activation.py", "", "LeakyRelu: Counts(mul=1, cmp=1)", "LeakyRelu: Counts(cmp=1)"),
        ("execute/activation.py", "leaky_relu", "tally.multiply(x, float(op.slope))", "x * float(op.slope)"),
    ),
    row(
        "both store a bias that was switched off",
        "values",
        ("rules/conv.py", "ConvRule.parameters", "op.out if op.bias else 0", "op.out"),
        ("execute/conv.py", "conv", "    if op.bias:", "    if not op.bias:\n        weights.bias(op.out)\n    else:"),
    ),
)
"""Mistakes that rules and executor have in common, so that the tally agrees with what is derived."""
