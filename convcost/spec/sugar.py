"""What a key of the spec language stands for: the layers it makes, each a chain of ops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from convcost.ops import Conv, Op, Shape
from convcost.spec.arguments import Arguments
from convcost.spec.nodes import Node
from convcost.spec.scope import Scope
from convcost.spec.vocabulary import FORMS, Form


class Layer(NamedTuple):
    """A chain of ops; ``suffix`` tells it from other layers of the same item."""

    suffix: str
    ops: list[Op]


def layers(
    key: str, arguments: Mapping[str, Node], scope: Scope, shape: Shape, to_op: Arguments, *, place: Node
) -> list[Layer]:
    """Return the layers that an item with this key makes of an input of this shape.

    A depthwise convolution has cin groups and multiplier · cin output channels; a pointwise one has a kernel of ones;
    a separable one is the two after each other. A norm and an activation follow, in this order, each of them.
    """
    form = FORMS[key]
    typed = to_op.read(form, arguments, scope, shape, place=place)
    if "norm" not in form.arguments:
        return [Layer("", [to_op.make(form.op, typed)])]
    followers = _followers(form, arguments, scope, to_op)
    if key == "pointwise":
        kernel = (1,) * (len(shape) - 2)
        return [Layer("", [to_op.make(Conv, {"kernel": kernel, **typed}), *followers])]
    if key == "depthwise":
        return [Layer("", [_depthwise(typed, shape, to_op), *followers])]
    if key == "separable":
        out = {"kernel": (1,) * (len(shape) - 2), "out": typed.pop("out")}
        if "bias" in typed:
            out["bias"] = typed["bias"]
        return [
            Layer("depthwise", [_depthwise(typed, shape, to_op), *followers]),
            Layer("pointwise", [to_op.make(Conv, out), *followers]),
        ]
    return [Layer("", [to_op.make(form.op, typed), *followers])]


def _depthwise(typed: dict[str, Any], shape: Shape, to_op: Arguments) -> Op:
    channels = shape[1]
    out = channels * typed.pop("multiplier", 1)
    return to_op.make(Conv, {**typed, "groups": channels, "out": out, "depthwise": True})


def _followers(form: Form, arguments: Mapping[str, Node], scope: Scope, to_op: Arguments) -> list[Op]:
    found = (to_op.follower(name, arguments.get(name), scope, form) for name in ("norm", "activation"))
    return [op for op in found if op is not None]
