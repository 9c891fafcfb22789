"""The workflow of the guide does what it says: its command lines are run, with two checkouts as GitHub lays them out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "ci-budget.md"
FILES = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXT = PAGE.read_text("utf-8")
BEFORE, AFTER = (body for name, body in FILES.findall(TEXT) if name == "net.yaml")
(PROJECT,) = (body for name, body in FILES.findall(TEXT) if name == "pyproject.toml")
(WORKFLOW,) = (yaml.safe_load(body) for name, body in FILES.findall(TEXT) if name == "budgets.yml")
(CONFIG,) = (yaml.safe_load(body) for name, body in FILES.findall(TEXT) if name == ".pre-commit-config.yaml")
STEPS = WORKFLOW["jobs"]["check"]["steps"]


@pytest.fixture
def workspace(tmp_path):
    """Lay out two checkouts as the steps ``uses`` do: the change, and the branch it goes to below it."""
    branch = next(step["with"] for step in STEPS if "path" in step.get("with", {}))
    assert branch["ref"] == "${{ github.base_ref }}"
    for folder in (tmp_path, tmp_path / branch["path"]):
        folder.mkdir(exist_ok=True)
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "net.yaml").write_text(BEFORE)
    return tmp_path


def run(workspace):
    """Run the command lines of the workflow but for the installation; return what each did, by its name."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_WORKSPACE": str(workspace),
        "GITHUB_STEP_SUMMARY": str(workspace / "summary.md"),
    }
    done = {}
    failed = False
    for step in STEPS:
        line = step.get("run", "")
        if not line or line.startswith("pip install") or (failed and step.get("if") != "always()"):
            continue
        command = ["bash", "-eo", "pipefail", "-c", line]  # as GitHub calls it
        done[step["name"]] = subprocess.run(
            command, cwd=workspace, env=environment, capture_output=True, text=True, check=False
        )
        failed = failed or done[step["name"]].returncode != 0
    return done


def test_a_change_that_costs_nothing_passes(workspace):
    done = run(workspace)
    assert {name: step.returncode for name, step in done.items()} == dict.fromkeys(done, 0), done
    assert len(done) == 3
    assert "::error" not in done["Budgets"].stdout
    assert "budgets are kept" in done["Budgets"].stdout
    assert "budgets are kept" in (workspace / "summary.md").read_text()


def test_a_change_that_costs_too_much_fails_at_its_line(workspace):
    (workspace / "net.yaml").write_text(AFTER)
    done = run(workspace)
    assert {name: step.returncode for name, step in done.items() if step.returncode} == {"Budgets": 1}
    line = AFTER.splitlines().index("  - separable: {kernel: 3, out: floor(68*alpha)}") + 1
    assert re.findall(r"^::error file=([^,]*),line=(\d+),", done["Budgets"].stdout, re.MULTILINE) == [
        ("net.yaml", str(line)),
        ("net.yaml", str(line)),
    ]
    assert "| OVER |" in (workspace / "summary.md").read_text()


def test_the_specs_differ_where_the_guide_says():
    assert BEFORE.replace("64*alpha", "68*alpha") == re.sub(r"  +#.*", "", AFTER).replace(
        "params: 5 k}\n", "params: 5 k}               # at the defaults\n"
    )


def test_the_hook_of_the_guide(workspace):
    (hook,) = CONFIG["repos"][0]["hooks"]
    assert hook["id"] == "convcost-check"
    arguments = ["check", *hook["args"]]
    done = subprocess.run(
        [sys.executable, "-m", "convcost", *arguments], cwd=workspace, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    (workspace / "net.yaml").write_text(BEFORE.replace("64*alpha", "96*alpha"))
    done = subprocess.run(
        [sys.executable, "-m", "convcost", *arguments], cwd=workspace, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
