"""``[tool.convcost]`` of a project: the specs it checks, and the budgets that hold for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from convcost.budgets.figures import limits, metric_named
from convcost.budgets.records import Budget
from convcost.errors import UsageError, one_of
from convcost.records import Record
from convcost.spec.source import read_bytes
from convcost.symbols.expr.language import quoted, shorten

FILE = "pyproject.toml"
KEYS = ("specs", "budgets")


class Project(Record):
    """What a project file says.

    Attributes
    ----------
    file : str
        Its path, as messages call it.
    specs : tuple of str
        SPECs, wildcards included; paths are relative to the file.
    budgets : tuple of Budget
        For all specs that have no nearer ones.
    """

    file: str
    specs: tuple[str, ...] = ()
    budgets: tuple[Budget, ...] = ()

    @property
    def directory(self) -> str:
        """The directory that paths are relative to; empty for the working directory."""
        parent = str(Path(self.file).parent)
        return "" if parent == "." else parent


def find_project(directory: Path, metrics: Sequence[str]) -> Project | None:
    """Return the nearest ``pyproject.toml`` with a table ``[tool.convcost]``, from a directory upwards.

    Raises
    ------
    UsageError
        As ``open_project``, for a file on the way that is not TOML, too: it might have had the table.
    """
    for place in (directory, *directory.parents):
        file = place / FILE
        if file.is_file():
            shown = str(file.relative_to(directory)) if place == directory else str(file)
            table = _table(shown, read_bytes(str(file), "a project file", "TOML"))
            if table is not None:
                return _project(shown, table, metrics)
    return None


def open_project(file: str, metrics: Sequence[str]) -> Project:
    """Read a project file that was named.

    Raises
    ------
    UsageError
        E001 to E004 where it cannot be read, E813 where it is not TOML, has no table ``[tool.convcost]``, or something
        else in it than it should, E012 for an unknown metric, E811 for what is not a budget.
    """
    table = _table(file, read_bytes(file, "a project file", "TOML"))
    if table is None:
        raise UsageError("E813", f"{quoted(file)} has no table [tool.convcost]", hint=f"with {' and '.join(KEYS)}")
    return _project(file, table, metrics)


def _table(file: str, data: bytes) -> Mapping[str, Any] | None:
    import tomllib

    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UsageError("E813", f"{quoted(file)} is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # a TOMLDecodeError, or a number of too many digits
        raise UsageError("E813", f"{quoted(file)} is not TOML: {shorten(_said(error), 100)}") from None
    tools = document.get("tool", {})
    table = tools.get("convcost") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError("E813", f"{quoted(file)}: tool.convcost is not a table", hint="write [tool.convcost]")
    return table


def _said(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = str(error)
    return text[:1].lower() + text[1:] if "digits" not in text else "a number of too many digits"


def _project(file: str, table: Mapping[str, Any], metrics: Sequence[str]) -> Project:
    where = f"{quoted(file)}: [tool.convcost]"
    for key in table:
        if key not in KEYS:
            raise UsageError("E813", f"{where} has no key {quoted(key)}", hint=one_of(key, KEYS))
    specs = table.get("specs", [])
    if not isinstance(specs, list) or not all(isinstance(spec, str) and spec.strip() for spec in specs):
        raise UsageError("E813", f"{where}: specs is a list of texts", hint='write specs = ["specs/*.yaml"]')
    budgets = table.get("budgets", {})
    if not isinstance(budgets, dict):
        raise UsageError("E813", f"{where}: budgets is a table", hint='write budgets = {params = "4.3 M"}')
    figures: dict[str, str | int] = {}
    for key, value in budgets.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            hint = "quote a number with a point"
            raise UsageError("E813", f"{where}: the budget for {quoted(key)} is a whole number or a text", hint=hint)
        try:
            name = metric_named(key, metrics)
        except UsageError as error:
            raise UsageError(error.code, f"{where}: {error.message}", hint=error.hint) from None
        if name in figures:
            raise UsageError("E814", f"{where}: two budgets for {quoted(name)}")
        figures[name] = value
    try:
        return Project(file, tuple(specs), limits(figures, metrics, file))
    except UsageError as error:
        raise UsageError(error.code, f"{where}: {error.message}", hint=error.hint) from None
