"""The JSON Schema of specs, for editors: generated from the ops and the grammar, so that it cannot fall behind.

It knows what a YAML editor can know: keys, arguments and kinds of values. What names stand for, and whether shapes fit,
``convcost`` itself tells. A key of an item that is no op may be a block of the document, so it is allowed.
"""

from __future__ import annotations

import json
from typing import Any

from convcost.ops import REQUIRED, Argument
from convcost.spec.document import DEFAULTS, DOCUMENT
from convcost.spec.vocabulary import (
    ACTIVATION_OPS,
    CONTAINERS,
    FORMS,
    MODIFIERS,
    NONE,
    NORM_OPS,
    PATHS,
    Form,
)

URI = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def schema() -> Schema:
    """Return the schema of a spec, draft 2020-12.

    >>> schema()["required"]
    ['convcost', 'input', 'layers']
    """
    return {
        "$schema": URI,
        "title": "convcost spec",
        "description": "An architecture as convcost reads it, version 1.",
        "type": "object",
        "required": ["convcost", "input", "layers"],
        "additionalProperties": False,
        "properties": {key: _DOCUMENT[key] for key in DOCUMENT},
        "$defs": {**_definitions(), **{f"op.{name}": _arguments(form) for name, form in FORMS.items()}},
    }


def text() -> str:
    """Return the schema as it is shipped."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def _object(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        **more,
    }


def _map(values: Schema, names: str = "valueName") -> Schema:
    return {"type": "object", "propertyNames": _ref(names), "additionalProperties": values}


_TEXT: Schema = {"type": ["string", "number"]}
_DOCUMENT: dict[str, Schema] = {
    "convcost": {"description": "Version of the spec language.", "const": 1},
    "name": {"description": "Name of the architecture; that of the file if absent.", **_TEXT},
    "title": {"description": "Name in print.", **_TEXT},
    "source": {"description": "Publication and table.", **_TEXT},
    "year": {"description": "Year of publication.", "type": "integer"},
    "hyperparameters": {"description": "Numbers to build it with.", **_map(_ref("hyperparameter"))},
    "presets": {"description": "Named bindings.", **_map(_map(_ref("number")), "presetName")},
    "let": {"description": "Values, and functions such as w(c).", **_ref("let")},
    "requires": {"description": "Conditions that have to hold.", **_list(_ref("expression"))},
    "input": {
        "description": "Shape of the input without the batch, or shapes of several by name.",
        "anyOf": [_ref("shape"), {**_map(_ref("shape"), "tensorName"), "minProperties": 1}],
    },
    "defaults": {
        "description": "Arguments that convolutions (and for padding: pools) have if they do not say otherwise.",
        **_object({name: _ref(name) if name != "bias" else _ref("expression") for name in DEFAULTS}),
    },
    "blocks": {"description": "Templates.", **_map(_ref("block"), "tensorName")},
    "layers": {"description": "The items of the network, one after the other.", **_list(_ref("item"), 1)},
    "claims": {"description": "What is published about it.", **_list({"type": "object"})},
}


def _definitions() -> dict[str, Schema]:
    item = _ref("item")
    return {
        "number": {"description": "A number: 224, 0.75, 3/4.", "type": ["number", "string"]},
        "expression": {"description": "An expression or a word.", "type": ["number", "string", "boolean"]},
        "value": {"anyOf": [_ref("expression"), _list(_ref("value"))]},
        "valueName": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "tensorName": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*$"},
        "source": {"type": ["string", "integer"]},
        "presetName": {"pattern": "^[A-Za-z0-9_.-]+$"},
        "shape": {**_list(_ref("expression"), 1), "maxItems": 4},
        "padding": {
            "description": "same, valid, half, a number, or [top, left, bottom, right].",
            "anyOf": [_ref("expression"), _list(_ref("expression"), 1)],
        },
        "norm": _follower({word: op.name for word, op in NORM_OPS.items()}),
        "activation": _follower({word: op.name for word, op in ACTIVATION_OPS.items()}),
        "hyperparameter": {"anyOf": [_ref("number"), _hyperparameter()]},
        "let": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*( *\( *[A-Za-z_][A-Za-z0-9_]* *(,[^,()]+)*\))?$"},
            "additionalProperties": _ref("expression"),
        },
        "block": _object(
            {
                "inputs": {"description": "Names of its inputs; x if absent.", **_list(_ref("tensorName"), 1)},
                "args": {
                    "description": "Arguments with defaults; ~ for those that are required.",
                    **_map({"anyOf": [_ref("value"), {"type": "null"}]}),
                },
                "let": {"description": "Values that depend on arguments and cin.", **_ref("let")},
                "body": {"description": "Its items.", **_list(item)},
            },
            ("body",),
        ),
        "path": {
            "description": "A path: a list of items, one item, or the name of a tensor.",
            "anyOf": [_list(item), item],
        },
        "table": _object(
            {
                "columns": {"description": "Names of the columns.", **_list(_ref("tensorName"))},
                "rows": {"description": "One row a line of the paper's table.", **_list(_list(_ref("value")))},
                "each": {"description": "Items for each row.", **_list(item)},
            },
            ("columns", "rows", "each"),
        ),
        "item": _item(),
    }


def _item() -> Schema:
    """Return the schema of an item: one key that is no modifier; one that is unknown calls a block."""
    known = [*FORMS, *CONTAINERS]
    block = {"not": {"anyOf": [{"required": [name]} for name in known]}, "minProperties": 1}
    return {
        "description": "An op, a block, or a container, with modifiers.",
        "anyOf": [
            {"type": "string", "minLength": 1},
            {
                "type": "object",
                "properties": {
                    **{name: {"description": form.doc, **_ref(f"op.{name}")} for name, form in FORMS.items()},
                    "table": {"description": "Items for each row of a table.", **_ref("table")},
                    "switch": {"description": "The first path whose 'if' holds.", **_list(_ref("path"), 1)},
                    "path": {"description": "Items in a scope of their own.", **_list(_ref("item"))},
                    "name": {"description": "Name of the layer and of its output.", **_ref("tensorName")},
                    "from": {
                        "description": "Tensors it takes: names, or -1 for the last item, -2 for the one before.",
                        "anyOf": [_ref("source"), _list(_ref("source"), 1)],
                    },
                    "if": {"description": "Condition under which it is there.", **_ref("expression")},
                    "repeat": {"description": "Number of copies.", **_ref("expression")},
                    "first": {"description": "Arguments of the first copy that differ.", "type": "object"},
                },
                "additionalProperties": {"description": "A block with its arguments.", "type": ["object", "null"]},
                "not": {"propertyNames": {"enum": list(MODIFIERS)}},
                "oneOf": [*({"required": [name]} for name in known), block],
                "dependentRequired": {"first": ["repeat"]},
            },
        ],
    }


def _hyperparameter() -> Schema:
    number = _ref("number")
    return _object(
        {
            "default": {"description": "Value unless bound.", **number},
            "choices": {"description": "Published values.", **_list(number)},
            "range": {"description": "[lowest, highest].", **_list(number, 2), "maxItems": 2},
            "multiple_of": {"description": "Where the short closed form holds.", **number},
            "integer": {"description": "Whether it takes whole numbers only.", "type": "boolean"},
            "doc": {"description": "What it is.", **_TEXT},
            "symbol": {"description": "Letter in formulas.", **_TEXT},
        },
        ("default",),
    )


def _follower(ops: dict[str, str]) -> Schema:
    """Return the schema of a norm or activation: a word, an expression for one, or one op with arguments."""
    mapping = _object({word: _ref(f"op.{name}") for word, name in ops.items()}, minProperties=1, maxProperties=1)
    words = {"type": "string", "examples": [NONE, *ops]}
    return {"anyOf": [words, mapping]}


def _arguments(form: Form) -> Schema:
    """Return the schema of what stands behind a key."""
    written = {name: _argument(argument) for name, argument in form.arguments.items()}
    if form.joins:
        paths = _list(_ref("path"), 1)
        mapping = _object({**written, PATHS: paths}, (PATHS,))
        return {"anyOf": [paths, mapping]} if written else paths
    mapping = _object(written, form.required)
    return mapping if form.required else {"anyOf": [{"type": "null"}, mapping]}


def _argument(argument: Argument) -> Schema:
    expression = _ref("expression")
    kinds: dict[str, Schema] = {
        "size": {"anyOf": [expression, _list(expression, 1)]},
        "ints": {"anyOf": [expression, _list(expression, 1)]},
        "dims": {"anyOf": [expression, _list(expression, 1)]},
        "padding": _ref("padding"),
        "norm": _ref("norm"),
        "activation": _ref("activation"),
    }
    default = f" (default: {_written(argument.default)})" if argument.default not in (REQUIRED, None) else ""
    return {"description": f"{argument.doc}{default}", **kinds.get(argument.type, expression)}


def _written(default: Any) -> str:
    if isinstance(default, bool):
        return "true" if default else "false"
    return f"[{', '.join(map(str, default))}]" if isinstance(default, tuple) else str(default)
