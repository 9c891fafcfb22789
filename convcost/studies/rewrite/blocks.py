"""Blocks that stand for what an item becomes: written into the spec, so that its items stay one line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from convcost.records import Record
from convcost.spec.document import Document
from convcost.spec.item import Item, Kind
from convcost.spec.library import Block
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar
from convcost.spec.nodes import Sequence as SequenceNode
from convcost.spec.pieces import Pair, Pieces
from convcost.spec.vocabulary import KEYS, PADDINGS, WORDS
from convcost.studies.rewrite.edit import Edit, Written, flow, newline, one_line
from convcost.studies.rewrite.rule import Body, Given, Rule, Settings, Template
from convcost.symbols.expr import ExpressionError, constant, parse

FOLLOWERS = ("bias", "norm", "activation")
DEFAULT = {"stride": "1", "dilation": "1", "padding": "0", "bias": "false", "norm": "none", "activation": "none"}
"""What an argument is where neither an item nor a default says it; the others are required."""
ORDER = ("kernel", "stride", "dilation", "padding", "out", *FOLLOWERS)


class Called(Record):
    """How an item is written as the call of a block.

    Attributes
    ----------
    put, drop
        Arguments that it gets, for the defaults of the block it stands in do not reach into another, and loses.
    passed : tuple of str
        All arguments of the call.
    inside : mapping of str to str
        What is written in the block instead: what no argument of a block can be.
    amount : str
        The padding on all sides, where the rule needs it by axis and no word says it.
    """

    item: Written
    put: Mapping[str, str]
    drop: tuple[str, ...]
    passed: tuple[str, ...]
    inside: Mapping[str, str]
    amount: str


class Made(Record):
    """A block that is put into the spec, and the items that call it."""

    name: str
    arguments: Mapping[str, str]
    template: Template
    calls: tuple[Called, ...]


def homes(document: Document) -> Iterator[tuple[Item, Block | None]]:
    """Yield every item of a document, at any depth, with the block that it stands in."""
    waiting: list[tuple[Item, Block | None]] = [(item, None) for item in document.items]
    waiting += [(item, block) for block in document.blocks.values() for item in block.items]
    while waiting:
        item, block = waiting.pop()
        yield item, block
        waiting += [(inner, block) for inner in item.items]
        waiting += [(inner, block) for path in item.paths for inner in path.items]


def make_blocks(
    document: Document, items: Sequence[tuple[Written, Block | None]], rule: Rule, settings: Settings
) -> list[Made]:
    """Return the blocks that items become calls of; items that differ in what no argument can be have one each.

    Raises
    ------
    SpecError
        E833 for an item that cannot be written as a call.
    """
    assert rule.template is not None
    context = _Context(document, items[0][0].pieces, rule)
    variants: dict[object, list[Called]] = {}
    for item, block in items:
        called = context.called(item, block)
        fixed = tuple(name in called.passed for name in DEFAULT if context.unwritable(name))
        key = (item.pair.name, tuple(called.inside.items()), called.amount, fixed)
        variants.setdefault(key, []).append(called)
    taken = {*document.signatures, *document.imported, *document.named, *KEYS, *WORDS}
    result = []
    for calls in variants.values():
        name = next(n for n in _numbered(rule.suffix) if n not in taken)
        taken.add(name)
        passed = {argument for called in calls for argument in called.passed}
        arguments = {each: context.default(each, calls[0].item) for each in ORDER if each in passed}
        inside = {each: each for each in arguments} | dict(calls[0].inside)
        given = Given(
            calls[0].item.pair.name,
            settings,
            inside.get("stride", ""),
            {each: inside[each] for each in ("dilation", "padding") if each in inside},
            {each: inside[each] for each in FOLLOWERS if each in inside},
            calls[0].amount,
        )
        result.append(Made(name, arguments, rule.template(given), tuple(calls)))
    return result


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in count(2))


class _Context:
    def __init__(self, document: Document, pieces: Pieces, rule: Rule) -> None:
        self.document = document
        self.pieces = pieces
        self.rule = rule
        self.columns = {column for item, _ in homes(document) if item.kind is Kind.TABLE for column in item.columns}
        self.defaults = _values(pieces.root.pairs, "defaults")

    def unwritable(self, name: str) -> bool:
        """Tell whether the default of the file for an argument cannot be that of a block's argument."""
        return isinstance(self.document.defaults.get(name), MappingNode)

    def default(self, name: str, item: Written) -> str:
        """Return what an argument of the block is where a call does not say it."""
        if name not in DEFAULT:
            return "~"
        if name in self.document.defaults and not self.unwritable(name):
            return one_line(self.pieces, self.defaults[name].value, item)
        return DEFAULT[name]

    def called(self, item: Written, block: Block | None) -> Called:
        """Return how an item calls the block that stands for it."""
        put: dict[str, str] = {}
        inside: dict[str, str] = {}
        drop = [name for name in self.rule.one if name in item.named()]
        for name in item.named():
            if name not in (*ORDER, *drop):
                raise item.refused(f"{self.rule.name} does not know what becomes of the argument {name}")
        for name, node in (item.item.first or {}).items():
            if isinstance(node, MappingNode):
                raise item.refused(f"the {name} of the first copy differs, and cannot be an argument of a block")
        for name, node in (block.defaults if block else {}).items():
            if name in item.named() or (item.pair.name == "pointwise" and name == "padding"):
                continue
            text = one_line(self.pieces, self.of_block(block)[name].value, item)
            if isinstance(node, MappingNode):
                inside[name] = self.nameless(name, node, text, item)
            else:
                put[name] = text
        for name, node in item.item.arguments.items():
            if isinstance(node, MappingNode):
                inside[name] = self.nameless(name, node, item.text(name), item)
                drop.append(name)
        for name in ("kernel", "stride") if self.rule.by_axis else ():
            if isinstance(item.item.arguments.get(name), SequenceNode):
                raise item.refused(f"the {name} of this {item.item.key} is written by axis", "write it as one number")
        amount = self.amount(item, put, inside, drop) if self.rule.by_axis else ""
        passed = [name for name in (*item.named(), *put) if name not in drop]
        return Called(item, put, tuple(drop), tuple(passed), inside, amount)

    def of_block(self, block: Block | None) -> Mapping[str, Pair]:
        """Return where the defaults of a block are written."""
        assert block is not None
        pair = self.pieces.pair(block.place)
        assert pair is not None
        return _values(pair.value.pairs, "defaults")

    def nameless(self, name: str, node: MappingNode, text: str, item: Written) -> str:
        """Return the text of an argument that is written into the block, where only what the file defines is seen."""
        seen = {*self.document.hyperparameters, *(let.name for let in self.document.lets), *WORDS} - self.columns
        used = {use.name for scalar in _scalars(node) for use in parse(scalar.text).uses}
        if not used <= seen:
            message = f"{name} with an argument that depends on {min(used - seen)} cannot be handed to a block"
            raise item.refused(message)
        return text

    def amount(self, item: Written, put: dict[str, str], inside: dict[str, str], drop: list[str]) -> str:
        """Return the padding on all sides; empty where a word says it, which is written into the block."""
        if item.first is not None and any(pair.name == "padding" for pair in item.first.value.pairs):
            raise item.refused("the padding of the first copy differs, and is needed by axis")
        if item.argument("padding"):
            text = item.text("padding")
            drop.append("padding")
        elif "padding" in put:
            text = put.pop("padding")
        elif "padding" in self.document.defaults:
            text = self.default("padding", item)
            if text in PADDINGS:
                return ""
        else:
            return ""
        if text in PADDINGS:
            inside["padding"] = text
            return ""
        try:
            return str(constant(text))
        except ExpressionError:
            message = f"the padding {text} of this {item.item.key} cannot be told by axis"
            raise item.refused(message, "same, valid, half, or a number on all sides can") from None


def _values(pairs: Iterable[Pair], key: str) -> Mapping[str, Pair]:
    return {inner.name: inner for pair in pairs if pair.name == key for inner in pair.value.pairs}


def _scalars(node: Node) -> Iterator[Scalar]:
    """Yield the values in a norm or an activation with its arguments."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, SequenceNode):
        for item in node.items:
            yield from _scalars(item)
    else:
        for _, value in node.pairs:
            yield from _scalars(value)


def insertion(pieces: Pieces, made: Sequence[Made]) -> Edit:
    """Return the edit that puts blocks behind those of a spec, or before its layers where it has none."""
    keys = {pair.name: pair for pair in pieces.root.pairs}
    blocks, layers, end = keys.get("blocks"), keys["layers"], newline(pieces.text)
    inline = [f"{block.name}: {_inline(block)}" for block in made]
    if blocks is not None and blocks.value.pairs:
        if blocks.value.flow:
            place = blocks.value.pairs[-1].end
            return Edit(place, place, "".join(f", {text}" for text in inline))
        place = pieces.line_end(blocks.value.pairs[-1].end - 1)
        indent = pieces.column(blocks.value.pairs[0].start)
        return Edit(place, place, "".join(f"{end}{line}" for block in made for line in _lines(block, indent)))
    if blocks is not None:  # written, and empty
        return Edit(blocks.key.end, blocks.end, f": {{{', '.join(inline)}}}")
    if pieces.root.flow:
        return Edit(layers.start, layers.start, f"blocks: {{{', '.join(inline)}}}, ")
    place = pieces.line_start(layers.start)
    while place and pieces.text[pieces.line_start(place - 1) : place].lstrip().startswith("#"):
        place = pieces.line_start(place - 1)
    lines = ["blocks:", *(line for block in made for line in _lines(block, 2))]
    return Edit(place, place, "".join(f"{' ' * pieces.column(layers.start)}{line}{end}" for line in lines))


def _lines(block: Made, indent: int) -> Iterator[str]:
    """Yield the lines of a block."""
    yield f"{' ' * indent}{block.name}:"
    inner = " " * (indent + 2)
    yield f"{inner}args: {flow(block.arguments)}"
    if block.template.let:
        yield f"{inner}let: {flow(block.template.let)}"
    yield f"{inner}body:"
    for key, content in block.template.body:
        if isinstance(content, Mapping):
            yield f"{inner}  - {key}: {flow(content)}"
            continue
        yield f"{inner}  - {key}:"
        for path in content:
            yield f"{inner}      - {'[]' if path is None else f'{path[0]}: {flow(path[1])}'}"


def _inline(block: Made) -> str:
    parts = {"args": flow(block.arguments)}
    if block.template.let:
        parts["let"] = flow(block.template.let)
    return flow(parts | {"body": _inline_items(block.template.body)})


def _inline_items(body: Body) -> str:
    items = []
    for key, content in body:
        if isinstance(content, Mapping):
            items.append(f"{{{key}: {flow(content)}}}")
        else:
            paths = ("[]" if path is None else f"{{{path[0]}: {flow(path[1])}}}" for path in content)
            items.append(f"{{{key}: [{', '.join(paths)}]}}")
    return f"[{', '.join(items)}]"
