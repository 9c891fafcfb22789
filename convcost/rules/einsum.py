"""Sums of products over named axes."""

# ruff: noqa: D102 - Rule says what the methods return, the docstring of a rule what is counted

from __future__ import annotations

from typing import NamedTuple

from convcost.counts import Counts
from convcost.errors import ShapeError
from convcost.ops import Einsum, Shape
from convcost.rules._rule import Rule, rule
from convcost.rules.agreement import agreed, differ
from convcost.rules.checks import grant, written, written_shape
from convcost.symbols import Dim, is_symbolic, product


class _Equation(NamedTuple):
    """The letters of each operand and of the output, and the extent of each letter."""

    operands: tuple[str, ...]
    output: str
    extents: dict[str, Dim]

    def size(self, letters: set[str]) -> Dim:
        return product(self.extents[letter] for letter in sorted(letters))


@rule(Einsum)
class EinsumRule(Rule[Einsum]):
    """Two tensors: a product for each combination of their letters, apart from those one of them is summed over before.

    Each product is added to an accumulator where both have a letter that ends there. Being summed over takes an
    addition for each element of a tensor. Further tensors are joined one after the other, in the same way.

    Examples
    --------
    >>> rule, heads = EinsumRule(), (1, 8, 49, 32)
    >>> rule.counts(Einsum("hqd,hkd->hqk"), heads, heads)
    Counts(mul=614656, add=614656)
    >>> rule.counts(Einsum("ij->j"), (1, 3, 5))
    Counts(add=15)
    """

    def output(self, op: Einsum, *inputs: Shape) -> Shape:
        equation = _read(op, inputs)
        return (agreed(op, inputs, 0), *(equation.extents[letter] for letter in equation.output))

    def counts(self, op: Einsum, *inputs: Shape) -> Counts:
        batch, *_ = self.output(op, *inputs)
        equation = _read(op, inputs)
        sums: Dim = 0
        products: Dim = 0
        accumulated: Dim = 0
        made, *others = map(set, equation.operands)
        for place, other in enumerate(others, 1):
            later = set(equation.output).union(*others[place:])
            for mine, theirs in ((made, other), (other, made)):
                if mine - theirs - later:
                    sums += equation.size(mine)
            met = (made & other) | ((made | other) & later)
            products += equation.size(met)
            if made & other - later:
                accumulated += equation.size(met)
            made = met & later
        if made - set(equation.output):
            sums += equation.size(made)
        return Counts(mul=batch * products, add=batch * (sums + accumulated))


def _read(op: Einsum, inputs: tuple[Shape, ...]) -> _Equation:
    """Return the equation with the extents of its letters; E652 where it is none for these inputs, E405."""
    left, arrow, output = op.equation.replace(" ", "").partition("->")
    operands = tuple(left.split(","))
    problem = ""
    if not arrow or not all(letters.isalpha() for letters in operands) or (output and not output.isalpha()):
        problem = "is not made of letters, commas and an arrow"
    elif any(len(set(letters)) < len(letters) for letters in (*operands, output)):
        problem = "has a letter twice in one tensor"
    elif set(output) - set("".join(operands)):
        problem = "has an output letter that no input has"
    elif len(operands) != len(inputs):
        problem = f"has {len(operands)} inputs and is given {len(inputs)}"
    elif any(len(letters) != len(x) - 1 for letters, x in zip(operands, inputs, strict=True)):
        problem = f"does not name the axes of {' and '.join(map(written_shape, inputs))}"
    if problem:
        raise ShapeError("E652", f"the equation {op.equation} {problem}", hint="the batch has no letter: 'ij,jk->ik'")
    extents: dict[str, Dim] = {}
    for letters, x in zip(operands, inputs, strict=True):
        for letter, extent in zip(letters, x[1:], strict=True):
            known = extents.setdefault(letter, extent)
            if differ(known, extent):
                raise ShapeError("E405", f"{letter} of {op.equation} is {written(known)} and {written(extent)}")
            grant(known, "==", extent)
            if is_symbolic(known):
                extents[letter] = extent
    return _Equation(operands, output, extents)
