"""Operators element by element, with broadcasting."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.graph.graph import Relation
from convcost.importers.builder import Tensor
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import Answer, Call, Value, operator
from convcost.importers.onnx.folding import chosen, compared, folded_binary, folded_unary
from convcost.ops import (
    Add,
    Affine,
    Compare,
    Div,
    Maximum,
    Minimum,
    Mul,
    Op,
    Power,
    Sub,
    Unary,
    Where,
)
from convcost.symbols import is_symbolic

JOINS: dict[str, Op] = {
    "Add": Add(),
    "Sum": Add(),
    "Sub": Sub(),
    "Mul": Mul(),
    "Div": Div(),
    "Pow": Power(),
    "Max": Maximum(),
    "Min": Minimum(),
}

FUNCTIONS = {
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Abs": "abs",
    "Neg": "neg",
    "Reciprocal": "reciprocal",
    "Erf": "erf",
    "Sin": "sin",
    "Cos": "cos",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "Sign": "sign",
    "Not": "not",
}

RELATIONS: dict[str, tuple[str, Relation]] = {
    "Equal": ("equal", "=="),
    "Less": ("less", "<"),
    "LessOrEqual": ("less_equal", "<="),
    "Greater": ("greater", ">"),
    "GreaterOrEqual": ("greater_equal", ">="),
}


@operator(*FUNCTIONS)
def unary(call: Call) -> Answer:
    """Return a function of each element."""
    value = call.value(0)
    if isinstance(value, Constant):
        return folded_unary(call.node.operator, value)
    return call.add(Unary(FUNCTIONS[call.node.operator]), value)


@operator("Add", "Sub", "Mul", "Div", "Pow")
def binary(call: Call) -> Answer:
    """Return an operator of two tensors; a constant of one element is a factor or a term."""
    name = call.node.operator
    left, right = call.value(0), call.value(1)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return folded_binary(name, left, right)
    if isinstance(left, Tensor) and isinstance(right, Constant) and right.small and right.scalar is not None:
        found = _with_number(call, name, left, right)
        if found is not None:
            return found
    if isinstance(right, Tensor) and isinstance(left, Constant) and left.small and name in {"Add", "Mul"}:
        found = _with_number(call, name, right, left) if left.scalar is not None else None
        if found is not None:
            return found
    return broadcast(call, JOINS[name], (left, right))


def _with_number(call: Call, name: str, x: Tensor, value: Constant) -> Tensor | None:
    """Return an operator of a tensor and a number; None where there is no op for the two."""
    number = value.scalar
    if number is None or isinstance(number, float) or is_symbolic(number) or len(value.shape) > x.rank:
        return None
    if name == "Add":
        return call.add(Affine(term=number), x)
    if name == "Sub":
        return call.add(Affine(term=-number), x)
    if name == "Mul":
        return call.add(Affine(factor=number), x)
    if name == "Div" and number != 0:
        from fractions import Fraction

        from convcost.symbols.arith import exact

        return call.add(Affine(factor=exact(1 / Fraction(number))), x)
    if name == "Pow" and number == 2:
        return call.add(Mul(), x, x)
    if name == "Pow" and number == 1:
        return x
    if name == "Pow" and 2 * number == 1:
        return call.add(Unary("sqrt"), x)
    return None


@operator("Sum", "Max", "Min")
def several(call: Call) -> Answer:
    """Return an operator of one tensor or more."""
    values = [call.value(place) for place in range(len(call.inputs))]
    if not values:
        raise call.wrong("it has no input")
    name = "Add" if call.node.operator == "Sum" else call.node.operator
    stored = [value for value in values if isinstance(value, Constant)]
    if len(stored) == len(values):
        result = stored[0]
        for value in stored[1:]:
            result = folded_binary(name, result, value)
        return result
    if len(values) == 1:
        return values[0]
    return broadcast(call, JOINS[name], values)


def broadcast(call: Call, op: Op, values: Sequence[Value]) -> Tensor:
    """Return an op of tensors and constants that are broadcast against each other."""
    builder = call.builder
    tensors = builder.aligned(*(value for value in values if isinstance(value, Tensor)))
    rank = max(len(value.shape) for value in values)
    if rank > tensors[0].rank:
        more = range(rank - tensors[0].rank)
        tensors = builder.aligned(*(builder.unsqueeze(tensor, more) for tensor in tensors))
    rest = iter(tensors)
    sides = [next(rest) if isinstance(v, Tensor) else call.beside(tensors[0], v) for v in values]
    return call.add(op, *sides, layout=tensors[0].layout)


@operator(*RELATIONS)
def relation(call: Call) -> Answer:
    """Return 1 where two tensors relate as asked."""
    word, sign = RELATIONS[call.node.operator]
    left, right = call.value(0), call.value(1)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return compared(left, right, lambda x, y: call.importer.truth(x, sign, y), word)
    return broadcast(call, Compare(word), (left, right))


@operator("And", "Or", "Xor")
def logical(call: Call) -> Answer:
    """Return truth values joined: and is the smaller of two, or the larger, exclusive or whether they differ."""
    name = call.node.operator
    left, right = call.value(0), call.value(1)
    if isinstance(left, Constant) and isinstance(right, Constant):
        rules = {"And": lambda x, y: x and y, "Or": lambda x, y: x or y, "Xor": lambda x, y: bool(x) != bool(y)}
        return compared(left, right, rules[name], f"logical_{name.lower()}")
    op: Op = {"And": Minimum(), "Or": Maximum(), "Xor": Compare("not_equal")}[name]
    return broadcast(call, op, (left, right))


@operator("Where")
def where(call: Call) -> Answer:
    """Return the second tensor where the first holds, and the third elsewhere."""
    values = [call.value(place) for place in range(3)]
    stored = [value for value in values if isinstance(value, Constant)]
    if len(stored) == 3:
        return chosen(*stored)
    return broadcast(call, Where(), values)


@operator("Mod")
def modulo(call: Call) -> Answer:
    """Return the remainder of constants."""
    return folded_binary("Mod", call.constant(0, "a number"), call.constant(1, "a divisor"))
