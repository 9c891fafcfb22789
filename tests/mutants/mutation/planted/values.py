"""Mistakes in the executor that change values only."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

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
        "execute/norm.py",
        "scale",
        "tally.multiply(x, along_channels(weights.factor(x.shape[1]), x.ndim))",
        "tally.multiply(x, along_channels(weights.factor(x.shape[1])[:1], x.ndim))",
        "factors are allocated and one used",
    ),
    mistake("execute/region.py", "places", "& (at <= last)", "", "what lies behind the map is clamped, not 0"),
    mistake("execute/region.py", "places", "(begin + end) / 2 * last", "begin * last", "one place at the beginning"),
    mistake(
        "execute/region.py", "places", "begin * last, end * last", "begin * extent, end * extent", "corners by edges"
    ),
    mistake("execute/region.py", "places", "np.minimum(before + 1, last)", "before", "the nearest element twice"),
    mistake(
        "execute/region.py",
        "crop",
        "for image in x for box in boxes(op.count, len(sizes))",
        "for box in boxes(op.count, len(sizes)) for image in x",
        "the first region of each image first",
    ),
    mistake("execute/region.py", "places", "np.floor(at)", "np.round(at)", "a neighbour that may lie behind"),
    mistake(
        "execute/attention.py", "attention", "math.sqrt(q.shape[2])", "math.sqrt(query.shape[1])", "√D for a head's"
    ),
    mistake(
        "execute/attention.py",
        "attention",
        "op.heads, -1, x.shape[-1])",
        "-1, op.heads, x.shape[-1]).swapaxes(1, 2)",
        "channels dealt out to the heads in turn",
    ),
    mistake(
        "execute/attention.py",
        "_masked",
        "> np.arange(places)[:, None]",
        "< np.arange(places)[:, None]",
        "the future for the past",
    ),
    mistake(
        "execute/experts.py",
        "_choose",
        ".astype(float).argmax(-1)",
        ".astype(float).argsort(-1)[..., -2]",
        "the second best expert",
    ),
    mistake(
        "execute/experts.py", "experts", "shares[rows, ranks]", "shares[rows, -1 - ranks]", "weights in another order"
    ),
    mistake("execute/experts.py", "experts", "first[expert].T", "first[0].T", "the first layer of one expert for all"),
    mistake(
        "execute/experts.py", "_choose", "left[rows, chosen[-1]] = -np.inf", "rows", "the best expert, again and again"
    ),
    mistake(
        "execute/activation.py",
        "leaky_relu",
        "tally.maximum(x, tally",
        "tally.minimum(x, tally",
        "the smaller for the larger",
    ),
    mistake("execute/activation.py", "hard_swish", "1 / 6, 0.5", "1 / 5, 0.5", "Keras's slope"),
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
