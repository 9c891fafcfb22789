"""Sums of products over named axes: one matrix product after the other."""

from __future__ import annotations

import math

from convcost.execute._executor import Layer, executor
from convcost.execute.arithmetic import Array
from convcost.execute.tally import Tally
from convcost.ops import Einsum


@executor(Einsum)
def einsum(layer: Layer[Einsum], *arrays: Array) -> Array:
    """Join the tensors in their order; each axis is gone as soon as nothing needs it."""
    inputs, arrow, output = layer.op.equation.replace(" ", "").partition("->")
    operands = inputs.split(",")
    if not arrow or [len(letters) for letters in operands] != [x.ndim - 1 for x in arrays]:
        raise ValueError("the equation is for other tensors")
    if any(len(set(letters)) < len(letters) for letters in (*operands, output)):
        raise ValueError("a letter stands twice")
    _agree(operands, arrays)
    made, x = operands[0], arrays[0]
    for place, (letters, y) in enumerate(zip(operands[1:], arrays[1:], strict=True), start=2):
        later = output + "".join(operands[place:])
        ours, x = _summed(x, made, letters + later, layer.tally)
        theirs, y = _summed(y, letters, made + later, layer.tally)  # noqa: PLW2901 - what is left of it
        made, x = _joined((ours, x), (theirs, y), later, layer.tally)
    made, x = _summed(x, made, output, layer.tally)
    return x.transpose(0, *(1 + made.index(letter) for letter in output))


def _agree(operands: list[str], arrays: tuple[Array, ...]) -> None:
    extents: dict[str, int] = {}
    for letters, x in zip(operands, arrays, strict=True):
        for letter, extent in zip("." + letters, x.shape, strict=True):  # the batch, too
            if extents.setdefault(letter, extent) != extent:
                raise ValueError(f"{letter} has two extents")


def _summed(x: Array, letters: str, needed: str, tally: Tally) -> tuple[str, Array]:
    """Sum over the letters that nothing needs."""
    axes = tuple(axis for axis, letter in enumerate(letters, 1) if letter not in needed)
    if not axes:
        return letters, x
    kept = "".join(letter for letter in letters if letter in needed)
    total = tally.sum(x, axes)
    return kept, total.reshape([extent for axis, extent in enumerate(total.shape) if axis not in axes])


def _joined(left: tuple[str, Array], right: tuple[str, Array], later: str, tally: Tally) -> tuple[str, Array]:
    """Multiply two tensors, and sum over the letters that end here."""
    (ours, x), (theirs, y) = left, right
    both = [letter for letter in ours if letter in theirs and letter in later]
    ending = [letter for letter in ours if letter in theirs and letter not in later]
    mine = [letter for letter in ours if letter not in theirs]
    other = [letter for letter in theirs if letter not in ours]
    x = x.transpose(0, *(1 + ours.index(letter) for letter in (*both, *mine, *ending)))
    y = y.transpose(0, *(1 + theirs.index(letter) for letter in (*both, *ending, *other)))
    shared = x.shape[: 1 + len(both)]
    rows, columns = x.shape[1 + len(both) : 1 + len(both) + len(mine)], y.shape[1 + len(both) + len(ending) :]
    terms = math.prod(x.shape[1 + len(both) + len(mine) :])
    x, y = x.reshape(*shared, math.prod(rows), terms), y.reshape(*shared, terms, math.prod(columns))
    z = tally.matmul(x, y) if ending else tally.multiply(x, y)
    return "".join((*both, *mine, *other)), z.reshape(*shared, *rows, *columns)
