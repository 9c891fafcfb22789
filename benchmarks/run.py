"""Every speed we promise, measured in one run: ``python benchmarks/run.py``.

Times are compared as ratios within the run, for the machine may be shared and noisy; each time is the best of several
interleaved repetitions. Nothing here is part of the test suite.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CONVCOST = (sys.executable, "-m", "convcost")
IMPORTS = (sys.executable, "-c", "import click, rich.console, rich.table, yaml")
SYMPY = (sys.executable, "-c", "import sympy")
CLICK = (sys.executable, "-c", "import click")
SPECS_OF_A_DIRECTORY = """
import pathlib, sys
from convcost import shipped
from convcost.cli import main
shipped.root = lambda: pathlib.Path(sys.argv[1])
main(["specs"])
"""
SPECS_IN = (sys.executable, "-c", SPECS_OF_A_DIRECTORY)
"""``convcost specs`` on the specs of a directory."""


ENVIRONMENT = {**os.environ, "COLUMNS": "80", "PYTHONPYCACHEPREFIX": tempfile.mkdtemp(prefix="convcost-pyc-")}
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
"""Bytecode is cached for every package alike, as it is after an installation; the first round fills the cache."""


def seconds(command: Sequence[str]) -> float:
    """Run a command and return its wall time; its output goes nowhere, an error ends the run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - started


def best(commands: dict[str, Sequence[str]], repetitions: int) -> dict[str, float]:
    """Return the best time of each command; they take turns, so that noise meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: min(measured) for name, measured in times.items()}


def line(what: str, measured: float, limit: float | None = None, unit: str = "×") -> None:
    """Print one figure, and whether it is within what is promised."""
    promise = ""
    if limit is not None:
        promise = f"  (promised: at most {limit:g} {unit})  {'ok' if measured <= limit else 'OVER'}"
    print(f"  {what:<58} {measured:8.2f} {unit}{promise}", flush=True)


def start_up(repetitions: int) -> None:
    """Commands of one spec against imports alone."""
    print("Start-up, best of", repetitions)
    times = best(
        {
            "imports": IMPORTS,
            "sympy": SYMPY,
            "json": (*CONVCOST, "report", "mobilenet_v1", "--format", "json"),
            "report": (*CONVCOST, "report", "mobilenet_v1"),
        },
        repetitions,
    )
    line("import click, rich.console, rich.table, yaml", times["imports"], unit="s")
    line("import sympy", times["sympy"], unit="s")
    line("report --format json", times["json"], unit="s")
    line("report, closed form included", times["report"], unit="s")
    line("report --format json / imports", times["json"] / times["imports"], 1.5)
    line("report / import sympy", times["report"] / times["sympy"], 1.4)


def listing(folder: Path, repetitions: int, n: int = 1000) -> None:
    """The listing of what is shipped, and of many more specs, against importing click alone."""
    print("\nListing the shipped architectures, best of", repetitions)
    from convcost import shipped
    from convcost.studies.inventory import fresh_index

    index = json.loads(fresh_index().text())
    originals = list(index["architectures"])
    as_they_are = {name: name for name in originals}
    many = {f"{originals[i % len(originals)]}_{i:04}": originals[i % len(originals)] for i in range(n)}
    for directory, names in ((folder / "shipped", as_they_are), (folder / "many", many)):
        shutil.copytree(shipped.root(), directory, ignore=shutil.ignore_patterns(shipped.INDEX))
        for name, original in names.items():
            shutil.copy2(shipped.file_of(original), directory / shipped.ARCHITECTURES / f"{name}{shipped.SUFFIX}")
        for name in as_they_are.keys() - names.keys():
            (directory / shipped.ARCHITECTURES / f"{name}{shipped.SUFFIX}").unlink()
        entries = {name: index["architectures"][original] for name, original in names.items()}
        (directory / shipped.INDEX).write_text(json.dumps(index | {"architectures": entries}), "utf-8")
    commands = {
        "click": CLICK,
        "specs": (*SPECS_IN, str(folder / "shipped")),
        "many": (*SPECS_IN, str(folder / "many")),
    }
    times = best(commands, repetitions)
    line("import click", times["click"], unit="s")
    line(f"specs: {len(originals)} architectures", times["specs"], unit="s")
    line(f"specs: {n:,} architectures", times["many"], unit="s")
    line("specs / import click", times["specs"] / times["click"], 2)
    line(f"specs of {n:,} / import click", times["many"] / times["click"], 5)


HEAD = "convcost: 1\nname: long\ninput: [8, 7, 7]\ndefaults: {padding: same, norm: batch, activation: relu}\nlayers:\n"


def flat(n: int) -> str:
    """A spec of n layers, each on its own line."""
    return HEAD + "  - conv: {kernel: 3, out: 8}\n" * n


def repeated(n: int) -> str:
    """The same network with a repeat."""
    return HEAD + f"  - {{repeat: {n}, conv: {{kernel: 3, out: 8}}}}\n"


def table(n: int) -> str:
    """The same network with a table of n/10 rows that repeat 10 layers."""
    rows = "        - [10, 3, 8]\n" * (n // 10)
    return (
        HEAD + "  - table:\n      columns: [n, k, c]\n      rows:\n" + rows + "      each:\n"
        "        - {repeat: n, conv: {kernel: k, out: c}}\n"
    )


def widths(n: int) -> str:
    """n layers of which no two are the same, with a free width and resolution."""
    layers = "".join(f"  - conv: {{kernel: 3, out: 'floor(alpha*{32 * (i % 97 + i // 97 + 1)})'}}\n" for i in range(n))
    return (
        HEAD.replace("input: [8, 7, 7]", "input: [3, resolution, resolution]").replace(
            "layers:\n",
            "hyperparameters:\n  alpha: {default: 1, multiple_of: 1/32}\n"
            "  resolution: {default: 64, multiple_of: 32}\nlayers:\n",
        )
        + layers
    )


def length(folder: Path, n: int) -> None:
    """Time against the number of layers, each form of the spec."""
    print(f"\nA network of {n:,} layers (conv, norm, activation), report --format json --by kind")
    for form, write in (("written out flat", flat), ("repeat", repeated), ("table", table)):
        times = {}
        for size in (n // 4, n // 2, n):
            path = folder / f"{write.__name__}{size}.yaml"
            path.write_text(write(size))
            times[size] = seconds((*CONVCOST, "report", str(path), "--format", "json", "--by", "kind"))
        line(f"{form}: {n:,} layers", times[n], unit="s")
        line(f"{form}: twice the layers take", times[n] / times[n // 2])
    path = folder / f"flat{n}.yaml"
    whole = seconds((*CONVCOST, "report", str(path), "--format", "json"))
    line("written out flat, every layer in the JSON", whole, unit="s")
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    line("peak memory of the largest so far", used, unit="MB")


def closed_form(folder: Path) -> None:
    """The formula of a thousand different layers."""
    print("\nClosed form of 1,000 layers of which no two are the same")
    path = folder / "widths.yaml"
    path.write_text(widths(1000))
    line("formula", seconds((*CONVCOST, "formula", str(path))), unit="s")
    path.write_text(widths(500))
    line("formula of 500", seconds((*CONVCOST, "formula", str(path))), unit="s")


def hostile() -> None:
    """The broken specs of the tests: none may take long, whatever it tries."""
    folder = Path(__file__).parents[1] / "tests" / "hostile" / "specs"
    files = sorted(folder.glob("limits/*.yaml")) + sorted(folder.glob("yaml/*.yaml"))
    print(f"\n{len(files)} hostile specs, each refused by a report of its own")
    slowest, name = 0.0, ""
    for path in files:
        started = time.perf_counter()
        subprocess.run((*CONVCOST, "report", str(path)), check=False, capture_output=True, env=ENVIRONMENT)
        spent = time.perf_counter() - started
        if spent > slowest:
            slowest, name = spent, path.stem
    line(f"slowest: {name}", slowest, 2, unit="s")


def verification() -> None:
    """The executor, and what its counters cost."""
    print("\nVerification of mobilenet_v1 at 224, in this process")
    from convcost import load
    from convcost.execute import run
    from convcost.verify import verify

    graph = load("mobilenet_v1").graph

    def best_of(call: Callable[[], object], n: int = 5) -> float:
        times = []
        for _ in range(n):
            started = time.perf_counter()
            call()
            times.append(time.perf_counter() - started)
        return min(times)

    plain = best_of(lambda: run(graph))
    line("run, tally on", plain, unit="s")
    line("run with interception / run", best_of(lambda: run(graph, audit=True)) / plain)
    line("verify, ones probe included", best_of(lambda: verify(graph)), unit="s")


def sweeping() -> None:
    """Points a second, in a process of its own."""
    print()
    subprocess.run((sys.executable, str(Path(__file__).with_name("sweep.py"))), check=True, env=ENVIRONMENT)


PROGRAM_OF_AN_IMPORT = """
import pathlib, re, sys, time
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
before = peak()
import convcost
convcost.load(sys.argv[1]).analyze().total()
print(time.process_time(), (peak() - before) / 1024)
"""


def imports(folder: Path) -> None:
    """Files of ONNX: one that is all weights, and one that is all nodes; in processor time."""
    print("\nFiles of ONNX, from the start of the interpreter to the totals")
    for what, file, limits in (
        ("100 MB of weights", onnx_file(folder / "big.onnx", 10, 1600, 1), (1.0, 200.0)),
        ("10,000 nodes", onnx_file(folder / "many.onnx", 5000, 16, 3), (5.0, None)),
    ):
        command = (sys.executable, "-c", PROGRAM_OF_AN_IMPORT, str(file))
        done = [subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT) for _ in range(3)]
        time_spent, memory = min(tuple(map(float, each.stdout.split())) for each in done)
        line(what, time_spent, limits[0], unit="s")
        line("memory beyond the interpreter", memory, limits[1], unit="MB")


def onnx_file(path: Path, n: int, width: int, kernel: int) -> Path:
    """Write a chain of convolutions, each with an activation, and return its path."""
    from onnx import TensorProto, helper, save

    shape = ["N", width, 7, 7]
    nodes, stored = [], []
    for i in range(n):
        pads = [kernel // 2] * 4
        nodes += [helper.make_node("Conv", [f"t{i}", f"w{i}"], [f"c{i}"], f"/stage/conv{i}/Conv", pads=pads)]
        nodes += [helper.make_node("Relu", [f"c{i}"], [f"t{i + 1}"], f"/stage/relu{i}/Relu")]
        size = width * width * kernel * kernel
        values = bytes(4 * size)
        stored.append(helper.make_tensor(f"w{i}", TensorProto.FLOAT, [width, width, kernel, kernel], values, raw=True))
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("t0", f"t{n}")]
    graph = helper.make_graph(nodes, "chain", ends[:1], ends[1:], stored)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]), path)
    return path


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=15, help="of each short command")
    parser.add_argument("--layers", type=int, default=100_000, help="of the long network")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_up(options.repetitions)
        (Path(folder) / "specs").mkdir()
        listing(Path(folder) / "specs", options.repetitions)
        length(Path(folder), options.layers)
        closed_form(Path(folder))
        imports(Path(folder))
    hostile()
    verification()
    sweeping()


if __name__ == "__main__":
    main()
