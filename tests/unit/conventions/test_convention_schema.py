"""The JSON Schema of conventions: shipped as generated, accepts what convcost accepts, refuses mistakes of structure."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from convcost.conventions.reader import FILE
from convcost.conventions.schema import schema
from convcost.shipped import CONVENTIONS, file_of, names
from convcost.spec.schema import text

ROOT = Path(__file__).parents[3]
SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def test_shipped_file_is_the_generated_one() -> None:
    """``convcost schema --convention -o docs/convention.schema.json`` writes it anew."""
    assert (ROOT / "docs" / "convention.schema.json").read_text("utf-8") == text(SCHEMA)


def test_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(FILE)


@pytest.mark.parametrize("name", names(CONVENTIONS))
def test_accepts_shipped_conventions(name: str) -> None:
    written = file_of(name, CONVENTIONS).read_text("utf-8")
    assert written.splitlines()[0] == "# yaml-language-server: $schema=../../docs/convention.schema.json"
    assert not list(VALIDATOR.iter_errors(yaml.safe_load(written)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"convcost_convention": 1, "counts": {"conv": {"mul": 1}}},
        {"convcost_convention": 1, "says": "x"},
        {"convcost_convention": 2, "says": "x", "others": "ignored"},
        {"convcost_convention": 1, "says": "x", "counts": {"convv": {"mul": 1}}},
        {"convcost_convention": 1, "says": "x", "counts": {"relu": {"rows": 1}}},
        {"convcost_convention": 1, "says": "x", "counts": {"conv": {}}},
        {"convcost_convention": 1, "says": "x", "others": "ignored", "ignored": ["input"]},
        {"convcost_convention": 1, "says": "x", "others": "counted"},
        {"convcost_convention": 1, "says": "x", "others": "ignored", "written": {"pool": {"choices": ["a"], "doc": "d"}}},
    ],
)  # fmt: skip
def test_refuses_mistakes_of_structure(wrong: dict[str, object]) -> None:
    assert list(VALIDATOR.iter_errors(wrong))
