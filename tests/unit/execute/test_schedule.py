"""Lanes wait where they share memory: whatever order they come in, what is computed is the same."""

import gc
from itertools import product

import numpy as np
import pytest

from convcost.execute.plan import Plan
from convcost.execute.schedule import Signal, follow, programs
from convcost.execute.weights import Tiles
from convcost.graph import Graph, Node
from convcost.ops import BatchNorm, Conv, GlobalAvgPool, Input, Linear, MaxPool, Mul, Relu, Sigmoid, Softmax

NETWORK = Graph(
    "lanes",
    (
        Node("image", Input((3, 64, 64))),
        Node("stem", Conv((3, 3), out=32, padding=1), (0,)),
        Node("stem/norm", BatchNorm(), (1,)),
        Node("stem/act", Relu(), (2,)),
        Node("depthwise", Conv((3, 3), out=32, padding=1, groups=32), (3,)),
        Node("pointwise", Conv((1, 1), out=32), (4,)),  # lies where the stem did, of which others may still read
        Node("again", Conv((3, 3), out=32, padding=1, groups=32), (5,)),
        Node("pointwise again", Conv((1, 1), out=32), (6,)),
        Node("pool", MaxPool((3, 3), stride=(2, 2), padding=1), (7,)),
        Node("wide", Conv((1, 1), out=64), (8,)),
        Node("squeeze", GlobalAvgPool(), (9,)),
        Node("gate", Sigmoid(), (10,)),
        Node("gated", Mul(), (9, 11)),
        Node("down", Conv((3, 3), out=64, stride=(4, 4)), (12,)),  # fewer places than channels: lanes divide these
        Node("deep", Conv((3, 3), out=256, padding=1), (13,)),
        Node("deep/act", Relu(), (14,)),
        Node("last", GlobalAvgPool(), (15,)),
        Node("classifier", Linear(300, bias=True), (16,)),
        Node("shares", Softmax(), (17,)),  # no kernel: a call that does not show its arrays
    ),
    output=18,
)


@pytest.fixture
def plan(monkeypatch):
    monkeypatch.setattr("convcost.execute.steps.LANE_NUMBERS", 1)
    monkeypatch.setattr("convcost.execute.steps.BAND_PLACES", 200)
    monkeypatch.setattr("convcost.execute.steps.BAND_BYTES", 1)
    plan = Plan(NETWORK, Tiles(3), threads=3)
    plan.run()
    return plan


def image(seed):
    return {"image": np.random.default_rng(seed).standard_normal((1, 3, 64, 64), dtype=np.float32)}


def interleaved(lanes, order):
    """Do what lanes do in one thread: the first of an order that need not wait goes on, as far as it can."""
    owners = {id(call.wait): call for lane in lanes for call in lane if isinstance(call, Signal)}
    given = set()
    left = [list(lane) for lane in lanes]
    while any(left):
        for lane in order:
            done = 0
            for call in left[lane]:
                if id(call) in owners and id(owners[id(call)]) not in given:
                    break
                if isinstance(call, Signal):
                    given.add(id(call))
                elif id(call) not in owners:
                    call()
                done += 1
            if done:
                del left[lane][:done]
                break
        else:
            pytest.fail("every lane waits for another")


ORDERS = [(0, 1, 2), (2, 1, 0), (1, 2, 0)]


@pytest.mark.parametrize("order", ORDERS)
def test_any_order_computes_the_same(plan, order):
    plan.run(image(1))
    expected = [step.out.inner.copy() for step in plan.steps[-2:]]
    plan.run(image(2))
    assert not np.array_equal(plan.steps[-2].out.inner, expected[0])
    plan.compiler.given = image(1)
    interleaved(programs(plan.steps, 3), order)
    for step, values in zip(plan.steps[-2:], expected, strict=True):
        np.testing.assert_array_equal(step.out.inner, values)


@pytest.mark.parametrize("order", ORDERS[1:])
def test_without_waiting_it_does_not(plan, order):
    plan.run(image(1))
    expected = plan.output.copy()
    plan.run(image(2))
    plan.compiler.given = image(1)
    waits = [[call.wait for call in lane if isinstance(call, Signal)] for lane in programs(plan.steps, 3)]
    assert sum(map(len, waits)) > 10
    for lane in order:
        for kind in ("prepared", "calls", "parts_of", "bands_of"):
            for step in plan.steps:
                calls = getattr(step, kind)
                for call in calls[lane] if kind.endswith("_of") else calls if lane == 0 else []:
                    call()
    assert not np.array_equal(plan.output, expected)


def test_each_signal_is_given_once_and_awaited_once_and_later(plan):
    lanes = programs(plan.steps, 3)
    given = [id(call.wait) for lane in lanes for call in lane if isinstance(call, Signal)]
    awaited = [id(call) for lane in lanes for call in lane if id(call) in set(given)]
    assert sorted(given) == sorted(awaited)
    assert len(set(given)) == len(given)
    calls = sum(len(lane) for lane in lanes) - 2 * len(given)
    steps = plan.steps
    assert calls == sum(
        len(step.prepared) + len(step.calls) + sum(map(len, (*step.parts_of, *step.bands_of))) for step in steps
    )


def test_lanes_do_not_wait_after_every_step(plan):
    lanes = programs(plan.steps, 3)
    apart = [step for step in plan.steps if NETWORK.nodes[step.nodes[0]].name == "wide"]
    (own,) = (set(map(id, step.bands_of[1])) for step in apart)
    places = [number for number, call in enumerate(lanes[1]) if id(call) in own]
    owners = {id(call.wait) for lane in lanes for call in lane if isinstance(call, Signal)}
    assert not any(id(call) in owners for call in lanes[1][places[0] + 1 : places[-1]])


def test_three_threads_give_what_one_gives(plan):
    for seed, again in product((1, 2), range(5)):
        alone = Plan(NETWORK, Tiles(3), once=True)  # its kernels are laid out otherwise
        assert plan.run(image(seed)) == alone.run(image(seed)), again
        np.testing.assert_allclose(plan.output, alone.output, rtol=1e-4)


def test_who_fails_keeps_nobody_waiting():
    signal, said = Signal(), []

    def fail():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        follow([lambda: said.append("before"), fail, lambda: said.append("after"), signal])
    assert signal.wait(False)
    assert said == ["before"]


def test_a_plan_that_failed_runs_again_by_new_programs(plan, monkeypatch):
    """Some signals of the old ones were given, and nobody has waited for them."""
    made = []
    monkeypatch.setattr("convcost.execute.plan.programs", lambda *given: made.append(programs(*given)) or made[-1])
    expected = plan.run(image(1))
    assert plan.run(image(1)) == expected
    assert len(made) == 1
    with pytest.raises(Exception, match="the input has the shape"):
        plan.run({"image": np.ones((1, 3, 8, 8), np.float32)})
    assert plan.run(image(1)) == expected
    assert len(made) == 2


def test_threads_end_with_the_plan():
    plan = Plan(NETWORK, Tiles(3), threads=3)
    plan.run()
    threads = [helper.thread for helper in plan._team.helpers]
    assert all(thread.is_alive() for thread in threads)
    del plan
    gc.collect()
    for thread in threads:
        thread.join(10)
    assert not any(thread.is_alive() for thread in threads)
