"""Every shipped architecture, with all its presets: it says where it comes from, keeps its claims, and is verified.

By default on small maps, which run every layer all the same; at the published size behind the marker.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from convcost import load
from convcost.model import Model
from convcost.spec import catalog
from convcost.studies.audit import audit_headline
from convcost.verify import verify

NAMES = catalog.names()

# The smallest maps on which every layer of a network still has an output; 32 unless said otherwise.
SMALLEST = {"alexnet": 63, "inception_v3": 75, "ssd300_vgg": 288, "xception": 75}
# What only makes a network larger, and not different.
FEWER = {"proposals": 2}

HEAVY = 1_500_000_000
"""Mult-adds beyond which a network is run at its published size by ``pytest -m full`` only."""


def distinct(name: str) -> Iterator[Model]:
    """Yield an architecture at its defaults and at its presets, the same values once."""
    seen = []
    for target in (name, *(f"{name}:{preset}" for preset in load(name).architecture.presets)):
        model = load(target)
        if model.values not in seen:
            seen.append(model.values)
            yield model


def small(model: Model) -> Model:
    """Return a model on small maps."""
    known = model.architecture.hyperparameters
    wanted = {"resolution": SMALLEST.get(model.architecture.name, 32), **FEWER}
    return model.with_values(**{name: value for name, value in wanted.items() if name in known})


def check(model: Model) -> None:
    verification = verify(model.graph)
    assert verification.verdict == "PASS", model.label
    assert verification.mult_adds == model.analyze().total()


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is_and_keeps_its_claims(name: str) -> None:
    model = load(name)
    architecture = model.architecture
    assert architecture.name == name
    assert architecture.title
    assert architecture.source
    assert (architecture.year or 0) >= 2012
    for each in distinct(name):
        assert each.analyze().total() > 0
    assert [each for each in audit_headline(model, expected=True).findings if not each.expected] == []


@pytest.mark.parametrize("name", NAMES)
def test_verified_on_small_maps(name: str) -> None:
    """The first of its presets; ``convcost verify --all --small`` runs all of them."""
    check(small(next(distinct(name))))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_verified_at_the_published_size(name: str) -> None:
    for model in distinct(name):
        if model.analyze().total() <= HEAVY:
            check(model)


@pytest.mark.full
@pytest.mark.parametrize("name", NAMES)
def test_heavy_networks_are_verified_at_the_published_size(name: str) -> None:
    heavy = [model for model in distinct(name) if model.analyze().total() > HEAVY]
    for model in heavy:
        check(model)
    if not heavy:
        pytest.skip("it has no heavy preset")
