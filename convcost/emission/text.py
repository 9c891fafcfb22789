"""Items as lines of YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from convcost.emission.blocks import Block
from convcost.emission.leaves import word_of
from convcost.emission.script import TABLE, Absent, Item, Text, Value
from convcost.ops import Op
from convcost.spec.vocabulary import FORMS, PATHS
from convcost.spec.writer import Writer, scalar

WIDTH = 110
"""Longer lines are broken where an item has several parts."""


class Lines:
    """Writes items; ``names`` are those of the tensors that others refer to."""

    def __init__(self, writer: Writer, names: Mapping[int, str]) -> None:
        self.writer = writer
        self.names = names

    def items(self, items: list[Item]) -> Iterator[str]:
        """Yield the lines of a path, each item behind a dash."""
        for item in items:
            yield from dashed(self.item(item))

    def block(self, block: Block) -> Iterator[str]:
        """Yield the lines of a block."""
        yield f"{block.name}:"
        if block.arguments:
            yield f"  args: {braced({n: '~' if v is None else self.value(v) for n, v in block.arguments.items()})}"
        yield "  body:"
        yield from indented(indented(list(self.items(block.body))))

    def item(self, item: Item) -> list[str]:
        """Return the lines of one item."""
        modifiers = self.modifiers(item)
        if item.merges:
            return self.merge(item, modifiers)
        if item.items:
            head = [f"{key}: {value}" for key, value in modifiers.items()]
            inner = list(self.table(item) if item.key == TABLE else self.items(item.items))
            return [*head, f"{item.key}:", *indented(inner)]
        arguments = self.flow(item.arguments)
        if not modifiers and not item.arguments:
            return [f"{item.key}: []" if item.key == "path" else item.key]
        if not modifiers:
            return [f"{item.key}: {arguments}"]
        name = {"name": modifiers.pop("name")} if "name" in modifiers else {}
        taken = {key: modifiers.pop(key) for key in [*modifiers] if key in {"from", "share"}}
        body = "[]" if item.key == "path" else arguments
        return [braced({**name, **taken, item.key: body, **modifiers})]

    def modifiers(self, item: Item) -> dict[str, str]:
        """Return what stands beside the key."""
        found: dict[str, str] = {}
        name = self.names.get(item.index) or item.name
        if name:
            found["name"] = name
        if item.sources:
            sources = [self.names[tensor] for tensor in item.sources]
            found["from"] = sources[0] if len(sources) == 1 else f"[{', '.join(sources)}]"
        if item.share is not None:
            found["share"] = self.names[item.share]
        if item.condition:
            found["if"] = scalar(item.condition)
        if item.repeat != 1:
            found["repeat"] = self.value(item.repeat)
        if item.first:
            found["first"] = self.flow(item.first)
        return found

    def merge(self, item: Item, modifiers: Mapping[str, str]) -> list[str]:
        """Return a merge: in one line where its paths are names, or else a line for each item."""
        head = [f"{key}: {value}" for key, value in modifiers.items()]
        paths = [self.path(path, item.begin) for path in item.paths]
        if all(len(path) == 1 and not path[0].startswith(("- ", "{")) for path in paths):
            short = f"[{', '.join(path[0] for path in paths)}]"
            body = braced({**self.arguments(item.arguments), PATHS: short}) if item.arguments else short
            return [braced({**modifiers, item.key: body})] if modifiers else [f"{item.key}: {body}"]
        rows = [line for path in paths for line in dashed(path)]
        if not item.arguments:
            return [*head, f"{item.key}:", *indented(rows)]
        arguments = [f"{name}: {value}" for name, value in self.arguments(item.arguments).items()]
        return [*head, f"{item.key}:", *indented([*arguments, f"{PATHS}:", *indented(rows)])]

    def path(self, path: list[Item] | int | Absent, begin: int) -> list[str]:
        """Return the lines of a branch."""
        if isinstance(path, Absent):
            return [braced({"if": scalar(path.condition or "false"), "path": "[]"})]
        if isinstance(path, int):
            return ["[]" if path == begin else self.names[path]]
        if (len(path) == 1 and path[0].key in FORMS) or (len(path) == 1 and not path[0].condition):
            lines = self.item(path[0])
            if not path[0].condition:
                return (
                    lines if len(lines) > 1 or lines[0].startswith("{") or ": " not in lines[0] else [f"{{{lines[0]}}}"]
                )
        return list(self.items(path))

    def table(self, item: Item) -> Iterator[str]:
        """Yield columns, rows and what is made of each."""
        columns, rows = item.rows
        yield f"columns: [{', '.join(columns)}]"
        yield "rows:"
        for row in rows:
            yield f"  - [{', '.join(map(self.value, row))}]"
        yield "each:"
        yield from indented(list(self.items(item.items)))

    # values

    def flow(self, arguments: Mapping[str, Value]) -> str:
        """Return arguments in braces."""
        return braced(self.arguments(arguments))

    def arguments(self, arguments: Mapping[str, Value]) -> dict[str, str]:
        """Return the texts of arguments."""
        return {name: self.value(value) for name, value in arguments.items()}

    def value(self, value: Value) -> str:
        """Return the text of an argument."""
        if isinstance(value, Text):
            return scalar(value.text)
        if isinstance(value, Op):
            inner = self.writer.arguments(value)
            return braced({word_of(value): braced(inner)}) if inner else word_of(value)
        if isinstance(value, tuple):
            return f"[{', '.join(map(self.value, value))}]"
        return self.writer.value(value)


def braced(fields: Mapping[str, str]) -> str:
    """Return a mapping in one line."""
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


def dashed(lines: list[str]) -> list[str]:
    """Return the lines of one element of a list."""
    return [f"- {lines[0]}", *(f"  {line}" for line in lines[1:])]


def indented(lines: list[str]) -> list[str]:
    """Return lines two columns further to the right."""
    return [f"  {line}" for line in lines]
