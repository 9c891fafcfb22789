"""The JSON Schema: shipped as generated, accepts what convcost accepts, refuses mistakes of structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from convcost.spec import catalog
from convcost.spec.schema import schema, text
from convcost.spec.vocabulary import CONTAINERS, FORMS

ROOT = Path(__file__).parents[3]
VALIDATOR = Draft202012Validator(schema())
CONV = {"conv": {"kernel": 3, "out": 8}}
NET: dict[str, Any] = {"convcost": 1, "input": [3, 32, 32], "layers": [CONV]}


def test_shipped_file_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "spec.schema.json").read_text("utf-8") == text()
    assert json.loads(text()) == schema()


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", catalog.names())
def test_accepts_shipped_specs(name: str) -> None:
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(catalog.path(name).read_text("utf-8"))))


def test_knows_every_key_of_an_item() -> None:
    properties = schema()["$defs"]["item"]["anyOf"][1]["properties"]
    assert {*FORMS, *CONTAINERS} <= set(properties)
    assert set(schema()["$defs"]["op.conv"]["properties"]) == {*FORMS["conv"].arguments}


ACCEPTED = [
    NET,
    NET | {"name": "x", "title": "X", "source": "S", "year": 2020},
    NET | {"hyperparameters": {"a": 1, "b": "3/4", "c": {"default": 1, "choices": [1, "1/2"], "range": [0, 2]}}},
    NET | {"presets": {"b0": {"a": "1/2"}}, "let": {"w(c)": "floor(c)", "v": 3}},
    NET | {"input": {"left": [3, "r", "r"], "right": [4]}},
    NET
    | {
        "defaults": {
            "padding": [1, 1, 1, 1],
            "bias": False,
            "norm": "none",
            "activation": {"leaky_relu": {"slope": 0.1}},
        }
    },
    NET
    | {"blocks": {"b": {"inputs": ["x", "y"], "args": {"out": None, "k": [1, 3]}, "let": {"m": "2*out"}, "body": []}}},
    NET
    | {"layers": ["relu", {"b": {"out": 3}}, {"b": None}, {"name": "n", "from": [-1, "x"], "if": True, "relu": None}]},
    NET | {"layers": [{"repeat": "n", "first": {"stride": 2}, **CONV}]},
    NET | {"layers": [{"add": ["x", [], [CONV], CONV]}, {"concat": {"axis": 2, "paths": [["relu"], "y"]}}]},
    NET | {"layers": [{"table": {"columns": ["n"], "rows": [[1], ["2*n"], [[1, 3]]], "each": ["relu"]}}]},
    NET | {"layers": [{"switch": [{"if": "a > 1", "path": []}, CONV]}, {"path": ["relu"]}]},
    NET | {"claims": [{"anything": 1}]},
]


@pytest.mark.parametrize("document", ACCEPTED)
def test_accepts(document: dict[str, Any]) -> None:
    assert not list(VALIDATOR.iter_errors(document))


REFUSED = [
    {"convcost": 1, "layers": [CONV]},
    NET | {"convcost": 2},
    NET | {"layer": []},
    NET | {"layers": []},
    NET | {"layers": {}},
    NET | {"layers": [{}]},
    NET | {"layers": [{"name": "x"}]},
    NET | {"layers": [[CONV]]},
    NET | {"layers": [CONV | {"relu": None}]},
    NET | {"layers": [CONV | {"first": {}}]},
    NET | {"layers": [CONV | {"repeat": [1]}]},
    NET | {"layers": [{"conv": {"kernel": 3}}]},
    NET | {"layers": [{"conv": {"kernl": 3, "kernel": 3, "out": 3}}]},
    NET | {"layers": [{"conv": [3, 8]}]},
    NET | {"layers": [{"conv": {"kernel": {"h": 3}, "out": 8}}]},
    NET | {"layers": [{"conv": {"kernel": 3, "out": 8, "norm": {"bath": {}}}}]},
    NET | {"layers": [{"conv": {"kernel": 3, "out": 8, "norm": {"batch": {}, "layer": {}}}}]},
    NET | {"layers": [{"conv": {"kernel": 3, "out": 8, "norm": {"group": {}}}}]},
    NET | {"layers": [{"add": 3}]},
    NET | {"layers": [{"add": []}]},
    NET | {"layers": [{"switch": {}}]},
    NET | {"layers": [{"table": {"columns": ["a"], "rows": [[1]]}}]},
    NET | {"layers": [{"table": {"columns": ["a"], "rows": [1], "each": []}}]},
    NET | {"layers": [{"some_block": 3}]},
    NET | {"input": 3},
    NET | {"input": []},
    NET | {"hyperparameters": {"1a": 1}},
    NET | {"hyperparameters": {"a": {"default": 1, "chioces": [1]}}},
    NET | {"hyperparameters": {"a": {"choices": [1]}}},
    NET | {"presets": {"b0": 3}},
    NET | {"blocks": {"b": {}}},
    NET | {"defaults": {"norms": "batch"}},
]


@pytest.mark.parametrize("document", REFUSED)
def test_refuses(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document))
