"""The unit tests of the audit are tested: mistakes are planted in it, and one that survives is a failure."""

import sys

import pytest
from mutation.mistake import planted
from planting.mistakes import HARMLESS, MISTAKES
from planting.world import failing, world

import convcost.studies.audit

USED = sorted({mistake.caught_by for mistake in MISTAKES})


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_planted_mistake_is_caught(mistake):
    with world(planted([mistake.edit])):
        assert failing(*mistake.caught_by.split("."))


@pytest.mark.parametrize("test", USED)
def test_nothing_is_caught_where_nothing_is_planted(test):
    with world({}):
        assert failing(*test.split(".")) is None


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.new)
def test_a_change_that_changes_nothing_is_not_caught(edit):
    with world(planted([edit])):
        assert failing("test_search", "test_odds_of_a_table_by_hand") is None
        assert failing("test_search", "test_common_steps_beat_those_of_rows") is None


def test_there_are_enough_of_them_and_each_module_has_some():
    assert len(MISTAKES) >= 30
    files = {mistake.edit.file.rsplit("/", 1)[-1] for mistake in MISTAKES}
    assert files == {f"{name}.py" for name in (
        "candidates", "classes", "ledger", "networks", "odds", "readings", "search", "steps", "verdict",
    )}  # fmt: skip


def test_the_first_world_is_left_as_it_was():
    before = {name: module for name, module in sys.modules.items() if name.startswith("convcost.studies")}
    with world(planted([MISTAKES[0].edit])):
        from convcost.studies.audit.steps import label

        assert label("x", 8).bits == 3
    assert {name: module for name, module in sys.modules.items() if name.startswith("convcost.studies")} == before
    assert convcost.studies.audit.steps.label("x", 8).bits == 6
