"""Instances of different depth: the same items, of which some come more often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from convcost.emission.functions import Functions
from convcost.emission.leaves import word_of
from convcost.emission.script import Item, Text, Value, is_number
from convcost.emission.template import signature
from convcost.emission.write import Script, Style, layers, script
from convcost.errors import DomainError
from convcost.graph import Graph
from convcost.lifting.explain import Explainer, Seen, Vector
from convcost.lifting.forms import FORMS, factor
from convcost.lifting.same import SPATIAL
from convcost.ops import Op
from convcost.spec.writer import Writer, scalar

DEEP = frozenset({"depth", "layers", "blocks", "repeats"})
"""Names of hyperparameters that say how often something comes."""

Put: TypeAlias = Callable[[Value], None]


class Place(NamedTuple):
    """A number that differs between scripts: what it is, in each, and where an expression for it is put."""

    said: str
    vector: Vector
    put: Put
    counts: bool


def differing(scripts: Sequence[Script]) -> list[Place]:
    """Return the numbers that differ.

    Raises
    ------
    DomainError
        E773 where the items themselves are others.
    """
    found = [{name: (tuple(b.arguments), signature(b.body)) for name, b in s.blocks.found.items()} for s in scripts]
    if any(each != found[0] for each in found) or any(s.words != scripts[0].words for s in scripts):
        raise _others("their blocks are not the same")
    return list(_paths([s.root for s in scripts], scripts))


def _others(why: str) -> DomainError:
    return DomainError(
        "E773",
        f"the instances have another structure: {why}",
        hint="lift instances that differ in sizes, or in how often the same items come",
    )


def _paths(paths: Sequence[list[Item]], scripts: Sequence[Script]) -> Iterator[Place]:
    if len({len(path) for path in paths}) > 1:
        raise _others(f"{' and '.join(str(len(path)) for path in paths)} items behind each other")
    for items in zip(*paths, strict=True):
        yield from _items(items, scripts)


def _items(items: tuple[Item, ...], scripts: Sequence[Script]) -> Iterator[Place]:
    first = items[0]
    if len({item.key for item in items}) > 1 or len({len(item.paths) for item in items}) > 1:
        raise _others(" and ".join(dict.fromkeys(item.key for item in items)))
    target = max(items, key=lambda item: len(item.first))  # the one that is written: a single copy has no first one
    names = dict.fromkeys(name for item in items for name in item.arguments)
    for name in (*names, *(name for name in target.first if name not in names)):
        whole = [
            _value(item, name, each, None if item is target or item.repeat != 1 else target)
            for item, each in zip(items, scripts, strict=True)
        ]
        yield from _place(f"{first.key}: {name}", whole, _setter(target.arguments, name))
    for name in target.first:
        own = [item.first.get(name, _value(item, name, each, None)) for item, each in zip(items, scripts, strict=True)]
        yield from _place(f"{first.key}: first {name}", own, _setter(target.first, name))
    yield from _place(f"repeat of {first.key}", [item.repeat for item in items], _attribute(target), counts=True)
    for branches in zip(*(item.paths for item in items), strict=True):
        lists = [branch for branch in branches if isinstance(branch, list)]
        if len(lists) == len(branches):
            yield from _paths(lists, scripts)
        elif lists:
            raise _others(f"a path of {first.key}")
    yield from _rows(items)
    yield from _paths([item.items for item in items], scripts)
    _becomes(first, target)


def _value(item: Item, name: str, script: Script, single: Item | None) -> Value:
    """Return an argument; that of the only copy stands for the first one, and the others may have any."""
    if single is not None and name in single.first:
        return single.arguments.get(name, script.blocks.usual(item.key, name))
    return item.arguments[name] if name in item.arguments else script.blocks.usual(item.key, name)


def _rows(items: tuple[Item, ...]) -> Iterator[Place]:
    names, rows = items[0].rows
    if any(item.rows[0] != names or len(item.rows[1]) != len(rows) for item in items):
        raise _others("the columns of a table")
    for number in range(len(rows)):
        for column, name in enumerate(names):
            cells = [item.rows[1][number][column] for item in items]
            yield from _place(
                f"table row {number + 1}: {name}", cells, _cell(rows, number, column), counts=name.startswith("n")
            )


def _place(said: str, values: Sequence[Value], put: Put, *, counts: bool = False) -> Iterator[Place]:
    if all(type(value) is type(values[0]) and value == values[0] for value in values):
        return
    if not all(is_number(value) for value in values):
        words = [word_of(value) if isinstance(value, Op) else str(value).lower() for value in values]
        raise _others(f"{said} is {' and '.join(words)}")
    yield Place(said, tuple(values), put, counts)


def _setter(arguments: dict[str, Value], name: str) -> Put:
    def put(value: Value) -> None:
        arguments[name] = value

    return put


def _attribute(item: Item) -> Put:
    def put(value: Value) -> None:
        item.repeat = value

    return put


def _cell(rows: list[tuple[Value, ...]], number: int, column: int) -> Put:
    def put(value: Value) -> None:
        rows[number] = (*rows[number][:column], value, *rows[number][column + 1 :])

    return put


def _becomes(item: Item, other: Item) -> None:
    """Write an item as another one is."""
    item.arguments, item.first, item.repeat = other.arguments, other.first, other.repeat


class Written(NamedTuple):
    """A text, and what could have been explained otherwise."""

    text: str
    notes: tuple[str, ...]


def check_depth(graphs: Sequence[Graph]) -> None:
    """Refuse graphs that differ in more than sizes and how often items come: E773."""
    writers = [Writer(graph, {}) for graph in graphs]
    for writer in writers:
        writer.inputs()
    differing([script(graph, Style(), writer) for graph, writer in zip(graphs, writers, strict=True)])


def deepened(
    graphs: Sequence[Graph],
    values: Mapping[str, Vector],
    symbols: Mapping[str, Any],
    spatial: frozenset[str],
    prose: Mapping[str, str],
) -> Written:
    """Return the text of a spec for instances that differ in depth."""
    writers = [
        Writer(graph.replaced(name=prose["name"] or graph.name), {}, prose["title"], prose["source"])
        for graph in graphs
    ]
    inputs = [writer.inputs() for writer in writers]
    scripts = [script(graph, Style(), writer) for graph, writer in zip(graphs, writers, strict=True)]
    places = differing(scripts)
    extents = _inputs(graphs)
    explainer = Explainer(
        values, symbols, spatial, [*extents, *(Seen(p.vector, p.said) for p in places if not p.counts)]
    )
    formulas = Functions(graphs[0].replaced(hyperparameters=dict(symbols)))
    listed = False
    for place in places:
        if place.counts:
            text, table = _count(place, values)
            listed = listed or table
        else:
            text = formulas.text(explainer.explain(Seen(place.vector, place.said)))
        place.put(Text(text))
    lines = inputs[0]
    for seen in extents:
        text = formulas.text(explainer.explain(seen))
        lines = [line.replace(f" {seen.vector[0]}", f" {text}") for line in lines]
    head = writers[0].head()
    body = layers(scripts[0], writers[0])
    declared = [
        f"  {name}: {_declaration(row, integer=all(isinstance(v, int) for v in row))}" for name, row in values.items()
    ]
    requires = [f"  - {scalar(condition)}" for name in values if listed and (condition := _one_of(name, values[name]))]
    required = ["requires:", *requires] if listed else []
    return Written(
        "\n".join([*head, "hyperparameters:", *declared, *required, *lines, *body]) + "\n", tuple(explainer.notes)
    )


def _inputs(graphs: Sequence[Graph]) -> list[Seen]:
    found = []
    for nodes in zip(*(graph.inputs for graph in graphs), strict=True):
        for position, vector in enumerate(zip(*(node.op.shape for node in nodes), strict=True)):
            if len(set(vector)) > 1:
                found.append(Seen(vector, f"{nodes[0].name}: shape", spatial=position > 0))
    return found


def _count(place: Place, values: Mapping[str, Vector]) -> tuple[str, bool]:
    """Return how often an item comes, and whether that is a list of values."""
    names = sorted(values, key=lambda name: (name in SPATIAL, name not in DEEP))
    for name in names:
        numbers = values[name]
        for form in (FORMS[0], FORMS[2], FORMS[1], FORMS[3]):
            c = factor(form, place.vector, numbers)
            if isinstance(c, int) and (c == 1 or not all(isinstance(number, int) for number in numbers)):
                times = name if c == 1 else f"{c}*{name}"
                return (times if form is FORMS[0] else f"{form.name}({times})"), False
    name = next((name for name in names if len(set(values[name])) == len(values[name])), "")
    numbers = values.get(name, ())
    if not name:
        raise _others(f"{place.said} is {' and '.join(map(str, place.vector))}, and no hyperparameter tells them apart")
    pairs = list(zip(place.vector, numbers, strict=True))
    shown = [count for n, (count, _) in enumerate(pairs) if count not in [c for c, _ in pairs[:n]]]
    cases = [(c, [h for count, h in pairs if count == c]) for c in shown]
    text = "".join(f"{c} if {' or '.join(f'{name} == {h}' for h in hs)} else " for c, hs in cases[:-1])
    return f"{text}{cases[-1][0]}", True


def _one_of(name: str, row: Vector) -> str:
    return " or ".join(f"{name} == {value}" for value in dict.fromkeys(row)) if len(set(row)) == len(row) else ""


def _declaration(row: Vector, *, integer: bool) -> str:
    last = "" if integer else ", integer: false"
    return f"{{default: {row[0]}, choices: [{', '.join(map(str, dict.fromkeys(row)))}]{last}}}"
