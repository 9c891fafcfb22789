"""From nodes to items: a convolution with its norm and its activation is one, under the defaults that save most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from convcost.emission.script import Item, Value, default_of
from convcost.graph import Graph
from convcost.ops import CONVOLUTIONS, Argument, Conv, Input, Linear, LocalResponseNorm, Op
from convcost.records import Record
from convcost.spec.vocabulary import ACTIVATION_OPS, FORMS, NONE, NORM_OPS, written_arguments
from convcost.symbols import Dim, is_symbolic

FOLLOWED = ("norm", "activation")
ORDER = ("kernel", "stride", "padding", "dilation", "multiplier", "groups", "out", "bias", "norm", "activation")
NORM_TYPES = tuple(dict.fromkeys(NORM_OPS.values()))
ACTIVATION_TYPES = tuple(ACTIVATION_OPS.values())


class Unit(Record):
    """An op with what is written as arguments of it; ``index`` is the node whose output is its output."""

    key: str
    op: Op
    norm: Op | None
    activation: Op | None
    inputs: tuple[int, ...]
    index: int
    point: Conv | None = None  # the pointwise half of a separable convolution
    alone: bool = False  # its stored values are shared


def leaves(graph: Graph) -> tuple[list[Item], dict[str, Value]]:
    """Return the items of a graph in their order, and the defaults that leave least to be written."""
    units = list(_separable(list(_units(graph)), graph.output))
    defaults = _defaults(units)
    written: dict[tuple[object, ...], dict[str, Value]] = {}  # layers that are alike share their ops
    for u in units:
        if _ops(u) not in written:
            written[_ops(u)] = _arguments(u, defaults)
    items = [Item(u.key, written[_ops(u)], u.inputs, u.index) for u in units]
    for item in items:
        item.share = graph.nodes[item.index].shares
    return items, defaults


def _ops(unit: Unit) -> tuple[object, ...]:
    return unit.key, *map(id, (unit.op, unit.norm, unit.activation, unit.point))


def _users(graph: Graph) -> dict[int, list[int]]:
    users: dict[int, list[int]] = {}
    for index, node in enumerate(graph.nodes):
        for tensor in node.inputs:
            users.setdefault(tensor, []).append(index)
    return users


def _units(graph: Graph) -> Iterator[Unit]:
    nodes, users = graph.nodes, _users(graph)
    taken: set[int] = set()
    stored = {node.shares for node in nodes} | {at for at, node in enumerate(nodes) if node.shares is not None}
    found: list[Unit] = []
    for index, node in enumerate(nodes):
        if isinstance(node.op, Input) or index in taken:
            continue
        at, followers = index, dict[str, Op]()
        if isinstance(node.op, (*CONVOLUTIONS, Linear)) and index not in stored:
            for name, types in zip(FOLLOWED, (NORM_TYPES, ACTIVATION_TYPES), strict=True):
                after = users.get(at, ())
                if len(after) != 1 or at == graph.output or after[0] in stored:
                    break
                if isinstance(nodes[after[0]].op, types) and len(nodes[after[0]].inputs) == 1:
                    at = after[0]
                    followers[name] = nodes[at].op
                    taken.add(at)
        norm, activation = (followers.get(name) for name in FOLLOWED)
        found.append(Unit(_key(node.op), node.op, norm, activation, node.inputs, at, alone=index in stored))
    yield from sorted(found, key=lambda unit: unit.index)


def _key(op: Op) -> str:
    if not isinstance(op, Conv):
        return op.name
    if op.depthwise:
        return "depthwise"
    ones = (1,) * len(op.kernel)
    return "pointwise" if op.kernel == op.dilation == ones and op.padding == (0, 0) * len(ones) else "conv"


def _separable(units: list[Unit], output: int) -> Iterator[Unit]:
    """Join depthwise convolutions with the pointwise ones behind them, where norm and activation are the same."""
    users = Counter(tensor for unit in units for tensor in unit.inputs)
    halves = {
        u.index: u for u in units if u.key == "depthwise" and not u.alone and users[u.index] == 1 and u.index != output
    }
    joined = {
        unit.index: halves[unit.inputs[0]]
        for unit in units
        if unit.key == "pointwise"
        and not unit.alone
        and unit.inputs[0] in halves
        and _alike(halves[unit.inputs[0]], unit)
    }
    dropped = {half.index for half in joined.values()}
    for unit in units:
        if unit.index in joined:
            half = joined[unit.index]
            assert isinstance(unit.op, Conv)
            yield Unit("separable", half.op, unit.norm, unit.activation, half.inputs, unit.index, unit.op)
        elif unit.index not in dropped:
            yield unit


def _alike(depth: Unit, point: Unit) -> bool:
    assert isinstance(depth.op, Conv)
    assert isinstance(point.op, Conv)
    plain = all(stride == 1 for stride in point.op.stride) and point.op.groups == 1
    return plain and (depth.norm, depth.activation, depth.op.bias) == (point.norm, point.activation, point.op.bias)


# arguments


def _defaults(units: list[Unit]) -> dict[str, Value]:
    """Return for each argument with a default what stands in most items."""
    words: dict[str, Counter[Value]] = {name: Counter() for name in ("padding", "bias", *FOLLOWED)}
    for unit in units:
        form = FORMS[unit.key]
        for name in form.defaults:
            if name == "padding":
                words[name].update(_paddings(unit.op))
            elif name == "bias":
                words[name][getattr(unit.op, name)] += 1
            else:
                words[name][followed(getattr(unit, name))] += 1
    result: dict[str, Value] = {}
    if words["padding"]["half"] >= max([2, *words["padding"].values()]):
        words["padding"]["half"] += 1  # of words that say the same, the one that any kernel can have
    for name, language in (("padding", 0), ("bias", False), ("norm", NONE), ("activation", NONE)):
        word, number = max(words[name].items(), key=lambda each: each[1], default=(language, 0))
        if word != language and number > max(1, words[name][language]):
            result[name] = word
    return result


def followed(op: Op | None) -> Value:
    """Return a norm or activation as a word where it has no arguments."""
    if op is None:
        return NONE
    return word_of(op) if not _written(op) else op


def word_of(op: Op) -> str:
    """Return the word that stands for a norm or activation."""
    return op.name if isinstance(op, LocalResponseNorm) else op.name.removesuffix("_norm")


def _paddings(op: Op) -> list[Value]:
    """Return what can be written for a padding, without amounts that are no word and not one number."""
    padding, kernel = getattr(op, "padding", None), getattr(op, "kernel", ())
    if isinstance(padding, str):
        return [padding]
    if padding is None or not kernel:
        return []
    uniform = [padding[0]] if len(set(padding)) == 1 else []
    dilation = getattr(op, "dilation", (1,) * len(kernel))
    if any(is_symbolic(d) for d in (*kernel, *dilation, *padding)):
        return uniform
    half = tuple(Fraction(d * (k - 1), 2) for k, d in zip(kernel, dilation, strict=True)) * 2
    return [*uniform, "half"] if half == padding else uniform


def _arguments(unit: Unit, defaults: Mapping[str, Value]) -> dict[str, Value]:
    form = FORMS[unit.key]
    values = _written(unit.op, everything=True)
    if unit.key in {"depthwise", "separable"}:
        values["multiplier"] = _over(values.pop("out"), values.pop("groups"))
    if unit.point is not None:
        values["out"] = unit.point.out
    if "padding" in values:
        values["padding"] = _padding(unit, defaults.get("padding", 0) if "padding" in form.defaults else 0)
    if "norm" in form.arguments:
        values |= {name: followed(getattr(unit, name)) for name in FOLLOWED}
    result = {}
    for name in sorted(form.arguments, key=place):
        value = values.get(name)
        if name in values and value != _simple(form.arguments[name], default_of(unit.key, name, defaults)):
            result[name] = value
    return result


def place(name: str) -> int:
    """Return where an argument stands: a window comes first, and what follows a convolution behind its channels."""
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _padding(unit: Unit, default: Value) -> Value:
    """Return the default where it says the same, the number or word where there is one, the amounts elsewhere."""
    words = _paddings(unit.op)
    if default in words:
        return default
    if "half" in words and words[0] != 0:
        return "half"
    if words == [0] and default != 0:
        return "valid"
    return words[0] if words else unit.op.padding  # type: ignore[attr-defined] # it has a padding


def _over(out: Dim, groups: Dim) -> Dim:
    if is_symbolic(out) or is_symbolic(groups):
        return out / groups
    ratio = Fraction(out, groups)
    return ratio.numerator if ratio.denominator == 1 else ratio


def _written(op: Op, *, everything: bool = False) -> dict[str, Value]:
    """Return the arguments of an op: those that are not what they are by default, or all of them."""
    result: dict[str, Any] = {}
    for name, argument in written_arguments(type(op)).items():
        value = _simple(argument, getattr(op, name))
        if everything or value != _simple(argument, argument.default):
            result[name] = value
    return {name: value for name, value in result.items() if value is not None}


def _simple(argument: Argument, value: Value) -> Value:
    """Return a size as one number where all agree."""
    if argument.type in {"size", "padding"} and isinstance(value, tuple) and value and len(set(value)) == 1:
        return value[0]
    return value
