"""Specs that were damaged at random: they build and are analysed, or fail with an error of ours, in bounded time."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convcost.errors import ConvcostError, Diagnostics
from convcost.model import loads
from convcost.studies.formula import formula
from convcost.symbols import product
from convcost.verify import verify
from convcost.verify.check import Verdict

ROOT = Path(__file__).parents[2]
SMALL = [path.read_text("utf-8") for path in sorted((ROOT / "tests/hostile/good").glob("*.yaml"))]
SHIPPED = [path.read_text("utf-8") for path in sorted((ROOT / "specs/architectures").glob("*.yaml"))]

NASTY = [
    *"0 1 -1 2 3/2 0.5 1/0 1e3 1e6 1e16 1e400 010 2:1 0x10 99999 10**9 9**9**9 2**64 .inf .nan -0".split(),
    *"yes no on off true false null None ~ none same half valid relu conv add cin alpha channels(stem) height(a)".split(),
    *"[] {} [[]] [1] [1,2] [1,2,3] [-1] [~] {a:1} {a: 1} {if: false} *a &a *alpha !!int !!python/name:os <<".split(),
    *"- -- --- ... ? | > % @ ` ' \" # : , [ ] { } ( ) \t \\ = ! $ ^ & ; α × \x00 \x1b \ufeff \u2028 \x85 \U0001f600".split(
        " "
    ),
    *"from name if repeat first path table columns rows each blocks inputs args body layers input let w(c) f(x)".split(),
    *"__import__('os') (lambda:0)() x.y 'text' \"text\" f(f(f(2))) g(1,2) floor() max(1) a,b".split(),
    "",
    " ",
    "1 if true else 2",
    "not 1",
    "1 < 2 < 3",
    "x" * 300,
    "(" * 60,
    "[" * 70,
]
nasty = st.sampled_from(NASTY) | st.text(max_size=6) | st.integers(-5, 10**6).map(str)
SCALAR = re.compile(r"[\w./*+-]+(?:\([^()]*\))?")


@st.composite
def lines_changed(draw: st.DrawFn, text: str) -> str:
    lines = text.split("\n")
    at, other = (draw(st.integers(0, len(lines) - 1)) for _ in range(2))
    match draw(st.sampled_from(["delete", "repeat", "swap", "cut", "indent", "dedent", "move", "truncate"])):
        case "delete":
            del lines[at]
        case "repeat":
            lines.insert(at, lines[at])
        case "swap":
            lines[at], lines[other] = lines[other], lines[at]
        case "cut":
            lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
        case "indent":
            lines[at] = draw(st.sampled_from([" ", "  ", "    ", "\t", "- "])) + lines[at]
        case "dedent":
            lines[at] = lines[at][draw(st.integers(1, 4)) :]
        case "move":
            lines.insert(other, lines.pop(at))
        case "truncate":
            del lines[at:]
    return "\n".join(lines)


@st.composite
def scalar_replaced(draw: st.DrawFn, text: str) -> str:
    places = list(SCALAR.finditer(text))
    if not places:
        return text
    place = draw(st.sampled_from(places))
    other = draw(nasty | st.sampled_from(places).map(lambda found: found[0]))
    return text[: place.start()] + other + text[place.end() :]


@st.composite
def token_inserted(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(nasty) + text[at:]


@st.composite
def characters_changed(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, max(0, len(text) - 1)))
    length = draw(st.integers(0, 5))
    return text[:at] + draw(st.text(max_size=3)) + text[at + length :]


@st.composite
def byte_flipped(draw: st.DrawFn, text: str) -> str:
    data = bytearray(text.encode("utf-8", "replace"))
    if data:
        data[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    return data.decode("latin-1")


MUTATIONS: list[Callable[[str], st.SearchStrategy[str]]] = [
    lines_changed,
    scalar_replaced,
    scalar_replaced,
    token_inserted,
    characters_changed,
    byte_flipped,
]


@st.composite
def damaged(draw: st.DrawFn, texts: list[str]) -> str:
    text = draw(st.sampled_from(texts))
    for mutate in draw(st.lists(st.sampled_from(MUTATIONS), min_size=1, max_size=4)):
        text = draw(mutate(text))
    return text


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree: a mapping or list, and the key or index in it."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key
        if isinstance(value, dict | list):
            yield from places(value)


KEYS = sorted(
    {str(key) for text in SMALL for parent, key in places(yaml.load(text, yaml.BaseLoader)) if isinstance(parent, dict)}
)


@st.composite
def damaged_trees(draw: st.DrawFn, texts: list[str], most: int = 4) -> str:
    """A spec whose YAML is whole and whose tree is not: values, keys and branches changed, moved, left out."""
    tree = yaml.load(draw(st.sampled_from(texts)), yaml.BaseLoader)
    for _ in range(draw(st.integers(1, most))):
        every = list(places(tree))
        if not every:
            break
        leaves = [(parent, key) for parent, key in every if not isinstance(parent[key], dict | list)] or every
        (parent, key), (other, there) = draw(st.sampled_from(every)), draw(st.sampled_from(every))
        leaf, name = draw(st.sampled_from(leaves))
        change = draw(
            st.sampled_from(["value", "value", "leaf", "branch", "delete", "swap", "rename", "repeat", "wrap"])
        )
        if change == "value":
            leaf[name] = draw(nasty | st.integers(-1, 40) | st.sampled_from([None, True, [], {}, [1], [2, 3]]))
        elif change == "leaf":
            other, there = draw(st.sampled_from(leaves))
            leaf[name] = other[there]
        elif change == "branch":
            parent[key] = copy.deepcopy(other[there])
        elif change == "delete":
            del parent[key]
        elif change == "swap":
            parent[key], other[there] = copy.deepcopy(other[there]), copy.deepcopy(parent[key])
        elif change == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS) | nasty)] = parent.pop(key)
        elif change == "repeat" and isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        else:
            parent[key] = [parent[key]]
    return json.dumps(tree, ensure_ascii=False, indent=1)


def check(text: str) -> None:
    try:
        loads(text).analyze().total()
    except ConvcostError as error:
        for one in error.errors if isinstance(error, Diagnostics) else (error,):
            assert re.fullmatch(r"E\d{3}", one.code)
            assert one.message
            assert not re.search(r"<class|NoneType|object at|Error:|Fraction\(|Scalar\(|Sequence\(", str(one)), str(one)
            if one.span is not None and one.span.file == "<text>":  # or in a library of blocks that it imports
                lines = re.split("\r\n|[\r\n\x85\u2028\u2029]", text.removeprefix("\ufeff"))
                assert 1 <= one.span.line <= len(lines), str(one)
                assert 1 <= one.span.column <= len(lines[one.span.line - 1]) + 1, str(one)


QUICK = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=1000)


def test_undamaged() -> None:
    for text in (*SMALL, *SHIPPED):
        assert loads(text).analyze().total() > 0


@given(damaged(SMALL))
@QUICK
def test_damaged_small_specs(text: str) -> None:
    check(text)


@given(damaged(SHIPPED))
@settings(QUICK, max_examples=60)
def test_damaged_shipped_specs(text: str) -> None:
    check(text)


@given(st.lists(nasty | st.sampled_from(["\n", ": ", "- ", "  ", "convcost: 1\n"]), max_size=20).map("".join))
@QUICK
def test_nothing_like_a_spec(text: str) -> None:
    check(text)


@given(damaged_trees(SMALL))
@QUICK
def test_damaged_trees(text: str) -> None:
    check(text)


@pytest.mark.full
@given(damaged_trees(SMALL) | damaged_trees(SMALL, 1))
@LONG
def test_damaged_trees_long(text: str) -> None:
    check(text)


@pytest.mark.full
@given(damaged_trees(SHIPPED, 2))
@settings(QUICK, max_examples=300)
def test_damaged_shipped_trees_long(text: str) -> None:
    check(text)


@pytest.mark.full
@given(damaged(SMALL))
@LONG
def test_damaged_small_specs_long(text: str) -> None:
    check(text)


@pytest.mark.full
@given(damaged(SHIPPED))
@settings(QUICK, max_examples=400)
def test_damaged_shipped_specs_long(text: str) -> None:
    check(text)


def check_figures(text: str, values: dict[str, str]) -> None:
    """A damaged spec that builds is a network like others: the layers run as derived, and its formula agrees."""
    try:
        model = loads(text)
        analysis = model.analyze()
    except ConvcostError:
        return
    total = analysis.total("mul")
    if total < 3 * 10**7 and max(product(each.output) for each in analysis.derived) < 10**6:
        verification = verify(model.graph)
        assert verification.verdict is Verdict.PASS, [one for one in verification.layers if one.verdict is Verdict.FAIL]
    try:
        closed = formula(model, "mul")
    except ConvcostError as error:
        assert error.code in {"E504", "E611"}, str(error)  # nothing is free, or no closed form in a size that is
        return
    assert closed.at() == total
    names = {variable.name for variable in closed.closed.variables}
    chosen = {name: value for name, value in values.items() if name in names}
    try:
        assert closed.at(**chosen) == model.with_values(**chosen).analyze().total("mul")
    except ConvcostError:
        return


bindings = st.dictionaries(
    st.sampled_from(["alpha", "resolution", "filters"]), st.sampled_from("1/2 3/4 5/8 1 2 3 8 16 20 24 32 48".split())
)


@given(damaged_trees(SMALL, 1), bindings)
@settings(QUICK, max_examples=60)
def test_what_builds_is_right(text: str, values: dict[str, str]) -> None:
    check_figures(text, values)


@pytest.mark.full
@given(damaged_trees(SMALL, 1), bindings)
@settings(QUICK, max_examples=500)
def test_what_builds_is_right_long(text: str, values: dict[str, str]) -> None:
    check_figures(text, values)
