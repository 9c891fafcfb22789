"""The frame around the commands: help, loading, errors, exit codes, closed pipes."""

import importlib
import subprocess
import sys
from pathlib import Path

import click
import pytest

import convcost.cli
from convcost.cli.group import COMMANDS, MODULES, LazyGroup, cli
from convcost.cost import CONVENTIONS, PARAMETERS
from convcost.cost.grouping import GROUPINGS
from convcost.report.formats import FORMATS

CALL = "import sys; from convcost.cli import main; code = main(sys.argv[1:]); print(sorted(set(sys.modules) & ({})), file=sys.stderr); sys.exit(code)"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_and_says_what_the_list_says(name):
    command = importlib.import_module(f"convcost.cli.{MODULES.get(name, name)}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert command.help


def test_help_lists_the_commands_in_their_order(call):
    outcome = call("--help")
    assert outcome.code == 0
    listed = [line.split()[0] for line in outcome.out.partition("Commands:")[2].splitlines() if line[2:3].strip()]
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_fits_in_80_columns(call, name):
    outcome = call(name, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: convcost {name}")
    assert all(len(line) <= 80 for line in outcome.out.splitlines())


def test_help_names_what_there_is(call):
    text = " ".join(call("report", "--help").out.split())
    for word in (*CONVENTIONS, *PARAMETERS, *GROUPINGS, *FORMATS):
        assert word in text


def test_help_loads_no_command(python):
    source = CALL.format("{m for m in sys.modules if m.startswith('convcost')} | {'sympy', 'numpy', 'rich', 'yaml'}")
    done = python(source, "--help")
    assert done.returncode == 0
    assert done.stderr == "['convcost', 'convcost.cli', 'convcost.cli.group', 'convcost.errors', 'convcost.records']\n"
    assert "Commands:" in done.stdout


def test_importing_convcost_imports_nothing_else(python):
    source = "import sys; import convcost; print([m for m in sys.modules if m.startswith('convcost')])"
    assert python(source).stdout == "['convcost']\n"
    dataclasses = python("import sys; import convcost; print('dataclasses' in sys.modules)")
    assert dataclasses.stdout == "False\n"


def test_no_arguments_show_the_help(call):
    outcome = call()
    assert outcome.code == 2
    assert "Usage: convcost" in outcome.out + outcome.err


def test_version(call):
    outcome = call("--version")
    assert (outcome.code, outcome.out) == (0, f"convcost {convcost.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["reprot"], "Error: no such command 'reprot' (did you mean 'report'?)"),
        (["zzz"], "Error: no such command 'zzz' (see 'convcost --help')"),
        (["report", "x", "--formt", "csv"], "Error: No such option"),
        (["report"], "Error: Missing argument 'SPEC...'"),
        (["report", "x", "--depth", "0"], "Error: Invalid value for '--depth'"),
        (["report", "x", "--format", "jsn"], "E024 there is no format 'jsn' (did you mean 'json'?)"),
        (["derive", "separble"], "E040 there is no derivation of 'separble' (did you mean 'separable'?)"),
        (["derive", "separable", "--set", "N"], "E025 'N' does not give a symbol a value (write NAME=VALUE)"),
        (["derive", "separable", "--set", "N=x"], "E015 N=x: unknown symbol 'x' (a number such as 224, 0.75 or 3/4)"),
    ],
)
def test_bad_usage_is_2_and_a_message(call, arguments, message):
    outcome = call(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_derive(call):
    outcome = call("derive", "separable", "--set", "N=1024,D_K=3")
    assert outcome.code == 0
    assert outcome.err == ""
    assert "1033/9216" in outcome.out
    assert outcome.out.endswith("\n")
    assert not outcome.out.endswith("\n\n")


@pytest.fixture
def failing(monkeypatch):
    """Make every command raise."""

    def arrange(error):
        def callback(**_):
            raise error

        monkeypatch.setattr(LazyGroup, "get_command", lambda *_: click.Command("report", callback=callback))

    return arrange


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (RecursionError(), 2, "error: nested too deeply\n"),
        (MemoryError(), 2, "error: not enough memory\n"),
        (
            KeyError("x"),
            2,
            "internal error: KeyError: 'x'\nset CONVCOST_TRACEBACK=1 to see where, and please report it\n",
        ),
        (KeyboardInterrupt(), 130, ""),
        (BrokenPipeError(), 0, ""),
        (click.Abort(), 130, ""),
        (click.exceptions.Exit(1), 1, ""),
    ],
)
def test_exceptions_become_exit_codes(call, failing, error, code, message):
    failing(error)
    outcome = call("report")
    assert (outcome.code, outcome.out, outcome.err) == (code, "", message)


def test_a_traceback_on_request(call, failing, monkeypatch):
    failing(KeyError("x"))
    monkeypatch.setenv("CONVCOST_TRACEBACK", "1")
    with pytest.raises(KeyError):
        call("report")


def test_a_command_answers_with_its_exit_code(call, monkeypatch):
    monkeypatch.setattr(LazyGroup, "get_command", lambda *_: click.Command("verify", callback=lambda: 1))
    assert call("verify").code == 1


@pytest.mark.parametrize("arguments", [["--help"], ["derive", "separable"]])
def test_a_closed_pipe_is_not_an_error(arguments):
    reader = subprocess.Popen([sys.executable, "-c", "pass"], stdin=subprocess.PIPE)
    reader.wait()
    done = subprocess.run(
        [sys.executable, "-m", "convcost", *arguments], stdout=reader.stdin, stderr=subprocess.PIPE, check=False
    )
    reader.stdin.close()
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_output_that_cannot_show_a_character_shows_another(python):
    done = python("", "convcost", "derive", "separable", environment={"PYTHONIOENCODING": "ascii"}, command=("-m",))
    assert done.returncode == 0
    assert "D_K??M" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", ["--help", "derive separable", "specs show mobilenet_v1"])
def test_a_full_disk_is_an_error(arguments):
    done = subprocess.run(
        f"{sys.executable} -m convcost {arguments} > /dev/full", shell=True, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr in {
        "error: No space left on device\n",
        "error: cannot write the output: No space left on device\n",
    }


@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), (">&- 2>&-", 0)])
def test_closed_descriptors(closed, code):
    done = subprocess.run(
        f"{sys.executable} -m convcost derive separable {closed}",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_completion_for_shells(python):
    done = python("", "convcost", environment={"_CONVCOST_COMPLETE": "bash_source"}, command=("-m",))
    assert "complete" in done.stdout


def test_the_group_is_a_click_group():
    assert cli.name == "cli"
    assert cli.list_commands(click.Context(cli)) == list(COMMANDS)
