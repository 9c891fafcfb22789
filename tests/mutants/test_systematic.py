"""Every small change to a rule is caught, unless it is listed as one that changes nothing."""

import pytest
from mutation.catch import COUNTING, caught, family
from mutation.equivalents import EQUIVALENT, KEYS
from mutation.systematic import Site, sites
from mutation.world import files

FILES = [file for file in files("rules") if not file.endswith("__init__.py")]


def survivors(chosen: list[Site]) -> list[Site]:
    return [site for site in chosen if caught({site.file: site.code()}, family(site.file), COUNTING) is None]


def test_a_sample_of_small_changes_is_caught():
    chosen = [site for file in FILES for site in sites(file)][::40]
    assert len(chosen) > 50
    assert [str(site) for site in survivors(chosen) if site.key not in KEYS] == []


@pytest.mark.full
@pytest.mark.parametrize("file", FILES)
def test_every_small_change_is_caught_or_changes_nothing(file):
    alive = survivors(sites(file))
    assert [str(site) for site in alive if site.key not in KEYS] == []
    # what the list says of this file is still true: those mutants are made, and survive
    assert {key for key in KEYS if key[0] == file} == {site.key for site in alive}


def test_every_equivalent_mutant_is_still_made():
    made = {site.key for file in FILES for site in sites(file)}
    assert [key for key in KEYS if key not in made] == []


def test_the_list_of_equivalent_mutants_is_short():
    assert len(KEYS) == sum(map(len, EQUIVALENT.values()))
    assert len(KEYS) < 0.05 * sum(len(sites(file)) for file in FILES)


SOURCE = '''"""Text."""

from __future__ import annotations

Size: TypeAlias = tuple[int, int]


@lru_cache(maxsize=8)
def half(x, y=1, *, flag=False):
    """2 + 3."""
    if x < 0 or not flag:
        raise ValueError("1 + 2")
    check(x, "at least 1", hint=str(1 + 1))
    return product((x, y)) + (floor_div(x[0], 2) if flag else x[2:])
'''


CHANGES = [
    "False -> True",
    "1 -> 2",
    "1 -> 0",
    "x < 0 or not flag -> x < 0 and (not flag)",
    "x < 0 or not flag -> not flag",
    "x < 0 or not flag -> x < 0",
    "x < 0 or not flag -> x <= 0 or not flag",
    "x < 0 -> x < 1",
    "x < 0 or not flag -> x < 0 or flag",
    "check(x, 'at least 1', hint=str(1 + 1)) -> pass",
    "{sum} -> product((x, y)) - (floor_div(x[0], 2) if flag else x[2:])",
    "{sum} -> product((x, y))",
    "{sum} -> floor_div(x[0], 2) if flag else x[2:]",
    "product((x, y)) -> product((y,))",
    "product((x, y)) -> product((x,))",
    "{sum} -> product((x, y)) + floor_div(x[0], 2)",
    "{sum} -> product((x, y)) + x[2:]",
    "floor_div(x[0], 2) if flag else x[2:] -> ceil_div(x[0], 2) if flag else x[2:]",
    "x[0] -> x[1]",
    "floor_div(x[0], 2) -> floor_div(x[0], 3)",
    "floor_div(x[0], 2) -> floor_div(x[0], 1)",
    "x[2:] -> x[:]",
    "2: -> 3:",
    "2: -> 1:",
]


def test_the_changes_that_are_made(monkeypatch):
    monkeypatch.setattr("mutation.systematic.source", {"half.py": SOURCE}.__getitem__)
    made = sites("half.py")
    assert {(site.file, site.function) for site in made} == {("half.py", "half")}
    whole = "product((x, y)) + (floor_div(x[0], 2) if flag else x[2:])"
    assert [f"{site.old} -> {site.new}" for site in made] == [change.format(sum=whole) for change in CHANGES]


def test_a_change_is_taken_out_again(monkeypatch):
    monkeypatch.setattr("mutation.systematic.source", {"half.py": SOURCE}.__getitem__)
    made = sites("half.py")
    codes = [site.code().co_consts for site in made]
    assert len(set(map(str, codes))) == len(made)
    assert [site.code().co_consts for site in made] == codes
