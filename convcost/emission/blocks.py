"""Merges that recur become blocks, from the inside out; what differs between them becomes arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from convcost.emission.arguments import Arguments, NoBlockError
from convcost.emission.chains import recurring
from convcost.emission.residuals import LEAST, pattern, unwrap, wrap
from convcost.emission.script import Item, Value, default_of, walk
from convcost.emission.template import ENOUGH, MISSING, Slot, likeness, merged, signature
from convcost.graph import Graph
from convcost.ops import Shape
from convcost.spec.vocabulary import KEYS

MAX_ARGUMENTS = 10
MAX_FLAGS = 2
MAX_CHAINS = 6
STRICT = 1.0
GENERIC = frozenset(
    {"layer", "layers", "stage", "stages", "block", "blocks", "features", "model", "backbone", "module"}
)
"""Names of scopes that say nothing."""


class Block:
    """A template with a name; ``arguments`` have their defaults, None where they have to be given."""

    def __init__(self, name: str, arguments: Mapping[str, Value], body: list[Item]) -> None:
        self.name = name
        self.arguments = arguments
        self.body = body


class Call:
    """Where a block would be called: items of a path that stand one behind the other."""

    __slots__ = ("at", "items", "path")

    def __init__(self, path: list[Item], at: int, length: int) -> None:
        self.path = path
        self.at = at
        self.items = path[at : at + length]


class Blocks:
    """Finds blocks in the paths of a script, and calls them there.

    Parameters
    ----------
    shapes : sequence of Shape
        Of the tensors.
    free_name : callable
        From a name to one like it that nothing has yet.
    """

    def __init__(
        self, graph: Graph, shapes: list[Shape], defaults: Mapping[str, Value], free_name: Callable[[str], str]
    ) -> None:
        self.graph = graph
        self.shapes = shapes
        self.defaults = defaults
        self.free_name = free_name
        self.found: dict[str, Block] = {}
        self.wanted: Counter[int] = Counter()
        self.calls: dict[int, tuple[Item, int]] = {}  # by what they replace
        self.seen: list[Call] = []  # what is known by its id has to stay

    def usual(self, key: str, name: str) -> Value:
        """Return what an argument is where it is not written."""
        return self.found[key].arguments[name] if key in self.found else default_of(key, name, self.defaults)

    def fold(self, root: list[Item]) -> None:
        """Replace what recurs by calls."""
        done: set[int] = set()
        while True:
            ready = [call for call in _merges(root) if id(call.items[0]) not in done and not _open(call.items[0], done)]
            if not ready:
                break
            key = min((c.items[0].key != "mul", c.items[0].key, len(c.items[0].paths)) for c in ready)[1:]
            calls = [call for call in ready if (call.items[0].key, len(call.items[0].paths)) == key]
            if key[0] == "add":
                chosen = {id(item) for item in (*wrap(calls, self.plain), *(call.items[0] for call in calls))}
                calls = [call for call in _merges(root) if id(call.items[0]) in chosen]
            self.seen += calls
            done |= {id(call.items[0]) for call in calls}
            for members in self.groups(calls, ENOUGH):
                self.extend(members)
                self.reach_back(members)
                self.block(members)
            self.replace({id(call.path): call.path for call in calls}.values())
            unwrap(root)

        for _ in range(MAX_CHAINS):
            paths = list(_paths(root))
            places, length = recurring(paths, self.plain)
            number = len(self.found)
            self.seen += (calls := [Call(path, at, length) for path, at in places])
            if calls:
                self.block(calls)
                self.replace(paths)
            if len(self.found) == number:
                return

    def plain(self, items: list[Item]) -> bool:
        """Tell whether items refer to nothing but the tensor they begin at, and nothing refers into them."""
        inside = list(walk(items))
        for item in inside:
            if (item is not items[0] and item.sources) or item.share is not None:
                return False
            if any(isinstance(path, int) and path != item.begin for path in item.paths):
                return False
        last = items[-1].index
        return len(items[0].sources) < 2 and not any(self.wanted[item.index] for item in inside if item.index != last)

    def replace(self, paths: Iterable[list[Item]]) -> None:
        """Put calls in the place of what they stand for."""
        for path in paths:
            result, at = list[Item](), 0
            while at < len(path):
                call, length = self.calls.get(id(path[at]), (path[at], 1))
                result.append(call)
                at += length
            path[:] = result

    # groups

    def groups(self, calls: list[Call], enough: float) -> list[list[Call]]:
        """Return calls that are like each other."""
        groups: list[tuple[list[Slot], list[Call], dict[Value, int]]] = []
        known: dict[Value, tuple[list[Slot], list[Call], dict[Value, int]]] = {}
        for call in calls:
            if not self.plain(call.items):
                continue
            variant = self.variant(call)
            if variant not in known:
                scored = [(likeness(slots, call.items, enough), -n) for n, (slots, _, _) in enumerate(groups)]
                score, number = max(scored, default=(0.0, 0))
                if score < 1:
                    groups.append(([], [], {}))
                    number = 1 - len(groups)
                group = known[variant] = groups[-number]
                group[0][:] = merged(group[0], call.items, len(group[2]))
                group[2][variant] = len(group[2])
            known[variant][1].append(call)
        return [members for _, members, _ in groups]

    def variant(self, call: Call) -> Value:
        """Return what is equal for calls that are written alike."""
        return signature(call.items), self.channels(call)

    def channels(self, call: Call) -> Value:
        """Return what is cin in a block that is called here."""
        shape = self.shapes[call.items[0].begin]
        return shape[1] if len(shape) > 1 else 1

    def extend(self, calls: list[Call]) -> None:
        """Take in what stands behind all calls alike."""
        if len(calls) < 2:
            return
        while True:
            behind = [call.path[at] if (at := call.at + len(call.items)) < len(call.path) else None for call in calls]
            first = behind[0]
            if first is None or first.merges or first.items or first.sources or first.key in self.found:
                return
            for call, item in zip(calls, behind, strict=True):
                if item is None or item.sources or self.wanted[call.items[-1].index]:
                    return
                if signature([item]) != signature([first]):
                    return
            for call, item in zip(calls, behind, strict=True):
                assert item is not None
                call.items.append(item)

    def reach_back(self, calls: list[Call]) -> None:
        """Take in the op before all calls, which a person would call a part of them: the squeeze of a fire module."""
        before = [call.path[call.at - 1] if call.at else None for call in calls]
        first = before[0]
        if first is None or first.key not in {"pointwise", "conv"} or len(calls) < LEAST:
            return
        for call, item in zip(calls, before, strict=True):
            if item is None or item.key != first.key or item.sources or self.wanted[item.index]:
                return
            if call.items[0].begin != item.index or pattern([item]) != pattern([first]):
                return
        for call, item in zip(calls, before, strict=True):
            assert item is not None
            call.items.insert(0, item)
            call.at -= 1

    def block(self, calls: list[Call], enough: float = ENOUGH) -> None:
        """Make a block of calls, where that leaves less to be written."""
        variants: dict[Value, int] = {}
        slots: list[Slot] = []
        channels = []
        for call in calls:
            key = self.variant(call)
            if key not in variants:
                slots = merged(slots, call.items, len(variants))
                variants[key] = len(variants)
                channels.append(self.channels(call))
        try:
            made = Arguments(slots, channels, self.usual)
        except NoBlockError:
            return
        size = sum(1 for _ in walk(made.body))
        if made.flags > MAX_FLAGS and enough < STRICT:
            for members in self.groups(calls, STRICT):
                self.block(members, STRICT)
            return
        if len(made.parameters) > MAX_ARGUMENTS or len(calls) * (size - 1) <= size + 2:
            return
        numbers = [variants[self.variant(call)] for call in calls]
        arguments = {p.name: p.default(numbers) for p in made.parameters}
        block = Block(self.numbered(self.name(calls, made.body)), arguments, made.body)
        self.found[block.name] = block
        for call, number in zip(calls, numbers, strict=True):
            values = {p.name: p.values[number] for p in made.parameters}
            given = {n: v for n, v in values.items() if v is not MISSING and v != arguments[n]}
            item = Item(block.name, given, index=call.items[-1].index)
            item.begin, item.sources = call.items[0].begin, call.items[0].sources
            item.covers = tuple(i for inner in walk(call.items) for i in inner.covers)
            self.calls[id(call.items[0])] = (item, len(call.items))

    def numbered(self, name: str) -> str:
        """Return a name that no block has yet."""
        number = 1
        while (found := name if number == 1 else f"{name}{number}") in self.found:
            number += 1
        return self.free_name(found)

    def name(self, calls: list[Call], body: list[Item]) -> str:
        """Return the name of a block: of its scopes where they have one, or what it is commonly called."""
        words = {self.scope(call) for call in calls}
        word = words.pop() if len(words) == 1 else ""
        return word if word and word not in GENERIC | KEYS else common_name(body)

    def scope(self, call: Call) -> str:
        """Return the name of the innermost scope around all layers of a call."""
        layers = [self.graph.nodes[item.index].layer.split("/") for item in walk(call.items) if item.index >= 0]
        shared = []
        for parts in zip(*layers, strict=False):
            if len(set(parts)) > 1:
                break
            shared.append(parts[0])
        words = [part.rstrip("0123456789").rstrip("_.-") for part in shared if not part.isdecimal()]
        return words[-1] if words else ""


def common_name(body: list[Item]) -> str:
    """Return what a block of these items is commonly called."""
    keys = [item.key for item in walk(body)]
    first = body[0]
    if first.key == "mul":
        return "squeeze_excite" if "global_avgpool" in keys else "gate"
    if first.key == "concat":
        return (
            "inception" if len(first.paths) > 2 else "dense" if any(isinstance(p, int) for p in first.paths) else "unit"
        )
    if first.key == "add":
        if "depthwise" in keys:
            at = keys.index("depthwise")
            return "inverted_residual" if "pointwise" in keys[:at] else "residual"
        main = max((path for path in first.paths if isinstance(path, list)), key=len, default=[])
        return "bottleneck" if {item.key for item in main} >= {"pointwise", "conv"} else "residual"
    return "unit"


def _paths(items: list[Item]) -> Iterator[list[Item]]:
    """Yield a path and all paths inside."""
    yield items
    for item in items:
        for inner in item.inner():
            yield from _paths(inner)


def _merges(items: list[Item]) -> Iterator[Call]:
    """Yield the merges of a path and of all paths inside."""
    for at, item in enumerate(items):
        if item.merges:
            yield Call(items, at, 1)
        for inner in item.inner():
            yield from _merges(inner)


def _open(item: Item, done: set[int]) -> bool:
    """Tell whether a merge inside has not been looked at."""
    return any(inner.merges and id(inner) not in done for path in item.inner() for inner in walk(path))
