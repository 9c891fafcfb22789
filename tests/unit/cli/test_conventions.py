"""``--as``, ``convcost conventions`` and what is explained of conventions, from the command line."""

from __future__ import annotations

import json

import pytest

from convcost.conventions import shipped


def test_two_spellings_of_one_option(call):
    one, other = (call("report", "mobilenet_v1", option, "thop", "-f", "json") for option in ("--as", "--convention"))
    assert one == other
    assert json.loads(one.out)["convention"]["name"] == "thop"
    assert json.loads(one.out)["models"][0]["totals"]["mult_adds"] == 588_962_304


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("compare", "mobilenet_v1", "mobilenet_v2", "-f", "csv"), "fvcore"),
        (("sweep", "mobilenet_v1", "--over", "alpha=1/2,1", "-f", "csv"), "578875904"),
        (("solve", "mobilenet_v1", "--for", "alpha", "--budget", "mult_adds <= 578875904", "-f", "csv"), "578875904"),
        (("formula", "mobilenet_v1"), "782 848"),
        (("check", "mobilenet_v1", "--max", "mult_adds=578875904", "-f", "json"), '"headroom": 0'),
    ],
)
def test_commands_that_take_a_convention(call, command, expected):
    outcome = call(*command, "--as", "fvcore")
    assert outcome.code == 0, outcome.err
    assert expected in outcome.out


def test_parameters_are_those_of_the_convention_unless_told(call):
    totals = []
    for more in ((), ("--params", "trainable")):
        outcome = call("report", "mobilenet_v1", "--as", "keras", "-f", "json", *more)
        totals.append(json.loads(outcome.out)["models"][0]["totals"]["params"])
    assert totals == [4_253_864, 4_231_976]


def test_every_convention_can_be_explained_in_80_columns(call):
    for name in (*shipped(), "conventions"):
        outcome = call("explain", name)
        assert outcome.code == 0
        assert all(len(line) <= 80 for line in outcome.out.splitlines()), name


def test_side_by_side_fits_in_80_columns(call):
    outcome = call("conventions", "mobilenet_v3:large", "resnet:18")
    assert outcome.code == 0
    assert all(len(line) <= 80 for line in outcome.out.splitlines())
    assert outcome.out.count("paper ") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("report", "mobilenet_v1", "--as", "fvcor"), "E010 unknown convention 'fvcor' (did you mean 'fvcore'?)\n"),
        (
            ("conventions", "mobilenet_v1", "--written", "mean"),
            "E025 'mean' does not say how something is written (write NAME=WORD)\n",
        ),
        (
            ("conventions", "mobilenet_v1", "--written", "pool=mean"),
            "E754 no convention tells apart how 'pool' is written (did you mean 'pools'?)\n",
        ),
        (("explain", "fvcor"), "E026 there is nothing to explain about 'fvcor' (did you mean 'fvcore'?)\n"),
    ],
)
def test_what_is_wrong_is_said(call, arguments, message):
    outcome = call(*arguments)
    assert (outcome.code, outcome.out, outcome.err) == (2, "", message)
