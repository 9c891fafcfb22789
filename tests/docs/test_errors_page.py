"""The reference of errors is written from ``convcost.codes``; ``pytest tests/docs --update-golden`` writes it anew."""

from __future__ import annotations

from pathlib import Path

from convcost.codes import CODES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "errors.md"

HEAD = """\
# Errors

This page is written by the program. `convcost explain E103` prints an entry.

An error has a stable code and one line that says what and where, then the line of the source with the place underlined, and the
way there through blocks and tables where there is one:

```text
specs/tiny.yaml:14:23: E103 unknown symbol 'aplha' (did you mean 'alpha'?)
     14 |   - conv: {kernel: 3, out: w(aplha*32)}
        |                              ^^^^^
   in table row 3 (line 11) -> each[0] -> separable
```

Several errors of a spec are reported in one run. From Python they are `ConvcostError` with `code`, `message`, `span`, `hint` and
`trail`; several at once are a `Diagnostics`, whose `errors` hold them.
"""

FAMILIES = {
    "0": ("E0xx: the call", "`UsageError`: what was asked for does not exist or makes no sense."),
    "1": ("E1xx: the text of a spec", "`SpecError`: YAML, and the grammar of the spec language."),
    "2": ("E2xx: expressions", "`SpecError`: the expression language."),
    "3": ("E3xx: expansion and wiring", "`SpecError`: what comes out when blocks and tables are written out."),
    "4": ("E4xx: shapes", "`ShapeError`: tensors and layers that do not fit."),
    "5": ("E5xx: domains", "`DomainError`: a formula asked outside the domain where it holds."),
    "6": (
        "E6xx: what is not supported",
        "`UnsupportedError`: an op without rule or executor, or a question without answer.",
    ),
    "7": (
        "E7xx: claims, models of other frameworks, and conventions",
        "`SpecError`: published figures; what other tools count. `ModelError`: models of other frameworks.",
    ),
    "8": ("E8xx: the design space", "`UsageError`, `SpecError`: what is asked of all configurations of a network."),
}


def escaped(text: str) -> str:
    """Take the meaning from characters that Markdown would read."""
    for character in "\\*_<>`[]":
        text = text.replace(character, f"\\{character}")
    return text


def page() -> str:
    lines = [HEAD]
    for digit, (title, text) in FAMILIES.items():
        lines += [f"## {title}", "", text, ""]
        for code, explanation in sorted(CODES.items()):
            if code[1] == digit:
                lines += [f"### {code}", "", f"**{escaped(explanation.title)}.** {escaped(explanation.text)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def test_the_page_of_errors_is_up_to_date(request):
    text = page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "pytest tests/docs --update-golden writes the page anew"


def test_every_code_has_a_family():
    assert [code for code in CODES if code[1] not in FAMILIES] == []
