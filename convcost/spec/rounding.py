"""The same architecture with its widths rounded by another rule."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Final

from convcost.spec.architecture import Architecture
from convcost.spec.library import Let
from convcost.spec.nodes import Scalar

RULES: Final[Mapping[str, str]] = {
    "floor": "floor({})",
    "ceil": "ceil({})",
    "round": "round({})",
    "round_to 8": "round_to({}, 8)",
    "make_divisible 8": "make_divisible({}, 8)",
}
"""Rules of published architectures, each as an expression of the width that is rounded."""

_ROUNDED = re.compile(r"(?:(?:floor|ceil|round)\((?P<plain>.*)\)|(?:round_to|make_divisible)\((?P<to>.*),\s*\d+\))")


def with_rounding(architecture: Architecture, rule: str) -> Architecture | None:
    """Return an architecture whose functions under ``let:`` round by another rule; None where none of them rounds.

    Parameters
    ----------
    rule : str
        One of ``RULES``.

    >>> from convcost.spec import open_target
    >>> other = with_rounding(open_target("mobilenet_v1")[0], "make_divisible 8")
    >>> other.document.lets[0].body.text
    'make_divisible(alpha*c, 8)'
    """
    lets = tuple(_rounded(let, rule) for let in architecture.document.lets)
    if lets == architecture.document.lets:
        return None
    document = copy.copy(architecture.document)
    document.lets = lets
    return Architecture(document)


def _rounded(let: Let, rule: str) -> Let:
    found = _ROUNDED.fullmatch(let.body.text.strip()) if let.parameters else None
    if found is None:
        return let
    text = RULES[rule].format(found["plain"] or found["to"])
    if text.replace(" ", "") == let.body.text.replace(" ", ""):
        return let
    body = let.body
    return let.replaced(body=Scalar(text, body.plain, body.line, body.column))
