"""Architectures: what a spec says about itself, values, targets and the catalog."""

from __future__ import annotations

import io
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from convcost import shipped
from convcost.errors import ConvcostError, UsageError
from convcost.spec import Architecture, catalog, open_target, parse, parse_target
from convcost.spec.nodes import Mapping

TEXT = """
convcost: 1
name: net
title: "A network: small"
source: "Nobody 2020, arXiv:0000.00000, Table 1"
year: 2020
hyperparameters:
  alpha: {default: 1, choices: [1, 3/4], multiple_of: 1/32, doc: width multiplier, symbol: α}
  resolution: {default: 224, range: [32, 512], multiple_of: 32}
  classes: 1000
  rate: 0.5
  scale: {default: 1, integer: false}
presets:
  small: {alpha: 0.75, resolution: 160}
  v1.0-b: {}
input: [3, resolution, resolution]
layers: [relu]
claims:
  - {metric: mult_adds, value: 569 M}
"""


@pytest.fixture
def net() -> Architecture:
    return parse(TEXT, "net.yaml")


def test_what_a_spec_says_about_itself(net: Architecture) -> None:
    assert (net.name, net.title, net.year, net.file) == ("net", "A network: small", 2020, "net.yaml")
    assert net.source == "Nobody 2020, arXiv:0000.00000, Table 1"
    assert net.presets == {"small": {"alpha": Fraction(3, 4), "resolution": 160}, "v1.0-b": {}}
    (claim,) = net.claims
    assert isinstance(claim, Mapping)
    assert [key.text for key, _ in claim.pairs] == ["metric", "value"]


def test_hyperparameters(net: Architecture) -> None:
    alpha, resolution, classes, rate, scale = net.hyperparameters.values()
    assert (alpha.default, alpha.choices, alpha.multiple_of) == (1, (1, Fraction(3, 4)), Fraction(1, 32))
    assert (alpha.doc, alpha.symbol, str(alpha.span)) == ("width multiplier", "α", "net.yaml:8:3")
    assert (resolution.range, classes.default, rate.default) == ((32, 512), 1000, Fraction(1, 2))
    assert [h.integer for h in (alpha, resolution, classes, rate, scale)] == [False, True, True, False, False]


def test_names_default_to_the_file() -> None:
    text = "convcost: 1\ninput: [3]\nlayers: [relu]"
    assert parse(text, "dir/my_net.yaml").name == "my_net"
    assert parse(text, "dir/my_net.yaml").title == "my_net"
    assert parse(text).name == "<text>"


def test_values(net: Architecture) -> None:
    defaults = {"alpha": 1, "resolution": 224, "classes": 1000, "rate": Fraction(1, 2), "scale": 1}
    assert net.values() == defaults
    assert net.values("small", {"resolution": 192}) == {**defaults, "alpha": Fraction(3, 4), "resolution": 192}
    assert net.values(None, {"alpha": Fraction(5, 7), "classes": Fraction(10, 1)}) == {
        **defaults,
        "alpha": Fraction(5, 7),
        "classes": 10,
    }
    assert type(net.values(None, {"classes": Fraction(10, 1)})["classes"]) is int


@pytest.mark.parametrize(
    ("preset", "bindings", "error"),
    [
        ("smal", {}, "E006 net has no preset 'smal' (did you mean 'small'?)"),
        ("xyz", {}, "E006 net has no preset 'xyz' (it has small, v1.0-b)"),
        (None, {"aplha": 1}, "E007 net has no hyperparameter 'aplha' (did you mean 'alpha'?)"),
        (None, {"q": 1}, "E007 net has no hyperparameter 'q' (it has alpha, resolution, classes, rate, scale)"),
        (
            None,
            {"classes": Fraction(1, 2)},
            "E008 classes is a whole number, not 1/2 (its spec can say classes: {default: ..., integer: false})",
        ),
        (None, {"resolution": 1024}, "E008 resolution is between 32 and 512, not 1024"),
        (None, {"alpha": 0}, "E008 alpha is positive, not 0"),
        (None, {"alpha": -1}, "E008 alpha is positive, not -1"),
    ],
)
def test_values_that_are_refused(
    net: Architecture, preset: str | None, bindings: dict[str, int | Fraction], error: str
) -> None:
    with pytest.raises(UsageError) as caught:
        net.values(preset, bindings)
    assert str(caught.value) == error


@pytest.mark.parametrize(
    ("text", "source", "preset", "bindings"),
    [
        ("mobilenet_v1", "mobilenet_v1", None, {}),
        ("mobilenet_v1@alpha=0.5,resolution=160", "mobilenet_v1", None, {"alpha": Fraction(1, 2), "resolution": 160}),
        ("efficientnet:b3", "efficientnet", "b3", {}),
        ("my.yaml@alpha=1/2", "my.yaml", None, {"alpha": Fraction(1, 2)}),
        ("dir/my.yaml:preset@x=1", "dir/my.yaml", "preset", {"x": 1}),
        ("net@ x = 2**5 , y = 1e3", "net", None, {"x": 32, "y": 1000}),
        ("-", "-", None, {}),
        ("-@x=1", "-", None, {"x": 1}),
        ("net:v1.0-b", "net", "v1.0-b", {}),
    ],
)
def test_target(text: str, source: str, preset: str | None, bindings: dict[str, int | Fraction]) -> None:
    target = parse_target(text)
    assert (target.source, target.preset, target.bindings) == (source, preset, bindings)


FORM = "write NAME, NAME:PRESET, or NAME@HYPERPARAMETER=VALUE,..."


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", f"E009 an empty SPEC ({FORM})"),
        ("a\0b", f"E009 a SPEC with a null character ({FORM})"),
        ("net@", f"E009 '' in 'net@' is not NAME=VALUE ({FORM})"),
        ("net@alpha", f"E009 'alpha' in 'net@alpha' is not NAME=VALUE ({FORM})"),
        ("net@a=1,,b=2", f"E009 '' in 'net@a=1,,b=2' is not NAME=VALUE ({FORM})"),
        ("net@a=1,a=2", f"E009 'a' is bound twice in 'net@a=1,a=2' ({FORM})"),
        ("@a=1", f"E009 '@a=1' names no spec ({FORM})"),
        ("net:", f"E009 'net:' is not a SPEC ({FORM})"),
        ("net:a b", f"E009 'net:a b' is not a SPEC ({FORM})"),
        ("net@a=1/0", "E015 a=1/0: division by zero (a number such as 224, 0.75 or 3/4)"),
        ("net@a=b", "E015 a=b: unknown symbol 'b' (a number such as 224, 0.75 or 3/4)"),
        (
            "net@a=9**9**9",
            "E015 a=9**9**9: the exponent 387420489 (exponents are whole numbers from -64 to 64)",
        ),
        ("net@a=1e999999999", "E015 a=1e999999999: a number with too many digits (at most 30 are read)"),
    ],
)
def test_bad_target(text: str, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert str(caught.value) == error


def test_open_a_shipped_name() -> None:
    architecture, values, bound = open_target("mobilenet_v1@alpha=3/4")
    assert architecture.name == "mobilenet_v1"
    assert values == {"alpha": Fraction(3, 4), "resolution": 224, "classes": 1000}
    assert bound == {"alpha"}


def test_open_a_file_a_preset_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "my@net.yaml"
    file.write_text(TEXT, "utf-8")
    architecture, values, bound = open_target(f"{file}")
    assert (architecture.file, bound) == (str(file), frozenset())
    other = tmp_path / "net.yaml"
    other.write_text(TEXT, "utf-8")
    _, values, bound = open_target(f"{other}:small@classes=10")
    assert (values["alpha"], values["classes"], bound) == (Fraction(3, 4), 10, {"alpha", "resolution", "classes"})
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    architecture, _, _ = open_target("-")
    assert (architecture.name, architecture.file) == ("net", "<stdin>")


def test_a_file_without_an_ending_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net").write_text(TEXT, "utf-8")
    (tmp_path / "other.yaml").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert open_target("net")[0].name == "net"
    with pytest.raises(UsageError) as caught:
        open_target("other")
    assert str(caught.value) == "E005 there is no shipped spec 'other' (a file is named with its ending: other.yaml)"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        (
            "mobilenet_v1_shalow",
            "E005 there is no shipped spec 'mobilenet_v1_shalow' (did you mean 'mobilenet_v1_shallow'?)",
        ),
        ("xyzzy", "E005 there is no shipped spec 'xyzzy' ('convcost specs' lists them)"),
    ],
)
def test_unknown_name(name: str, error: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_target(name)
    assert str(caught.value) == error


def test_catalog_lists_without_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the catalog reads a file")

    monkeypatch.setattr(Path, "open", refuse)
    assert {"mobilenet_v1", "mobilenet_v1_full_conv", "mobilenet_v1_shallow"} <= set(catalog.names())
    assert list(catalog.names()) == sorted(catalog.names())
    assert catalog.path("mobilenet_v1").name == "mobilenet_v1.yaml"


def test_an_installed_package_brings_its_specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = tmp_path / "convcost" / "_specs" / "architectures"
    directory.mkdir(parents=True)
    (directory / "tiny.yaml").write_text(TEXT, "utf-8")
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "convcost" / "shipped.py"))
    catalog.root.cache_clear()
    try:
        assert catalog.names() == ("tiny",)
        assert catalog.locate("tiny") == str(directory / "tiny.yaml")
    finally:
        catalog.root.cache_clear()


def test_errors_of_a_shipped_spec_name_its_file(tmp_path: Path) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("convcost: 1\ninput: [3]\nlayers: [rellu]\n", "utf-8")
    with pytest.raises(ConvcostError) as caught:
        open_target(str(file))
    assert str(caught.value).startswith(f"{file}:3:10: E125 unknown op or block 'rellu' (did you mean 'relu'?)")
