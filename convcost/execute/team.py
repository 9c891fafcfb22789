"""Threads that run the bands of a step side by side, each its own lane of them.

NumPy lets go of the interpreter while it computes. A lane has scratch memory of its own and bands that lie together,
mostly the rows whose neighbours it has made in the step before.
"""

from __future__ import annotations

from functools import partial
from threading import Lock, Thread

import numpy as np

from convcost.execute.steps import Call, Step

QUIET = partial(np.errstate, over="ignore", under="ignore")
"""exp(0 - x) overflows to infinity far from zero, and 1 / ∞ is right; each thread has to be told."""


class Team:
    """The thread that calls, and helpers that live as long as the context.

    Parameters
    ----------
    threads : int
        How many run at once, the caller included.
    """

    def __init__(self, threads: int) -> None:
        self.helpers = [Helper() for _ in range(threads - 1)]

    def __enter__(self) -> None:
        for helper in self.helpers:
            helper.start()

    def __exit__(self, *_: object) -> None:
        for helper in self.helpers:
            helper.stop()

    def run(self, step: Step) -> None:
        """Run a step: first what all bands need, then the lanes at once."""
        for call in step.calls:
            call()
        for lanes in (step.parts_of, step.bands_of):
            self._together(*lanes)

    def _together(self, own: list[Call], *others: list[Call]) -> None:
        busy = [helper.take(calls) for helper, calls in zip(self.helpers, others, strict=True) if calls]
        try:
            for call in own:
                call()
        finally:
            for helper in busy:
                helper.wait()


class Helper:
    """A thread that runs what it is given."""

    def __init__(self) -> None:
        self.go, self.done = Lock(), Lock()
        self.calls: list[Call] | None = None
        self.failed: BaseException | None = None

    def start(self) -> None:
        """Wait for work, in a thread."""
        self.go.acquire()
        self.done.acquire()
        self.thread = Thread(target=self._work, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """End the thread."""
        self.calls = None
        self.go.release()
        self.thread.join()
        self.go, self.done = Lock(), Lock()

    def take(self, calls: list[Call]) -> Helper:
        """Begin."""
        self.calls = calls
        self.go.release()
        return self

    def wait(self) -> None:
        """Wait until everything is done, and raise what was raised."""
        self.done.acquire()
        if self.failed is not None:
            failed, self.failed = self.failed, None
            raise failed

    def _work(self) -> None:
        while True:
            self.go.acquire()
            if self.calls is None:
                return
            try:
                with QUIET():
                    for call in self.calls:
                        call()
            except BaseException as error:  # noqa: BLE001 - it is raised where the helper is waited for
                self.failed = error
            self.done.release()
