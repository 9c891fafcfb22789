"""Whole networks: the shipped ones against the paper, others against independent implementations.

Parameters and mult-adds of ResNet-34 and EfficientNet are those of torchvision's metadata (num_params and GMACs).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from convcost.cost import analyze, infer
from convcost.spec import build, catalog, open_target, parse


@pytest.mark.parametrize(
    ("target", "mult_adds", "params"),
    [
        ("mobilenet_v1", 568_740_352, 4_231_976),
        ("mobilenet_v1@alpha=0.75", 325_400_448, 2_585_560),
        ("mobilenet_v1@alpha=1/2,resolution=160", 76_524_800, 1_331_592),
        ("mobilenet_v1_full_conv", 4_867_293_184, 29_294_088),
        ("mobilenet_v1_shallow", 307_323_392, 2_887_976),
    ],
)
def test_mobilenets(target: str, mult_adds: int, params: int) -> None:
    architecture, values, _ = open_target(target)
    analysis = analyze(build(architecture, values, infer))
    assert (analysis.total("mult_adds"), analysis.total("params")) == (mult_adds, params)


def test_shipped_specs_describe_themselves() -> None:
    for name in catalog.names():
        architecture = parse(catalog.path(name).read_bytes(), name)
        assert architecture.name == name
        assert architecture.title
        assert architecture.source
        assert len(catalog.path(name).read_text("utf-8").splitlines()) < 150


RESNET_34 = """
convcost: 1
name: resnet34
input: [3, 224, 224]
defaults: {padding: half, bias: false, norm: batch}
blocks:
  basic:
    args: {out: ~, stride: 1}
    body:
      - add:
          - [{conv: {kernel: 3, stride: stride, out: out, activation: relu}}, {conv: {kernel: 3, out: out}}]
          - switch:
              - {if: stride == 1 and cin == out, path: []}
              - conv: {kernel: 1, stride: stride, out: out}
      - relu
layers:
  - conv: {kernel: 7, stride: 2, out: 64, activation: relu}
  - maxpool: {kernel: 3, stride: 2}
  - table:
      columns: [n, c, s]
      rows: [[3, 64, 1], [4, 128, 2], [6, 256, 2], [3, 512, 2]]
      each:
        - {repeat: n, basic: {out: c}, first: {stride: s}}
  - global_avgpool
  - linear: {out: 1000}
"""

EFFICIENTNET = """
convcost: 1
name: efficientnet
hyperparameters:
  width: {default: 1, multiple_of: 1/10}
  depth: {default: 1, multiple_of: 1/10}
  resolution: 224
presets:
  b0: {width: 1, depth: 1, resolution: 224}
  b3: {width: 1.2, depth: 1.4, resolution: 300}
  b7: {width: 2, depth: 3.1, resolution: 600}
let:
  w(c): make_divisible(width*c, 8)
input: [3, resolution, resolution]
defaults: {padding: half, bias: false, norm: batch, activation: silu}
blocks:
  squeeze_excite:
    args: {squeezed: ~}
    body:
      - mul:
          - []
          - - global_avgpool
            - pointwise: {out: squeezed, bias: true, norm: none}
            - pointwise: {out: cin, bias: true, norm: none, activation: sigmoid}
  mbconv:
    args: {out: ~, kernel: 3, stride: 1, expand: 6}
    let: {mid: "make_divisible(cin*expand, 8)"}
    body:
      - add:
          - - {if: expand != 1, pointwise: {out: mid}}
            - depthwise: {kernel: kernel, stride: stride}
            - squeeze_excite: {squeezed: "max(1, cin//4)"}
            - pointwise: {out: out, activation: none}
          - {if: stride == 1 and cin == out, path: []}
layers:
  - conv: {kernel: 3, stride: 2, out: w(32)}
  - table:
      columns: [e, c, n, s, k]
      rows:
        - [1, 16, 1, 1, 3]
        - [6, 24, 2, 2, 3]
        - [6, 40, 2, 2, 5]
        - [6, 80, 3, 2, 3]
        - [6, 112, 3, 1, 5]
        - [6, 192, 4, 2, 5]
        - [6, 320, 1, 1, 3]
      each:
        - {repeat: ceil(depth*n), mbconv: {out: w(c), kernel: k, expand: e}, first: {stride: s}}
  - pointwise: {out: w(1280)}
  - global_avgpool
  - dropout: {rate: 0.2}
  - linear: {out: 1000}
"""


@pytest.mark.parametrize(
    ("text", "preset", "params", "giga_mult_adds"),
    [
        (RESNET_34, None, 21_797_672, "3.664"),
        (EFFICIENTNET, "b0", 5_288_548, "0.386"),
        (EFFICIENTNET, "b3", 12_233_232, "1.827"),
        (EFFICIENTNET, "b7", 66_347_960, "37.746"),
    ],
)
def test_networks_of_others(text: str, preset: str | None, params: int, giga_mult_adds: str) -> None:
    architecture = parse(text)
    analysis = analyze(build(architecture, architecture.values(preset), infer))
    assert analysis.total("params") == params
    assert f"{analysis.total('mult_adds') / 10**9:.3f}" == giga_mult_adds


def test_reading_and_building_needs_no_sympy() -> None:
    code = (
        "import sys; from convcost.spec import open_target, build; from convcost.cost import infer;"
        "a, v, _ = open_target('mobilenet_v1'); build(a, v, infer);"
        "print(sorted({'sympy', 'numpy', 'rich'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parent
    )
    assert run.stdout == "[]\n"


def test_thousands_of_lines_share_their_ops() -> None:
    text = "convcost: 1\ninput: [3, 8, 8]\nlayers:\n" + "  - conv: {kernel: 3, padding: 1, out: 16}\n" * 5000
    graph = build(parse(text), {}, infer)
    assert len(graph.nodes) == 5001
    assert len({id(node.op) for node in graph.nodes}) == 2
