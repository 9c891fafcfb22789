"""What torchvision's networks come to when they are imported, against PyTorch's own counts of them.

``torchvision_import.csv`` is written by ``tests/peers/torchvision_import.py``, by hand, where PyTorch is installed. Here
its figures are held against each other, and against the specs that we ship of the same networks.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from convcost import load
from convcost.cost import convention

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    text = (HERE / name).read_text("utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


IMPORTED = {row["model"]: row for row in rows("torchvision_import.csv")}
SHIPPED = {row["builder"]: row["spec"] for row in rows("torchvision.csv")}
SAME_SIZE = [name for name, row in IMPORTED.items() if name in SHIPPED and row["input"] in {"3x224x224", "3x299x299"}]

TRANSFORMERS = {"vit_b_16": (12, 197, 768), "vit_b_32": (12, 50, 768), "vit_l_16": (24, 197, 1024)} | {
    "vit_l_32": (24, 50, 1024),
    "vit_h_14": (32, 257, 1280),
}
"""Layers, places and channels of the vision transformers; Dosovitskiy et al. 2021, arXiv:2010.11929, Table 1."""


WINDOW, TABLE = 49**2, 13**2
FOLDED = {
    "swin_t": (2 * 3 + 2 * 6 + 6 * 12 + 2 * 24) * (WINDOW - TABLE) + WINDOW * (64 + 16 + 3 * 4),
    "maxvit_t": 168 * (WINDOW - TABLE),
}
"""What a file of ONNX has more: a head's table of relative positions as it is looked up, and the masks of shifted
windows, are constants of real numbers there, which cannot be told from parameters. The heads of all blocks, and the
windows of all masks."""


def test_there_are_networks_enough() -> None:
    assert len(IMPORTED) >= 100
    assert sum(bool(row["onnx_params"]) for row in IMPORTED.values()) >= 50
    assert sum(row["part"] == "backbone" for row in IMPORTED.values()) >= 5


@pytest.mark.parametrize("name", IMPORTED)
def test_parameters_and_mult_adds_equal_those_of_pytorch(name: str) -> None:
    row = IMPORTED[name]
    stored = int(row["params"]) - int(row["unused"])
    assert (int(row["from_torch_params"]), int(row["from_torch_mult_adds"])) == (stored, int(row["flop_counter"]))
    if row["onnx_params"]:
        assert int(row["onnx_mult_adds"]) == int(row["flop_counter"])
        assert int(row["onnx_params"]) == stored + FOLDED.get(name, 0)


@pytest.mark.parametrize("name", [name for name in TRANSFORMERS if name in IMPORTED])
def test_what_flop_counter_leaves_out_on_the_cpu(name: str) -> None:
    """Fused attention counts as nothing there, and without gradients the projections before it neither."""
    row, (layers, places, channels) = IMPORTED[name], TRANSFORMERS[name]
    attention = layers * 2 * places**2 * channels
    projections = layers * 4 * places * channels**2
    assert int(row["flop_counter"]) - int(row["cpu"]) == attention
    assert int(row["flop_counter"]) - int(row["cpu_no_grad"]) == attention + projections


@pytest.mark.parametrize("name", SAME_SIZE)
def test_the_specs_that_we_ship_come_to_the_same(name: str) -> None:
    row = IMPORTED[name]
    resolution = int(row["input"].rpartition("x")[2])
    model = load(SHIPPED[name])
    analysis = model.with_values(resolution=resolution).analyze(convention("paper"))
    assert analysis.total("mult_adds") == int(row["from_torch_mult_adds"])
    assert analysis.total("params") == int(row["from_torch_params"])


def table() -> str:
    """Return the table of the page that shows the figures."""
    lines = ["| network | input | parameters | not used | mult-adds | by ONNX, too |", "|---|---|---:|---:|---:|---|"]
    for name, row in sorted(IMPORTED.items()):
        part = name if row["part"] == "whole" else f"{name}, backbone"
        unused = f"{int(row['unused']):,}" if int(row["unused"]) else "–"
        extents = row["input"].replace("x", "×")
        more = FOLDED.get(name)
        too = "–" if not row["onnx_params"] else f"equal, +{more:,} parameters" if more else "equal"
        stored, counted = int(row["params"]), int(row["flop_counter"])
        lines.append(f"| {part} | {extents} | {stored:,} | {unused} | {counted:,} | {too} |")
    return "".join(f"{line}\n" for line in lines)


def test_the_page_shows_the_figures(request: pytest.FixtureRequest) -> None:
    page = HERE.parents[1] / "docs" / "reference" / "torchvision.md"
    text = page.read_text("utf-8")
    head, mark, _ = text.partition("<!-- figures of tests/figures/torchvision_import.csv -->\n")
    wanted = f"{head}{mark}\n{table()}"
    if request.config.getoption("--update-golden"):
        page.write_text(wanted, encoding="utf-8")
    assert mark
    assert page.read_text("utf-8") == wanted
