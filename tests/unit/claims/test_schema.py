"""The JSON Schema of claims: shipped as generated, accepts what convcost accepts, refuses mistakes of structure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from convcost.budgets.schema import definitions as of_budgets
from convcost.claims import parse
from convcost.claims.reader import FILE, HEADLINE, ROW, TABLE
from convcost.claims.schema import definitions, schema
from convcost.cli import main
from convcost.cost.analysis import METRICS
from convcost.errors import ConvcostError
from convcost.shipped import CLAIMS, file_of, names
from convcost.spec.schema import schema as spec_schema
from convcost.spec.schema import text

ROOT = Path(__file__).parents[3]
SCHEMA = schema(METRICS)
VALIDATOR = Draft202012Validator(SCHEMA)


def test_shipped_file_is_the_generated_one() -> None:
    """``convcost schema --claims -o docs/claims.schema.json`` writes it anew."""
    assert (ROOT / "docs" / "claims.schema.json").read_text("utf-8") == text(SCHEMA)


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", names(CLAIMS))
def test_accepts_shipped_claims(name: str) -> None:
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(file_of(name, CLAIMS).read_text("utf-8"))))


@pytest.mark.parametrize("name", names(CLAIMS))
def test_shipped_claims_name_the_schema(name: str) -> None:
    first = file_of(name, CLAIMS).read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../docs/claims.schema.json"


def test_knows_every_key() -> None:
    assert set(SCHEMA["properties"]) == set(FILE)
    assert set(SCHEMA["$defs"]["table"]["properties"]) == set(TABLE)
    assert set(SCHEMA["$defs"]["row"]["properties"]) == {*ROW, *METRICS}
    assert set(definitions(METRICS)["claim"]["properties"]) == {*HEADLINE, *METRICS}


def test_definitions_hide_none_of_a_spec() -> None:
    assert not set(definitions(METRICS)) & (set(spec_schema()["$defs"]) - {"claim"})


ROWS = [{"row": "a", "spec": "mobilenet_v1", "params": "4.2 M"}]
TABLES = [{"table": "Table 1", "rows": ROWS}]
CLAIM: dict[str, Any] = {"convcost_claims": 1, "source": "A paper", "tables": TABLES}


def with_row(**keys: Any) -> dict[str, Any]:
    row = {key: value for key, value in (ROWS[0] | keys).items() if value is not ...}
    return CLAIM | {"tables": [{"table": 1, "rows": [row]}]}


def with_table(**keys: Any) -> dict[str, Any]:
    return CLAIM | {"tables": [TABLES[0] | keys]}


ACCEPTED = [
    CLAIM,
    CLAIM | {"name": "x", "title": "X"},
    with_table(units={"mult_adds": "M", "params": 1, "weights": "1"}, convention="valid", parameters="weights"),
    with_table(title="T", source="S", note="N", expect="reproduced"),
    with_row(row=1.0, params=4231976),
    with_row(params="4,231,976", mult_adds="0.569 G", part="conv1", kind=["conv 3×3"]),
    with_row(params="0.2 %", expect={"params": "convention"}, note="n", source="s"),
    with_row(params="-1 k", expect="none"),
    with_row(spec=..., reason="not shipped"),
]


@pytest.mark.parametrize("document", ACCEPTED)
def test_accepts(document: dict[str, Any]) -> None:
    assert not list(VALIDATOR.iter_errors(document))
    parse(json.dumps(document), METRICS)


REFUSED = [
    {"convcost_claims": 1, "source": "A paper"},
    {"convcost_claims": 1, "tables": TABLES},
    CLAIM | {"convcost_claims": 2},
    CLAIM | {"convcost": 1},
    CLAIM | {"tables": []},
    CLAIM | {"tables": [{"table": "Table 1"}]},
    with_table(rows=[]),
    with_table(rows=["mobilenet_v1"]),
    with_table(units={"params": "MB"}),
    with_table(units={"parms": "M"}),
    with_table(units="M"),
    with_table(convention="ours"),
    with_table(parameters="some"),
    with_table(expect="yes"),
    with_table(expect={"params": "reproduced"}),
    with_row(params=...),
    with_row(row=...),
    with_row(spec=...),
    with_row(reason="none"),
    with_row(parms=1),
    with_row(params="~5"),
    with_row(params="010"),
    with_row(params="4 MB"),
    with_row(params=[4]),
    with_row(part=[]),
    with_row(kind={}),
    with_row(expect=["reproduced"]),
    with_row(expect={"params": "maybe"}),
]


@pytest.mark.parametrize("document", REFUSED)
def test_refuses(document: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(document))
    with pytest.raises(ConvcostError):
        parse(json.dumps(document), METRICS)


def test_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--claims"]) == 0
    assert capsys.readouterr().out == text(SCHEMA)
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == text(spec_schema({**definitions(METRICS), **of_budgets(METRICS)}))
