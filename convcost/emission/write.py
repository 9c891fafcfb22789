"""The text of a spec for a graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from convcost.cost import infer
from convcost.cost.propagate import propagate
from convcost.emission.blocks import Blocks
from convcost.emission.functions import Functions
from convcost.emission.leaves import leaves
from convcost.emission.names import tell
from convcost.emission.paths import arrange
from convcost.emission.rows import Rows
from convcost.emission.sameness import difference
from convcost.emission.script import Item, Value, walk
from convcost.emission.text import Lines, indented
from convcost.errors import ConvcostError
from convcost.graph import Graph, Guard
from convcost.records import Record
from convcost.spec import build, parse
from convcost.spec.writer import OPPOSITE, Writer
from convcost.symbols import Dim, is_symbolic


class Style(Record):
    """How much is looked for: blocks, repeats and tables, telling names of layers."""

    blocks: bool = True
    rows: bool = True
    names: bool = True


STYLES = (Style(), Style(names=False), Style(blocks=False), Style(blocks=False, rows=False, names=False))
"""From the text that a person would have written to one item a layer; the first that says the same is taken."""


def write(
    graph: Graph,
    *,
    name: str = "",
    title: str = "",
    source: str = "",
    defaults: Mapping[str, int | Fraction] | None = None,
    choices: Mapping[str, Sequence[int | Fraction]] | None = None,
    multiples: Mapping[str, int] | None = None,
) -> str:
    """Write a graph, its hyperparameters bound or free, as a spec that a person could have written.

    A convolution with its norm and its activation is one item, under defaults that leave least to be written; the
    branches of a merge are its paths; merges that recur are blocks, whose arguments are what differs; what comes again
    is written once, with ``repeat``, ``first`` or a table. The text is read back: where it would be another network,
    a plainer one is written, in the last resort one item a layer.

    Parameters
    ----------
    name : str
        The name of the spec; absent, that of the graph.
    title, source : str
        The name in print, and where the network comes from.
    defaults : mapping, optional
        The defaults of free hyperparameters; absent, each has the value at which its symbol is 1.
    choices : mapping, optional
        The values of free hyperparameters that networks are known with.
    multiples : mapping, optional
        What whole hyperparameters are multiples of where the short closed form holds.

    Returns
    -------
    str
        A spec that builds to the same ops in the same wiring. Layers have their names where something refers to them,
        or where the name tells more than their op, and otherwise those that the language gives them.

    Raises
    ------
    UnsupportedError
        E613 for what the language cannot say: a merge of one tensor, a symbol that is no hyperparameter.

    >>> from convcost.graph import Graph, Node
    >>> from convcost.ops import Add, Conv, Input, Relu
    >>> conv = Conv((3, 3), out=3, padding=1)
    >>> branch = Node("a", conv, (0,)), Node("b", Relu(), (1,))
    >>> print(write(Graph("tiny", (Node("input", Input((3, 8, 8))), *branch, Node("c", Add(), (2, 0))), 3)))
    convcost: 1
    name: tiny
    input: [3, 8, 8]
    layers:
      - add:
          - {conv: {kernel: 3, padding: half, out: 3, activation: relu}}
          - []
    <BLANKLINE>
    """
    named = graph.replaced(name=name) if name else graph
    for style in STYLES:
        writer = Writer(named, defaults or {}, title, source)
        writer.formulas = Functions(named)
        writer.choices, writer.multiples = choices or {}, multiples or {}
        text = _written(named, style, writer)
        if not changed(graph, text):
            return text
    writer = Writer(named, defaults or {}, title, source)
    writer.choices, writer.multiples = choices or {}, multiples or {}
    return writer.write()


def changed(graph: Graph, text: str) -> str:
    """Return what is another in the network of a text; empty where it is the same."""
    values = {name: value for name, value in graph.hyperparameters.items() if is_symbolic(value)}
    try:
        again = build(parse(text, "<text>"), values, infer)
    except ConvcostError as error:
        return str(error)
    wanted, there = ({_assumed(guard) for guard in each.guards} for each in (graph, again))
    return difference(graph, again) or "; ".join(sorted(" ".join(map(str, each)) for each in there - wanted))


def _assumed(guard: Guard) -> tuple[Dim, str, Dim]:
    return guard.left, guard.relation if guard.holds else OPPOSITE[guard.relation], guard.right


class Script(Record):
    """A spec before it is text: the items of its layers and its blocks."""

    graph: Graph
    root: list[Item]
    blocks: Blocks
    words: Mapping[str, Value]


def script(graph: Graph, style: Style, writer: Writer) -> Script:
    """Return the items that a graph is written with; the inputs have their names already."""
    items, words = leaves(graph)
    root = arrange(items, max(writer.names), graph.output)
    blocks = Blocks(graph, [derived.output for derived in propagate(graph)], words, writer.free_name)
    blocks.wanted.update(_referred(root))
    if style.blocks:
        blocks.fold(root)
    if style.rows:
        rows = Rows(blocks.usual, lambda index: bool(blocks.wanted[index]))
        for block in blocks.found.values():
            rows.fold(block.body)
        rows.fold(root)
    return Script(graph, root, blocks, words)


def layers(script: Script, writer: Writer, *, telling: bool = True) -> list[str]:
    """Return the lines of defaults, blocks and layers."""
    graph, wanted = script.graph, script.blocks.wanted
    names = dict(writer.names)
    for index in sorted(wanted):
        if index not in names:
            names[index] = writer.free_name(graph.nodes[index].layer or graph.nodes[index].name)
    if telling:
        tell(script.root, graph, writer.free_name)
    lines = Lines(writer, {index: text for index, text in names.items() if index in wanted})
    body = list(lines.items(script.root))
    head = [f"defaults: {lines.flow(script.words)}"] if script.words else []
    defined = [line for block in script.blocks.found.values() for line in lines.block(block)]
    head += ["blocks:", *indented(defined)] if defined else []
    return [*head, "layers:", *indented(body)]


def _written(graph: Graph, style: Style, writer: Writer) -> str:
    inputs = writer.inputs()
    body = layers(script(graph, style, writer), writer, telling=style.names)
    return "\n".join([*writer.head(), *inputs, *body]) + "\n"


def _referred(root: list[Item]) -> Counter[int]:
    """Return the tensors that are referred to by name, and how often."""
    found: Counter[int] = Counter()
    for item in walk(root):
        found.update(item.sources)
        if item.share is not None:
            found[item.share] += 1
        found.update(path for path in item.paths if isinstance(path, int) and path != item.begin)
    return found
