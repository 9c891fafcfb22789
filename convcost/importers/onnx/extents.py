"""The extents of a network's inputs: numbers, symbols for what a file leaves open, and which axis is the batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from convcost.errors import ConvcostError, Diagnostics, ModelError
from convcost.importers.onnx.model import Extent, ModelGraph
from convcost.ops import Shape
from convcost.symbols import Dim, is_symbolic

USUAL = (224, 256, 640, 320, 512, 128, 64, 48, 32, 16, 1024, 16_000)
"""Values that open extents are tried at."""
RESERVED = {"and", "or", "not", "if", "else", "true", "false", "cin", "floor", "ceil", "round", "min", "max"}


class Extents:
    """The shapes of the inputs in one reading.

    Parameters
    ----------
    value : int
        What every open extent is taken for where a number is needed.
    along : int, optional
        The axis of samples of the first input; absent, the network is of a single sample as it stands.

    numbers : mapping of str to int, optional
        Values that are known: of inputs that are a single integer, and of open extents that are to be numbers.
    symbolic : bool
        Whether open extents are symbols; otherwise they are numbers, ``value`` where none is known.

    Attributes
    ----------
    batch : int
        Samples: the number that the file says, or 1 where it leaves it open.
    """

    def __init__(
        self,
        graph: ModelGraph,
        value: int,
        along: int | None,
        numbers: Mapping[str, int] | None = None,
        *,
        symbolic: bool = True,
    ) -> None:
        self.shapes: dict[str, tuple[Extent, ...]] = {}
        for name in graph.inputs:
            if name not in graph.initializers:
                self.shapes[name] = _shape(graph, name)
        self.value = value
        self.along = along
        self.numbers = numbers or {}
        self.symbolic = symbolic
        images = [shape for shape in self.shapes.values() if len(shape) > max(along or 0, 1)]
        first: Extent = images[0][along] if images and along is not None else 1
        self.open_batch = not isinstance(first, int)
        self.first = first
        self.batch = first if isinstance(first, int) else 1

    @classmethod
    def attempts(cls, graph: ModelGraph, numbers: Mapping[str, int]) -> Iterator[Extents]:
        """Yield readings in the order in which they are tried: open extents as symbols, then as numbers."""
        usual = cls(graph, USUAL[0], 0, numbers)
        yield usual
        if usual.symbols:
            for value in USUAL[1:]:
                yield cls(graph, value, 0, numbers)
        yield cls(graph, USUAL[0], None, numbers)
        yield cls(graph, USUAL[0], 1, numbers)
        if usual.symbols:
            for value in USUAL:
                yield cls(graph, value, 0, numbers, symbolic=False)

    def may_help(self, error: ConvcostError) -> bool:
        """Tell whether another reading may go well where this one did not."""
        errors = error.errors if isinstance(error, Diagnostics) else (error,)
        codes = {each.code for each in errors}
        return bool(codes & {"E715", "E716", "E717", "E718"}) or any(code.startswith(("E4", "E5")) for code in codes)

    @cached_property
    def symbols(self) -> dict[str, Dim]:
        """The symbols of open extents by the names of their hyperparameters."""
        if not self.symbolic:
            return {}
        from convcost.symbols.floordiv import free_symbol

        return {name: free_symbol(name, integer=True) for name in sorted({*self._named.values()})}

    @cached_property
    def _named(self) -> dict[str, str]:
        """The hyperparameter of each name that a file gives an open extent, or would give it."""
        found: dict[str, str] = {}
        taken: set[str] = set()
        for name, shape in self.shapes.items():
            batch = self._batch_axis(shape)
            for axis, extent in enumerate(shape):
                key = _key(name, axis, extent)
                if isinstance(extent, int) or axis == batch or key in found:
                    continue
                wanted = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_")[:40] or f"extent_{axis}"
                wanted = wanted if wanted[0].isalpha() else f"extent_{wanted}"
                while wanted in taken or wanted in RESERVED:
                    wanted += "_"
                taken.add(wanted)
                found[key] = wanted
        return found

    @property
    def fixed(self) -> dict[str, int]:
        """Open extents that are numbers in this reading."""
        single = [name for name, shape in self.shapes.items() if not shape]
        scalars = {name: self.numbers[name] for name in single if name in self.numbers}
        if self.symbolic:
            return scalars
        return {**scalars, **{name: self.numbers.get(name, self.value) for name in self._named.values()}}

    @cached_property
    def defaults(self) -> dict[str, int]:
        """A value for each hyperparameter."""
        return dict.fromkeys(self.symbols, self.value)

    def multiples(self, shapes: Iterable[Shape]) -> dict[str, int]:
        """Return what each hyperparameter is a multiple of where no floor in these shapes takes anything away.

        It is the least common multiple of what the floors divide by, as long as it divides the default.
        """
        found = dict.fromkeys(self.symbols, 1)
        if not found:
            return found
        from math import lcm

        from convcost.symbols.floordiv import FloorDiv

        names = {symbol: name for name, symbol in self.symbols.items()}
        for extent in {extent for shape in shapes for extent in shape if is_symbolic(extent)}:
            for floor in extent.atoms(FloorDiv):
                for symbol in floor.free_symbols:
                    name = names[symbol]
                    multiple = lcm(found[name], int(floor.args[1])) if floor.args[1].is_Integer else 0
                    if multiple and self.value % multiple == 0:
                        found[name] = multiple
        return found

    @cached_property
    def at_defaults(self) -> Callable[[Dim], Dim]:
        """The function that puts these values into an extent."""
        from convcost.symbols.floordiv import substitution

        return substitution({self.symbols[name]: value for name, value in self.defaults.items()})

    def of_input(self, name: str) -> tuple[Shape, int | None]:
        """Return the shape of an input and the axis of its batch."""
        shape = self.shapes[name]
        batch = self._batch_axis(shape)
        extents: list[Dim] = []
        for axis, extent in enumerate(shape):
            if axis == batch:
                extents.append(self.batch)
            elif isinstance(extent, int):
                if extent < 1:
                    raise ModelError("E717", f"the input {name!r} has an extent of {extent}")
                extents.append(extent)
            else:
                extents.append(self._open(_key(name, axis, extent)))
        return tuple(extents), batch

    def _open(self, key: str) -> Dim:
        """Return the symbol of an open extent, or its number."""
        name = self._named[key]
        return self.symbols[name] if self.symbolic else self.numbers.get(name, self.value)

    def of_declared(self, shape: tuple[Extent, ...], name: str) -> Shape:
        """Return the shape that a file gives a tensor inside the network.

        Raises
        ------
        ModelError
            E714 where an extent is neither a number nor a symbol of an input.
        """
        extents: list[Dim] = []
        for axis, extent in enumerate(shape):
            if isinstance(extent, int):
                extents.append(extent)
            elif extent == self.first and self.open_batch:
                extents.append(self.batch)
            elif isinstance(extent, str) and extent in self._named:
                extents.append(self._open(extent))
            else:
                shown = "open" if extent is None else repr(extent)
                raise ModelError("E714", f"axis {axis} of {name!r}, which no op gives, is {shown} in the file")
        return tuple(extents)

    def _batch_axis(self, shape: tuple[Extent, ...]) -> int | None:
        """Return the axis that has the extent of the batch, the first of several; None where there is none."""
        if self.along is None or not shape:
            return None
        if len(shape) < 2:
            return 0 if self.open_batch and shape[0] == self.first else None
        if len(shape) > self.along and shape[self.along] == self.first:
            return self.along
        return next((axis for axis, extent in enumerate(shape) if extent == self.first), None)


def _key(name: str, axis: int, extent: Extent) -> str:
    return extent if isinstance(extent, str) else f"{name}_{axis}"


def _shape(graph: ModelGraph, name: str) -> tuple[Extent, ...]:
    declared = graph.types.get(name)
    if declared is None or declared.shape is None:
        raise ModelError("E721", f"the input {name!r} has no shape", hint="set its shape where the model is exported")
    return declared.shape
