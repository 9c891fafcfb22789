"""Sums of products over named axes."""

from __future__ import annotations

from typing import ClassVar

from convcost.ops._op import Op, arg


class Einsum(Op):
    """Sums of products over axes that letters name: "hqd,hkd->hqk" for each sample.

    The batch has no letter. In an operand, and in the output, a letter stands once; it has one extent wherever it
    stands. Tensors are joined one after the other: what is made so far, and the next one. First each is summed, from
    zero, over the letters that neither the other, nor a later one, nor the output has. Then, at each place of the
    letters that are needed later, a sum over the others that both have, from zero, of products; without any such, it is
    the product alone. What a single tensor has and the output has not is summed at the end.
    """

    name: ClassVar[str] = "einsum"
    inputs: ClassVar[int | None] = None

    equation: str = arg("text", 'letters of the axes of each input, and of the output: "ij,jk->ik"')
