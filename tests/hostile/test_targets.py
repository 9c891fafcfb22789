"""Targets of the command line with bad names, presets and bindings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convcost.model import loads
from convcost.studies.formula import formula

SPEC = """\
convcost: 1
name: net
hyperparameters:
  alpha: {default: 1, choices: [1, 3/4, 1/2], multiple_of: 1/32}
  resolution: {default: 32, multiple_of: 32}
  depth: {default: 2, range: [1, 4]}
  classes: 10
input: [3, resolution, resolution]
presets:
  small: {alpha: 1/2}
  deep: {alpha: 1, depth: 4}
layers:
  - {conv: {kernel: 3, stride: 1, out: alpha*32, padding: same}, repeat: depth}
  - global_avgpool
  - linear: {out: classes}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, convcost: Callable[..., Any]) -> None:
    (tmp_path / "net.yaml").write_text(SPEC)
    (tmp_path / "at@home.yaml").write_text(SPEC)
    monkeypatch.chdir(tmp_path)


GOOD = [
    "net.yaml",
    "net.yaml@alpha=1/2",
    "net.yaml@alpha=0.5,depth=3",
    "net.yaml:small",
    "net.yaml:small@depth=1",
    "net.yaml:small@alpha=1",
    "net.yaml@ alpha = 0.75 ",
    "./net.yaml@classes=7",
    "net.yaml@resolution=7*32",
    "net.yaml@resolution=33",
]


@pytest.mark.parametrize("target", GOOD)
def test_good_target(target: str, spec: None, convcost: Callable[..., Any]) -> None:
    run = convcost("report", target)
    assert (run.status, run.err) == (0, "")


BAD = {
    "net.yaml@": "E009",
    "net.yaml@@": "E009",
    "net.yaml@alpha": "E009",
    "net.yaml@alpha=": "E009",
    "net.yaml@=3": "E009",
    "net.yaml@=": "E009",
    "net.yaml@alpha=1/0": "E015",
    "net.yaml@alpha=abc": "E015",
    "net.yaml@alpha=nan": "E015",
    "net.yaml@alpha=inf": "E015",
    "net.yaml@alpha=1e999999999": "E015",
    "net.yaml@alpha=1e400": "E015",
    "net.yaml@alpha=" + "9" * 5000: "E015",
    "net.yaml@alpha=__import__('os')": "E015",
    "net.yaml@alpha=0x10": "E015",
    "net.yaml@alpha=1_000": "E015",
    "net.yaml@alpha=٣": "E015",
    "net.yaml@alpha=true": "E015",
    "net.yaml@alpha=1,,depth=2": "E009",
    "net.yaml@,": "E009",
    "net.yaml@alpha=1,alpha=1/2": "E009",
    "net.yaml@alpha=1@depth=2": "E015",
    "net.yaml@alpha==1": "E015",
    "net.yaml@aplha=1": "E007",
    "net.yaml@Alpha=1": "E007",
    "net.yaml@xyzzy=1": "E007",
    "net.yaml@kernel=1": "E007",
    "net.yaml:large": "E006",
    "net.yaml:smal": "E006",
    "net.yaml:": "E009",
    "net.yaml:small:deep": "E005",
    "net.yaml@alpha=1:small": "E015",
    "net.yaml@alpha=0": "E008",
    "net.yaml@alpha=-1": "E008",
    "net.yaml@alpha=1/3": "E312",
    "net.yaml@depth=3/2": "E008",
    "net.yaml@depth=-1": "E008",
    "net.yaml@depth=1e9": "E008",
    "net.yaml@resolution=0": "E008",
    "net.yaml@resolution=-32": "E008",
    "net.yaml@resolution=1/2": "E008",
    "net.yaml@resolution=10000000000000000000": "E015",
    "net.yaml@classes=0": "E008",
    "mobilenet_v0": "E005",
    "mobilenet-v1": "E005",
    "mobilnet_v1": "E005",
    "MobileNet": "E005",
    "xyzzy": "E005",
    "../no/such.yaml": "E001",
    "mobilenet_v1@aplha=1/2": "E007",
    "mobilenet_v1:b3": "E006",
    "mobilenet_v1/": "E001",
    "@": "E009",
    "@alpha=1": "E009",
    ":": "E009",
    ":small": "E009",
}


@pytest.mark.parametrize(("target", "wanted"), BAD.items(), ids=[target[:40] for target in BAD])
def test_bad_target(
    target: str, wanted: str, spec: None, convcost: Callable[..., Any], problems: Callable[..., Any]
) -> None:
    run = convcost("report", target, stdin=SPEC.encode())
    assert (run.status, run.out) == (2, "")
    (problem, *rest) = problems(run.err, "<stdin>" if target.startswith("-") else "net.yaml")
    assert (problem.code, rest) == (wanted, [])


def test_hyperparameters_named_like_symbols_of_formulas() -> None:
    """A name that a formula could give to something of its own does not mix with it."""
    text = SPEC.replace("classes:", "alpha_steps:").replace("out: classes", "out: alpha_steps")
    model = loads(text)
    derived = formula(model, "mul")
    for values in ({}, {"alpha": "1/2"}, {"resolution": 64}):
        assert derived.at(**values) == model.with_values(**values).analyze().total("mul")
