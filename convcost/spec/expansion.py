"""The expansion of a document into nodes: blocks, tables, repeats and branches are written out, one item at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from convcost.errors import ConvcostError, SpecError
from convcost.ops import Input, Shape
from convcost.spec.arguments import Arguments, Given
from convcost.spec.document import Document
from convcost.spec.item import Item, Kind
from convcost.spec.library import Let, Library, step
from convcost.spec.limits import MAX_LAYERS, MAX_NESTING, MAX_REPEAT
from convcost.spec.nodes import Node as YamlNode
from convcost.spec.nodes import Scalar
from convcost.spec.scope import POISON, PoisonedError, Scope
from convcost.spec.sugar import Layer, layers
from convcost.spec.vocabulary import FORMS
from convcost.spec.weights import TooManyCopiesError, Weights
from convcost.spec.wiring import COPY, Infer, Trail, Wiring, shortened
from convcost.symbols import Dim
from convcost.symbols.expr import Defined, Value, parse
from convcost.symbols.expr.language import quoted


class Home(NamedTuple):
    """What the blocks of one file see wherever they are called: its values and functions, under its defaults."""

    library: Library
    values: dict[str, Value]
    functions: Mapping[str, Defined]
    arguments: Arguments


class Expansion(Wiring):
    """One expansion of a document for given values of its hyperparameters.

    Parameters
    ----------
    values : mapping of str to Dim
        Every hyperparameter.
    """

    def __init__(self, document: Document, values: Mapping[str, Dim], infer: Infer, shadow: Mapping[Any, Dim]) -> None:
        super().__init__(document.source, infer, shadow, document.named)
        self.document = document
        self.home = Home(document, dict(values), {}, self.arguments)
        self.homes: dict[Library, Home] = {}
        self.weights: dict[Library, Weights] = {}
        self.steps = 0
        self._layers: dict[tuple[Any, ...], tuple[list[Layer], object]] = {}
        self.depth = 0

    def expand(self) -> int:
        """Expand everything and return the index of the output.

        Raises
        ------
        SpecError, ShapeError, Diagnostics
            Everything that was found wrong, up to a bound.
        """
        output = POISON
        with self.problems.collecting(), suppress(PoisonedError):
            scope = self.root()
            steps = 0
            for item in self.document.items:
                steps += self.weigh(item, scope)
                self.foresee(item, steps, ())
            self.path(self.document.items, scope, ())
            output = scope.history[-1]
        self.problems.check()
        assert output != POISON
        return output

    def root(self) -> Scope:
        """Return the scope of the document, its inputs in place."""
        for library in self.document.libraries:
            self.open(library)
        scope = self.define(self.document, self.home.values)
        for condition in self.document.requires:
            if not self.arguments.condition(condition, scope, structural=False):
                raise self.arguments.error(
                    "E318", f"{quoted(condition.text)} does not hold for these values", condition
                )
        self.settle(self.document, scope)
        for name, place, extents in self.document.inputs:
            shape = self.arguments.extents(
                Given(self.arguments.evaluate(extents, scope), "input extent", extents, scope)
            )
            op, origin = self.arguments.make(Input, {"shape": shape}), self.origin(place, ())
            index = self.add(name, op, (), layer=name, origin=origin, place=place)
            scope.history.append(index)
            scope.tensors[name] = index
            scope.taken.add(name)
        shape = self.run.shapes[scope.history[-1]]
        inner = scope.row({"cin": shape[1]}, ("cin",))
        inner.shaped = {"cin"}
        return inner

    def open(self, library: Library) -> None:
        """Evaluate what an imported library defines, once; nothing of the document is seen there."""
        outer, self.arguments = (self.home, self.arguments), Arguments(library.source, self.run, self.arguments)
        try:
            self.settle(library, self.define(library, {}))
        except SpecError as error:
            error.trail = (*library.trail, *error.trail)
            raise
        finally:
            self.home, self.arguments = outer

    def define(self, library: Library, values: dict[str, Value]) -> Scope:
        """Evaluate the values and functions of a file; return the scope in which they are seen."""
        scope = Scope(self.run, values, {})
        self.lets(library.lets, scope, values)
        self.weights[library] = Weights(library, values, self.weights)
        return scope

    def settle(self, library: Library, scope: Scope) -> None:
        """Evaluate the defaults of a file, and keep what its blocks see."""
        self.arguments = self.arguments.under(library.defaults, scope)
        assert isinstance(scope.values, dict)
        self.home = self.homes[library] = Home(library, scope.values, scope.functions, self.arguments)

    def lets(self, lets: Sequence[Let], scope: Scope, values: dict[str, Value]) -> None:
        """Evaluate values and define functions, in order; ``values`` are those of the scope."""
        shaped = set(scope.shaped)
        for let in lets:
            if let.parameters is None:
                self.run.touched = False
                values[let.name] = self.arguments.evaluate(let.body, scope)
                if self.run.touched:
                    shaped.add(let.name)
                    scope.shaped = shaped
            else:
                functions = dict(scope.functions)
                functions[let.name] = Defined(let.name, let.parameters, parse(let.body.text).value, scope, let.body)
                scope.functions = functions

    # paths and items

    def path(self, items: Sequence[Item], scope: Scope, trail: Trail, label: str = "") -> None:
        """Expand the items of a path, one after the other."""
        if self.depth >= MAX_NESTING:
            message = f"blocks and branches nested deeper than {MAX_NESTING}"
            self.stop("E302", message, items[0].place if items else None, trail)
        self.depth += 1
        scope.taken.update([item.name.text for item in items if item.name is not None and not item.numbered])
        for index, item in enumerate(items):
            scope.trail = (*trail, f"{label}[{index}]", item.key) if label else (*trail, item.key) if trail else ()
            self.item(item, scope, scope.trail)
        self.depth -= 1

    def item(self, item: Item, scope: Scope, trail: Trail) -> None:
        """Expand one item; an error poisons its output, and the others go on."""
        depth = self.depth
        try:
            if item.condition is not None and not self.arguments.condition(item.condition, scope):
                return
            if item.repeat is None:
                self.copy(item, item.arguments, scope, trail)
                return
            number = self.number_of_copies(item.repeat, scope)
            self.foresee(item, self.weigh(item, scope, number), trail)
            for copy in range(number):
                first = item.first is not None and copy == 0
                arguments = {**item.arguments, **item.first} if first and item.first else item.arguments
                scope.trail = (*trail, f"{COPY}{copy + 1} of {number}") if number > 1 else trail
                self.copy(item, arguments, scope, scope.trail)
        except PoisonedError:
            self.poison(item, scope)
        except ConvcostError as error:
            error.trail = shortened((*scope.trail, *error.trail))
            self.problems.report(error)
            self.poison(item, scope)
        self.depth = depth

    def poison(self, item: Item, scope: Scope) -> None:
        """Note that the output of an item could not be made."""
        scope.history.append(POISON)
        self.name_output(item, scope, POISON)

    def weigh(self, item: Item, scope: Scope, copies: int | None = None) -> int:
        """Return how many steps an item takes at least; a repeat beyond its bound shows when it is weighed."""
        try:
            return self.weights[self.home.library].within(scope.values, item, copies=copies)
        except TooManyCopiesError as error:
            raise self.too_many_copies(error.node, error.number) from None

    def too_many_copies(self, node: Scalar, number: int) -> SpecError:
        """Return the error for a repeat beyond its bound."""
        return self.arguments.error("E304", f"repeat = {number} is more than {MAX_REPEAT}", node)

    def foresee(self, item: Item, steps: int, trail: Trail) -> None:
        """Stop before an expansion that is known to become too large."""
        if self.steps + steps > MAX_LAYERS:
            self.stop("E303", f"more than {MAX_LAYERS} layers", item.place, trail)

    def number_of_copies(self, node: Scalar, scope: Scope) -> int:
        """Return a repeat: a whole number, zero included, within bounds."""
        number = self.arguments.number(node, scope)
        if not isinstance(number, int):
            hint = "depth scalings mostly round up: ceil(...)"
            raise self.arguments.error("E305", f"repeat = {number} is not a whole number", node, hint)
        if number < 0:
            raise self.arguments.error("E305", f"repeat = {number} is negative", node)
        if number > MAX_REPEAT:
            raise self.too_many_copies(node, number)
        return number

    def copy(self, item: Item, arguments: Mapping[str, YamlNode], scope: Scope, trail: Trail) -> None:
        """Expand one copy of an item."""
        self.steps += 1
        if self.steps > MAX_LAYERS:
            self.stop("E303", f"more than {MAX_LAYERS} layers", item.place, trail)
        match item.kind:
            case Kind.OP:
                self.op(item, arguments, scope, trail)
            case Kind.MERGE:
                self.merge(item, scope, trail)
            case Kind.BLOCK:
                self.block(item, arguments, scope, trail)
            case Kind.TABLE:
                self.enter(item, scope)
                self.table(item, scope, trail)
                self.name_output(item, scope, scope.history[-1])
            case Kind.SWITCH:
                self.enter(item, scope)
                self.switch(item, scope, trail)
                self.name_output(item, scope, scope.history[-1])
            case Kind.PATH:
                name = self.name(item, scope)
                inner = scope.branch(f"{name}/", self.inputs(item, scope), continues=not item.sources)
                self.path(item.items, inner, self.through(item, trail), "item")
                self.output(item, name, scope, inner.history[-1])

    def op(self, item: Item, arguments: Mapping[str, YamlNode], scope: Scope, trail: Trail) -> None:
        """Expand an op, or what is short for several."""
        inputs = tuple(self.inputs(item, scope, FORMS[item.key].op.inputs))
        if POISON in inputs:
            raise PoisonedError
        name = self.name(item, scope)
        made = self.layers(item, arguments, scope, self.run.shapes[inputs[0]] if inputs else ())
        origin = self.origin(item.place, trail)
        shared = self.shared(item.share, [op for _, ops in made for op in ops], scope) if item.share else iter(())
        for suffix, ops in made:
            layer = f"{name}/{suffix}" if suffix else name
            for op in ops:
                node = layer if len(ops) == 1 else f"{layer}/{op.name}"
                place = item.place
                inputs = (
                    self.add(node, op, inputs, layer=layer, origin=origin, place=place, shares=next(shared, None)),
                )
        self.output(item, name, scope, inputs[0])

    def layers(self, item: Item, arguments: Mapping[str, YamlNode], scope: Scope, shape: Shape) -> list[Layer]:
        """Return the layers of an item; what is the same on the same shape is evaluated once."""
        key: tuple[Any, ...]
        if item.signature is not None and arguments is item.arguments:
            key = (id(self.arguments), item.signature, shape)
        elif item.repeat is not None:
            key = (id(arguments), id(scope.values), shape)
        else:
            return layers(item.key, arguments, scope, shape, self.arguments, place=item.place)
        if key in self._layers:
            return self._layers[key][0]
        self.run.asked = False
        made = layers(item.key, arguments, scope, shape, self.arguments, place=item.place)
        if not self.run.asked:  # the tensors that were asked for their channels may be others the next time
            self._layers[key] = (made, (arguments, scope.values))  # what is referred to keeps its id
        return made

    def merge(self, item: Item, scope: Scope, trail: Trail) -> None:
        """Expand the paths of a merge that are there, and join them."""
        start = self.inputs(item, scope)
        name = self.name(item, scope)
        outputs = []
        for number, path in enumerate(item.paths, 1):
            if path.condition is not None and not self.arguments.condition(path.condition, scope):
                continue
            if path.tensor is not None:
                outputs.append(self.tensor(path.tensor, scope))
                continue
            inner = scope.branch(f"{name}/branch{number}/", list(start), continues=not item.sources)
            self.path(path.items, inner, (*self.through(item, trail), f"path {number}"), "item")
            outputs.append(inner.history[-1])
        if not outputs:
            raise self.arguments.error("E309", f"{item.key}: no path is left", item.place, "every 'if' is false")
        if POISON in outputs:
            raise PoisonedError
        form = FORMS[item.key]
        if form.op.inputs is not None and len(outputs) != form.op.inputs:
            message = f"{item.key} joins {form.op.inputs} tensors, not {len(outputs)}"
            raise self.arguments.error("E308", message, item.place)
        if len(outputs) > 1:
            shape = self.run.shapes[outputs[0]]
            op = self.arguments.make(form.op, self.arguments.read(form, item.arguments, scope, shape, place=item.place))
            origin = self.origin(item.place, trail)
            index = self.add(name, op, tuple(outputs), layer=name, origin=origin, place=item.place)
        else:
            index = outputs[0]
        self.output(item, name, scope, index)

    def table(self, item: Item, scope: Scope, trail: Trail) -> None:
        """Expand what is under ``each`` for every row."""
        for number, row in enumerate(item.rows, 1):
            cells: dict[str, Value] = {}
            shaped = []
            for column, cell in zip(item.columns, row.items, strict=True):
                self.run.touched = False
                cells[column] = self.arguments.evaluate(cell, scope)
                if self.run.touched:
                    shaped.append(column)
            inner = scope.row(cells, shaped)
            here = trail[:-1] if trail and trail[-1] == item.key else trail
            self.path(item.items, inner, (*here, f"table row {number} (line {row.line})"), "each")

    def switch(self, item: Item, scope: Scope, trail: Trail) -> None:
        """Expand the first path whose condition holds, in place of the switch."""
        for number, path in enumerate(item.paths, 1):
            if path.condition is not None and not self.arguments.condition(path.condition, scope):
                continue
            if path.tensor is not None:
                scope.history.append(self.tensor(path.tensor, scope))
            else:
                self.path(path.items, scope, (*self.through(item, trail), f"path {number}"), "item")
            return
        hint = "a last path without 'if' is the default"
        raise self.arguments.error("E310", "switch: no condition holds", item.place, hint)

    def block(self, item: Item, arguments: Mapping[str, YamlNode], scope: Scope, trail: Trail) -> None:
        """Expand a block: its arguments are evaluated here, its body sees them and what is defined in its own file."""
        came = self.home.library.imported.get(item.key)
        home = self.home if came is None else self.homes[came.library]
        block = home.library.blocks[item.key]
        inputs = self.inputs(item, scope, len(block.inputs))
        if POISON in inputs:
            raise PoisonedError
        name = self.name(item, scope)
        values = dict(home.values)
        values["cin"] = self.run.shapes[inputs[-1]][1]
        inner = Scope(self.run, values, home.functions, {"cin"}, prefix=f"{name}/", history=list(inputs))
        inner.tensors.update(zip(block.inputs, inputs, strict=True))
        inner.trail = trail
        self.bind(arguments, scope, inner, values)
        here, way = self.through(item, trail), () if came is None else (step(came.place),)
        outer, self.home, self.arguments = (self.home, self.arguments), home, home.arguments
        try:
            if len(arguments) < len(block.arguments):
                absent = {argument: node for argument, node in block.arguments.items() if argument not in arguments}
                self.bind(absent, inner, inner, values)
            if block.lets:
                self.lets(block.lets, inner, values)
            if block.defaults:
                self.arguments = home.arguments.under(block.defaults, inner)
            self.path(block.items, inner, (*here, *way), "body")
        except ConvcostError as error:
            if way:
                error.trail = (*(() if trail else here), *way, *error.trail)
            raise
        finally:
            self.home, self.arguments = outer
        self.output(item, name, scope, inner.history[-1])

    def bind(
        self, arguments: Mapping[str, YamlNode | None], where: Scope, inner: Scope, values: dict[str, Value]
    ) -> None:
        """Give a block arguments, in their order: those written are evaluated outside, defaults inside."""
        for argument, node in arguments.items():
            assert node is not None  # one that is required was written
            self.run.touched = False
            values[argument] = self.arguments.evaluate(node, where)
            if self.run.touched:
                inner.shaped = {*inner.shaped, argument}
