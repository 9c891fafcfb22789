"""Alignment: every layer once and in order, and no more of one kind and shape could correspond."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import loads
from convcost.cost.analysis import Group
from convcost.studies import align as module
from convcost.studies.align import align


def group(name, kind="conv 3×3", output=(1, 8, 8, 8), mult_adds=1, params=1):
    return Group(name, kind, output, (), mult_adds, params)


def names(rows):
    return [tuple(None if g is None else g.name for g in row) for row in rows]


def alike(rows):
    """Return how many rows have one kind and shape."""
    return sum(a is not None and b is not None and (a.kind, a.output) == (b.kind, b.output) for a, b in rows)


def longest(left, right):
    """Return the length of a longest common subsequence of kinds and shapes, by the textbook's table."""
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, a in enumerate(left):
        for j, b in enumerate(right):
            same = (a.kind, a.output) == (b.kind, b.output)
            best[i + 1][j + 1] = best[i][j] + 1 if same else max(best[i][j + 1], best[i + 1][j])
    return best[-1][-1]


def test_alignment_of_three():
    a, b, c = [group("x"), group("y")], [group("y")], [group("x"), group("z", "pool", (1, 2)), group("y")]
    assert names(align([a, b, c]).rows) == [("x", None, "x"), (None, None, "z"), ("y", "y", "y")]


def test_what_has_nothing_in_common_is_paired_by_place_if_there_are_equally_many():
    a, b = [group("p", "k", (1, 1))], [group("q", "l", (1, 2))]
    assert names(align([a, b]).rows) == [("p", "q")]
    assert names(align([a, [*b, group("r", "m", (1, 3))]]).rows) == [("p", None), (None, "q"), (None, "r")]


LAYERS = st.lists(
    st.builds(
        group,
        st.sampled_from(["a", "b", "c", "d/1", "d/2"]),
        st.sampled_from(["conv", "pool"]),
        st.sampled_from([(1, 2), (1, 3)]),
    ),
    max_size=8,
)


@given(st.lists(LAYERS, min_size=2, max_size=4), st.sampled_from([0, 10, 250_000]))
@settings(deadline=None)
def test_alignment_keeps_every_group_once_and_in_order(columns, largest):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LARGEST", largest)
        rows = (align(columns) if columns[0] else align([[group("a")], *columns])).rows
    for i, column in enumerate(columns if columns[0] else [[group("a")], *columns]):
        assert [row[i] for row in rows if row[i] is not None] == column
    assert all(any(cell is not None for cell in row) for row in rows)


def weight_of(pairs, left, right):
    return sum(module._likeness(left, i, right, j) for i, j in pairs)


@given(LAYERS.filter(lambda x: len(x) <= 5), LAYERS.filter(lambda x: len(x) <= 5))
@settings(deadline=None, max_examples=60)
def test_no_other_pairing_agrees_more(left, right):
    pairs = module._heaviest(left, range(len(left)), right, range(len(right)))
    best = max(
        weight_of(zip(rows, columns, strict=True), left, right)
        for size in range(min(len(left), len(right)) + 1)
        for rows in itertools.combinations(range(len(left)), size)
        for columns in itertools.combinations(range(len(right)), size)
    )
    assert weight_of(pairs, left, right) == best


def sequence(chance, length):
    return [group(f"l{i}", chance.choice(["conv", "pool", "relu"]), (1, chance.randint(1, 3))) for i in range(length)]


@pytest.mark.parametrize("largest", [0, 250_000])
@pytest.mark.parametrize("seed", range(25))
def test_as_many_as_possible_of_one_kind_and_shape_correspond(seed, largest, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", largest)
    chance = random.Random(seed)
    left, right = (
        sequence(chance, chance.randint(0, 14)),
        [
            Group(f"r{i}", *fields)
            for i, (_, *fields) in enumerate(
                tuple(g.__dict__.values()) for g in sequence(chance, chance.randint(0, 14))
            )
        ],
    )
    if not left:
        return
    found = align([left, right])
    assert found.closely
    assert alike(found.rows) == longest(left, right)
    assert [a for a, _ in found.rows if a] == left
    assert [b for _, b in found.rows if b] == right


def test_names_decide_among_equals():
    a = [group("one"), group("two")]
    assert names(align([a, [group("two")]]).rows) == [("one", None), ("two", "two")]
    assert names(align([a, [group("one")]]).rows) == [("one", "one"), ("two", None)]


def test_the_same_network_at_another_resolution_corresponds_layer_by_layer():
    """Its maps are those of other stages."""
    a = [group("a", "conv", (1, 64)), group("b", "conv", (1, 32)), group("c", "conv", (1, 16))]
    b = [group("a", "conv", (1, 32)), group("b", "conv", (1, 16)), group("c", "conv", (1, 8))]
    assert names(align([a, b]).rows) == [("a", "a"), ("b", "b"), ("c", "c")]


def long(inserted, count=4000):
    layers = [group(f"conv{i}", "conv", (1, i % 7 + 1)) for i in range(count)]
    new = [group(f"new{i}", "new", (1, 9)) for i in range(inserted)]
    step = count // (inserted + 1)
    mixed = list(layers)
    for n, each in enumerate(new):
        mixed.insert((n + 1) * step + n, each)
    return layers, [each.replaced(name=f"x{i}") for i, each in enumerate(mixed)]


def test_long_networks_with_inserted_layers():
    left, right = long(30)
    found = align([left, right])
    assert found.closely
    assert alike(found.rows) == len(left)
    assert sum(a is None for a, _ in found.rows) == 30


def test_what_is_too_long_and_too_different_goes_by_names_and_says_so(monkeypatch):
    monkeypatch.setattr(module, "MOST_EDITS", 10)
    left, right = long(30, 600)
    found = align([left, right])
    assert not found.closely
    assert [a for a, _ in found.rows if a] == left
    assert [b for _, b in found.rows if b] == right


def test_an_inserted_block_shifts_nothing():
    layers = "".join(f"  - conv: {{kernel: 3, out: {8 * (i + 1)}, padding: 1}}\n" for i in range(6))
    head = "convcost: 1\nname: t\ninput: [3, 16, 16]\nlayers:\n"
    one = loads(head + layers).analyze().groups()
    lines = layers.splitlines(keepends=True)
    other = (
        loads(head + "".join([*lines[:3], "  - conv: {kernel: 5, out: 24, padding: 2}\n", *lines[3:]]))
        .analyze()
        .groups()
    )
    rows = align([one, other]).rows
    assert sum(a is None for a, _ in rows) == 1
    assert all(a is None or a.output == b.output for a, b in rows)


@pytest.mark.parametrize("wrong", ["_longest", "_heaviest"])
def test_planted_mistakes_show(wrong, monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 0 if wrong == "_longest" else 250_000)
    original = getattr(module, wrong)
    monkeypatch.setattr(module, wrong, lambda *arguments: original(*arguments)[1:])
    wrongs = 0
    for seed in range(25):
        try:
            chance = random.Random(seed)
            left, right = sequence(chance, 10), [g.replaced(name=f"r{i}") for i, g in enumerate(sequence(chance, 10))]
            wrongs += alike(align([left, right]).rows) != longest(left, right)
        except AssertionError:
            wrongs += 1
    assert wrongs
