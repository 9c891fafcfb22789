"""Benchmarks: sums and verdicts, with a clock that is planted; nothing here waits for a real one."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import count

import pytest

import convcost
from convcost.errors import UsageError
from convcost.execute import Timed, Timing, run, time_network
from convcost.ops import Input
from convcost.report.bench import document
from convcost.report.formats import render
from convcost.verify.bench import Bench, Share, bench
from convcost.verify.machine import ROUNDS, SECOND, Machine, measure

SPEC = """\
convcost: 1
name: small
input: [3, 12, 12]
defaults: {padding: same, bias: false, norm: batch, activation: relu}
layers:
  - conv: {kernel: 3, out: 8}
  - depthwise: {kernel: 3}
  - add: [[pointwise: {out: 8, activation: none}], []]
  - global_avgpool
  - linear: {out: 5, bias: true}
"""


@pytest.fixture(autouse=True)
def small_machine(monkeypatch):
    """What the machine is measured with takes long, and is nothing that these tests look at."""
    monkeypatch.setattr("convcost.verify.machine.PRODUCTS", PRODUCTS)
    monkeypatch.setattr("convcost.verify.machine.COPIED", COPIED)


@pytest.fixture(scope="module")
def graph():
    return convcost.loads(SPEC).graph


PRODUCTS = ((2, 3, 5), (3, 5, 7))
COPIED = 1024


def ticking():
    return count(step=1000).__next__


@pytest.fixture
def benched(graph):
    return bench(graph, repeat=3, clock=ticking())


def test_a_step_is_what_runs_together(graph, benched):
    names = [node.name for node in graph.nodes if not isinstance(node.op, Input)]
    assert [op for step in benched.steps for op in step.ops] == names
    assert benched.steps[0].ops[0] == "conv1/conv"
    assert len(benched.steps) < len(names)


def test_each_run_is_timed_and_the_first_is_not(graph):
    told = []
    timing = time_network(graph, 4, clock=ticking(), on_run=told.append)
    assert {step.nanoseconds for step in timing.steps} == {(1000,) * 4}
    assert told == [0, 1, 2, 3, 4]


def test_the_evidence_is_that_of_a_run(graph):
    assert list(time_network(graph, 1).executed) == run(graph)


@pytest.mark.parametrize("by", ["layer", "block", "stage", "kind", "op"])
def test_parts_sum_to_the_total(graph, benched, by):
    parts = benched.by(by)
    total = benched.total
    for key in ("nanoseconds", "mult_adds", "bytes"):
        assert sum(getattr(part, key) for part in parts) == getattr(total, key)
    assert sorted(op for part in parts for op in part.ops) == sorted(total.ops)
    assert total.nanoseconds == 1000 * len(benched.steps)
    assert total.mult_adds == convcost.loads(SPEC).analyze().total("mult_adds")


def test_time_is_a_median_and_runs_are_sums(graph, monkeypatch):
    nodes = [(index,) for index in range(len(graph.nodes))]
    times = {0: (5, 5, 5, 5), 1: (40, 10, 30, 20)}  # the first is the input, whose time is not that of a layer
    steps = tuple(Timed(each, times.get(each[0], (1, 2, 3, 4))) for each in nodes)
    timing = Timing(tuple(run(graph)), steps)
    monkeypatch.setattr("convcost.verify.bench.time_network", lambda *_, **__: timing)
    result = bench(graph, repeat=4, clock=ticking())
    assert result.steps[0].nanoseconds == 20
    assert result.steps[1].nanoseconds == 2
    others = len(nodes) - 2
    assert result.runs == (40 + others, 10 + 2 * others, 30 + 3 * others, 20 + 4 * others)


def test_where_the_clock_sees_nothing_there_is_no_rate(graph):
    result = bench(graph, repeat=1, clock=lambda: 0)
    assert result.runs == (0,)
    assert result.total.rate is None
    assert result.total.of_peak(result.machine) is None
    assert result.total.of_roof(result.machine) is None
    assert (
        render(document(result), "csv").splitlines()[-1] == "paper,small,total,0.000000,1.000000,,,,,1.613897,compute"
    )


def test_bytes_are_what_has_to_move(benched):
    first, depthwise, pointwise, pool, linear = benched.steps
    image, channels = 12 * 12 * 3, 12 * 12 * 8
    assert first.bytes == 4 * (image + channels + 8 * 3 * 9 + 4 * 8)  # the kernel, four numbers a channel of the norm
    assert depthwise.bytes == 4 * (channels + channels + 8 * 9 + 4 * 8)
    assert pointwise.bytes == 4 * (channels + channels + 8 * 8 + 4 * 8)  # the sum takes what the convolution takes
    assert pool.bytes == 4 * (channels + 8)
    assert linear.bytes == 4 * (8 + 5 + 8 * 5 + 5)


def test_a_batch_moves_more_maps_and_the_same_weights(graph, benched):
    twice = bench(graph, repeat=1, batch=2, clock=ticking())
    assert twice.total.mult_adds == 2 * benched.total.mult_adds
    pool, linear = twice.steps[-2:]
    assert pool.bytes == 2 * benched.steps[-2].bytes
    assert linear.bytes == 4 * (2 * (8 + 5) + 8 * 5 + 5)


MACHINE = Machine(peak=Fraction(1000), bandwidth=Fraction(100))


@pytest.mark.parametrize(
    ("mult_adds", "moved", "bound", "of_peak", "of_roof"),
    [
        (1000, 10, "compute", Fraction(1, 2), Fraction(1, 2)),
        (1000, 100, "compute", Fraction(1, 2), Fraction(1, 2)),  # at the ridge
        (1000, 101, "memory", Fraction(1, 2), Fraction(101, 200)),
        (500, 100, "memory", Fraction(1, 4), Fraction(1, 2)),
        (0, 100, "memory", Fraction(0), Fraction(1, 2)),
        (100, 400, "memory", Fraction(1, 20), Fraction(2)),  # faster than memory: it was in a cache
    ],
)
def test_the_roofline(mult_adds, moved, bound, of_peak, of_roof):
    share = Share("layer", 2 * SECOND, mult_adds, moved)
    assert share.bound(MACHINE) == bound
    assert share.of_peak(MACHINE) == of_peak
    assert share.of_roof(MACHINE) == of_roof


def test_nothing_moved_is_no_intensity():
    assert Share("identity", 0, 0, 0).intensity == 0


@pytest.mark.parametrize("threads", [1, 2])
def test_the_machine_is_measured_by_the_clock(threads):
    machine = measure(threads, clock=ticking())
    rows, inner, columns = max(PRODUCTS)
    assert machine.peak == Fraction(SECOND * threads * rows * inner * columns, 1000)
    assert machine.bandwidth == Fraction(SECOND * threads * 2 * COPIED, 1000)


def test_the_best_round_counts():
    first = [1, *[900] * (ROUNDS - 1), 400]  # the round that warms up does not count, however fast
    ends = [*first, *[9000] * (ROUNDS + 1) * len(PRODUCTS)]
    times = iter([tick for end in ends for tick in (0, end)])
    assert measure(clock=times.__next__).peak == Fraction(SECOND * 2 * 3 * 5, 400)


def test_better_takes_the_higher_of_each():
    other = Machine(Fraction(1), Fraction(200))
    assert MACHINE.better(other) == Machine(Fraction(1000), Fraction(200))


@pytest.fixture
def planted():
    """A benchmark of a network in which the depthwise layer takes most of the time."""
    spec = """
convcost: 1
name: net
input: [3, 8, 8]
layers:
  - {conv: {kernel: 3, out: 4}, name: stem}
  - {depthwise: {kernel: 3}, name: deep}
  - {global_avgpool: {}, name: pool}
"""
    steps = (
        Share("stem", 1_000_000, 9_000_000, 800_000, ("stem",)),
        Share("deep", 3_000_000, 1_000_000, 1_000_000, ("deep",)),
        Share("pool", 500_000, 0, 50_000, ("pool",)),
    )
    machine = Machine(peak=Fraction(20 * 10**9), bandwidth=Fraction(2**32))
    runs = (4_000_000, 6_000_000, 5_000_000)
    return Bench("net", convcost.loads(spec).graph, steps, machine, runs, 1, 2)


def test_the_table(planted):
    assert (
        render(document(planted))
        == """\
Run in NumPy and timed: what this machine makes of the network, not what the
network costs

net: 5.00 ms, 4.00 to 6.00; 3 runs of 1 image on 2 threads
Matrix products reach 20.00 B mult-adds/s here, copies 4.00 GiB/s; from 4.66
mult-adds a byte on multiplying is what takes time.

                       Share of            Reached of
Layer    ms  mult-adds     time   B/s    peak    roof  /byte  Bound
stem   1.00     90.0 %   22.2 %  9.00  45.0 %  45.0 %   11.3  compute
deep   3.00     10.0 %   66.7 %  0.33   1.7 %   7.8 %   1.00  memory
pool   0.50      0.0 %   11.1 %  0.00   0.0 %   2.3 %   0.00  memory
─────────────────────────────────────────────────────────────────────
Total  4.50    100.0 %  100.0 %  2.22  11.1 %  11.1 %   5.41  compute

deep has 10.0 % of the mult-adds and takes 66.7 % of the time, 6.67 times as
  much; at 1.00 mult-adds a byte the roofline allows 21.5 % of the peak
Norms, activations and sums that run together with the layer before are timed
  with it. Bytes are what has to be read and written; what a cache holds moves
  faster, so that the roof can be exceeded.
"""
    )


def test_json(planted):
    body = json.loads(render(document(planted), "json"))
    (shown,) = body["benchmarks"]
    assert (shown["name"], shown["batch"], shown["threads"]) == ("net", 1, 2)
    assert shown["nanoseconds_of_runs"] == [4_000_000, 6_000_000, 5_000_000]
    assert shown["peak_mult_adds_a_second"] == 20 * 10**9
    assert shown["copied_bytes_a_second"] == 2**32
    assert shown["rows"][1] == {
        "layer": "deep",
        "milliseconds": 3.0,
        "mult_adds_share": "1/10",
        "time_share": "2/3",
        "billions_a_second": 0.333333,
        "peak_share": "1/60",
        "roof_share": "1953125/25165824",
        "mult_adds_a_byte": 1.0,
        "bound": "memory",
    }
    assert sum(Fraction(row["time_share"]) for row in shown["rows"]) == 1


def test_nothing_is_said_of_a_network_without_mult_adds():
    graph = convcost.loads("{convcost: 1, name: pool, input: [3, 8, 8], layers: [global_avgpool]}").graph
    shown = document(bench(graph, repeat=1, clock=ticking()))
    (section,) = shown.sections
    assert [row.cells[2] for row in section.table.rows] == [None]
    assert len(section.notes) == 1


def test_a_wrong_grouping(benched):
    with pytest.raises(UsageError) as caught:
        benched.by("colour")
    assert str(caught.value) == "E013 cannot group by 'colour' (one of layer, block, stage, kind, op)"


def test_no_runs(graph):
    with pytest.raises(UsageError) as caught:
        bench(graph, repeat=0)
    assert str(caught.value) == "E682 0 runs take no time (a network is run at least once)"


def test_not_enough_memory(graph, monkeypatch):
    monkeypatch.setattr("convcost.verify.bench.available", lambda: 64 << 20)
    with pytest.raises(UsageError) as caught:
        bench(graph)
    assert str(caught.value) == (
        "E681 small needs about 96.01 MiB of memory, and 64.00 MiB are available (a smaller batch or input needs less)"
    )
