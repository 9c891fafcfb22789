"""From YAML to tables of claims; what is wrong with them is said with its place, several errors a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from convcost.claims.printed import UNITS, Printed, check_unit, read
from convcost.claims.records import EXPECTATIONS, ClaimFile, Row, Table
from convcost.errors import UsageError, one_of
from convcost.spec import catalog
from convcost.spec.expect import Grammar
from convcost.spec.imports import Naming, beside
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar, Sequence
from convcost.spec.problems import Enough, Problems
from convcost.spec.reader import Language, compose
from convcost.spec.source import decode, read_bytes
from convcost.spec.target import parse_target
from convcost.symbols.expr.language import quoted

if TYPE_CHECKING:
    from convcost.spec import Architecture

T = TypeVar("T")

VERSION = "1"
FILE = ("convcost_claims", "name", "title", "source", "tables")
TABLE = ("table", "title", "units", "convention", "parameters", "source", "note", "expect", "rows")
ROW = ("row", "spec", "part", "kind", "expect", "source", "note", "reason")
HEADLINE = ("at", "part", "kind", "expect", "source", "note")

CONVENTIONS = ("paper", "valid", "with-bias")
PARAMETERS = ("trainable", "weights", "all")


class Words(NamedTuple):
    """Words of which one can stand somewhere, and the error for others."""

    code: str
    what: str
    known: tuple[str, ...]


_CONVENTIONS: Final = Words("E010", "convention", CONVENTIONS)
_PARAMETERS: Final = Words("E011", "kind of parameters", PARAMETERS)
_VERDICTS: Final = Words("E703", "verdict", EXPECTATIONS)

CLAIMS: Final = Language(
    "a file of claims",
    "convcost_claims: 1",
    "convcost_claims, source, tables, ...",
    "a text",
    "tables are lists of rows",
    "write the keys out",
    "write the rows out",
)
BESIDE: Final = Naming("the claims", "spec", "claims in a text are about shipped specs only")

MEANT: Final = {
    "flops": "mult_adds", "flop": "mult_adds", "macs": "mult_adds", "mac": "mult_adds", "madds": "mult_adds",
    "ops": "mult_adds", "parameters": "params", "#params": "params", "weight": "weights", "model": "spec",
    "network": "spec", "label": "row", "name": "row", "layer": "part", "layers": "part", "scope": "part",
    "verdict": "expect", "expected": "expect", "comment": "note",
}  # fmt: skip
"""What other tables call things, for hints."""


def open_claims(target: str, metrics: tuple[str, ...]) -> ClaimFile:
    """Read a file of claims, or shipped ones by their name; ``-`` is standard input.

    Raises
    ------
    UsageError, SpecError, Diagnostics
        Where there is no such file, and as ``parse``.
    """
    file = catalog.locate_claims(target)
    shown = "<stdin>" if file == "-" else file if file == target else catalog.shown(Path(file))
    return parse(read_bytes(file, CLAIMS.document), metrics, shown, None if file == "-" else Path(file).parent)


def parse(
    text: str | bytes, metrics: tuple[str, ...], file: str = "<text>", directory: Path | None = None
) -> ClaimFile:
    """Read the text of a file of claims.

    Parameters
    ----------
    metrics : tuple of str
        What can be claimed.
    file : str
        What errors call it.
    directory : Path, optional
        Where the specs stand that it can name; absent, they are shipped ones.

    Raises
    ------
    SpecError, Diagnostics
        E1xx for its YAML and its structure, E70x for what only claims have, and the errors of a SPEC that is no SPEC.
    """
    source = decode(text, file, directory)
    root = compose(source, language=CLAIMS)
    problems = Problems(source)
    result = None
    with problems.collecting():
        result = _ClaimGrammar(problems, metrics).file(root)
    problems.check()
    assert result is not None  # or there would have been a problem
    return result


def headline(architecture: Architecture, metrics: tuple[str, ...]) -> Table:
    """Return what an architecture says is published about it, as a table.

    Raises
    ------
    SpecError, Diagnostics
        As ``parse``.
    """
    problems = Problems(architecture.document.source)
    grammar = _ClaimGrammar(problems, metrics)
    rows: list[Row | None] = []
    with suppress(Enough):
        rows.extend(grammar.collect(partial(grammar.headline_row, node, architecture)) for node in architecture.claims)
    problems.check()
    return Table(f"claims of {architecture.name}", _all(rows), architecture.title, source=architecture.source)


class _ClaimGrammar(Grammar):
    def __init__(self, problems: Problems, metrics: tuple[str, ...]) -> None:
        super().__init__(problems.source, problems)
        self.metrics = metrics

    def hint(self, word: str, known: Iterable[str]) -> str:
        """Return a hint for a key that there is not: what other tables mean by it, or the nearest."""
        if "=" in word or word[:1].isdigit():
            return "quote a value that contains a comma"
        meant = MEANT.get(word.lower(), "")
        return f"did you mean {meant!r}?" if meant in known else super().hint(word, known)

    def file(self, root: MappingNode) -> ClaimFile:
        self.check_is_claims(root)
        fields = self.fields(root, "a file of claims", FILE, ("convcost_claims", "source", "tables"))
        version = self.text(fields["convcost_claims"], "convcost_claims")
        if version != VERSION:
            hint = f"this program reads version {VERSION}: write convcost_claims: {VERSION}"
            raise self.error("E124", f"version {quoted(version)} of claims", fields["convcost_claims"], hint)
        name = self.words(fields, "name") or Path(self.source.file).stem
        title = self.words(fields, "title") or name
        source = self.words(fields, "source")
        names: dict[str, int] = {}
        tables = [self.collect(partial(self.table, node, names)) for node in self.several(fields["tables"], "tables")]
        return ClaimFile(name, title, source, _all(tables), self.source.file)

    def check_is_claims(self, root: MappingNode) -> None:
        """Tell a spec, and a library of blocks, from claims that lack something."""
        keys = {key.text: key for key, _ in root.pairs}
        if "convcost" in keys and "convcost_claims" not in keys:
            library = "layers" not in keys and "input" not in keys
            what = "a library of blocks" if library else "a spec"
            hint = "" if library else "'convcost report' tells what it costs"
            if "claims" in keys:
                hint = "'convcost verify' holds its own claims against derived figures"
            raise self.error("E710", f"{self.source.file} is {what}, not a file of claims", keys["convcost"], hint)

    def several(self, node: Node, what: str) -> list[Node]:
        """Return the items of a list that has some."""
        items = self.sequence(node, what).items
        if not items:
            raise self.error("E123", f"{what} is empty", node)
        return items

    def words(self, fields: Mapping[str, Node], key: str) -> str:
        """Return a text that is printed, empty where its key is absent; an error is reported."""
        return self.collect(partial(self.line, fields[key], key)) or "" if key in fields else ""

    def line(self, node: Node, what: str) -> str:
        """Return a text that is printed and is not empty."""
        text = self.prose(node, what)
        if not text:
            raise self.error("E123", f"{what} is empty", node)
        return text

    def choice(self, fields: Mapping[str, Node], key: str, words: Words) -> str:
        """Return one of a few words, empty where its key is absent; an error is reported."""
        return self.collect(partial(self.word, fields[key], key, words)) or "" if key in fields else ""

    def word(self, node: Node, key: str, words: Words) -> str:
        """Return one of a few words."""
        word = self.text(node, key)
        if word not in words.known:
            raise self.error(words.code, f"unknown {words.what} {quoted(word)}", node, one_of(word, words.known))
        return word

    def table(self, node: Node, names: dict[str, int]) -> Table:
        fields = self.fields(node, "a table of claims", TABLE, ("table", "rows"))
        name = self.words(fields, "table")
        if name in names:
            message = f"two tables are called {quoted(name)}, here and in line {names[name]}"
            self.problems.add("E130", message, fields["table"])
        elif name:
            names[name] = fields["table"].line
        title, source, note = (self.words(fields, key) for key in ("title", "source", "note"))
        convention = self.choice(fields, "convention", _CONVENTIONS)
        parameters = self.choice(fields, "parameters", _PARAMETERS)
        units = (self.collect(partial(self.units, fields["units"])) if "units" in fields else None) or {}
        expect = self.choice(fields, "expect", _VERDICTS)
        rows = [self.collect(partial(self.row, row, units, expect)) for row in self.several(fields["rows"], "rows")]
        return Table(name, _all(rows), title, convention, parameters, source, note)

    def units(self, node: Node) -> dict[str, str]:
        units = {}
        for metric, unit in self.fields(node, "units", self.metrics).items():
            text = self.text(unit, "a unit")
            try:
                units[metric] = check_unit(text)
            except UsageError as error:
                self.problems.add(error.code, error.message, unit, hint=error.hint)
                units[metric] = next(iter(UNITS))
        return units

    def row(self, node: Node, units: Mapping[str, str], expect: str) -> Row | None:
        fields = self.fields(node, "a row of claims", (*ROW, *self.metrics), ("row",))
        if "spec" in fields and "reason" in fields:
            message, hint = "a row with both spec and reason", "a reason says why there is no spec"
            raise self.error("E704", message, fields["reason"], hint)
        if "spec" not in fields and "reason" not in fields:
            if _misspelt(node, fields):
                return None
            raise self.error("E704", "a row without spec", node, "write spec: NAME, or reason: why there is none")
        label = self.words(fields, "row")
        if "spec" in fields:
            spec = self.collect(partial(self.spec, fields["spec"])) or ""
            return self.claim(node, fields, (label, spec), units, expect)
        for key in ("part", "kind", "expect"):
            if key in fields and not (key == "expect" and _nothing(fields[key])):
                self.problems.add("E704", f"{key} in a row without spec", fields[key], hint="nothing is derived for it")
        return self.claim(node, fields, (label, ""), units, "")

    def spec(self, node: Node) -> str:
        """Return a SPEC that names a shipped spec, or a file beside the claims, which are untrusted input."""
        text = self.line(node, "spec")
        try:
            source = parse_target(text).source
            if not catalog.is_path(source):
                if source == "-":
                    raise self.error("E009", "claims about standard input", node, "write a name, or ./FILE.yaml")
                catalog.path(source)
                return text
        except UsageError as error:
            raise self.error(error.code, error.message, node, error.hint) from None
        _, file = beside(node, source, self, BESIDE)
        return f"{file}{text.removeprefix(source)}"

    def headline_row(self, node: Node, architecture: Architecture) -> Row | None:
        fields = self.fields(node, "a claim", (*HEADLINE, *self.metrics))
        at = self.words(fields, "at")
        if at:
            self.collect(partial(self.check_at, at, fields["at"], architecture))
        return self.claim(
            node, fields, (f"{at} {self.words(fields, 'source')}".strip() or "claim", at), {}, "reproduced"
        )

    def check_at(self, at: str, node: Node, architecture: Architecture) -> None:
        """Check what stands behind the name of the architecture in a SPEC."""
        if at[0] not in ":@":
            message = f"{quoted(at)} is neither a preset nor a binding"
            raise self.error("E009", message, node, "write ':b3' or '@alpha=1/2'")
        try:
            target = parse_target(f"spec{at}")
            architecture.values(target.preset, target.bindings)
        except UsageError as error:
            raise self.error(error.code, error.message, node, error.hint) from None

    def claim(
        self, node: Node, fields: Mapping[str, Node], said: tuple[str, str], units: Mapping[str, str], expect: str
    ) -> Row | None:
        """Return the row of a node; what it says are its label and its spec."""
        claimed = [metric for metric in self.metrics if metric in fields]
        if not claimed and _misspelt(node, fields):
            return None
        if not claimed:
            hint = f"such as mult_adds: 569 M; known: {', '.join(self.metrics)}"
            raise self.error("E705", "a claim without a figure", node, hint)
        figures = {m: self.collect(partial(self.figure, fields[m], m, units.get(m, "1"))) for m in claimed}
        expected = dict.fromkeys(claimed, expect)
        if "expect" in fields:
            expected = self.collect(partial(self.expectations, fields["expect"], claimed)) or {}
        part, kind = (
            self.collect(partial(self.names, fields[key], key)) or () if key in fields else ()
            for key in ("part", "kind")
        )
        return Row(
            *said,
            {metric: figure for metric, figure in figures.items() if figure is not None},
            part,
            kind,
            {metric: wanted for metric, wanted in expected.items() if wanted not in {"", "none"}},
            self.words(fields, "source"),
            self.words(fields, "note"),
            self.words(fields, "reason"),
            self.source.place(node),
            {key: self.source.place(value) for key, value in fields.items()},
        )

    def figure(self, node: Node, metric: str, unit: str) -> Printed:
        """Return a printed number; figures are whole, so one with decimals has a unit."""
        if not isinstance(node, Scalar) or node.is_null:
            raise self.another(metric, "a number", node)
        text = node.text
        try:
            printed = read(text, unit)
        except UsageError as error:
            raise self.error(error.code, error.message, node, error.hint) from None
        if printed.unit == "1" and printed.places:
            message = f"{metric} is a whole number, and {quoted(text)} has no unit"
            raise self.error("E702", message, node, f"write {text} M, or units: {{{metric}: M}} for the table")
        return printed

    def expectations(self, node: Node, claimed: list[str]) -> dict[str, str]:
        """Return the verdicts that are expected of figures: one word for all, or one by one."""
        if isinstance(node, Scalar):
            return dict.fromkeys(claimed, self.word(node, "expect", _VERDICTS))
        if isinstance(node, Sequence):
            raise self.another("expect", "a verdict, or a mapping from metrics to verdicts", node)
        fields = self.fields(node, "expect", claimed)
        return {metric: self.choice(fields, metric, _VERDICTS) for metric in fields}

    def names(self, node: Node, key: str) -> tuple[str, ...]:
        """Return one name, or those of a list."""
        nodes = self.several(node, key) if isinstance(node, Sequence) else [node]
        return tuple(self.line(each, key) for each in nodes)


def _misspelt(node: Node, fields: Mapping[str, Node]) -> bool:
    """Whether a key was reported that there is not: what seems to be missing may be misspelt."""
    return isinstance(node, MappingNode) and len(node.items) > 2 * len(fields)


def _nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.text == "none"


def _all(found: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(each for each in found if each is not None)
