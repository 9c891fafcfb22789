"""From a program to a graph: each call through the table of operators, problems collected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from convcost.errors import ConvcostError, ModelError, UnsupportedError
from convcost.graph import Graph, Node
from convcost.importers.builder import Builder, Infer, Tensor, written
from convcost.importers.torch_.aten import OPERATORS
from convcost.importers.torch_.program import INPUT, Call, Leaf, Program, Ref
from convcost.importers.torch_.site import Site, Stored, located
from convcost.importers.torch_.tidy import straighten
from convcost.importers.torch_.writes import Writes
from convcost.ops import Input, Unknown

SHOWN = 12
"""Operators without a rule that are listed; the others are counted."""


def read(program: Program, infer: Infer, *, allow_unknown: bool = False) -> Graph:
    """Return the graph of a program.

    Parameters
    ----------
    infer : callable
        Shapes by the rules, injected as into the expansion of a spec.
    allow_unknown : bool
        Operators without a rule become ops of known shape and unknown cost.

    Raises
    ------
    ConvcostError
        What went wrong, all of it; E731 lists every operator without a rule with the modules that call it.
    """
    return _Reader(program, infer, allow_unknown=allow_unknown).graph()


class _Reader:
    def __init__(self, program: Program, infer: Infer, *, allow_unknown: bool) -> None:
        self.program = program
        self.builder = Builder(program.name, infer, program.batch)
        self.allow_unknown = allow_unknown
        self.known: dict[str, Any] = {}
        self.held: dict[str, Tensor] = {}
        self.unknown: dict[str, list[str]] = {}
        self.writes = Writes(self.builder, {call.name: call for call in program.calls})

    def graph(self) -> Graph:
        for leaf in self.program.leaves:
            if leaf.kind == INPUT:
                layout, own = located(leaf.shape, self.program.batch)
                self.known[leaf.name] = self.builder.add(Input(own), name=self._called(leaf), layout=layout)
            else:
                self.known[leaf.name] = Stored(leaf, leaf.shape)
        for call in self.program.calls:
            self._call(call)
        if self.unknown:
            self.builder.problems.insert(0, self._unknown())
        self.builder.check()
        outputs = tuple(self._outputs())
        straighten(self.builder)
        graph = self.builder.finish(*outputs)
        self._once(graph)
        return graph

    def _called(self, leaf: Leaf) -> str:
        several = sum(each.kind == INPUT for each in self.program.leaves) > 1
        return leaf.name if several else "input"

    def _once(self, graph: Graph) -> None:
        """Hold that no parameter is counted with two layers; E745."""
        owners: dict[str, Node] = {}
        for index, stored in self.builder.weights.items():
            node = graph.nodes[index]
            if node.shares is not None:
                continue
            for source in stored:
                other = owners.setdefault(source.origin, node)
                if other is not node:
                    message = f"{source.origin} is stored by {other.name} and by {node.name}, which are other ops"
                    raise ModelError("E745", message)

    def _outputs(self) -> Iterator[Tensor]:
        found = False
        for name in self.program.outputs:
            value = self.known[name]
            if isinstance(value, Tensor):
                found = True
                yield value
        if not found:
            raise ModelError("E740", "the module returns nothing that depends on its input")

    def _call(self, call: Call) -> None:
        arguments = {name: self._value(value) for name, value in call.arguments.items()}
        if any(_missing(value) for value in arguments.values()):
            self.known[call.name] = _MISSING  # what it takes could not be read, which is said already
            return
        if any(value is None and isinstance(call.arguments[name], Ref) for name, value in arguments.items()):
            self.known[call.name] = _MISSING
            message = f"{call.place or 'the module'} ({call.target}): it takes an output that has no tensor here"
            self.builder.problems.append(ModelError("E743", message))
            return
        if call.target == "getitem":
            self.known[call.name] = arguments["input"][arguments["index"]]
            return
        site = Site(call, self.builder, self.held)
        self.known[call.name] = _MISSING
        place = call.place or "the module"
        with self.builder.node(f"{place} ({call.target})"):
            self.known[call.name] = self._result(site, arguments)
            if call.in_place:
                self._written(site)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.known[value.name]
        return tuple(self._value(each) for each in value) if isinstance(value, tuple) else value

    def _written(self, site: Site) -> None:
        """Exchange a tensor for what was written to it, under all its names, and what it is a view of."""
        first = next(iter(site.call.arguments.values()))
        if not isinstance(first, Ref):
            return
        before, after = self.known[first.name], self.known[site.call.name]
        if before is after or after is _MISSING:
            return
        for name, value in self.known.items():
            if value is before:
                self.known[name] = after
        if site.call.reaches:
            self.writes.through(site, first.name, self.known)

    def _result(self, site: Site, arguments: dict[str, Any]) -> Any:
        call = site.call
        overloaded = ".".join((call.operator, call.target.rpartition(".")[2]))
        handler = OPERATORS.get(overloaded) or OPERATORS.get(call.operator)
        if handler is None:
            return self._without_rule(site, arguments)
        try:
            result = handler(site, **arguments)
        except ConvcostError:
            if self.allow_unknown:
                return self._stand_in(site, arguments)
            raise
        _agree(site, result)
        return result

    def _without_rule(self, site: Site, arguments: dict[str, Any]) -> Any:
        if self.allow_unknown:
            return self._stand_in(site, arguments)
        self.unknown.setdefault(site.call.target, []).append(site.call.place or "the module")
        return _MISSING

    def _stand_in(self, site: Site, arguments: dict[str, Any]) -> Any:
        """Return ops of unknown cost, one for each output."""
        tensors = [site.tensor(each) for each in _operands(arguments.values())]
        several = any(isinstance(each, tuple) for each in site.shape)
        outputs = []
        for shape in site.shape if several else (site.shape,):
            layout, own = located(shape, self.program.batch)
            outputs.append(site.add(Unknown(site.call.target, own), *tensors, layout=layout))
        return tuple(outputs) if several else outputs[0]

    def _unknown(self) -> UnsupportedError:
        lines = []
        for target, places in list(self.unknown.items())[:SHOWN]:
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            lines.append(f"{target} (in {places[0]}{more})")
        if len(self.unknown) > SHOWN:
            lines.append(f"{len(self.unknown) - SHOWN} more operators")
        are = "operator without a rule" if len(self.unknown) == 1 else "operators without a rule"
        return UnsupportedError(
            "E731", f"{len(self.unknown)} {are}: {', '.join(lines)}", hint="--allow-unknown reports the rest"
        )


class _Missing:
    """What could not be read."""


_MISSING = _Missing()


def _missing(value: Any) -> bool:
    return value is _MISSING or (isinstance(value, tuple) and any(_missing(each) for each in value))


def _operands(values: Any) -> Iterator[Tensor | Stored]:
    for value in values:
        if isinstance(value, Tensor | Stored):
            yield value
        elif isinstance(value, tuple):
            yield from _operands(value)


def _agree(site: Site, result: Any) -> None:
    """Hold the shape that was derived against PyTorch's.

    Raises
    ------
    ModelError
        E744 where they differ.
    """
    results, shapes = (result, site.shape) if isinstance(result, tuple) else ((result,), (site.shape,))
    for value, shape in zip(results, shapes, strict=False):
        if isinstance(value, Stored | Tensor) and tuple(value.shape) != tuple(shape):
            raise ModelError("E744", f"it gives {written(shape)} in PyTorch and {written(tuple(value.shape))} here")
