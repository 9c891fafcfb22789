"""MultiModel, block by block, against figures worked out by hand: the paper, arXiv:1706.05137, prints none.

Kernels, widths and wiring are those of the authors' code, the first release of github.com/tensorflow/tensor2tensor: the
hyperparameters multimodel_1p8 of models/multimodel.py, and slicenet_1 of models/slicenet.py, on which they are based.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from convcost import load, loads
from convcost.cost import convention
from convcost.execute import execute_op
from convcost.ops import Conv
from convcost.studies.formula import formula
from convcost.verify import verify

if TYPE_CHECKING:
    from convcost.execute.arithmetic import Array
    from convcost.model import Model

C = 1536  # the hidden size of multimodel_1p8; C² = 2,359,296

# Of each place of a sequence: k·C + C²/s for each sub-separable convolution, separabilities 3, 2, 3 and 2 in turn.
CONV_BLOCK = (3 + 7 + 15 + 31) * C + 3_932_160  # 5/3 C²
QUERY = (5 + 5) * C + 1_966_080  # 5/6 C²
EXPERTS = 120 * C + 2 * (2 * C * C + C)  # the gate; two experts, and their weights in the sum
MIXED = 3 * (2 * C // 4) * C + C * C  # C outputs of 4 groups that see 2C inputs, then all of them
NORM = 2 * C

IMAGE_NET = {  # at 299 pixels: parameters, mult-adds; 150² places, then 75², 38² and 19²
    "image_net/conv1": (864 + 64, 22_500 * 864),
    "image_net/conv2": (18_432 + 128, 22_500 * 18_432),
    "image_net/xception1": (34_496 + 768, 22_500 * 26_304 + 5_625 * 8_192),
    "image_net/xception2": (134_528 + 1_536, 5_625 * 101_760 + 1_444 * 32_768),
    "image_net/xception3": (3_161_856 + 9_216, 1_444 * 2_768_640 + 361 * 393_216),
}

ENCODER = {
    **{f"encoder/conv_block{i}": (CONV_BLOCK + 4 * NORM, 361 * CONV_BLOCK) for i in (1, 2, 3, 4, 5, 6)},
    "encoder/moe1": (566_231_040 + 2 * 120 * C + NORM, 361 * EXPERTS),  # gates of values and of noise
}

DECODER = {  # 64 words; each is scored against, and mixed of, 361 places
    "io_mixer/attended": (QUERY + 3 * NORM, 64 * (QUERY + 361 * 2 * C)),
    "io_mixer/conv1": (3_538_944, 64 * 3_538_944),
    "io_mixer/pointwise1": (C * C + C + NORM, 64 * C * C),
    **{
        f"decoder/decoder_block{i}": (CONV_BLOCK + QUERY + 7 * NORM, 64 * (CONV_BLOCK + QUERY + 361 * 2 * C))
        for i in (1, 2, 3, 4)
    },
    "decoder/moe1": (ENCODER["encoder/moe1"][0], 64 * EXPERTS),
    "text_net": (12_582_912, 64 * 12_582_912),
}

CLASS_NET = {  # 19² places, then 10²; 1920 is 5/4 of C
    "class_net/add1": (5_336_064 + 26_542_080 + 2 * (1536 + 1920 + 1920), 361 * 5_336_064 + 100 * 26_542_080),
    "class_net/sep1": (5_915_520 + 2 * 3072, 100 * 5_915_520),
    "class_net/sep2": (11_824_128 + 2 * 3840, 100 * 11_824_128),
    "class_net/linear1": (3_841_000, 3_840_000),
}

VALID = convention("valid")

TOTALS = {  # trained parameters, mult-adds
    "multimodel:coco@hidden=1536,experts=120": (1_205_311_072, 21_825_863_168),
    "multimodel:imagenet@hidden=1536,experts=120": (647_630_792, 24_367_837_184),
    "multimodel:coco": (97_395_808, 7_244_782_592),
}

SMALL = {  # the smallest that the image modality leaves
    1: "multimodel@task=1,hidden=264,experts=5,active=3,resolution=55,layers=3,classes=7",
    2: "multimodel@task=2,hidden=264,experts=5,active=3,resolution=40,length=17,vocabulary=11,layers=2",
    3: "multimodel@task=3,hidden=24,experts=5,active=3,source_length=29,length=17,vocabulary=11,layers=2",
}


def rows(model: Model, depth: int = 2) -> dict[str, tuple[int, int]]:
    """Return parameters and mult-adds of the parts that cost mult-adds."""
    groups = model.analyze().groups("block", depth)
    return {group.name: (group.params, group.mult_adds) for group in groups if group.mult_adds}


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("multimodel:coco@hidden=1536,experts=120", {**IMAGE_NET, **ENCODER, **DECODER}),
        ("multimodel:imagenet@hidden=1536,experts=120", {**IMAGE_NET, **ENCODER, **CLASS_NET}),
    ],
)
def test_blocks_of_the_model_for_eight_tasks(target: str, parts: dict[str, tuple[int, int]]) -> None:
    assert rows(load(target)) == parts


@pytest.mark.parametrize("target", TOTALS)
def test_totals(target: str) -> None:
    analysis = load(target).analyze()
    assert (analysis.total("params"), analysis.total()) == TOTALS[target]


def test_an_expert_is_cheap_to_run_and_dear_to_store() -> None:
    """Two of 120 experts run: 94 % of the parameters are theirs, and 19 % of the mult-adds."""
    groups = {group.name: group for group in load("multimodel:coco@hidden=1536,experts=120").analyze().groups("kind")}
    params, mult_adds = TOTALS["multimodel:coco@hidden=1536,experts=120"]
    assert Fraction(groups["experts"].params, params) > Fraction(94, 100)
    assert Fraction(18, 100) < Fraction(groups["experts"].mult_adds, mult_adds) < Fraction(19, 100)


def test_the_encoder_pads_on_both_sides_and_the_decoder_on_the_left() -> None:
    """Of 64 places, a centred kernel of 31 misses 2·(1 + ... + 15) taps, a causal one 1 + ... + 30."""
    valid = {group.name: group.mult_adds for group in load("multimodel:wmt").analyze(VALID).groups("layer")}
    assert valid["encoder/conv_block1/k31/depthwise1"] == 768 * (31 * 64 - 240)
    assert valid["decoder/decoder_block1/convs/k31/depthwise1"] == 768 * (31 * 64 - 465)
    assert valid["io_mixer/attended/query/depthwise1"] == 768 * (5 * 64 - (4 + 8 + 12 + 16))  # dilated by 4


def test_the_extents_of_the_parts() -> None:
    outputs = {group.name: group.output[1:] for group in load("multimodel:imagenet").analyze().groups("block", 2)}
    assert outputs["image_net/xception3"] == (768, 19, 19)
    assert outputs["encoder/conv_block6"] == (768, 361)
    assert outputs["class_net/add1"] == (960, 10, 10)
    assert outputs["class_net/linear1"] == (1000,)


@pytest.mark.parametrize("task", SMALL)
def test_every_layer_of_each_task_is_run(task: int) -> None:
    verification = verify(load(SMALL[task]).graph)
    assert verification.verdict.value == "PASS", [layer for layer in verification.layers if layer.verdict != "PASS"]
    assert verification.mult_adds == load(SMALL[task]).analyze().total()


@pytest.mark.parametrize("separability", [1, 2, 3])
def test_separability_divides_what_mixes_the_channels(separability: int) -> None:
    """Of four convolutions, two have as many groups, and two have one more."""
    model = load(f"multimodel:wmt@hidden=1536,experts=120,separability={separability}")
    mixing = 2 * C * C // separability + 2 * C * C // (separability + 1)
    assert rows(model)["encoder/conv_block1"] == (56 * C + mixing + 4 * NORM, 64 * (56 * C + mixing))


def test_a_class_has_no_decoder() -> None:
    kinds = {group.name for group in load("multimodel:imagenet").analyze().groups("kind")}
    assert "experts" in kinds
    assert "attention" not in kinds


@pytest.mark.parametrize("metric", ["mult_adds", "params"])
def test_the_closed_form_in_the_hidden_size_and_the_experts(metric: str) -> None:
    model = load("multimodel:wmt")
    closed = formula(model, metric, free=["hidden", "experts", "active"]).closed
    assert closed.conditions == ("12 | C",)
    for hidden, experts, active in [(12, 3, 1), (768, 32, 2), (1536, 120, 2), (1536, 240, 4)]:
        values = {"hidden": hidden, "experts": experts, "active": active}
        assert closed.at(**values) == model.with_values(**values).analyze().total(metric)


SUB_SEPARABLE = """
convcost: 1
name: sub_separable
hyperparameters:
  c: {{default: {c}, multiple_of: {s}}}
  length: {{default: 11, multiple_of: 1}}
input: [c, length]
defaults: {{padding: half}}
layers:
"""

TWO_CONVOLUTIONS = """
  - depthwise: {{kernel: {k}}}
  - pointwise: {{out: c, groups: {s}}}
"""

ONE_GROUP = """
      - - split: {{index: {index}, parts: {s}}}
        - separable: {{kernel: {k}, out: c/{s}}}
"""


@pytest.mark.parametrize(("c", "k", "s"), [(6, 5, 2), (12, 7, 3), (20, 31, 4), (10, 3, 10)])
def test_a_sub_separable_convolution_is_a_depthwise_and_a_grouped_pointwise_one(c: int, k: int, s: int) -> None:
    beginning = SUB_SEPARABLE.format(c=c, s=s)
    two = loads(beginning + TWO_CONVOLUTIONS.format(k=k, s=s))
    apart = loads(beginning + "  - concat:" + "".join(ONE_GROUP.format(index=i, k=k, s=s) for i in range(s)))
    expected = k * c + c * c // s
    for model in (two, apart):
        analysis = model.analyze()
        assert (analysis.total("params"), analysis.total()) == (expected, 11 * expected)
    assert two.analyze(VALID).total() == apart.analyze(VALID).total()
    for metric in ("mult_adds", "params"):
        assert formula(two, metric).closed == formula(apart, metric).closed


def taking(*weights: Array) -> Callable[[tuple[int, ...], float, float], Array]:
    """Return a source of weights that hands out these, in order."""
    left = list(weights)

    def draw(shape: tuple[int, ...], low: float, high: float) -> Array:
        array = left.pop(0)
        assert array.shape == shape
        return array

    return draw


def test_with_the_same_weights_they_give_the_same_values() -> None:
    random = np.random.default_rng(7)
    c, k, s, width = 12, 5, 3, 4
    x, spatial, mixing = (
        random.integers(-4, 5, shape).astype(np.float32) for shape in [(2, c, 11), (c, 1, k), (c, width, 1)]
    )
    depthwise, _ = execute_op(Conv((k,), out=c, groups=c, padding=(4, 0)), x, draw=taking(spatial))
    whole, _ = execute_op(Conv((1,), out=c, groups=s), depthwise, draw=taking(mixing))
    parts = []
    for channels in (slice(start, start + width) for start in range(0, c, width)):
        part, _ = execute_op(
            Conv((k,), out=width, groups=width, padding=(4, 0)), x[:, channels], draw=taking(spatial[channels])
        )
        parts.append(execute_op(Conv((1,), out=width), part, draw=taking(mixing[channels]))[0])
    np.testing.assert_array_equal(whole, np.concatenate(parts, 1))
