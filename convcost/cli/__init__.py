"""The command line: one module a command, loaded when it is called; the only place that prints or exits."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

DONE, NO, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: done; the answer is "no"; bad input or usage; interrupted from the keyboard."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; errors become messages on standard error, never tracebacks.

    Parameters
    ----------
    arguments : sequence of str, optional
        Absent: those of the process, which is taken to end with this call.
    """
    try:
        return _main(sys.argv[1:] if arguments is None else list(arguments))
    finally:
        if arguments is None:
            # or the collector walks through all modules once more as the process ends: with SymPy, a third of its time
            gc.freeze()


def _main(arguments: list[str]) -> int:
    if sys.stdout is None or sys.stderr is None:  # started with a closed descriptor
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - it stands in until the process ends
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        # a terminal that cannot show "×" shows "?" instead of ending the program
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # what a command builds lives until it ends: looking for garbage among millions of nodes takes a third of the time
    collecting = gc.isenabled()
    gc.disable()
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()  # the reader has seen enough
        return DONE
    except OSError as error:
        _discard_output()
        return _fail(f"error: cannot write the output: {error.strerror}")
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if collecting:
            gc.enable()
    return status


def _run(arguments: list[str]) -> int:
    import click

    from convcost.cli.group import cli
    from convcost.errors import ConvcostError

    if "_CONVCOST_COMPLETE" in os.environ:
        cli.main(arguments, prog_name="convcost")  # asked by a shell for completions; exits
    try:
        with cli.make_context("convcost", arguments) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except (click.Abort, EOFError):
        return INTERRUPTED
    except ConvcostError as error:
        return _fail(str(error))
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        _discard_output()
        return _fail(f"error: {error.strerror or error}")
    except RecursionError:
        return _fail("error: nested too deeply")
    except MemoryError:
        return _fail("error: not enough memory")
    except Exception as error:
        if os.environ.get("CONVCOST_TRACEBACK"):
            raise
        text = f"{type(error).__name__}: {error}".rstrip(": ")
        return _fail(f"internal error: {text}\nset CONVCOST_TRACEBACK=1 to see where, and please report it")
    return result if isinstance(result, int) else DONE


def _fail(message: str) -> int:
    sys.stdout.flush()
    print(message, file=sys.stderr)  # noqa: T201 - the command line is where messages are printed
    return BAD_INPUT


def _discard_output() -> None:
    """Send what is still buffered nowhere: not even the interpreter may try to write it as it exits."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
