"""What a node has to be: the few checks that every part of the grammar makes, each with one error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import TypeVar

from convcost.errors import SpecError
from convcost.spec.nodes import Mapping, Node, Scalar, Sequence, kind
from convcost.spec.problems import Problems, placed
from convcost.spec.source import Source
from convcost.spec.vocabulary import ANY, WORDS, Words, hint_for, value_name_problem
from convcost.symbols.expr import FUNCTIONS, Expression, ExpressionError, Use, constant, parse
from convcost.symbols.expr.language import EXTENTS, quoted

T = TypeVar("T")


class Names:
    """The values and functions an expression may use where it stands; functions with their number of arguments."""

    __slots__ = ("functions", "values")

    def __init__(self, values: Iterable[str] = (), functions: dict[str, int] | None = None) -> None:
        self.values = set(values)
        self.functions = dict(functions or {})

    def extended(self, values: Iterable[str]) -> Names:
        """Return these names and more values."""
        return Names(self.values.union(values), self.functions)


class Grammar:
    """Checks on the nodes of one source; they raise ``SpecError`` with its place."""

    def __init__(self, source: Source, problems: Problems) -> None:
        self.source = source
        self.problems = problems

    def error(self, code: str, message: str, node: Node, hint: str = "") -> SpecError:
        """Return an error at a node."""
        return SpecError(code, message, span=self.source.place(node), hint=hint)

    def another(self, what: str, wanted: str, node: Node, hint: str = "") -> SpecError:
        """Return the error for a node that is not what is wanted, or nothing at all."""
        if isinstance(node, Scalar) and node.is_null:
            return self.error("E123", f"{what} has no value", node, hint or f"{wanted} stands here")
        if isinstance(node, Scalar) and node.plain and node.text.startswith("-") and wanted == "a list":
            hint = "a space is missing after -"
        return self.error("E123", f"{what} is {wanted}, not {kind(node)}", node, hint)

    def collect(self, step: Callable[[], T]) -> T | None:
        """Return what a step of the reading returns; None where it fails: its error is kept, and other steps run."""
        try:
            return step()
        except SpecError as error:
            self.problems.report(error)
            return None

    def hint(self, word: str, known: Iterable[str]) -> str:
        """Return a hint for a key that there is not; empty where none is near."""
        return hint_for(word, known)

    def text(self, node: Node, what: str) -> str:
        """Return the text of a node that is one."""
        if isinstance(node, Scalar) and not node.is_null:
            return node.text
        raise self.another(what, "a text", node)

    def prose(self, node: Node, what: str) -> str:
        """Return a text that reports print, on one line: a terminal must not obey what a spec says."""
        text = " ".join(self.text(node, what).split())
        for character in text:
            if not character.isprintable():
                message = f"the character U+{ord(character):04X} in {what}"
                raise self.error("E105", message, node, "leave control characters out")
        return text

    def scalar(self, node: Node, what: str) -> Scalar:
        """Return a node that is a text."""
        self.text(node, what)
        assert isinstance(node, Scalar)
        return node

    def sequence(self, node: Node, what: str, hint: str = "") -> Sequence:
        """Return a node that is a list."""
        if isinstance(node, Sequence):
            return node
        raise self.another(what, "a list", node, hint)

    def mapping(self, node: Node, what: str, hint: str = "") -> dict[str, Node]:
        """Return the pairs of a node that is a mapping."""
        if isinstance(node, Mapping):
            return {key.text: value for key, value in node.pairs}
        raise self.another(what, "a mapping", node, hint)

    def fields(self, node: Node, what: str, known: Collection[str], required: Collection[str] = ()) -> dict[str, Node]:
        """Return the pairs of a mapping whose keys are known; report those that are not."""
        pairs = self.mapping(node, what)
        assert isinstance(node, Mapping)
        missing = [name for name in required if name not in pairs]
        for key, _ in node.pairs:
            if key.text in known:
                continue
            hint = self.hint(key.text, known) or f"known: {', '.join(known)}"
            message = f"{what} has no key {quoted(key.text)}"
            if any(f"'{name}'" in hint for name in missing):  # misspelt, so it is not missing, too
                raise self.error("E121", message, key, hint)
            self.problems.add("E121", message, key, hint=hint)
        if missing:
            raise self.error("E122", f"{what} needs the key{listed(missing)}", node)
        return {name: value for name, value in pairs.items() if name in known}

    def constant(self, node: Node, what: str) -> int | Fraction:
        """Return a number; no names in it."""
        if not isinstance(node, Scalar) or node.is_null:
            raise self.another(what, "a number", node)
        try:
            return constant(node.text)
        except ExpressionError as error:
            if error.code == "E103":
                error.hint = error.hint or "a number stands here"
            raise placed(error, self.source, node) from None

    def integer(self, node: Node, what: str) -> int:
        """Return a whole number."""
        value = self.constant(node, what)
        if isinstance(value, int):
            return value
        raise self.error("E123", f"{what} is a whole number, not {value}", node)

    def expression(self, node: Node, names: Names, what: str, words: Words = ANY) -> Expression:
        """Return the expression of a text after checking that its names stand for something.

        ``words`` are for hints: others of the language are refused where the value is used.
        """
        if not isinstance(node, Scalar) or node.is_null:
            raise self.another(what, "an expression", node)
        try:
            expression = parse(node.text)
            for use in expression.uses:
                if use.is_call:
                    if use.name not in names.functions:
                        raise _unknown(use, (*names.functions, *FUNCTIONS, *EXTENTS), names)
                    if names.functions[use.name] != use.arity:
                        raise use.wrong_arity(names.functions[use.name])
                elif use.arity is None and use.name not in names.values and use.name not in WORDS:
                    error = _unknown(use, (*names.values, *words.words), names)
                    error.hint = error.hint or words.hint
                    raise error
        except ExpressionError as error:
            raise placed(error, self.source, node) from None
        return expression

    def value_name(self, name: str, node: Node, what: str) -> None:
        """Check the name of a hyperparameter, let, argument or column."""
        problem = value_name_problem(name)
        if problem:
            raise self.error("E129", f"{quoted(name)} cannot be the name of {what}", node, problem)

    def values(self, node: Node, names: Names, what: str, words: Words = ANY) -> None:
        """Check a value: an expression, or a list of values."""
        if isinstance(node, Scalar):
            self.expression(node, names, what, words)
        elif isinstance(node, Sequence):
            for item in node.items:
                self.values(item, names, what, words)
        else:
            raise self.another(what, "an expression, a word or a list", node)


def _unknown(use: Use, known: Collection[str], names: Names) -> ExpressionError:
    """Return the error for an unknown name; a function is no value, and a value no function."""
    error = use.unknown(known)
    if use.is_call and use.name in names.values:
        error.hint = f"{use.name} is a value, not a function"
    elif not use.is_call and (use.name in names.functions or use.name in FUNCTIONS or use.name in EXTENTS):
        error.hint = f"{use.name} is a function: {use.name}(...)"
    return error


def listed(names: Iterable[str]) -> str:
    """Write one name or several behind a noun: " 'a'", "s 'a' and 'b'".

    >>> listed(["a"]), listed(["a", "b", "c"])
    (" 'a'", "s 'a', 'b' and 'c'")
    """
    *most, last = [quoted(name) for name in names]
    return f"s {', '.join(most)} and {last}" if most else f" {last}"
