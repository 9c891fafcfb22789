"""The notebooks of the documentation are run, and show what they show.

``pytest --update-golden`` writes the outputs anew.
"""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

DOCS = Path(__file__).resolve().parents[2] / "docs"
NOTEBOOKS = sorted(DOCS.rglob("*.ipynb"))
COMPARED = {"text/plain", "text/html", "text/latex", "text/markdown"}
"""Pictures are drawn by libraries whose output differs between versions; that there is one is compared."""


def shown(cell):
    outputs = []
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            outputs.append(output.text)
        elif output.output_type == "error":
            pytest.fail("\n".join(output.traceback))
        else:
            outputs.append({kind: text if kind in COMPARED else "" for kind, text in output.data.items()})
    return outputs


def plain(notebook):
    """Leave out what has nothing to do with what is shown: counters, times, ids of runs."""
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            for output in cell.outputs:
                output.pop("execution_count", None)
                if output.output_type == "execute_result":
                    output.execution_count = None
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return notebook


def test_there_is_one():
    assert NOTEBOOKS


@pytest.mark.filterwarnings("ignore")  # of the kernel's machinery; what our own code warns of is an error elsewhere
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook(path, request, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    before = [shown(cell) for cell in notebook.cells]
    run = copy.deepcopy(notebook)
    NotebookClient(run, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    after = [shown(cell) for cell in run.cells]
    if request.config.getoption("--update-golden"):
        nbformat.write(plain(run), path)
        return
    for cell, expected, found in zip(run.cells, before, after, strict=True):
        assert found == expected, cell.source
