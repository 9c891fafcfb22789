"""The JSON Schema of ``budgets:``, for editors."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.spec.schema import Schema, object_of
from convcost.units import ALIASES, DECIMAL

_UNITS = "|".join((*DECIMAL, *ALIASES))
_GROUPED = "[0-9]{1,3}([, ][0-9]{3})+"

_LIMIT: Schema = {
    "description": "The most it may be: 600 M, 4.3M, '4,300,000'.",
    "type": ["number", "string"],
    "minimum": 0,
    "pattern": rf"^ *\+?({_GROUPED}|[0-9]+)(\.[0-9]*)? *({_UNITS})? *$",
}
_AT: Schema = {
    "description": "A preset, ':b3', or values, '@alpha=1/2'; the defaults if absent.",
    "type": "string",
    "pattern": "^[:@]",
}


def definitions(metrics: Sequence[str]) -> dict[str, Schema]:
    """Return what the schema of a spec needs for its budgets.

    >>> sorted(definitions(["params"])["budget"]["properties"])
    ['at', 'params']
    """
    keys = {"at": _AT, **dict.fromkeys(metrics, _LIMIT)}
    least = [{"required": [metric]} for metric in metrics]
    return {"budget": {"description": "The most that a network may cost.", **object_of(keys, anyOf=least)}}
