"""A plan is compiled once and runs again, with any number of threads, fused or not, and says the same."""

import numpy as np
import pytest

from convcost.execute import WitnessError, run
from convcost.execute.plan import Plan
from convcost.execute.tally import Tally
from convcost.execute.weights import Tiles
from convcost.graph import Graph, Node
from convcost.ops import (
    Add,
    AvgPool,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Identity,
    Input,
    Linear,
    MaxPool,
    Mul,
    Relu,
    Reshape,
    Sigmoid,
    Silu,
    Softmax,
    Transpose,
)

MIXED = Graph(
    "mixed",
    (
        Node("image", Input((3, 23, 37))),
        Node("stem", Conv((3, 5), out=8, stride=(2, 3), padding="same"), (0,)),
        Node("stem/norm", BatchNorm(), (1,)),
        Node("stem/act", Relu(), (2,)),
        Node("pool", MaxPool((3, 3), stride=1, padding=1), (3,)),  # wants another border than its neighbour
        Node("narrow", Conv((3, 3), out=4, padding=1, groups=2, bias=True), (3,)),
        Node("both", Concat(), (4, 5)),
        Node("shuffled", ChannelShuffle(3), (6,)),
        Node("depthwise", Conv((3, 3), out=12, padding=1, groups=12), (7,)),
        Node("depthwise/act", Silu(), (8,)),
        Node("squeeze", GlobalAvgPool(), (9,)),
        Node("excite", Conv((1, 1), out=12, bias=True), (10,)),
        Node("gate", Sigmoid(), (11,)),
        Node("gated", Mul(), (12, 9)),
        Node("kept", Identity(), (13,)),
        Node("turned", Transpose((1, 3, 2)), (14,)),  # no kernel: a view of its input
        Node("back", Transpose((1, 3, 2)), (15,)),
        Node("join", Add(), (16, 7)),
        Node("join/act", Relu(), (17,)),
        Node("mean", AvgPool((2, 2), stride=2, padding=(0, 1, 1, 0), ceil=True), (18,)),
        Node("dropped", Dropout(), (19,)),
        Node("flat", Flatten(), (20,)),
        Node("classifier", Linear(10), (21,)),
        Node("folded", Reshape((2, 5)), (22,)),
        Node("shares", Softmax(), (23,)),
    ),
    output=24,
)


def test_the_plan_says_what_plain_executors_say():
    plain = run(MIXED, batch=2, keep=True, plain=True)
    kept = run(MIXED, batch=2, keep=True)
    assert kept == plain == run(MIXED, batch=2)
    for seen, expected in zip(kept, plain, strict=True):
        np.testing.assert_allclose(seen.output, expected.output, rtol=2e-5, atol=2e-5)


def test_an_audited_plan_says_so_too():
    assert run(MIXED, audit=True) == run(MIXED, plain=True)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_a_plan_runs_again(threads):
    plan, alone = Plan(MIXED, Tiles(7), batch=2, threads=threads), Plan(MIXED, Tiles(7), batch=2, once=True)
    image = np.random.default_rng(1).standard_normal((2, 3, 23, 37), dtype=np.float32)
    first = plan.run()
    output = plan.output.copy()
    assert plan.run({"image": image}) == first == alone.run()
    other = plan.output.copy()
    assert plan.run() == first
    np.testing.assert_array_equal(plan.output, output)
    np.testing.assert_allclose(alone.output, output, rtol=1e-5)  # bands of other heights round otherwise
    assert not np.array_equal(other, output)
    assert alone.steps == []


def test_nodes_whose_output_only_the_next_takes_run_together():
    plan = Plan(MIXED, Tiles(0))
    plan.run()
    together = [[MIXED.nodes[index].name for index in step.nodes] for step in plan.steps]
    assert together[1] == ["stem", "stem/norm", "stem/act"]
    assert ["excite", "gate"] not in together[:1]
    assert ["excite", "gate"] in together
    assert ["depthwise", "depthwise/act"] in together
    assert ["join", "join/act"] in together
    apart = Plan(MIXED, Tiles(0), fuse=False)
    apart.run()
    assert [step.nodes for step in apart.steps] == [(index,) for index in range(len(MIXED.nodes))]


def test_evidence_is_that_of_the_run_and_not_of_one_before(monkeypatch):
    plan = Plan(MIXED, Tiles(0))
    first = plan.run()
    count = Tally.count
    monkeypatch.setattr(
        Tally, "count", lambda self, primitive, times, *share: count(self, primitive, 2 * times, *share)
    )
    second = plan.run()
    assert [seen.all for seen in second] == [seen.all * 2 for seen in first]
    monkeypatch.undo()
    assert plan.run() == first


def test_memory_is_used_again():
    layers = [Node("image", Input((4, 9, 9)))]
    layers += [Node(f"conv{i}", Conv((3, 3), out=4, padding=1), (i,)) for i in range(50)]
    plan = Plan(Graph("deep", tuple(layers), output=50), Tiles(0))
    plan.run()
    maps = {step.out.data.ctypes.data for step in plan.steps}
    assert len(maps) == 3  # the last one has no border


def test_what_a_helper_raises_is_raised():
    plan = Plan(MIXED, Tiles(0), threads=2)
    plan.run()

    def fail():
        raise ValueError("in the other thread")

    plan.steps[1].bands_of[1][:] = [fail]
    with pytest.raises(ValueError, match="in the other thread"):
        plan.run()


def test_an_unknown_input_is_named():
    with pytest.raises(WitnessError, match="'picture' is not an input of mixed"):
        Plan(MIXED, Tiles(0)).run({"picture": np.ones(3)})
