"""Threads that run the bands of a step side by side, each its own lane of them.

NumPy lets go of the interpreter while it computes. A lane has scratch memory of its own and bands that lie together,
mostly the rows whose neighbours it has made in the step before.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Lock, Thread
from weakref import finalize

import numpy as np

from convcost.execute.schedule import follow
from convcost.execute.steps import Call, Step

QUIET = partial(np.errstate, over="ignore", under="ignore")
"""exp(0 - x) overflows to infinity far from zero, and 1 / ∞ is right; each thread has to be told."""


class Team:
    """The thread that calls, and helpers that live as long as the team.

    Parameters
    ----------
    threads : int
        How many run at once, the caller included.
    """

    def __init__(self, threads: int) -> None:
        self.helpers = [Helper() for _ in range(threads - 1)]
        for helper in self.helpers:
            finalize(self, helper.stop)

    def run(self, step: Step) -> None:
        """Run a step: first what all bands need, then the lanes at once."""
        for call in (*step.prepared, *step.calls):
            call()
        for lanes in (step.parts_of, step.bands_of):
            self._together(*lanes)

    def race(self, programs: Sequence[list[Call]]) -> None:
        """Let each lane follow its program, which says where it waits for others."""
        self._together(*programs)

    def _together(self, own: list[Call], *others: list[Call]) -> None:
        busy = [helper.take(calls) for helper, calls in zip(self.helpers, others, strict=True) if calls]
        try:
            follow(own)
        finally:
            for helper in busy:
                helper.wait()


class Helper:
    """A thread that runs what it is given."""

    def __init__(self) -> None:
        self.go, self.done = Lock(), Lock()
        self.go.acquire()
        self.done.acquire()
        self.calls: list[Call] | None = None
        self.failed: BaseException | None = None
        self.thread: Thread | None = None

    def stop(self) -> None:
        """End the thread, if there is one."""
        self.calls = None
        self.go.release()

    def take(self, calls: list[Call]) -> Helper:
        """Begin, in a thread that waits for more when it is done."""
        if self.thread is None:
            self.thread = Thread(target=self._work, daemon=True)
            self.thread.start()
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
                    follow(self.calls)
            except BaseException as error:  # noqa: BLE001 - it is raised where the helper is waited for
                self.failed = error
            self.done.release()
