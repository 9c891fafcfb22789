"""Blocks of libraries: what they see, what is seen of them, and the shipped ones."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from convcost.cost import infer
from convcost.errors import ConvcostError, DomainError
from convcost.graph import Graph
from convcost.model import Model, load, loads
from convcost.ops import BatchNorm, Conv, Relu
from convcost.spec import build, catalog, open_target, parse
from convcost.spec.imports import shipped
from convcost.spec.writer import to_yaml
from convcost.symbols.floordiv import free_symbol

PAIR = """
  pair:
    args: {out: ~, kernel: 3}
    let: {inner: half_of(out)}
    body:
      - {conv: {kernel: kernel, out: inner}, name: one}
      - add: [x, {conv: {kernel: k, out: out}}]
"""
LET = "let: {k: 3, half_of(c): floor(c/2)}\n"
DEFAULTS = "defaults: {padding: half, bias: true, norm: batch, activation: hard_swish}\n"
LAYERS = """
input: [4, 16, 16]
layers:
  - {pair: {out: 4}, repeat: 2, first: {kernel: 5}}
  - {pair: {out: 4}, name: last}
"""
WHOLE = f"convcost: 1\nname: net\n{LET}{DEFAULTS}blocks:{PAIR}{LAYERS}"


def nodes(graph: Graph) -> list[tuple[object, ...]]:
    return [(node.name, node.op, node.inputs, node.layer) for node in graph.nodes]


def shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return the shape of each node."""
    found: list[tuple[int, ...]] = []
    for node in graph.nodes:
        found.append(infer(node.op, *(found[i] for i in node.inputs)) if node.inputs else (1, *node.op.shape))
    return dict(zip([node.name for node in graph.nodes], found, strict=True))


def graph_of(directory: Path, text: str, **files: str) -> Graph:
    """Build a spec beside some files."""
    for name, content in files.items():
        directory.joinpath(f"{name}.yaml").write_text(f"convcost: 1\n{content}", "utf-8")
    return build(parse(f"convcost: 1\nname: net\n{text}", "net.yaml", directory), {}, infer)


def test_a_block_means_the_same_in_a_library(tmp_path: Path) -> None:
    """The spec's own names and defaults are others, and change nothing."""
    other = "let: {k: 7}\ndefaults: {padding: same, norm: none, activation: relu}\n"
    graph = graph_of(tmp_path, f"import: [./lib.yaml]\n{other}{LAYERS}", lib=f"{LET}{DEFAULTS}blocks:{PAIR}")
    assert nodes(graph) == nodes(build(parse(WHOLE), {}, infer))


def test_a_library_may_stand_deeper_and_import_from_there(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    graph_of(tmp_path / "parts", "input: [3, 8, 8]\nlayers: [relu]", pairs=f"{LET}{DEFAULTS}blocks:{PAIR}")
    twice = "import: [./pairs.yaml]\nblocks: {twice: {args: {out: ~}, body: [{pair: {out: out}, repeat: 2}]}}"
    (tmp_path / "parts" / "twice.yaml").write_text(f"convcost: 1\n{twice}", "utf-8")
    graph = graph_of(tmp_path, "import: [parts/twice.yaml]\ninput: [4, 16, 16]\nlayers: [{twice: {out: 4}}]")
    assert [node.layer for node in graph.nodes][1:4] == ["twice1/pair1/one"] * 3
    spans = {node.layer: node.origin.span for node in graph.nodes}
    assert spans["twice1/pair2/one"].file == "parts/pairs.yaml"
    assert spans["input"].file == "net.yaml"


def test_what_a_library_imports_is_not_passed_on(tmp_path: Path) -> None:
    files = {
        "inner": f"{LET}{DEFAULTS}blocks:{PAIR}",
        "outer": "import: [./inner.yaml]\nblocks: {twice: {body: [relu]}}",
    }
    with pytest.raises(ConvcostError, match="unknown op or block 'pair'"):
        graph_of(tmp_path, f"import: [./outer.yaml]{LAYERS}", **files)
    assert graph_of(tmp_path, f"import: [./outer.yaml, ./inner.yaml]{LAYERS}", **files).output


def test_two_blocks_of_one_name_may_hide_in_two_libraries(tmp_path: Path) -> None:
    """A name means what it means where it is written."""

    def library(name: str, op: str) -> str:
        return f"blocks: {{{name}: {{body: [unit, unit]}}, unit: {{body: [{op}]}}}}"

    inner = library("a", "relu")
    outer = "import: [./inner.yaml]\nblocks: {b: {body: [a, tanh]}}"
    text = "import: [./outer.yaml]\ninput: [3, 8, 8]\nblocks: {unit: {body: [sigmoid]}}\nlayers: [b, unit]"
    graph = graph_of(tmp_path, text, inner=inner, outer=outer)
    assert [node.op.name for node in graph.nodes] == ["input", "relu", "relu", "tanh", "sigmoid"]
    assert [node.name for node in graph.nodes][1] == "b1/a1/unit1/relu1"


def test_arguments_are_evaluated_where_they_are_written(tmp_path: Path) -> None:
    text = """import: [./lib.yaml]
let: {k: 5, w(c): 2*c}
input: [3, 8, 8]
layers:
  - {relu: {}, name: stem}
  - wide: {out: w(k) + channels(stem), act: tanh}
"""
    lib = "let: {k: 1}\nblocks: {wide: {args: {out: ~, act: relu}, body: [{pointwise: {out: out*k, activation: act}}]}}"
    graph = graph_of(tmp_path, text, lib=lib)
    assert [node.op.name for node in graph.nodes] == ["input", "relu", "conv", "tanh"]
    assert graph.nodes[2].op == Conv((1, 1), out=13)


DEFAULTS_OF_BLOCKS = """
convcost: 1
input: [4, 8, 8]
defaults: {bias: true, activation: relu}
blocks:
  unit:
    args: {scale: true, act: relu}
    let: {pad: floor(cin/4)}
    defaults: {norm: {batch: {scale: scale}}, activation: act, padding: pad}
    body:
      - conv: {kernel: 3, out: 4}
      - plain
  plain:
    body: [{conv: {kernel: 1, out: 4}}]
layers: [unit, {unit: {scale: false, act: none}}, {unit: {scale: false, act: none}}, {conv: {kernel: 1, out: 4}}]
"""


def test_defaults_of_a_block_come_before_those_of_its_file_and_end_with_it() -> None:
    found = [node.op for node in build(parse(DEFAULTS_OF_BLOCKS), {}, infer).nodes[1:]]
    padded, plain = Conv((3, 3), out=4, padding=(1, 1, 1, 1), bias=True), Conv((1, 1), out=4, bias=True)
    without = [padded, BatchNorm(scale=False), plain, Relu()]
    assert found == [padded, BatchNorm(), Relu(), plain, Relu(), *without, *without, plain, Relu()]


def test_library_values_can_be_repeats_and_conditions(tmp_path: Path) -> None:
    lib = "let: {n: 2, deep: n > 1}\nblocks: {unit: {body: [{relu: {}, repeat: n}, {tanh: {}, if: deep}]}}"
    graph = graph_of(tmp_path, "import: [./lib.yaml]\ninput: [3, 8, 8]\nlayers: [unit]", lib=lib)
    assert [node.op.name for node in graph.nodes] == ["input", "relu", "relu", "tanh"]


def test_guards_know_the_file_of_their_condition(tmp_path: Path) -> None:
    lib = "blocks: {unit: {body: [{relu: {}, if: cin > 8}]}}"
    text = "convcost: 1\nimport: [./lib.yaml]\nhyperparameters: {w: 16}\ninput: [3, 8, 8]\n"
    text += "layers: [{pointwise: {out: w}}, unit]\n"
    (tmp_path / "lib.yaml").write_text(f"convcost: 1\n{lib}", "utf-8")
    w = free_symbol("w", integer=True)
    graph = build(parse(text, "net.yaml", tmp_path), {"w": w}, infer, {w: 16})
    (guard,) = graph.guards
    assert str(guard.origin.span) == "lib.yaml:2:39"
    with pytest.raises(DomainError) as caught:
        graph.bind({"w": 8})
    assert caught.value.span.file == "lib.yaml"


def test_written_as_a_spec_it_needs_no_library() -> None:
    graph = loads("{convcost: 1, import: [vgg], input: [3, 32, 32], layers: [vgg16_to_conv4, vgg16_to_conv5]}").graph
    text = to_yaml(graph)
    assert "import" not in text
    assert nodes(build(parse(text), {}, infer)) == nodes(graph)


def test_a_file_is_found_from_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "lib.yaml").write_text("{convcost: 1, blocks: {unit: {body: [relu]}}}", "utf-8")
    spec = tmp_path / "specs" / "net.yaml"
    spec.write_text("{convcost: 1, import: [lib.yaml], input: [3, 8, 8], layers: [unit]}", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert load("specs/net.yaml").graph.nodes[1].origin.span.file == str(Path("specs/lib.yaml"))
    monkeypatch.chdir("/")
    assert load(spec).graph.nodes[1].origin.span.file == str(tmp_path / "specs" / "lib.yaml")


def test_a_spec_without_imports_does_not_pay_for_them() -> None:
    code = (
        "import sys; from convcost.spec import open_target, build; from convcost.cost import infer;"
        "a, v, _ = open_target('mobilenet_v1'); build(a, v, infer); sys.exit('convcost.spec.imports' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# the shipped libraries


@pytest.mark.parametrize("name", catalog.libraries())
def test_shipped_library(name: str) -> None:
    library = shipped(name)
    assert library.name == name
    assert library.title
    assert library.citation
    assert library.blocks


def test_shipped_libraries_can_be_imported_together() -> None:
    names = ", ".join(catalog.libraries())
    assert parse(f"{{convcost: 1, import: [{names}], input: [1], layers: [relu]}}")


MOBILENET = """
convcost: 1
import: [mobilenet]
hyperparameters:
  alpha:      {default: 1, multiple_of: 1/32}
  resolution: {default: 224, multiple_of: 32}
input: [3, resolution, resolution]
layers:
  - {mobilenet_v1_to_conv11: {alpha: alpha}, name: conv11}
  - {mobilenet_v1_to_conv13: {alpha: alpha}, name: conv13}
  - global_avgpool
  - linear: {out: 1000}
"""


def ops(model: Model) -> list[object]:
    return [node.op for node in model.graph.nodes]


@pytest.mark.parametrize(("alpha", "resolution"), [(1, 224), (Fraction(1, 4), 128), (Fraction(5, 7), 161)])
def test_mobilenet_is_mobilenet_v1(alpha: Fraction, resolution: int) -> None:
    bindings = {"alpha": alpha, "resolution": resolution}
    assert ops(loads(MOBILENET, **bindings)) == ops(load("mobilenet_v1", **bindings))


def test_mobilenet_has_the_formula_of_mobilenet_v1() -> None:
    bodies = [model.symbolic().analysis.total() for model in (loads(MOBILENET), load("mobilenet_v1"))]
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize(("layer", "shape"), [("conv11", (1, 512, 19, 19)), ("conv13", (1, 1024, 10, 10))])
def test_mobilenet_is_cut_where_ssd_takes_its_maps(layer: str, shape: tuple[int, ...]) -> None:
    """Howard et al. 2017, Table 13: SSD 300, with maps of 19 × 19 and 10 × 10."""
    graph = loads(MOBILENET, resolution=300).graph
    names = [node.name for node in graph.nodes if node.name.startswith(f"{layer}/")]
    assert shapes(graph)[names[-1]] == shape


VGG = "{{convcost: 1, import: [vgg], input: [3, {0}, {0}], layers: [vgg16_to_conv4: {{{1}}}, vgg16_to_conv5: {{{1}}}]}}"


def test_vgg_is_vgg16() -> None:
    whole, _, _ = open_target("vgg:16_features")
    features = build(whole, whole.values("16_features"), infer)
    assert ops(loads(VGG.format(224, ""))) == [node.op for node in features.nodes[:-1]]  # without the last pool
    normalised = build(whole, whole.values("16_bn", {"head": 2}), infer)
    assert ops(loads(VGG.format(224, "norm: batch"))) == [node.op for node in normalised.nodes[:-1]]


@pytest.mark.parametrize(("rounds", "sizes"), [("false", [150, 75, 37, 18]), ("true", [150, 75, 38, 19])])
def test_pools_of_vgg_round_as_they_are_told(rounds: str, sizes: list[int]) -> None:
    """300 pixels: TF-slim's pools round down, those of Caffe up."""
    found = shapes(loads(VGG.format(300, f"round_up: {rounds}")).graph)
    assert [shape[-1] for name, shape in found.items() if "maxpool" in name] == sizes
