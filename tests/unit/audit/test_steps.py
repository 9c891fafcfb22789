"""Steps and their lengths, sets of them, slips of the pen, and other widths."""

from fractions import Fraction
from itertools import combinations
from math import log2

import pytest
from small_network import small

from convcost.claims import Row
from convcost.claims.printed import read
from convcost.spec import parse
from convcost.spec.rounding import RULES, with_rounding
from convcost.studies.audit import Networks
from convcost.studies.audit.candidates import Candidate, transpositions
from convcost.studies.audit.classes import is_a_width, on_the_line
from convcost.studies.audit.ledger import Amounts, Counting, Ledger, ledger
from convcost.studies.audit.networks import network
from convcost.studies.audit.readings import Readings
from convcost.studies.audit.steps import (
    COUNTING,
    UNIT_SLIPS,
    background,
    label,
    number_of_sets,
    subsets,
    total_bits,
    transposed,
)


def test_lengths():
    bits = {step.key: step.bits for step in COUNTING}
    assert bits == {
        "no-classifier": 2, "no-dense": 2, "no-first": 3, "bias-adds": 2, "norm-1": 3, "norm-2": 3, "activations": 3,
        "pooling": 3, "no-padding": 3, "flops": 2, "no-biases": 3, "values-0": 2, "values-1": 4, "values-3": 4,
        "values-4": 2, "binary": 4,
    }  # fmt: skip
    assert [step.bits for step in UNIT_SLIPS.values()] == [4, 4]
    assert background(1000, 1001, 10).bits == background(20, 10, 10).bits == 2
    assert background(1000, 999, 10).bits == 3 + log2(12)
    assert label("x", 8).bits == 6
    assert transposed(3).bits == 5


def test_steps_with_one_name_are_one_step():
    assert label("x", 2) == label("x", 8)
    assert label("x", 2) != label("y", 2)
    assert len({*COUNTING, *COUNTING}) == len(COUNTING)


def test_sets_of_steps():
    found = subsets(COUNTING, 5)
    assert list(found) == sorted(found, key=lambda each: (total_bits(each), len(each)))
    everything = [each for size in range(4) for each in combinations(COUNTING, size)]
    compatible = [each for each in everything if len({step.family for step in each}) == len(each)]
    assert set(found) == {each for each in compatible if total_bits(each) <= 5}
    assert number_of_sets(COUNTING, 5) == len(found)
    assert number_of_sets(COUNTING, 10) == len(subsets(COUNTING, 10))


@pytest.mark.parametrize(
    ("digits", "others"),
    [
        ("1.91", {"1.19", "9.11"}),
        ("569", {"659", "596"}),
        ("1.04", {"1.40"}),
        ("22", set()),
        ("7", set()),
        ("0.58", {"0.85", "5.08"}),
    ],
)
def test_two_digits_transposed(digits, others):
    assert transpositions(digits) == others


def test_a_transposed_number_agrees_by_its_digits():
    candidate = Candidate((transposed(3),), 5, Fraction("1.9056"), "1.19")
    assert candidate.agreement(read("1.19")) == "rounds"
    assert candidate.agreement(read("1.91")) == ""
    assert Candidate((transposed(4),), 5.6, Fraction(1024), "1204").agreement(read("1,204")) == "rounds"


def bodies(rule):
    other = with_rounding(small().architecture, rule)
    return None if other is None else [let.body.text for let in other.document.lets]


def test_other_widths():
    assert bodies("floor") is None  # it is the rule of the network
    assert bodies("ceil") == ["ceil(alpha*c)"]
    assert bodies("make_divisible 8") == ["make_divisible(alpha*c, 8)"]


@pytest.mark.parametrize(("rule", "width"), [("ceil", 3), ("round", 2), ("round_to 8", 0), ("make_divisible 8", 8)])
def test_other_widths_are_built(rule, width):
    model = small().with_values(alpha=Fraction(1, 2))
    found = Networks().analysis(model.replaced(architecture=with_rounding(model.architecture, rule)))
    if width:
        assert found.derived[1].output[1] == width
    else:
        assert found is None


def test_variations():
    networks = Networks()
    model = small()
    found = {step.key: other.values for step, other in networks.variations(model) if step}
    assert {key: values["size"] for key, values in found.items() if key.startswith("label=size")} == {
        "label=size = 16": 16,
        "label=size = 24": 24,
    }
    assert found["classes=11"]["classes"] == 11
    # alpha = 1/2 and the preset of that name are one network
    assert [key for key in found if key.startswith("label")] == [
        "label=alpha = 1/2", "label=size = 16", "label=size = 24", "label=the preset large",
    ]  # fmt: skip
    assert {key for key in found if key.startswith("rounding")} == {f"rounding={rule}" for rule in RULES} - {
        "rounding=floor"
    }
    bits = [step.bits if step else 0 for step, _ in networks.variations(model)]
    assert bits == sorted(bits)
    assert {step.bits for step, _ in networks.variations(model) if step and step.kind == "label"} == {3 + log2(4)}


def test_the_usual_number_of_classes_is_short():
    model = small().with_values(classes=7)
    bits = {step.key: step.bits for step, _ in Networks().variations(model) if step}
    assert bits["classes=8"] == bits["classes=10"] == 2
    assert bits["classes=1000"] == 3 + log2(12)


def test_other_classes_are_not_built_and_right():
    networks = Networks()
    model = small()
    (other,) = [other for step, other in networks.variations(model) if step and step.key == "classes=100"]
    found = networks.ledger(other, Row("", "", {"params": read("1")}))
    assert network(other) not in networks._analyses
    assert found == ledger(other.analyze())


def test_a_number_of_classes_that_is_more_than_a_width_is_built():
    assert is_a_width(small().architecture)
    text = small().architecture.document.source.text
    for other in ("out: 2*classes", "out: classes/2", "out: classes + 1"):
        assert not is_a_width(parsed(text.replace("out: classes", other)))
    assert not is_a_width(parsed(text.replace("out: 6", "out: classes")))
    assert is_a_width(parsed(text.replace("classes: 10", "classes: 10   # classes of what?")))


def test_three_points_that_are_not_on_a_line_are_no_proof():
    def at(power):
        return {k: Ledger({"body": Amounts(weights=k**power)}) for k in (3, 4, 100)}

    assert on_the_line(at(1), 50).places["body"].weights == 50
    assert on_the_line(at(2), 50) is None


def parsed(text):
    return parse(text, "<text>")


def test_a_step_that_changes_nothing_explains_nothing():
    constant = Readings(COUNTING, Counting(), lambda counting: Fraction(7))
    assert constant.steps == [()]
    doubled = Readings(COUNTING, Counting(), lambda counting: Fraction(7 * counting.factor))
    assert [[step.key for step in steps] for steps in doubled.steps] == [[], ["flops"]]
    assert doubled.up_to(1.9) == 1
    assert Readings(COUNTING, Counting(), None).steps == []
