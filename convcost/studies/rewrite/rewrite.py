"""What-if on a spec: a rule is applied to the layers that are selected, in the text, and what it gains is derived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from convcost.cost import Analysis, analyze, infer
from convcost.cost.convention import Convention
from convcost.errors import ConvcostError, SpecError, UsageError
from convcost.model import Model
from convcost.spec import parse
from convcost.spec.document import Document
from convcost.spec.item import Item, Kind
from convcost.spec.pieces import Pieces
from convcost.spec.uses import Use, trace
from convcost.studies.rewrite.blocks import homes, insertion, make_blocks
from convcost.studies.rewrite.edit import Edit, Written, edited, moved, newline, one_line
from convcost.studies.rewrite.headings import headings
from convcost.studies.rewrite.result import Rewrite, Rewritten, cost, described
from convcost.studies.rewrite.rule import Facts, Rule, facts, read_settings, scalar_text
from convcost.studies.rewrite.rules import rule_named
from convcost.studies.rewrite.select import Selector

MOST_NAMED = 3


def rewrite(
    model: Model,
    rule: str,
    *,
    where: str = "",
    only: Iterable[str] = (),
    settings: Mapping[str, int | str] | None = None,
    convention: Convention | None = None,
) -> Rewrite:
    """Apply a rule to the layers of a spec.

    Layers are selected at the values of the model. What is rewritten are the items of the spec, where they are written:
    in blocks and tables, too. If one item stands for selected layers and for others, the condition is written into the
    spec, where arguments of the item say it; otherwise that is an error. Blocks of imported libraries stay.

    Parameters
    ----------
    where : str
        A condition on ``kind``, ``kernel``, ``stride``, ``dilation``, ``groups``, ``cin``, ``out``, ``height`` and
        ``width`` of a layer; height and width are those of its output.
    only : iterable of str
        Patterns of names, "conv1", "stage3/*"; a layer has one of them.

    Returns
    -------
    Rewrite
        Without layers and with the text as it was, where nothing was selected.

    Raises
    ------
    UsageError, SpecError
        E830 to E836.
    """
    return _Rewriting(model, rule_named(rule), Selector(where, tuple(only)), settings or {}, convention).run()


class _Place:
    """An item, and the layers that it stands for."""

    def __init__(self, use: Use) -> None:
        self.item = use.item
        self.uses: list[tuple[Use, Facts]] = []
        self.chosen: list[bool] = []


class _Rewriting:
    def __init__(
        self,
        model: Model,
        rule: Rule,
        selector: Selector,
        settings: Mapping[str, int | str],
        convention: Convention | None,
    ) -> None:
        self.model = model
        self.rule = rule
        self.selector = selector
        self.settings = read_settings(rule, settings)
        self.convention = convention
        self.document = model.architecture.document
        self.left: list[tuple[str, str]] = []
        self.library = 0
        self.pieces = Pieces(self.document.source)

    def run(self) -> Rewrite:
        graph, uses = trace(self.model.architecture, self.model.values, infer)
        before = analyze(graph, self.convention).complete()
        places = {start: place for start, place in self.places(uses, before).items() if any(place.chosen)}
        text, after, layers = self.document.source.text, before, list[Rewritten]()
        model = self.model
        if places:
            items = {start: Written(self.pieces, place.item) for start, place in places.items()}
            body, changed = self.edits(places, items)
            how = described(self.rule, self.settings, self.selector)
            edits = [*body, *headings(self.document, self.pieces, self.suffix(), how)]
            text = edited(text, edits)
            model = self.reread(text)
            after, layers = self.gains(model, before, (places, items), edits, changed)
        result = (before, after)
        return Rewrite(
            self.rule, self.settings, self.selector, text, self.model, model, result, tuple(layers), tuple(self.left),
            self.library,
        )  # fmt: skip

    def concerns(self, item: Item) -> bool:
        """Tell whether an item is of a kind that the rule looks at."""
        if self.rule.keys:
            return item.key in self.rule.keys
        return item.kind is Kind.BLOCK and all(name in item.arguments for name in self.settings)

    def suffix(self) -> str:
        """Return what the name of the network gets."""
        default = {setting.name: setting.default for setting in self.rule.settings}
        values = [str(value) for name, value in self.settings.items() if value != default.get(name)]
        return "_".join((self.rule.suffix, *(text for text in values if text.isalnum())))

    def places(self, uses: Sequence[Use], before: Analysis) -> dict[int, _Place]:
        """Return the items that the rule is about by their place in the text, with what was selected of each."""
        places: dict[int, _Place] = {}
        for use in uses:
            if not self.concerns(use.item) or not use.nodes:
                continue
            known = facts(use, before.graph)
            selected = self.rule.applies(known) and self.selector(known)
            if use.library is not self.document:
                self.library += selected
                continue
            problem = self.rule.problem(known, self.settings) if selected else ""
            if problem:
                self.left.append((use.name, problem))
            start = self.pieces.offset(use.item.place.line, use.item.place.column)
            place = places.setdefault(start, _Place(use))
            place.uses.append((use, known))
            place.chosen.append(selected and not problem)
        return places

    def edits(self, places: Mapping[int, _Place], items: Mapping[int, Written]) -> tuple[list[Edit], set[int]]:
        """Return the edits of all items and blocks, and the items that are changed wholly."""
        changes: dict[int, tuple[str, Mapping[str, str], Sequence[str]]] = {}
        edits: list[Edit] = []
        if self.rule.template is None:
            for start, item in items.items():
                put = {name: str(value) for name, value in self.settings.items()} if self.rule.sets else {}
                changes[start] = self.rule.key or item.pair.name, put, self.dropped(item)
        else:
            inside = {id(item): block for item, block in homes(self.document)}
            for item in items.values():
                self.dropped(item)
            made = make_blocks(
                self.document, [(item, inside[id(item.item)]) for item in items.values()], self.rule, self.settings
            )
            for block in made:
                for called in block.calls:
                    changes[called.item.pair.start] = block.name, called.put, called.drop
            edits.append(insertion(self.pieces, made))
        whole = set()
        for start, item in items.items():
            own = item.changed(*changes[start])
            if all(places[start].chosen):
                edits += own
                whole.add(start)
            else:
                edits.append(self.switch(places[start], item, own))
        return edits, whole

    def dropped(self, item: Written) -> list[str]:
        """Return the arguments that an item loses; what has to be 1 is checked."""
        named = item.named()
        for name in self.rule.one:
            nodes = (item.item.arguments.get(name), (item.item.first or {}).get(name))
            if any(node is not None and getattr(node, "text", "") != "1" for node in nodes):
                message = f"{name} of this {item.item.key} is 1 here, and something else for other values"
                raise item.refused(message, "leave it out with --where or --only")
        put = self.settings if self.rule.sets else {}
        return [name for name in (*self.rule.drop, *self.rule.one) if name in named and name not in put]

    def switch(self, place: _Place, item: Written, own: Sequence[Edit]) -> Edit:
        """Return the edit that makes a choice of an item that stands for selected layers and for others."""
        asked = self.selector.at_item(item)
        if asked is None:
            raise self.torn(place, item)
        pieces, pair, end = self.pieces, item.pair, newline(self.pieces.text)
        value = one_line(pieces, pair.value, item)
        if not pair.value.flow or end in pieces.text[pair.start : pair.end]:
            raise self.torn(place, item)
        one = edited(pieces.text[pair.start : pair.end], own, pair.start)
        if any(edit.start < pair.start or edit.end > pair.end for edit in own):
            raise self.torn(place, item)
        first, second = f"{{if: {scalar_text(asked)}, {one}}}", f"{pair.name}: {value}"
        column = pieces.column(pair.start)
        indent = " " * (column + 2)
        if pair.parent.flow:
            joint = f",{end}{' ' * (column + 9)}"
            return Edit(pair.start, pair.end, f"switch: [{first}{joint}{{{second}}}]")
        return Edit(pair.start, pair.end, f"switch:{end}{indent}- {first}{end}{indent}- {second}")

    def torn(self, place: _Place, item: Written) -> SpecError:
        """Return the error for an item of which only some layers are rewritten."""
        yes = [use.name for (use, _), chosen in zip(place.uses, place.chosen, strict=True) if chosen]
        no = [use.name for (use, _), chosen in zip(place.uses, place.chosen, strict=True) if not chosen]
        message = f"this {item.item.key} stands for {_listed(yes)}, to be rewritten, and for {_listed(no)}, not to be"
        hint = "select all of them or none, or by arguments that stand in it, in one line: kernel, stride, out"
        return item.refused(message, hint)

    def reread(self, text: str) -> Model:
        """Return the model of the new text."""
        document = self.document
        try:
            architecture = parse(text, "the rewritten spec", document.source.directory)
        except ConvcostError as error:
            raise UsageError("E835", f"the rewritten spec is not one: {error}") from error
        if not any(pair.name == "name" for pair in Pieces(architecture.document.source).root.pairs):
            architecture.document.name = f"{document.name}_{self.suffix()}"
        label = architecture.name
        return self.model.replaced(architecture=architecture, label=label)

    def gains(
        self,
        model: Model,
        before: Analysis,
        written: tuple[Mapping[int, _Place], Mapping[int, Written]],
        edits: Sequence[Edit],
        changed: set[int],
    ) -> tuple[Analysis, list[Rewritten]]:
        """Return the new analysis and what each layer gained; check that everything is as it was meant."""
        try:
            graph, uses = trace(model.architecture, model.values, infer)
            after = analyze(graph, self.convention)
        except ConvcostError as error:
            raise UsageError("E835", f"the rewritten network cannot be built: {error}") from error
        document: Document = model.architecture.document
        pieces, (places, items) = Pieces(document.source), written
        spans = {start: self.span(start, pieces, edits, whole=start in changed) for start in places}
        became: dict[int, list[Use]] = {start: [] for start in places}
        for use in uses:
            if use.library is document:
                offset = pieces.offset(use.item.place.line, use.item.place.column)
                for start, (low, high) in spans.items():
                    if low <= offset < high:
                        became[start].append(use)
        layers: list[tuple[int, Rewritten]] = []
        misfits: list[tuple[Use, Use, Written]] = []
        for start, place in places.items():
            item = items[start]
            if len(became[start]) != len(place.uses):
                message = f"this {place.item.key} would stand for {len(became[start])} layers, not {len(place.uses)}"
                raise item.refused(message, "what is rewritten decides how often it is there")
            first = min(pieces.offset(use.item.place.line, use.item.place.column) for use in became[start])
            for (old, known), chosen, new in zip(place.uses, place.chosen, became[start], strict=True):
                taken = start in changed or pieces.offset(new.item.place.line, new.item.place.column) == first
                if taken != chosen:
                    raise self.torn(place, item)
                if new.output != old.output and self.rule.keys:
                    misfits.append((old, new, item))
                if chosen and not self.inside(old, places):
                    layers.append((old.nodes.start, self.gain(old, new, known, (before, after))))
        if misfits:
            # the first one in the network: behind it others have another size because of it
            old, new, item = min(misfits, key=lambda each: each[0].nodes.start)
            message = f"{old.name} would be {_shape(new)} instead of {_shape(old)}"
            raise item.refused(message, "same and half fit every kernel; a padding in numbers does not")
        return after, [layer for _, layer in sorted(layers, key=lambda each: each[0])]

    def inside(self, use: Use, places: Mapping[int, _Place]) -> bool:
        """Tell whether a call is in another one that is rewritten, and counted there."""
        others = (
            other
            for place in places.values()
            for (other, _), taken in zip(place.uses, place.chosen, strict=True)
            if taken
        )
        return not self.rule.keys and any(other is not use and use.nodes[0] in other.nodes for other in others)

    def span(self, start: int, pieces: Pieces, edits: Sequence[Edit], *, whole: bool) -> tuple[int, int]:
        """Return where what stands for an item is in the new text."""
        low = moved(start, [edit for edit in edits if edit.start < start])
        pair = pieces.keys[low]
        return (low, low + 1) if whole else (low, pair.end)

    def gain(self, old: Use, new: Use, known: Facts, analyses: tuple[Analysis, Analysis]) -> Rewritten:
        """Return what a layer gained."""
        graph = analyses[1].graph
        became = tuple(dict.fromkeys(graph.nodes[i].layer for i in new.nodes))
        expected = self.rule.value(known, self.settings)
        return Rewritten(old.name, known, became, cost(old, analyses[0]), cost(new, analyses[1]), expected)


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
    return ", ".join([*names[:MOST_NAMED], *more])


def _shape(use: Use) -> str:
    return "×".join(map(str, use.output[1:]))
