"""The JSON Schema of specs, for editors: generated from the ops and the grammar, so that it cannot fall behind.

It is that of libraries of blocks, too. It knows what a YAML editor can know: keys, arguments and kinds of values. What
names stand for, and whether shapes fit, ``convcost`` itself tells. A key of an item that is no op may be a block of the
document or of a library, so it is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from convcost.ops import REQUIRED, Argument
from convcost.spec.document import DOCUMENT
from convcost.spec.library import DEFAULTS, LIBRARY
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


def schema(definitions: Mapping[str, Schema] | None = None) -> Schema:
    """Return the schema of a spec or a library of blocks, draft 2020-12.

    Parameters
    ----------
    definitions : mapping of str to Schema, optional
        Those of what is read elsewhere, and what they refer to: ``claim``, what is published about an architecture, and
        ``budget``, what it may cost; absent, any mapping is one.

    >>> schema()["then"]["required"], schema()["else"]["required"]
    (['input', 'layers'], ['blocks'])
    """
    return {
        "$schema": URI,
        "title": "convcost spec",
        "description": "An architecture as convcost reads it, or a library of blocks, version 1.",
        "type": "object",
        "required": ["convcost"],
        "additionalProperties": False,
        "properties": {key: _DOCUMENT[key] for key in DOCUMENT},
        "if": {"anyOf": [{"required": [key]} for key in DOCUMENT if key not in LIBRARY]},
        "then": {"required": ["input", "layers"]},
        "else": {"required": ["blocks"]},
        "$defs": {
            **_definitions(),
            "claim": {"type": "object"},
            "budget": {"type": "object"},
            **(definitions or {}),
            **{f"op.{name}": _arguments(form) for name, form in FORMS.items()},
        },
    }


def text(schema: Schema) -> str:
    """Return a schema as it is shipped."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def ref(name: str) -> Schema:
    """Return the schema that a definition of the document has by this name."""
    return {"$ref": f"#/$defs/{name}"}


def list_of(items: Schema, least: int = 0) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


def object_of(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    """Return the schema of a mapping that has no other keys."""
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
        **more,
    }


def map_of(values: Schema, names: str = "valueName") -> Schema:
    """Return the schema of a mapping whose keys are names."""
    return {"type": "object", "propertyNames": ref(names), "additionalProperties": values}


TEXT: Schema = {"type": ["string", "number"]}
"""A text that YAML may take for a number."""
_DOCUMENT: dict[str, Schema] = {
    "convcost": {"description": "Version of the spec language.", "const": 1},
    "name": {"description": "Name of the architecture; that of the file if absent.", **TEXT},
    "title": {"description": "Name in print.", **TEXT},
    "source": {"description": "Publication and table.", **TEXT},
    "year": {"description": "Year of publication.", "type": "integer"},
    "import": {
        "description": "Libraries whose blocks are called: shipped ones by name, others as ./FILE.yaml.",
        **list_of({"type": "string"}),
    },
    "hyperparameters": {"description": "Numbers to build it with.", **map_of(ref("hyperparameter"))},
    "presets": {"description": "Named bindings.", **map_of(map_of(ref("number")), "presetName")},
    "let": {"description": "Values, and functions such as w(c).", **ref("let")},
    "requires": {"description": "Conditions that have to hold.", **list_of(ref("expression"))},
    "input": {
        "description": "Shape of the input without the batch, or shapes of several by name.",
        "anyOf": [ref("shape"), {**map_of(ref("shape"), "tensorName"), "minProperties": 1}],
    },
    "defaults": {
        "description": "Arguments that convolutions (and for padding: pools) have if they do not say otherwise.",
        **ref("defaults"),
    },
    "blocks": {"description": "Templates.", **map_of(ref("block"), "tensorName")},
    "layers": {"description": "The items of the network, one after the other.", **list_of(ref("item"), 1)},
    "claims": {"description": "What is published about it.", **list_of(ref("claim"))},
    "budgets": {
        "description": "What it may cost: at the defaults, or a list, for several values.",
        "anyOf": [ref("budget"), list_of(ref("budget"))],
    },
}


def _definitions() -> dict[str, Schema]:
    item = ref("item")
    return {
        "number": {"description": "A number: 224, 0.75, 3/4.", "type": ["number", "string"]},
        "expression": {"description": "An expression or a word.", "type": ["number", "string", "boolean"]},
        "value": {"anyOf": [ref("expression"), list_of(ref("value"))]},
        "valueName": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
        "tensorName": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*$"},
        "source": {"type": ["string", "integer"]},
        "presetName": {"pattern": "^[A-Za-z0-9_.-]+$"},
        "shape": {**list_of(ref("expression"), 1), "maxItems": 4},
        "padding": {
            "description": "same, valid, half, a number, or [top, left, bottom, right].",
            "anyOf": [ref("expression"), list_of(ref("expression"), 1)],
        },
        "defaults": object_of({name: ref(name) if name != "bias" else ref("expression") for name in DEFAULTS}),
        "norm": _follower({word: op.name for word, op in NORM_OPS.items()}),
        "activation": _follower({word: op.name for word, op in ACTIVATION_OPS.items()}),
        "hyperparameter": {"anyOf": [ref("number"), _hyperparameter()]},
        "let": {
            "type": "object",
            "propertyNames": {"pattern": r"^[A-Za-z_][A-Za-z0-9_]*( *\( *[A-Za-z_][A-Za-z0-9_]* *(,[^,()]+)*\))?$"},
            "additionalProperties": ref("expression"),
        },
        "block": object_of(
            {
                "inputs": {"description": "Names of its inputs; x if absent.", **list_of(ref("tensorName"), 1)},
                "args": {
                    "description": "Arguments with defaults; ~ for those that are required.",
                    **map_of({"anyOf": [ref("value"), {"type": "null"}]}),
                },
                "let": {"description": "Values that depend on arguments and cin.", **ref("let")},
                "defaults": {"description": "Defaults of its items, before those of the file.", **ref("defaults")},
                "body": {"description": "Its items.", **list_of(item)},
            },
            ("body",),
        ),
        "path": {
            "description": "A path: a list of items, one item, or the name of a tensor.",
            "anyOf": [list_of(item), item],
        },
        "table": object_of(
            {
                "columns": {"description": "Names of the columns.", **list_of(ref("tensorName"))},
                "rows": {"description": "One row a line of the paper's table.", **list_of(list_of(ref("value")))},
                "each": {"description": "Items for each row.", **list_of(item)},
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
                    **{name: {"description": form.doc, **ref(f"op.{name}")} for name, form in FORMS.items()},
                    "table": {"description": "Items for each row of a table.", **ref("table")},
                    "switch": {"description": "The first path whose 'if' holds.", **list_of(ref("path"), 1)},
                    "path": {"description": "Items in a scope of their own.", **list_of(ref("item"))},
                    "name": {"description": "Name of the layer and of its output.", **ref("tensorName")},
                    "from": {
                        "description": "Tensors it takes: names, or -1 for the last item, -2 for the one before.",
                        "anyOf": [ref("source"), list_of(ref("source"), 1)],
                    },
                    "if": {"description": "Condition under which it is there.", **ref("expression")},
                    "repeat": {"description": "Number of copies.", **ref("expression")},
                    "share": {"description": "The layer whose stored values it uses.", **ref("source")},
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
    number = ref("number")
    return object_of(
        {
            "default": {"description": "Value unless bound.", **number},
            "choices": {"description": "Published values.", **list_of(number)},
            "range": {"description": "[lowest, highest].", **list_of(number, 2), "maxItems": 2},
            "multiple_of": {"description": "Where the short closed form holds.", **number},
            "integer": {"description": "Whether it takes whole numbers only.", "type": "boolean"},
            "doc": {"description": "What it is.", **TEXT},
            "symbol": {"description": "Letter in formulas.", **TEXT},
        },
        ("default",),
    )


def _follower(ops: dict[str, str]) -> Schema:
    """Return the schema of a norm or activation: a word, an expression for one, or one op with arguments."""
    mapping = object_of({word: ref(f"op.{name}") for word, name in ops.items()}, minProperties=1, maxProperties=1)
    words = {"type": "string", "examples": [NONE, *ops]}
    return {"anyOf": [words, mapping]}


def _arguments(form: Form) -> Schema:
    """Return the schema of what stands behind a key."""
    written = {name: _argument(argument) for name, argument in form.arguments.items()}
    if form.joins:
        paths = list_of(ref("path"), 1)
        mapping = object_of({**written, PATHS: paths}, (PATHS,))
        return {"anyOf": [paths, mapping]} if written else paths
    mapping = object_of(written, form.required)
    return mapping if form.required else {"anyOf": [{"type": "null"}, mapping]}


def _argument(argument: Argument) -> Schema:
    expression = ref("expression")
    kinds: dict[str, Schema] = {
        "size": {"anyOf": [expression, list_of(expression, 1)]},
        "ints": {"anyOf": [expression, list_of(expression, 1)]},
        "dims": {"anyOf": [expression, list_of(expression, 1)]},
        "padding": ref("padding"),
        "norm": ref("norm"),
        "activation": ref("activation"),
    }
    default = f" (default: {_written(argument.default)})" if argument.default not in (REQUIRED, None) else ""
    return {"description": f"{argument.doc}{default}", **kinds.get(argument.type, expression)}


def _written(default: Any) -> str:
    if isinstance(default, bool):
        return "true" if default else "false"
    return f"[{', '.join(map(str, default))}]" if isinstance(default, tuple) else str(default)
