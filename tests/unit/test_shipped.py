"""The index of what is shipped: read instead of the specs, and believed only for as long as they stay the same."""

import json
import os
from pathlib import Path

import pytest

from convcost import shipped
from convcost.errors import ConvcostError
from convcost.shipped import Entry, Preset
from convcost.studies.inventory import fresh_index, inventory

SPEC = """\
convcost: 1
title: Tiny Network
source: "Nobody 2020, Table 1"
year: 2020
hyperparameters:
  alpha: {default: 1, integer: false}
presets:
  half: {alpha: 1/2}
input: [3, 8, 8]
layers:
  - conv: {kernel: 3, out: floor(8*alpha), padding: same, bias: false}
"""
TINY = Entry(
    "tiny", "Tiny Network", 2020, "Nobody 2020, Table 1", 216, 13_824, (Preset("half", {"alpha": "1/2"}, 108, 6912),)
)
LIBRARY = """\
convcost: 1
blocks:
  wide:
    body:
      - conv: {kernel: 1, out: 5}
"""
IMPORTING = """\
convcost: 1
import: [common]
input: [3, 8, 8]
layers:
  - wide
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A directory of shipped specs with one in it."""
    monkeypatch.setattr(shipped, "root", lambda: tmp_path)
    (tmp_path / "architectures").mkdir()
    write(tmp_path, "tiny", SPEC)
    return tmp_path


def write(folder, name, text, seconds=-10, directory="architectures"):
    """Write a spec; it is so many seconds older or newer than the index that is written next."""
    file = folder / directory / f"{name}.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    times = file.stat().st_mtime_ns + seconds * 10**9
    os.utime(file, ns=(times, times))


def write_index(folder):
    (folder / "index.json").write_text(fresh_index().text(), encoding="utf-8", newline="\n")


def test_without_an_index_everything_is_derived(folder):
    found = inventory()
    assert (found.entries, found.derived) == ((TINY,), ("tiny",))
    assert found.headline.startswith("paper: ")


def test_the_index_says_what_would_be_derived(folder):
    derived = inventory()
    write_index(folder)
    read = inventory()
    assert read == derived.replaced(derived=())


def test_no_spec_is_opened_that_is_older_than_the_index(folder, monkeypatch):
    write_index(folder)

    def refuse(*_):
        raise AssertionError("a spec is read")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert shipped.read_index().entry("tiny") == TINY


@pytest.mark.parametrize("seconds", [-10, 10])
def test_another_text_is_derived(folder, seconds):
    write_index(folder)
    write(folder, "tiny", SPEC.replace("kernel: 3", "kernel: 11"), seconds)
    found = inventory()
    assert found.derived == ("tiny",)
    assert found.entries[0].params == 8 * 3 * 121


def test_another_text_of_the_same_size_is_seen_by_its_digest(folder):
    write_index(folder)
    write(folder, "tiny", SPEC.replace("kernel: 3", "kernel: 5"), 10)
    assert inventory().entries[0].params == 8 * 3 * 25


def test_a_text_of_the_very_time_of_the_index_is_looked_at(folder):
    write_index(folder)
    write(folder, "tiny", SPEC.replace("kernel: 3", "kernel: 5"))
    time = (folder / "index.json").stat().st_mtime_ns
    os.utime(folder / "architectures" / "tiny.yaml", ns=(time, time))
    assert inventory().derived == ("tiny",)


@pytest.mark.parametrize("text", [SPEC, SPEC.replace("\n", "\r\n")])
def test_the_same_text_is_not_derived_whatever_its_time_and_line_ends(folder, text):
    write_index(folder)
    write(folder, "tiny", text, 10)
    assert (inventory().entries, inventory().derived) == ((TINY,), ())


def test_a_spec_that_was_added_is_listed(folder):
    write_index(folder)
    write(folder, "added", SPEC.replace("Tiny", "Added"))
    found = inventory()
    assert [entry.title for entry in found.entries] == ["Added Network", "Tiny Network"]
    assert found.derived == ("added",)
    assert found.entries[0].presets == TINY.presets


def test_a_spec_that_was_removed_is_not_listed(folder):
    write(folder, "other", SPEC)
    write_index(folder)
    (folder / "architectures" / "other.yaml").unlink()
    assert inventory().entries == (TINY,)
    assert shipped.read_index().entry("other") is None


def test_a_wrong_spec_is_listed_with_its_error(folder):
    write_index(folder)
    write(folder, "wrong", SPEC.replace("alpha)", "aplha)"))
    tiny, wrong = inventory().entries
    assert tiny == TINY
    assert (wrong.name, wrong.params, wrong.mult_adds, wrong.presets) == ("wrong", None, None, ())
    assert "E103 unknown symbol 'aplha'" in wrong.problem
    with pytest.raises(ConvcostError):
        fresh_index()


def test_what_imports_a_library_depends_on_it(folder):
    write(folder, "common", LIBRARY, directory="blocks")
    write(folder, "importing", IMPORTING)
    write_index(folder)
    assert inventory().derived == ()
    write(folder, "common", LIBRARY.replace("out: 5", "out: 7"), 10, directory="blocks")
    found = inventory()
    assert found.derived == ("importing",)
    assert found.entries[0].mult_adds == 3 * 7 * 64


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda _: "[]",
        lambda _: "{}",
        lambda text: text[: len(text) // 2],
        lambda text: f"<<<<<<< ours\n{text}",
        lambda text: text.replace('"digest"', '"digset"'),
        lambda text: json.dumps(json.loads(text) | {"index": shipped.VERSION + 1}),
        lambda text: json.dumps(json.loads(text) | {"architectures": {"tiny": None}}),
        lambda text: json.dumps(json.loads(text) | {"architectures": []}),
    ],
)
def test_an_index_that_is_none_counts_as_absent(folder, damage):
    write_index(folder)
    file = folder / "index.json"
    file.write_text(damage(file.read_text("utf-8")), "utf-8")
    found = inventory()
    assert (found.entries, found.derived) == ((TINY,), ("tiny",))
    assert found.headline.startswith("paper: ")


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["tin"], ["tiny"]),
        (["NETWORK"], ["large", "tiny"]),
        (["tiny network"], ["tiny"]),
        (["lar", "tin"], ["large", "tiny"]),
        (["nothing"], []),
    ],
)
def test_words_are_looked_for_in_names_and_titles(folder, words, names):
    write(folder, "large", SPEC.replace("Tiny", "Larger"))
    assert [entry.name for entry in inventory(words).entries] == names


def test_nothing_shipped_is_an_empty_listing(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "root", lambda: tmp_path)
    assert inventory().entries == ()
