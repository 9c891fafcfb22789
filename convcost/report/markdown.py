"""Documents as GitHub Markdown: tables with numbers aligned right, formulas as mathematics."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.report.table import Aside, Column, Document, Section, Table
from convcost.report.text import SIGNS, cell_text, totals_text


def render(document: Document) -> str:
    """Return a document as Markdown."""
    blocks = [escape(document.headline)]
    for section in document.sections:
        blocks.extend(_section(section))
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    r"""Take the meaning from characters that Markdown would read.

    >>> escape("a*b|c_d")
    'a\\*b\\|c_d'
    """
    for character in "\\`*|[]<>":
        text = text.replace(character, "\\" + character)
    # an underscore inside a word is text; at its edge it would begin emphasis
    return " ".join(word.replace("_", r"\_") if word.strip("_") != word else word for word in text.split(" "))


def _section(section: Section) -> Iterator[str]:
    yield f"## {escape(section.title)}"
    if section.facts:
        yield "  \n".join(map(escape, section.facts))
    for aside in section.before:
        yield from _aside(aside)
    if section.table:
        yield table(section.table)
    for aside in section.after:
        yield from _aside(aside)
    where = ""
    for i, formula in enumerate(section.formulas):
        relation = "=" if formula.relation == "=" else r"\ge"
        yield f"$$\n\\text{{{formula.name}}} {relation} {' '.join(formula.latex)}\n$$"
        where = formula.where
        if where and (i + 1 == len(section.formulas) or section.formulas[i + 1].where != where):
            yield escape(where)
    if section.notes:
        yield "  \n".join(map(escape, section.notes))


def _aside(aside: Aside) -> Iterator[str]:
    if aside.title:
        yield f"### {escape(aside.title)}"
    yield table(aside.table)


def table(table: Table) -> str:
    """Return a table; its totals are set bold."""
    columns = table.columns
    titles = [_title(column) for column in columns]
    rules = ["---:" if column.numeric else ":---" for column in columns]
    rows = [[escape(cell_text(c, k)) for c, k in zip(row.cells, columns, strict=True)] for row in table.rows]
    totals = [[f"**{escape(text)}**" if text else "" for text in texts] for texts in totals_text(table)]
    if table.compares:
        titles.insert(0, "")
        rules.insert(0, ":---:")
        for row, texts in zip(table.rows, rows, strict=True):
            texts.insert(0, SIGNS[row.change])
        for texts in totals:
            texts.insert(0, "")
    return "\n".join(f"| {' | '.join(texts)} |" for texts in (titles, rules, *rows, *totals))


def _title(column: Column) -> str:
    return escape(f"{column.over} {column.title}" if column.over else column.title)
