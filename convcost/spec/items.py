"""The items of a path, as they are written: one key each, with arguments, paths, rows, and modifiers."""

from __future__ import annotations

from collections.abc import Mapping

from convcost.errors import SpecError
from convcost.ops import Argument
from convcost.spec.expect import Grammar, Names, listed
from convcost.spec.item import Item, Kind, Path, Signature, Signed
from convcost.spec.nodes import Mapping as MappingNode
from convcost.spec.nodes import Node, Scalar, Sequence, kind
from convcost.spec.problems import Problems
from convcost.spec.source import Source
from convcost.spec.vocabulary import (
    ACTIVATION,
    ACTIVATION_OPS,
    ANY,
    CONTAINERS,
    FORMS,
    INPUT,
    LITERAL,
    MODIFIERS,
    NORM,
    NORM_OPS,
    PATHS,
    SWITCH,
    TABLE,
    Form,
    hint_for,
    tensor_name_problem,
    words_of,
    written_arguments,
)
from convcost.symbols.expr import parse
from convcost.symbols.expr.language import quoted, shorten


class ItemGrammar(Grammar):
    """Reads items; knows the blocks of the document by their signatures, and the names of layers so far."""

    blocks: Mapping[str, Signature]
    named: set[str]

    def __init__(self, source: Source, problems: Problems) -> None:
        super().__init__(source, problems)
        self.signed: dict[Signed, Signed] = {}  # calls without names in them that were found right

    def items(
        self, nodes: list[Node], names: Names, trail: tuple[str, ...], label: str, *, row: bool = False
    ) -> list[Item]:
        """Return the items of a path; those that are wrong are reported and left out."""
        result: list[Item] = []
        named: dict[str, int] = {}
        for index, node in enumerate(nodes):
            reported = len(self.problems.errors)
            try:
                item = self.item(node, names, trail, row=row)
                if item.name is not None:
                    first = named.setdefault(item.name.text, item.name.line)
                    if first != item.name.line:
                        message = (
                            f"two layers of one path are named {quoted(item.name.text)}, the other in line {first}"
                        )
                        raise self.error("E311", message, item.name)
                result.append(item)
            except SpecError as error:
                self.problems.report(error)
            finally:
                for found in self.problems.errors[reported:] if label else ():
                    found.trail = found.trail or (*trail, f"{label}[{index}]", *_main_key(node))
        return result

    def item(self, node: Node, names: Names, trail: tuple[str, ...], *, row: bool = False) -> Item:
        """Return one item."""
        if isinstance(node, Scalar) and not node.is_null:
            return self.call(node, None, names, trail, row=row)
        if not isinstance(node, MappingNode):
            hint = "a path inside a path is written path: [...]" if isinstance(node, Sequence) else ""
            raise self.error("E126", f"an item is an op or a block, not {kind(node)}", node, hint)
        main: tuple[Scalar, Node] | None = None
        modifiers: dict[str, tuple[Scalar, Node]] = {}
        for key, value in node.pairs:
            if key.text in MODIFIERS:
                modifiers[key.text] = (key, value)
            elif main is None:
                main = (key, value)
            else:
                raise self.second_key(main[0], key)
        if main is None:
            raise self.error("E126", "an item without an op or a block", node, "modifiers alone are no layer")
        item = self.call(main[0], main[1], names, trail, row=row or "repeat" in modifiers)
        if modifiers:
            self.modify(item, modifiers, names)
        return item

    def second_key(self, first: Scalar, second: Scalar) -> SpecError:
        """Return the error for an item with two keys, one of which may be a modifier misspelt."""
        for key in (second, first):
            if not self.known(key.text):
                hint = hint_for(key.text, MODIFIERS) or hint_for(key.text, self.known_keys()) or "one item, one op"
                return self.error("E126", f"{quoted(key.text)} is neither an op nor a modifier", key, hint)
        hint = "each item of a path begins with its own '- '"
        return self.error("E126", f"an item with two ops, {quoted(first.text)} and {quoted(second.text)}", second, hint)

    def known(self, key: str) -> bool:
        """Tell whether a key stands for an item."""
        return key in FORMS or key in CONTAINERS or key in self.blocks

    def is_tensor(self, word: str) -> bool:
        """Tell whether a word in the place of a path is the name of a tensor, also where an op is called so."""
        return not self.known(word) or (word in self.named and word not in self.blocks)

    def known_keys(self) -> tuple[str, ...]:
        """Return all keys that stand for items."""
        return (*FORMS, *CONTAINERS, *self.blocks)

    def call(self, key: Scalar, value: Node | None, names: Names, trail: tuple[str, ...], *, row: bool) -> Item:
        """Return the item of a key and what stands behind it; ``row`` if it can stand for several layers."""
        item = self.content(key, value, names, trail, row=row)
        item.numbered = row
        return item

    def content(self, key: Scalar, value: Node | None, names: Names, trail: tuple[str, ...], *, row: bool) -> Item:
        """Return the item of a key without its modifiers."""
        name = key.text
        form = FORMS.get(name)
        if form is not None:
            if form.joins:
                return self.merge(form, key, value, names, trail)
            arguments = self.arguments(key, value, form.arguments, form.required, names)
            item = Item(Kind.OP, key, arguments)
            signed = _signature(key, value, form.required)
            item.signature = self.signed.get(signed) if signed else None
            return item
        signature = self.blocks.get(name)
        if signature is not None:
            arguments = self.arguments(key, value, signature.arguments, signature.required, names)
            return Item(Kind.BLOCK, key, arguments)
        if name not in CONTAINERS:
            raise self.unknown(key)
        if value is None:
            raise self.error("E123", f"{name} takes a {'mapping' if name == TABLE else 'list'}", key)
        if name == TABLE:
            return self.table(key, value, names, trail)
        if name == SWITCH:
            paths = self.paths(value, names, (*trail, f"switch (line {key.line})"), "a switch", row=row)
            item = Item(Kind.SWITCH, key)
            item.paths = paths
            return item
        items = self.sequence(value, "a path").items
        inner = self.items(items, names, (*trail, f"path (line {key.line})"), "item")
        item = Item(Kind.PATH, key)
        item.items = inner
        return item

    def unknown(self, key: Scalar) -> SpecError:
        """Return the error for a key that is no op and no block."""
        name, colon, rest = key.text.partition(":")
        hint = f"write {shorten(name)}: {shorten(rest)}" if colon and rest else hint_for(key.text, self.known_keys())
        if key.text in self.named:
            hint = f"a layer takes the tensor of a name by from: {key.text}"
        elif key.text == INPUT:
            hint = "input: stands beside layers:"
        return self.error("E125", f"unknown op or block {quoted(key.text)}", key, hint)

    def arguments(
        self,
        key: Scalar,
        value: Node | None,
        known: Mapping[str, object] | frozenset[str],
        required: tuple[str, ...],
        names: Names,
    ) -> Mapping[str, Node]:
        """Return the arguments by name after checking names, and that all required ones are there."""
        signature = _signature(key, value, required)
        if signature is not None and signature in self.signed:
            return {argument.text: node for argument, node in value.pairs}  # type: ignore[union-attr] # it has a signature
        misspelt, reported = False, len(self.problems.errors)
        if value is None or (isinstance(value, Scalar) and value.is_null):
            arguments: dict[str, Node] = {}
        elif isinstance(value, MappingNode):
            arguments = {}
            for argument, node in value.pairs:
                try:
                    self.argument(key.text, argument, node, known, names)
                except SpecError as error:
                    self.problems.report(error)
                    misspelt = misspelt or error.code == "E127"
                arguments[argument.text] = node
        else:
            example = (required or tuple(known) or ("...",))[0]
            hint = f"write {key.text}: {{{example}: ...}}" if known else f"{key.text} takes no arguments"
            raise self.error("E123", f"arguments are named: {key.text} takes a mapping, not {kind(value)}", value, hint)
        missing = [name for name in required if name not in arguments]
        if missing and not misspelt:
            raise self.error("E128", f"{key.text} needs the argument{listed(missing)}", key)
        evaluated = (node for name, node in arguments.items() if not _is_literal(known, name))
        if signature and reported == len(self.problems.errors) and not any(map(_has_names, evaluated)):
            self.signed[signature] = signature
        return arguments

    def argument(
        self, owner: str, name: Scalar, node: Node, known: Mapping[str, object] | frozenset[str], names: Names
    ) -> None:
        """Check one argument."""
        if name.text not in known:
            hint = hint_for(name.text, known) or (f"it takes {', '.join(sorted(known))}" if known else "it takes none")
            raise self.error("E127", f"{owner} has no argument {quoted(name.text)}", name, hint)
        if isinstance(node, MappingNode) and owner in FORMS and name.text in {"norm", "activation"}:
            self.followed(name.text, node, names)
        elif _is_literal(known, name.text):
            self.prose(node, name.text)
        else:
            argument = known[name.text] if isinstance(known, Mapping) else None
            self.values(node, names, name.text, words_of(argument) if isinstance(argument, Argument) else ANY)

    def followed(self, argument: str, node: Node, names: Names) -> None:
        """Check a norm or activation: a word, or a mapping of one op with its arguments."""
        ops = NORM_OPS if argument == "norm" else ACTIVATION_OPS
        if not isinstance(node, MappingNode):
            self.expression(node, names, argument, words_of(NORM if argument == "norm" else ACTIVATION))
            return
        pairs = list(node.pairs)
        if len(pairs) != 1:
            raise self.error(
                "E123", f"{argument} is one op with its arguments", node, "such as {leaky_relu: {slope: 0.1}}"
            )
        key, value = pairs[0]
        op = ops.get(key.text)
        if op is None:
            raise self.error("E125", f"unknown {argument} {quoted(key.text)}", key, hint_for(key.text, ops))
        known = written_arguments(op)
        required = FORMS[op.name].required
        self.arguments(key, value, known, required, names)

    def merge(self, form: Form, key: Scalar, value: Node | None, names: Names, trail: tuple[str, ...]) -> Item:
        """Return the item of an op that joins paths: a list of them, or a mapping with ``paths`` and arguments."""
        arguments: dict[str, Node] = {}
        if isinstance(value, MappingNode) and form.arguments:
            for argument, node in value.pairs:
                if argument.text != PATHS:
                    self.argument(form.name, argument, node, {**form.arguments, PATHS: None}, names)
                    arguments[argument.text] = node
            value = {k.text: v for k, v in value.pairs}.get(PATHS)
        if value is None or (isinstance(value, Scalar) and value.is_null):
            raise self.error("E123", f"{form.name} takes a list of paths", key, f"write {form.name}: [path, path]")
        paths = self.paths(value, names, (*trail, f"{form.name} (line {key.line})"), form.name)
        item = Item(Kind.MERGE, key, arguments)
        item.paths = paths
        return item

    def paths(self, node: Node, names: Names, trail: tuple[str, ...], what: str, *, row: bool = False) -> list[Path]:
        """Return the paths of a merge or switch."""
        if not isinstance(node, Sequence):
            raise self.error("E123", f"{what} takes a list of paths, not {kind(node)}", node)
        nodes = node.items
        if not nodes:
            raise self.error("E123", f"{what} without paths", node, "the identity is a path, too: []")
        result: list[Path] = []
        for index, path in enumerate(nodes):
            here = (*trail, f"path {index + 1}")
            if isinstance(path, Sequence):
                result.append(Path(path, self.items(path.items, names, here, "item", row=row)))
            elif isinstance(path, Scalar) and self.is_tensor(path.text):
                if path.text != INPUT and tensor_name_problem(path.text):
                    raise self.unknown(path)
                result.append(Path(path, tensor=path))
            else:
                item = self.item(path, names, here, row=row)
                condition, item.condition = item.condition, None
                result.append(Path(path, [item], condition=condition))
        return result

    def table(self, key: Scalar, value: Node, names: Names, trail: tuple[str, ...]) -> Item:
        """Return the item of a table: columns, rows, and what is made of each row."""
        keys = ("columns", "rows", "each")
        fields = self.fields(value, "a table", keys, keys)
        columns = []
        for node in self.sequence(fields["columns"], "columns").items:
            column = self.scalar(node, "a column")
            self.value_name(column.text, column, "a column")
            if column.text in columns:
                raise self.error("E130", f"two columns are named {quoted(column.text)}", column)
            columns.append(column.text)
        rows = []
        for node in self.sequence(fields["rows"], "rows").items:
            row = self.sequence(node, "a row")
            if len(row.items) != len(columns):
                hint = "quote an expression that contains a comma" if len(row.items) > len(columns) else ""
                message = f"a row of {len(row.items)}, where there are {len(columns)} columns ({', '.join(columns)})"
                raise self.error("E131", message, row, hint)
            self.values(row, names, "a cell")
            rows.append(row)
        inner = names.extended(columns)
        if not rows:
            raise self.error("E123", "a table without rows", fields["rows"])
        each = self.sequence(fields["each"], "each").items
        items = self.items(each, inner, (*trail, f"table (line {key.line})"), "each", row=True)
        item = Item(Kind.TABLE, key)
        item.columns, item.rows, item.items = tuple(columns), rows, items
        return item

    def modify(self, item: Item, modifiers: dict[str, tuple[Scalar, Node]], names: Names) -> None:
        """Put the modifiers into an item."""
        for modifier, (key, node) in modifiers.items():
            if modifier == "name":
                item.name = self.tensor_name(node, "a name")
            elif modifier == "from":
                sources = node.items if isinstance(node, Sequence) else [node]
                item.sources = tuple(self.scalar(source, "from") for source in sources)
                if not sources:
                    raise self.error("E123", "from: an empty list", key)
            elif modifier == "if":
                self.expression(node, names, "if")
                item.condition = self.scalar(node, "if")
            elif modifier == "share":
                item.share = self.scalar(node, "share")
                if item.kind is not Kind.OP:
                    hint = "what is shared are the stored values of one op"
                    raise self.error("E132", f"share: {item.key} is no single op", key, hint)
            elif modifier == "repeat":
                self.expression(node, names, "repeat")
                item.repeat = self.scalar(node, "repeat")
            else:
                item.first = self.first(item, key, node, names, repeated="repeat" in modifiers)

    def first(self, item: Item, key: Scalar, node: Node, names: Names, *, repeated: bool) -> Mapping[str, Node]:
        """Return the arguments of the first copy that differ from those of the others."""
        if not repeated:
            raise self.error("E132", "first without repeat", key, "it overrides arguments of the first copy")
        known: Mapping[str, object] | frozenset[str]
        if item.kind is Kind.OP:
            known = FORMS[item.key].arguments
        elif item.kind is Kind.BLOCK:
            known = self.blocks[item.key].arguments
        else:
            raise self.error("E132", f"first: {item.key} has no arguments to override", key)
        return self.arguments(Scalar(item.key, True, key.line, key.column), node, known, (), names)

    def tensor_name(self, node: Node, what: str) -> Scalar:
        """Return the name of a layer, an input or a block."""
        name = self.scalar(node, what)
        problem = tensor_name_problem(name.text)
        if not problem and name.text in self.blocks:
            problem = f"{quoted(name.text)} is a block"
        if problem:
            raise self.error("E129", f"{quoted(name.text)} cannot be a name", name, problem)
        self.named.add(name.text)
        return name


def _signature(key: Scalar, value: Node | None, required: tuple[str, ...]) -> Signed | None:
    """Return the texts of a call whose arguments are texts: lines that read the same are checked and expanded once."""
    if not isinstance(value, MappingNode):
        return None
    texts = [node.text for node in value.items if isinstance(node, Scalar)]
    return (key.text, required, *texts) if len(texts) == len(value.items) else None


def _is_literal(known: Mapping[str, object] | frozenset[str], name: str) -> bool:
    """Tell whether an argument stands for itself."""
    argument = known.get(name) if isinstance(known, Mapping) else None
    return isinstance(argument, Argument) and argument.type in LITERAL


def _has_names(node: Node) -> bool:
    return not isinstance(node, Scalar) or bool(parse(node.text).uses)


def _main_key(node: Node) -> list[str]:
    """Return the key of an item for the trail of its errors, if it has one."""
    if isinstance(node, Scalar):
        return [shorten(node.text)]
    keys = [key.text for key, _ in node.pairs] if isinstance(node, MappingNode) else []
    return [shorten(key) for key in keys if key not in MODIFIERS][:1]
