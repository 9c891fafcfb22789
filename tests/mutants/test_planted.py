"""Verification itself is tested: mistakes are planted, and one that survives is a failure."""

import sys
from collections import Counter

import numpy as np
import pytest
from mutation.catch import COUNTING, WAYS, caught, family
from mutation.mistake import Edit, Mistake, StaleError, apart, planted
from mutation.planted import ALGORITHMS, COST, EXECUTOR, RULES, VALUES
from mutation.planted.rules_of_windows import CONV, WINDOWS
from mutation.world import source, world

import convcost
from convcost.ops import Conv
from convcost.verify import verify_op
from convcost.verify.examples import EXAMPLES, Example

EVERYTHING = (*RULES, *EXECUTOR, *VALUES, *COST, *ALGORITHMS)

HARMLESS = (
    Edit("execute/conv.py", "", "COLUMN_BYTES = 16 << 20", "COLUMN_BYTES = 3000"),
    Edit("rules/windows.py", "span", "dilation * (kernel - 1) + 1", "1 + (kernel - 1) * dilation"),
    Edit("rules/linear.py", "_features", "product(x[1:])", "product(x) // x[0]"),
    Edit("cost/propagate.py", "propagate", "found = distinct[key] = _derive", "found = _derive"),
)
"""Other programs that are right."""


def way_of(mistake, ways):
    return caught(planted(mistake.edits), family(mistake.edits[0].file), ways)


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_caught_where_nothing_is_planted(way):
    assert caught({}, "conv", [way]) is None


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.new)
def test_a_change_that_changes_nothing_is_not_caught(edit):
    assert caught(planted([edit]), family(edit.file), WAYS) is None


@pytest.mark.parametrize("mistake", [*RULES, *EXECUTOR], ids=str)
def test_the_examples_catch(mistake):
    assert way_of(mistake, ["examples"])


@pytest.mark.parametrize("mistake", ALGORITHMS, ids=str)
def test_convolutions_by_an_algorithm_catch(mistake):
    assert way_of(mistake, ["algorithms"])


@pytest.mark.parametrize("mistake", COST, ids=str)
def test_small_networks_catch(mistake):
    assert way_of(mistake, ["networks", "examples"])


@pytest.mark.parametrize("mistake", VALUES, ids=str)
def test_an_implementation_that_is_not_ours_catches(mistake):
    assert way_of(mistake, ["values"])


@pytest.mark.parametrize("mistakes", apart(VALUES), ids=len)
def test_no_count_catches_wrong_values(mistakes):
    """Many at once, for none of them is noticed."""
    edits = [edit for mistake in mistakes for edit in mistake.edits]
    assert caught(planted(edits), "conv", COUNTING) is None


def test_a_symmetric_sample_hides_what_the_examples_catch(monkeypatch):
    """A 3×3 kernel with stride 1 and a border of 1 on a square image: the sample everybody takes first."""
    symmetric = Example(Conv((3, 3), out=8, padding=1), ((1, 8, 8, 8),))
    monkeypatch.setattr("mutation.catch._examples", lambda stem: [symmetric])
    assert caught({}, "conv") is None
    hidden = [mistake.why for mistake in (*CONV, *WINDOWS) if way_of(mistake, ["examples"]) is None]
    assert {"width before height", "begin pad for end pad", "stride for dilation", "a square kernel is assumed"} <= {
        *hidden
    }
    assert len(hidden) > len((*CONV, *WINDOWS)) // 2


def test_there_are_enough_of_them():
    names = Counter(mistake.edits[0].file for mistake in (*RULES, *EXECUTOR))
    assert names["rules/conv.py"] >= 8
    for stem in ("linear", "pool", "norm", "activation", "merge", "reshape", "region", "attention", "experts"):
        assert names[f"rules/{stem}.py"] >= 5
        assert names[f"execute/{stem}.py"] >= 5
    for stem in ("elementwise", "reduce", "resample", "layout", "einsum", "recurrent"):
        assert names[f"rules/{stem}.py"] >= 5
        assert names[f"execute/{stem}.py"] >= 4
    assert names["execute/conv.py"] >= 8
    assert len(EVERYTHING) >= 200
    assert len({mistake.edits for mistake in EVERYTHING}) == len(EVERYTHING)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (
            Edit("rules/conv.py", "ConvRule.counts", "x + y", "x"),
            "'x + y' is not found in ConvRule.counts of rules/conv.py",
        ),
        (Edit("rules/conv.py", "ConvRule", "inputs", "x"), "'inputs' is found 8 times in ConvRule of rules/conv.py"),
        (Edit("rules/conv.py", "ConvRule.cost", "x", "y"), "rules/conv.py has no ConvRule.cost"),
        (Edit("rules/linear.py", "", "x - y", "x"), "'x - y' is not found in rules/linear.py"),
    ],
)
def test_a_list_that_is_stale_says_so(edit, says):
    with pytest.raises(StaleError) as error:
        planted([edit])
    assert str(error.value) == f"the list of planted mistakes is stale: {says}"


def test_a_mutant_that_is_no_program_is_not_caught_but_refused():
    with pytest.raises(NameError):
        caught(planted([Edit("rules/conv.py", "ConvRule.counts", "(x,) = inputs", "(x,) = outputs")]), "conv")


def test_the_first_world_is_left_as_it_was():
    names = {name: module for name, module in sys.modules.items() if name.startswith("convcost")}
    attributes = dict(vars(convcost))
    finders = list(sys.meta_path)
    example = EXAMPLES[0]
    edits = [Edit("rules/conv.py", "ConvRule.counts", "*op.kernel", "2")]
    with world(planted(edits)) as w:
        assert w.verify.verify_op(example.op, *example.inputs).verdict == "FAIL"
        assert w.verify.verify_op is not verify_op
        assert w.rules.rule_of(example.op) is not names["convcost.rules"].rule_of(example.op)
    with pytest.raises(ImportError), world({"rules/_rule.py": ""}):
        pass
    assert {name: module for name, module in sys.modules.items() if name.startswith("convcost")} == names
    assert vars(convcost) == attributes
    assert sys.meta_path == finders
    assert verify_op(example.op, *example.inputs).verdict == "PASS"
    assert "*op.kernel, *out" in source("rules/conv.py")
    assert np.geterr()["divide"] == "warn"


def test_several_edits_of_one_module_go_together():
    two = Mistake(
        "two",
        (
            Edit("rules/conv.py", "ConvRule.counts", "(x,) = inputs", "(y,) = inputs"),
            Edit("rules/conv.py", "ConvRule.valid", "(x,) = inputs", "(z,) = inputs"),
        ),
    )
    text = planted(two.edits)["rules/conv.py"]
    assert (text.count("(y,) = inputs"), text.count("(z,) = inputs")) == (1, 1)
    assert str(two) == "rules/conv.py-ConvRule.counts-two"
