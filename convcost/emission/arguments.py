"""What differs from call to call of a block, in few arguments: the rest follows from them and from cin."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from convcost.emission.leaves import place
from convcost.emission.script import Absent, Item, Text, Value, is_number, walk
from convcost.emission.template import MISSING, Branch, Slot
from convcost.ops import Op
from convcost.spec.vocabulary import FORMS, value_name_problem
from convcost.symbols import floor, is_symbolic
from convcost.symbols.arith import exact

CHANNELS = frozenset({"out", "groups", "multiplier", "squeezed", "heads"})
MAX_OUTS = 3
MAX_FACTOR = 16
PARTS = (2, 3, 4, 6, 8, 12, 16, 24, 32)


class NoBlockError(Exception):
    """What differs cannot be an argument of a block."""


class Parameter:
    """An argument of a block: its value in each variant; ``absent`` is the default that stands for no value."""

    def __init__(self, name: str, values: list[Value]) -> None:
        self.name = name
        self.values = values
        self.absent: Value = None

    def default(self, numbers: list[int]) -> Value:
        """Return the default: 1 of a stride, the usual one of a flag or a factor, none of the others."""
        if self.absent is not None:
            return self.absent
        known = Counter(v for n in numbers if (v := self.values[n]) is not MISSING)
        value, count = known.most_common(1)[0]
        if self.name == "stride" and 1 in known:
            return 1
        if any(value is MISSING for value in self.values):
            return value
        common = not self.name.startswith(("out", "width", "c1"))
        return value if common and count > len(numbers) * 2 / 3 else None


class Arguments:
    """Finds the arguments of one template.

    Parameters
    ----------
    cin : sequence
        The channels of the block's input in each variant.
    """

    def __init__(self, slots: list[Slot], cin: Sequence[Value], usual: Callable[[str, str], Value]) -> None:
        self.cin = list(cin)
        self.usual = usual
        self.parameters: list[Parameter] = []
        self.taken = {"cin"}
        self.exact = not any(is_symbolic(value) for value in cin)
        for slot in slots:
            self.slot(slot)
        self.body = [self.item(slot) for slot in slots]
        self.rename()

    # values

    def slot(self, slot: Slot) -> None:
        """Write every argument of an item that differs."""
        for branch in slot.paths:
            for inner in branch.slots:
                self.slot(inner)
        for name, written in slot.arguments.items():
            values = [self.usual(slot.key, name) if value is None else value for value in written]
            known = [value for value in values if value is not MISSING]
            if all(value == known[0] for value in known) and known[0] is not None:
                slot.arguments[name] = [known[0]]
            else:
                slot.arguments[name] = [Text(self.expression(slot.key, name, values))]

    def expression(self, key: str, name: str, values: list[Value]) -> str:
        """Return an expression with these values."""
        if any(value is None or isinstance(value, Op) for value in values):
            raise NoBlockError
        numbers = all(is_number(value) for value in values if value is not MISSING)
        if numbers and (name in CHANNELS or key not in FORMS):
            known = [(p.name, p.values) for p in self.parameters]
            if any(value is MISSING for value in values):
                for text, source in known:
                    found = _follows(text, source, values)
                    if found and "/" not in found:
                        return found
                factors = _factors(self.cin, values, always=True)
                if factors:
                    return f"{self.parameter('expand', factors)}*cin"
            for text, source in (("cin", self.cin), *known):
                found = _follows(text, source, values)
                if found:
                    return found
            factors = _factors(self.cin, values)
            if factors:
                return f"{self.parameter('expand', factors)}*cin"
        return self.parameter(name, values)

    def parameter(self, name: str, values: list[Value]) -> str:
        """Return the argument with these values, which may be one that is there."""
        for parameter in self.parameters:
            if all(_agree(a, b) for a, b in zip(parameter.values, values, strict=True)) and any(
                a is not MISSING and b is not MISSING for a, b in zip(parameter.values, values, strict=True)
            ):
                parameter.values = [b if a is MISSING else a for a, b in zip(parameter.values, values, strict=True)]
                return parameter.name
        found, number = name, 1
        while found in self.taken or value_name_problem(found):
            number += 1
            found = f"{name}{number}"
        self.taken.add(found)
        self.parameters.append(Parameter(found, list(values)))
        return found

    @property
    def flags(self) -> int:
        """How many arguments are true or false."""
        return sum(isinstance(value, bool) for p in self.parameters for value in p.values[:1])

    # items

    def item(self, slot: Slot) -> Item:
        """Return an item of the body."""
        arguments = sorted(slot.arguments.items(), key=lambda each: place(each[0]))
        item = Item(slot.key, {name: values[0] for name, values in arguments})
        item.repeat = slot.repeat
        item.items = slot.items
        item.paths = [self.path(branch) for branch in slot.paths]
        item.begin = -1
        if not all(slot.present):
            item.condition = self.condition(slot.present, f"with_{slot.key}", slot)
        return item

    def path(self, branch: Branch) -> list[Item] | int | Absent:
        """Return a path of a merge."""
        if not all(branch.there):
            if branch.slots:
                raise NoBlockError
            return Absent(self.condition(branch.there, "residual", None))
        return [self.item(slot) for slot in branch.slots] or -1

    def condition(self, wanted: list[bool], name: str, slot: Slot | None) -> str:
        """Return a condition that holds in these variants."""
        for text, holds in self.conditions(slot):
            if [bool(h) for h in holds] == wanted:
                if text == "expand > 1":
                    self.expanded()
                return text
        for parameter in self.parameters:
            there = [value is not MISSING for value in parameter.values]
            if there == wanted and all(isinstance(v, int) and v > 0 for v in parameter.values if v is not MISSING):
                parameter.absent = 0
                return f"{parameter.name} > 0"
        return self.parameter(name, list(wanted))

    def expanded(self) -> None:
        """Let a factor of 1 stand for no expansion."""
        for parameter in self.parameters:
            if parameter.name == "expand":
                parameter.values = [1 if value is MISSING else value for value in parameter.values]

    def rename(self) -> None:
        """Call the last number of channels out, and those before it by what they are for."""
        outs = [p for p in self.parameters if re.fullmatch(r"out\d*", p.name)]
        if not outs:
            return
        squeezed = self.body[0].key == "mul"
        names = (
            [f"c{number}" for number in range(1, len(outs) + 1)]
            if len(outs) > MAX_OUTS
            else ["width", "inner", "out"][-len(outs) :]
        )
        if squeezed and len(outs) == 1:
            names = ["squeezed"]
        elif len(outs) > 1 and any(item.key == "depthwise" for item in walk(self.body)) and len(outs) <= MAX_OUTS:
            names[0] = "expanded"
        new = {p.name: name for p, name in zip(outs, names, strict=True)}
        for p in outs:
            p.name = new[p.name]
        pattern = re.compile(rf"\b({'|'.join(new)})\b")

        def renamed(text: str) -> str:
            return pattern.sub(lambda match: new[match[0]], text)

        for item in walk(self.body):
            item.arguments = {n: Text(renamed(v.text)) if isinstance(v, Text) else v for n, v in item.arguments.items()}
            item.condition = renamed(item.condition)
            item.paths = [Absent(renamed(p.condition or "")) if isinstance(p, Absent) else p for p in item.paths]

    def conditions(self, slot: Slot | None) -> Iterator[tuple[str, list[bool]]]:
        """Yield conditions with whether they hold in each variant, from the plainest on."""
        stride = next((p for p in self.parameters if p.name == "stride"), None)
        steps = [value if isinstance(value, int) else 1 for value in stride.values] if stride else [1] * len(self.cin)
        expand = next((p for p in self.parameters if p.name == "expand"), None)
        if expand is not None:
            factors = [1 if value is MISSING else value for value in expand.values]
            there = [value > 1 for value in factors]
            if not all(there):
                yield "expand > 1", there
        for text, values in self.widths(slot) if self.exact else ():
            if any(not isinstance(value, int) for value in values):
                continue
            other = [c != value for c, value in zip(self.cin, values, strict=True)]
            if stride is not None:
                yield f"stride > 1 or cin != {text}", [s > 1 or o for s, o in zip(steps, other, strict=True)]
                yield f"stride == 1 and cin == {text}", [s == 1 and not o for s, o in zip(steps, other, strict=True)]
            yield f"cin != {text}", other
            yield f"cin == {text}", [not o for o in other]
        if stride is not None:
            yield "stride > 1", [step > 1 for step in steps]
            yield "stride == 1", [step == 1 for step in steps]
        for parameter in self.parameters:
            if all(isinstance(value, bool) for value in parameter.values):
                yield f"not {parameter.name}", [not value for value in parameter.values]

    def widths(self, slot: Slot | None) -> Iterator[tuple[str, list[Value]]]:
        """Yield numbers of channels that the channels of the input may be compared with."""
        if slot is not None and "out" in slot.arguments and isinstance(slot.arguments["out"][0], Text):
            text = slot.arguments["out"][0].text
            for parameter in self.parameters:
                factor, _, rest = text.partition("*")
                if rest == parameter.name and factor.isdecimal():
                    values = [v if v is MISSING else int(factor) * v for v in parameter.values]
                    yield text, values
        for parameter in self.parameters:
            if parameter.name.startswith(("out", "width")):
                yield parameter.name, parameter.values


def _agree(one: Value, other: Value) -> bool:
    return one is MISSING or other is MISSING or (type(one) is type(other) and bool(one == other))


def _follows(text: str, source: list[Value], values: list[Value]) -> str:
    """Return an expression for values that are proportional to others, or parts of them; empty for none."""
    pairs = [(s, v) for s, v in zip(source, values, strict=True) if v is not MISSING]
    if any(s is MISSING or not is_number(s) for s, _ in pairs):
        return ""
    first = _ratio(pairs[0][1], pairs[0][0])
    if not is_symbolic(first) and all(s * first == v for s, v in pairs):
        ratio = Fraction(first)
        if ratio == 1:
            return text
        if ratio.denominator == 1:
            return f"{ratio}*{text}"
        return f"{text}/{ratio.denominator}" if ratio.numerator == 1 else f"{text}*{ratio}"
    if len({v for _, v in pairs}) < 2:
        return ""

    def part(n: int) -> bool:
        return all(floor(s / n if is_symbolic(s) else Fraction(s) / n) == v for s, v in pairs)

    found = next((n for n in PARTS if part(n)), 0)
    return f"floor({text}/{found})" if found else ""


def _factors(cin: list[Value], values: list[Value], *, always: bool = False) -> list[Value]:
    """Return the factors where values are small multiples of the input's channels, and fewer of them than values."""
    result = [v if v is MISSING else _ratio(v, c) for c, v in zip(cin, values, strict=True)]
    known = {ratio for ratio in result if ratio is not MISSING}
    if not all(isinstance(ratio, int) and 1 < ratio <= MAX_FACTOR for ratio in known):
        return []
    return result if always or len(known) < len({v for v in values if v is not MISSING}) else []


def _ratio(one: Value, other: Value) -> Value:
    """Return one number over another, exactly."""
    if is_symbolic(one) or is_symbolic(other):
        ratio: Any = one / other
        return exact(Fraction(int(ratio.p), int(ratio.q))) if ratio.is_Rational else ratio
    return exact(Fraction(one) / other)
