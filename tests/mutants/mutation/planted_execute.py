"""Mistakes planted into the executor.

Those that change what is counted, stored or shaped have to be caught by verifying the examples; those that only change
values by an implementation that is not ours.
"""

from __future__ import annotations

from mutation.mistake import Edit, Mistake, mistake

CONV: tuple[Mistake, ...] = (
    mistake(
        "execute/conv.py",
        "conv",
        "(op.out, width, *op.kernel)",
        "(op.out, width * op.groups, *op.kernel)",
        "weights without groups",
    ),
    mistake("execute/conv.py", "conv", "dilation=op.dilation", "dilation=op.stride", "stride for dilation"),
    mistake(
        "execute/conv.py",
        "conv",
        "op.kernel, op.stride, padding",
        "op.kernel, op.stride[::-1], padding",
        "the width's stride for the height",
    ),
    mistake(
        "execute/conv.py", "conv", "padding=op.padding, ", "padding=(0,) * 2 * len(extents), ", "padding is ignored"
    ),
    mistake("execute/conv.py", "conv", "if op.bias:", "if not op.bias:", "the bias turned"),
    mistake(
        "execute/conv.py", "conv", "if width == 1:", "if width >= 1:", "every convolution is run as a depthwise one"
    ),
    mistake(
        "execute/conv.py",
        "_depthwise",
        "out=products, share=share",
        "out=products",
        "products on padding are taken for real",
    ),
    mistake(
        "execute/conv.py",
        "_depthwise",
        "tally.add(y, products, out=y, share=share)",
        "y += products",
        "sums bypass the tally",
    ),
    mistake(
        "execute/conv.py",
        "_pointwise",
        "share=windows.share()",
        "share=windows.share(tap)._replace(real=1, of=1)",
        "a padded pointwise convolution",
    ),
    mistake(
        "execute/conv.py",
        "_columns",
        "windows.share(rows=rows)",
        "windows.share()._replace(real=1, of=1)",
        "the padding of columns",
    ),
    mistake(
        "execute/conv.py",
        "_columns",
        "for sample in range(batch)",
        "for sample in range(1)",
        "the first sample of a batch",
    ),
    mistake(
        "execute/conv.py",
        "_columns",
        "for place, tap in enumerate(windows.taps)",
        "for place, tap in enumerate(windows.taps[:1])",
        "only the first tap is gathered",
    ),
    mistake(
        "execute/conv.py",
        "transposed_conv",
        "(channels, out, *op.kernel)",
        "(channels, op.out, *op.kernel)",
        "weights without groups",
    ),
    mistake(
        "execute/conv.py",
        "transposed_conv",
        "zip(extents, op.stride, strict=True)]",
        "zip(extents, op.dilation, strict=True)]",
        "dilation for stride",
    ),
    mistake(
        "execute/conv.py", "transposed_conv", "mask[kept] = True", "mask[...] = True", "what is cut off counts as real"
    ),
    mistake("execute/conv.py", "_crop", "length + more", "length", "the output padding is forgotten"),
    mistake(
        "execute/conv.py",
        "_crop",
        "op.padding[axis], op.padding[axis + rank]",
        "op.padding[axis], op.padding[axis]",
        "begin pad for end pad",
    ),
    mistake(
        "execute/conv.py",
        "_crop",
        "extents[axis] * op.stride[axis]",
        "extents[axis] * op.stride[0]",
        "the height's stride",
    ),
)

WINDOWS: tuple[Mistake, ...] = (
    mistake(
        "execute/windows.py",
        "slide",
        "range(0, kernel * dilation, dilation)",
        "range(0, kernel, 1)",
        "dilation is forgotten",
    ),
    mistake(
        "execute/windows.py", "slide", "beyond // 2, beyond - beyond // 2", "beyond, 0", "all of the padding before"
    ),
    mistake(
        "execute/windows.py",
        "slide",
        "starts = range(0, padded - taps[-1], stride)\n",
        "starts = range(0, padded - taps[-1] - 1, stride)\n",
        "a window that just fits is dropped",
    ),
    mistake(
        "execute/windows.py",
        "slide",
        "starts[-1] >= before + extent",
        "starts[-1] > before + extent",
        "a last window that sees padding only",
    ),
    mistake("execute/windows.py", "slide", "if ceil:", "if False:", "ceil mode is ignored"),
    mistake(
        "execute/windows.py",
        "slide",
        "padded = before + extent + after",
        "padded = 2 * before + extent",
        "begin pad for end pad",
    ),
    mistake(
        "execute/windows.py",
        "Windows.__init__",
        "zip(padding[:rank], padding[rank:], strict=True)",
        "zip(padding[::2], padding[1::2], strict=True)",
        "padding read axis by axis",
    ),
    mistake(
        "execute/windows.py",
        "Windows.__init__",
        "axis.before == axis.after == axis.overhang == 0",
        "axis.before == 0",
        "padding at the end alone goes unnoticed",
    ),
    mistake(
        "execute/windows.py",
        "Windows._inner",
        "slice(axis.before, axis.before + axis.extent)",
        "slice(axis.before, None)",
        "the end's padding is taken for the image",
    ),
    Mistake(
        "all rows of windows, where a large image is convolved some rows at a time",
        (
            Edit("execute/windows.py", "Windows.see", "axis.starts if seen else axis.starts[rows]", "axis.starts"),
            Edit("execute/conv.py", "", "COLUMN_BYTES = 16 << 20", "COLUMN_BYTES = 3000"),
        ),
    ),
    mistake(
        "execute/windows.py", "Windows.share", "if tap is None else [tap]", "", "the share of all taps for that of one"
    ),
)

LINEAR: tuple[Mistake, ...] = (
    mistake("execute/linear.py", "linear", "x.shape[0], -1)", "x.shape[0] * x.shape[1], -1)", "channels as samples"),
    mistake("execute/linear.py", "linear", "features = x.shape[-1]", "features = x.shape[1]", "channels for features"),
    mistake("execute/linear.py", "linear", "if op.bias:", "if True:", "a bias that was switched off"),
    mistake(
        "execute/linear.py",
        "linear",
        "y = tally.add(y, weights.bias(op.out), out=y)",
        "y += weights.bias(op.out)",
        "the bias bypasses the tally",
    ),
    mistake("execute/linear.py", "linear", "np.moveaxis(y, -1, op.axis)", "y", "the features stay last"),
    mistake(
        "execute/linear.py", "linear", "tally.matmul(x, kernel.T)", "tally.matmul(x[:1], kernel.T)", "the first sample"
    ),
)

POOL: tuple[Mistake, ...] = (
    mistake(
        "execute/pool.py",
        "maxpool",
        "for tap in windows.taps:",
        "for tap in windows.taps[1:]:",
        "the first tap starts the maximum",
    ),
    mistake("execute/pool.py", "maxpool", ", share=windows.share(tap)", "", "comparisons with padding"),
    mistake("execute/pool.py", "maxpool", "dilation=op.dilation, ", "", "dilation is forgotten"),
    mistake("execute/pool.py", "avgpool", "ceil=op.ceil", "ceil=False", "floor mode for ceil mode"),
    mistake("execute/pool.py", "_sum_windows", ", share=windows.share(tap)", "", "additions of padding"),
    mistake(
        "execute/pool.py",
        "lppool",
        "tally.power(tally.absolute(x), float(op.p))",
        "np.abs(x) ** float(op.p)",
        "powers bypass the tally",
    ),
    mistake(
        "execute/pool.py",
        "lppool",
        "tally.power(_sum_windows(raised, windows, tally), float(1 / op.p))",
        "_sum_windows(raised, windows, tally)",
        "no root",
    ),
    mistake("execute/pool.py", "global_avgpool", "range(2, x.ndim)", "range(2, 4)", "images only"),
    mistake(
        "execute/pool.py",
        "_bins",
        "j * out < (cell + 1) * extent",
        "(j + 1) * out <= (cell + 1) * extent",
        "windows that end at the last whole element",
    ),
    mistake("execute/pool.py", "upsample", "elif factor != 1:", "else:", "a pass for an axis that stays"),
    mistake(
        "execute/pool.py",
        "_interpolate",
        "((low, 1 - share), (np.minimum(low + 1, extent - 1), share))",
        "((low, 1 - share),)",
        "one neighbour",
    ),
    mistake("execute/pool.py", "pad", "before + extent + after)", "after + extent + after)", "end pad for begin pad"),
)

NORM: tuple[Mistake, ...] = (
    mistake(
        "execute/norm.py",
        "batch_norm",
        "weights.factor(channels) if op.scale else 1.0",
        "weights.factor(channels)",
        "a scale that was switched off",
    ),
    mistake(
        "execute/norm.py",
        "batch_norm",
        "channels = x.shape[1]",
        "channels = x.shape[-1]",
        "the last axis for the channels",
    ),
    mistake(
        "execute/norm.py",
        "batch_norm",
        "term = tally.subtract(shift, tally.multiply(mean, factor))",
        "term = shift - mean * factor",
        "folding bypasses the tally",
    ),
    mistake("execute/norm.py", "_normalise", "tally.add(variance, float(epsilon))", "variance", "no ε"),
    mistake(
        "execute/norm.py",
        "_normalise",
        "tally.divide(tally.sum(tally.multiply(distance, distance), axes), elements)",
        "tally.sum(tally.multiply(distance, distance), axes)",
        "a sum of squares for the variance",
    ),
    mistake(
        "execute/norm.py",
        "layer_norm",
        "extent if axis in axes else 1",
        "extent if axis == 1 else 1",
        "affine parameters of channels, whatever the axes",
    ),
    mistake("execute/norm.py", "group_norm", "tuple(range(2, groups.ndim))", "(2,)", "groups without their places"),
    mistake("execute/norm.py", "instance_norm", "tuple(range(2, x.ndim))", "(2,)", "rows for images"),
    mistake("execute/norm.py", "_affine", "tally.multiply(y, factor)", "y * factor", "the scale bypasses the tally"),
    mistake(
        "execute/norm.py",
        "local_response_norm",
        "(before, 0, op.size - 1 - before, 0)",
        "(before, 0, before, 0)",
        "an even size reaches as far to both sides",
    ),
    mistake(
        "execute/norm.py",
        "local_response_norm",
        ", share=windows.share(tap)",
        "",
        "channels that do not exist count as real",
    ),
    mistake(
        "execute/norm.py",
        "l2_norm",
        "tally.multiply(x, x), (1,)",
        "tally.multiply(x, x), (2,)",
        "a norm over the height",
    ),
)

ACTIVATION: tuple[Mistake, ...] = (
    mistake(
        "execute/activation.py",
        "relu6",
        "layer.tally.minimum(layer.tally.maximum(x, 0.0), 6.0)",
        "layer.tally.maximum(x, 0.0)",
        "ReLU for ReLU6",
    ),
    mistake("execute/activation.py", "prelu", "1 if op.shared else x.shape[1]", "x.shape[1]", "a shared slope"),
    mistake(
        "execute/activation.py",
        "leaky_relu",
        "tally.multiply(x, float(op.slope))",
        "x * float(op.slope)",
        "the slope bypasses the tally",
    ),
    mistake("execute/activation.py", "_sigmoid", "tally.subtract(0.0, x)", "-x", "the negation bypasses the tally"),
    mistake(
        "execute/activation.py",
        "hard_swish",
        "_hard_sigmoid(x, layer.tally)",
        "_sigmoid(x, layer.tally)",
        "swish for hard swish",
    ),
    mistake(
        "execute/activation.py",
        "gelu",
        "tally.erf(tally.multiply(x, 1 / math.sqrt(2)))",
        "tally.tanh(tally.multiply(x, 1 / math.sqrt(2)))",
        "the approximation by tanh",
    ),
    mistake(
        "execute/activation.py",
        "softmax",
        "tally.exp(tally.subtract(x, tally.max(x, op.axis)))",
        "tally.exp(x)",
        "without the maximum",
    ),
    mistake(
        "execute/activation.py",
        "maxout",
        "x.reshape(x.shape[0], -1, op.pieces, *x.shape[2:])",
        "x.reshape(x.shape[0], op.pieces, -1, *x.shape[2:])",
        "pieces outputs",
    ),
)

MERGE: tuple[Mistake, ...] = (
    mistake(
        "execute/merge.py",
        "add",
        "for x in others:\n        total",
        "for x in others[:1]:\n        total",
        "two tensors are assumed",
    ),
    mistake("execute/merge.py", "add", "layer.tally.add(total, x)", "total + x", "sums bypass the tally"),
    mistake(
        "execute/merge.py",
        "add",
        "total, *others = arrays",
        "total, others = np.zeros_like(arrays[0]), arrays",
        "the first is added to zero",
    ),
    mistake(
        "execute/merge.py",
        "mul",
        "product = layer.tally.multiply(product, x)",
        "product = layer.tally.add(product, x)",
        "a sum for a product",
    ),
    mistake(
        "execute/merge.py",
        "mul",
        "product, *others = arrays",
        "*others, product = arrays",
        "from the last to the first",
    ),
    mistake("execute/merge.py", "concat", "axis=layer.op.axis", "axis=1", "channels, whatever the axis"),
    mistake(
        "execute/merge.py", "concat", "np.concatenate(arrays,", "np.concatenate(arrays[:2],", "two tensors are assumed"
    ),
)

RESHAPE: tuple[Mistake, ...] = (
    mistake("execute/reshape.py", "flatten", "x.shape[0], -1", "x.shape[0] * x.shape[1], -1", "channels as samples"),
    mistake("execute/reshape.py", "reshape", "*layer.op.shape", "*layer.op.shape[::-1]", "extents from the back"),
    mistake(
        "execute/reshape.py",
        "transpose",
        "0, *layer.op.order",
        "0, *np.argsort(layer.op.order) + 1",
        "the inverse permutation",
    ),
    mistake(
        "execute/reshape.py", "split", "list(accumulate(layer.op.sizes))", "list(layer.op.sizes)", "sizes for ends"
    ),
    mistake(
        "execute/reshape.py",
        "split",
        "layer.op.axis)[layer.op.index]\n    if",
        "layer.op.axis)[0]\n    if",
        "the first part",
    ),
    mistake("execute/reshape.py", "channel_shuffle", ".reshape(x.shape)", "", "the shape between the two reshapes"),
)

MACHINERY: tuple[Mistake, ...] = (
    mistake(
        "execute/tally.py",
        "Tally.count",
        "self._valid[primitive] += real",
        "self._valid[primitive] += times",
        "valid is all",
    ),
    mistake("execute/tally.py", "Tally.subtract", '"add"', '"mul"', "the wrong primitive"),
    mistake("execute/tally.py", "Tally._each", "result.size", "len(result)", "the first extent for the elements"),
    mistake(
        "execute/tally.py", "Tally.sum", '"add", x.size', '"add", x.size - result.size', "k - 1 additions of k terms"
    ),
    mistake("execute/tally.py", "Tally.max", '"cmp", x.size', '"cmp", result.size', "outputs for inputs"),
    mistake("execute/tally.py", "Tally._products", "left.shape[-1]", "left.shape[-2]", "rows for terms"),
    mistake(
        "execute/tally.py",
        "Tally._products",
        'self.count("add", times, share)',
        'self.count("add", times)',
        "sums on padding",
    ),
    mistake(
        "execute/weights.py", "Weights._allocate", "values.size", "len(values)", "the first extent for the elements"
    ),
    mistake("execute/weights.py", "Weights.mean", '"running"', '"affine"', "statistics are trained"),
    mistake("execute/weights.py", "Weights.factor", '"affine"', '"weight"', "a scale for a weight"),
    mistake(
        "execute/_executor.py",
        "evidence",
        "sum(x.size for x in arrays)",
        "arrays[0].size if arrays else 0",
        "the first input",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "_sum(bare, 0.0, *input_shapes)",
        "_sum(bare, 1.0, *input_shapes)",
        "the border contributes to valid products",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "padding=(0,) * (2 * rank)",
        "padding=kept.padding",
        "the probe sees the kept part only",
    ),
    mistake(
        "execute/probe.py",
        "ones_probe",
        "case Conv():\n            bare = op.replaced(bias=False)",
        "case Conv():\n            bare = op",
        "the bias is summed too",
    ),
    mistake(
        "execute/runner.py",
        "_run",
        "evidence(arrays, output,",
        "evidence(arrays, arrays[0],",
        "the input's shape for the output's",
    ),
)

EXECUTOR: tuple[Mistake, ...] = (
    *CONV,
    *WINDOWS,
    *LINEAR,
    *POOL,
    *NORM,
    *ACTIVATION,
    *MERGE,
    *RESHAPE,
    *MACHINERY,
)

VALUES: tuple[Mistake, ...] = (
    mistake(
        "execute/conv.py",
        "conv",
        "weights.bias(op.out)",
        "weights.bias(op.out)[:1]",
        "a bias is allocated and one value used",
    ),
    mistake(
        "execute/conv.py",
        "_depthwise",
        "kernel[:, :, 0, place]",
        "kernel[:, :, 0, -1 - place]",
        "the kernel turned around",
    ),
    mistake(
        "execute/conv.py",
        "conv",
        "kernel.reshape(op.groups, -1, width, len(windows.taps))",
        "kernel.reshape(-1, op.groups, width, len(windows.taps)).swapaxes(0, 1)",
        "outputs dealt out to the groups in turn",
    ),
    mistake(
        "execute/conv.py",
        "transposed_conv",
        ".transpose(3, 0, 2, 1)",
        "[..., ::-1].transpose(3, 0, 2, 1)",
        "the kernel turned around, as in a convolution",
    ),
    mistake(
        "execute/windows.py",
        "slide",
        "beyond // 2, beyond - beyond // 2",
        "beyond - beyond // 2, beyond // 2",
        "the odd element before",
    ),
    mistake(
        "execute/linear.py",
        "linear",
        "x.reshape(x.shape[0], -1) if",
        "x.swapaxes(1, -1).reshape(x.shape[0], -1) if",
        "features in another order",
    ),
    mistake(
        "execute/pool.py",
        "maxpool",
        "windows.pad(x, -np.inf, tally)",
        "windows.pad(x, 0.0, tally)",
        "padding wins over negative elements",
    ),
    mistake("execute/pool.py", "avgpool", "padding=op.count_padding", "padding=True", "mean over the wrong n"),
    mistake("execute/pool.py", "global_avgpool", "float(x[0, 0].size)", "float(x[0].size)", "mean over the wrong n"),
    mistake("execute/pool.py", "lppool", "float(1 / op.p)", "0.5", "the root of p = 2"),
    mistake(
        "execute/pool.py",
        "_interpolate",
        "np.arange(extent * factor) + 1 - factor",
        "np.arange(extent * factor)",
        "corners aligned instead of centres",
    ),
    mistake("execute/pool.py", "pad", "float(op.value)", "0.0", "zeros, whatever the value"),
    mistake(
        "execute/norm.py",
        "batch_norm",
        "tally.multiply(mean, factor)",
        "tally.multiply(mean, scale)",
        "the mean is scaled before it is normalised",
    ),
    mistake(
        "execute/norm.py", "_normalise", "float(x.size // total.size)", "float(total.size)", "mean over the wrong n"
    ),
    mistake(
        "execute/norm.py",
        "group_norm",
        "x.reshape(x.shape[0], op.groups, -1, *x.shape[2:])",
        "x.reshape(x.shape[0], -1, op.groups, *x.shape[2:]).swapaxes(1, 2)",
        "every g-th channel for neighbours",
    ),
    mistake(
        "execute/norm.py",
        "local_response_norm",
        "float(op.alpha / op.size)",
        "float(op.alpha)",
        "the sum of squares for their mean",
    ),
    mistake(
        "execute/activation.py",
        "leaky_relu",
        "tally.maximum(x, tally",
        "tally.minimum(x, tally",
        "the smaller for the larger",
    ),
    mistake("execute/activation.py", "_hard_sigmoid", "1 / 6), 0.5", "1 / 5), 0.5", "Keras's slope"),
    mistake(
        "execute/activation.py",
        "softmax",
        "tally.sum(raised, (op.axis,))",
        "tally.sum(raised, tuple(range(1, x.ndim)))",
        "normalised over the whole sample",
    ),
    mistake(
        "execute/reshape.py",
        "channel_shuffle",
        "layer.op.groups, -1, *x.shape[2:]",
        "-1, layer.op.groups, *x.shape[2:]",
        "the inverse shuffle",
    ),
)
"""What no count can tell: the same operations on other elements, or with other numbers."""
