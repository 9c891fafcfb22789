"""The ledger: what may be counted, kept apart, and held against the totals of an analysis."""

import pytest
from small_network import PARAMS, PRODUCTS, small

from convcost.cost.convention import convention
from convcost.model import load, loads
from convcost.studies.audit.ledger import STATED, Amounts, Counting, Ledger, ledger
from convcost.studies.audit.steps import COUNTING, counted

SPECS = (
    "alexnet", "densenet:121", "efficientnet:b0", "facenet_nn2", "ghostnet", "googlenet", "inception_v3",
    "mobilenet_v1@alpha=0.5,resolution=160", "mobilenet_v1_full_conv", "mobilenet_v2", "mobilenet_v3:small",
    "nasnet_a", "regnet_y", "repvgg", "resnet:18", "resnet:50_v1", "resnext", "shufflenet_v1", "shufflenet_v2:x1_0",
    "squeezenet", "ssd300_mobilenet", "vgg:16", "vgg:16_bn", "wide_resnet", "xception",
)  # fmt: skip

BY_HAND = {
    "no-classifier": (PRODUCTS - 60, PARAMS - 70),
    "no-dense": (PRODUCTS - 60 - 42, PARAMS - 70 - 48),
    "no-first": (PRODUCTS - 8640, PARAMS - 135 - 10),
    "bias-adds": (PRODUCTS + 112 + 6 + 10, PARAMS),
    "norm-1": (PRODUCTS + 320, PARAMS),
    "norm-2": (PRODUCTS + 640, PARAMS),
    "activations": (PRODUCTS + 320 + 112, PARAMS),
    "pooling": (PRODUCTS + 720 + 112, PARAMS),
    "no-padding": (7260 + 3500 + 42 + 60, PARAMS),
    "flops": (2 * PRODUCTS, PARAMS),
    "no-biases": (PRODUCTS, PARAMS - 7 - 6 - 10),
    "values-0": (PRODUCTS, PARAMS - 10),
    "values-1": (PRODUCTS, PARAMS - 5),
    "values-3": (PRODUCTS, PARAMS + 5),
    "values-4": (PRODUCTS, PARAMS + 10),
    "binary": (PRODUCTS, PARAMS),
}


def test_every_step_that_changes_a_way_of_counting_is_counted_by_hand():
    assert set(BY_HAND) == {step.key for step in COUNTING}


@pytest.mark.parametrize("step", COUNTING, ids=lambda step: step.key)
def test_a_step_counts_what_it_says(step):
    whole, way = ledger(small().analyze()), counted(Counting(), (step,))
    assert (whole.mult_adds(way), whole.params(way)) == BY_HAND[step.key]


def test_a_step_says_which_metrics_it_changes():
    for step in COUNTING:
        changed = {
            name
            for name, new, old in zip(("mult_adds", "params"), BY_HAND[step.key], (PRODUCTS, PARAMS), strict=True)
            if new != old
        }
        assert changed <= set(step.metrics)
        assert changed or step.key == "binary"


@pytest.mark.parametrize("spec", SPECS)
def test_the_ledger_is_what_an_analysis_totals(spec):
    model = load(spec)
    found = ledger(model.analyze())
    for name in ("paper", "valid", "with-bias"):
        expected = model.analyze(convention(name)).total("mult_adds")
        assert found.mult_adds(Counting().replaced(**STATED[name])) == expected
    for kind in ("trainable", "weights", "all"):
        expected = model.analyze(convention("paper", kind)).total("params")
        assert found.params(Counting().replaced(**STATED[kind])) == expected


def test_parts_add_up_to_the_whole():
    analysis = load("squeezenet").analyze()
    whole = ledger(analysis)
    middle = len(analysis.derived) // 2
    parts = [ledger(analysis, range(middle)), ledger(analysis, range(middle, len(analysis.derived)))]
    for place, amounts in whole.places.items():
        assert parts[0].places[place] + parts[1].places[place] == amounts


def test_places():
    places = ledger(small().analyze()).places
    assert (places["first"].weights, places["first"].channels, places["first"].activated) == (135, 5, 320)
    assert (places["body"].weights, places["body"].pooled) == (315, 832)
    assert (places["dense"].weights, places["classifier"].weights) == (42, 60)


@pytest.mark.parametrize(
    ("spec", "first", "dense", "classifier"),
    [
        ("mobilenet_v1", 864, 0, 1024 * 1000),
        ("mobilenet_v3:small", 432, 576 * 1024, 1024 * 1000),
        ("vgg:11", 1728, 512 * 49 * 4096 + 4096**2, 4096 * 1000),
        ("squeezenet", 96 * 147, 0, 0),  # its classifier has a map behind it
        ("facenet_nn1", 9408, 256 * 49 * 32 * 128 * 2 + (32 * 128) ** 2 * 2, 32 * 128 * 128),
    ],
)
def test_places_of_shipped_networks(spec, first, dense, classifier):
    places = ledger(load(spec).analyze()).places
    assert [places[name].weights for name in ("first", "dense", "classifier")] == [first, dense, classifier]


def test_a_network_without_weights_has_no_places():
    found = ledger(loads("{convcost: 1, name: none, input: [3, 4, 4], layers: [relu, global_avgpool]}").analyze())
    assert {place: amounts for place, amounts in found.places.items() if amounts != Amounts()} == {
        "body": Amounts(activated=48, pooled=48)
    }


def test_a_single_layer_is_the_classifier():
    found = ledger(loads("{convcost: 1, name: one, input: [4], layers: [linear: {out: 3, bias: true}]}").analyze())
    assert found.places["classifier"] == Amounts(products=12, valid=12, bias_adds=3, weights=12, biases=3)


def test_what_is_left_when_places_are_left_out():
    found = Ledger({"first": Amounts(weights=1), "body": Amounts(weights=10), "classifier": Amounts(weights=100)})
    assert found.left(frozenset()).weights == 111
    assert found.left(frozenset({"first", "dense"})).weights == 110


def test_steps_leave_out_places_together():
    steps = tuple(step for step in COUNTING if step.key in {"no-classifier", "no-first", "flops"})
    way = counted(Counting(), steps)
    assert way.without == {"classifier", "first"}
    assert ledger(small().analyze()).mult_adds(way) == 2 * (5040 + 42)
