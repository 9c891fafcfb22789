"""Frozen records: what a frozen dataclass is to its users, without writing code at import.

``dataclasses`` generates and compiles six methods a class, half a millisecond each time; with seventy classes that
would be a third of the time a report takes. Here the methods are written once and read the fields of the class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Final, Self, TypeVar, dataclass_transform

MISSING: Final = object()

T = TypeVar("T")


class Field:
    """What a record knows of one field: its default, whether it takes part in comparisons, and a description."""

    __slots__ = ("compare", "default", "description", "factory")

    def __init__(self, default: Any, factory: Callable[[], Any] | None, description: Any, *, compare: bool) -> None:
        self.default = default
        self.factory = factory
        self.compare = compare
        self.description = description


def field(*, default: Any = MISSING, default_factory: Callable[[], Any] | None = None, compare: bool = True) -> Any:
    """Declare a field that a plain default does not describe."""
    return Field(default, default_factory, None, compare=compare)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Record:
    """Base of frozen records; a subclass lists its fields as annotations, with defaults.

    Records of one class are equal if their compared fields are. A field cannot be set; ``replaced`` returns a copy.

    Examples
    --------
    >>> class Point(Record):
    ...     x: int
    ...     y: int = 0
    >>> Point(1), Point(1) == Point(1, 0), Point(1).replaced(y=2)
    (Point(x=1, y=0), True, Point(x=1, y=2))
    """

    _fields: ClassVar[dict[str, Field]] = {}
    _names: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}
    _compared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Read the fields of a subclass from its annotations."""
        fields = dict(cls._fields)
        for name, annotation in cls.__dict__.get("__annotations__", {}).items():  # noqa: RUF063 - inspect costs 4 ms
            if str(annotation).startswith("ClassVar"):
                continue
            value = cls.__dict__.get(name, MISSING)
            fields[name] = value if isinstance(value, Field) else Field(value, None, None, compare=True)
            if isinstance(value, Field):
                delattr(cls, name)
        cls._fields = fields
        cls._names = tuple(fields)
        cls._defaults = {name: f.default for name, f in fields.items() if f.default is not MISSING}
        cls._compared = tuple(name for name, f in fields.items() if f.compare)

    def __init__(self, *values: Any, **named: Any) -> None:
        cls = type(self)
        state = self.__dict__
        if len(values) == len(cls._names) and not named:
            state.update(zip(cls._names, values, strict=True))
        else:
            state.update(cls._defaults)
            state.update(zip(cls._names, values, strict=False))
            state.update(named)
            if len(state) != len(cls._names) or not named.keys().isdisjoint(cls._names[: len(values)]):
                self._complete(values, named)
        self.__post_init__()

    def _complete(self, values: tuple[Any, ...], named: dict[str, Any]) -> None:
        """Fill in defaults that are made, and refuse a wrong call as Python would."""
        cls = type(self)
        given = (*cls._names[: len(values)], *named)
        wrong = [name for name in named if name not in cls._fields]
        if wrong:
            raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {wrong[0]!r}")
        if len(values) > len(cls._names) or len(set(given)) != len(given):
            raise TypeError(f"{cls.__name__}() got too many values, or one twice")
        for name, each in cls._fields.items():
            if name not in self.__dict__:
                if each.factory is None:
                    raise TypeError(f"{cls.__name__}() is missing the argument {name!r}")
                self.__dict__[name] = each.factory()

    def __post_init__(self) -> None:
        """Check or normalise the fields once they are set."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        mine, theirs = self.__dict__, other.__dict__
        return all(mine[name] == theirs[name] for name in self._compared)

    def __hash__(self) -> int:
        state = self.__dict__
        return hash((type(self), *(state[name] for name in self._compared)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={self.__dict__[name]!r}" for name in self._names if not name.startswith("_"))
        return f"{type(self).__name__}({shown})"

    def replaced(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return type(self)(**{**{name: self.__dict__[name] for name in self._names}, **changes})
