"""Every code that is raised is explained, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import convcost
from convcost.codes import CODES

PACKAGE = Path(convcost.__file__).parent


def test_every_code_is_explained() -> None:
    raised = set()
    for file in PACKAGE.rglob("*.py"):
        if file.parent.name != "codes":
            raised.update(re.findall(r"\"(E\d{3})\"", file.read_text("utf-8")))
    assert raised == set(CODES)


def test_explanations_are_sentences() -> None:
    for code, (title, text) in CODES.items():
        assert re.fullmatch(r"E\d{3}", code)
        assert title[0].isupper() or title[0].islower()
        assert not title.endswith(".")
        assert text.endswith((".", "}."))
        assert str(CODES[code]) == f"{title}. {text}"


def test_codes_are_in_order_of_their_families() -> None:
    assert [code[1] for code in CODES] == sorted(code[1] for code in CODES)
