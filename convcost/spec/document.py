"""The document: what stands at the top of a spec, checked before anything is expanded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePath

from convcost.errors import SpecError
from convcost.records import Record
from convcost.spec.blocks import calls, check_recursion
from convcost.spec.expect import Names
from convcost.spec.hyperparameters import Hyperparameter, HyperparameterGrammar
from convcost.spec.item import Item, Signature
from convcost.spec.items import ItemGrammar
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar, Sequence, kind
from convcost.spec.problems import Enough, Problems
from convcost.spec.source import Source
from convcost.spec.vocabulary import FORMS, INPUT, MAX_NAME, tensor_name_problem, words_of
from convcost.symbols.expr.language import EXTENTS, quoted

VERSION = "1"
DEFAULTS = ("padding", "bias", "norm", "activation")
DOCUMENT = (
    "convcost",
    "name",
    "title",
    "source",
    "year",
    "hyperparameters",
    "presets",
    "let",
    "requires",
    "input",
    "defaults",
    "blocks",
    "layers",
    "claims",
)
"""The keys of a document."""

_FUNCTION = re.compile(r"([A-Za-z_]\w*)\s*\(([^()]*)\)", re.ASCII)


class Let(Record):
    """A value, or a function where it has parameters."""

    name: str
    parameters: tuple[str, ...] | None
    body: Scalar


class Block(Record):
    """A template; ``arguments`` are in order, None for those that are required."""

    name: str
    place: Scalar
    inputs: tuple[str, ...]
    arguments: Mapping[str, Node | None]
    lets: tuple[Let, ...]
    items: tuple[Item, ...]


class Document:
    """A checked document; what is in it is not evaluated yet, except hyperparameters."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.name = ""
        self.title = ""
        self.citation = ""
        self.year: int | None = None
        self.hyperparameters: dict[str, Hyperparameter] = {}
        self.presets: dict[str, dict[str, int | Fraction]] = {}
        self.lets: tuple[Let, ...] = ()
        self.requires: tuple[Scalar, ...] = ()
        self.inputs: tuple[tuple[str, Scalar, Sequence], ...] = ()
        self.defaults: dict[str, Node] = {}
        self.blocks: dict[str, Block] = {}
        self.items: tuple[Item, ...] = ()
        self.claims: tuple[Node, ...] = ()
        self.named: set[str] = set()


def read_document(source: Source, root: MappingNode) -> Document:
    """Return the document of a YAML tree.

    Raises
    ------
    SpecError, Diagnostics
        E120 to E139 and E201 to E213: everything that is wrong with its structure and its expressions.
    """
    problems = Problems(source)
    try:
        document = _DocumentGrammar(source, problems).document(root)
    except SpecError as error:
        problems.errors.append(error)
    except Enough:
        pass
    problems.check()
    return document


class _DocumentGrammar(HyperparameterGrammar, ItemGrammar):
    def document(self, root: MappingNode) -> Document:
        fields = self.fields(root, "a spec", DOCUMENT, ("convcost", "input", "layers"))
        self.version(fields["convcost"])
        document = Document(self.source)
        self.blocks, self.named = {}, document.named
        if "hyperparameters" in fields:
            document.hyperparameters = self.hyperparameters(fields["hyperparameters"])
        for key in ("name", "title", "source", "year", "presets"):
            if key in fields:
                self.collect(lambda key=key: self.head(document, key, fields[key]))  # type: ignore[misc]
        document.name = document.name or PurePath(self.source.file).stem or "spec"
        names = Names(document.hyperparameters)
        if "let" in fields:
            document.lets = self.lets(fields["let"], names)
        if "blocks" in fields:
            self.signatures(fields["blocks"])
        self.collect(lambda: self.inputs(document, fields["input"], names))
        if "requires" in fields:
            self.collect(lambda: self.requires(document, fields["requires"], names))
        if "defaults" in fields:
            self.collect(lambda: self.defaults(document, fields["defaults"], names))
        if "blocks" in fields:
            self.collect(lambda: self.all_blocks(document, fields["blocks"], names))
        if "claims" in fields:
            self.collect(lambda: self.claims(document, fields["claims"]))
        layers = self.sequence(fields["layers"], "layers")
        if not layers.items:
            raise self.error("E123", "layers is empty", layers, "a network has at least one layer")
        document.items = tuple(self.items(layers.items, names.extended(["cin"]), (), ""))
        return document

    def version(self, node: Node) -> None:
        if self.text(node, "convcost") != VERSION:
            message = f"version {quoted(self.text(node, 'convcost'))} of the spec language"
            raise self.error("E124", message, node, f"this program reads version {VERSION}: write convcost: {VERSION}")

    def head(self, document: Document, key: str, node: Node) -> None:
        """Read what describes the architecture."""
        if key == "name":
            document.name = self.text(node, "name")
            if not document.name.isprintable() or not document.name.strip() or len(document.name) > MAX_NAME:
                raise self.error("E129", f"{quoted(document.name)} cannot be a name", node, "a name is a short text")
        elif key == "title":
            document.title = self.prose(node, "title")
        elif key == "source":
            document.citation = self.prose(node, "source")
        elif key == "year":
            document.year = self.integer(node, "year")
        else:
            document.presets = self.presets(node, document.hyperparameters)

    def lets(self, node: Node, names: Names) -> tuple[Let, ...]:
        """Read values and functions; each may use those above it. ``names`` grows."""
        result = []
        self.mapping(node, "let")
        pairs = list(node.pairs)  # type: ignore[union-attr]
        later = {_let_name(key.text): key.line for key, _ in pairs}
        for key, value in pairs:
            try:
                result.append(self.let(key, value, names))
            except SpecError as error:
                used = re.search(r"'(\w+)'", error.message) if error.code in {"E103", "E203"} else None
                if used and used[1] == _let_name(key.text):
                    error.hint = "what 'let' defines cannot use itself"
                elif used and later.get(used[1], 0) > key.line:
                    error.hint = f"it is defined further down, in line {later[used[1]]}"
                self.problems.report(error)
            name = _let_name(key.text)  # known from here on, even if it is wrong: one error is enough
            function = _FUNCTION.fullmatch(key.text)
            if function:
                names.functions[name] = len(function[2].split(","))
            else:
                names.values.add(name)
        return tuple(result)

    def let(self, key: Scalar, value: Node, names: Names) -> Let:
        name, inner, parameters = key.text, names, None
        if "(" in key.text:
            function = _FUNCTION.fullmatch(key.text)
            if function is None:
                raise self.error("E137", f"{quoted(key.text)} is not a function", key, "write w(c): floor(alpha*c)")
            name = function[1]
            parameters = tuple(parameter.strip() for parameter in function[2].split(","))
            for parameter in parameters:
                self.value_name(parameter, key, "a parameter")
            if len(set(parameters)) < len(parameters):
                raise self.error("E130", f"two parameters of {name} have one name", key)
            inner = names.extended(parameters)
        self.value_name(name, key, "a function" if parameters else "a value")
        if parameters and name in EXTENTS:
            hint = f"{name}(t) is a function of the language"
            raise self.error("E129", f"{quoted(name)} cannot be the name of a function", key, hint)
        if name in names.values or name in names.functions:
            raise self.error("E130", f"{quoted(name)} is defined twice", key)
        self.expression(value, inner, name)
        return Let(name, parameters, self.scalar(value, name))

    def inputs(self, document: Document, node: Node, names: Names) -> None:
        """Read the shape of the input, or the shapes of several by name."""
        if isinstance(node, Sequence):
            shapes: list[tuple[Scalar, Node]] = [(Scalar(INPUT, True, node.line, node.column), node)]
        else:
            if not isinstance(node, MappingNode):
                message = f"input is a list of extents, not {kind(node)}"
                raise self.error("E123", message, node, "write input: [channels, height, width]")
            shapes = [(self.tensor_name(key, "an input"), shape) for key, shape in node.pairs]
        result = []
        for name, shape in shapes:
            extents = self.sequence(shape, "the shape of an input", "write [channels, height, width]")
            if not 1 <= len(extents.items) <= 4:
                message = f"a shape of {len(extents.items)} extents"
                raise self.error("E123", message, extents, "[features] or [channels, height, width], without the batch")
            for extent in extents.items:
                self.expression(extent, names, "an extent")
            result.append((name.text, name, extents))
        if not result:
            raise self.error("E123", "input is empty", node, "write input: [channels, height, width]")
        document.inputs = tuple(result)

    def requires(self, document: Document, node: Node, names: Names) -> None:
        conditions = self.sequence(node, "requires").items
        for condition in conditions:
            self.expression(condition, names, "a condition")
        document.requires = tuple(self.scalar(condition, "a condition") for condition in conditions)

    def defaults(self, document: Document, node: Node, names: Names) -> None:
        document.defaults = self.fields(node, "defaults", DEFAULTS)
        for argument, value in document.defaults.items():
            if argument in {"norm", "activation"}:
                self.followed(argument, value, names)
            else:
                self.values(value, names, argument, words_of(FORMS["conv"].arguments[argument]))

    def signatures(self, node: Node) -> None:
        """Read names, inputs and arguments of all blocks: bodies call blocks that stand further down."""
        blocks: dict[str, Signature] = {}
        self.mapping(node, "blocks")
        for key, body in node.pairs:  # type: ignore[union-attr]
            problem = tensor_name_problem(key.text) or ("" if key.text.count("/") == 0 else "/ stands between scopes")
            if problem:
                self.problems.add("E129", f"{quoted(key.text)} cannot be the name of a block", key, hint=problem)
            fields = self.mapping(body, f"the block {key.text}")
            arguments = fields.get("args")
            pairs = list(arguments.pairs) if isinstance(arguments, MappingNode) else []
            required = tuple(name.text for name, default in pairs if isinstance(default, Scalar) and default.is_null)
            blocks[key.text] = Signature(frozenset(name.text for name, _ in pairs), required)
        self.blocks = blocks

    def all_blocks(self, document: Document, node: Node, names: Names) -> None:
        for key, body in node.pairs:  # type: ignore[union-attr]
            try:
                document.blocks[key.text] = self.block(key, body, names)
            except SpecError as error:
                self.problems.report(error)
        check_recursion({name: (block.place, calls(block.items)) for name, block in document.blocks.items()}, self)

    def block(self, key: Scalar, body: Node, names: Names) -> Block:
        """Read one block."""
        what = f"the block {key.text}"
        fields = self.fields(body, what, ("inputs", "args", "let", "body"), ("body",))
        inputs: tuple[str, ...] = ("x",)
        if "inputs" in fields:
            nodes = self.sequence(fields["inputs"], "inputs").items
            inputs = tuple(self.tensor_name(node, "an input").text for node in nodes)
            if not inputs:
                raise self.error("E123", f"{what} without inputs", fields["inputs"], "one input is the default")
            if len(set(inputs)) < len(inputs):
                raise self.error("E130", f"two inputs of {what} have one name", fields["inputs"])
        inner = names.extended(["cin"])
        arguments: dict[str, Node | None] = {}
        if "args" in fields:
            self.mapping(fields["args"], "args")
            for name, default in fields["args"].pairs:  # type: ignore[union-attr]
                self.value_name(name.text, name, "an argument")
                if name.text in inner.values:
                    raise self.error("E130", f"{quoted(name.text)} is a hyperparameter or let already", name)
                required = isinstance(default, Scalar) and default.is_null
                if not required:
                    self.values(default, inner, name.text)
                arguments[name.text] = None if required else default
                inner.values.add(name.text)
        lets = self.lets(fields["let"], inner) if "let" in fields else ()
        items = self.sequence(fields["body"], "body").items
        trail = (f"block {key.text} (line {key.line})",)
        return Block(key.text, key, inputs, arguments, lets, tuple(self.items(items, inner, trail, "body")))

    def claims(self, document: Document, node: Node) -> None:
        claims = self.sequence(node, "claims").items
        for claim in claims:
            self.mapping(claim, "a claim")
        document.claims = tuple(claims)


def _let_name(key: str) -> str:
    return key.partition("(")[0].strip()
