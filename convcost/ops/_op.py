"""What every op shares: a frozen record, its arguments described for the spec language, and late binding.

An op says what a layer *is* and nothing else: what it costs is in ``rules``, what it does in ``execute``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, NamedTuple, Self, TypeAlias, dataclass_transform

from convcost.records import MISSING, Field, Record
from convcost.symbols import Dim, is_symbolic

Shape: TypeAlias = tuple[Dim, ...]
"""Extents of a tensor, batch first: (N, C, H, W), (N, C, L), (N, C, D, H, W) or (N, features)."""

Size: TypeAlias = tuple[Dim, ...]
"""One extent a spatial axis: (K_h, K_w)."""

Padding: TypeAlias = Literal["same"] | tuple[Dim, ...]
"""``"same"`` or 2·n amounts, all the axes' beginnings before all their ends: (top, left, bottom, right)."""


class Argument(NamedTuple):
    """How the spec language writes one argument of an op.

    Attributes
    ----------
    type : str
        ``dim`` an expression; ``size`` an expression or one for each spatial axis; ``padding``; ``flag``; ``int`` a
        plain integer; ``ints`` a list of integers; ``dims`` a list of expressions; ``place`` an expression for a
        place along an axis, counted from the end where it is negative; ``rational`` an exact number that is not an
        extent (a slope, an epsilon); ``choice`` one of ``choices``; ``word`` one of them too, but as it stands and
        never an expression (``floor`` is a function there); ``text`` as it stands; ``internal`` is not written in
        specs.
    doc : str
        One line for the reference and for the JSON Schema.
    """

    type: str
    doc: str
    default: Any = MISSING
    choices: tuple[str, ...] = ()


def arg(type: str, doc: str, default: Any = MISSING, choices: tuple[str, ...] = ()) -> Any:  # noqa: A002
    """Declare a field together with its description; ``size`` defaults hold for every axis."""
    return Field(default, None, Argument(type, doc, default, choices), compare=True)


@dataclass_transform(frozen_default=True, field_specifiers=(arg,))
class Op(Record):
    """Base of all ops, frozen records whose fields are the arguments of the spec language.

    ``name`` is the key in a spec, ``inputs`` how many tensors it takes (None: one or more).
    """

    name: ClassVar[str] = ""
    inputs: ClassVar[int | None] = 1

    def __post_init__(self) -> None:
        """Give every spatial axis its own extent: ``Conv((3, 3), out=8, stride=2)`` has the stride (2, 2)."""
        kernel = self.__dict__.get("kernel")
        if kernel is None:
            return
        rank = len(kernel)
        for name, argument in self.arguments().items():
            value = self.__dict__[name]
            if isinstance(value, tuple | str):
                continue
            if argument.type == "size":
                self.__dict__[name] = (value,) * rank
            elif argument.type == "padding":
                self.__dict__[name] = (value,) * (2 * rank)

    @property
    def kind(self) -> str:
        """What tables group by: the name, unless the op tells finer ("depthwise conv 3×3")."""
        return self.name

    @classmethod
    def arguments(cls) -> dict[str, Argument]:
        """Return the arguments by name, in the order of the declaration."""
        return {name: each.description for name, each in cls._fields.items()}

    def substitute(self, value: Callable[[Dim], Dim]) -> Self:
        """Return the op with every symbolic dimension replaced by ``value`` of it."""
        changed: dict[str, Any] = {}
        for name, old in self.__dict__.items():
            if isinstance(old, tuple):
                if any(not isinstance(item, str) and is_symbolic(item) for item in old):
                    changed[name] = tuple(value(item) if is_symbolic(item) else item for item in old)
            elif old is not None and not isinstance(old, str | bool) and is_symbolic(old):
                changed[name] = value(old)
        return self.replaced(**changed) if changed else self


def per_axis(size: Size) -> str:
    """Write a size for a label, ``3×3``."""
    return "×".join(str(extent) for extent in size)
