"""The JSON Schema: shipped as generated, accepts what convcost accepts, refuses mistakes of structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from convcost.budgets.schema import definitions as of_budgets
from convcost.claims.schema import definitions
from convcost.cost.analysis import METRICS
from convcost.spec import catalog
from convcost.spec.schema import schema, text
from convcost.spec.vocabulary import CONTAINERS, FORMS

ROOT = Path(__file__).parents[3]
SCHEMA = schema({**definitions(METRICS), **of_budgets(METRICS)})
VALIDATOR = Draft202012Validator(SCHEMA)
CONV = {"conv": {"kernel": 3, "out": 8}}
NET: dict[str, Any] = {"convcost": 1, "input": [3, 32, 32], "layers": [CONV]}
LIBRARY: dict[str, Any] = {"convcost": 1, "blocks": {"b": {"body": [CONV]}}}


def test_shipped_file_is_the_generated_one() -> None:
    assert (ROOT / "docs" / "spec.schema.json").read_text("utf-8") == text(SCHEMA)
    assert json.loads(text(SCHEMA)) == SCHEMA


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_without_definitions_of_claims_any_mapping_is_one() -> None:
    validator = Draft202012Validator(schema())
    assert validator.is_valid(NET | {"claims": [{"anything": 1}]})
    assert not validator.is_valid(NET | {"claims": [1]})


@pytest.mark.parametrize("name", catalog.names())
def test_accepts_shipped_specs(name: str) -> None:
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(catalog.path(name).read_text("utf-8"))))


@pytest.mark.parametrize("name", catalog.libraries())
def test_accepts_shipped_libraries(name: str) -> None:
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(catalog.library(name).read_text("utf-8"))))


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
    NET | {"claims": [{"source": "Table 8", "mult_adds": "569 M", "params": 4231976}]},
    NET | {"claims": [{"at": ":b3", "part": "head", "kind": ["conv", "linear"], "params": "22,855,952", "note": "x"}]},
    NET | {"claims": [{"at": "@a=1/2", "mult_adds": 1, "params": 2, "expect": {"params": "none"}}]},
    NET | {"claims": [{"params": "44.9 %", "part": "fc", "expect": "explained"}]},
    NET | {"budgets": {"mult_adds": "600 M", "params": 4300000}},
    NET | {"budgets": [{"params": "4.3M"}, {"at": ":b3", "params": "12,000,000", "div": 0}]},
    NET | {"import": ["vgg", "./blocks.yaml"], "blocks": {"b": {"defaults": {"bias": "x"}, "body": []}}},
    LIBRARY,
    LIBRARY | {"name": "x", "title": "X", "source": "S", "import": [], "let": {"v": 3}, "defaults": {"bias": True}},
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
    NET | {"import": "vgg"},
    NET | {"import": [3]},
    NET | {"claims": [{"source": "a claim without a figure"}]},
    NET | {"claims": [{"parms": 1}]},
    NET | {"claims": [{"params": "~5"}]},
    NET | {"claims": [{"params": "4,2"}]},
    NET | {"claims": [{"params": "1e6"}]},
    NET | {"claims": [{"params": True}]},
    NET | {"claims": [{"params": 1, "at": "b3"}]},
    NET | {"claims": [{"params": 1, "part": []}]},
    NET | {"claims": [{"params": 1, "expect": "yes"}]},
    NET | {"claims": [{"params": 1, "expect": {"params": "yes"}}]},
    NET | {"claims": [{"params": 1, "row": "a key of tables"}]},
    NET | {"budgets": {}},
    NET | {"budgets": {"at": ":b3"}},
    NET | {"budgets": {"parms": 1}},
    NET | {"budgets": {"params": -1}},
    NET | {"budgets": {"params": "2%"}},
    NET | {"budgets": {"params": "64 KiB"}},
    NET | {"budgets": {"params": "1e6"}},
    NET | {"budgets": [{"params": 1, "at": "b3"}]},
    NET | {"budgets": "600 M"},
    NET | {"blocks": {"b": {"defaults": {"stride": 1}, "body": []}}},
    {"convcost": 1},
    {"convcost": 1, "title": "X"},
    LIBRARY | {"hyperparameters": {"a": 1}},
    LIBRARY | {"layers": [CONV]},
]


@pytest.mark.parametrize("document", REFUSED)
def test_refuses(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document))
