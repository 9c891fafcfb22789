"""The nine networks that the onnx package ships without weights import, and cost what our own specs say they do."""

from pathlib import Path

import onnx
import pytest

import convcost
from convcost.verify import Verdict, verify

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"

TOTALS = {
    "bvlc_alexnet": (654_560_384, 60_965_224),
    "densenet121": (2_834_161_664, 8_062_504),
    "inception_v1": (1_431_556_352, 6_998_552),
    "inception_v2": (2_018_851_840, 11_214_888),
    "resnet50": (4_089_184_256, 25_557_032),
    "shufflenet": (124_664_528, 1_393_320),
    "squeezenet": (349_151_936, 1_235_496),
    "vgg19": (19_632_062_464, 143_667_240),
    "zfnet512": (1_481_727_008, 87_250_536),
}
"""Mult-adds and parameters of each file."""

SAME = {
    "densenet121": "densenet:121",
    "resnet50": "resnet:50",
    "vgg19": "vgg:19",
    "squeezenet": "squeezenet:1_1",
}
"""Those of which we have a spec of the same network on the same image."""

SAME_LAYERS = {
    "resnet50": "resnet:50",
    "vgg19": "vgg:19",
    "squeezenet": "squeezenet:1_1",
    "bvlc_alexnet": "alexnet:two_towers",
    "inception_v1": "inception_v1",
}
"""Those whose layers are those of our spec. AlexNet runs on 224 pixels without padding there, and the pools of Inception
round down, so that the maps are smaller and mult-adds fewer."""


def loaded(name):
    return convcost.load(LIGHT / f"light_{name}.onnx")


@pytest.mark.parametrize("name", TOTALS)
def test_totals(name):
    analysis = loaded(name).analyze()
    assert (analysis.total("mult_adds"), analysis.total("params")) == TOTALS[name]


@pytest.mark.parametrize("name", SAME)
def test_mult_adds_are_those_of_our_spec(name):
    assert loaded(name).analyze().total() == convcost.load(SAME[name]).analyze().total()


@pytest.mark.parametrize("name", SAME_LAYERS)
def test_parameters_are_those_of_our_spec(name):
    assert loaded(name).analyze().total("params") == convcost.load(SAME_LAYERS[name]).analyze().total("params")


def test_densenet_has_a_scale_and_a_shift_behind_each_batch_norm():
    """It was a Caffe model, whose batch norm has neither; the file has both, in the norm and behind it."""
    found, ours = loaded("densenet121").analyze(), convcost.load("densenet:121").analyze()
    norms = sum(ours.derived[i].parameters.affine for i, node in enumerate(ours.graph.nodes) if "norm" in node.op.name)
    assert found.total("params") - ours.total("params") == norms


@pytest.mark.parametrize("name", ["squeezenet", "bvlc_alexnet", "shufflenet"])
def test_it_verifies(name):
    graph, weights = loaded(name).stored
    assert verify(graph, weights=weights).verdict is Verdict.PASS


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*TOTALS} - {"squeezenet", "bvlc_alexnet", "shufflenet"}))
def test_the_others_verify(name):
    graph, weights = loaded(name).stored
    assert verify(graph, weights=weights).verdict is Verdict.PASS
