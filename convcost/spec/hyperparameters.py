"""Hyperparameters and presets: numbers with names, the values published for them, and where formulas are exact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from convcost.errors import Span, SpecError
from convcost.records import Record
from convcost.spec.expect import Grammar
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar
from convcost.spec.vocabulary import hint_for
from convcost.symbols.expr.language import quoted

FIELDS = ("default", "choices", "range", "multiple_of", "integer", "doc", "symbol")
SCALED = re.compile(r"(\w+)_over_(\d+)", re.ASCII)
PRESET = re.compile(r"[\w.-]+", re.ASCII)
MAX_SYMBOL = 16


class Hyperparameter(Record):
    """A number that an architecture can be built with.

    Attributes
    ----------
    choices : tuple of numbers
        The published values; others are legal.
    range : (lowest, highest), optional
        Values outside are errors.
    multiple_of : number, optional
        Where the closed form without floors holds.
    symbol : str
        The letter it has in formulas; empty for the usual one.
    integer : bool
        Whether it takes whole numbers only. Unless the spec tells: if ``multiple_of`` is whole, or there is none and
        default, choices and range are.
    """

    name: str
    default: int | Fraction
    choices: tuple[int | Fraction, ...] = ()
    range: tuple[int | Fraction, int | Fraction] | None = None
    multiple_of: int | Fraction | None = None
    doc: str = ""
    symbol: str = ""
    integer: bool = False
    span: Span | None = None

    def problem(self, value: int | Fraction) -> str:
        """Return why a value is not legal; empty if it is."""
        if self.integer and not isinstance(value, int):
            return f"{self.name} is a whole number, not {value}"
        if self.range and not self.range[0] <= value <= self.range[1]:
            return f"{self.name} is between {self.range[0]} and {self.range[1]}, not {value}"
        return "" if value > 0 else f"{self.name} is positive, not {value}"


class HyperparameterGrammar(Grammar):
    """Reads hyperparameters and presets."""

    def hyperparameters(self, node: Node) -> dict[str, Hyperparameter]:
        """Return the hyperparameters by name."""
        self.mapping(node, "hyperparameters")
        result: dict[str, Hyperparameter] = {}
        letters: dict[str, str] = {}
        for key, value in node.pairs:  # type: ignore[union-attr]
            result[key.text] = Hyperparameter(key.text, 1)  # known from here on, even if it is wrong
            try:
                h = result[key.text] = self.hyperparameter(key, value)
                if h.symbol and letters.setdefault(h.symbol, h.name) != h.name:
                    raise self.error("E133", f"{h.name} and {letters[h.symbol]} have one symbol, {h.symbol}", key)
            except SpecError as error:
                self.problems.report(error)
        for key, _ in node.pairs:  # type: ignore[union-attr]
            scaled = SCALED.fullmatch(key.text)
            if scaled and scaled[1] in result:
                hint = f"formulas call {scaled[1]}/{scaled[2]} by this name"
                self.problems.add("E130", f"{quoted(key.text)} cannot stand beside {scaled[1]}", key, hint=hint)
        return result

    def hyperparameter(self, key: Scalar, node: Node) -> Hyperparameter:
        """Return one hyperparameter: a bare value is its default."""
        self.value_name(key.text, key, "a hyperparameter")
        span = self.source.place(key)
        if not isinstance(node, MappingNode):
            default = self.constant(node, key.text)
            h = Hyperparameter(key.text, default, integer=isinstance(default, int), span=span)
            self.legal(h, default, node, "the default")
            return h
        fields = self.fields(node, f"the hyperparameter {key.text}", FIELDS, ("default",))
        default = self.constant(fields["default"], "default")
        choices = [self.constant(n, "a choice") for n in self.numbers(fields, "choices")]
        if "choices" in fields and not choices:
            raise self.error("E133", "choices is empty", fields["choices"], "leave it out")
        bounds = [self.constant(n, "a bound") for n in self.numbers(fields, "range")]
        if "range" in fields and (len(bounds) != 2 or bounds[0] > bounds[1]):
            raise self.error("E133", "a range is [lowest, highest]", fields["range"])
        multiple = self.constant(fields["multiple_of"], "multiple_of") if "multiple_of" in fields else None
        if multiple is not None and multiple <= 0:
            raise self.error("E133", f"multiple_of {multiple} is not positive", fields["multiple_of"])
        symbol = self.text(fields["symbol"], "symbol") if "symbol" in fields else ""
        if "symbol" in fields and (len(symbol) > MAX_SYMBOL or not symbol.isidentifier()):
            # it is written into LaTeX and Python source: \input and quotes have no business there
            hint = f"a letter, or a word of letters, digits and _ up to {MAX_SYMBOL}"
            raise self.error("E133", f"{quoted(symbol)} cannot be a symbol", fields["symbol"], hint)
        whole = all(isinstance(value, int) for value in (default, *choices, *bounds))
        integer = isinstance(multiple, int) or (multiple is None and whole)
        if "integer" in fields:
            integer = self.truth(fields["integer"], "integer")
        h = Hyperparameter(
            key.text,
            default,
            tuple(choices),
            (bounds[0], bounds[1]) if bounds else None,
            multiple,
            self.prose(fields["doc"], "doc") if "doc" in fields else "",
            symbol,
            integer=integer,
            span=span,
        )
        self.legal(h, default, fields["default"], "the default")
        for choice, place in zip(choices, self.numbers(fields, "choices"), strict=True):
            self.legal(h, choice, place, "a choice")
        return h

    def truth(self, node: Node, what: str) -> bool:
        """Return a value that is written true or false."""
        word = self.text(node, what)
        if word not in {"true", "false"}:
            raise self.error("E123", f"{what} is true or false, not {quoted(word)}", node)
        return word == "true"

    def numbers(self, fields: Mapping[str, Node], name: str) -> list[Node]:
        """Return the nodes of a list of numbers; none where it is absent."""
        return self.sequence(fields[name], name).items if name in fields else []

    def legal(self, hyperparameter: Hyperparameter, value: int | Fraction, node: Node, what: str) -> None:
        """Check a value that the spec gives."""
        problem = hyperparameter.problem(value)
        if problem:
            raise self.error("E134", f"{what}: {problem}", node)

    def presets(self, node: Node, known: Mapping[str, Hyperparameter]) -> dict[str, dict[str, int | Fraction]]:
        """Return named bindings."""
        self.mapping(node, "presets")
        result: dict[str, dict[str, int | Fraction]] = {}
        for key, values in node.pairs:  # type: ignore[union-attr]
            try:
                result[key.text] = self.preset(key, values, known)
            except SpecError as error:
                self.problems.report(error)
        return result

    def preset(self, key: Scalar, node: Node, known: Mapping[str, Hyperparameter]) -> dict[str, int | Fraction]:
        """Return one preset."""
        if not PRESET.fullmatch(key.text):
            hint = "names are letters, digits, _ - and ."
            raise self.error("E129", f"{quoted(key.text)} cannot be the name of a preset", key, hint)
        self.mapping(node, f"the preset {key.text}")
        bindings: dict[str, int | Fraction] = {}
        for name, value in node.pairs:  # type: ignore[union-attr]
            if name.text not in known:
                message = f"the preset {key.text} binds {quoted(name.text)}, which is no hyperparameter"
                self.problems.add("E135", message, name, hint=hint_for(name.text, known))
                continue
            bindings[name.text] = self.constant(value, name.text)
            self.legal(known[name.text], bindings[name.text], value, f"the preset {key.text}")
        return bindings
