"""From the arguments of an item to an op: expressions are evaluated, typed, and completed by the defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.errors import SpecError
from convcost.graph import Origin
from convcost.ops import Argument, Op, Pad, Padding, Reshape, Shape, Size
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar, Sequence
from convcost.spec.problems import placed
from convcost.spec.scope import Run, Scope, Structural, symbols_of
from convcost.spec.source import Source
from convcost.spec.vocabulary import (
    ACTIVATION_OPS,
    FORMS,
    LITERAL,
    NONE,
    NORM_OPS,
    PADDINGS,
    SPATIAL,
    Form,
    hint_for,
    written_arguments,
)
from convcost.symbols import Dim, floor, is_symbolic
from convcost.symbols.arith import exact
from convcost.symbols.expr import ExpressionError, Value, condition, describe, parse


class Given(NamedTuple):
    """A value with the name of the argument it is for, and where it was written."""

    value: Value
    name: str
    node: Node
    scope: Scope


class Arguments:
    """Evaluates the nodes of one source under some defaults and makes ops of them; equal ops are one object.

    Parameters
    ----------
    others : Arguments, optional
        Those of another source of the same run, whose ops are shared.
    """

    def __init__(self, source: Source, run: Run, others: Arguments | None = None) -> None:
        self.source = source
        self.run = run
        self.defaults: dict[str, Value] = {}
        self.followers: dict[str, Op | None] = {"norm": None, "activation": None}
        self.made: dict[tuple[Any, ...], Op] = {} if others is None else others.made
        self.ops: dict[Op, Op] = {} if others is None else others.ops
        self._under: dict[tuple[Any, ...], Arguments] = {}

    # defaults

    def under(self, nodes: Mapping[str, Node], scope: Scope) -> Arguments:
        """Return the same under more defaults, which are evaluated here; those of equal values are one object."""
        read = {name: self.default(name, node, scope) for name, node in nodes.items()}
        key = tuple(read.items())
        if key not in self._under:
            made = self._under[key] = Arguments(self.source, self.run, self)
            values = {name: value for name, value in read.items() if name not in self.followers}
            made.defaults = self.defaults | values
            made.followers = self.followers | {name: op for name, op in read.items() if name in self.followers}
        return self._under[key]

    def default(self, argument: str, node: Node, scope: Scope) -> Value | Op | None:
        """Return the value of a default; of a norm or activation, the op."""
        if argument in self.followers:
            return self.follower(argument, node, scope, FORMS["conv"])
        value = self.evaluate(node, scope)
        if argument == "bias" and not isinstance(value, bool):
            raise self.error("E314", f"bias is true or false, not {describe(value)}", node)
        if argument == "padding":
            self.check_padding(value, node, scope)
        return value

    # values

    def evaluate(self, node: Node, scope: Scope) -> Value:
        """Return the value of an expression, or of a list of them."""
        if isinstance(node, Scalar):
            self.run.begin()
            try:
                value = parse(node.text).value(scope)
            except ExpressionError as error:
                raise placed(error, self.source, node) from None
            if self.run.pending:
                self.run.settle(self.origin(node, scope), structural=False)
            return value
        if isinstance(node, Sequence):
            return tuple([self.evaluate(item, scope) for item in node.items])
        raise self.error("E314", "a mapping where a value stands", node)

    def condition(self, node: Scalar, scope: Scope, *, structural: bool = True) -> bool:
        """Return whether a condition holds; where that differs from value to value, a guard keeps how it was taken.

        A structural one that no shape has to do with makes its symbols structural instead.
        """
        self.run.begin()
        self.run.touched = False
        try:
            truth = condition(parse(node.text).value(scope))
        except ExpressionError as error:
            raise placed(error.at(0, len(node.text)), self.source, node) from None
        if self.run.pending:
            self.run.settle(self.origin(node, scope), structural=structural)
        return truth

    def number(self, node: Scalar, scope: Scope) -> Dim:
        """Return a number that the structure depends on: what is symbolic in it becomes structural."""
        self.run.begin()
        self.run.touched = False
        try:
            value = parse(node.text).value(scope)
        except ExpressionError as error:
            raise placed(error, self.source, node) from None
        if self.run.pending:
            self.run.settle(self.origin(node, scope), structural=True)
        return self.bound(value, "repeat", node)

    def bound(self, value: Value, name: str, node: Node) -> int | Fraction:
        """Return a value that is a number; symbols in it are structural."""
        if isinstance(value, bool | str | tuple):
            raise self.error("E314", f"{name} is a number, not {describe(value)}", node)
        if is_symbolic(value):
            raise Structural(symbols_of(value))
        assert isinstance(value, int | Fraction)
        return value

    def origin(self, node: Node, scope: Scope) -> Callable[[], Origin]:
        """Return a function that makes the origin of a node."""
        return lambda: Origin(self.source.place(node), scope.trail)

    def error(self, code: str, message: str, node: Node, hint: str = "") -> SpecError:
        """Return an error at a node."""
        return SpecError(code, message, span=self.source.place(node), hint=hint)

    # types

    def extent(self, given: Given, least: int | None = 1) -> Dim:
        """Return a whole number that is not below ``least``."""
        value, name, node, scope = given
        if type(value) is int and (least is None or value >= least):
            return value
        if isinstance(value, bool | str | tuple):
            raise self.error("E314", f"{name} is a number, not {describe(value)}", node)
        if is_symbolic(value):
            if not value.is_integer:
                number = self.run.number(value)
                if not isinstance(number, int):
                    hint = "round it: floor(...), ceil(...) or round(...)"
                    raise self.error("E312", f"{name} = {describe(value)} is {number}, not a whole number", node, hint)
                self.run.guard(value, "==", floor(value), self.origin(node, scope), holds=True)
            return value
        if isinstance(value, Fraction):
            hint = f"floor(...) gives {floor(value)}, ceil(...) {floor(value) + 1}"
            raise self.error("E312", f"{name} = {value} is not a whole number", node, hint)
        raise self.error("E313", f"{name} = {value} is less than {least}", node)

    def extents(self, given: Given, least: int | None = 1) -> Size:
        """Return several whole numbers."""
        value, name, node, scope = given
        values = value if isinstance(value, tuple) else (value,)
        if not values and name != "shape":  # a single number for each sample has no axes
            raise self.error("E315", f"{name} is an empty list", node)
        nodes = node.items if isinstance(node, Sequence) and len(node.items) == len(values) else [node] * len(values)
        return tuple([self.extent(Given(v, name, n, scope), least) for v, n in zip(values, nodes, strict=True)])

    def size(self, given: Given, rank: int, least: int | None) -> Size:
        """Return one extent for each spatial axis."""
        if not isinstance(given.value, tuple):
            return (self.extent(given, least),) * rank
        if len(given.value) != rank:
            hint = f"the input has {rank} spatial ax{'is' if rank == 1 else 'es'}: one number, or one for each"
            raise self.error("E315", f"{given.name} is a list of {len(given.value)}", given.node, hint)
        return self.extents(given, least)

    def padding(self, given: Given, rank: int, typed: Mapping[str, Any], least: int | None) -> Padding:
        """Return ``same`` or the amounts: all the axes' beginnings, then all their ends."""
        value, _, node, _ = given
        if isinstance(value, str) and value in PADDINGS and "kernel" in typed:
            if value == "half":
                return self.half(node, typed["kernel"], typed.get("dilation", (1,) * rank))
            return (0,) * (2 * rank) if value == "valid" else "same"
        if isinstance(value, bool | str):
            words = "same, valid, half, a number or a list" if "kernel" in typed else "a number or a list"
            hint = hint_for(value, PADDINGS) if isinstance(value, str) and "kernel" in typed else ""
            raise self.error("E314", f"padding is {words}, not {describe(value)}", node, hint)
        amounts = self.extents(given, least)
        if not isinstance(value, tuple):
            return amounts * (2 * rank)
        if len(amounts) == 2 * rank:
            return amounts
        if len(amounts) == rank:
            return amounts * 2
        every = {1: "[left, right]", 2: "[top, left, bottom, right]"}.get(rank, f"{2 * rank} numbers")
        raise self.error(
            "E315", f"padding is a list of {len(amounts)}", node, f"one number, one for each axis, or {every}"
        )

    def check_padding(self, value: Value, node: Node, scope: Scope) -> None:
        """Check the default of a document, which no single layer is to blame for."""
        if not isinstance(value, bool | str):
            self.extents(Given(value, "padding", node, scope), 0)
        elif value not in PADDINGS:
            hint = hint_for(value, PADDINGS) if isinstance(value, str) else ""
            message = f"padding is same, valid, half, a number or a list of numbers, not {describe(value)}"
            raise self.error("E314", message, node, hint)

    def half(self, node: Node, kernel: Size, dilation: Size) -> Size:
        """Return dilation · (kernel - 1) / 2 on each side."""
        amounts = tuple(exact(d * (k - 1) * Fraction(1, 2)) for k, d in zip(kernel, dilation, strict=True))
        for amount, extent in zip(amounts, kernel, strict=True):
            if isinstance(amount, Fraction):
                hint = "an even kernel needs valid, same, or amounts"
                raise self.error("E316", f"padding half of a kernel of {extent} is {amount}", node, hint)
        return amounts * 2

    def typed(self, argument: Argument, given: Given, rank: int) -> Any:
        """Return a value as an argument wants it; paddings apart."""
        value, name, node, scope = given
        match argument.type:
            case "dim":
                return self.extent(given)
            case "size":
                return self.size(given, rank, 0 if argument.default == 0 else 1)
            case "flag":
                if isinstance(value, bool):
                    return value
                raise self.error("E314", f"{name} is true or false, not {describe(value)}", node)
            case "int":
                return self.extent(Given(self.bound(value, name, node), name, node, scope), None)
            case "ints":
                values = value if isinstance(value, tuple) else (value,)
                return self.extents(Given(tuple(self.bound(v, name, node) for v in values), name, node, scope), None)
            case "dims":
                return self.extents(given)
            case "rational":
                return self.bound(value, name, node)
            case "text":
                return value
            case "place":
                return self.extent(given, None)
            case "choice" | "word":
                if isinstance(value, str) and value in argument.choices:
                    return value
                hint = hint_for(value, argument.choices) if isinstance(value, str) else ""
                raise self.error(
                    "E314", f"{name} is {' or '.join(argument.choices)}, not {describe(value)}", node, hint
                )
        raise AssertionError(argument.type)

    # ops

    def read(
        self, form: Form, arguments: Mapping[str, Node], scope: Scope, shape: Shape, *, place: Node
    ) -> dict[str, Any]:
        """Return the arguments of an op, typed; norm and activation apart."""
        rank = len(shape) - 2
        if rank < 1 and form.name in SPATIAL:
            message = f"{form.name} works on channels and space, and its input has no spatial axes"
            raise self.error("E320", message, place)
        typed: dict[str, Any] = {}
        padding: Given | None = None
        for name, node in arguments.items():
            argument = form.arguments[name]
            if argument.type in {"norm", "activation"}:
                continue
            given = Given(self.literal(argument, node) or self.evaluate(node, scope), name, node, scope)
            if argument.type == "padding":
                padding = given
            elif form.op is Reshape:
                typed[name] = self.reshape(given)
            else:
                typed[name] = self.typed(argument, given, rank)
        if (
            padding is None
            and "padding" in form.arguments
            and "padding" in form.defaults
            and "padding" in self.defaults
        ):
            padding = Given(self.defaults["padding"], "padding", place, scope)
        if padding is not None:
            typed["padding"] = self.padding(padding, rank, typed, None if form.op is Pad else 0)
        if "bias" not in typed and "bias" in form.defaults and "bias" in self.defaults:
            typed["bias"] = self.defaults["bias"]
        return typed

    def literal(self, argument: Argument, node: Node) -> str:
        """Return the text of an argument that is no expression; empty where it is one."""
        return " ".join(node.text.split()) if argument.type in LITERAL and isinstance(node, Scalar) else ""

    def reshape(self, given: Given) -> tuple[Dim, ...]:
        """Return the extents of a new shape, one of which may be -1."""
        values = given.value if isinstance(given.value, tuple) else (given.value,)
        known = self.extents(given._replace(value=tuple(1 if v == -1 else v for v in values)))
        if values.count(-1) > 1:
            raise self.error("E314", "shape has more than one -1", given.node)
        return tuple(-1 if v == -1 else k for v, k in zip(values, known, strict=True))

    def make(self, op: type[Op], arguments: Mapping[str, Any]) -> Op:
        """Return the op; the same object for the same arguments."""
        key = (op, *arguments.items())
        made = self.made.get(key)
        if made is None:
            new = op(**arguments)
            made = self.made[key] = self.ops.setdefault(new, new)
        return made

    def follower(self, argument: str, node: Node | None, scope: Scope, form: Form) -> Op | None:
        """Return the norm or activation that follows an op; None for none."""
        if node is None:
            return self.followers[argument] if argument in form.defaults else None
        ops = NORM_OPS if argument == "norm" else ACTIVATION_OPS
        if isinstance(node, MappingNode):
            ((key, value),) = node.pairs
            op = ops[key.text]
            written = {k.text: v for k, v in value.pairs} if isinstance(value, MappingNode) else {}
            known = written_arguments(op)
            typed = {
                name: self.typed(
                    known[name], Given(self.literal(known[name], n) or self.evaluate(n, scope), name, n, scope), 0
                )
                for name, n in written.items()
            }
            return self.make(op, typed)
        word = self.evaluate(node, scope)
        if word == NONE:
            return None
        if not isinstance(word, str) or word not in ops:
            hint = hint_for(word, (*ops, NONE)) if isinstance(word, str) else ""
            raise self.error("E314", f"{argument} is none or one of its ops, not {describe(word)}", node, hint)
        op = ops[word]
        required = FORMS[op.name].required
        if required:
            hint = f"write {argument}: {{{word}: {{{required[0]}: ...}}}}"
            raise self.error("E128", f"{word} needs the argument {required[0]!r}", node, hint)
        return self.make(op, {})
