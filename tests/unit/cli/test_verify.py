"""``convcost verify``: progress, batches, small inputs, threads, memory."""

from __future__ import annotations

import json
import os
import re

import pytest

from convcost.cli import threads as threads_module
from convcost.cli.threads import use_threads
from convcost.errors import UsageError
from convcost.model import load, loads
from convcost.studies.smallest import smallest

TAKEN = r"[\d.]+ s(, \d+ MiB)?"


@pytest.fixture
def two_shipped(monkeypatch):
    monkeypatch.setattr("convcost.spec.catalog.names", lambda: ["mobilenet_v1_shallow", "shufflenet_v1"])


def test_all_tells_what_was_taken(call, two_shipped):
    done = call("verify", "--all", "--small")
    assert done.code == 0
    lines = done.out.splitlines()
    assert re.fullmatch(
        r"PASS mobilenet_v1_shallow@resolution=32: 53 of 53 ops as derived, "
        rf"[\d,]+ mult-adds performed, {TAKEN}",
        lines[0],
    )
    networks = len(lines) - 2
    assert re.fullmatch(
        rf"{networks} of {networks} networks verified in [\d.:]+ (s|min)(, with at most \d+ MiB of memory)?", lines[-2]
    )
    assert lines[-1].endswith("published figures as their claims say")
    told = done.err.splitlines()
    assert len(told) == networks
    assert re.fullmatch(rf" ?1/{networks}  PASS  mobilenet_v1_shallow@resolution=32, {TAKEN}", told[0])


def test_without_all_nothing_is_told_of_time(call, tiny):
    done = call("verify", tiny, tiny)
    assert done.err == ""
    line = f"PASS {tiny}: 3 of 3 ops as derived, 6,952 mult-adds performed\n"
    assert done.out == 2 * line + "2 of 2 networks verified\n"


def test_a_batch(call, tiny):
    done = call("verify", tiny, "--batch", 3, "--format", "json")
    (shown,) = json.loads(done.out)["verifications"]
    assert shown["verdict"] == "PASS"
    assert shown["totals"]["mult_adds"] == 3 * 6952
    assert shown["peak_bytes"] is None or shown["peak_bytes"] > 10**7


def test_a_network_that_does_not_fit(call, tiny, monkeypatch):
    monkeypatch.setattr("convcost.verify.network.available", lambda: 10**6)
    monkeypatch.setattr("convcost.verify.network.LARGE", 10**6)
    done = call("verify", tiny, tiny)
    assert done.code == 1
    assert done.err == 2 * f"{tiny} needs about 96.01 MiB of memory\n"
    assert done.out == (
        2
        * (
            f"UNVERIFIED {tiny}: 0 of 3 ops as derived; 3 UNVERIFIED, first stem: "
            "needs about 96.01 MiB of memory, and 976.56 KiB are available\n"
        )
        + "0 of 2 networks verified\n"
    )


def test_standard_input(python):
    spec = "{convcost: 1, name: net, hyperparameters: {c: 4}, input: [3, 8, 8], layers: [{pointwise: {out: c}}]}"
    done = python("", "convcost", "verify", "-@c=5", command=("-m",), text_input=spec)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[3] == "PASS -@c=5: 1 of 1 ops as derived, 960 mult-adds performed"


# ------------------------------------------------------------------------------------------------------- small inputs


@pytest.mark.parametrize(
    ("spec", "label"),
    [
        ("mobilenet_v1", "mobilenet_v1@resolution=32"),
        ("mobilenet_v1@alpha=1/2,resolution=160", "mobilenet_v1@alpha=1/2,resolution=32"),
        ("efficientnet:b3", "efficientnet:b3@resolution=32"),
        ("alexnet", "alexnet@resolution=63"),
        ("squeezenet", "squeezenet@resolution=32"),
        ("faster_rcnn_mobilenet", "faster_rcnn_mobilenet@resolution=32,proposals=1"),
        ("multimodel:wmt", "multimodel:wmt@resolution=32,source_length=32,length=32"),
    ],
)
def test_the_smallest_input(spec, label):
    model = load(spec)
    small = smallest(model)
    assert small.label == label
    assert small.architecture is model.architecture
    changed = {name for name in model.values if small.values[name] != model.values[name]}
    assert changed <= {"resolution", "proposals", "source_length", "length"}


def test_one_less_cannot_be_built():
    with pytest.raises(Exception, match="E4"):
        _ = load("alexnet@resolution=62").graph


def spec_with(hyperparameter, extent="r", layers="[{conv: {kernel: 3, out: 4}}]"):
    return loads(
        f"{{convcost: 1, name: net, hyperparameters: {{r: {hyperparameter}, n: 7}}, "
        f"input: [3, {extent}, 16], layers: {layers}}}"
    )


@pytest.mark.parametrize(
    ("hyperparameter", "extent", "smallest_value"),
    [
        ("64", "r", 32),
        ("20", "r", 20),  # is small already
        ("{default: 96, range: [48, 200]}", "r", 48),
        ("{default: 96, range: [48, 200], multiple_of: 32}", "r", 64),
        ("{default: 2, integer: false}", "32*r", 2),
        ("100", "2*r", 32),
        ("100", "17", 100),
    ],
)
def test_what_a_hyperparameter_allows(hyperparameter, extent, smallest_value):
    assert smallest(spec_with(hyperparameter, extent)).values["r"] == smallest_value


def test_regions_become_one_and_channels_do_not():
    layers = "[{conv: {kernel: 3, out: n}}, {crop: {size: 2, count: n}}]"
    assert smallest(spec_with("64", layers=layers)).values["n"] == 7  # the channels say n, too
    layers = "[{conv: {kernel: 3, out: 4}}, {crop: {size: 2, count: n}}]"
    assert smallest(spec_with("64", layers=layers)).values["n"] == 1


# ------------------------------------------------------------------------------------------------------------- threads


@pytest.fixture
def environment(monkeypatch):
    for name in threads_module.VARIABLES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)  # whatever is set meanwhile is put back as it was
    monkeypatch.delitem(threads_module.sys.modules, "numpy", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)


@pytest.mark.parametrize(("asked", "blas", "lanes"), [(None, None, 3), (None, "1", 3), (None, "2", 1), (5, "2", 5)])
def test_threads_are_chosen_before_numpy_is_loaded(environment, monkeypatch, asked, blas, lanes):
    if blas:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", blas)
    assert use_threads(asked) == lanes
    if lanes > 1:
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_many_processors_are_not_all_used(environment, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert use_threads() == 4


@pytest.mark.parametrize(("asked", "blas", "lanes"), [(None, None, 1), (None, "1", 1), (2, "1", 2)])
def test_numpy_is_loaded_already(environment, monkeypatch, asked, blas, lanes):
    monkeypatch.setitem(threads_module.sys.modules, "numpy", object())
    if blas:
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", blas)
    assert use_threads(asked) == lanes


def test_it_is_too_late_for_threads(environment, monkeypatch):
    monkeypatch.setitem(threads_module.sys.modules, "numpy", object())
    with pytest.raises(UsageError) as caught:
        use_threads(2)
    assert str(caught.value) == (
        "E680 the number of threads cannot be changed once NumPy is loaded "
        "(set OPENBLAS_NUM_THREADS=1 before Python starts, or call convcost from a shell)"
    )


@pytest.mark.parametrize("command", ["verify", "bench"])
def test_threads_from_a_shell(python, tiny, command):
    done = python("", "convcost", command, tiny, "--threads", 2, command=("-m",))
    assert (done.returncode, done.stderr) == (0, "")


# ----------------------------------------------------------------------------------------------------------- live table


def test_the_live_table():
    import io

    from rich.console import Console

    from convcost.report.live import LATEST, Board
    from convcost.verify import Verification

    stream = io.StringIO()
    with Board(stream, 20) as board:
        for number in range(LATEST + 2):
            board.begin(f"network{number}", 3)
            board.step()
            board.end(Verification(f"network{number}", (), 1.5, (100 + number) << 20))
        board.say("the next one is large")
        board.begin("running", 7)
        board.step()
        drawn = Console(file=io.StringIO(), width=80)
        with drawn.capture() as captured:
            drawn.print(board.drawn())
    lines = captured.get().splitlines()
    assert lines[0].split() == ["Network", "Ops", "Time", "Peak", "memory"]
    assert lines[1].split() == ["network2", "0", "1.50", "s", "102", "MiB", "PASS"]
    assert lines[LATEST].split() == [f"network{LATEST + 1}", "0", "1.50", "s", f"{101 + LATEST}", "MiB", "PASS"]
    assert re.fullmatch(r"running +1/7 +0\.\d\d s +running *", lines[LATEST + 1])
    assert re.fullmatch(r"12 of 20 networks, 0\.\d\d s, at most 111 MiB *", lines[LATEST + 2])
    assert "the next one is large" in stream.getvalue()
