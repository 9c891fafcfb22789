"""The JSON Schemas of claims, for editors: of files of them, and of those that a spec makes of itself."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.claims.printed import UNITS
from convcost.claims.reader import CONVENTIONS, FILE, HEADLINE, PARAMETERS, ROW, TABLE, VERSION
from convcost.claims.records import EXPECTATIONS
from convcost.spec.schema import TEXT, URI, Schema, list_of, object_of, ref
from convcost.units import ALIASES

_UNITS = (*UNITS, *ALIASES)


def schema(metrics: Sequence[str]) -> Schema:
    """Return the schema of a file of claims, draft 2020-12.

    Parameters
    ----------
    metrics : sequence of str
        What can be claimed.

    >>> schema(["params"])["required"]
    ['convcost_claims', 'source', 'tables']
    """
    return {
        "$schema": URI,
        "title": "convcost claims",
        "description": "Tables of published figures as convcost reads them, version 1.",
        **object_of({key: _DOCUMENT[key] for key in FILE}, ("convcost_claims", "source", "tables")),
        "$defs": {"table": _table(metrics), "row": _row(metrics), "unit": {"enum": [1, *_UNITS]}, **_shared(metrics)},
    }


def definitions(metrics: Sequence[str]) -> dict[str, Schema]:
    """Return what the schema of a spec needs for the claims that a spec makes of itself.

    >>> sorted(definitions(["params"])["claim"]["properties"])
    ['at', 'expect', 'kind', 'note', 'params', 'part', 'source']
    """
    claim = {
        "description": "Published figures, with their source.",
        **object_of(
            {**{key: _KEYS[key] for key in HEADLINE}, **dict.fromkeys(metrics, ref("figure"))},
            anyOf=_at_least_one(metrics),
        ),
    }
    return {"claim": claim, **_shared(metrics)}


def _table(metrics: Sequence[str]) -> Schema:
    units = {"description": "Units in which metrics are printed.", **object_of(dict.fromkeys(metrics, ref("unit")))}
    keys = {**_KEYS, **_TABLE, "units": units}
    return object_of({key: keys[key] for key in TABLE}, ("table", "rows"))


def _row(metrics: Sequence[str]) -> Schema:
    return {
        "description": "A line of a table: figures, and a spec, or the reason why there is none.",
        **object_of(
            {**{key: _KEYS[key] for key in ROW}, **dict.fromkeys(metrics, ref("figure"))},
            ("row",),
            oneOf=[{"required": ["spec"]}, {"required": ["reason"]}],
            anyOf=_at_least_one(metrics),
        ),
    }


def _at_least_one(metrics: Sequence[str]) -> list[Schema]:
    return [{"required": [metric]} for metric in metrics]


def _shared(metrics: Sequence[str]) -> dict[str, Schema]:
    return {
        "figure": _FIGURE,
        "names": {"anyOf": [TEXT, list_of(TEXT, 1)]},
        "verdict": {"enum": list(EXPECTATIONS)},
        "verdicts": {"anyOf": [ref("verdict"), object_of(dict.fromkeys(metrics, ref("verdict")))]},
    }


_FIGURE: Schema = {
    "description": "A figure as it is printed: 569, 4.20, '22,855,952', 0.58 M.",
    "type": ["number", "string"],
    "pattern": rf"^ *-?(0|[1-9][0-9]{{0,2}}(,[0-9]{{3}})+|[1-9][0-9]*)(\.[0-9]+)? *({'|'.join(_UNITS[1:])})? *$",
}
_DOCUMENT: dict[str, Schema] = {
    "convcost_claims": {"description": "Version of the format.", "const": int(VERSION)},
    "name": {"description": "Name of the claims; that of the file if absent.", **TEXT},
    "title": {"description": "Name in print.", **TEXT},
    "source": {"description": "Publication.", **TEXT},
    "tables": {"description": "Its tables.", **list_of(ref("table"), 1)},
}
_TABLE: dict[str, Schema] = {
    "table": {"description": "What the source calls it; unique within the file.", **TEXT},
    "title": {"description": "What it is about.", **TEXT},
    "convention": {"description": "What the source says that mult-adds are.", "enum": list(CONVENTIONS)},
    "parameters": {"description": "What the source says that parameters are.", "enum": list(PARAMETERS)},
    "expect": {"description": "Verdict that rows are expected to get.", **ref("verdict")},
    "rows": {"description": "One row a line of the table.", **list_of(ref("row"), 1)},
}
_KEYS: dict[str, Schema] = {
    "row": {"description": "Label, as printed.", **TEXT},
    "spec": {"description": "What the label says: NAME:PRESET@HYPERPARAMETER=VALUE, or ./FILE.yaml.", **TEXT},
    "at": {
        "description": "A preset, ':b3', or values, '@alpha=1/2'; the defaults if absent.",
        "type": "string",
        "pattern": "^[:@]",
    },
    "part": {"description": "Only these layers and scopes, by name.", **ref("names")},
    "kind": {"description": "Only layers of these kinds.", **ref("names")},
    "expect": {"description": "Verdict that figures are expected to get, or one for each.", **ref("verdicts")},
    "source": {"description": "Where it is printed.", **TEXT},
    "note": {"description": "What else there is to say.", **TEXT},
    "reason": {"description": "Why there is no spec.", **TEXT},
}
