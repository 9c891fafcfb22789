"""Memory: what a network will need before anything is allocated, what there is, and what was used at most."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from convcost.cost import Derived
from convcost.graph import Graph
from convcost.ops import Conv, Input, Shape, TransposedConv
from convcost.symbols import product

FLOAT = 4
"""Bytes of a number."""

BASE = 96 << 20
"""What the interpreter, NumPy and its threads, the spec and small scratch memory take, about."""

COPIES = {"direct": 2, "winograd": 6, "winograd4": 9}
"""How many times the memory of a kernel of 3×3 is needed: as it is stored and as it is laid out, and by Winograd's
algorithm also transformed along one axis and along both, where its 3 taps are 4 or 6."""

KIB = 1024

CONTROL_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Where Linux says what a container may take and has taken, in both versions."""


def needed(graph: Graph, derived: Sequence[Derived], *, kept: bool = False, algorithm: str = "direct") -> int:
    """Estimate how many bytes the process will hold at most while a bound graph runs.

    Outputs lie in memory that is used again by later ones of the same shape; what changes no shape and weighs nothing
    is done in place; the weights of a layer are drawn, and laid out for the kernel; the ones probe holds the weights,
    the input and the output of one layer with room to work.

    Parameters
    ----------
    graph : Graph
        With every hyperparameter bound.
    derived : sequence of Derived
        What the rules say of each node; the batch is in its shapes.
    kept : bool
        Whether all weights stay, for further runs, and nothing is probed.
    algorithm : str
        How convolutions are performed if weights do not stay.
    """
    weights = [FLOAT * int(each.weight_elements) for each in derived]
    most = sum(weights) + max(weights, default=0)
    if not kept:
        most = max(
            (_work(each, size, COPIES[algorithm]) for each, size in zip(derived, weights, strict=True)), default=0
        )
    return BASE + _outputs(graph, derived) + most


def _work(each: Derived, weights: int, transformed: int) -> int:
    """Return what one layer holds beside outputs: its weights, and copies of what it reads and writes.

    Kernels of convolutions are there twice, as they are stored and as they are multiplied.
    """
    if isinstance(each.op, Input):
        return 0
    copies = COPIES["direct"] if isinstance(each.op, Conv | TransposedConv) else 1
    if isinstance(each.op, Conv) and tuple(each.op.kernel) == (3, 3):
        copies = transformed
    return copies * weights + 2 * FLOAT * (int(each.input_elements) + int(each.output_elements))


def _outputs(graph: Graph, derived: Sequence[Derived]) -> int:
    """Return the bytes of all outputs, each in memory that is free again, if there is some of its shape."""
    left = Counter(source for node in graph.nodes for source in node.inputs)
    left[graph.output] += 1
    free: Counter[Shape] = Counter()
    place: dict[int, int] = {}  # the node in whose memory the output of a node lies
    holders: Counter[int] = Counter()
    size = 0
    for index, (node, each) in enumerate(zip(graph.nodes, derived, strict=True)):
        base = next((i for i in node.inputs if left[i] == 1 and _in_place(each, derived[i])), None)
        place[index] = index if base is None else place[base]
        holders[place[index]] += 1
        if base is None and free[each.output]:
            free[each.output] -= 1
        elif base is None:
            size += FLOAT * int(product(each.output))
        for source in node.inputs:
            left[source] -= 1
            if not left[source]:
                holders[place[source]] -= 1
                if not holders[place[source]]:
                    free[derived[place[source]].output] += 1
    return size


def _in_place(each: Derived, source: Derived) -> bool:
    """Whether an op can write where it reads: it changes no shape, and each number depends on the one in its place."""
    return each.output == source.output and not hasattr(each.op, "kernel") and not each.parameters.weight


def available() -> int | None:
    """Return how many bytes can still be allocated, by the system, the group of the process and its own limits.

    None where the system does not tell.
    """
    return min(filter(lambda size: size is not None, _limits()), default=None)


def _limits() -> Iterable[int]:
    with contextlib.suppress(OSError, KeyError, ValueError):
        yield _table("/proc/meminfo")["MemAvailable"]
    for most, used in CONTROL_GROUPS:
        with contextlib.suppress(OSError, ValueError):  # no such file, or it says "max"
            yield max(0, int(Path(most).read_text("ascii")) - int(Path(used).read_text("ascii")))
    with contextlib.suppress(ImportError, OSError, KeyError, ValueError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            yield max(0, limit - _table("/proc/self/status")["VmSize"])


def forget_peak() -> None:
    """Let ``peak`` begin anew; where the system cannot, it stays the peak since the process began."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def peak() -> int | None:
    """Return how many bytes of memory the process held at most since ``forget_peak``; None where nobody knows."""
    with contextlib.suppress(OSError, KeyError, ValueError):
        return _table("/proc/self/status")["VmHWM"]
    with contextlib.suppress(ImportError):
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else KIB * most
    return None


def _table(path: str) -> dict[str, int]:
    """Read lines such as ``VmHWM: 93020 kB``, in bytes."""
    found = {}
    for line in Path(path).read_text("ascii").splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB":
            found[name] = KIB * int(words[0])
    return found
