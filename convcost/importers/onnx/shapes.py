"""Operators that speak of shapes, and constants: what they give is known before the network runs."""

from __future__ import annotations

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, counted
from convcost.importers.constant import Constant, exact_float, known
from convcost.importers.onnx.call import Answer, Call, Value, operator, stored_constant
from convcost.importers.onnx.folding import filled, folded
from convcost.importers.onnx.stored import BOOL, FLOATS, STRING, StoredTensor
from convcost.symbols import Dim, ceil, floor, is_symbolic, product

MAX_RANGE = 100_000


def shape_of(value: Value) -> tuple[Dim, ...]:
    """Return the extents of what a name stands for."""
    return value.shape


@operator("Shape")
def shape(call: Call) -> Constant:
    """Return the extents of a tensor, or some of them."""
    extents = shape_of(call.value(0))
    first, last = call.integer("start", 0), call.given("end")
    chosen = extents[slice(first, last if isinstance(last, int) else None)]
    return Constant((len(chosen),), chosen, whole=True)


@operator("Size")
def size(call: Call) -> Constant:
    """Return how many elements a tensor has."""
    return Constant((), (product(shape_of(call.value(0))),), whole=True)


@operator("Constant")
def constant(call: Call) -> Constant:
    """Return the value that stands in an attribute."""
    tensor = call.given("value")
    if isinstance(tensor, StoredTensor):
        return stored_constant(tensor)
    for name, whole in (("value_int", True), ("value_float", False)):
        value = call.given(name)
        if value is not None:
            return Constant((), (value if whole else exact_float(value),), whole=whole)
    for name, whole in (("value_ints", True), ("value_floats", False)):
        values = call.given(name)
        if values is not None:
            return Constant((len(values),), values if whole else tuple(map(exact_float, values)), whole=whole)
    raise call.wrong("a constant without a value of numbers")


@operator("ConstantOfShape")
def constant_of_shape(call: Call) -> Constant:
    """Return a tensor of one value; where its shape is stored it stands for stored weights."""
    extents = call.extents(0, "a shape")
    if any(not is_symbolic(extent) and extent < 0 for extent in extents):
        raise call.wrong(f"a shape of {list(extents)}")
    tensor = call.given("value")
    value: Dim = 0
    whole = False
    if isinstance(tensor, StoredTensor):
        stored = stored_constant(tensor)
        value, whole = stored.exact[0] if stored.exact else 0, stored.whole
    given = call.value(0)
    trained = isinstance(given, Constant) and bool(given.origin) and not whole
    return filled(extents, value, origin=call.node.outputs[0], whole=whole, trained=trained)


@operator("Range")
def numbers(call: Call) -> Constant:
    """Return numbers at even distances; how many there are must be a number."""
    values = [call.extents(place, "the bounds of a range") for place in range(3)]
    if any(len(value) != 1 for value in values):
        raise call.wrong("the bounds of a range are not single numbers")
    start, limit, step = (value[0] for value in values)
    if is_symbolic(start) or is_symbolic(limit) or is_symbolic(step):
        raise ModelError("E715", f"a range up to {limit} has another length for each value of it")
    if step == 0:
        raise call.wrong("a range without a step")
    count = max(0, -((start - limit) // step))
    if count > MAX_RANGE:
        raise ModelError("E719", f"a range of {count} numbers is beyond {MAX_RANGE}")
    whole = all(isinstance(value, Constant) and value.whole for value in call.inputs[:3])
    return Constant((int(count),), tuple(start + step * i for i in range(int(count))), whole=whole)


@operator("Cast", "CastLike")
def cast(call: Call) -> Answer:
    """Return elements in another type; a tensor of the network stays as it is."""
    value = call.value(0)
    if isinstance(value, Tensor):
        return value
    target = call.integer("to", 1)
    if target == STRING:
        raise call.wrong("texts are not read")
    real = target in FLOATS
    if call.node.operator == "CastLike":
        like = call.value(1)  # a tensor of the network is one of real numbers
        real = isinstance(like, Tensor) or not like.whole
    if target == BOOL and not value.small:
        return folded(value.shape, (value,), None, lambda values: values != 0, whole=True)
    if target != BOOL and (value.whole or real or not value.small):
        return _typed(value, whole=not real)
    exact = [_truncated(each) if target != BOOL else int(each != 0) for each in value.exact]
    return Constant(value.shape, exact, whole=True)


def _typed(value: Constant, *, whole: bool) -> Constant:
    if value.whole == whole:
        return value
    typed = value.moved(value.shape, lambda values: values)
    typed.whole = whole
    return typed


def _truncated(value: Dim) -> Dim:
    if isinstance(value, float):
        raise ModelError("E717", f"{value} is cast to an integer")
    return floor(value) if is_symbolic(value) or value >= 0 else ceil(value)


@operator("NonZero", "NonMaxSuppression", "Unique", "Compress")
def depends(call: Call) -> Answer:
    """Refuse what has as many elements as data wants; of constants, NonZero is worked out."""
    value = call.value(0)
    if call.node.operator == "NonZero" and isinstance(value, Constant) and value.small:
        import numpy as np

        places = np.stack(np.nonzero(np.asarray(value.objects() != 0, bool)))
        return Constant(places.shape, tuple(int(each) for each in places.reshape(-1)), whole=True)
    raise ModelError("E715", f"{call.node.operator} gives as many elements as the data has it")


@operator("EyeLike")
def eye_like(call: Call) -> Constant:
    """Return ones on a diagonal."""
    import numpy as np

    extents = known(shape_of(call.value(0)))
    if len(extents) != 2:
        raise call.wrong(f"a diagonal of {len(extents)} axes")
    values = np.eye(*extents, k=call.integer("k", 0))
    return Constant(extents, read=lambda: values)


@operator("OneHot")
def one_hot(call: Call) -> Constant:
    """Return ones at constant places."""
    import numpy as np

    places, depth = call.constant(0, "places"), known(call.extents(1, "a depth"))[0]
    low, high = call.extents(2, "values")
    axis = counted(call.integer("axis", -1), len(places.shape) + 1)
    eye = np.eye(depth, dtype=bool)
    wide = np.moveaxis(eye[np.array(known(places.exact)).reshape(places.shape) % depth], -1, axis)
    return Constant(wide.shape, tuple(high if one else low for one in wide.reshape(-1)), whole=True)
