"""The reference of operators is written from the table; ``pytest tests/docs --update-golden`` writes it anew."""

from __future__ import annotations

import inspect
from pathlib import Path

from convcost.importers.onnx import importer  # noqa: F401 - it fills the table
from convcost.importers.onnx.call import OPERATORS
from convcost.importers.onnx.families import FAMILIES
from convcost.importers.patterns import PATTERNS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "onnx.md"

HEAD = """\
# Operators of ONNX

This page is written by the program. It lists the operators that are read, in the versions 7 to 28 of ONNX's own set and
in `com.microsoft` where that is said, and what becomes of each.

The file is read from its bytes, without the `onnx` package. Initializers stay where they are: an import knows their
extents, and `verify` their values.

- **The batch** is axis 0 of the first input, wherever it goes afterwards: transposed behind a sequence, folded into another
  axis, squeezed away. If a network cannot be read so, its inputs are tried as one sample without a batch, and with the
  batch as axis 1. A batch that the file leaves open is read as one sample.
- **Extents** that are left open are hyperparameters, with a default at which the network can be built, tried in the order
  224, 256, 640, 320, 512, 128, 64, 48, 32, 16, 1024, 16000.
- **Arithmetic on shapes** is done while the file is read, exactly, on numbers and symbols.
- **Constants**: a real initializer is a parameter, and one that several nodes use is stored once, where these nodes are the
  same op and all they store is the same. A single number is a factor or a term and no parameter.
- **A division by a number** is a product with its reciprocal; x to the power of 2 is x · x.
- **States** that a recurrent layer begins with are taken for zero, and the inner one that it ends with for its output. They
  change no count, but the values that come out.
- **Resampling** counts the same whatever it takes for the centre of a pixel; values are those of half pixels and of aligned
  corners.
"""


def summary(function: object) -> str:
    text = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
    text = text.removeprefix("Return ").removeprefix("Recognise ")
    return text[0].upper() + text[1:].replace("|", "\\|")


def page() -> str:
    lines = [HEAD]
    for family in FAMILIES:
        mine = {key: f for key, f in OPERATORS.items() if f.__module__ == family.__name__}
        if not mine:
            continue
        title = (family.__doc__ or "").splitlines()[0].rstrip(".")
        lines += [f"## {title}", "", "| operators | read as |", "|---|---|"]
        by_function: dict[object, list[str]] = {}
        for (domain, name), function in mine.items():
            by_function.setdefault(function, []).append(f"`{domain}.{name}`" if domain else f"`{name}`")
        lines += [f"| {', '.join(names)} | {summary(f)} |" for f, names in by_function.items()]
        lines.append("")
    lines += ["## What is put together again", "", "| last op of the group | what is recognised |", "|---|---|"]
    for op, patterns in PATTERNS.items():
        lines += [f"| `{op.name}` | {summary(pattern)} |" for pattern in patterns]
    return "\n".join(lines).rstrip() + "\n"


def test_the_page_lists_every_operator(request):
    fresh = page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(fresh, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fresh


def test_every_operator_belongs_to_a_family():
    families = {family.__name__ for family in FAMILIES}
    assert {function.__module__ for function in OPERATORS.values()} <= families
