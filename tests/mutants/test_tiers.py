"""What each tier is for: a table of mistakes and the tiers that notice them, above all those both sides make."""

import pytest
from mutation.late import LATE, POINTS, witness
from mutation.planted import ALONE, SHARED
from mutation.tiers import TIERS, TINY, noticed

from convcost.symbols.floordiv import substitution


def test_no_tier_notices_anything_where_nothing_is_planted():
    assert noticed(()) == set()


@pytest.mark.parametrize("row", [*ALONE, *SHARED], ids=lambda row: row.mistake.why)
def test_the_tiers_that_notice_a_mistake_are_those_of_the_table(row):
    assert noticed(row.mistake.edits) == row.by
    assert row.by


@pytest.mark.parametrize("row", SHARED, ids=lambda row: row.mistake.why)
def test_what_both_sides_have_wrong_is_not_noticed_by_their_agreement(row):
    assert {edit.file.split("/")[0] for edit in row.mistake.edits} == {"rules", "execute"}
    assert "tally" not in row.by


def test_every_tier_is_needed():
    """Each tier notices something; interception, ones, scalars and values each something that the tally does not."""
    assert set().union(*(row.by for row in (*ALONE, *SHARED))) == set(TIERS)
    assert set().union(*(row.by for row in SHARED)) == set(TIERS) - {"tally"}
    alone = {tuple(row.by) for row in (*ALONE, *SHARED) if len(row.by) == 1}
    assert alone >= {("interception",), ("ones",), ("scalars",), ("values",)}
    assert len({example.op.name for example in TINY}) >= 12


@pytest.mark.parametrize("example", LATE, ids=str)
def test_late_binding_is_held_against_several_runs(example):
    """An example at whose points nothing can be run would prove nothing."""
    ways = [substitution(point) for point in POINTS]
    runs = {witness(example.op.substitute(at), tuple(tuple(map(at, shape)) for shape in example.inputs)) for at in ways}
    assert runs - {None}
