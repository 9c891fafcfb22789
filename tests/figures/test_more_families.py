"""Families and presets that torchvision has no figures of: exact costs, and what their networks perform.

Parameters of other implementations: pytorchcv (README of osmr/imgclsmob) for ShuffleNet, ProxylessNAS, MnasNet-A1 and
MixNet, mmpretrain (configs/mobileone/metafile.yml) for MobileOne, pycls (dev/model_complexity.json) for RegNet and
ResNeXt; timm's to two decimals for GhostNet and for the branches of training, the README of ConvNeXt for its largest
network. The others are those of the papers, or TF-slim's, with all their digits.
"""

from __future__ import annotations

import pytest

from convcost import load
from convcost.cost import CONVENTIONS
from convcost.verify import verify

EXACT = {
    "shufflenet_v1:1x_g1": (1_531_936, 143_078_976),
    "shufflenet_v1:1x_g2": (1_733_848, 140_836_512),
    "shufflenet_v1:1x_g3": (1_865_728, 137_460_672),
    "shufflenet_v1:1x_g4": (1_968_344, 134_339_776),
    "shufflenet_v1:1x_g8": (2_434_768, 138_365_952),
    "shufflenet_v1:0_5x_g3": (718_324, 37_589_856),
    "shufflenet_v1:1_5x_g3": (3_442_168, 292_443_552),
    "shufflenet_v1:2x_g3": (5_450_776, 524_045_184),
    "shufflenet_v1:2x_g8": (6_522_232, 521_942_016),
    "ghostnet:0_5": (2_587_292, 42_328_152),
    "ghostnet:1_0": (5_182_508, 141_150_512),
    "ghostnet:1_3": (7_358_820, 227_003_256),
    "mobileone:s0": (2_078_504, 275_110_400),
    "mobileone:s1": (4_764_840, 825_057_024),
    "mobileone:s2": (7_808_168, 1_298_426_496),
    "mobileone:s3": (10_078_312, 1_895_790_592),
    "mobileone:s4": (14_838_352, 2_979_269_760),
    "repvgg:a0": (8_309_384, 1_361_451_008),
    "repvgg:a1": (12_789_864, 2_363_967_488),
    "repvgg:a2": (25_499_944, 5_116_951_552),
    "repvgg:b0": (14_339_048, 3_057_600_512),
    "repvgg:b1": (51_829_480, 11_815_485_440),
    "repvgg:b1g2": (41_360_104, 8_809_742_336),
    "repvgg:b1g4": (36_125_416, 7_306_870_784),
    "repvgg:b2": (80_315_112, 18_376_609_792),
    "repvgg:b2g4": (55_777_512, 11_331_899_392),
    "repvgg:b3": (110_960_872, 26_208_882_688),
    "repvgg:b3g4": (75_626_728, 16_064_499_712),
    "proxylessnas:mobile": (4_080_512, 320_427_584),
    "proxylessnas:cpu": (4_361_648, 439_243_864),
    "proxylessnas:gpu": (7_119_848, 465_260_160),
    "convnext:xlarge": (350_196_968, 60_921_030_656),
    "mobilenet_v3:large_minimalistic": (3_924_288, 209_136_704),
    "mobilenet_v3:small_minimalistic": (2_044_736, 52_288_448),
    "mobilenet_v3:small_0_75": (2_041_872, 43_399_344),
    "nasnet_a:5_1538": (12_263_416, 2_686_417_584),
    "nasnet_a:7_1920": (24_613_292, 5_373_739_132),
    "mnasnet:a1": (3_887_038, 311_579_072),
    "mnasnet:a1_0_35": (1_747_018, 61_681_920),
    "mnasnet:a1_0_5": (2_082_006, 103_162_992),
    "mnasnet:a1_0_75": (2_912_278, 223_448_480),
    "mnasnet:a1_1_4": (6_105_992, 586_317_952),
    "mnasnet:small": (2_030_264, 68_339_184),
    "mixnet:s": (4_134_606, 239_173_360),
    "mixnet:m": (5_014_382, 339_172_672),
    "mixnet:l": (7_329_252, 555_251_792),
    "inception_v3": (23_834_568, 5_713_216_096),
}

# With one addition for each bias, as pycls counts them.
WITH_BIAS = {
    "resnext:101_32x4d": (44_177_704, 7_969_997_800),
    "resnext:152_32x4d": (59_951_400, 11_709_514_728),
    "regnet_x:200mf": (2_684_792, 199_040_872),
    "regnet_x:400mf_paper": (5_157_512, 397_678_568),
    "regnet_x:600mf": (6_196_040, 600_891_112),
    "regnet_x:4gf": (22_118_248, 3_964_499_816),
    "regnet_x:6_4gf": (26_209_256, 6_460_292_264),
    "regnet_x:12gf": (46_106_056, 12_086_679_016),
    "regnet_y:200mf": (3_162_996, 199_519_076),
    "regnet_y:600mf": (6_055_160, 601_227_608),
    "regnet_y:800mf_paper": (6_263_168, 797_183_328),
    "regnet_y:4gf": (20_646_656, 3_973_301_344),
    "regnet_y:6_4gf": (30_583_252, 6_355_221_876),
    "regnet_y:8gf_paper": (39_180_068, 7_963_074_196),
    "regnet_y:12gf": (51_822_544, 12_092_395_504),
}

# Trainable parameters with the branches of training, in millions, as timm has them.
TRAINING = {
    "repvgg:a0": "9.11",
    "repvgg:a1": "14.09",
    "repvgg:a2": "28.21",
    "repvgg:b0": "15.82",
    "mobileone:s0": "5.29",
    "mobileone:s1": "4.83",
    "mobileone:s2": "7.88",
    "mobileone:s3": "10.17",
}

# Forms and widths that no preset has, on small maps; presets are verified with all shipped specs.
SMALL = [
    "mobileone@form=2,resolution=32",
    "mobileone:s4@a1=1/4,a2=1/4,a3=1/4,a4=1/4,resolution=32",
    "repvgg@form=2,resolution=32",
    "repvgg@a=1/4,b=1/4,groups=4,resolution=32",
]


@pytest.mark.parametrize("target", EXACT)
def test_exact_figures(target: str) -> None:
    analysis = load(target).analyze()
    assert (analysis.total("params"), analysis.total("mult_adds")) == EXACT[target]


@pytest.mark.parametrize("target", WITH_BIAS)
def test_exact_figures_with_additions_of_biases(target: str) -> None:
    analysis = load(target).analyze(CONVENTIONS["with-bias"])
    assert (analysis.total("params"), analysis.total("mult_adds")) == WITH_BIAS[target]


@pytest.mark.parametrize("target", TRAINING)
def test_training_has_more_branches(target: str) -> None:
    params = load(f"{target}@form=2").analyze().total("params")
    assert f"{params / 10**6:.2f}" == TRAINING[target]


def test_ghosts_halve_the_pointwise_convolutions() -> None:
    """Equation 6: with s = 2, about half the mult-adds of the convolution that a ghost module replaces."""
    layers = {group.name: group for group in load("ghostnet").analyze().groups("layer")}
    intrinsic = layers["bottleneck6/add1/branch1/ghost1/intrinsic"]
    assert intrinsic.mult_adds * 2 == 40 * 240 * 28 * 28


def test_mixed_kernels_share_the_channels() -> None:
    """Groups of 48 of 144 channels, with kernels of 3×3, 5×5 and 7×7, each with a scale and a shift a channel."""
    layers = {group.name: group for group in load("mixnet").analyze().groups("layer")}
    found = [group for name, group in layers.items() if name.startswith("mbconv4/") and "/mixconv1/" in name]
    convolved = [group for group in found if group.mult_adds]
    assert [group.params for group in convolved] == [48 * (9 + 2), 48 * (25 + 2), 48 * (49 + 2)]
    assert [group.mult_adds for group in convolved] == [48 * 28 * 28 * area for area in (9, 25, 49)]


def test_squeezed_channels_are_a_quarter_of_those_of_the_block() -> None:
    """MnasNet's first block that squeezes has 24 channels in, 72 expanded: 6 squeezed, not 18."""
    layers = {group.name: group for group in load("mnasnet:a1").analyze().groups("layer")}
    found = [group.params for name, group in layers.items() if "squeeze_excite" in name and group.mult_adds]
    assert found[:2] == [72 * 6 + 6, 6 * 72 + 72]


@pytest.mark.parametrize("target", SMALL)
def test_verified_on_small_maps(target: str) -> None:
    model = load(target)
    verification = verify(model.graph)
    assert verification.verdict == "PASS"
    assert verification.mult_adds == model.analyze().total()
