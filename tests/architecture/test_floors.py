"""The layout is kept: floors import downwards only, and the witness does not know the rules."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import convcost

ROOT = Path(convcost.__file__).parent

_spec = importlib.util.spec_from_file_location("floors", Path(__file__).with_name("floors.py"))
floors = importlib.util.module_from_spec(_spec)
sys.modules["floors"] = floors
_spec.loader.exec_module(floors)


def test_floors_are_kept():
    assert list(floors.violations(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "source", "says"),
    [
        ("rules/conv.py", "import numpy", "rules may not import numpy"),
        ("rules/conv.py", "from convcost.execute import run", "rules may not import execute"),
        ("rules/conv.py", "def f():\n    from convcost.execute.conv import x", "rules may not import execute"),
        ("execute/conv.py", "from convcost.rules.conv import output", "execute may not import rules"),
        ("execute/conv.py", "from ..rules import conv", "execute may not import rules"),
        ("execute/conv.py", "from convcost import rules", "execute may not import rules"),
        ("execute/conv.py", "import sympy.core", "execute may not import sympy"),
        ("execute/conv.py", "from convcost.symbols import floor_div", "execute may not import symbols"),
        ("ops/conv.py", "from convcost.cost import analyze", "ops may not import cost"),
        ("cost/analysis.py", "import sympy", "sympy may be imported inside functions only"),
        (
            "report/markdown.py",
            "def f():\n    import rich",
            "rich may be imported in report/terminal.py and report/live.py only",
        ),
        ("strange/new.py", "x = 1", "no floor is known for 'strange'"),
    ],
)
def test_a_planted_violation_is_seen(tmp_path, file, source, says):
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(source)
    found = list(floors.violations(tmp_path))
    assert len(found) == 1
    assert found[0].endswith(says)


def test_what_is_allowed_is_not_reported(tmp_path):
    path = tmp_path / "rules" / "conv.py"
    path.parent.mkdir()
    path.write_text(
        "from typing import TYPE_CHECKING\nfrom convcost.ops import Conv\n"
        "if TYPE_CHECKING:\n    from sympy import Expr\n"
    )
    assert list(floors.violations(tmp_path)) == []


def _loaded_by(module):
    program = f"import sys, {module}\nprint(*sorted(name for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_witness_does_not_know_the_rules_at_run_time():
    loaded = _loaded_by("convcost.execute")
    assert not {name for name in loaded if name.startswith(("convcost.rules", "convcost.cost", "sympy"))}


def test_the_rules_do_not_know_the_witness_at_run_time():
    loaded = _loaded_by("convcost.rules")
    assert not {name for name in loaded if name.startswith(("convcost.execute", "numpy", "sympy"))}


def test_modules_stay_small():
    long = {str(p.relative_to(ROOT)): n for p in ROOT.rglob("*.py") if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}
