"""Baselines: what is one, and which network an entry is of."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from convcost.budgets import open_baseline
from convcost.budgets.baseline import matches
from convcost.errors import UsageError

MODEL = {
    "spec": "net.yaml",
    "name": "net",
    "bindings": {"alpha": "3/4", "resolution": 224},
    "batch": 1,
    "by": "layer",
    "rows": [{"layer": "conv1", "params": 3}],
    "totals": {"params": 3},
}
REPORT = {"schema_version": 1, "convention": {"name": "paper", "parameters": "trainable"}, "models": [MODEL]}
HOW = "('convcost report SPEC... --format json -o FILE' writes one)"


@pytest.fixture
def opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def run(content):
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "main.json").write_bytes(data)
        return open_baseline("main.json")

    return run


def test_a_baseline(opened):
    baseline = opened(REPORT)
    assert (baseline.convention, baseline.parameters) == ("paper", "trainable")
    (known,) = baseline.known
    assert (known.spec, known.name, known.by, known.totals) == ("net.yaml", "net", "layer", {"params": 3})
    assert known.values == {"alpha": Fraction(3, 4), "resolution": 224}


def test_a_shell_that_writes_utf_16(opened):
    assert opened(json.dumps(REPORT).encode("utf-16")).known[0].totals == {"params": 3}


WRONG = {
    b"": "not JSON: expecting value in line 1, column 1",
    b"{'a': 1}": "not JSON: expecting property name enclosed in double quotes in line 1, column 2",
    b"\xff\xfe\xff": "not UTF-8",
    b"[" * 10_000: "not JSON: nested too deeply",
    b"9" * 5000: "not JSON: a number of too many digits",
    b"[]": "no report: it has no list of models",
    b'{"formulas": []}': "no report: it has no list of models",
}


@pytest.mark.parametrize(("data", "what"), WRONG.items(), ids=list(WRONG.values()))
def test_what_is_no_baseline(opened, data, what):
    with pytest.raises(UsageError) as caught:
        opened(data)
    assert str(caught.value) == f"E815 the baseline 'main.json' is {what} {HOW}"


CHANGES = [
    ({"schema_version": 2}, "of schema_version 2, and this program reads 1"),
    ({"schema_version": True}, "of schema_version True, and this program reads 1"),
    ({"schema_version": "1"}, "of schema_version 1, and this program reads 1"),
    ({"convention": None}, "no report: it names no convention"),
    ({"convention": {"name": "paper"}}, "no report: it names no convention"),
    ({"models": []}, "a report of no model"),
    ({"models": [3]}, "no report: model 1 has no spec"),
    ({"models": [MODEL, {"spec": 3}]}, "no report: model 2 has no spec"),
    ({"models": [MODEL | {"totals": [3]}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"totals": {"params": 1.5}}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"totals": {"params": 3e0}}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"totals": {"params": True}}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"totals": {"params": -1}}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"totals": {"params": None}}]}, "no report: model 1 has no totals that are whole numbers"),
    ({"models": [MODEL | {"batch": 8}]}, "for a batch of 8, and budgets are for one image"),
]


@pytest.mark.parametrize(("change", "what"), CHANGES, ids=[str(i) for i in range(len(CHANGES))])
def test_what_is_missing(opened, change, what):
    with pytest.raises(UsageError) as caught:
        opened(REPORT | change)
    assert str(caught.value) == f"E815 the baseline 'main.json' is {what} {HOW}"


def test_odd_values_take_part_in_no_comparison(opened):
    bindings = {"a": "1e999999999", "b": "x", "c": [1], "d": "1/0", "e": True, "f": "-1/2"}
    (known,) = opened(REPORT | {"models": [MODEL | {"bindings": bindings}]}).known
    assert known.values == {"f": Fraction(-1, 2)}


def entry(spec, name="net", params=1, **values):
    return MODEL | {"spec": spec, "name": name, "bindings": values, "totals": {"params": params}}


def found(opened, entries, *networks):
    baseline = opened(REPORT | {"models": entries})
    return [known and known.totals["params"] for known in matches(baseline, networks)]


def test_an_entry_is_found_by_what_was_asked_for(opened):
    entries = [
        entry("net.yaml", params=1, a=1),
        entry("./net.yaml@a=0.5", params=2, a="1/2"),
        entry("x.yaml", params=3),
    ]
    assert found(opened, entries, ("./net.yaml", "net", {"a": 1})) == [1]
    assert found(opened, entries, ("net.yaml@a=1/2", "net", {"a": Fraction(1, 2)})) == [2]
    assert found(opened, entries, ("net.yaml", "net", {"a": 7})) == [1], "a default that has changed counts as growth"
    assert found(opened, entries, ("net.yaml@a=1", "net", {"a": 1})) == [1], "the same values, asked for otherwise"
    assert found(opened, entries, ("net.yaml@a=7", "net", {"a": 7})) == [None]
    assert found(opened, entries, ("net.yaml:b3", "net", {"a": 7})) == [None]


def test_a_file_that_was_moved_is_found_by_its_name(opened):
    entries = [entry("main/net.yaml", params=1), entry("main/other.yaml", "other", params=2)]
    assert found(opened, entries, ("net.yaml", "net", {})) == [1]
    assert found(opened, entries, ("net.yaml@a=2", "net", {"a": 2})) == [None]
    twice = [*entries, entry("old/net.yaml", params=5)]
    assert found(opened, twice, ("net.yaml", "net", {})) == [None], "nobody knows which"
    assert found(opened, twice, ("net.yaml", "net", {}), ("old/net.yaml", "net", {})) == [1, 5]


def test_what_is_no_spec_is_found_as_it_stands(opened):
    assert found(opened, [entry("a@b", params=4)], ("a@b", "x", {})) == [4]
