"""From text to nodes: composed from the events of a YAML parser, without recursion and within bounds.

YAML decides where texts, lists and mappings begin and end; what a text means is decided by those who read it, so no
``1e6`` is a string, no ``2:1`` is 121 and no ``no`` is false. Tags, merge keys and several documents are refused.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, Protocol, cast

from yaml.error import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from convcost.errors import SpecError
from convcost.spec.limits import MAX_ALIASED, MAX_DEPTH, MAX_NODES
from convcost.spec.nodes import Mapping, Node, Scalar, Sequence, kind
from convcost.spec.problems import Enough, Problems
from convcost.spec.source import Source
from convcost.symbols.expr.language import quoted, shorten

MAX_KNOWN: Final = 10_000
_TAG_HINT: Final = "quote a text that begins with !"


class Language(NamedTuple):
    """What is written in the YAML, in the words of its errors; the defaults are those of a spec."""

    document: str = "a spec"
    first: str = "convcost: 1"
    keys: str = "convcost, name, input, layers, ..."
    text: str = "an expression"
    smaller: str = "name a part of it under 'blocks:'"
    shared: str = "write a block, or 'defaults:'"
    again: str = "write a block with arguments instead"


SPEC: Final = Language()


class Events(Protocol):
    """What both parsers offer."""

    def get_event(self) -> Any:
        """Return the next event."""


class PythonParser(Reader, Scanner, Parser):
    """The parser of PyYAML that needs no libyaml; slower, with the same events."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


TOO_DEEP = "exceeded maximum nesting depth"
"""What libyaml says from 0.2.6 on, which reads ahead; the other parser finds the place where our bound is crossed."""


def _parser(text: str) -> Events:
    try:
        from yaml import cyaml
    except ImportError:  # PyYAML built without libyaml
        return PythonParser(text)
    return cast("Events", cyaml.CParser(text))  # type: ignore[attr-defined] # missing in the stubs


def compose(source: Source, parser: Events | None = None, language: Language = SPEC) -> Mapping:
    """Return the document of a source, which is one mapping.

    Raises
    ------
    SpecError, Diagnostics
        E101 to E119: not YAML, or YAML that specs do not use, or beyond the bounds.
    """
    composer, document = _Composer(source, language), None
    try:
        with uncollected():
            document = composer.compose(parser or _parser(source.text))
    except YAMLError as error:
        if TOO_DEEP in str(error):
            return compose(source, PythonParser(source.text), language)
        raise composer.syntax_error(error) from None
    except Enough:
        pass
    composer.problems.check()
    if document is None or (isinstance(document, Scalar) and document.is_null):
        raise SpecError("E106", f"{source.file} is empty", hint=f"{language.document} begins with '{language.first}'")
    if not isinstance(document, Mapping):
        span = source.place(document)
        raise SpecError("E120", f"{language.document} is a mapping: {language.keys}", span=span)
    return document


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the garbage collector rest while a large tree grows: nothing in it dies, yet all is searched again and again.

    Half of the time of a text of a hundred thousand layers would go there.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Anchored:
    """A node with an anchor; once it is complete, how many events it has and how deep it is."""

    __slots__ = ("before", "deepest", "height", "node", "size")

    def __init__(self, node: Node, before: int, deepest: int) -> None:
        self.node = node
        self.before = before
        self.deepest = deepest
        self.size = self.height = 0


class _Composer:
    def __init__(self, source: Source, language: Language) -> None:
        self.source = source
        self.language = language
        self.problems = Problems(source)
        self.stack: list[Sequence | Mapping] = []
        self.flow: list[bool] = []
        self.anchors: dict[str, _Anchored] = {}
        self.open: dict[int, _Anchored] = {}  # by depth
        self.count = 0
        self.aliased = 0
        self.deepest = 0
        self.begun = False

    def compose(self, parser: Events) -> Node | None:
        """Read all events; iterative, for the nesting of a hostile text is deeper than Python's stack."""
        next_event, stack, known, line = parser.get_event, self.stack, dict[str, str](), -1
        documents: list[Node] = []
        append = documents.append
        while True:
            event = next_event()
            what = event.__class__
            if what is ScalarEvent:
                mark = event.start_mark
                if mark.line + 1 != line:
                    line = mark.line + 1  # one int object for all nodes of a line
                text: str = event.value
                if len(known) < MAX_KNOWN:
                    text = known.setdefault(text, text)  # and one str object for all that read the same
                node: Node = Scalar(text, event.implicit[0] and not event.style, line, mark.column + 1)
                append(node)
                self.count += 1
                if self.count > MAX_NODES:
                    raise self.too_many(event)
                if event.tag is not None or event.anchor is not None:
                    self.decorate(event, node)
            elif what is MappingStartEvent or what is SequenceStartEvent:
                node = self.begin(event, Mapping if what is MappingStartEvent else Sequence)
                append(node)
                append = node.items.append
            elif what is MappingEndEvent or what is SequenceEndEvent:
                self.end()
                append = stack[-1].items.append if stack else documents.append
            elif what is AliasEvent:
                append(self.alias(event))
            elif what is StreamEndEvent:
                return documents[0] if documents else None
            elif what is DocumentStartEvent:
                self.begin_document(event)

    def begin_document(self, event: Any) -> None:
        if self.begun:
            hint = f"{self.language.document} is one document, without '---'"
            raise self.error("E107", "a second document begins here", event, hint)
        self.begun = True

    def decorate(self, event: Any, node: Node) -> None:
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            raise self.error("E108", f"the tag {quoted(tag)}: tags are not part of the language", event, _TAG_HINT)
        anchored = self.anchors[event.anchor] = _Anchored(node, self.count - 1, self.deepest)
        if isinstance(node, Scalar):
            anchored.size = 1
        else:
            self.open[len(self.stack)] = anchored
            self.deepest = len(self.stack)

    def begin(self, event: Any, form: type[Sequence | Mapping]) -> Sequence | Mapping:
        mark = event.start_mark
        node = form(mark.line + 1, mark.column + 1)
        self.count += 2  # it has an end, too
        if self.count > MAX_NODES:
            raise self.too_many(event)
        self.stack.append(node)
        self.flow.append(event.flow_style)
        self.check_depth(len(self.stack), event)
        if event.tag is not None or event.anchor is not None:
            self.decorate(event, node)
        return node

    def end(self) -> None:
        depth = len(self.stack)
        node, flow = self.stack.pop(), self.flow.pop()
        if isinstance(node, Mapping):
            self.check_keys(node)
        if flow:
            self.check_commas(node)
        if depth in self.open:
            anchored = self.open.pop(depth)
            anchored.size, anchored.height = self.count - anchored.before, self.deepest - depth + 1
            self.deepest = max(self.deepest, anchored.deepest)

    def alias(self, event: Any) -> Node:
        name = event.anchor
        anchored = self.anchors.get(name)
        if anchored is None:
            hint = "a product is written 2*x; a text that begins with * is an alias in YAML"
            raise self.error("E111", f"there is no anchor &{name} above", event, hint)
        if self.stack and isinstance(self.stack[-1], Mapping) and len(self.stack[-1].items) % 2 == 0:
            raise self.error("E116", "an alias where a key stands", event, "write the key out")
        if not anchored.size:
            raise self.error("E112", f"the alias *{name} stands inside what it stands for", event)
        self.check_depth(len(self.stack) + anchored.height, event)
        self.count += anchored.size
        self.aliased += anchored.size
        if self.aliased > MAX_ALIASED:
            message = f"aliases stand for more than {MAX_ALIASED} nodes"
            raise self.error("E115", message, event, self.language.again)
        return anchored.node

    def check_depth(self, depth: int, event: Any) -> None:
        if depth > self.deepest:
            self.deepest = depth
            if depth > MAX_DEPTH:
                message = f"lists and mappings nested deeper than {MAX_DEPTH}"
                raise self.error("E113", message, event, self.language.smaller)

    def check_keys(self, mapping: Mapping) -> None:
        keys = mapping.items[::2]
        for key in keys:
            if not isinstance(key, Scalar):
                raise SpecError("E116", "a key is a text, not a list or a mapping", span=self.source.place(key))
            if key.text == "<<" and key.plain:
                message = "merge keys (<<) are not part of the language"
                self.problems.add("E109", message, key, hint=self.language.shared)
        if len(keys) > 1 and len({key.text for key in keys}) < len(keys):  # type: ignore[union-attr]
            self.report_twice(keys)  # type: ignore[arg-type]

    def report_twice(self, keys: list[Scalar]) -> None:
        lines: dict[str, int] = {}
        for key in keys:
            if key.text in lines:
                message = f"the key {quoted(key.text)} stands here and in line {lines[key.text]}"
                self.problems.add("E110", message, key, hint="YAML would silently keep the last one")
            else:
                lines[key.text] = key.line

    def check_commas(self, node: Sequence | Mapping) -> None:
        """Report what flow style does to ``{out: round_to(64*a, 8)}`` and ``{k:3}``; both parse, as something else."""
        key: Node | None = None
        for index, item in enumerate(node.items):
            if not isinstance(item, Scalar) or not item.plain:
                pass
            elif "(" in item.text and item.text.count("(") > item.text.count(")") and index + 1 < len(node.items):
                message = f"the {self.language.text.split()[-1]} {quoted(item.text)} is cut at a comma"
                self.problems.add("E118", message, item, hint=f"quote {self.language.text} that contains a comma")
            elif not item.text and isinstance(node, Mapping) and index % 2 and isinstance(key, Scalar) and key.plain:
                name, colon, value = key.text.partition(":")
                if colon and value:
                    message = f"a space is missing after the colon of {quoted(key.text)}"
                    self.problems.add("E117", message, key, hint=f"write {shorten(name)}: {shorten(value)}")
            key = item

    def too_many(self, event: Any) -> SpecError:
        hint = f"{self.language.document} is a short text"
        return self.error("E114", f"more than {MAX_NODES} keys, values and brackets", event, hint)

    def syntax_error(self, error: YAMLError) -> SpecError:
        """Return the error of the parser; a text that ends inside brackets is told by where they open."""
        mark = getattr(error, "problem_mark", None)
        if mark is not None and any(self.flow) and not "".join(self.source.lines[mark.line :])[mark.column :].strip():
            return _not_closed(self.source, self.stack[-1])
        return _syntax_error(self.source, error, begun=self.begun)

    def error(self, code: str, message: str, event: Any, hint: str = "") -> SpecError:
        mark, end = event.start_mark, event.end_mark
        length = end.column - mark.column if end.line == mark.line else 1
        span = self.source.span(mark.line + 1, mark.column + 1, max(1, length))
        return SpecError(code, message, span=span, hint=hint)


_OPENED: Final[dict[str, type[Sequence | Mapping]]] = {"',' or ']'": Sequence, "',' or '}'": Mapping}


def _not_closed(source: Source, node: Sequence | Mapping) -> SpecError:
    message = f"{kind(node).replace('a ', 'the ')} that begins in line {node.line} is not closed"
    return SpecError("E101", message, span=source.place(node), hint="a comma or a bracket is missing")


def _syntax_error(source: Source, error: YAMLError, *, begun: bool) -> SpecError:
    """Say in one way what the two parsers say in two."""
    problem = str(getattr(error, "problem", None) or error)
    mark, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if mark is None:
        return SpecError("E101", f"{source.file} is not YAML: {problem}")
    span = source.span(mark.line + 1, mark.column + 1)
    line = source.lines[mark.line] if mark.line < len(source.lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or line[mark.column : mark.column + 1] == "\t":
        column = (indent.index("\t") if "\t" in indent else mark.column) + 1
        return SpecError(
            "E102", "a tab where YAML wants spaces", span=source.span(mark.line + 1, column), hint="indent with spaces"
        )
    hint = ""
    for expected, opened in _OPENED.items():
        if expected in problem and context is not None:
            return _not_closed(source, opened(context.line + 1, context.column + 1))
    if "undefined tag handle" in problem:
        return SpecError("E108", "a tag: tags are not part of the language", span=span, hint=_TAG_HINT)
    if "mapping values are not allowed" in problem:
        problem = "a colon where no key can be"
        hint = _missing_space(line[: mark.column]) or "quote a text that contains ': '"
    elif "found character" in problem and "start any token" in problem:
        char = line[mark.column : mark.column + 1]
        problem, hint = f"a text cannot begin with {quoted(char)}", "quote it"
    elif "end of stream" in problem and context is not None:
        span = source.span(context.line + 1, context.column + 1)
        problem = "a quoted text is not closed"
    elif "block end" in problem or "expected key" in problem or "'-' indicator" in problem:
        problem, hint = "this does not continue what stands above", "check the indentation"
    elif "<document start>" in problem:
        problem = "a text behind the end of the document" if begun else "a directive without a document"
    elif "incompatible YAML document" in problem:
        problem, hint = "another version of YAML", "leave the line %YAML out"
    elif "unknown escape character" in problem:
        problem, hint = "an unknown escape", "a backslash means itself between single quotes"
    elif "node content" in problem:
        problem = "a value is missing"
    elif "could not find expected ':'" in problem:
        if context is not None:
            span = source.span(context.line + 1, context.column + 1)
            line = span.text
        problem, hint = "a key without a colon", _missing_space(line) or "write key: value"
    return SpecError("E101", f"not YAML: {problem}", span=span, hint=hint)


def _missing_space(text: str) -> str:
    """Return a hint where a colon is followed by what should stand behind a space."""
    found = re.search(r"(?<!\w)([A-Za-z_]\w*):[\[{\w'\"]", text, re.ASCII)
    return f"a space is missing after {found[1]}:" if found else ""
