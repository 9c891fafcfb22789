"""From YAML to a convention; what is wrong with it is said with its place, several errors a run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from convcost.conventions.draft import Draft, Factor, built_in_draft, settled
from convcost.cost.amounts import amounts_of, sizes_of, words_of
from convcost.cost.convention import CONVENTIONS as BUILT_IN
from convcost.cost.convention import PARAMETERS
from convcost.cost.policy import Switch
from convcost.errors import UsageError, one_of
from convcost.ops import OPS, Input, Op
from convcost.shipped import ARCHITECTURES, CONVENTIONS, SUFFIX, file_of, names
from convcost.spec import catalog
from convcost.spec.expect import Grammar, Names
from convcost.spec.imports import Naming, beside
from convcost.spec.limits import MAX_CHAIN
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node
from convcost.spec.problems import Problems, placed
from convcost.spec.reader import Language, compose
from convcost.spec.source import decode, read_bytes
from convcost.spec.vocabulary import hint_for
from convcost.symbols.expr import Environment, Evaluation, ExpressionError
from convcost.symbols.expr.language import quoted

VERSION: Final = "1"
FILE: Final = (
    "convcost_convention", "name", "title", "version", "source", "says", "calls", "extends", "padding", "parameters",
    "not_parameters", "written", "counts", "ignored", "others", "bugs", "notes",
)  # fmt: skip
REQUIRED: Final = ("convcost_convention", "says")
SWITCH: Final = ("choices", "doc")
PADDING: Final = ("counted", "excluded")
OTHERS: Final = ("unknown", "ignored")
MEANT: Final = {
    "flops": "counts", "macs": "counts", "count": "counts", "ops": "counts", "ignore": "ignored", "zero": "ignored",
    "base": "extends", "inherits": "extends", "description": "says", "doc": "says", "params": "parameters",
    "note": "notes", "bug": "bugs", "switches": "written", "tool": "version",
}  # fmt: skip
"""What others would call a key, for hints."""

LANGUAGE: Final = Language(
    "a convention",
    "convcost_convention: 1",
    "convcost_convention, says, counts, ...",
    "a factor",
    "a convention is not nested",
    "write the terms out",
    "write the terms out",
)
BESIDE: Final = Naming("the convention", "convention", "a text extends shipped conventions only")


def open_draft(target: str, opened: tuple[Path, ...] = ()) -> Draft:
    """Read a convention, or a shipped one by its name; ``-`` is standard input.

    Parameters
    ----------
    opened : tuple of Path
        The files that lead here by extending each other.

    Raises
    ------
    UsageError, SpecError, Diagnostics
        E010 where there is no such convention, and as ``parse``.
    """
    file = locate(target)
    shown = "<stdin>" if file == "-" else file if file == target else catalog.shown(Path(file))
    directory = None if file == "-" else Path(file).parent
    return parse(read_bytes(file, LANGUAGE.document), shown, directory, opened)


def locate(target: str) -> str:
    """Return the file of a shipped convention or of a path; ``-`` stays, it is standard input."""
    known = names(CONVENTIONS)
    if target in known:
        return str(file_of(target, CONVENTIONS))
    if target == "-" or catalog.is_path(target) or Path(target).is_file():
        return target
    hint = one_of(target, (*BUILT_IN, *known))
    if Path(f"{target}{SUFFIX}").is_file():
        hint = f"a file is named with its ending: {target}{SUFFIX}"
    elif target in names(ARCHITECTURES):
        hint = "it is a spec; a convention says what is counted of one"
    raise UsageError("E010", f"unknown convention {quoted(target)}", hint=hint)


def parse(
    text: str | bytes, file: str = "<text>", directory: Path | None = None, opened: tuple[Path, ...] = ()
) -> Draft:
    """Read the text of a convention.

    Parameters
    ----------
    file : str
        What errors call it.
    directory : Path, optional
        Where the conventions stand that it can extend besides the shipped ones.

    Raises
    ------
    SpecError, Diagnostics
        E1xx for its YAML and its structure, E2xx for its factors, E75x for what only conventions have.
    """
    source = decode(text, file, directory)
    root = compose(source, language=LANGUAGE)
    problems = Problems(source)
    result = None
    with problems.collecting():
        result = _ConventionGrammar(problems, opened).file(root)
    problems.check()
    assert result is not None  # or there would have been a problem
    return result


class _ConventionGrammar(Grammar):
    def __init__(self, problems: Problems, opened: tuple[Path, ...]) -> None:
        super().__init__(problems.source, problems)
        self.opened = opened

    def hint(self, word: str, known: object) -> str:
        """Return a hint for a key that there is not: what others mean by it, or the nearest."""
        meant = MEANT.get(word.lower(), "")
        return f"did you mean {meant!r}?" if meant in known else super().hint(word, known)  # type: ignore[operator,arg-type]

    def file(self, root: MappingNode) -> Draft:
        self.check_is_convention(root)
        fields = self.fields(root, "a convention", FILE, REQUIRED)
        version = self.text(fields["convcost_convention"], "convcost_convention")
        if version != VERSION:
            hint = f"this program reads version {VERSION}: write convcost_convention: {VERSION}"
            where = fields["convcost_convention"]
            raise self.error("E124", f"version {quoted(version)} of conventions", where, hint)
        base = self.base(fields["extends"]) if "extends" in fields else None
        misspelt = len(root.items) > 2 * len(fields)  # a key was reported that there is not
        if base is None and not misspelt and "counts" not in fields and "others" not in fields:
            raise self.error("E757", "a convention that counts nothing", root, "write counts:, or extends: paper")
        name = self.words(fields, "name") or Path(self.source.file).stem
        draft = base or Draft(name, "")
        written = {**draft.written, **(self.collect(partial(self.switches, fields)) or {})}
        counts = self.collect(partial(self.counts, fields, written)) or {}
        ignored = self.listed(fields, "ignored")
        self.check_apart(fields, counts, ignored)
        padding = self.choice(fields, "padding", PADDING) or PADDING[not draft.padding]
        others = self.choice(fields, "others", OTHERS) or OTHERS[draft.others_ignored]
        return Draft(
            name,
            self.words(fields, "says"),
            self.words(fields, "title"),
            self.words(fields, "version"),
            self.words(fields, "source"),
            self.words(fields, "calls") or draft.calls,
            padding == "counted",
            self.choice(fields, "parameters", tuple(PARAMETERS)) or draft.parameters,  # type: ignore[arg-type] # checked there
            self.listed(fields, "not_parameters") if "not_parameters" in fields else draft.missed,
            written,
            {**{op: each for op, each in draft.counts.items() if op not in ignored}, **counts},
            (draft.ignored - frozenset(counts)) | ignored,
            others == "ignored",
            {**draft.bugs, **self.remarks(fields, "bugs")},
            {**draft.notes, **self.remarks(fields, "notes")},
        )

    def check_is_convention(self, root: MappingNode) -> None:
        """Tell a spec and claims from a convention that lacks something."""
        keys = {key.text: key for key, _ in root.pairs}
        for first, what in (("convcost", "a spec"), ("convcost_claims", "a file of claims")):
            if first in keys and "convcost_convention" not in keys:
                message = f"{self.source.file} is {what}, not a convention"
                raise self.error("E755", message, keys[first], "a convention begins with 'convcost_convention: 1'")

    def base(self, node: Node) -> Draft:
        """Return the convention that is extended: one of convcost's own, a shipped one, or a file beside this one."""
        text = self.prose(node, "extends")
        if text in BUILT_IN:
            return built_in_draft(text)
        if len(self.opened) >= MAX_CHAIN:
            raise self.error("E753", f"conventions that extend each other deeper than {MAX_CHAIN}", node)
        if catalog.is_path(text):
            file, shown = beside(node, text, self, BESIDE)
        elif text in names(CONVENTIONS):
            file = file_of(text, CONVENTIONS)
            shown = catalog.shown(file)
        else:
            hint = one_of(text, (*BUILT_IN, *names(CONVENTIONS)))
            raise self.error("E010", f"unknown convention {quoted(text)}", node, hint)
        if file in self.opened:
            raise self.error("E753", "a convention that extends itself", node)
        return parse(read_bytes(str(file), LANGUAGE.document), shown, file.parent, (*self.opened, file))

    def words(self, fields: Mapping[str, Node], key: str) -> str:
        """Return a text that is printed, empty where its key is absent; an error is reported."""
        return self.collect(partial(self.prose, fields[key], key)) or "" if key in fields else ""

    def choice(self, fields: Mapping[str, Node], key: str, known: tuple[str, ...]) -> str:
        """Return one of a few words, empty where its key is absent; an error is reported."""
        return self.collect(partial(self.word, fields[key], key, known)) or "" if key in fields else ""

    def word(self, node: Node, key: str, known: tuple[str, ...]) -> str:
        """Return one of a few words."""
        word = self.text(node, key)
        if word not in known:
            message = f"{key} is {' or '.join(known)}, not {quoted(word)}"
            raise self.error("E123", message, node, one_of(word, known))
        return word

    def op(self, node: Node) -> type[Op]:
        """Return the op of a name."""
        name = self.text(node, "an op")
        if name not in OPS or OPS[name] is Input:
            hint = hint_for(name, [each for each in OPS if each != Input.name]) if name not in OPS else ""
            raise self.error("E751", f"there is no op {quoted(name)} to count", node, hint)
        return OPS[name]

    def listed(self, fields: Mapping[str, Node], key: str) -> frozenset[type[Op]]:
        """Return the ops of a list; errors are reported."""
        if key not in fields:
            return frozenset()
        items = self.collect(lambda: self.sequence(fields[key], key).items) or []
        return frozenset(op for item in items if (op := self.collect(partial(self.op, item))) is not None)

    def remarks(self, fields: Mapping[str, Node], key: str) -> dict[str, str]:
        """Return what is said of ops, by their names; errors are reported."""
        if key not in fields:
            return {}
        node = fields[key]
        self.collect(partial(self.mapping, node, key))
        said = {}
        for name, text in node.pairs if isinstance(node, MappingNode) else ():
            op = self.collect(partial(self.op, name))
            if op is not None:
                said[op.name] = self.collect(partial(self.prose, text, f"{key} of {op.name}")) or ""
        return said

    def check_apart(
        self, fields: Mapping[str, Node], counts: Mapping[type[Op], object], ignored: frozenset[type[Op]]
    ) -> None:
        """Report ops that are both counted and ignored."""
        both = [op.name for op in counts if op in ignored]
        if both:
            self.problems.add("E752", f"{', '.join(both)} both counted and ignored", fields["ignored"])

    def switches(self, fields: Mapping[str, Node]) -> dict[str, Switch]:
        """Return the ways of writing that are told apart, the first choice of each being the default."""
        if "written" not in fields:
            return {}
        pairs = self.mapping(fields["written"], "written")
        assert isinstance(fields["written"], MappingNode)
        for key, _ in fields["written"].pairs:
            self.value_name(key.text, key, "what is written in different ways")
        return {name: switch for name, node in pairs.items() if (switch := self.collect(partial(self.switch, node)))}

    def switch(self, node: Node) -> Switch:
        inner = self.fields(node, "a way of writing", SWITCH, SWITCH)
        choices = self.sequence(inner["choices"], "choices").items
        for each in choices:
            self.value_name(self.text(each, "a choice"), each, "a choice")
        texts = tuple(self.text(each, "a choice") for each in choices)
        if len(set(texts)) < 2 or len(set(texts)) < len(texts):
            raise self.error("E123", "choices are two or more different words", inner["choices"])
        return Switch(texts[0], texts, self.prose(inner["doc"], "doc"))

    def counts(self, fields: Mapping[str, Node], written: Mapping[str, Switch]) -> dict[type[Op], dict[str, Factor]]:
        """Return what is counted of each op."""
        if "counts" not in fields:
            return {}
        self.mapping(fields["counts"], "counts")
        assert isinstance(fields["counts"], MappingNode)
        found: dict[type[Op], dict[str, Factor]] = {}
        for name, node in fields["counts"].pairs:
            op = self.collect(partial(self.op, name))
            if op is not None:
                found[op] = self.collect(partial(self.terms, op, node, written)) or {}
        return found

    def terms(self, op: type[Op], node: Node, written: Mapping[str, Switch]) -> dict[str, Factor]:
        """Return the factors of what is counted of an op."""
        pairs = self.fields(node, f"what is counted of {op.name}", amounts_of(op))
        if not pairs and not node.items:  # type: ignore[union-attr] # ``fields`` refuses what is no mapping
            raise self.error("E123", f"nothing is counted of {op.name}", node, f"write ignored: [{op.name}]")
        factors = {name: self.collect(partial(self.factor, op, value, written)) for name, value in pairs.items()}
        return {name: factor for name, factor in factors.items() if factor is not None}

    def factor(self, op: type[Op], node: Node, written: Mapping[str, Switch]) -> Factor:
        """Return a factor: a number, or an expression in sizes of the layer and in the ways of writing."""
        words = {*words_of(op), *(word for switch in written.values() for word in switch.choices)}
        expression = self.expression(node, Names({*sizes_of(op), *written, *words}), "a factor")
        if expression.uses:
            # the defaults are tried here, so that a wrong expression is found where it stands
            try:
                settled(expression, {key: switch.default for key, switch in written.items()}, words)
            except ExpressionError as error:
                raise placed(error, self.source, node) from None
            return expression
        value = expression.value(Environment(Evaluation()))
        return self.constant(node, "a factor") if not isinstance(value, int) or isinstance(value, bool) else value
