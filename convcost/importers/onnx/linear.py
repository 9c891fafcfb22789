"""Products of matrices: fully connected layers where one factor is stored, matmul where both are computed."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, written
from convcost.importers.constant import Constant
from convcost.importers.onnx.call import MICROSOFT, Answer, Call, operator
from convcost.importers.onnx.folding import folded_matmul
from convcost.ops import Add, Affine, Einsum, Linear, MatMul
from convcost.symbols import Dim, is_symbolic


@operator("Gemm")
def gemm(call: Call) -> Answer:
    """Return α · A B + β · C, a fully connected layer where B is stored."""
    alpha, beta = call.number("alpha", 1), call.number("beta", 1)
    left, right = call.value(0), call.value(1)
    if isinstance(left, Constant) or isinstance(right, Tensor):
        return _general_gemm(call)
    if call.integer("transA", 0):
        left = call.builder.transpose(left, (1, 0), name=f"{call.node.place}/transpose")
    weights = call.weights(1, 2)
    weights = (weights if call.integer("transB", 0) else weights.transposed((1, 0))).scaled(alpha)
    bias = call.value(2) if call.has(2) else None
    stored: tuple[Constant, ...] = ()
    if isinstance(bias, Constant) and bias.size == weights.shape[0] and bias.shape[-1:] in {(bias.size,), ()}:
        stored = (bias.reshaped((bias.size,)).scaled(beta),)
    y = linear(call, left, weights, stored)
    if bias is None or stored:
        return y
    return _plus(call, y, beta)


def _general_gemm(call: Call) -> Tensor:
    """Return a Gemm of tensors of which none, or the left one, is stored."""
    builder, place = call.builder, call.node.place
    sides = [call.tensor(0), call.tensor(1)]
    for at, name in enumerate(("transA", "transB")):
        if call.integer(name, 0):
            sides[at] = builder.transpose(sides[at], (1, 0), name=f"{place}/transpose")
    y = matmul_of(call, *sides)
    if call.number("alpha", 1) != 1:
        y = builder.add(Affine(factor=call.number("alpha", 1)), y, name=f"{place}/scale")
    return _plus(call, y, call.number("beta", 1)) if call.has(2) else y


def _plus(call: Call, y: Tensor, beta: Dim) -> Tensor:
    """Return y + β · C."""
    value = call.value(2)
    if isinstance(value, Constant):
        return call.builder.add(Add(), y, call.beside(y, value.scaled(beta)), name=f"{call.node.place}/add")
    if beta != 1:
        value = call.builder.add(Affine(factor=beta), value, name=f"{call.node.place}/scale")
    return call.builder.add(Add(), *call.builder.aligned(y, value), name=f"{call.node.place}/add")


def linear(call: Call, x: Tensor, weights: Constant, bias: Sequence[Constant] = (), axis: int = -1) -> Tensor:
    """Return a fully connected layer with weights (out, features) along a foreign axis."""
    out, features = weights.shape
    along = x.axis(axis)
    extent = x.own[along - 1]
    if not is_symbolic(extent) and extent != features:
        raise ModelError("E718", f"the weights take {features} features, and the input {written(x.shape)} has {extent}")
    place = None if len(x.own) == 1 else along - len(x.own) - 1 if axis < 0 else along
    return call.add(Linear(out, bias=bool(bias), axis=place), x, weights=(weights, *bias))


@operator("MatMul")
def matmul(call: Call) -> Answer:
    """Return a product of matrices."""
    left, right = call.value(0), call.value(1)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return folded_matmul(left, right)
    if isinstance(left, Tensor) and isinstance(right, Constant) and _is_matrix(right):
        weights = right.reshaped(right.shape[-2:]).transposed((1, 0))
        return linear(call, left, weights)
    if isinstance(left, Constant) and isinstance(right, Tensor) and _is_matrix(left) and right.rank >= 2:
        return linear(call, right, left.reshaped(left.shape[-2:]), axis=-2)
    return matmul_of(call, call.tensor(0), call.tensor(1))


def _is_matrix(value: Constant) -> bool:
    return len(value.shape) >= 2 and all(extent == 1 for extent in value.shape[:-2])


def matmul_of(call: Call, left: Tensor, right: Tensor, *, transpose: tuple[bool, bool] = (False, False)) -> Tensor:
    """Return the product of two tensors of the network, as matrices of their last two axes."""
    builder = call.builder
    vectors = (left.rank == 1, right.rank == 1)
    if vectors[0]:
        left = builder.unsqueeze(left, (0,))
    if vectors[1]:
        right = builder.unsqueeze(right, (1,))
    left, right = builder.aligned(left, right)
    place = left.layout.batch_axis
    if place is not None and place >= left.rank - 2:
        left, right = builder.without_batch(left), builder.without_batch(right)
    if len(left.own) < 2:
        raise ModelError("E716", f"it multiplies {written(left.shape)} and {written(right.shape)} across the batch")
    y = call.add(MatMul(transpose_left=transpose[0], transpose_right=transpose[1]), left, right)
    if vectors[0]:
        y = builder.squeeze(y, (-2,))
    return builder.squeeze(y, (-1,)) if vectors[1] else y


@operator("FusedMatMul", "TransposeMatMul", domain=MICROSOFT)
def fused_matmul(call: Call) -> Answer:
    """Return α · A B, each transposed where it says so."""
    if call.integer("transBatchA", 0) or call.integer("transBatchB", 0):
        raise call.wrong("a batch that is transposed is not read")
    alpha = call.number("alpha", 1)
    left, right = call.value(0), call.value(1)
    if isinstance(left, Tensor) and isinstance(right, Constant) and _is_matrix(right):
        weights = right.reshaped(right.shape[-2:])
        weights = (weights if call.integer("transB", 0) else weights.transposed((1, 0))).scaled(alpha)
        if not call.integer("transA", 0):
            return linear(call, left, weights)
    sides = (bool(call.integer("transA", 0)), bool(call.integer("transB", 0)))
    y = matmul_of(call, call.tensor(0), call.tensor(1), transpose=sides)
    if alpha == 1:
        return y
    return call.builder.add(Affine(factor=alpha), y, name=f"{call.node.place}/scale")


@operator("Einsum")
def einsum(call: Call) -> Tensor:
    """Return sums of products over named axes; the letter of the batch is left out."""
    tensors = [call.tensor(place) for place in range(len(call.inputs))]
    terms, output = _terms(call, tensors)
    batch = {
        term[tensor.layout.batch_axis]
        for term, tensor in zip(terms, tensors, strict=True)
        if tensor.layout.batch_axis is not None
    }
    if any(tensor.layout.folded for tensor in tensors):
        raise ModelError("E716", "it works on samples that are folded into another axis")
    if len(batch) > 1 and call.builder.batch == 1:
        tensors, batch = [call.builder.without_batch(tensor) for tensor in tensors], set()
    if len(batch) > 1 or any(
        letter in term and tensor.layout.batch_axis is None
        for letter in batch
        for term, tensor in zip(terms, tensors, strict=True)
    ):
        raise ModelError("E716", "its operands have their batches under several letters")
    (letter,) = batch or {""}
    if letter and letter not in output:
        raise ModelError("E716", f"it sums over {letter}, which is the batch")
    from convcost.importers.layout import Layout

    layout = Layout(output.index(letter)) if letter else Layout(None)
    left = ",".join(term.replace(letter, "") if letter else term for term in terms)
    equation = f"{left}->{output.replace(letter, '') if letter else output}"
    return call.add(Einsum(equation), *tensors, layout=layout)


def _terms(call: Call, tensors: Sequence[Tensor]) -> tuple[list[str], str]:
    """Return the letters of each operand and of the output, dots written out."""
    equation = call.word("equation", "").replace(" ", "")
    head, arrow, output = equation.partition("->")
    terms = head.split(",")
    if len(terms) != len(tensors):
        raise call.wrong(f"the equation {equation!r} is not one of {len(tensors)} operands")
    spare = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in equation]
    longest = ""
    for at, (term, tensor) in enumerate(zip(terms, tensors, strict=True)):
        dots = "".join(spare[: tensor.rank - len(term.replace("...", ""))]) if "..." in term else ""
        longest = max(longest, dots, key=len)
        terms[at] = term.replace("...", dots)
        letters = terms[at]
        if len(letters) != tensor.rank or len(set(letters)) != len(letters) or not letters.isalpha():
            raise call.wrong(f"the equation {equation!r} does not fit an operand of {tensor.rank} axes")
    if not arrow:
        joined = "".join(terms)
        output = longest + "".join(sorted(c for c in set(joined) if joined.count(c) == 1 and c not in longest))
    output = output.replace("...", longest)
    if any(letter not in "".join(terms) for letter in output):
        raise call.wrong(f"the equation {equation!r} puts out what no operand has")
    return terms, output
