"""The executor against torch and onnxruntime, interleaved: ``python benchmarks/executor.py --peers PYTHON``.

Each of them runs in a process of its own, and after a pause, for the threads of one wait in a loop for a while and slow
down whatever runs next beside them. They take turns, a few runs each, many times; what is printed are medians of the
ratios within a turn, for the machine may be shared and slow for minutes at a time. All have the network, weights and
input of one ONNX file, and the same number of threads. Nothing here is part of the test suite.

PYTHON is an interpreter with torch, onnx and onnxruntime; numpy has to be of one version in both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
NETWORKS = ("mobilenet_v1", "mobilenet_v2", "efficientnet:b0", "resnet:34", "xception", "vgg:16")
GOALS = {
    "mobilenet_v1": (0.80, 1.5),
    "mobilenet_v2": (0.60, 1.7),
    "efficientnet:b0": (0.85, 2.1),
    "resnet:34": (1.0, 1.3),
    "xception": (0.80, 1.25),
    "vgg:16": (1.0, 1.2),
}
"""At most so many times torch eager, and onnxruntime."""
WINOGRAD_GOALS = {"vgg:16": (0.65, 0.75)}
"""The same by Winograd's F(2×2, 3×3), which performs fewer multiplications: ``--ways winograd torch onnxruntime``."""
OURS = {"convcost", "no tally", "winograd", "winograd4"}

PAUSE = 0.3
"""Seconds until the threads of what ran before have given up waiting for more."""

WAYS = ("convcost", "no tally", "torch", "torch folded", "torch channels_last", "torch both", "onnxruntime")


class Worker:
    """A process that runs one network in one way, when it is asked to."""

    def __init__(self, python: str, way: str, model: Path, spec: str, options: argparse.Namespace) -> None:
        threads = str(options.threads)
        many = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), threads)
        environment = {**os.environ, **many, "OPENBLAS_NUM_THREADS": "1"}
        command = [python, str(HERE / "executor_worker.py"), way, str(model), threads, spec, options.clock]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.about = json.loads(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a worker ended; its error stands above")
        return line

    def run(self, times: int) -> float:
        """Run once and so many times, and return the seconds of the fastest of these."""
        time.sleep(PAUSE)
        assert self.process.stdin is not None
        self.process.stdin.write(f"{times}\n")
        self.process.stdin.flush()
        return float(self._line())

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def export(spec: str, folder: Path) -> Path:
    """Write the network, its input and its output, as this interpreter computes it."""
    import numpy as np

    sys.path.append(str(HERE.parent / "tests" / "unit" / "execute"))
    from exported import exported

    from convcost import load

    proto, inputs, output = exported(load(spec).graph)
    path = folder / "network.onnx"
    path.write_bytes(proto.SerializeToString())
    np.savez(folder / "network.npz", output=output, **inputs)
    return path


def measure(spec: str, options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        model = export(spec, Path(folder))
        workers = {}
        for way in options.ways:
            python = sys.executable if way in OURS else options.peers
            workers[way] = Worker(python, way, model, spec, options)
        turns = [{way: worker.run(options.runs) for way, worker in workers.items()} for _ in range(options.turns)]
        for worker in workers.values():
            worker.stop()
    first = options.ways[0]
    ours = [turn[first] for turn in turns]
    print(f"\n{spec}, {first}: {statistics.median(ours) * 1e3:.1f} ms, at best {min(ours) * 1e3:.1f} ms")
    known = {"convcost": GOALS, "winograd": WINOGRAD_GOALS}.get(first, {})
    goals = dict(zip(("torch", "onnxruntime"), known.get(spec, ()), strict=False))
    for way in options.ways[1:]:
        ratios = sorted(turn[first] / turn[way] for turn in turns)
        quarter = len(ratios) // 4
        best = min(turn[way] for turn in turns)
        goal = f"  (goal: at most {goals[way]:g})" if way in goals else ""
        error = workers[way].about["error"]
        print(
            f"  x {way:<20} {statistics.median(ratios):5.2f}  [{ratios[quarter]:.2f}, {ratios[-1 - quarter]:.2f}]"
            f"  best against best {min(ours) / best:5.2f}  difference {error:.1e}{goal}",
            flush=True,
        )


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("specs", nargs="*", default=NETWORKS)
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with torch, onnx and onnxruntime")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=20, help="how often they take turns")
    parser.add_argument("--runs", type=int, default=3, help="runs a turn, of which the fastest counts")
    parser.add_argument(
        "--clock",
        choices=("wall", "processor"),
        default="wall",
        help="processor time, with one thread, tells something even where others use the machine",
    )
    parser.add_argument("--ways", nargs="+", default=WAYS, help="what is compared first, then with what")
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"{machine}, {options.threads} threads, {options.clock} clock")
    for spec in options.specs:
        measure(spec, options)


if __name__ == "__main__":
    main()
