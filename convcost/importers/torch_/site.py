"""Where an operator is called: its operands as tensors of a graph, and the graph to put ops into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

from convcost.errors import ModelError
from convcost.importers.builder import Builder, Tensor, written
from convcost.importers.layout import Layout, layout_of
from convcost.importers.torch_.program import Call, Leaf
from convcost.ops import Op, Parameter, Reshape, Shape, Transpose
from convcost.records import Record


class Stored(Record):
    """A tensor that the module holds, the same for every sample; no node of a graph until one is needed.

    Attributes
    ----------
    leaf : Leaf
        The tensor.
    shape : tuple of int
        As it is looked at here.
    turned : bool
        Whether its two axes are exchanged.
    """

    leaf: Leaf
    shape: tuple[int, ...]
    turned: bool = False

    @property
    def trainable(self) -> bool:
        """Whether it is a parameter, and not a buffer."""
        return self.leaf.kind == "stored"

    @property
    def number(self) -> int | float | None:
        """The number it holds, where it is a constant of one element."""
        values = self.leaf.values
        return values[0] if values is not None and len(values) == 1 and not self.trainable else None


Operand: TypeAlias = Tensor | Stored


class Source(Record):
    """A stored tensor by its name: layers that store the same ones share them.

    Attributes
    ----------
    size : int
        Its elements, and one more: a file may have one number in many places, a module has each of its own.
    trained : bool
        Of what the layers of a module store, nothing is a constant.
    """

    origin: str
    size: int = 2
    trained: bool = True


class Site:
    """One call of an operator, with what its handler needs."""

    def __init__(self, call: Call, builder: Builder, held: dict[str, Tensor]) -> None:
        self.call = call
        self.builder = builder
        self._held = held
        inside = call.place if call.leaf and call.place else f"{call.place}.{call.operator}".lstrip(".")
        self.name = inside

    @property
    def shape(self) -> tuple[Any, ...]:
        """Extents of the output in PyTorch; of several outputs, a tuple of theirs."""
        return self.call.shape

    @property
    def batch(self) -> int:
        """Samples in PyTorch's tensors."""
        return self.builder.batch

    def add(
        self,
        op: Op,
        *tensors: Tensor,
        layout: Layout | None = None,
        part: str = "",
        weights: Iterable[Operand | None] = (),
    ) -> Tensor:
        """Put an op into the graph; ``part`` names one of several that a call becomes."""
        name = f"{self.name}.{part}" if part else self.name
        stored = tuple(_source(each.leaf) for each in weights if isinstance(each, Stored))
        return self.builder.add(op, *tensors, name=name, layout=layout, weights=stored)

    def tensor(self, operand: Operand, own: Shape | None = None) -> Tensor:
        """Return an operand as a tensor of the graph; what the module holds becomes one node, however often it is used.

        ``own`` is the shape that is wanted of a held tensor; it is the shape of its node, if it has none yet.
        """
        if isinstance(operand, Tensor):
            return operand
        leaf = operand.leaf
        held = self._held.get(leaf.source)
        if held is None:
            natural = operand.shape[::-1] if operand.turned else operand.shape
            first = natural if own is None or operand.turned else own
            op = Parameter(first, trainable=operand.trainable)
            held = self.builder.add(op, name=leaf.source, layout=Layout(None), weights=(_source(leaf),))
            self._held[leaf.source] = held
        if operand.turned:
            turned = self.reshaped(held, operand.shape[::-1], Layout(None))
            return self.add(Transpose((2, 1)), turned, layout=Layout(None), part="transpose")
        return self.reshaped(held, operand.shape if own is None else own, Layout(None))

    def reshaped(self, tensor: Tensor, own: Shape, layout: Layout) -> Tensor:
        """Return the same elements with other extents of its own, under a layout; no node where they are the same."""
        if own == tensor.own:
            return Tensor(tensor.index, own, layout, self.batch)
        return self.add(Reshape(own), tensor, layout=layout, part="reshape")

    def level(self, *operands: Operand) -> list[Tensor]:
        """Return operands that are broadcast against each other, with the same rank and in one layout.

        Raises
        ------
        ModelError
            E716 where their batches are not in one place.
        """
        rank = max(len(each.shape) for each in operands)
        known = [self._raised(each, rank) for each in operands if isinstance(each, Tensor) and not free(each)]
        if not known:
            tensors = [self.tensor(each) for each in operands]
            return [self._raised(each, rank) for each in tensors]
        leader = known[0]
        for each in known:
            if each.layout != leader.layout:
                raise ModelError(
                    "E716", f"the samples of {written(leader.shape)} and {written(each.shape)} are in different places"
                )
        batched = iter(known)
        return [
            self.beside(leader, each) if isinstance(each, Stored) or free(each) else next(batched) for each in operands
        ]

    def beside(self, leader: Tensor, operand: Operand) -> Tensor:
        """Return what has no batch as a tensor that is broadcast against one that has."""
        shape = tuple(operand.shape)
        own = self._stripped(leader, shape) or self.builder.beside(leader, shape)
        return self.reshaped(self.tensor(operand, own), own, leader.layout)

    def _stripped(self, leader: Tensor, shape: tuple[int, ...]) -> Shape | None:
        """Return the own extents of a constant that was made for each sample: zeros of (N, 3, 8, 8)."""
        place = leader.layout.batch_axis
        if place is None or len(shape) != leader.rank or shape[place] != leader.shape[place]:
            return None
        axes = leader.layout.axes(len(leader.own))
        return tuple(
            leader.own[axis - 1] if at == place else shape[at] for at, each in enumerate(axes) for axis in each if axis
        )

    def _raised(self, tensor: Tensor, rank: int) -> Tensor:
        missing = rank - len(tensor.shape)
        return self.builder.unsqueeze(tensor, range(missing)) if missing else tensor

    def images(self, operand: Operand) -> Images:
        """Return a tensor as channels and places of each sample, for convolutions and pools.

        Raises
        ------
        ModelError
            E716 where the first axis does not begin with the batch.
        """
        tensor = self.tensor(operand)
        layout = tensor.layout
        if layout.place != 0:
            raise ModelError("E716", f"it takes {written(tensor.shape)} for a batch of images, which has none in front")
        if not layout.after:
            return Images(self, tensor, 0)
        folded = layout.after
        rank = len(tensor.own)
        order = (folded + 1, *range(1, folded + 1), *range(folded + 2, rank + 1))
        moved = self.add(Transpose(order), tensor, layout=Layout(), part="inside")
        return Images(self, moved, folded)


class Images:
    """A batch of images; images that PyTorch folded into the batch are an axis of places before the others."""

    def __init__(self, site: Site, tensor: Tensor, folded: int) -> None:
        self.site = site
        self.tensor = tensor
        self.folded = folded

    @property
    def channels(self) -> int:
        """Channels of an image."""
        return int(self.tensor.own[0])

    def size(self, values: Sequence[int], neutral: int = 1) -> tuple[int, ...]:
        """Return an extent for each axis of places: a folded one is not touched."""
        return (*(neutral,) * self.folded, *values)

    def pads(self, begin: Sequence[int], end: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return padding, all beginnings before all ends."""
        none = (0,) * self.folded
        return (*none, *begin, *none, *(begin if end is None else end))

    def add(self, op: Op, weights: Iterable[Operand | None] = ()) -> Tensor:
        """Put an op on the images and fold what comes out as it was."""
        out = self.site.add(op, self.tensor, weights=weights)
        if not self.folded:
            return out
        rank = len(out.own)
        order = (*range(2, self.folded + 2), 1, *range(self.folded + 2, rank + 1))
        return self.site.add(Transpose(order), out, layout=Layout(0, 0, self.folded), part="outside")


def _source(leaf: Leaf) -> Source:
    return Source(leaf.source, prod(leaf.shape) + 1)


def free(tensor: Tensor) -> bool:
    """Whether a tensor is the same for every sample."""
    return tensor.layout.place is None


def without(tensor: Tensor, axes: Sequence[int]) -> Layout:
    """Return the layout of a tensor that loses foreign axes, none of them that of the batch."""
    kept = [each for place, each in enumerate(tensor.layout.axes(len(tensor.own))) if place not in axes]
    return layout_of(kept)


def located(shape: Sequence[int], batch: int) -> tuple[Layout, Shape]:
    """Return where the batch is in a foreign shape, and the extents without it.

    >>> located((5, 14, 3), 7)
    (Layout(place=1, before=0, after=1), (5, 2, 3))
    >>> located((5, 7), 7), located((5, 3), 7)
    ((Layout(place=1, before=0, after=0), (5,)), (Layout(place=None, before=0, after=0), (5, 3)))
    """
    for place, extent in enumerate(shape):
        if extent and extent % batch == 0:
            inside = () if extent == batch else (extent // batch,)
            return Layout(place, 0, len(inside)), (*shape[:place], *inside, *shape[place + 1 :])
    return Layout(None), tuple(shape)


LARGEST = 10**15
"""The largest numerator and denominator that a spec takes."""


def rational(value: float) -> int | Fraction:
    """Return a number as it is written, 0.1 is 1/10, or to as many digits as a spec takes.

    Raises
    ------
    ModelError
        E743 for one that is infinite or none, or too large or small for a spec.

    >>> rational(0.1), rational(2.0), rational(3), float(rational(2**-0.5))
    (Fraction(1, 10), 2, 3, 0.707106781186548)
    """
    for digits in range(17, 5, -1):
        text = repr(value) if digits == 17 else f"{value:.{digits}g}"
        if "n" in text:  # inf and nan
            break
        exact = Fraction(text)
        if max(abs(exact.numerator), exact.denominator) <= LARGEST:
            return exact.numerator if exact.denominator == 1 else exact
    raise ModelError("E743", f"{value} is no number that a spec takes")


def each_axis(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """Return one number for each axis.

    >>> each_axis(2, 2), each_axis((3,), 2), each_axis((1, 2), 2)
    ((2, 2), (3, 3), (1, 2))
    """
    if isinstance(value, int):
        return (value,) * rank
    return tuple(value) * rank if len(value) == 1 else tuple(value)
