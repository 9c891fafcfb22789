"""The nodes of an expansion: which tensors an item takes, what its layers are called, and what shape they have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NoReturn

from convcost.errors import ConvcostError, ShapeError, Span, SpecError
from convcost.graph import Node, Origin
from convcost.ops import Input, Op, Shape
from convcost.spec.arguments import Arguments
from convcost.spec.item import Item
from convcost.spec.limits import MAX_LAYERS
from convcost.spec.nodes import Node as YamlNode
from convcost.spec.nodes import Scalar
from convcost.spec.problems import Enough, Problems
from convcost.spec.scope import Run, Scope
from convcost.spec.source import Source
from convcost.symbols import Dim, is_symbolic
from convcost.symbols.expr import near_miss
from convcost.symbols.expr.language import MAX_NUMBER, quoted

Infer = Callable[..., Shape]
Trail = tuple[str, ...]

MAX_TRAIL = 12
COPY = "copy "


class Wiring:
    """The nodes so far; every distinct layer is inferred once.

    Parameters
    ----------
    infer : callable
        From an op and the shapes of its inputs to the shape of its output.
    shadow : mapping
        Numbers for the free symbols.
    named : collection of str
        All names that layers have anywhere, for hints.
    """

    def __init__(self, source: Source, infer: Infer, shadow: Mapping[Any, Dim], named: Collection[str] = ()) -> None:
        self.named = named
        self.infer = infer
        self.run = Run(shadow)
        self.arguments = Arguments(source, self.run)
        self.problems = Problems(source)
        self.nodes: list[Node] = []
        self.names: set[str] = set()
        self._shapes: dict[tuple[Any, ...], Shape] = {}
        self._spans: dict[int, Span] = {}

    def inputs(self, item: Item, scope: Scope, wanted: int | None = None) -> list[int]:
        """Return the nodes an item takes: those of its ``from``, otherwise the last one, if it takes any."""
        last = scope.history[-1:] if wanted != 0 else []
        found = [self.tensor(source, scope) for source in item.sources] if item.sources else last
        if wanted is not None and len(found) != wanted:
            several = f"write from: [{', '.join(str(-i) for i in range(wanted, 0, -1))}], or names"
            hint = several if wanted > 1 else "write from: with one name, or -1" if wanted else "leave out from:"
            count = "1 input" if wanted == 1 else f"{wanted} inputs"
            place = item.sources[0] if item.sources else item.place
            raise self.arguments.error("E308", f"{item.key} takes {count}, not {len(found)}", place, hint)
        return found

    def tensor(self, node: Scalar, scope: Scope) -> int:
        """Return the node that a name or a relative reference stands for."""
        text = node.text
        index = scope.find(text)
        if index is not None:
            return index
        if text.lstrip("+-").isdecimal():
            back = -int(text[:12]) if text[0] == "-" else 0
            if back < 1:
                hint = "-1 is the last item, -2 the one before; or give a layer a name"
                raise self.arguments.error("E307", f"from: {text} is no relative reference", node, hint)
            found = scope.back(back)
            if found is None:
                message = f"from: {text} goes back beyond the beginning of this path"
                raise self.arguments.error("E307", message, node, "a path begins with its inputs")
            return found
        message = f"there is no tensor {quoted(text)} here"
        raise self.arguments.error("E306", message, node, self.hint_for_tensor(text, scope))

    def enter(self, item: Item, scope: Scope) -> None:
        """Begin a table or switch at the tensor of its ``from``."""
        if item.sources:
            scope.history.extend(self.inputs(item, scope, 1))

    def name(self, item: Item, scope: Scope) -> str:
        """Return the full name of an item: its own, numbered if it can stand for several, or key and number."""
        if item.name is None:
            return scope.prefix + scope.auto_name(item.key)
        return scope.prefix + (scope.auto_name(item.name.text) if item.numbered else item.name.text)

    def output(self, item: Item, name: str, scope: Scope, index: int) -> None:
        """Note the output of an item in its path."""
        scope.history.append(index)
        if item.name is not None:
            scope.tensors[name[len(scope.prefix) :]] = index
            self.name_output(item, scope, index)

    def name_output(self, item: Item, scope: Scope, index: int) -> None:
        """Let the name of an item stand for its output; that of a repeated one for the last copy's."""
        if item.name is not None:
            scope.tensors[item.name.text] = index

    def shared(self, node: Scalar, ops: Sequence[Op], scope: Scope) -> Iterator[int]:
        """Return the nodes of the layer that an item shares its stored values with, one for each of its ops."""
        last = self.tensor(node, scope)
        first = last + 1 - len(ops)
        if first < 0 or any(type(self.nodes[first + at].op) is not type(op) for at, op in enumerate(ops)):
            kinds = ", ".join(op.name for op in ops)
            hint = "a layer shares with one of the same ops"
            raise self.arguments.error("E724", f"share: {quoted(node.text)} is no layer of {kinds}", node, hint)
        return iter(range(first, last + 1))

    def add(
        self,
        name: str,
        op: Op,
        inputs: tuple[int, ...],
        *,
        layer: str,
        origin: Origin,
        place: Scalar,
        shares: int | None = None,
    ) -> int:
        """Add a node and derive its shape; return its index."""
        nodes, shapes = self.nodes, self.run.shapes
        if name in self.names:
            hint = "the name of a layer and of a scope with a layer in it may meet: rename one"
            raise self.arguments.error("E311", f"two layers are named {quoted(name)}", place, hint)
        if len(nodes) >= MAX_LAYERS:
            self.stop("E303", f"more than {MAX_LAYERS} layers", place, origin.trail)
        key = (id(op), *[shapes[i] for i in inputs])
        shape = self._shapes.get(key)
        if shape is None:
            try:
                shape = (1, *op.shape) if isinstance(op, Input) else self.infer(op, *key[1:])
                check_extents(shape, layer)
            except ConvcostError as error:
                self.locate(error, origin, inputs)
                raise
            self._shapes[key] = shape
        self.names.add(name)
        nodes.append(Node(name, op, inputs, layer, origin, shares))
        shapes.append(shape)
        return len(nodes) - 1

    def hint_for_tensor(self, name: str, scope: Scope) -> str:
        """Return a hint for a name that no tensor above has."""
        if scope.names_later(name):
            return "only what stands above can be named"
        if name in self.named:
            return "a block sees only its inputs, and what is inside a block or branch is not seen outside"
        return near_miss(name, scope.known_tensors()) or "give the layer a name: {name: ..., conv: ...}"

    def locate(self, error: ConvcostError, origin: Origin, inputs: tuple[int, ...]) -> None:
        """Tell a shape error where it is, and which tensors do not fit."""
        if error.span is None:
            error.span = origin.span
            tensors = [_named(self.nodes[i], origin) for i in inputs]
            error.message = f"{error.message}; {'inputs' if len(inputs) > 1 else 'input'}: {', '.join(tensors)}"

    def origin(self, place: Scalar, trail: Trail) -> Origin:
        """Return the origin of a node; spans of one place are one object."""
        span = self._spans.get(id(place))
        if span is None:
            span = self._spans[id(place)] = self.arguments.source.place(place)
        return Origin(span, trail)

    def through(self, item: Item, trail: Trail) -> Trail:
        """Return the trail into an item: its key with its line, once, and which copy it is."""
        copy = trail[-1:] if trail and trail[-1].startswith(COPY) else ()
        before = trail[: len(trail) - len(copy)]
        if before and before[-1] == item.key:
            before = before[:-1]
        return (*before, f"{item.key} (line {item.place.line})", *copy)

    def stop(self, code: str, message: str, place: YamlNode | None, trail: Trail) -> NoReturn:
        """Report an error after which nothing goes on."""
        span = self.arguments.source.place(place) if place is not None else None
        self.problems.report(SpecError(code, message, span=span, trail=shortened(trail)))
        raise Enough


def _named(node: Node, seen_from: Origin) -> str:
    """Return the layer of a node with its line, and its file where that is another."""
    span = node.origin.span
    if span is None:
        return node.layer
    same = seen_from.span is None or span.file == seen_from.span.file
    return f"{node.layer} (line {span.line}{'' if same else f' of {span.file}'})"


def check_extents(shape: Shape, layer: str) -> None:
    """Refuse extents that no network has: layers that double what they are given reach numbers of any length.

    Raises
    ------
    ShapeError
        E411.
    """
    for extent in shape:
        numbers = (atom for atom in extent.atoms() if atom.is_Rational) if is_symbolic(extent) else (extent,)
        if any(abs(number) > MAX_NUMBER for number in numbers):
            raise ShapeError("E411", f"an extent of {layer} is beyond 10**15", hint="no tensor is that large")


def shortened(trail: Trail) -> Trail:
    """Return a trail that can be read: its beginning and its end."""
    return trail if len(trail) <= MAX_TRAIL else (*trail[:4], "...", *trail[4 - MAX_TRAIL :])
