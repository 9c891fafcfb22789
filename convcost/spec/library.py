"""A library: values, defaults and blocks that specs share; a spec is one with a network of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from convcost.errors import SpecError
from convcost.records import Record
from convcost.spec.blocks import calls, check_recursion
from convcost.spec.expect import Names
from convcost.spec.hyperparameters import HyperparameterGrammar
from convcost.spec.item import Item, Signature
from convcost.spec.items import ItemGrammar
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar
from convcost.spec.problems import Problems
from convcost.spec.source import Source
from convcost.spec.vocabulary import FORMS, MAX_NAME, block_name_problem, words_of
from convcost.symbols.expr.language import EXTENTS, quoted, shorten

if TYPE_CHECKING:
    from convcost.spec.imports import Shelf

VERSION = "1"
DEFAULTS = ("padding", "bias", "norm", "activation")
LIBRARY = ("convcost", "name", "title", "source", "import", "let", "defaults", "blocks")
"""The keys of a library."""
BLOCK = ("inputs", "args", "let", "defaults", "body")
"""The keys of a block."""

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
    defaults: Mapping[str, Node]
    items: tuple[Item, ...]


class Import(Record):
    """A library and where it is imported."""

    place: Scalar
    library: Library


class Library:
    """A checked library; what is in it is not evaluated yet.

    Attributes
    ----------
    blocks : dict of str to Block
        Those of its own.
    signatures : dict of str to Signature
        Of those of its own, also where their bodies are wrong.
    imported : dict of str to Import
        Where blocks of other libraries come from, by their names.
    named : set of str
        Names of layers, for hints.
    trail : tuple of str
        The imports by which it was reached first.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.name = ""
        self.title = ""
        self.citation = ""
        self.lets: tuple[Let, ...] = ()
        self.defaults: dict[str, Node] = {}
        self.blocks: dict[str, Block] = {}
        self.signatures: dict[str, Signature] = {}
        self.imported: dict[str, Import] = {}
        self.named: set[str] = set()
        self.trail: tuple[str, ...] = ()

    def home(self, name: str) -> Library:
        """Return where the block of a name stands."""
        found = self.imported.get(name)
        return self if found is None else found.library


class LibraryGrammar(HyperparameterGrammar, ItemGrammar):
    """Reads what libraries and specs have in common.

    Parameters
    ----------
    shelf : Shelf, optional
        The libraries that were read so far.
    """

    def __init__(self, source: Source, problems: Problems, shelf: Shelf | None = None) -> None:
        super().__init__(source, problems)
        self.shelf = shelf

    def library(self, root: MappingNode) -> Library:
        """Return the library of a YAML tree."""
        for key, _ in root.pairs:
            if key.text == "layers":
                message = f"{self.source.file} is a spec, not a library of blocks"
                raise self.error("E121", message, key, "a library has blocks and no layers")
        fields = self.fields(root, "a library of blocks", LIBRARY, ("convcost", "blocks"))
        self.version(fields["convcost"])
        library = Library(self.source)
        self.describe(library, fields)
        names = Names()
        self.shared(library, fields, names)
        self.bodies(library, fields, names)
        return library

    def version(self, node: Node) -> None:
        """Check the version of the language."""
        if self.text(node, "convcost") != VERSION:
            message = f"version {quoted(self.text(node, 'convcost'))} of the spec language"
            raise self.error("E124", message, node, f"this program reads version {VERSION}: write convcost: {VERSION}")

    def describe(self, library: Library, fields: Mapping[str, Node]) -> None:
        """Read name, title and source; the name is that of the file where there is none."""
        for key in ("name", "title", "source"):
            if key in fields:
                self.collect(lambda key=key: self.description(library, key, fields[key]))  # type: ignore[misc]
        library.name = library.name or PurePath(self.source.file).stem or "spec"

    def description(self, library: Library, key: str, node: Node) -> None:
        """Read one of name, title and source."""
        if key == "name":
            library.name = self.text(node, "name")
            if not library.name.isprintable() or not library.name.strip() or len(library.name) > MAX_NAME:
                raise self.error("E129", f"{quoted(library.name)} cannot be a name", node, "a name is a short text")
        elif key == "title":
            library.title = self.prose(node, "title")
        else:
            library.citation = self.prose(node, "source")

    def shared(self, library: Library, fields: Mapping[str, Node], names: Names) -> None:
        """Read what blocks see, and which blocks there are; ``names`` grows."""
        self.blocks, self.named = {}, library.named
        if "import" in fields:
            self.collect(lambda: self.imports(library, fields["import"]))
        if "let" in fields:
            library.lets = self.lets(fields["let"], names)
        if "blocks" in fields:
            self.signatures(library, fields["blocks"])

    def bodies(self, library: Library, fields: Mapping[str, Node], names: Names) -> None:
        """Read defaults and blocks, once it is known which blocks there are."""
        if "defaults" in fields:
            self.collect(lambda: library.defaults.update(self.defaults(fields["defaults"], names)))
        if "blocks" in fields:
            self.collect(lambda: self.all_blocks(library, fields["blocks"], names))

    def imports(self, library: Library, node: Node) -> None:
        """Read the libraries that are imported; their blocks are called like those of this file."""
        from convcost.spec.imports import Shelf  # most specs import nothing

        self.shelf = self.shelf or Shelf()
        taken: set[Library] = set()
        for entry in self.sequence(node, "import", "write import: [NAME, ./FILE.yaml]").items:
            found = self.shelf.take(entry, self)
            if found is not None:
                self.collect(lambda found=found: self.bring(found, library, taken))  # type: ignore[misc]
        self.blocks = {name: came.library.signatures[name] for name, came in library.imported.items()}

    def bring(self, came: Import, library: Library, taken: set[Library]) -> None:
        """Make the blocks of an imported library known; E146 for one that another has, too."""
        if came.library in taken:
            raise self.error("E130", f"{quoted(came.place.text)} is imported twice", came.place)
        taken.add(came.library)
        for name, signature in came.library.signatures.items():
            other = library.imported.setdefault(name, came)
            if other is not came:
                first = _where(other.library, other.library.signatures[name])
                message = f"the block {quoted(name)} is in {_where(came.library, signature)} and in {first}"
                hint = "a block has one meaning in a spec: import one of the two"
                self.problems.add("E146", message, came.place, hint=hint)

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
        """Read one value or function."""
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

    def defaults(self, node: Node, names: Names) -> dict[str, Node]:
        """Read the defaults of a file or of a block."""
        defaults = self.fields(node, "defaults", DEFAULTS)
        for argument, value in defaults.items():
            if argument in {"norm", "activation"}:
                self.followed(argument, value, names)
            else:
                self.values(value, names, argument, words_of(FORMS["conv"].arguments[argument]))
        return defaults

    def signatures(self, library: Library, node: Node) -> None:
        """Read names, inputs and arguments of all blocks: bodies call blocks that stand further down."""
        self.mapping(node, "blocks")
        for key, body in node.pairs:  # type: ignore[union-attr]
            problem = block_name_problem(key.text)
            if problem:
                self.problems.add("E129", f"{quoted(key.text)} cannot be the name of a block", key, hint=problem)
            fields = self.mapping(body, f"the block {key.text}")
            arguments = fields.get("args")
            pairs = list(arguments.pairs) if isinstance(arguments, MappingNode) else []
            required = tuple(name.text for name, default in pairs if isinstance(default, Scalar) and default.is_null)
            library.signatures[key.text] = Signature(frozenset(name.text for name, _ in pairs), required, key)
            came = library.imported.pop(key.text, None)
            if came is not None:
                first = _where(came.library, came.library.signatures[key.text])
                message = f"the block {quoted(key.text)} is defined here and in {first}"
                hint = f"it is imported in line {came.place.line}: give this one another name"
                self.problems.add("E146", message, key, hint=hint)
        self.blocks = {**self.blocks, **library.signatures}

    def all_blocks(self, library: Library, node: Node, names: Names) -> None:
        """Read all blocks."""
        for key, body in node.pairs:  # type: ignore[union-attr]
            try:
                library.blocks[key.text] = self.block(key, body, names)
            except SpecError as error:
                self.problems.report(error)
        check_recursion({name: (block.place, calls(block.items)) for name, block in library.blocks.items()}, self)

    def block(self, key: Scalar, body: Node, names: Names) -> Block:
        """Read one block."""
        what = f"the block {key.text}"
        fields = self.fields(body, what, BLOCK, ("body",))
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
        defaults = self.defaults(fields["defaults"], inner) if "defaults" in fields else {}
        items = self.sequence(fields["body"], "body").items
        trail = (f"block {key.text} (line {key.line})",)
        return Block(key.text, key, inputs, arguments, lets, defaults, tuple(self.items(items, inner, trail, "body")))


def step(place: Scalar) -> str:
    """Return how trails call an import."""
    return f"import {shorten(place.text)} (line {place.line})"


def _where(library: Library, signature: Signature) -> str:
    return f"{library.source.file}:{signature.place.line}"


def _let_name(key: str) -> str:
    return key.partition("(")[0].strip()
