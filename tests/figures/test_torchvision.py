"""The shipped architectures against the model metadata of torchvision, and against what they perform.

``torchvision.csv`` has its figures: parameters, equal to the last one, and 10⁹ mult-adds to three digits, equal when
rounded. Where torchvision counts parameters that inference does not use, its auxiliary classifiers, they are derived
here and added.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from convcost import load, loads
from convcost.cost import convention

FILE = Path(__file__).with_name("torchvision.csv")
ROWS = list(csv.DictReader(line for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")))

INCEPTION_V3_AUXILIARY = """
convcost: 1
name: auxiliary
input: [768, 17, 17]
defaults: {norm: batch, activation: relu}
layers:
  - avgpool: {kernel: 5, stride: 3}
  - pointwise: {out: 128}
  - conv: {kernel: 5, out: 768}
  - global_avgpool
  - linear: {out: 1000}
"""

EXACT = {
    "resnet:34": (21_797_672, 3_663_761_408),
    "resnet:50": (25_557_032, 4_089_184_256),
    "resnet:50_v1": (25_557_032, 3_857_973_248),
    "mobilenet_v2": (3_504_872, 300_774_272),
    "mobilenet_v3:large": (5_483_032, 216_589_760),
    "mobilenet_v3:large_0_75": (3_993_528, 154_560_624),
    "efficientnet:b0": (5_288_548, 385_814_752),
    "efficientnet:b3": (12_233_232, 1_827_141_392),
    "vgg:16_features": (14_714_688, 15_346_630_656),
    "squeezenet:1_0@resolution=227": (1_248_424, 832_667_936),
    "alexnet:two_towers": (60_965_224, 724_406_816),
    "inception_v1": (6_998_552, 1_582_671_872),
    "nasnet_a:mobile": (5_289_978, 563_638_816),
    "nasnet_a:large": (88_753_150, 23_783_414_658),
    "xception": (22_855_952, 8_357_403_496),
}

# Millions of mult-adds and of parameters without batch norm, by width and resolution; TF-slim, README of mobilenet.
MOBILENET_V2 = {
    ("1.4", 224): (582, "6.06"),
    ("1.3", 224): (509, "5.34"),
    ("1", 224): (300, "3.47"),
    ("1", 192): (221, "3.47"),
    ("1", 160): (154, "3.47"),
    ("1", 128): (99, "3.47"),
    ("1", 96): (56, "3.47"),
    ("3/4", 224): (209, "2.61"),
    ("3/4", 160): (107, "2.61"),
    ("1/2", 224): (97, "1.95"),
    ("1/2", 128): (32, "1.95"),
    ("0.35", 224): (59, "1.66"),
    ("0.35", 96): (11, "1.66"),
}


def auxiliary(builder: str) -> int:
    """Return the parameters that torchvision counts and inference does not use."""
    return loads(INCEPTION_V3_AUXILIARY).analyze().total("params") if builder == "inception_v3" else 0


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['spec']}-{row['weights']}" for row in ROWS])
def test_parameters_and_mult_adds_are_those_of_torchvision(row: dict[str, str]) -> None:
    model = load(row["spec"])
    assert model.values["resolution"] == int(row["crop_size"])
    analysis = model.analyze()
    assert analysis.total("params") + auxiliary(row["builder"]) == int(row["params"])
    assert round(Fraction(analysis.total("mult_adds"), 10**9), 3) == Fraction(row["gmacs"])


@pytest.mark.parametrize("target", EXACT)
def test_exact_figures(target: str) -> None:
    analysis = load(target).analyze()
    assert (analysis.total("params"), analysis.total("mult_adds")) == EXACT[target]


@pytest.mark.parametrize(("width", "resolution"), MOBILENET_V2)
def test_widths_of_mobilenet_v2(width: str, resolution: int) -> None:
    mult_adds, params = MOBILENET_V2[width, resolution]
    model = load("mobilenet_v2").with_values(alpha=width, resolution=resolution)
    analysis = model.analyze(convention("paper", "weights"))
    assert abs(Fraction(analysis.total(), 10**6) - mult_adds) < 1
    assert abs(Fraction(analysis.total("params"), 10**6) - Fraction(params)) <= Fraction("0.01")
