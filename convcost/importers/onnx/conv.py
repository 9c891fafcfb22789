"""Convolutions."""

from __future__ import annotations

from fractions import Fraction

from convcost.errors import ModelError
from convcost.importers.builder import Tensor
from convcost.importers.constant import Constant, exact_float
from convcost.importers.onnx.call import MICROSOFT, Call, operator
from convcost.importers.onnx.windows import kernel_of, sized, windows
from convcost.ops import Conv, Gelu, HardSigmoid, LeakyRelu, Op, Relu, Sigmoid, Tanh, TransposedConv
from convcost.symbols import Dim, floor_div, is_symbolic, maximum


@operator("Conv")
def conv(call: Call) -> Tensor:
    """Return the convolution of input 1 with the weights (out, C / groups, *kernel)."""
    x = call.image()
    kernel = call.weights(1)
    if x.rank < 3 or len(kernel.shape) != x.rank:
        raise ModelError("E718", f"weights of {len(kernel.shape)} axes do not go with an input of {x.rank}")
    groups = call.integer("group", 1)
    fits(x.own[0], int(kernel.shape[1]) * groups)
    out = int(kernel.shape[0])
    if groups < 1 or out % groups:
        raise call.wrong(f"{groups} groups do not divide {out} output channels")
    window = windows(call, x.own[1:], kernel_of(call, kernel.shape[2:]))
    depthwise = groups > 1 and groups == x.own[0]
    bias = bias_of(call, 2, out)
    op = Conv(
        window.kernel,
        out=out,
        stride=window.stride,
        padding=window.padding,
        dilation=window.dilation,
        groups=groups,
        bias=bool(bias),
        depthwise=depthwise,
    )
    return call.add(op, x, weights=(kernel, *bias))


def fits(channels: Dim, wanted: int) -> None:
    """Check the channels of an input against those the weights are for (E718)."""
    if not is_symbolic(channels) and channels != wanted:
        raise ModelError("E718", f"the weights are for {wanted} input channels, and the input has {channels}")


def bias_of(call: Call, place: int, out: int) -> tuple[Constant, ...]:
    """Return the bias at a place among the inputs, if there is one."""
    if not call.has(place):
        return ()
    bias = call.weights(place, 1)
    if not bias.origin and bias.small and not any(bias.exact):
        return ()  # an exporter that writes zeros where there is no bias
    if bias.shape != (out,):
        raise ModelError("E718", f"the bias has {bias.shape[0]} elements, and there are {out} output channels")
    return (bias,)


@operator("ConvTranspose")
def transposed_conv(call: Call) -> Tensor:
    """Return the transposed convolution of input 1 with the weights (C, out / groups, *kernel)."""
    x = call.image()
    kernel = call.weights(1)
    if x.rank < 3 or len(kernel.shape) != x.rank:
        raise ModelError("E718", f"weights of {len(kernel.shape)} axes do not go with an input of {x.rank}")
    groups = call.integer("group", 1)
    fits(x.own[0], int(kernel.shape[0]))
    out = int(kernel.shape[1]) * groups
    window = windows(call, x.own[1:], kernel_of(call, kernel.shape[2:]))
    rank = len(window.kernel)
    extra = sized(call, "output_padding", rank, 0, least=0)
    padding, target = window.padding, call.integers("output_shape")
    if target is not None:
        padding, extra = _cut_to(call, x, target[-rank:], extra)
    elif call.word("auto_pad", "NOTSET") == "SAME_LOWER":
        raise call.wrong("auto_pad SAME_LOWER is not read for transposed convolutions")
    bias = bias_of(call, 2, out)
    op = TransposedConv(
        window.kernel,
        out=out,
        stride=window.stride,
        padding=padding,
        output_padding=extra,
        dilation=window.dilation,
        groups=groups,
        bias=bool(bias),
    )
    return call.add(op, x, weights=(kernel, *bias))


def _cut_to(
    call: Call, x: Tensor, target: tuple[int, ...], extra: tuple[int, ...]
) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
    """Return how much is cut off so that the output has given extents, and how much is added where it is too small."""
    kernel = kernel_of(call, call.weights(1).shape[2:])
    rank = len(kernel)
    stride, dilation = sized(call, "strides", rank, 1), sized(call, "dilations", rank, 1)
    upper = call.word("auto_pad", "NOTSET") == "SAME_UPPER"
    begins, ends, more = [], [], []
    for axis, extent in enumerate(x.own[1:]):
        whole = stride[axis] * (extent - 1) + extra[axis] + (kernel[axis] - 1) * dilation[axis] + 1
        total = maximum(whole - target[axis], 0)
        less = floor_div(total, 2)
        begins.append(less if upper else total - less)
        ends.append(total - less if upper else less)
        more.append(extra[axis] + maximum(target[axis] - whole, 0))
    return (*begins, *ends), tuple(more)


@operator("FusedConv", domain=MICROSOFT)
def fused_conv(call: Call) -> Tensor:
    """Return a convolution, with the tensor added to it that it may take, and its activation."""
    y = conv(call)
    if call.has(3):
        from convcost.ops import Add

        y = call.builder.add(Add(), y, *call.builder.aligned(call.tensor(3)), name=f"{call.node.place}/add")
    word = call.word("activation", "")
    if not word:
        return y
    return call.builder.add(activation_of(call, word), y, name=f"{call.node.place}/{word.lower()}")


def activation_of(call: Call, word: str) -> Op:
    """Return the activation that a fused operator names."""
    given: list[float] = call.given("activation_params") or []
    known: dict[str, Op] = {"Relu": Relu(), "Sigmoid": Sigmoid(), "Tanh": Tanh(), "Gelu": Gelu()}
    if word == "LeakyRelu":
        return LeakyRelu(Fraction(exact_float(given[0] if given else 0.01)))
    if word == "HardSigmoid" and len(given) > 1:
        return HardSigmoid(Fraction(exact_float(given[0])), Fraction(exact_float(given[1])))
    if word not in known:
        raise call.wrong(f"the activation {word!r} is not known")
    return known[word]
