"""One process of ``executor.py``: runs a network in one way as often as it is asked to, and says how long it took.

Arguments: the way, the ONNX file, the threads, the SPEC, the clock (wall or processor). Each line of standard input is
a number of runs, before which there is one more; each line of standard output the seconds of the fastest. The first
line says which version runs and how far the output is from what it should be, relative to its largest value.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Run = Callable[[], Any]


def convcost_run(way: str, spec: str, inputs: dict[str, Any], threads: int) -> tuple[Run, str]:
    from convcost import __version__, load
    from convcost.execute.plan import Plan
    from convcost.execute.tally import Tally
    from convcost.execute.weights import Tiles

    if way == "no tally":
        Tally.count = lambda *_: None  # type: ignore[method-assign, assignment]
    algorithm = way if way.startswith("winograd") else "direct"
    plan = Plan(load(spec).graph, Tiles(0), threads=threads, algorithm=algorithm)
    plan.run(inputs)

    def run() -> Any:
        plan.run(inputs)
        return plan.output

    return run, f"convcost {__version__}, numpy {np.__version__}"


def onnxruntime_run(model: Path, inputs: dict[str, Any], threads: int) -> tuple[Run, str]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)[0], f"onnxruntime {onnxruntime.__version__}"


def torch_run(way: str, model: Path, inputs: dict[str, Any], threads: int) -> tuple[Run, str]:
    import onnx
    import torch
    from executor_torch import module_of

    torch.set_num_threads(threads)
    network = module_of(onnx.load(str(model)), folded=way in {"torch folded", "torch both"})
    tensors = {name: torch.from_numpy(x) for name, x in inputs.items()}
    if way in {"torch channels_last", "torch both"}:
        network = network.to(memory_format=torch.channels_last)
        tensors = {name: x.to(memory_format=torch.channels_last) if x.ndim == 4 else x for name, x in tensors.items()}

    def run() -> Any:
        with torch.inference_mode():
            return network(tensors).numpy()

    return run, f"torch {torch.__version__}"


def main() -> None:
    way, file, threads, spec, clock = sys.argv[1:]
    now = time.process_time if clock == "processor" else time.perf_counter
    model = Path(file)
    data = dict(np.load(model.with_suffix(".npz")))
    expected = data.pop("output")
    if way in {"convcost", "no tally", "winograd", "winograd4"}:
        run, version = convcost_run(way, spec, data, int(threads))
    elif way == "onnxruntime":
        run, version = onnxruntime_run(model, data, int(threads))
    else:
        run, version = torch_run(way, model, data, int(threads))
    for _ in range(3):
        found = run()
    error = float(np.abs(found - expected).max() / np.abs(expected).max())
    print(json.dumps({"version": version, "error": error}), flush=True)
    for line in sys.stdin:
        best = float("inf")
        run()  # brings the caches back
        for _ in range(int(line)):
            started = now()
            run()
            best = min(best, now() - started)
        print(best, flush=True)


if __name__ == "__main__":
    main()
