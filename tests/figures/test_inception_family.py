"""Inception v1 and v2, the FaceNets and the MobileNets for faces, row by row against their tables.

Sources: Szegedy et al. 2014, arXiv:1409.4842, Table 1; Ioffe and Szegedy 2015, arXiv:1502.03167, Figure 5, with the
parameters of Huang et al. 2016, arXiv:1611.10012, Table 2, and Zoph et al. 2017, arXiv:1707.07012, Table 2; Schroff et
al. 2015, arXiv:1503.03832, Tables 1 and 2; Howard et al. 2017, arXiv:1704.04861, Tables 12 and 14. Exact figures follow
from the shapes in these tables. Other networks with the same parts are models/openface/nn2.def.lua and nn4.def.lua of
github.com/cmusatyalab/openface.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from convcost import load
from convcost.cost import convention

if TYPE_CHECKING:
    from convcost.cost import Analysis
    from convcost.cost.analysis import Group
    from convcost.cost.convention import ParameterKind

INCEPTION_V1 = {  # weights, mult-adds, operations as printed in millions
    "conv2": (114_688, 359_661_568, 360),
    "inception_3a": (163_328, 128_049_152, 128),
    "inception_3b": (388_096, 304_267_264, 304),
    "inception_4a": (375_552, 73_608_192, 73),
    "inception_4b": (448_512, 87_908_352, 88),
    "inception_4c": (509_440, 99_850_240, 100),
    "inception_4d": (604_672, 118_515_712, 119),
    "inception_4e": (867_328, 169_996_288, 170),
    "inception_5b": (1_442_816, 70_697_984, 71),
    "linear1000": (1_024_000, 1_024_000, 1),
}

NN1 = {  # weights, mult-adds; as printed: thousands of parameters, millions of operations
    "conv1": (9_408, 113_836_800, "9", "115"),
    "conv2a": (4_096, 12_390_400, "4", "13"),
    "conv2": (110_592, 334_540_800, "111", "335"),
    "conv3a": (36_864, 28_901_376, "37", "29"),
    "conv3": (663_552, 520_224_768, "664", "521"),
    "conv4a": (147_456, 28_901_376, "148", "29"),
    "conv4": (884_736, 173_408_256, "885", "173"),
    "conv5a": (65_536, 12_845_056, "66", "13"),
    "conv5": (589_824, 115_605_504, "590", "116"),
    "conv6a": (65_536, 12_845_056, "66", "13"),
    "conv6": (589_824, 115_605_504, "590", "116"),
    "fc1": (102_760_448, 102_760_448, "103e3", "103"),
    "fc2": (33_554_432, 33_554_432, "34e3", "34"),
    "fc7128": (524_288, 524_288, "524", "0.5"),
}

NN2 = {
    "conv1": (9_408, 118_013_952, "9", "119"),
    "inception_2": (114_688, 359_661_568, "115", "360"),
    "inception_3a": (163_328, 128_049_152, "164", "128"),
    "inception_3b": (227_328, 178_225_152, "228", "179"),
    "inception_3c": (397_312, 107_978_752, "398", "108"),
    "inception_4a": (544_768, 106_774_528, "545", "107"),
    "inception_4b": (594_432, 116_508_672, "595", "117"),
    "inception_4c": (653_312, 128_049_152, "654", "128"),
    "inception_4d": (721_408, 141_395_968, "722", "142"),
    "inception_4e": (716_800, 56_197_120, "717", "56"),
    "inception_5a": (1_587_200, 77_772_800, "1.6e3", "78"),
    "inception_5b": (1_587_200, 77_772_800, "1.6e3", "78"),
    "fully_conn": (131_072, 131_072, "131", "0.1"),
}

INCEPTION_V2 = {  # output, weights, mult-adds
    "Conv2d_1a_7x7": ((64, 112, 112), 2_712, 34_019_328),
    "Conv2d_2b_1x1": ((64, 56, 56), 4_096, 12_845_056),
    "Conv2d_2c_3x3": ((192, 56, 56), 110_592, 346_816_512),
    "Mixed_3b": ((256, 28, 28), 218_112, 170_999_808),
    "Mixed_3c": ((320, 28, 28), 259_072, 203_112_448),
    "Mixed_4a": ((576, 14, 14), 384_000, 143_904_768),
    "Mixed_4b": ((576, 14, 14), 608_256, 119_218_176),
    "Mixed_4c": ((576, 14, 14), 663_552, 130_056_192),
    "Mixed_4d": ((576, 14, 14), 893_952, 175_214_592),
    "Mixed_4e": ((576, 14, 14), 1_105_920, 216_760_320),
    "Mixed_5a": ((1024, 7, 7), 1_437_696, 162_570_240),
    "Mixed_5b": ((1024, 7, 7), 2_179_072, 106_774_528),
    "Mixed_5c": ((1024, 7, 7), 2_276_352, 111_541_248),
    "Logits": ((1000,), 1_024_000, 1_024_000),
}

TOTALS = {  # weights, trained parameters, mult-adds
    "inception_v1": (6_990_272, 6_998_552, 1_582_671_872),
    "inception_v1:separable_stem": (6_983_576, 6_991_856, 1_498_677_248),
    "googlenet": (6_609_344, 6_624_904, 1_498_376_192),
    "facenet_nn1": (140_006_592, 140_025_664, 1_605_944_064),
    "facenet_nn2": (7_448_256, 7_456_304, 1_596_530_688),
    "facenet_nn2:nn3": (7_448_256, 7_456_304, 814_620_672),
    "facenet_nn2:nn4": (6_600_384, 6_607_888, 284_741_632),
    "inception_v2": (11_167_384, 11_178_336, 1_934_857_216),
    "mobilenet_face": (3_316_160, 3_338_176, 289_782_272),
    "mobilenet_face:attributes": (3_185_088, 3_206_976, 567_716_352),
}


def analysis(target: str, name: str = "paper", parameters: ParameterKind = "weights") -> Analysis:
    return load(target).analyze(convention(name, parameters))


def rows(target: str, name: str = "paper", parameters: ParameterKind = "weights") -> dict[str, Group]:
    """Return the rows of a report by block that cost something."""
    return {group.name: group for group in analysis(target, name, parameters).groups("block") if group.mult_adds}


def rounds_to(value: int, printed: str, unit: int) -> bool:
    """Return whether a value, in a unit, rounds to the digits that are printed."""
    number, _, exponent = printed.partition("e")
    last = Fraction(10) ** (int(exponent or 0) - len(number.partition(".")[2]))
    return abs(Fraction(value, unit) - Fraction(printed)) <= last / 2


@pytest.mark.parametrize("target", TOTALS)
def test_totals(target: str) -> None:
    weights, trainable, mult_adds = TOTALS[target]
    assert analysis(target).total("params") == weights
    assert analysis(target, parameters="trainable").total("params") == trainable
    assert analysis(target).total() == mult_adds


def test_rows_of_inception_v1() -> None:
    found = rows("inception_v1")
    assert set(found) == {*INCEPTION_V1, "conv1", "inception_5a"}
    for name, (weights, mult_adds, printed) in INCEPTION_V1.items():
        assert (found[name].params, found[name].mult_adds) == (weights, mult_adds)
        assert abs(Fraction(mult_adds, 10**6) - printed) < 1
    assert (found["inception_5a"].params, found["inception_5a"].mult_adds) == (1_042_432, 51_079_168)  # printed 54


def test_the_first_row_of_inception_v1_is_that_of_a_separable_convolution() -> None:
    """Table 1 prints 2.7K parameters and 34M operations; a plain 7×7 convolution has 9.4K and 118M."""
    plain, separable = (rows(f"inception_v1@stem={stem}")["conv1"] for stem in (1, 2))
    assert (plain.params, plain.mult_adds) == (9_408, 118_013_952)
    assert (separable.params, separable.mult_adds) == (7 * 7 * 3 * 8 + 24 * 64, 34_019_328)
    assert rounds_to(separable.params, "2.7", 1000)
    assert rounds_to(separable.mult_adds, "34", 10**6)


def test_rows_of_googlenet_are_named_as_those_of_inception_v1() -> None:
    assert set(rows("googlenet")) == set(rows("inception_v1"))


@pytest.mark.parametrize(("target", "table"), [("facenet_nn1", NN1), ("facenet_nn2", NN2)])
def test_rows_of_the_facenets(target: str, table: dict[str, tuple[int, int, str, str]]) -> None:
    """What is printed are parameters with biases, and operations with one for each bias added."""
    found, printed = rows(target), rows(target, "with-bias", "trainable")
    assert list(found) == list(table)
    for name, (weights, mult_adds, thousands, millions) in table.items():
        assert (found[name].params, found[name].mult_adds) == (weights, mult_adds)
        if (target, name) == ("facenet_nn2", "inception_4a"):  # 545.5 K, of which the table prints 545
            assert printed[name].params == 545_536
        else:
            assert rounds_to(printed[name].params, thousands, 1000)
        assert rounds_to(printed[name].mult_adds, millions, 10**6)


@pytest.mark.parametrize(
    ("target", "name", "output"),
    [
        ("facenet_nn1", "conv2", (192, 55, 55)),
        ("facenet_nn1", "conv3", (384, 28, 28)),
        ("facenet_nn1", "pool4", (256, 7, 7)),
        ("facenet_nn1", "fc2", (32 * 128,)),
        ("facenet_nn2", "inception_3c", (640, 14, 14)),
        ("facenet_nn2", "inception_4e", (1024, 7, 7)),
        ("facenet_nn2", "l2_normalization", (128,)),
    ],
)
def test_outputs_of_the_facenets(target: str, name: str, output: tuple[int, ...]) -> None:
    group = next(group for group in analysis(target).groups("block") if group.name == name)
    assert group.output[1:] == output


def test_nn4_has_the_operations_and_parameters_that_are_printed() -> None:
    """285 M, and the least of 6.6 M to 7.5 M parameters, without 5×5 convolutions in 4e, 5a and 5b."""
    nn4 = analysis("facenet_nn2:nn4", parameters="trainable")
    assert rounds_to(nn4.total(), "285", 10**6)
    assert rounds_to(nn4.total("params"), "6.6", 10**6)


def test_openface_has_the_parameters_of_nn2_and_a_batch_norm_each() -> None:
    """7,472,144 in its documentation: a scale and a shift more for each channel of a convolution."""
    nn2 = analysis("facenet_nn2", parameters="trainable")
    channels = nn2.total("params") - analysis("facenet_nn2").total("params") - 128
    assert nn2.total("params") + 2 * channels == 7_472_144


def test_rows_of_inception_v2() -> None:
    found = rows("inception_v2")
    assert list(found) == list(INCEPTION_V2)
    for name, row in INCEPTION_V2.items():
        assert (found[name].output[1:], found[name].params, found[name].mult_adds) == row


def test_the_body_of_inception_v2_has_the_parameters_of_tf_slim() -> None:
    """10,173,112: weights, a shift, mean and variance for each channel normalised, and the 64 biases of the stem."""
    found = rows("inception_v2", parameters="all")
    body = sum(group.params for name, group in found.items() if name != "Logits")
    assert body == 10_143_384 + 3 * 9_888 + 64 == 10_173_112
    assert body + found["Logits"].params == 11_198_112


def test_published_totals_of_inception_v2() -> None:
    """11.2 M parameters and 1.94 B operations; the latter with one for each bias, 1.93 B without."""
    for parameters in ("weights", "trainable", "all"):
        assert rounds_to(analysis("inception_v2", parameters=parameters).total("params"), "11.2", 10**6)
    assert rounds_to(analysis("inception_v2", "with-bias").total(), "1.94", 10**9)
    assert rounds_to(analysis("inception_v2").total(), "1.93", 10**9)


def test_parts_of_inception_v2_as_detectors_use_them() -> None:
    """Faster R-CNN on 300 × 300 takes maps from Mixed_4e and classifies a proposal by Mixed_5a to 5c on 14 × 14."""
    at_300 = rows("inception_v2@resolution=300")
    before = list(at_300)[: list(at_300).index("Mixed_4e") + 1]
    assert sum(at_300[name].mult_adds for name in before) == 2_841_319_264
    assert sum(group.mult_adds for name, group in at_300.items() if name != "Logits") == 3_594_196_832
    assert [at_300[name].output[1:] for name in ("Mixed_4c", "Mixed_4e", "Mixed_5c")] == [
        (576, 19, 19),
        (576, 19, 19),
        (1024, 10, 10),
    ]
    at_224 = rows("inception_v2")
    assert sum(at_224[name].mult_adds for name in ("Mixed_5a", "Mixed_5b", "Mixed_5c")) == 380_886_016


@pytest.mark.parametrize(
    ("bindings", "millions", "params"),
    [
        ("alpha=1", "568", "3.2"),
        ("alpha=1/2", "149", "0.8"),
        ("resolution=128", "185", "3.2"),
    ],
)
def test_attributes_of_faces(bindings: str, millions: str, params: str) -> None:
    """Table 12 of the MobileNets paper: the body."""
    found = analysis(f"mobilenet_face:attributes@{bindings}", parameters="trainable")
    assert rounds_to(found.total(), millions, 10**6)
    assert rounds_to(found.total("params"), params, 10**6)


@pytest.mark.parametrize(
    ("bindings", "mult_adds", "printed"),
    [
        ("alpha=1/4", 40_774_272, "45"),
        ("alpha=1/4,resolution=128", 13_314_048, "15"),
        ("alpha=1/2,resolution=128", 48_648_192, "48"),  # the digits printed are those before the point
    ],
)
def test_rows_that_do_not_round_to_what_table_12_prints(bindings: str, mult_adds: int, printed: str) -> None:
    found = analysis(f"mobilenet_face:attributes@{bindings}").total()
    assert found == mult_adds
    assert not rounds_to(found, printed, 10**6)


@pytest.mark.parametrize(
    ("bindings", "mult_adds", "params", "printed"),
    [
        ("resolution=160", 289_782_272, 3_338_176, ("286", "4.9")),
        ("resolution=128", 185_507_840, 3_338_176, ("185", "5.5")),
        ("alpha=3/4", 165_727_104, 1_914_992, ("166", "3.4")),
        ("alpha=3/4,resolution=128", 106_100_736, 1_914_992, ("108", "3.8")),
    ],
)
def test_embeddings_of_faces(bindings: str, mult_adds: int, params: int, printed: tuple[str, str]) -> None:
    """Table 14, whose parameters no row reproduces: the spec says so."""
    found = analysis(f"mobilenet_face@{bindings}", parameters="trainable")
    assert (found.total(), found.total("params")) == (mult_adds, params)
    assert not rounds_to(params, printed[1], 10**6)


def test_the_body_for_faces_is_that_of_mobilenet() -> None:
    mobilenet = {group.name: group for group in analysis("mobilenet_v1").groups()}
    face = [group for group in analysis("mobilenet_face:attributes").groups() if group.mult_adds]
    assert [(group.params, group.mult_adds) for group in face] == [
        (mobilenet[group.name].params, mobilenet[group.name].mult_adds) for group in face
    ]


@pytest.mark.parametrize(
    "target", [target for target in TOTALS if not target.startswith(("inception_v1", "googlenet"))]
)
def test_where_it_comes_from(target: str) -> None:
    architecture = load(target).architecture
    assert architecture.name == target.partition(":")[0]
    assert architecture.title
    assert architecture.source
    assert architecture.year
