"""A table that is drawn again and again on a terminal while networks are verified, and is gone at the end."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from convcost.report.terminal import width_of_stream
from convcost.report.verification import elapsed
from convcost.units import memory
from convcost.verify import Verdict, Verification

LATEST = 10
"""Networks that are shown; the older ones stand in the report."""

STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.UNVERIFIED: "yellow"}


class Board:
    """What is being verified: the latest networks with time and memory, the one that runs, and how far all of it is.

    Parameters
    ----------
    stream : text file
        The terminal.
    networks : int
        How many there are.
    """

    def __init__(self, stream: TextIO, networks: int) -> None:
        self.networks = networks
        self.done: list[Verification] = []
        self.name, self.ops, self.run = "", 0, 0
        self.started = self.began = time.perf_counter()
        console = Console(file=stream, width=width_of_stream(stream), highlight=False)
        self._live = Live(console=console, transient=True, refresh_per_second=8, get_renderable=self.drawn)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._live.stop()

    def begin(self, name: str, ops: int) -> None:
        """Show which network runs now."""
        self.name, self.ops, self.run, self.began = name, ops, 0, time.perf_counter()

    def step(self) -> None:
        """Count an op that has been run."""
        self.run += 1

    def say(self, text: str) -> None:
        """Write a line that stays, above the table."""
        self._live.console.print(Text(text), soft_wrap=True)

    def end(self, verification: Verification) -> None:
        """Show how a network came out."""
        self.done.append(verification)
        self.name = ""

    def drawn(self) -> RenderableType:
        """Return what is shown now."""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        table.add_column("Network", no_wrap=True, overflow="ellipsis", ratio=1)
        for title in ("Ops", "Time", "Peak memory"):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True)
        for each in self.done[-LATEST:]:
            verdict = Text(str(each.verdict), STYLES[each.verdict])
            used = "" if each.peak is None else memory(each.peak, 0)
            table.add_row(Text(each.name), str(len(each.layers)), elapsed(each.seconds), used, verdict)
        now = time.perf_counter()
        if self.name:
            far = f"{self.run}/{self.ops}"
            table.add_row(Text(self.name, "bold"), far, elapsed(now - self.began), "", Text("running", "cyan"))
        most = max((each.peak for each in self.done if each.peak), default=0)
        total = f"{len(self.done)} of {self.networks} networks, {elapsed(now - self.started)}"
        return Group(table, Text(total + (f", at most {memory(most, 0)}" if most else ""), "dim"))
