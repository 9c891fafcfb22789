"""What a rule of rewriting is: the layers it is about, what it makes of them, and by which factor they change."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from convcost.errors import UsageError, one_of
from convcost.graph import Graph
from convcost.ops import Conv
from convcost.records import Record
from convcost.spec.item import Kind
from convcost.spec.uses import Use
from convcost.symbols.expr import ExpressionError, parse

Settings = Mapping[str, Any]
"""Whole numbers; of a rule whose settings are any arguments, texts."""
Call = tuple[str, Mapping[str, str]]
Body = Sequence["Call | tuple[str, Sequence[Call | None]]"]
"""Items of a block: a key with arguments, or a merge with its paths, of which None is the identity."""


class Facts(Record):
    """What a condition can ask of a layer, and what rules decide by; a block has no kernel, stride and dilation.

    Attributes
    ----------
    kind : str
        The key of its item: "conv", "separable", the name of a block, ...
    kernel, stride, dilation : tuple of int
        By spatial axis.
    cin, out : int
        Channels of input and output.
    space : tuple of int
        Extents of the output.
    """

    kind: str
    name: str
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    multiplier: int
    cin: int
    out: int
    space: tuple[int, ...]

    @property
    def taps(self) -> int:
        """Elements of the kernel."""
        return prod(self.kernel)

    @property
    def square(self) -> bool:
        """Whether it has two spatial axes, along which kernel and stride are the same."""
        return len(self.kernel) == 2 and len({*self.kernel}) == len({*self.stride}) == 1


def facts(use: Use, graph: Graph) -> Facts:
    """Return the facts of a use."""
    key, cin, out, space = use.item.key, use.input[1], use.output[1], use.output[2:]
    op = graph.nodes[use.nodes[0]].op if use.item.kind is Kind.OP else None
    if not isinstance(op, Conv):
        return Facts(key, use.name, (), (), (), 1, 1, cin, out, space)
    multiplier = op.out // cin if op.depthwise else 1
    return Facts(key, use.name, op.kernel, op.stride, op.dilation, op.groups, multiplier, cin, out, space)


class Setting(Record):
    """A whole number that a rule takes; without a default it has to be given."""

    name: str
    doc: str
    default: int | None = None
    least: int = 1


class Given(Record):
    """What the items that become one block are written with.

    Attributes
    ----------
    key : str
        "conv" or "pointwise".
    stride : str
        How the stride is called inside; empty where none of them has one.
    window, followers : mapping of str to str
        Further arguments of the convolution, and those of every layer: norm, activation, bias.
    amount : str
        The padding on all sides, for a rule that needs it by axis; empty where a word says it.
    """

    key: str
    settings: Settings
    stride: str
    window: Mapping[str, str]
    followers: Mapping[str, str]
    amount: str = ""

    def strided(self, stride: str) -> dict[str, str]:
        """Return the argument ``stride``, if there is one."""
        return {"stride": stride} if self.stride else {}


class Template(Record):
    """What is inside of a block that a rule makes."""

    let: Mapping[str, str]
    body: Body


class Rule(Record):
    """One way of rewriting.

    Attributes
    ----------
    doc : str
        One line: what becomes what.
    keys : tuple of str
        The items it looks at; empty for calls of blocks.
    applies : callable
        Whether a layer is one of those that the rule is about; others are passed over in silence.
    problem : callable
        Why a layer that it is about cannot be rewritten; empty where it can.
    suffix : str
        What is put behind the name of the network, and, of a rule that makes blocks, the name of the block.
    key : str
        The key of the item afterwards; empty where it stays.
    drop : tuple of str
        Arguments that mean nothing afterwards.
    one : tuple of str
        Arguments that go if they are written as 1; with anything else the item cannot be rewritten.
    template : callable, optional
        What is inside of the block that the item becomes a call of.
    by_axis : bool
        Whether that block needs the padding by axis.
    sets : bool
        Whether the settings are arguments of the item, and have the names of theirs.
    free : bool
        Whether settings are any arguments, with any expressions.
    ratio : str
        Mult-adds afterwards over those before, as a formula: M input and N output channels, kernel K×K, stride s.
    value : callable
        The same as a number.
    """

    name: str
    doc: str
    suffix: str
    keys: tuple[str, ...]
    applies: Callable[[Facts], bool] = lambda _: True
    problem: Callable[[Facts, Settings], str] = lambda *_: ""
    settings: tuple[Setting, ...] = ()
    key: str = ""
    drop: tuple[str, ...] = ()
    one: tuple[str, ...] = ()
    template: Callable[[Given], Template] | None = None
    by_axis: bool = False
    sets: bool = False
    free: bool = False
    ratio: str = ""
    value: Callable[[Facts, Settings], Fraction | None] = lambda *_: None


def read_settings(rule: Rule, given: Mapping[str, int | str]) -> dict[str, int | str]:
    """Return a number for each setting of a rule, or the expressions of one whose settings are any arguments.

    Raises
    ------
    UsageError
        E832 for a setting that the rule has not or lacks, or a value that is not a whole number of its range.
    """
    if rule.free:
        if not given:
            raise UsageError("E832", f"{rule.name} needs an argument to set", hint="--set expand=4")
        return {name: _expression(name, str(value)) for name, value in given.items()}
    known = {setting.name: setting for setting in rule.settings}
    for name in given:
        if name not in known:
            hint = one_of(name, known) if known else "it takes none"
            raise UsageError("E832", f"{rule.name} has no setting {name!r}", hint=hint)
    result: dict[str, int | str] = {}
    for name, setting in known.items():
        value = given.get(name, setting.default)
        if value is None:
            raise UsageError("E832", f"{rule.name} needs the setting {name!r}", hint=f"--set {name}=..., {setting.doc}")
        text = str(value)
        if not text.isdecimal() or not text.isascii() or len(text) > 9 or int(text) < setting.least:
            message = f"{name}={text[:40]} is not a whole number of at least {setting.least}"
            raise UsageError("E832", message, hint=setting.doc)
        result[name] = int(text)
    return result


def _expression(name: str, text: str) -> str:
    """Return the text of an expression as YAML reads it."""
    text = " ".join(text.split())
    try:
        parse(text)
    except ExpressionError as error:
        raise UsageError("E832", f"{name}={text[:40]}: {error.message}", hint=error.hint) from None
    return scalar_text(text)


def scalar_text(text: str) -> str:
    """Return a text as YAML reads it back, quoted where it has to be.

    >>> print(scalar_text("floor(c/2)"), scalar_text("max(a, b)"))
    floor(c/2) "max(a, b)"
    """
    if re.fullmatch(r"[A-Za-z0-9][\w .+*/%<>=()-]*", text, re.ASCII):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
