"""Fully connected layers and products of matrices."""

from __future__ import annotations

import math
from string import ascii_letters

from convcost.errors import ModelError
from convcost.importers.builder import Tensor, written
from convcost.importers.layout import Layout
from convcost.importers.torch_.aten._table import operator
from convcost.importers.torch_.aten.elementwise import add
from convcost.importers.torch_.site import Operand, Site, Stored, free
from convcost.ops import Einsum, Linear, MatMul


def connected(site: Site, tensor: Tensor, weight: Stored, bias: Operand | None, out: int) -> Tensor:
    """Return a fully connected layer along the last axis."""
    if tensor.layout.place is not None and tensor.axis(-1) != len(tensor.own):
        raise ModelError("E716", f"the last axis of {written(tensor.shape)} holds the batch")
    axis = None if len(tensor.own) == 1 else -1
    return site.add(Linear(out, bias=bias is not None, axis=axis), tensor, weights=(weight, bias))


@operator("linear")
def linear(site: Site, input: Operand, weight: Operand, bias: Operand | None = None) -> Tensor:  # noqa: A002
    """``linear``: weights (out, features)."""
    tensor = site.tensor(input)
    if isinstance(weight, Stored) and (bias is None or isinstance(bias, Stored)):
        return connected(site, tensor, weight, bias, weight.shape[0])
    if isinstance(weight, Stored):
        product: Operand = connected(site, tensor, weight, None, weight.shape[0])
    else:
        product = _matrices(site, tensor, weight, turned=True)
    return site.tensor(product) if bias is None else add(site, product, bias)


@operator("addmm", "baddbmm")
def addmm(
    site: Site,
    input: Operand | None = None,  # noqa: A002
    mat1: Operand | None = None,
    mat2: Operand | None = None,
    *,
    self: Operand | None = None,
    batch1: Operand | None = None,
    batch2: Operand | None = None,
    beta: float = 1,
    alpha: float = 1,
) -> Tensor:
    """``addmm``: a term, and a product of matrices."""
    left, right, term = mat1 or batch1, mat2 or batch2, self or input
    if left is None or right is None or term is None or beta != 1 or alpha != 1:
        raise ModelError("E743", "its factors beta and alpha are not 1")
    tensor = site.tensor(left)
    if isinstance(right, Stored) and isinstance(term, Stored) and len(right.shape) == 2 and len(term.shape) == 1:
        return connected(site, tensor, right, term, right.shape[1])
    return add(site, matmul(site, left, right), term)


@operator("matmul", "mm", "bmm")
def matmul(
    site: Site,
    self: Operand,
    other: Operand | None = None,
    mat2: Operand | None = None,
) -> Tensor:
    """``matmul``: with a matrix of the module, a fully connected layer without bias."""
    right = other if other is not None else mat2
    assert right is not None
    if isinstance(right, Stored) and len(right.shape) == 2 and right.trainable:
        return connected(site, site.tensor(self), right, None, right.shape[1])
    return _matrices(site, site.tensor(self), right)


def _matrices(site: Site, left: Tensor, other: Operand, *, turned: bool = False) -> Tensor:
    """Return a product of matrices of the last two axes."""
    right = site.tensor(other)
    if min(left.rank, right.rank) < 2:
        raise ModelError("E743", f"it multiplies {written(left.shape)} by {written(right.shape)}, one of them a vector")
    if left.layout.batch_axis == left.rank - 2 and free(right) and right.rank <= left.rank:
        return _rows(site, left, right, turned=turned)
    rank = max(left.rank, right.rank)
    tensors = [site.builder.unsqueeze(t, range(rank - t.rank)) if t.rank < rank else t for t in (left, right)]
    leader = next((t for t in tensors if not free(t)), tensors[0])
    place = leader.layout.batch_axis
    if place is not None and place >= rank - 2:
        raise ModelError("E716", f"it multiplies matrices of which the samples are an axis: {written(leader.shape)}")
    for t in tensors:
        if not free(t) and t.layout != leader.layout:
            raise ModelError("E716", f"the samples of {written(left.shape)} and {written(right.shape)} do not agree")
    level = [site.beside(leader, t) if free(t) and not free(leader) else t for t in tensors]
    return site.add(MatMul(transpose_right=turned), *level, layout=leader.layout)


def _rows(site: Site, left: Tensor, right: Tensor, *, turned: bool) -> Tensor:
    """Return a product in which the samples are rows of the first matrices: each multiplies its own ones."""
    leading = left.rank - 2
    place = left.layout
    rows = left.own[leading:-1]
    matrix = site.reshaped(left, (*left.own[:leading], math.prod(int(n) for n in rows), left.own[-1]), place)
    wide = site.builder.unsqueeze(right, range(left.rank - right.rank)) if right.rank < left.rank else right
    product = site.add(MatMul(transpose_right=turned), matrix, wide, layout=place)
    return site.reshaped(product, (*product.own[:leading], *rows, product.own[-1]), place)


@operator("einsum")
def einsum(site: Site, equation: str, tensors: tuple[Operand, ...], path: object = None) -> Tensor:
    """``einsum``: the letter of the batch is left out, those of axes that are folded into it are added."""
    del path
    text = equation.replace(" ", "")
    inputs, arrow, output = text.partition("->")
    terms = inputs.split(",")
    if not arrow or "." in text or len(terms) != len(tensors):
        raise ModelError("E743", f"the equation {equation!r} is not written out")
    operands = [site.tensor(each) for each in tensors]
    spare = (letter for letter in ascii_letters if letter not in text)
    inside: dict[str, tuple[str, Layout]] = {}
    own = []
    for term, tensor in zip(terms, operands, strict=True):
        letters = ""
        for letter, axes in zip(term, tensor.layout.axes(len(tensor.own)), strict=True):
            if 0 not in axes:
                letters += letter
                continue
            if letter not in inside:
                inside[letter] = ("".join(next(spare) for _ in axes[1:]), tensor.layout)
            letters += inside[letter][0]
        own.append(letters)
    if len(inside) > 1 or any(letter not in output for letter in inside):
        raise ModelError("E716", f"the equation {equation!r} mixes the samples of the batch")
    letters, layout = "", Layout(None)
    for letter in output:
        if letter in inside:
            layout = Layout(len(letters), 0, len(inside[letter][0]))
        letters += inside[letter][0] if letter in inside else letter
    return site.add(Einsum(f"{','.join(own)}->{letters}"), *operands, layout=layout)
