"""Conventions cut off anywhere, and with one thing of another kind: read, or refused with a code and a place."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from convcost.conventions.reader import parse
from convcost.errors import ConvcostError
from convcost.shipped import CONVENTIONS, file_of, names

NAMES = names(CONVENTIONS)


def refused(text: str | bytes) -> bool:
    """Read a text; tell whether it was refused, which it is with a code."""
    try:
        parse(text, "text.yaml")
    except ConvcostError as error:
        assert error.code.startswith("E")
        return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_cut_anywhere(name: str) -> None:
    whole = file_of(name, CONVENTIONS).read_bytes()
    cuts = [refused(whole[:length]) for length in range(0, len(whole), 17)]
    assert cuts[0]
    assert not refused(whole)


@pytest.mark.parametrize("name", NAMES)
def test_one_character_of_another_kind(name: str) -> None:
    whole, rng = file_of(name, CONVENTIONS).read_text("utf-8"), random.Random(name)
    found = []
    for _ in range(60):
        at = rng.randrange(len(whole))
        found.append(refused(whole[:at] + rng.choice("{}[]:,&*!|>'\"%@`#\t-0x\x07é") + whole[at + 1 :]))
    assert any(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("counts: {conv: {mul: 9**99}}", "E2"),
        ("counts: {conv: {mul: " + "(" * 60 + "1" + ")" * 60 + "}}", "E2"),
        ("counts: {conv: {mul: __import__('os')}}", "E2"),
        ("counts: {conv: {mul: window.real}}", "E2"),
        ("counts: !!python/object {}", "E108"),
        ("counts: &a [*a]", "E112"),
        ("counts: {conv: {mul: 1}, conv: {mul: 2}}", "E110"),
        ("extends: /etc/passwd", "E143"),
        ("extends: ../../secret.yaml", "E143"),
        ('says: "\x1b[31m"', "E105"),
    ],
)  # fmt: skip
def test_hostile_texts(text: str, code: str) -> None:
    says = "" if text.startswith("says") else "says: x\n"
    with pytest.raises(ConvcostError) as caught:
        parse(f"convcost_convention: 1\n{says}{text}\n", "text.yaml")
    assert caught.value.code.startswith(code)


def test_a_command_refuses_without_a_traceback(convcost: Callable[..., Any]) -> None:
    run = convcost(
        "report", "mobilenet_v1", "--as", "-", stdin=b"convcost_convention: 1\nsays: x\ncounts: {conv: {mul: windw}}\n"
    )
    assert (run.status, run.out) == (2, "")
    assert run.err.splitlines()[0] == "<stdin>:3:22: E103 unknown symbol 'windw' (did you mean 'window'?)"
