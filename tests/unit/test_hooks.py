"""The hook for pre-commit, as pre-commit would call it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from convcost.cli import main
from convcost.cli.group import COMMANDS

HOOKS = Path(__file__).resolve().parents[2] / ".pre-commit-hooks.yaml"
SPEC = "convcost: 1\nname: net\ninput: [3, 8, 8]\nlayers:\n  - {conv: {kernel: 3, out: 4}}\n"


def test_the_hook_checks_the_project(tmp_path, monkeypatch, capsys):
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    assert (hook["id"], hook["language"], hook["pass_filenames"]) == ("convcost-check", "python", False)
    program, command = shlex.split(hook["entry"])
    assert program == "convcost"
    assert command in COMMANDS
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(SPEC)
    for budget, code in ((108, 0), (107, 1)):
        (tmp_path / "pyproject.toml").write_text(
            f'[tool.convcost]\nspecs = ["*.yaml"]\nbudgets = {{params = {budget}}}\n'
        )
        assert main([command]) == code
    assert "net.yaml  params" in capsys.readouterr().out


def test_the_hook_runs_where_it_matters():
    (hook,) = yaml.safe_load(HOOKS.read_text("utf-8"))
    for name, wanted in (
        ("a/net.yaml", 1),
        ("net.yml", 1),
        ("pyproject.toml", 1),
        ("a/pyproject.toml", 1),
        ("b.toml", 0),
    ):
        assert bool(re.search(hook["files"], name)) == wanted, name
