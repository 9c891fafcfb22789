"""Whole networks hold against onnxruntime, and their activations neither die nor explode."""

import numpy as np
import onnxruntime
import pytest
from exported import exported, writable

from convcost import load
from convcost.shipped import names

QUICK = {
    "mobilenet_v1": "alpha=0.25,resolution=128",
    "mobilenet_v2": "alpha=0.35,resolution=96",
    "efficientnet": "resolution=32",
    "shufflenet_v1": "resolution=32",
    "googlenet": "resolution=32",
    "resnet": "depth=18,resolution=32",
}
"""Small enough for every run."""

FULL = {
    "alexnet",
    "facenet_nn1",
    "inception_v3",
    "nasnet_a",
    "ssd300_inception_v2",
    "ssd300_mobilenet",
    "ssd300_vgg",
    "vgg",
    "xception",
}
"""Of one size, or not what they are at another."""

CHOSEN = {"facenet_nn2": "resolution=96", "mobilenet_face": "resolution=128"}

ELSEWHERE = {"facenet_nn1", "faster_rcnn_inception_v2", "faster_rcnn_mobilenet", "faster_rcnn_vgg", "multimodel"}
"""They have an op that onnxruntime lacks: maxout, crops of a map, experts."""


def difference(spec):
    """Return the largest difference to onnxruntime, relative to the largest value, and that value."""
    proto, inputs, ours = exported(load(spec).graph, batch=2)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (theirs,) = session.run(None, inputs)
    assert ours.shape == theirs.shape
    return np.abs(ours - theirs).max() / np.abs(theirs).max(), np.abs(theirs).max()


def check(spec):
    error, largest = difference(spec)
    assert error < 1e-5
    assert 1e-3 < largest < 1e4


@pytest.mark.parametrize("name", QUICK)
def test_a_network_computes_what_onnxruntime_does(name):
    check(f"{name}@{QUICK[name]}")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in names() if name not in ELSEWHERE and name not in QUICK])
def test_every_family_computes_what_onnxruntime_does(name):
    check(name if name in FULL else f"{name}@{CHOSEN.get(name, 'resolution=64')}")


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_left_out_has_an_op_that_onnxruntime_lacks(name):
    assert set(writable(load(name).graph)) & {"maxout", "crop", "experts"}
