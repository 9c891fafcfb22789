"""Mistakes in what the executor does with windows."""

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
