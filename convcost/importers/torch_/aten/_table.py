"""The table of ATen operators: what each becomes in a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

Handler: TypeAlias = Callable[..., Any]
"""``handler(site, **arguments)``: arguments by their names in the operator's schema, tensors as operands."""

H = TypeVar("H", bound=Handler)

OPERATORS: dict[str, Handler] = {}
"""By the name of an operator without overload: "conv2d"; or with it, "max.dim", where overloads differ."""


def operator(*names: str) -> Callable[[H], H]:
    """Register the handler of operators."""

    def register(handler: H) -> H:
        for name in names:
            OPERATORS[name] = handler
        return handler

    return register
