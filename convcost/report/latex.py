r"""Documents as LaTeX: a booktabs table for each section, thousands set apart by ``\,``.

The preamble needs ``\usepackage{booktabs}``, and ``amsmath`` where formulas are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from convcost.report.math import GREEK_LATEX
from convcost.report.table import Column, Document, Section, Table, Written
from convcost.report.text import cell_text, totals_text

REPLACEMENTS = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "|": r"$\mid$", "<": r"$<$", ">": r"$>$",
    "×": r"$\times$", "÷": r"$\div$", "–": "--", "−": "$-$", "…": r"\dots{}", "·": r"$\cdot$", "→": r"$\to$",
    "∈": r"$\in$", "ℤ": r"$\mathbb{Z}$", "≤": r"$\le$", "≥": r"$\ge$", "²": "$^2$", "³": "$^3$",
    **{letter: f"${code}$" for letter, code in GREEK_LATEX.items()},
}  # fmt: skip

SIGNS = {"": "", "added": "$+$", "removed": "$-$", "changed": r"$\sim$"}


def render(document: Document) -> str:
    """Return a document as LaTeX; the first line, a comment, names the convention, and so does each caption."""
    blocks = [f"% {document.headline}\n% needs \\usepackage{{booktabs,amsmath,amssymb}}"]
    for section in document.sections:
        blocks.extend(_section(section, document.headline))
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    r"""Write text so that LaTeX sets it as it stands.

    >>> print(escape("conv_1 3×3, 50 %"))
    conv\_1 3$\times$3, 50 \%
    """
    return "".join(REPLACEMENTS.get(character, character) for character in text)


def _section(section: Section, headline: str) -> Iterator[str]:
    caption = ". ".join((section.title, *section.facts, headline, *section.notes))
    for aside in section.before:
        yield _float(aside.table, f"{section.title}. {aside.title or headline}")
    if section.table:
        yield _float(section.table, caption)
    for aside in section.after:
        yield _float(aside.table, f"{section.title}. {aside.title or headline}")
    if section.formulas:
        yield equations(section.formulas)


def equations(formulas: Sequence[Written]) -> str:
    """Return formulas as an align environment, a few terms a line, followed by their domains."""
    domains = dict.fromkeys(escape(f.where) for f in formulas if f.where)
    return "\n".join((f"\\begin{{align*}}\n{_lines(formulas)}\n\\end{{align*}}", *domains))


def aligned(formulas: Sequence[Written]) -> str:
    """Return formulas as an aligned environment, which stands inside mathematics."""
    return f"\\begin{{aligned}}\n{_lines(formulas)}\n\\end{{aligned}}"


def _lines(formulas: Sequence[Written]) -> str:
    lines = []
    for f in formulas:
        groups = [f.latex[i : i + 4] for i in range(0, len(f.latex), 4)]
        first, *rest = (" ".join(group) for group in groups)
        relation = "=" if f.relation == "=" else r"\ge"
        lines.append(rf"\text{{{escape(f.name)}}} &{relation} {first}")
        lines.extend(rf"&\quad {group}" for group in rest)
    return " \\\\\n".join(lines)


def _float(table: Table, caption: str) -> str:
    spec = ("c" if table.compares else "") + "".join("r" if column.numeric else "l" for column in table.columns)
    lines = [
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{escape(caption)}.}}",
        f"\\begin{{tabular}}{{{spec}}}",
        "\\toprule",
    ]
    lead = [""] if table.compares else []  # the column of changes
    lines.extend(_line([*lead, *texts]) for texts in _titles(table.columns))
    lines.append("\\midrule")
    for row in table.rows:
        texts = [_cell(cell_text(c, k), k) for c, k in zip(row.cells, table.columns, strict=True)]
        lines.append(_line([SIGNS[row.change], *texts] if table.compares else texts))
    totals = totals_text(table)
    if totals:
        lines.append("\\midrule")
    lines.extend(_line([*lead, *(_cell(t, k) for t, k in zip(texts, table.columns, strict=True))]) for texts in totals)
    return "\n".join((*lines, "\\bottomrule", "\\end{tabular}", "\\end{table}"))


def _titles(columns: Sequence[Column]) -> Iterator[list[str]]:
    if any(column.over for column in columns):
        spans = [(over, len(list(group))) for over, group in groupby(columns, lambda column: column.over)]
        yield [rf"\multicolumn{{{n}}}{{c}}{{{escape(over)}}}" if over else " & " * (n - 1) for over, n in spans]
    yield [escape(column.title) for column in columns]


def _cell(text: str, column: Column) -> str:
    written = escape(text)
    return written.replace(",", r"\,") if column.numeric else written


def _line(texts: Sequence[str]) -> str:
    return " & ".join(texts) + r" \\"
