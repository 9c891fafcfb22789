"""Mistakes in the rules of convolutions and of windows."""

from __future__ import annotations

from mutation.mistake import Mistake, mistake

CONV: tuple[Mistake, ...] = (
    mistake(
        "rules/conv.py",
        "ConvRule.output",
        ", *places)",
        ", *places[::-1])",
        "width before height",
    ),
    mistake(
        "rules/conv.py", "ConvRule.parameters", "_channels(op, x)", "x[1]", "weights that forget the division by groups"
    ),
    mistake(
        "rules/conv.py", "ConvRule.parameters", "op.out if op.bias", "x[1] if op.bias", "a bias for each input channel"
    ),
    mistake(
        "rules/conv.py", "ConvRule.parameters", "*op.kernel))", "*op.kernel[:1] * 2))", "a square kernel is assumed"
    ),
    mistake(
        "rules/conv.py",
        "ConvRule.parameters",
        "product((op.out,",
        "product((x[0], op.out,",
        "the batch multiplies the weights",
    ),
    mistake("rules/conv.py", "ConvRule.counts", "_channels(op, x)", "x[1]", "products that forget the groups"),
    mistake(
        "rules/conv.py", "ConvRule.counts", "*out, _channels", "*out[1:], _channels", "products that forget the batch"
    ),
    mistake(
        "rules/conv.py",
        "ConvRule.counts",
        "*out, _channels",
        "*x[:1], op.out, *x[2:], _channels",
        "the input map for the output map: right for stride 1 and same padding only",
    ),
    mistake(
        "rules/conv.py",
        "ConvRule.valid",
        "product((*taps, x[0], op.out, _channels(op, x)))",
        "product((*op.kernel, *out, _channels(op, x)))",
        "padding counts as real",
    ),
    mistake(
        "rules/conv.py", "ConvRule.valid", "if taps is None:", "if taps is not None:", "the test for padding turned"
    ),
    mistake("rules/conv.py", "ConvRule.valid", "*taps, x[0]", "*taps[:1] * 2, x[0]", "real rows for real columns"),
    mistake(
        "rules/conv.py", "_channels", "share(whole(x[1]", "share(whole(op.out", "output channels for input channels"
    ),
    mistake(
        "rules/conv.py",
        "_accumulate",
        "add=products + product(out) if op.bias else products",
        "add=products",
        "the additions of the bias are forgotten",
    ),
    mistake(
        "rules/conv.py", "_accumulate", "product(out) if", "product(out[1:]) if", "the bias of one sample of the batch"
    ),
    mistake("rules/conv.py", "_accumulate", "product(out) if", "op.out if", "a bias is added once a channel"),
    mistake(
        "rules/conv.py",
        "_accumulate",
        "add=products + product(out) if op.bias else products",
        "add=products if op.bias else products - product(out)",
        "the first product starts the accumulator",
    ),
)

TRANSPOSED: tuple[Mistake, ...] = (
    mistake(
        "rules/conv.py",
        "TransposedConvRule.counts",
        "*x[2:], _channels",
        "*out[2:], _channels",
        "every output element sees the whole kernel, as in a convolution",
    ),
    mistake(
        "rules/conv.py",
        "TransposedConvRule.valid",
        "- before - extent",
        "- extent",
        "what is cut off before is forgotten at the end",
    ),
    mistake(
        "rules/conv.py",
        "TransposedConvRule.valid",
        "(n - 1) * stride",
        "n * stride",
        "the last step reaches a stride beyond the last element",
    ),
    mistake("rules/conv.py", "_rim", "(n - 1) * stride", "n * stride", "off by one stride"),
    mistake("rules/conv.py", "_rim", "- before - after), before", "- 2 * before), before", "begin pad for end pad"),
    mistake("rules/conv.py", "_rim", "return n * stride,", "return n * dilation,", "dilation for stride"),
    mistake(
        "rules/conv.py",
        "_rim",
        "span(kernel, dilation) + extra",
        "span(kernel, dilation)",
        "the output padding is forgotten",
    ),
    mistake(
        "rules/conv.py", "_rim", "maximum(0, written - stride)", "maximum(0, written - dilation)", "dilation for stride"
    ),
)

WINDOWS: tuple[Mistake, ...] = (
    mistake(
        "rules/windows.py", "span", "dilation * (kernel - 1) + 1", "dilation * kernel", "off by one at the last tap"
    ),
    mistake("rules/windows.py", "span", "dilation * (kernel - 1) + 1", "kernel", "dilation is forgotten"),
    mistake(
        "rules/windows.py",
        "windows_of",
        "zip(op.padding[:rank], op.padding[rank:], strict=True)",
        "zip(op.padding[::2], op.padding[1::2], strict=True)",
        "padding read as begin, end of each axis in turn",
    ),
    mistake(
        "rules/windows.py",
        "windows_of",
        "map(Window, op.kernel, op.stride, dilations, pads)",
        "map(Window, op.kernel, dilations, op.stride, pads)",
        "stride for dilation",
    ),
    mistake("rules/windows.py", "windows_of", "and op.ceil", "and not op.ceil", "floor mode for ceil mode"),
    mistake(
        "rules/windows.py",
        "places",
        "ceil_div(n, stride)",
        "floor_div(n, stride)",
        "same padding drops the last, incomplete step",
    ),
    mistake(
        "rules/windows.py", "places", "settled(n + before + after", "settled(n + 2 * before", "begin pad for end pad"
    ),
    mistake("rules/windows.py", "places", "span(kernel, dilation)", "kernel", "dilation is forgotten in the shape"),
    mistake(
        "rules/windows.py",
        "places",
        "floor_div(free, stride)) + 1",
        "floor_div(free + stride - 1, stride)) + 1",
        "ceil for floor",
    ),
    mistake("rules/windows.py", "places", "floor_div(free, stride)) + 1", "floor_div(free, stride))", "off by one"),
    mistake(
        "rules/windows.py", "_shared", "before, settled(amount - before)", "before, before", "as much after as before"
    ),
    mistake(
        "rules/windows.py",
        "_shared",
        "step_over + reach - stride",
        "reach - 1",
        "the padding of stride 1: half the kernel whatever the stride",
    ),
    mistake(
        "rules/windows.py",
        "ceil_padding",
        "minimum(after + stride - 1, span(kernel, dilation) - 1)",
        "after + stride - 1",
        "a last window that begins beyond the input",
    ),
    mistake(
        "rules/windows.py",
        "ceil_padding",
        "after + stride - 1",
        "after + stride",
        "a window more, although nothing is left over",
    ),
    mistake(
        "rules/windows.py",
        "real_taps",
        "(windows - 1) * stride + span(kernel, dilation) - before - n",
        "after",
        "the last window is taken to end where the padding does",
    ),
    mistake(
        "rules/windows.py",
        "meetings",
        "before - tap * dilation",
        "before - tap",
        "taps an element apart under dilation",
    ),
    mistake(
        "rules/windows.py",
        "meetings",
        "beyond - (kernel - 1 - tap) * dilation",
        "beyond - tap * dilation",
        "the first tap for the last",
    ),
    mistake(
        "rules/windows.py",
        "meetings",
        "maximum(0, windows - misses)",
        "windows - misses",
        "a tap that misses more often than there are windows",
    ),
    mistake("rules/windows.py", "_misses", "ceil_div", "floor_div", "floor for ceil"),
)
