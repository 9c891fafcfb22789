"""How far a verification is, on standard error: a live table on a terminal, lines elsewhere, or nothing."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from convcost.report.live import Board
    from convcost.verify import Verification


class Lines:
    """What a ``Board`` is told, where there is no terminal.

    Parameters
    ----------
    networks : int
        How many there are.
    each : bool
        Whether to write a line for each of them; other things that are to be told are always written.
    """

    def __init__(self, networks: int, *, each: bool) -> None:
        self.networks = networks
        self.each = each
        self.done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing has to be tidied up."""

    def begin(self, name: str, ops: int) -> None:
        """Wait until it has been run."""

    def step(self) -> None:
        """Single ops are too many for lines."""

    def say(self, text: str) -> None:
        """Write it."""
        click.echo(text, err=True)

    def end(self, verification: Verification) -> None:
        """Write what became of a network, in one line."""
        self.done += 1
        if self.each:
            from convcost.report.verification import used

            number = f"{self.done:{len(str(self.networks))}}/{self.networks}"
            click.echo(f"{number}  {verification.verdict}  {verification.name}, {used(verification)}", err=True)


def progress(networks: int, *, each: bool) -> Board | Lines:
    """Return who is told: a live table on a terminal; elsewhere lines, for each network only if that is asked for."""
    if not sys.stderr.isatty():
        return Lines(networks, each=each)
    from convcost.report.live import Board

    return Board(sys.stderr, networks)
