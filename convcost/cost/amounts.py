"""What a convention can count of a layer: primitive operations, elements, rows, samples; and sizes for its factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from convcost.counts import PRIMITIVES
from convcost.errors import UnsupportedError
from convcost.ops import Conv, GlobalAvgPool, GroupNorm, InstanceNorm, LayerNorm, Linear, Op, Softmax, TransposedConv
from convcost.rules.checks import axis_of
from convcost.symbols import Dim, floor_div, product

if TYPE_CHECKING:
    from convcost.cost.propagate import Derived


class Amount(NamedTuple):
    """Something that is counted.

    Attributes
    ----------
    doc : str
        What it is, in words.
    of : callable
        Its value for a layer.
    has : callable
        Whether an op has it at all.
    """

    doc: str
    of: Callable[[Derived], Dim]
    has: Callable[[type[Op]], bool]


def _every(op: type[Op]) -> bool:
    return op.inputs != 0


def _biased(op: type[Op]) -> bool:
    return op in {Conv, TransposedConv, Linear}


def _normalising(op: type[Op]) -> bool:
    return op in {Softmax, LayerNorm, GroupNorm, InstanceNorm}


def _windowed(op: type[Op]) -> bool:
    return "kernel" in op.arguments() or op is GlobalAvgPool


def _strided(op: type[Op]) -> bool:
    return "stride" in op.arguments()


def _grouped(op: type[Op]) -> bool:
    return op in {Conv, TransposedConv, GroupNorm}


def _window(derived: Derived) -> Dim:
    return product(derived.inputs[0][2:] if isinstance(derived.op, GlobalAvgPool) else derived.op.kernel)  # type: ignore[attr-defined] # ``has``


def _biases(derived: Derived) -> Dim:
    return product(derived.output) if derived.op.bias else 0  # type: ignore[attr-defined] # ``has`` says that it has one


def _swept(derived: Derived) -> Dim:
    """Return the places of an ordinary convolution with the arguments of a transposed one."""
    op, (_, _, *extents) = derived.op, derived.inputs[0]
    assert isinstance(op, TransposedConv)
    if op.padding == "same":
        raise UnsupportedError("E756", "an ordinary convolution in the place of a transposed one with 'same' padding")
    rank = len(extents)
    axes = zip(extents, op.kernel, op.stride, op.dilation, op.padding[:rank], op.padding[rank:], strict=True)
    return product(floor_div(n + lo + hi - d * (k - 1) - 1, s) + 1 for n, k, s, d, lo, hi in axes)


def _rows(derived: Derived) -> Dim:
    op, (x, *_) = derived.op, derived.inputs
    match op:
        case GroupNorm():
            return product((x[0], op.groups))
        case InstanceNorm():
            return product(x[:2])
        case Softmax():
            axes = {axis_of(op, x, op.axis)}
        case _:
            axes = {axis_of(op, x, axis) for axis in op.axes}  # type: ignore[attr-defined] # that of layer norm
    return product(extent for axis, extent in enumerate(x) if axis not in axes)


AMOUNTS: Mapping[str, Amount] = {
    "input": Amount("elements of all inputs", lambda d: d.input_elements, _every),
    "output": Amount("elements of the output", lambda d: product(d.output), _every),
    "biases": Amount("elements of the output that a bias is added to", _biases, _biased),
    "rows": Amount("rows that a softmax or a normalisation runs over", _rows, _normalising),
    "parameters": Amount(
        "trainable parameters, once for each sample", lambda d: d.inputs[0][0] * d.parameters.trainable, _every
    ),
    "samples": Amount("samples of a batch", lambda d: d.inputs[0][0], _every),
    "layer": Amount("one, whatever the batch", lambda _: 1, _every),
}
"""Besides the primitive operations of ``PRIMITIVES``: these depend on shapes only, and not on what is padding."""

SIZES: Mapping[str, Amount] = {
    "window": Amount("elements of the kernel or window; of all places for a global pool", _window, _windowed),
    "stride": Amount("product of the strides", lambda d: product(d.op.stride), _strided),  # type: ignore[attr-defined]
    "groups": Amount("groups of channels", lambda d: d.op.groups, _grouped),  # type: ignore[attr-defined]
    "channels_in": Amount("channels, or features, of the first input", lambda d: d.inputs[0][1], _every),
    "channels_out": Amount("channels, or features, of the output", lambda d: d.output[1], _every),
    "samples": Amount("samples of a batch", lambda d: d.inputs[0][0], _every),
    "swept": Amount(
        "places of an ordinary convolution with the same arguments", _swept, lambda op: op is TransposedConv
    ),
    "inputs": Amount("number of inputs", lambda d: len(d.inputs), _every),
    "weight": Amount("weights", lambda d: d.parameters.weight, _every),
    "bias": Amount("biases", lambda d: d.parameters.bias, _every),
    "affine": Amount("learned scales, shifts and slopes", lambda d: d.parameters.affine, _every),
}
"""What a factor can be calculated from; the parameters are those that the layer stores."""


def amounts_of(op: type[Op]) -> tuple[str, ...]:
    """Return the names of what can be counted of an op.

    >>> amounts_of(Softmax)[-6:]
    ('input', 'output', 'rows', 'parameters', 'samples', 'layer')
    """
    return (*PRIMITIVES, *(name for name, amount in AMOUNTS.items() if amount.has(op)))


def sizes_of(op: type[Op]) -> tuple[str, ...]:
    """Return the names of the sizes that a factor for an op can be calculated from.

    >>> sizes_of(Softmax)
    ('channels_in', 'channels_out', 'samples', 'inputs', 'weight', 'bias', 'affine', 'axis')
    """
    return (*(name for name, size in SIZES.items() if size.has(op)), *_numbered(op), *_chosen(op))


def words_of(op: type[Op]) -> tuple[str, ...]:
    """Return the words that the arguments of an op may be, which a factor can compare them with.

    >>> from convcost.ops import Upsample
    >>> sizes_of(Upsample)[-1], words_of(Upsample)
    ('mode', ('nearest', 'linear'))
    """
    arguments = op.arguments()
    return tuple(word for name in _chosen(op) for word in arguments[name].choices)


def _numbered(op: type[Op]) -> tuple[str, ...]:
    """Return the arguments that are plain integers and never absent."""
    given = op.arguments().items()
    return tuple(name for name, argument in given if argument.type == "int" and argument.default is not None)


def _chosen(op: type[Op]) -> tuple[str, ...]:
    return tuple(name for name, argument in op.arguments().items() if argument.choices)


def size(name: str, derived: Derived) -> Dim | str:
    """Return a size of a layer, or an argument of its op: a number or a word."""
    if name in SIZES:
        return SIZES[name].of(derived)
    argument: Dim | str = getattr(derived.op, name)
    return argument


def amount(name: str, derived: Derived, *, padding: bool) -> Dim:
    """Return an amount of a layer; of primitive operations with or without those on padding."""
    if name in AMOUNTS:
        return AMOUNTS[name].of(derived)
    return (derived.counts if padding else derived.valid)[name]
