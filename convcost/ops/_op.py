"""What every op shares: a frozen dataclass, its arguments described for the spec language, and late binding.

An op says what a layer *is* and nothing else: what it costs is in ``rules``, what it does in ``execute``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias

from convcost.symbols import Dim, is_symbolic

Shape: TypeAlias = tuple[Dim, ...]
"""Extents of a tensor, batch first: (N, C, H, W), (N, C, L), (N, C, D, H, W) or (N, features)."""

Size: TypeAlias = tuple[Dim, ...]
"""One extent a spatial axis: (K_h, K_w)."""

Padding: TypeAlias = Literal["same"] | tuple[Dim, ...]
"""``"same"`` or 2·n amounts, all the axes' beginnings before all their ends: (top, left, bottom, right)."""

REQUIRED: Final = object()


@dataclass(frozen=True, slots=True)
class Argument:
    """How the spec language writes one argument of an op.

    Attributes
    ----------
    type : str
        ``dim`` an expression; ``size`` an expression or one for each spatial axis; ``padding``; ``flag``; ``int`` a
        plain integer; ``ints`` a list of integers; ``dims`` a list of expressions; ``rational`` an exact number
        that is not an extent (a slope, an epsilon); ``choice`` one of ``choices``; ``internal`` is not written
        in specs.
    doc : str
        One line for the reference and for the JSON Schema.
    """

    type: str
    doc: str
    default: Any = REQUIRED
    choices: tuple[str, ...] = ()


def arg(type: str, doc: str, default: Any = REQUIRED, choices: tuple[str, ...] = ()) -> Any:  # noqa: A002
    """Declare a dataclass field together with its description; ``size`` defaults hold for every axis."""
    description = {"argument": Argument(type, doc, default, choices)}
    return field(metadata=description) if default is REQUIRED else field(default=default, metadata=description)


@dataclass(frozen=True, slots=True)
class Op:
    """Base of all ops.

    ``name`` is the key in a spec, ``inputs`` how many tensors it takes (None: one or more).
    """

    name: ClassVar[str] = ""
    inputs: ClassVar[int | None] = 1

    def __post_init__(self) -> None:
        """Give every spatial axis its own extent: ``Conv((3, 3), out=8, stride=2)`` has the stride (2, 2)."""
        arguments = self.arguments()
        kernel = getattr(self, "kernel", None)
        if kernel is None:
            return
        rank = len(kernel)
        for name, argument in arguments.items():
            value = getattr(self, name)
            if isinstance(value, tuple | str):
                continue
            if argument.type == "size":
                object.__setattr__(self, name, (value,) * rank)
            elif argument.type == "padding":
                object.__setattr__(self, name, (value,) * (2 * rank))

    @property
    def kind(self) -> str:
        """What tables group by: the name, unless the op tells finer ("depthwise conv 3×3")."""
        return self.name

    @classmethod
    def arguments(cls) -> dict[str, Argument]:
        """Return the arguments by name, in the order of the declaration."""
        return _arguments(cls)

    def substitute(self, value: Callable[[Dim], Dim]) -> Self:
        """Return the op with every symbolic dimension replaced by ``value`` of it."""
        changed: dict[str, Any] = {}
        for f in fields(self):
            old = getattr(self, f.name)
            if isinstance(old, tuple):
                if any(not isinstance(item, str) and is_symbolic(item) for item in old):
                    changed[f.name] = tuple(value(item) if is_symbolic(item) else item for item in old)
            elif old is not None and not isinstance(old, str | bool) and is_symbolic(old):
                changed[f.name] = value(old)
        return replace(self, **changed) if changed else self


_ARGUMENTS: dict[type[Op], dict[str, Argument]] = {}


def _arguments(op: type[Op]) -> dict[str, Argument]:
    if op not in _ARGUMENTS:
        _ARGUMENTS[op] = {f.name: f.metadata["argument"] for f in fields(op)}
    return _ARGUMENTS[op]


def per_axis(size: Size) -> str:
    """Write a size for a label, ``3×3``."""
    return "×".join(str(extent) for extent in size)
