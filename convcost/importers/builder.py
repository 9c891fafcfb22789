"""Builds a graph from tensors of another framework: ops on them, moves of their axes, names, and problems collected.

A reader asks for what its framework does in the axes of its framework; ``Builder`` keeps every tensor batch first and
says where its batch is over there. The batch is a number while a graph is built: the one a file is made for, or 1 where
it leaves it open, since what one sample costs does not depend on the others. What would mix samples is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from convcost.errors import ConvcostError, Diagnostics, ModelError
from convcost.graph import Graph, Guard, Node
from convcost.importers.layout import Layout, layout_of, refolded
from convcost.importers.names import Names, grouped
from convcost.importers.sharing import shared_by
from convcost.ops import Flatten, Input, Op, Reshape, Shape, Transpose
from convcost.records import Record
from convcost.symbols import Dim, product
from convcost.symbols.division import whole_quotient

Infer = Callable[..., Shape]
"""``infer(op, *input shapes)``: the shape of the output by the op's rule, batch first."""

MAX_PROBLEMS = 20


class Tensor(Record):
    """The output of a node, and the foreign tensor it stands for.

    Attributes
    ----------
    index : int
        Of the node.
    own : tuple of Dim
        Extents without the batch.
    layout : Layout
        Where the foreign tensor has its batch.
    batch : int
        Samples in the foreign tensor.
    """

    index: int
    own: Shape
    layout: Layout = Layout()
    batch: int = 1

    @property
    def shape(self) -> Shape:
        """Extents of the foreign tensor."""
        return self.layout.foreign(self.own, self.batch)

    @property
    def rank(self) -> int:
        """Axes of the foreign tensor."""
        return len(self.layout.axes(len(self.own)))

    def axis(self, foreign: int) -> int:
        """Return the own axis, batch being 0, of a foreign one, which may be counted from the end.

        Of a single sample, an axis that holds the batch and another one is that other one.

        Raises
        ------
        ModelError
            E716 for the axis that holds the batch, E717 for one that there is not.
        """
        place = counted(foreign, self.rank)
        axes = self.layout.axes(len(self.own))[place]
        own = [axis for axis in axes if axis]
        if len(own) != 1 or (len(axes) > 1 and self.batch != 1):
            raise ModelError("E716", f"it works along axis {place}, which holds the batch, and would mix samples")
        return own[0]


def counted(axis: int, rank: int) -> int:
    """Return an axis counted from the front.

    Raises
    ------
    ModelError
        E717.
    """
    if not -rank <= axis < rank:
        raise ModelError("E717", f"there is no axis {axis} in a tensor of {rank} axes")
    return axis % rank


class Builder:
    """Makes a graph node by node.

    Parameters
    ----------
    infer : callable
        Shapes by the rules; they are injected, as they are into the expansion of a spec.
    batch : int
        Samples that the foreign tensors are made for.

    Attributes
    ----------
    weights : dict of int to tuple
        By the index of a node, where its stored values are, in the order the executor takes them.
    problems : list of ConvcostError
        What went wrong so far; ``finish`` raises it.
    hyperparameters : dict of str to Dim
        The symbols that extents are written in, by name; a reader puts them here.
    kept : dict of int to int
        From the index of a node while building to its index in the finished graph.

    Examples
    --------
    >>> from convcost.ops import Conv, Relu
    >>> from convcost.cost import infer
    >>> builder = Builder("tiny", infer)
    >>> image = builder.input("image", (1, 3, 8, 8))
    >>> conv = builder.add(Conv((3, 3), out=4), image, name="stem.conv")
    >>> out = builder.add(Relu(), conv, name="stem.act")
    >>> out.shape, [(node.name, node.layer) for node in builder.finish(out).nodes]
    ((1, 4, 6, 6), [('image', 'image'), ('stem/conv/conv', 'stem/conv'), ('stem/conv/relu', 'stem/conv')])
    """

    def __init__(self, name: str, infer: Infer, batch: int = 1) -> None:
        self.name = name
        self.infer = infer
        self.batch = batch
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.weights: dict[int, tuple[Any, ...]] = {}
        self.problems: list[ConvcostError] = []
        self.names = Names()
        self.hyperparameters: dict[str, Dim] = {}
        self.kept: dict[int, int] = {}
        self._ops: dict[Op, Op] = {}
        self._inferred: dict[tuple[object, ...], Shape] = {}
        self._place = ""

    @contextmanager
    def node(self, place: str) -> Iterator[None]:
        """Collect what goes wrong inside, with the place it goes wrong at; names without one are taken from it."""
        self._place = place
        try:
            yield
        except ConvcostError as error:
            error.message = f"{place}: {error.message}"
            self.problems.append(error)
            if len(self.problems) >= MAX_PROBLEMS:
                self.check()
        finally:
            self._place = ""

    def check(self) -> None:
        """Raise the problems found so far: one itself, several as ``Diagnostics``."""
        if len(self.problems) == 1:
            raise self.problems[0]
        if self.problems:
            raise Diagnostics(self.problems)

    def input(self, name: str, shape: Shape, batch_axis: int | None = 0) -> Tensor:
        """Add a tensor from outside, given by its foreign shape and the axis of its batch; None where it has none."""
        layout = Layout(batch_axis)
        own = shape if batch_axis is None else (*shape[:batch_axis], *shape[batch_axis + 1 :])
        return self.add(Input(own), name=name, layout=layout)

    def add(
        self,
        op: Op,
        *tensors: Tensor,
        name: str = "",
        layout: Layout | None = None,
        weights: Sequence[Any] = (),
    ) -> Tensor:
        """Put an op on tensors and return its output.

        Parameters
        ----------
        op : Op
            Its axes are those of the tensors' own shapes; see ``Tensor.axis``.
        name : str
            The foreign name, dotted or slashed.
        layout : Layout, optional
            Of the output; absent: that of the first tensor.
        weights : sequence
            Where its stored values are, in the order the executor takes them.

        Raises
        ------
        ShapeError, UnsupportedError
            As the rule says.
        """
        op = self._ops.setdefault(op, op)
        inputs = tuple(tensor.index for tensor in tensors)
        key = (id(op), *(self.shapes[i] for i in inputs))
        shape = self._inferred.get(key)
        if shape is None:
            shape = (1, *op.shape) if isinstance(op, Input) else self.infer(op, *key[1:])
            self._inferred[key] = shape
        index = len(self.nodes)
        unique = self.names.unique(name or self._place, op.name)
        self.nodes.append(Node(unique, op, inputs, unique))
        self.shapes.append(shape)
        if weights:
            self.weights[index] = tuple(weights)
        kept = layout if layout is not None else tensors[0].layout if tensors else Layout()
        return Tensor(index, shape[1:], kept, self.batch)

    def with_batch(self, tensor: Tensor, axis: int = 0) -> Tensor:
        """Return the tensor with its batch, and nothing else, on a foreign axis; E716 where it is not there.

        A single sample may have its batch on any axis of one element.
        """
        wanted = Layout(axis)
        if tensor.layout == wanted:
            return tensor
        shape = tensor.shape
        if self.batch == 1 and axis < len(shape) and shape[axis] == 1:
            return self._own(tensor, (*shape[:axis], *shape[axis + 1 :]), wanted)
        where = "nowhere" if tensor.layout.place is None else f"in axis {tensor.layout.batch_axis}"
        held = " with something else" if tensor.layout.folded else ""
        raise ModelError(
            "E716", f"it takes its batch from axis {axis}, and the samples of {written(shape)} are {where}{held}"
        )

    def without_batch(self, tensor: Tensor) -> Tensor:
        """Return the tensor of a single sample with every foreign axis as one of its own; E716 for several samples."""
        if tensor.layout.place is None:
            return tensor
        if self.batch != 1:
            raise ModelError("E716", f"it mixes the samples of {written(tensor.shape)}")
        return self._own(tensor, tensor.shape, Layout(None))

    def _own(self, tensor: Tensor, own: Shape, layout: Layout) -> Tensor:
        """Return the same elements with other extents of its own; no node where they are the same."""
        if own == tensor.own:
            return Tensor(tensor.index, own, layout, self.batch)
        return self.add(Reshape(own), tensor, layout=layout)

    def transpose(self, tensor: Tensor, order: Sequence[int], name: str = "") -> Tensor:
        """Return the tensor with its foreign axes in another order."""
        axes = tensor.layout.axes(len(tensor.own))
        if sorted(order) != list(range(len(axes))):
            raise ModelError("E717", f"the order {list(order)} does not name each of {len(axes)} axes once")
        moved = [axes[axis] for axis in order]
        layout = layout_of(moved)
        own = tuple(axis for each in moved for axis in each if axis)
        if own == tuple(range(1, len(own) + 1)):
            return Tensor(tensor.index, tensor.own, layout, self.batch)
        return self.add(Transpose(own), tensor, name=name, layout=layout)

    def reshape(self, tensor: Tensor, shape: Sequence[Dim], name: str = "") -> Tensor:
        """Return the tensor with other foreign extents, one of which may be -1.

        Raises
        ------
        ModelError
            E716 where an axis would hold parts of several samples, E717 where the elements do not fit.
        """
        target = self._closed(tensor, shape)
        found = refolded(tensor.own, tensor.layout, self.batch, target)
        if found is None and self.batch == 1:
            first = bool(target) and target[0] == 1
            found = (Layout(), target[1:]) if first else (Layout(None), target)
        if found is None:
            raise ModelError("E716", f"{written(tensor.shape)} to {written(target)} mixes the samples of the batch")
        layout, own = found
        if own == tensor.own:
            return Tensor(tensor.index, own, layout, self.batch)
        op = Flatten() if len(own) == 1 and len(tensor.own) > 1 else Reshape(own)
        return self.add(op, tensor, name=name, layout=layout)

    def _closed(self, tensor: Tensor, shape: Sequence[Dim]) -> Shape:
        """Return foreign extents with -1 replaced by what is left; E717."""
        elements = product(tensor.shape)
        known = product(extent for extent in shape if extent != -1)
        left = 1 if elements == known else whole_quotient(elements, known)
        opened = sum(1 for extent in shape if extent == -1)
        if left is None or opened > 1 or (not opened and left != 1 and isinstance(left, int)):
            raise ModelError("E717", f"the elements of {written(tensor.shape)} do not fit into {written(shape)}")
        return tuple(left if extent == -1 else extent for extent in shape)

    def squeeze(self, tensor: Tensor, axes: Sequence[int], name: str = "") -> Tensor:
        """Return the tensor without foreign axes of one element."""
        shape = tensor.shape
        dropped = {counted(axis, len(shape)) for axis in axes}
        if any(shape[axis] != 1 and isinstance(shape[axis], int) for axis in dropped):
            raise ModelError("E717", f"axes {sorted(dropped)} of {written(shape)} cannot be squeezed: they are not 1")
        kept = [axis for place, axis in enumerate(tensor.layout.axes(len(tensor.own))) if place not in dropped]
        own = tuple(tensor.own[axis - 1] for each in kept for axis in each if axis)
        return self._moved(tensor, own, layout_of(kept), name)

    def unsqueeze(self, tensor: Tensor, axes: Sequence[int], name: str = "") -> Tensor:
        """Return the tensor with new foreign axes of one element, at these places of the result."""
        rank = tensor.rank + len(axes)
        places = {counted(axis, rank) for axis in axes}
        old = iter(tensor.layout.axes(len(tensor.own)))
        new = [(-1,) if place in places else next(old) for place in range(rank)]
        layout = layout_of(new)
        if layout.place is None and self.batch == 1 and 0 in places:
            new[0], layout = (0,), Layout()
        own = tuple(1 if axis < 0 else tensor.own[axis - 1] for each in new for axis in each if axis)
        return self._moved(tensor, own, layout, name)

    def _moved(self, tensor: Tensor, own: Shape, layout: Layout, name: str) -> Tensor:
        if own == tensor.own:
            return Tensor(tensor.index, own, layout, self.batch)
        return self.add(Reshape(own), tensor, name=name, layout=layout)

    def aligned(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Return tensors that broadcast against each other with the same rank and their batch in the same place.

        Raises
        ------
        ModelError
            E716 where the batches are on different axes.
        """
        rank = max(tensor.rank for tensor in tensors)
        level = [t if t.rank == rank else self.unsqueeze(t, range(rank - t.rank)) for t in tensors]
        layouts = {tensor.layout for tensor in level}
        if len(layouts) == 1:
            return tuple(level)
        for layout in sorted(layouts, key=lambda each: each.folded):
            axis = layout.batch_axis
            if axis is None or layout.folded:
                continue
            if all(t.layout == layout or (self.batch == 1 and t.shape[axis] == 1) for t in level):
                return tuple(self.with_batch(tensor, axis) for tensor in level)
        return tuple(self.without_batch(tensor) for tensor in level)

    def beside(self, tensor: Tensor, shape: Sequence[Dim]) -> Shape:
        """Return the own extents of a constant of a foreign shape that is broadcast against a tensor.

        The constant has no batch: where the tensor has its own, the constant has one element, or none of an axis.

        Raises
        ------
        ModelError
            E716 where the constant differs from sample to sample.
        """
        axes = tensor.layout.axes(len(tensor.own))
        padded = (*(1,) * (len(axes) - len(shape)), *shape)
        own: list[Dim] = []
        for place, (axis, extent) in enumerate(zip(axes, padded, strict=True)):
            if 0 not in axis:
                own.append(extent)
            elif extent == 1:
                own += [1] * (len(axis) - 1)
            elif self.batch == 1 and len(axis) > 1 and extent == tensor.shape[place]:
                own += [tensor.own[each - 1] for each in axis if each]
            else:
                raise ModelError("E716", f"a constant of {written(shape)} has other values for each sample")
        return tuple(own)

    def finish(self, *outputs: Tensor, guards: Sequence[Guard] = ()) -> Graph:
        """Return the graph; its output is the first of those given.

        Nodes that no output needs are left out. A norm and an activation that alone use what a convolution or fully
        connected layer gives are of its layer, as they would be in a spec.

        Raises
        ------
        ConvcostError
            The problems that were found.
        """
        self.check()
        wanted = {tensor.index for tensor in outputs}
        for index in range(len(self.nodes) - 1, -1, -1):
            if index in wanted:
                wanted.update(self.nodes[index].inputs)
        kept = sorted(wanted | {i for i, node in enumerate(self.nodes) if isinstance(node.op, Input)})
        places = {old: new for new, old in enumerate(kept)}
        self.weights = {places[old]: stored for old, stored in self.weights.items() if old in places}
        self.kept = places
        nodes = [self.nodes[old] for old in kept]
        shares = shared_by({index: self.weights[index] for index in range(len(nodes)) if index in self.weights}, nodes)
        nodes = [
            Node(n.name, n.op, tuple(places[i] for i in n.inputs), n.layer, shares=shares.get(index))
            for index, n in enumerate(nodes)
        ]
        ends = {places[tensor.index] for tensor in outputs}
        return Graph(self.name, grouped(nodes, ends), places[outputs[0].index], self.hyperparameters, tuple(guards))


def written(shape: Sequence[Dim]) -> str:
    """Write a foreign shape.

    >>> written((1, 3, 224, 224))
    '1×3×224×224'
    """
    return "×".join(str(extent) for extent in shape) or "a scalar"
