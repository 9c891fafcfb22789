"""The document: what stands at the top of a spec, checked before anything is expanded."""

from __future__ import annotations

from fractions import Fraction

from convcost.spec.expect import Names
from convcost.spec.hyperparameters import Hyperparameter
from convcost.spec.item import Item
from convcost.spec.library import Library, LibraryGrammar
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar, Sequence, kind
from convcost.spec.problems import Problems
from convcost.spec.source import Source
from convcost.spec.vocabulary import INPUT

DOCUMENT = (
    "convcost",
    "name",
    "title",
    "source",
    "year",
    "import",
    "hyperparameters",
    "presets",
    "let",
    "requires",
    "input",
    "defaults",
    "blocks",
    "layers",
    "claims",
    "budgets",
)
"""The keys of a document."""


class Document(Library):
    """A checked document; what is in it is not evaluated yet, except hyperparameters.

    Attributes
    ----------
    libraries : tuple of Library
        Those that it imports, directly or not, each behind those that it imports itself.
    """

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.year: int | None = None
        self.hyperparameters: dict[str, Hyperparameter] = {}
        self.presets: dict[str, dict[str, int | Fraction]] = {}
        self.requires: tuple[Scalar, ...] = ()
        self.inputs: tuple[tuple[str, Scalar, Sequence], ...] = ()
        self.items: tuple[Item, ...] = ()
        self.claims: tuple[Node, ...] = ()
        self.budgets: tuple[Node, ...] = ()
        self.libraries: tuple[Library, ...] = ()


def read_document(source: Source, root: MappingNode) -> Document:
    """Return the document of a YAML tree.

    Raises
    ------
    SpecError, Diagnostics
        E120 to E149 and E201 to E213: everything that is wrong with its structure and its expressions, and with the
        libraries it imports.
    """
    problems = Problems(source)
    grammar = DocumentGrammar(source, problems)
    with problems.collecting():
        document = grammar.document(root)
    if grammar.shelf is not None and grammar.shelf.incomplete:  # what is unknown may be in what could not be read
        problems.errors = [error for error in problems.errors if error.code != "E125"]
    problems.check()
    return document


class DocumentGrammar(LibraryGrammar):
    """Reads specs."""

    def document(self, root: MappingNode) -> Document:
        """Return the document of a YAML tree."""
        self.check_is_spec(root)
        fields = self.fields(root, "a spec", DOCUMENT, ("convcost", "input", "layers"))
        self.version(fields["convcost"])
        document = Document(self.source)
        if "hyperparameters" in fields:
            document.hyperparameters = self.hyperparameters(fields["hyperparameters"])
        self.describe(document, fields)
        if "year" in fields:
            self.collect(lambda: self.year(document, fields["year"]))
        if "presets" in fields:
            self.collect(lambda: self.all_presets(document, fields["presets"]))
        names = Names(document.hyperparameters)
        self.shared(document, fields, names)
        if self.shelf is not None:
            document.libraries = tuple(self.shelf.libraries)
        self.collect(lambda: self.inputs(document, fields["input"], names))
        if "requires" in fields:
            self.collect(lambda: self.requires(document, fields["requires"], names))
        self.bodies(document, fields, names)
        if "claims" in fields:
            self.collect(lambda: self.claims(document, fields["claims"]))
        if "budgets" in fields:
            self.collect(lambda: self.budgets(document, fields["budgets"]))
        layers = self.sequence(fields["layers"], "layers")
        if not layers.items:
            raise self.error("E123", "layers is empty", layers, "a network has at least one layer")
        document.items = tuple(self.items(layers.items, names.extended(["cin"]), (), ""))
        return document

    def check_is_spec(self, root: MappingNode) -> None:
        """Tell a library, and a file of claims, from a spec that lacks something."""
        keys = {key.text: key for key, _ in root.pairs}
        if "convcost_claims" in keys and "convcost" not in keys:
            message = f"{self.source.file} is a file of claims, not a spec"
            hint = "'convcost audit' holds it against derived figures"
            raise self.error("E710", message, keys["convcost_claims"], hint)
        if "blocks" in keys and "input" not in keys and "layers" not in keys:
            hint = "a spec that calls them imports it: import: [./FILE.yaml]"
            raise self.error("E122", "a library of blocks is not a network: it has no input and no layers", root, hint)

    def year(self, document: Document, node: Node) -> None:
        """Read the year of publication."""
        document.year = self.integer(node, "year")

    def all_presets(self, document: Document, node: Node) -> None:
        """Read the presets."""
        document.presets = self.presets(node, document.hyperparameters)

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
        """Read the conditions."""
        conditions = self.sequence(node, "requires").items
        for condition in conditions:
            self.expression(condition, names, "a condition")
        document.requires = tuple(self.scalar(condition, "a condition") for condition in conditions)

    def claims(self, document: Document, node: Node) -> None:
        """Keep what is published."""
        claims = self.sequence(node, "claims").items
        for claim in claims:
            self.mapping(claim, "a claim")
        document.claims = tuple(claims)

    def budgets(self, document: Document, node: Node) -> None:
        """Keep what it may cost: one entry, for the defaults, or a list of them."""
        entries = node.items if isinstance(node, Sequence) else [node]
        for entry in entries:
            self.mapping(entry, "an entry of budgets" if entry is not node else "budgets", "such as params: 4.3 M")
        document.budgets = tuple(entries)
