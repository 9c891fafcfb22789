"""What a network will need, what there is, and what was used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import convcost
from convcost.cost import propagate
from convcost.execute import WitnessError
from convcost.verify import memory, verify
from convcost.verify.memory import BASE, available, forget_peak, needed, peak

MAP = 4 * 16 * 16
MIB = 1 << 20


def graph_of(layers):
    return convcost.loads(f"{{convcost: 1, name: net, input: [4, 16, 16], layers: [{layers}]}}").graph


def outputs(graph):
    """What is needed beside the process itself and the weights, in numbers."""
    derived = propagate(graph)
    weights = [each.weight_elements for each in derived]
    return (needed(graph, derived, kept=True) - BASE) // 4 - sum(weights) - max(weights)


@pytest.mark.parametrize(
    ("layers", "maps"),
    [
        ("relu", 1),  # in the memory of the input
        ("relu, relu, relu", 1),
        ("{maxpool: {kernel: 3, stride: 1, padding: same}}", 2),
        ("{conv: {kernel: 3, out: 4, padding: same}}", 2),
        ("{conv: {kernel: 3, out: 4, padding: same}}, batch_norm, relu", 2),
        ("{conv: {kernel: 3, out: 4, padding: same}}, {conv: {kernel: 3, out: 4, padding: same}}", 2),
        ("{add: [[{conv: {kernel: 3, out: 4, padding: same}}], []]}", 2),  # the sum lies where the convolution does
        ("{add: [[relu, relu], [relu], []]}", 3),
    ],
)
def test_memory_is_used_again(layers, maps):
    assert outputs(graph_of(layers)) == maps * MAP


def test_the_work_of_the_largest_layer():
    graph = graph_of("{conv: {kernel: 3, out: 8, padding: same}}, flatten, {linear: {out: 10, bias: false}}")
    derived = propagate(graph)
    held = MAP + 2 * MAP + 2 * MAP + 10  # the input, the convolution, the same flattened, and the end
    weights, moved = 10 * 2 * MAP, 2 * MAP + 10
    assert needed(graph, derived) == BASE + 4 * (held + weights + 2 * moved)
    conv = 8 * 4 * 9
    plain, transformed = (needed(graph, derived, algorithm=name) for name in ("direct", "winograd4"))
    assert plain == transformed  # the fully connected layer is larger
    assert needed(graph, derived, kept=True) == BASE + 4 * (held + conv + weights + weights)


def test_winograd_transforms_kernels():
    graph = graph_of("{conv: {kernel: 3, out: 256, padding: same}}, {conv: {kernel: 3, out: 512, padding: same}}")
    derived, kernel = propagate(graph), 4 * 512 * 256 * 9
    direct, two, four = (needed(graph, derived, algorithm=name) for name in ("direct", "winograd", "winograd4"))
    assert (two - direct, four - direct) == (4 * kernel, 7 * kernel)


def test_a_batch_needs_more_outputs():
    graph = graph_of("{conv: {kernel: 3, out: 8, padding: same}}")
    one, three = (needed(graph, propagate(graph, batch)) - BASE for batch in (1, 3))
    assert three - one == 4 * 2 * (3 * MAP + 2 * 3 * MAP)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc")
def test_the_peak_is_forgotten():
    block = np.ones(64 * MIB, np.uint8)
    held = peak()
    assert held >= block.nbytes
    del block
    forget_peak()
    assert peak() <= held - 32 * MIB


def planted(monkeypatch, tmp_path, group=()):
    """Let the files of a control group be those of a temporary folder."""
    files = []
    for number, text in enumerate(group):
        files.append(str(tmp_path / str(number)))
        (tmp_path / str(number)).write_text(text)
    monkeypatch.setattr(memory, "CONTROL_GROUPS", [tuple(files)] if files else [])


@pytest.mark.parametrize(
    ("group", "expected"),
    [(("70000000\n", "20000000\n"), 50_000_000), (("10\n", "20\n"), 0), (("max\n", "20\n"), 2**60)],
)
def test_a_container_has_less(monkeypatch, tmp_path, group, expected):
    monkeypatch.setattr(memory, "_table", lambda _: {"MemAvailable": 2**60, "VmSize": 0})
    planted(monkeypatch, tmp_path, group)
    assert available() == expected


def test_a_process_has_less(monkeypatch, tmp_path):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(memory, "_table", lambda _: {"MemAvailable": 2**60, "VmSize": 3 * MIB})
    monkeypatch.setattr(resource, "getrlimit", lambda _: (10 * MIB, resource.RLIM_INFINITY))
    planted(monkeypatch, tmp_path)
    assert available() == 7 * MIB


def test_a_system_that_does_not_tell(monkeypatch, tmp_path):
    def nothing(_):
        raise FileNotFoundError

    monkeypatch.setattr(memory, "_table", nothing)
    monkeypatch.setitem(sys.modules, "resource", None)
    planted(monkeypatch, tmp_path)
    assert available() is None
    assert peak() is None


def test_what_does_not_fit_is_unverified(monkeypatch):
    monkeypatch.setattr("convcost.verify.network.available", lambda: 64 * MIB)
    verification = verify(graph_of("relu"))
    assert verification.verdict == "UNVERIFIED"
    assert [layer.reason for layer in verification.layers] == [
        "needs about 96.02 MiB of memory, and 64.00 MiB are available"
    ]


def test_nobody_knows_what_is_available(monkeypatch):
    monkeypatch.setattr("convcost.verify.network.available", lambda: None)
    assert verify(graph_of("relu")).verdict == "PASS"


@pytest.mark.parametrize("wrapped", [False, True])
def test_memory_that_runs_out_is_unverified(monkeypatch, wrapped):
    def run(*_, **__):
        error = MemoryError()
        if wrapped:
            raise WitnessError("E605", "relu cannot be run on (1, 4, 16, 16): out of memory") from error
        raise error

    monkeypatch.setattr("convcost.verify.network.run", run)
    verification = verify(graph_of("relu"))
    assert {layer.reason for layer in verification.layers} == {
        "ran out of memory, and was thought to need about 96.02 MiB"
    }


def test_another_error_of_a_witness_is_raised(monkeypatch):
    def run(*_, **__):
        raise WitnessError("E606", "relu tallied this, and NumPy performed that")

    monkeypatch.setattr("convcost.verify.network.run", run)
    with pytest.raises(WitnessError):
        verify(graph_of("relu"))


def test_a_large_network_says_so_before(monkeypatch):
    monkeypatch.setattr("convcost.verify.network.LARGE", 96 * MIB)
    told = []
    verification = verify(graph_of("relu"), large=told.append, progress=lambda _: told.append("run"))
    assert told == [96 * MIB + 4 * (MAP + 2 * (MAP + MAP)), "run", "run"]
    assert verification.verdict == "PASS"


def test_a_batch_is_verified():
    graph = graph_of("{conv: {kernel: 3, out: 8, padding: same}}, batch_norm, relu")
    one, three = verify(graph), verify(graph, batch=3)
    assert three.verdict == "PASS"
    assert three.mult_adds == 3 * one.mult_adds


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="the system keeps no peak of a while")
@pytest.mark.parametrize("spec", ["vgg@resolution=32", "densenet@resolution=64"])
def test_the_estimate_is_not_below_the_peak(spec):
    command = [sys.executable, "-m", "convcost", "verify", spec, "--threads", "1", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (shown,) = json.loads(done.stdout)["verifications"]
    graph = convcost.load(spec).graph
    assert shown["peak_bytes"] <= needed(graph, propagate(graph)) <= 3 * shown["peak_bytes"]
