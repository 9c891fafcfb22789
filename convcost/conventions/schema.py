"""The JSON Schema of conventions, for editors."""

from __future__ import annotations

from convcost.conventions.reader import FILE, OTHERS, PADDING, REQUIRED, SWITCH, VERSION
from convcost.cost.amounts import amounts_of
from convcost.cost.convention import PARAMETERS
from convcost.ops import OPS, Input
from convcost.spec.schema import TEXT, URI, Schema, list_of, object_of, ref


def schema() -> Schema:
    """Return the schema of a convention, draft 2020-12.

    >>> schema()["required"]
    ['convcost_convention', 'says']
    """
    return {
        "$schema": URI,
        "title": "convcost convention",
        "description": "What is counted of each op, as convcost reads it, version 1.",
        **object_of({key: _KEYS[key] for key in FILE}, REQUIRED, anyOf=_COUNTING),
        "$defs": {
            "op": {"enum": list(_OPS)},
            "ops": list_of(ref("op"), 0),
            "factor": {"description": "A number, or an expression.", "type": ["number", "string"]},
            "switch": object_of({"choices": list_of(TEXT, 2), "doc": TEXT}, SWITCH),
        },
    }


_OPS = [name for name, op in OPS.items() if op is not Input]
_COUNTING = [{"required": [key]} for key in ("counts", "extends", "others")]
_REMARKS: Schema = object_of({name: {"type": "string"} for name in _OPS})
_COUNTS: Schema = object_of(
    {
        name: {
            "description": f"What is counted of {name}.",
            **object_of(dict.fromkeys(amounts_of(OPS[name]), ref("factor")), minProperties=1),
        }
        for name in _OPS
    }
)
_KEYS: dict[str, Schema] = {
    "convcost_convention": {"description": "Version of the format.", "const": int(VERSION)},
    "name": {"description": "Name of the convention; that of the file if absent.", **TEXT},
    "title": {"description": "What it is the convention of.", **TEXT},
    "version": {"description": "The version of the tool that it speaks for.", **TEXT},
    "source": {"description": "Where it is read or measured.", **TEXT},
    "says": {"description": "What is counted, in words: the first line of every report.", **TEXT},
    "calls": {"description": "What the unit is called there.", **TEXT},
    "extends": {"description": "A convention that this one changes: a name, or ./FILE.yaml.", **TEXT},
    "padding": {"description": "Whether operations on padding count.", "enum": list(PADDING)},
    "parameters": {"description": "What is called a parameter.", "enum": list(PARAMETERS)},
    "not_parameters": {"description": "Ops whose parameters are not counted.", **ref("ops")},
    "written": {
        "description": "Ways of writing a network that are told apart; the first choice is the default.",
        "type": "object",
        "additionalProperties": ref("switch"),
    },
    "counts": {"description": "What is counted of each op.", **_COUNTS},
    "ignored": {"description": "Ops of which nothing is counted.", **ref("ops")},
    "others": {"description": "Ops that are not mentioned.", "enum": list(OTHERS)},
    "bugs": {"description": "What is wrong with how ops are counted.", **_REMARKS},
    "notes": {"description": "What else there is to say of ops.", **_REMARKS},
}
